"""Who belongs to a workspace, and that nobody gets in by a changed, moved or borrowed record."""

import msgspec
import pytest

from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.entries import (
    NO_SIGNATURE,
    SERVER,
    BadRecord,
    DeviceEntry,
    Grant,
    Record,
    Revocation,
    read_invitation,
    read_record,
    signed,
    to_bytes,
)
from mentor_desktop.sync.keys.invitations import new_invitation
from mentor_desktop.sync.keys.members import Anchors, Members, members_of
from tests.sync.keys.people import WS, Device, hex_id

SERVER_KEYS = DeviceKeys.make()
WORKSHOP = hex_id(77)


def workspace(*records: Record, founder: Device) -> Members:
    anchors = Anchors(SERVER_KEYS.sign_key, {founder.id: founder.keys.sign_key})
    return members_of(WS, anchors, [founder.founder(), *records])


def reason(founder: Device, *records: Record) -> str:
    *before, last = records
    members = workspace(*before, founder=founder)
    assert not members.refused
    return members.add(last)


def test_founder_server_inviter_and_predecessor_may_vouch() -> None:
    ona, second, jonas, by_server = Device(1), Device(2), Device(3, user=2), Device(4, user=3)
    records = [
        ona.vouch(second),
        second.vouch(jonas),
        by_server.entry(SERVER, SERVER_KEYS.sign),
    ]
    members = workspace(*records, founder=ona)
    assert not members.refused
    assert list(members.entries) == [ona.id, second.id, jonas.id, by_server.id]
    assert [one.device for one in members.devices_of(ona.draft.user)] == [ona.id, second.id]


def test_the_same_record_again_changes_nothing() -> None:
    ona, second = Device(1), Device(2)
    entry = ona.vouch(second)
    assert not workspace(entry, entry, founder=ona).refused


def test_nobody_vouches_above_or_without_the_right() -> None:
    ona = Device(1)
    trainer, admin = Device(2, user=2, role="trainer"), Device(3, user=3, role="admin")
    assert reason(ona, ona.vouch(admin)) == "role"
    assert (
        reason(ona, ona.vouch(trainer), trainer.vouch(Device(4, user=4, role="reader"))) == "role"
    )
    own_second = Device(5, user=2, role="trainer")
    assert reason(ona, ona.vouch(trainer), trainer.vouch(own_second)) == ""
    promoted = Device(6, user=2, role="organiser")
    assert reason(ona, ona.vouch(trainer), trainer.vouch(promoted)) == "role"
    assert reason(ona, ona.vouch(Device(7, user=7, role="emperor"))) == "role"


def test_a_revoked_device_vouches_and_revokes_no_more() -> None:
    ona, second = Device(1), Device(2)
    gone = [ona.vouch(second), ona.revoke(second)]
    assert reason(ona, *gone, second.vouch(Device(3))) == "revoked"
    assert reason(ona, *gone, second.revoke(ona)) == "revoked"
    members = workspace(*gone, founder=ona)
    assert not members.has_access(second.id)
    assert members.devices_of(ona.draft.user) == [members.entries[ona.id]]


def test_a_device_vouched_for_before_the_revocation_stays() -> None:
    ona, second, third = Device(1), Device(2), Device(3)
    records = [ona.vouch(second), second.vouch(third), ona.revoke(second)]
    assert workspace(*records, founder=ona).has_access(third.id)


def test_who_may_not_invite_revokes_own_devices_only() -> None:
    ona = Device(1)
    trainer, other = Device(2, user=2, role="trainer"), Device(3, user=3, role="trainer")
    laptop = Device(4, user=2, role="trainer")
    before = [ona.vouch(trainer), ona.vouch(other), ona.vouch(laptop)]
    assert reason(ona, *before, trainer.revoke(other)) == "role"
    assert reason(ona, *before, trainer.revoke(ona)) == "role"
    assert reason(ona, *before, trainer.revoke(laptop)) == ""
    by_server = Revocation(WS, other.id, SERVER, 9, NO_SIGNATURE)
    assert reason(ona, *before, signed(by_server, SERVER_KEYS.sign)) == ""
    assert reason(ona, *before, signed(by_server, trainer.keys.sign)) == "signature"


def test_an_unknown_device_nobody_and_a_stranger_do_not_get_in() -> None:
    ona, stranger = Device(1), Device(9)
    assert reason(ona, stranger.founder()) == "voucher"
    assert reason(ona, stranger.vouch(Device(10))) == "voucher"
    assert reason(ona, stranger.entry(SERVER, stranger.keys.sign)) == "signature"
    assert reason(ona, stranger.entry(ona.id, stranger.keys.sign)) == "signature"
    assert members_of(WS, Anchors(), [ona.founder()]).refused
    assert members_of(WS, Anchors(), [ona.entry(SERVER, SERVER_KEYS.sign)]).refused
    assert reason(ona, ona.revoke(stranger)) == "device"


