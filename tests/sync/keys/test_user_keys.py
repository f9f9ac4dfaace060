"""Keys of a journal as a person meets them: two laptops, a lost one, a sheet, a lying server."""

import msgspec
import pytest

from mentor_desktop import crypto
from mentor_desktop.crypto.symmetric import seal_value
from mentor_desktop.errors import NotFoundError, ValidationError
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.entries import BadRecord
from mentor_desktop.sync.keys.fingerprints import is_code_of, qr_text, short_code
from mentor_desktop.sync.keys.journal import UnreadableEntry
from mentor_desktop.sync.keys.key_records import (
    PassphraseCopy,
    Seal,
    Statement,
    from_values,
    make_holder,
    row_of,
    to_values,
)
from mentor_desktop.sync.keys.keyring import epoch_id
from mentor_desktop.sync.keys.ledger import Ledger
from mentor_desktop.sync.keys.recovery import _context, holder_of_code, holder_of_copy, make_copy
from tests.sync.keys.journal_devices import JOURNAL, USER, Laptop, pair
from tests.sync.keys.people import WS, hex_id

CHEAP = crypto.Argon2Cost(iterations=1, lanes=1, memory_kib=128)


def two_laptops() -> tuple[Laptop, Laptop]:
    one, other = Laptop(1), Laptop(2)
    one.keys.enable(JOURNAL, 1)
    pair(one, other)
    return one, other


def test_a_device_that_was_compared_reads_old_and_new_entries() -> None:
    one, other = Laptop(1), Laptop(2)
    old = one.write(b"old")
    pair(one, other)
    assert other.read(old) == b"old"
    assert one.read(other.write(b"new")) == b"new"


def test_a_device_nobody_compared_reads_nothing_and_is_given_nothing() -> None:
    one, stranger = two_laptops()[0], Laptop(9)
    one.sees(stranger)
    stranger.sees(one)
    assert [card.device for card in one.keys.unknown_cards()] == [stranger.id]
    with pytest.raises(UnreadableEntry) as caught:
        stranger.read(one.write(b"x"))
    assert caught.value.reason == "key"
    assert not one.keys.standing.trusts(stranger.card.fingerprint)


def test_the_server_cannot_add_a_device() -> None:
    """It makes cards, statements in anybody's name, seals and epochs; nobody believes one of them."""
    one, other = two_laptops()
    fake = Laptop(66)
    fake.keys.receive(one.ledger.records())
    forged = [
        fake.card,
        *fake.keys._ledger.statements.values(),
        *fake.keys.enable(JOURNAL, 10**9),
    ]
    statement = Statement(
        WS, USER, "add", one.card.fingerprint, fake.card.fingerprint, "", (), (), 1, bytes(64)
    )
    assert one.ledger.add(statement) == "signature"
    assert one.ledger.add(fake.holder.signed(statement)) == "signature"
    one.keys.receive(forged)
    fake.keys._say("add", one.card.fingerprint, 1)
    one.sees(fake)
    other.sees(one, fake)
    for laptop in (one, other):
        assert not laptop.keys.standing.trusts(fake.card.fingerprint)
        with pytest.raises(UnreadableEntry):
            fake.read(laptop.write(b"x", at=10**9))


def test_an_epoch_of_the_server_is_neither_written_with_nor_opened() -> None:
    one, _other = two_laptops()
    fake = Laptop(66)
    fake.keys.receive(one.ledger.records())
    made = fake.keys.enable(JOURNAL, 10**9)
    sealed_to_one = fake.keys.keyring._seal(
        fake.holder,
        JOURNAL,
        made[0].about,
        one.card,  # type: ignore[union-attr]
    )
    one.takes([fake.card, *made, sealed_to_one])
    epoch, _made = one.keys.writing_epoch(JOURNAL, 10**9)
    assert epoch.made_by == one.card.fingerprint
    with pytest.raises(UnreadableEntry):
        one.read(fake.write(b"forged"))


