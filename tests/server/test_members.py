"""Joining, inviting, succeeding: who becomes a device, and that nobody rises above their role."""

import json
import time
from dataclasses import replace
from types import SimpleNamespace

import httpx2
import msgspec
import pytest
from sqlalchemy import func, select, update

from mentor_desktop.ids import new_id
from mentor_desktop.server import push
from mentor_desktop.server.inspection import check_log
from mentor_desktop.server.tables import member_record, workspace
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.entries import (
    NO_SIGNATURE,
    DeviceEntry,
    Grant,
    Revocation,
    signed,
    to_bytes,
)
from mentor_desktop.sync.keys.invitations import Invitation, new_invitation
from mentor_desktop.sync.keys.members import Anchors, members_of
from mentor_desktop.sync.protocol.messages import InvitationRequest, to_json
from tests.server.members import (
    as_device,
    at_once,
    changed,
    code,
    entry_by,
    invited_entry_by,
    reasons,
    record_op,
    records,
    statements,
)
from tests.server.world import Device, World


@pytest.fixture
def ana(world: World) -> Device:
    return world.founder()


def test_first_device_makes_a_workspace_as_administrator(ana: Device) -> None:
    assert ana.joined is not None
    assert (ana.joined.role, ana.joined.tag) == ("admin", "A")
    (entry,) = records(ana)
    members = members_of(ana.ws, Anchors(ana.joined.server_key), [entry])  # type: ignore[list-item]
    assert members.has_access(ana.device)


def test_first_device_may_bring_its_workspace_and_founders(world: World) -> None:
    ws, keys, founder = new_id(), DeviceKeys.make(), new_id()
    ana = world.founder(ws=ws, founders={founder: keys.sign_key})
    assert ana.ws == ws
    draft = DeviceEntry(
        ws=ws, device=founder, user=new_id(), name="First", role="admin", tag="F",
        sign_key=keys.sign_key, seal_key=keys.seal_key, made_at=1, vouched_by=founder,
        signature=NO_SIGNATURE,
    )  # fmt: skip
    assert ana.write("members", record_op(signed(draft, keys.sign))).rejected == []
    first = Device(ana.http, keys, ws, founder)
    assert first.sign_in().status_code == 200
    assert first.hello().role == "admin"


def test_workspace_that_is_here_already_cannot_be_brought_again(world: World, ana: Device) -> None:
    invited = world.invitation()
    answer, _device = world.ask_to_join(invited, ws=ana.ws)
    assert (answer.status_code, code(answer)) == (409, "has_workspace")
    assert len(world.devices(ana.ws)) == 1
    assert world.ask_to_join(invited, ws=new_id())[0].status_code == 200  # it stayed unused


def test_invitation_is_good_once_and_the_same_device_may_ask_again(world: World) -> None:
    invited = world.invitation()
    first, device = world.ask_to_join(invited)
    again, _same = world.ask_to_join(invited, device=device)
    other, _other = world.ask_to_join(invited)
    assert first.status_code == 200
    assert first.json() == again.json()
    assert (other.status_code, code(other)) == (403, "invitation")


def test_invitation_ends(world: World, ana: Device) -> None:
    answer, _device = world.ask_to_join(world.invitation(ana.ws, "trainer", days=-1))
    assert (answer.status_code, code(answer)) == (403, "invitation")


def test_wrong_secret_and_unknown_id_are_told_apart_by_nothing(world: World, ana: Device) -> None:
    real = world.invitation(ana.ws, "trainer")
    wrong = new_invitation("http://127.0.0.1", ana.ws)
    guessed = type(real)(real.server, real.ws, real.id, b"0" * 16)
    answers = [world.ask_to_join(one)[0] for one in (wrong, guessed)]
    assert answers[0].status_code == answers[1].status_code == 403
    assert answers[0].content == answers[1].content


def test_tags_of_devices_differ(world: World, ana: Device) -> None:
    tags = [world.colleague(ana, "trainer").joined for _one in range(3)]
    assert [one.tag for one in tags if one] == ["B", "C", "D"]


def test_further_device_has_the_role_of_its_user(world: World, ana: Device) -> None:
    ben = world.colleague(ana, "trainer", "*")
    second = world.join(world.invitation(ana.ws, "admin", user=ben.user))
    assert (second.user, second.role) == (ben.user, "trainer")