def test_a_record_of_another_workspace_does_not_count() -> None:
    ona = Device(1)
    assert reason(ona, ona.vouch(Device(2, ws="b" * 32))) == "workspace"


def test_keys_and_ids_are_never_used_twice() -> None:
    ona, second, third = Device(1), Device(2), Device(3)
    assert reason(ona, ona.vouch(second), ona.vouch(second, name="Other")) == "taken"
    for key in ("sign_key", "seal_key"):
        borrowed = ona.vouch(third, **{key: getattr(second.draft, key)})
        assert reason(ona, ona.vouch(second), borrowed) == "taken"
    assert reason(ona, ona.vouch(third, seal_key=bytes(32))) == "key"


def test_an_invited_device_gets_in_once_and_as_promised() -> None:
    ona, jonas = Device(1), Device(2, user=2, role="trainer")
    invitation = new_invitation("https://host", WS)
    given = ona.invite(invitation, jonas)
    entry = jonas.entry(ona.id, invitation.sign, invitation=given)
    assert reason(ona, entry) == ""
    again = Device(3, user=2, role="trainer").entry(ona.id, invitation.sign, invitation=given)
    assert reason(ona, entry, again) == "used"
    admin = jonas.entry(ona.id, invitation.sign, invitation=given, role="organiser")
    assert reason(ona, admin) == "invitation"
    late = jonas.entry(ona.id, invitation.sign, invitation=given, made_at=1_001)
    assert reason(ona, late) == "expired"
    guessed = jonas.entry(ona.id, new_invitation("https://host", WS).sign, invitation=given)
    assert reason(ona, guessed) == "signature"


def test_an_invitation_is_worth_what_its_giver_may_give() -> None:
    ona, trainer = Device(1), Device(2, user=2, role="trainer")
    jonas = Device(3, user=3, role="trainer")
    invitation = new_invitation("https://host", WS)
    by_trainer = jonas.entry(
        trainer.id, invitation.sign, invitation=trainer.invite(invitation, jonas)
    )
    assert reason(ona, ona.vouch(trainer), by_trainer) == "role"
    forged = msgspec.structs.replace(trainer.invite(invitation, jonas), invited_by=ona.id)
    assert reason(ona, jonas.entry(ona.id, invitation.sign, invitation=forged)) == "signature"
    given = ona.invite(invitation, jonas)
    entry = jonas.entry(ona.id, invitation.sign, invitation=given)
    second = Device(4)
    records = [ona.vouch(second), second.revoke(ona)]
    assert reason(ona, *records, entry) == "revoked"


def test_every_changed_bit_of_an_entry_and_a_revocation_is_refused() -> None:
    ona, second = Device(1), Device(2)
    entry = ona.vouch(second)
    revocation = ona.revoke(second)
    for record, before in ((entry, []), (revocation, [entry])):
        content = to_bytes(record)
        for bit in range(8 * len(content)):
            changed = bytearray(content)
            changed[bit // 8] ^= 1 << (bit % 8)
            try:
                other = read_record(bytes(changed))
            except BadRecord:
                continue
            if other == record:  # the last letter of base64 has unused bits; nothing changed
                continue
            members = workspace(*before, founder=ona)
            assert members.add(other), bytes(changed)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("device", hex_id(7)), ("user", hex_id(1002)), ("name", "Ona B."), ("role", "trainer"),
        ("tag", "B"), ("sign_key", b"k" * 32), ("seal_key", b"s" * 32),
        ("made_at", 3), ("vouched_by", SERVER),
    ],
)  # fmt: skip
def test_every_field_of_an_entry_is_signed(name: str, value: object) -> None:
    ona, second = Device(1), Device(2)
    changed = msgspec.structs.replace(ona.vouch(second), **{name: value})
    assert reason(ona, changed) == "signature"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "00000000"), ("user", hex_id(1003)), ("name", "J."), ("role", "mentor"),
        ("workshops", ("*",)), ("made_at", 2), ("expires_at", 2_000),
    ],
)  # fmt: skip
def test_every_field_of_an_invitation_is_signed(name: str, value: object) -> None:
    ona, jonas = Device(1), Device(2, user=2, role="trainer")
    invitation = new_invitation("https://host", WS)
    given = msgspec.structs.replace(ona.invite(invitation, jonas), **{name: value})
    same = {"user": given.user, "role": given.role, "invitation": given}
    assert reason(ona, jonas.entry(ona.id, invitation.sign, **same)) == "signature"