def test_a_revoked_device_opens_nothing_written_after() -> None:
    one, lost = two_laptops()
    before = one.write(b"before")
    lost.sees(one)
    one.keys.revoke(lost.card.fingerprint, 5)
    after = one.write(b"after")
    lost.takes(one.ledger.records())
    assert lost.read(before) == b"before"
    with pytest.raises(UnreadableEntry):
        lost.read(after)
    assert lost.keys.standing.is_revoked
    assert lost.keys.catch_up(6) == []
    with pytest.raises(NotFoundError, match="taken out"):
        lost.keys.writing_epoch(JOURNAL, 6)


def test_what_a_revoked_device_says_afterwards_counts_for_nothing() -> None:
    one, other, lost = *two_laptops(), Laptop(3)
    pair(one, lost)
    other.sees(one, lost)
    thief = Laptop(4)
    lost.sees(thief)
    one.keys.revoke(lost.card.fingerprint, 5)
    lost.keys.add_device(thief.code, 6)
    lost.keys.enable(JOURNAL, 10**9)
    for laptop in (one, other):
        laptop.sees(one, lost)
        assert not laptop.keys.standing.trusts(thief.card.fingerprint)
        thief.sees(lost, laptop)
        with pytest.raises(UnreadableEntry):
            thief.read(laptop.write(b"x", at=10**9))


def test_whom_a_revoked_device_added_before_stays() -> None:
    one, other, third = *two_laptops(), Laptop(3)
    pair(other, third)
    one.sees(other, third)
    one.keys.revoke(other.card.fingerprint, 5)
    third.sees(one)
    assert one.keys.standing.trusts(third.card.fingerprint)
    assert third.read(one.write(b"x")) == b"x"


def test_two_who_revoke_each_other_are_both_out() -> None:
    one, other, third = *two_laptops(), Laptop(3)
    pair(one, third)
    other.sees(one, third)
    one.keys.revoke(other.card.fingerprint, 5)
    other.keys.revoke(one.card.fingerprint, 5)
    third.sees(one, other)
    assert [card.device for card in third.keys.standing.trusted] == [third.id]


def test_a_revoked_device_is_not_added_again() -> None:
    one, lost = two_laptops()
    one.keys.revoke(lost.card.fingerprint, 5)
    with pytest.raises(NotFoundError, match="No waiting device"):
        one.keys.add_device(lost.code, 6)
    one.keys._say("add", lost.card.fingerprint, 7)
    assert not one.keys.standing.trusts(lost.card.fingerprint)


def test_two_that_enable_offline_keep_both_epochs() -> None:
    one, other = Laptop(1), Laptop(2)
    written = [one.write(b"one"), other.write(b"other")]
    assert written[0][1]["epoch"] != written[1][1]["epoch"]
    pair(one, other)
    for laptop in (one, other):
        assert [laptop.read(each) for each in written] == [b"one", b"other"]


def test_an_epoch_of_a_fast_clock_that_is_not_here_yet_keeps_nobody_from_writing() -> None:
    one, other = two_laptops()
    made = other.keys.enable(JOURNAL, 10**9)
    one.takes(record for record in made if not isinstance(record, Seal))
    assert one.read(one.write(b"x", at=5)) == b"x"
    one.takes(made)
    assert one.read(one.write(b"x", at=6)) == b"x"


def test_a_disabled_epoch_is_read_and_not_written_with() -> None:
    one, other = two_laptops()
    old = one.write(b"old")
    one.keys.disable(JOURNAL, old[1]["epoch"], 2)
    other.sees(one)
    new = other.write(b"new", at=3)
    one.sees(other)
    assert new[1]["epoch"] != old[1]["epoch"]
    assert [one.read(old), one.read(new), other.read(old)] == [b"old", b"new", b"old"]