@pytest.mark.parametrize(
    ("role", "invited", "works"),
    [
        ("admin", "admin", True),
        ("organiser", "organiser", True),
        ("organiser", "reader", True),
        ("organiser", "admin", False),
        ("trainer", "reader", False),
        ("reader", "reader", False),
        ("admin", "emperor", False),
    ],
)
def test_device_invites_up_to_its_own_role(
    world: World, ana: Device, role: str, invited: str, works: bool
) -> None:
    by = ana if role == "admin" else world.colleague(ana, role)
    made = new_invitation("http://127.0.0.1", ana.ws)
    answer = by.post(
        "/v1/invite",
        {
            "ws": ana.ws,
            "id": made.id,
            "hash": made.hash,
            "role": invited,
            "expires_at": time.time_ns() // 1_000_000 + 1_000,
        },
    )
    assert (answer.status_code == 200) == works
    if works:
        assert world.join(made).role == invited


def _looked_at(world: World, invited: Invitation) -> httpx2.Response:
    request = InvitationRequest(id=invited.id, secret=invited.secret)
    return world.http.post("/v1/invitation", content=to_json(request))


def test_looking_at_an_invitation_tells_what_it_gives_and_uses_nothing_up(
    world: World, ana: Device
) -> None:
    invited = world.invitation(ana.ws, "trainer")
    for _time in range(2):
        answer = _looked_at(world, invited)
        assert answer.json() == {"ws": ana.ws, "role": "trainer", "user": ""}
    assert world.join(invited).role == "trainer"


def test_looking_at_an_invitation_nobody_can_use_tells_nothing(world: World, ana: Device) -> None:
    used = world.invitation(ana.ws)
    world.join(used)
    known = world.invitation(ana.ws)
    guessed = replace(known, secret=bytes(16))
    unknown = new_invitation("http://127.0.0.1", ana.ws)
    answers = [_looked_at(world, one) for one in (used, guessed, unknown)]
    assert {one.status_code for one in answers} == {403}
    assert len({one.content for one in answers}) == 1