def test_signatures_do_not_pass_for_another_record() -> None:
    ona, second = Device(1), Device(2)
    entry, revocation = ona.vouch(second), ona.revoke(second)
    swapped = msgspec.structs.replace(entry, signature=revocation.signature)
    assert reason(ona, swapped) == "signature"
    assert entry.signed_bytes() != revocation.signed_bytes()


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"null", b"[]", b'{"type":"device"}', b"\xff", b"[" * 5_000, b" " * 20_000],
)
def test_what_is_no_record_is_refused(content: bytes) -> None:
    with pytest.raises(BadRecord):
        read_record(content)
    with pytest.raises(BadRecord):
        read_invitation(content)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("device", "A" * 32), ("device", "../etc"), ("sign_key", b"x"), ("seal_key", bytes(33)),
        ("name", "x" * 201), ("role", "Admin!"), ("tag", "abc"), ("made_at", -1),
        ("made_at", 2**53), ("ws", ""),
    ],
)  # fmt: skip
def test_an_entry_nobody_would_take_is_not_signed(name: str, value: object) -> None:
    ona = Device(1)
    with pytest.raises(BadRecord):
        ona.vouch(Device(2), **{name: value})


def test_records_survive_being_sent() -> None:
    ona, jonas = Device(1), Device(2, user=2)
    invitation = new_invitation("https://host", WS)
    given = ona.invite(invitation, jonas, workshops=(hex_id(7),))
    for record in (jonas.entry(ona.id, invitation.sign, invitation=given), ona.revoke(jonas)):
        assert read_record(to_bytes(record)) == record
        assert read_record(to_bytes(record).decode()) == record
    assert read_invitation(to_bytes(given)) == given


def test_keys_of_a_device_are_kept_and_not_shown() -> None:
    keys = DeviceKeys.make()
    assert DeviceKeys.from_bytes(keys.to_bytes()) == keys
    assert "signing" not in repr(keys)
    assert keys.signing.hex() not in repr(keys)
    with pytest.raises(ValueError, match="keys of a device"):
        DeviceKeys.from_bytes(keys.to_bytes()[:-1])


def grant(
    by: Device, to: Device, role: str = "organiser", workshops: tuple[str, ...] = ("*",)
) -> Grant:
    draft = Grant(WS, to.id, role, workshops, by.id, 5, NO_SIGNATURE)
    return signed(draft, by.keys.sign)


def limited(founder: Device, device: Device) -> DeviceEntry:
    """Return the entry of a device that was invited to one workshop."""
    invitation = new_invitation("", WS)
    given = founder.invite(invitation, device, workshops=(WORKSHOP,))
    return device.entry(founder.id, invitation.sign, invitation=given)


def test_grant_of_who_may_invite_widens_and_takes_nothing_away() -> None:
    ona, jonas = Device(1), Device(2, user=2, role="trainer")
    members = workspace(limited(ona, jonas), founder=ona)
    assert (members.role_of(jonas.id), members.workshops_of(jonas.id)) == ("trainer", {WORKSHOP})
    for one in (grant(ona, jonas), grant(ona, jonas, "reader", ())):
        assert members.add(one) == ""
        assert members.role_of(jonas.id) == "organiser"
        assert members.workshops_of(jonas.id) == {WORKSHOP, "*"}


def test_copy_of_a_device_has_its_workshops_and_no_more() -> None:
    ona, jonas, copy = (
        Device(1),
        Device(2, user=2, role="trainer"),
        Device(3, user=2, role="trainer"),
    )
    members = workspace(limited(ona, jonas), jonas.vouch(copy), founder=ona)
    assert members.workshops_of(copy.id) == {WORKSHOP}
    assert members.add(grant(ona, jonas)) == ""
    assert "*" in members.workshops_of(copy.id)


def test_nobody_grants_what_they_do_not_have() -> None:
    ona, jonas = Device(1), Device(2, user=2, role="trainer")
    petr = Device(3, user=3, role="organiser")
    entry = limited(ona, jonas)
    assert reason(ona, entry, grant(jonas, jonas)) == "role"
    assert reason(ona, entry, grant(jonas, jonas, "trainer", (WORKSHOP,))) == "role"
    assert reason(ona, entry, grant(ona, jonas, "admin")) == "role"
    assert reason(ona, entry, limited(ona, petr), grant(petr, jonas, "trainer")) == "workshops"
    forged = msgspec.structs.replace(grant(ona, jonas), workshops=(WORKSHOP,))
    assert reason(ona, entry, forged) == "signature"


def test_limited_device_invites_to_its_workshop_alone() -> None:
    ona, jonas = Device(1), Device(2, user=2, role="trainer")
    other = Device(3, user=2, role="trainer")
    invitation = new_invitation("", WS)
    wide = other.entry(
        jonas.id, invitation.sign, invitation=jonas.invite(invitation, other, workshops=("*",))
    )
    assert reason(ona, limited(ona, jonas), wide) == "workshops"