def test_a_reader_reads_and_adds_nobody() -> None:
    one, other = two_laptops()
    reader, thief = Laptop(5, user=hex_id(88)), Laptop(6)
    old = one.write(b"old")
    one.keys.share_with(reader.card, 4)
    reader.takes(one.ledger.records())
    reader.keys.add_device(one.code, 5)
    assert reader.read(old) == b"old"
    reader.keys._say("add", thief.card.fingerprint, 5)
    reader.keys._say("revoke", other.card.fingerprint, 5)
    one.takes([thief.card, *reader.ledger.records()])
    assert not one.keys.standing.trusts(thief.card.fingerprint)
    assert one.keys.standing.trusts(other.card.fingerprint)
    assert [card.fingerprint for card in one.keys.standing.readers] == [reader.card.fingerprint]
    one.keys.revoke(reader.card.fingerprint, 6)
    after = one.write(b"after", at=7)
    reader.takes(one.ledger.records())
    with pytest.raises(UnreadableEntry):
        reader.read(after)
    with pytest.raises(BadRecord):
        one.keys.share_with(msgspec.structs.replace(reader.card, user=USER), 8)


def test_a_restored_copy_goes_on_as_a_new_device() -> None:
    one, other = two_laptops()
    old = one.write(b"old")
    restored = Laptop(9)
    restored.takes(one.ledger.records())
    restored.keys.recover_as(one.holder, 5)
    other.sees(restored)
    assert restored.read(old) == b"old"
    assert other.read(restored.write(b"new", at=6)) == b"new"
    assert restored.card.fingerprint != one.card.fingerprint


def test_an_own_device_that_only_reads_adds_nobody() -> None:
    one, third, thief = two_laptops()[0], Laptop(5), Laptop(6)
    one.keys.share_with(third.card, 4)
    third.sees(one, thief)
    third.keys.add_device(thief.code, 5)
    one.sees(third)
    assert not one.keys.standing.trusts(third.card.fingerprint)
    assert not one.keys.standing.trusts(thief.card.fingerprint)


def test_a_seal_of_one_who_is_out_does_not_stand_for_a_good_one() -> None:
    one, lost = two_laptops()
    other = Laptop(3)
    written = one.write(b"x")
    seal = lost.keys.keyring._seal(lost.holder, JOURNAL, written[1]["epoch"], other.card)
    one.takes([lost.holder.signed(msgspec.structs.replace(seal, sealed=bytes(80)))])
    one.keys.revoke(lost.card.fingerprint, 5)
    pair(one, other)
    assert other.read(written) == b"x"


def test_the_code_alone_opens_everything_when_no_device_is_left() -> None:
    one, other = two_laptops()
    code, _made = one.keys.print_sheet(3)
    written = [one.write(b"one")]
    other.sees(one)
    written.append(other.write(b"other"))
    fresh = Laptop(3)
    fresh.takes(other.ledger.records())
    fresh.keys.recover(code, 9)
    assert [fresh.read(each) for each in written] == [b"one", b"other"]
    one.sees(fresh)
    other.sees(one)
    for laptop in (one, other):
        assert laptop.keys.standing.trusts(fresh.card.fingerprint)
        assert fresh.keys.standing.trusts(laptop.card.fingerprint)
    assert one.read(fresh.write(b"fresh", at=10)) == b"fresh"


def test_a_device_recovered_after_a_loss_writes_what_the_lost_one_cannot_read() -> None:
    one, lost = two_laptops()
    code, _made = one.keys.print_sheet(3)
    fresh = Laptop(3)
    fresh.takes(one.ledger.records())
    fresh.keys.recover(code, 9)
    fresh.keys.revoke(lost.card.fingerprint, 10)
    after = fresh.write(b"after", at=11)
    one.sees(fresh)
    lost.sees(fresh)
    assert one.read(after) == b"after"
    with pytest.raises(UnreadableEntry):
        lost.read(after)


@pytest.mark.parametrize("damage", ["", "ABCD", "letter", "other"])
def test_a_wrong_recovery_code_says_what_to_do(damage: str) -> None:
    one, _other = two_laptops()
    code, _made = one.keys.print_sheet(3)
    wrong = {
        "letter": ("1" if code[0] != "1" else "2") + code[1:],
        "other": crypto.new_recovery_code(),
    }.get(damage, damage)
    fresh = Laptop(3)
    fresh.takes(one.ledger.records())
    with pytest.raises(ValidationError) as caught:
        fresh.keys.recover(wrong, 9)
    assert ("newer sheet" if damage == "other" else "mistyped") in str(caught.value)
    assert caught.value.__cause__ is None
    assert fresh.keys.keyring.names() == []
    with pytest.raises(ValidationError):
        one.keys.confirm_sheet(wrong, 9)
    assert not one.keys.standing.has_confirmed_sheet