def test_nobody_adds_a_device_to_a_user_above_them(world: World, ana: Device) -> None:
    ben = world.colleague(ana, "organiser")
    made = new_invitation("http://127.0.0.1", ana.ws)
    asked = {"ws": ana.ws, "id": made.id, "hash": made.hash, "role": "reader", "user": ana.user}
    assert (
        ben.post(
            "/v1/invite", {**asked, "expires_at": time.time_ns() // 1_000_000 + 1_000}
        ).status_code
        == 403
    )
    entry, _keys = entry_by(ben, ana.user, "organiser")
    reply = ben.write("members", record_op(entry))
    assert [one.reason for one in reply.rejected] == ["above_own_role"]
    assert len(world.devices(ana.ws)) == 2


@pytest.mark.parametrize("what", ["entry", "revocation"])
def test_user_without_access_stays_above_those_below(world: World, ana: Device, what: str) -> None:
    """Access may be given back, and a device that was put there meanwhile would have it too."""
    carl, ben = world.colleague(ana, "admin"), world.colleague(ana, "organiser")
    assert reasons(ana, changed(carl.user, is_disabled=True)) == []
    entry, _keys = entry_by(ben, carl.user, "organiser")
    draft = Revocation(ana.ws, carl.device, ben.device, 5, NO_SIGNATURE)
    record = {"entry": entry, "revocation": signed(draft, ben.keys.sign)}[what]
    assert reasons(ben, record_op(record)) == ["above_own_role"]


@pytest.mark.parametrize("is_invited", [False, True])
def test_device_that_was_put_with_a_forgotten_user_does_not_rise_with_them(
    world: World, ana: Device, is_invited: bool
) -> None:
    """The server was restored to before Carl joined, whose rows come back after Ben's device."""
    ben, bob = world.colleague(ana, "organiser"), world.colleague(ana, "reader")
    signing = SimpleNamespace(sign=world.service.keys.sign_key.sign)
    before = Device(world.http, signing, ana.ws, new_id())  # type: ignore[arg-type]
    entry, keys = entry_by(before, new_id(), "admin", vouched_by="server")
    put, put_keys = entry_by(ben, entry.user, "organiser")
    if is_invited:
        put, put_keys = invited_entry_by(ben, entry.user, "organiser")
    assert reasons(ben, record_op(put)) == []
    eve = as_device(ana, put, put_keys)
    assert eve.sign_in().status_code == 200
    copy, copy_keys = entry_by(eve, entry.user, "organiser")
    assert reasons(eve, record_op(copy)) == []
    values = {"name": "Carl", "role": "admin", "workshops": "[]", "is_disabled": False}
    row = {"entity": "member", "kind": "create", "row": entry.user, "values": values}
    given_back = before.batch("members", before.ops("members", record_op(entry), row))
    assert bob.send("members", given_back).json()["rejected"] == []
    carl = as_device(ana, entry, keys)
    assert carl.sign_in().status_code == 200
    assert carl.hello().role == "admin"
    for one in (eve, as_device(ana, copy, copy_keys)):
        one.sign_in()
        assert one.post("/v1/hello", {"ws": ana.ws, "schema": 2}).status_code == 403
    told = members_of(ana.ws, Anchors(ana.joined.server_key), records(ana))  # type: ignore[union-attr, arg-type]
    assert [one.device for one in told.devices_of(entry.user)] == [carl.device]
    assert world.service.database.read(ana.ws, lambda one: check_log(one, ana.ws))[1] == []


def test_access_that_ended_ends_once(world: World, ana: Device) -> None:
    """All records are read, and their signatures checked, for whoever joins."""
    bob = world.colleague(ana, "reader")
    entry, _keys = entry_by(bob, bob.user, "reader")
    ends = [Revocation(ana.ws, entry.device, bob.device, at, NO_SIGNATURE) for at in (5, 5, 6)]
    again = [record_op(signed(one, bob.keys.sign)) for one in ends]
    assert reasons(bob, record_op(entry), *again) == []
    count = select(func.count()).select_from(member_record).where(member_record.c.ws == ana.ws)
    assert world.service.database.read(ana.ws, lambda one: one.execute(count).scalar()) == 4


@pytest.mark.parametrize("workshop", ["", "x", "\0", "\n", "w:*", "A" * 32])
def test_workshop_that_is_none_is_rejected(world: World, ana: Device, workshop: str) -> None:
    ben = world.colleague(ana, "organiser")
    eva = world.colleague(ana, "reader")
    assert reasons(ben, changed(eva.user, workshops=json.dumps([workshop]))) == ["bad_value"]
    draft = Grant(ana.ws, eva.device, "reader", (workshop,), ben.device, 5, NO_SIGNATURE)
    assert reasons(ben, record_op(signed(draft, ben.keys.sign))) == ["bad_value"]
    assert eva.hello().workshops == []


def test_entry_pushed_by_who_may_invite_becomes_a_device(world: World, ana: Device) -> None:
    entry, keys = entry_by(ana, new_id(), "trainer")
    assert ana.write("members", record_op(entry)).rejected == []
    new = as_device(ana, entry, keys)
    assert new.sign_in().status_code == 200
    assert new.hello().role == "trainer"


@pytest.mark.parametrize(
    ("role", "entry_role", "reason"),
    [
        ("organiser", "admin", "above_own_role"),
        ("trainer", "reader", "above_own_role"),
        ("reader", "reader", "above_own_role"),
    ],
)
def test_entry_of_who_may_not_is_rejected(
    world: World, ana: Device, role: str, entry_role: str, reason: str
) -> None:
    by = world.colleague(ana, role)
    entry, keys = entry_by(by, new_id(), entry_role)
    reply = by.write("members", record_op(entry))
    assert [one.reason for one in reply.rejected] == [reason]
    assert as_device(by, entry, keys).sign_in().status_code == 401


def test_entry_with_a_wrong_signature_is_rejected_and_its_action_undone(
    world: World, ana: Device
) -> None:
    good, keys = entry_by(ana, new_id(), "trainer")
    bad = msgspec.structs.replace(entry_by(ana, new_id(), "trainer")[0], signature=b"0" * 64)
    reply = ana.write("members", record_op(good), record_op(bad))
    assert [(one.first_seq, one.reason) for one in reply.rejected] == [(1, "member_signature")]
    assert as_device(ana, good, keys).sign_in().status_code == 401


def test_second_laptop_of_a_trainer_needs_nobody_else(world: World, ana: Device) -> None:
    ben = world.colleague(ana, "trainer", "*")
    entry, keys = entry_by(ben, ben.user, "trainer")
    assert ben.write("members", record_op(entry)).rejected == []
    assert as_device(ben, entry, keys).sign_in().status_code == 200


def test_nobody_adds_devices_without_end(sqlite_world: World) -> None:
    """All of them are read for whoever joins."""
    bob = sqlite_world.colleague(sqlite_world.founder(), "reader")
    records = [record_op(entry_by(bob, bob.user, "reader")[0]) for _one in range(510)]
    ops = bob.ops("members", *records)
    batch = bob.batch("members", ops, ends=[op.seq for op in ops])
    (rejected,) = bob.send("members", batch).json()["rejected"]
    assert (rejected["first_seq"], rejected["reason"]) == (500, "too_many_devices")
    more, _device = sqlite_world.ask_to_join(sqlite_world.invitation(bob.ws, user=bob.user))
    assert (more.status_code, code(more)) == (403, "invitation")
    assert len(sqlite_world.devices(bob.ws)) == 501


def test_copy_succeeds_the_device_it_was_on_the_old_signature(world: World, ana: Device) -> None:
    entry, keys = entry_by(ana, ana.user, "admin")
    for _again in range(2):
        assert ana.http.post("/v1/succeed", content=to_bytes(entry)).status_code == 200
    new = as_device(ana, entry, keys)
    assert new.sign_in().status_code == 200
    assert [one.device for one in records(new)] == [ana.device, new.device]  # type: ignore[attr-defined]


@pytest.mark.parametrize("what", ["signature", "user", "newcomer", "revoked", "disabled", "server"])
def test_false_successor_is_refused(world: World, ana: Device, what: str) -> None:
    ben = world.colleague(ana, "organiser")
    users = {"user": ana.user, "newcomer": new_id()}
    entry, _keys = entry_by(ben, users.get(what, ben.user), "organiser")
    if what == "signature":
        entry = msgspec.structs.replace(entry, signature=b"1" * 64)
    if what == "server":
        entry = msgspec.structs.replace(entry, vouched_by="server")
    if what == "revoked":
        world.revoke(ben)
    if what == "disabled":
        assert reasons(ana, changed(ben.user, is_disabled=True)) == []
    answer = ana.http.post("/v1/succeed", content=to_bytes(entry))
    assert (answer.status_code, code(answer)) == (403, "no_right")
    assert len(world.devices(ana.ws)) == 2


def test_pushed_revocation_closes_access_at_once(world: World, ana: Device) -> None:
    ben = world.colleague(ana, "trainer")
    draft = Revocation(ana.ws, ben.device, ana.device, 5, NO_SIGNATURE)
    assert ana.write("members", record_op(signed(draft, ana.keys.sign))).rejected == []
    assert ben.post("/v1/hello", {"ws": ben.ws, "schema": 2}).status_code == 403


def test_name_that_no_entry_may_have_does_not_join(world: World) -> None:
    answer, _device = world.ask_to_join(world.invitation(), name="A\0B")
    assert (answer.status_code, code(answer)) == (400, "bad_request")


@pytest.mark.parametrize("field", ["ws", "device", "user", "role", "tag"])
def test_word_in_an_entry_ends_where_it_ends(ana: Device, field: str) -> None:
    entry, _keys = entry_by(ana, ana.user, "admin", tag="A")
    odd = msgspec.structs.replace(entry, **{field: getattr(entry, field) + "\n"})
    answer = ana.http.post("/v1/succeed", content=to_bytes(odd))
    assert (answer.status_code, code(answer)) == (400, "bad_request")


@pytest.mark.parametrize("is_former", [False, True])
def test_nobody_becomes_the_server_by_its_name(world: World, ana: Device, is_former: bool) -> None:
    name, keys = ana.hello().server_device, DeviceKeys.make()
    if is_former:  # as after a restore
        epoch = update(workspace).where(workspace.c.ws == ana.ws).values(epoch=new_id())
        world.service.database.write(ana.ws, lambda one: one.execute(epoch))
    taken = Device(world.http, keys, ana.ws, name)
    answer, _same = world.ask_to_join(world.invitation(ana.ws, "reader"), device=taken)
    assert (answer.status_code, code(answer)) == (403, "invitation")
    entry = msgspec.structs.replace(entry_by(ana, ana.user, "admin")[0], device=name)
    entry = signed(entry, ana.keys.sign)
    assert ana.http.post("/v1/succeed", content=to_bytes(entry)).status_code == 403
    assert reasons(ana, record_op(entry)) == ["is_server"]
    assert world.devices(ana.ws) == [ana.device]
    assert world.service.database.read(ana.ws, lambda one: check_log(one, ana.ws))[1] == []


def test_founder_of_no_role_is_rejected(world: World) -> None:
    ws, keys, founder = new_id(), DeviceKeys.make(), new_id()
    ana = world.founder(ws=ws, founders={founder: keys.sign_key})
    entry, _keys = entry_by(ana, new_id(), "emperor", vouched_by=founder)
    entry = msgspec.structs.replace(entry, device=founder, sign_key=keys.sign_key)
    assert reasons(ana, record_op(signed(entry, keys.sign))) == ["member_role"]
    assert reasons(ana, changed(entry.user, role="reader")) == []


def test_action_that_does_not_end_in_its_batch_is_rejected_whole(world: World, ana: Device) -> None:
    bob = world.colleague(ana, "reader")
    entry, _keys = entry_by(bob, bob.user, "reader")
    begun = bob.batch("members", bob.ops("members", record_op(entry)), ends=[])
    (rejected,) = bob.send("members", begun).json()["rejected"]
    assert (rejected["first_seq"], rejected["reason"]) == (1, "open")
    further = bob.write("members", record_op(entry_by(bob, bob.user, "reader")[0]))
    assert [(one.first_seq, one.reason) for one in further.rejected] == [(1, "open")]
    assert len(world.devices(ana.ws)) == 2


def _useless(by: Device, count: int, record: str = "x") -> list[dict[str, object]]:
    """Return operations nobody takes; sealed below as an action each."""
    values = {"record": record}
    return [{"entity": "member_record", "kind": "create", "values": values} for _ in range(count)]


def test_a_batch_of_members_is_unpacked_once_for_all_its_actions(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, unpacked = sqlite_world.founder(), []
    expand = push.expand
    monkeypatch.setattr(push, "expand", lambda one: unpacked.append(one) or expand(one))
    ops = ana.ops("members", *_useless(ana, 50))
    batch = ana.batch("members", ops, ends=[one.seq for one in ops])
    assert ana.send("members", batch).status_code == 200
    assert len(unpacked) == 1


@pytest.mark.parametrize("has_good", [False, True])
def test_records_are_read_once_for_all_actions_that_do_not_count(
    sqlite_world: World, has_good: bool
) -> None:
    """Also where an action begins with a record that would count: all of it is undone."""
    ana = sqlite_world.founder()
    bob = sqlite_world.colleague(ana, "reader")
    draft = Revocation(ana.ws, ana.device, bob.device, 5, NO_SIGNATURE)
    useless = _useless(bob, 20, to_bytes(draft).decode())
    wanted, ends = [], []
    for number, one in enumerate(useless, 1):
        good = [record_op(entry_by(bob, bob.user, "reader")[0])] if has_good else []
        wanted += [*good, one]
        ends.append(number * (1 + has_good))
    batch = bob.batch("members", bob.ops("members", *wanted), ends=ends)
    with statements(sqlite_world) as said:
        answer = bob.send("members", batch)
    (rejected,) = answer.json()["rejected"]
    assert (rejected["first_seq"], rejected["last_seq"]) == (1, len(wanted))
    assert len([one for one in said if "FROM member_record" in one]) == 1
    assert len(sqlite_world.devices(ana.ws)) == 2


def test_more_than_a_batch_of_members_is_refused_at_once(ana: Device) -> None:
    small, large = (ana.batch("members", ana.ops("members", *_useless(ana, n))) for n in (1, 1_000))
    answer = ana.send("members", small, large)
    assert (answer.status_code, code(answer)) == (413, "too_large")
    for one in (small, large):
        assert ana.send("members", one).status_code == 200


def test_many_who_join_at_once_get_letters_of_their_own(world: World, ana: Device) -> None:
    invited = [world.invitation(ana.ws, "trainer") for _one in range(10)]
    answers = at_once([lambda one=one: world.ask_to_join(one)[0] for one in invited])  # type: ignore[misc]
    assert {one.status_code for one in answers} <= {200, 503}
    tags = [one.json()["tag"] for one in answers if one.status_code == 200]
    assert tags
    assert len(tags) == len(set(tags)) == len(world.devices(ana.ws)) - 1


def test_many_change_members_at_once(world: World, ana: Device) -> None:
    admins = [world.colleague(ana, "admin") for _one in range(6)]
    batches = [
        one.batch("members", one.ops("members", record_op(entry_by(one, one.user, "admin")[0])))
        for one in admins
    ]
    answers = at_once(
        [
            lambda who=who, batch=batch: who.send("members", batch)  # type: ignore[misc]
            for who, batch in zip(admins, batches, strict=True)
        ]
    )
    assert {one.status_code for one in answers} <= {200, 503}
    taken = [one for one in answers if one.status_code == 200]
    assert len(world.devices(ana.ws)) == 1 + len(admins) + len(taken)


def test_false_successor_costs_the_same_where_there_is_nobody(world: World, ana: Device) -> None:
    costs = []
    for ws in (ana.ws, new_id()):
        entry, _keys = entry_by(ana, ana.user, "admin", vouched_by=new_id())
        entry = msgspec.structs.replace(entry, ws=ws)
        with statements(world) as said:
            assert ana.http.post("/v1/succeed", content=to_bytes(entry)).status_code == 403
        costs.append(said)
    assert costs[0] == costs[1]
    assert not [one for one in costs[0] if "member_record" in one or "IMMEDIATE" in one]