def test_a_code_opens_in_its_own_workspace_and_for_its_own_user() -> None:
    code = crypto.new_recovery_code()
    cards = {
        holder_of_code(code, ws, user).fingerprint
        for ws, user in ((WS, USER), ("b" * 32, USER), (WS, hex_id(5)))
    }
    assert len(cards) == 3
    assert holder_of_code(code.lower(), WS, USER).fingerprint in cards


def test_an_old_sheet_that_was_replaced_opens_nothing_new() -> None:
    one, _other = two_laptops()
    old_code, _made = one.keys.print_sheet(3)
    old = holder_of_code(old_code, WS, USER)
    new_code, _made = one.keys.print_sheet(4)
    one.keys.revoke(old.fingerprint, 5)
    after = one.write(b"after", at=6)
    fresh = Laptop(3)
    fresh.takes(one.ledger.records())
    with pytest.raises(ValidationError, match="newer sheet"):
        fresh.keys.recover(old_code, 9)
    thief = Laptop(4)
    thief.takes(one.ledger.records())
    thief.keys.recover_as(old, 9)
    with pytest.raises(UnreadableEntry):
        thief.read(after)
    one.sees(thief)
    assert not one.keys.standing.trusts(thief.card.fingerprint)
    fresh.keys.recover(new_code, 9)
    assert fresh.read(after) == b"after"


def test_writing_works_before_the_sheet_is_confirmed_and_that_shows() -> None:
    one, other = two_laptops()
    assert not one.keys.standing.recovery_sheets
    code, _made = one.keys.print_sheet(3)
    assert one.read(one.write(b"x")) == b"x"
    assert one.keys.standing.recovery_sheets
    assert not one.keys.standing.has_confirmed_sheet
    other.sees(one)
    other.keys.confirm_sheet(code, 4)
    one.sees(other)
    assert one.keys.standing.has_confirmed_sheet


def test_nobody_confirms_a_sheet_without_its_code() -> None:
    one, _other = two_laptops()
    code, _made = one.keys.print_sheet(3)
    one.keys._say("confirm", holder_of_code(code, WS, USER).fingerprint, 4)
    assert not one.keys.standing.has_confirmed_sheet


def test_a_copy_under_a_passphrase_does_what_the_code_does() -> None:
    one, _other = two_laptops()
    code, _made = one.keys.print_sheet(3)
    sheet = holder_of_code(code, WS, USER)
    copy = make_copy(sheet, "ąžuolas pelkėje", 4, CHEAP)
    one.keys.receive([copy])
    written = one.write(b"x")
    fresh = Laptop(3)
    fresh.takes(one.ledger.records())
    (found,) = fresh.ledger.copies.values()
    with pytest.raises(ValidationError, match="passphrase"):
        holder_of_copy(found, "ąžuolas")
    fresh.keys.recover_as(holder_of_copy(found, "ąžuolas pelkėje"), 9)
    assert fresh.read(written) == b"x"
    with pytest.raises(ValidationError, match="needs a passphrase"):
        make_copy(sheet, "  ", 4, CHEAP)
    for bit in range(8 * len(copy.wrapped)):
        changed = bytearray(copy.wrapped)
        changed[bit // 8] ^= 1 << (bit % 8)
        damaged = msgspec.structs.replace(copy, wrapped=bytes(changed))
        assert fresh.ledger.add(damaged) == "signature"
        with pytest.raises(ValidationError):
            holder_of_copy(damaged, "ąžuolas pelkėje")


def test_a_copy_with_the_keys_of_another_sheet_is_refused() -> None:
    sheet, other = (holder_of_code(crypto.new_recovery_code(), WS, USER) for _ in range(2))
    copy = make_copy(sheet, "x", 4, CHEAP)
    key = crypto.key_from_passphrase("x", copy.salt, CHEAP)
    wrapped = seal_value(key, other.keys.to_bytes(), _context(copy))
    with pytest.raises(ValidationError, match="does not open"):
        holder_of_copy(msgspec.structs.replace(copy, wrapped=wrapped), "x")


def test_a_copy_that_would_freeze_the_computer_is_refused() -> None:
    sheet = holder_of_code(crypto.new_recovery_code(), WS, USER)
    copy = make_copy(sheet, "x", 4, CHEAP)
    for name, value in (("memory_kib", 2**22), ("iterations", 10**6), ("lanes", 255)):
        with pytest.raises(BadRecord):
            from_values(to_values(msgspec.structs.replace(copy, **{name: value})))


def test_an_old_keyring_sent_again_changes_nothing() -> None:
    one, lost = two_laptops()
    old_records = one.ledger.records()
    old_epoch, _made = one.keys.writing_epoch(JOURNAL, 2)
    one.keys.revoke(lost.card.fingerprint, 5)
    now = one.keys.standing
    one.takes(old_records)
    assert one.keys.standing == now
    epoch, _made = one.keys.writing_epoch(JOURNAL, 2)
    assert epoch.id != old_epoch.id


def test_a_hidden_revocation_shows_as_a_gap_and_the_revoked_still_gets_nothing() -> None:
    one, other, lost = *two_laptops(), Laptop(3)
    pair(one, lost)
    other.sees(one, lost)
    one.keys.revoke(lost.card.fingerprint, 5)
    (hidden,) = (s for s in one.ledger.statements.values() if s.kind == "revoke")
    other.takes(record for record in one.ledger.records() if record != hidden)
    assert other.keys.standing.gaps == {hidden.hash}
    other.keys.enable(JOURNAL, 6)
    written = other.write(b"x", at=7)
    lost.takes(other.ledger.records())
    with pytest.raises(UnreadableEntry):
        lost.read(written)
    other.takes([hidden])
    assert not other.keys.standing.gaps
    assert not other.keys.standing.trusts(lost.card.fingerprint)


def test_every_hidden_statement_that_another_names_is_noticed() -> None:
    one, other, third = *two_laptops(), Laptop(3)
    pair(one, third)
    one.sees(other, third)
    one.keys.revoke(third.card.fingerprint, 5)
    statements = one.ledger.statements
    named = {parent for statement in statements.values() for parent in statement.prev}
    assert len(named) >= 5
    for hash_ in named:
        ledger = Ledger(WS, USER)
        ledger.add_all(r for r in one.ledger.records() if r != statements[hash_])
        keys = type(one.keys)(one.holder, ledger, one.keys.keyring)
        assert keys.standing.gaps == {hash_}


def test_a_revocation_whose_past_is_hidden_counts_all_the_same() -> None:
    one, other, lost = *two_laptops(), Laptop(3)
    pair(one, lost)
    other.sees(one, lost)
    hidden = set(one.ledger.statements)
    one.keys.disable(JOURNAL, "0" * 32, 4)
    hidden = set(one.ledger.statements) - hidden
    one.keys.revoke(lost.card.fingerprint, 5)
    records = one.ledger.records()
    other.takes(r for r in records if not isinstance(r, Statement) or r.hash not in hidden)
    assert other.keys.standing.gaps == hidden
    assert not other.keys.standing.trusts(lost.card.fingerprint)


def test_records_in_any_order_give_the_same() -> None:
    one, other, third = *two_laptops(), Laptop(3)
    pair(one, third)
    one.sees(other, third)
    one.keys.print_sheet(3)
    one.keys.revoke(third.card.fingerprint, 5)
    records = sorted(one.ledger.records(), key=row_of)
    for order in (records, records[::-1], records[7:] + records[:7], records + records):
        ledger = Ledger(WS, USER)
        assert not ledger.add_all(order)
        assert not ledger.waiting
        keys = type(one.keys)(one.holder, ledger, one.keys.keyring)
        assert keys.standing == one.keys.standing


def test_every_changed_bit_of_a_record_is_refused_or_names_nobody() -> None:
    one, _other = two_laptops()
    one.keys.print_sheet(3)
    before = one.keys.standing
    for record in one.ledger.records():
        content = to_values(record)["record"].encode()
        for bit in range(0, 8 * len(content), 3):
            changed = bytearray(content)
            changed[bit // 8] ^= 1 << (bit % 8)
            try:
                damaged = from_values({"record": changed.decode("latin-1")})
            except BadRecord:
                continue
            if damaged != record:
                one.ledger.add(damaged)
    one.keys.receive([])
    assert one.keys.standing == before
    assert not one.keys.bad_seals


def test_a_seal_that_does_not_fit_is_reported_and_another_one_used() -> None:
    one, other = Laptop(1), Laptop(2)
    written = one.write(b"x")
    one.sees(other)
    other.sees(one)
    made = one.keys.add_device(other.code, 3)
    (seal,) = (r for r in made if isinstance(r, Seal) and r.to == other.card.fingerprint)
    other.keys.add_device(one.code, 3)
    garbage = one.holder.signed(msgspec.structs.replace(seal, sealed=bytes(80)))
    another_key = one.holder.signed(
        msgspec.structs.replace(
            one.keys.keyring._seal(one.holder, JOURNAL, seal.epoch, other.card),
            sealed=crypto_envelope(other, seal, bytes(32)),
        )
    )
    other.takes([garbage, another_key])
    assert len(other.keys.bad_seals) == 2
    with pytest.raises(UnreadableEntry):
        other.read(written)
    other.takes(one.ledger.records())
    assert other.read(written) == b"x"
    assert not other.keys.bad_seals


def crypto_envelope(to: Laptop, seal: Seal, key: bytes) -> bytes:
    from mentor_desktop.crypto.envelopes import close_envelope

    return close_envelope(to.card.seal_key, key, seal.context())


def test_the_id_of_an_epoch_follows_from_its_key_and_place() -> None:
    key = crypto.new_key()
    ids = {
        epoch_id(*place, key)
        for place in ((WS, USER, JOURNAL), (WS, USER, hex_id(1)), (WS, hex_id(1), JOURNAL))
    }
    assert len(ids | {epoch_id(WS, USER, JOURNAL, crypto.new_key())}) == 4


def test_codes_are_compared_by_eye_ear_and_camera() -> None:
    one, other = Laptop(1), Laptop(2)
    fingerprint = one.card.fingerprint
    code = short_code(fingerprint)
    assert [len(group) for group in code.split("-")] == [4] * 4
    for typed in (
        code,
        code.lower().replace("-", " "),
        code.replace("0", "o"),
        qr_text(fingerprint),
    ):
        assert is_code_of(fingerprint, typed)
        assert not is_code_of(other.card.fingerprint, typed)
    assert not is_code_of(fingerprint, qr_text(fingerprint)[:-1] + "g")
    for typed in ("", "ABCD", code + "A", "ą" * 16):
        with pytest.raises(ValidationError, match="four groups of four"):
            is_code_of(fingerprint, typed)
    with pytest.raises(ValidationError, match="code of this computer"):
        one.keys.add_device(one.code, 1)


def test_records_of_another_place_and_nonsense_are_refused() -> None:
    one = Laptop(1)
    foreign = make_holder(DeviceKeys.make(), "b" * 32, USER, hex_id(1)).card
    assert one.ledger.add(foreign) == "place"
    weak = msgspec.structs.replace(one.card, seal_key=bytes(32))
    assert one.ledger.add(weak) == "signature"
    assert one.ledger.add(one.holder.signed(weak)) == "key"
    for values in ({}, {"record": 1}, {"record": "{}"}, {"record": "[" * 9_999}):
        with pytest.raises(BadRecord):
            from_values(values)


def test_secrets_are_in_no_repr() -> None:
    one, _other = two_laptops()
    code, _made = one.keys.print_sheet(3)
    sheet = holder_of_code(code, WS, USER)
    copy = make_copy(sheet, "geheim", 4, CHEAP)
    assert isinstance(copy, PassphraseCopy)
    shown = repr((one.holder, one.keys, one.keys.keyring, one.keys.standing, sheet, copy))
    for secret in (one.holder.keys, sheet.keys):
        for half in (secret.signing, secret.receiving):
            assert repr(half)[2:-1] not in shown
            assert half.hex() not in shown
    assert code not in shown
    assert "geheim" not in shown
