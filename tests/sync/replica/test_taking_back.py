"""Rejected operations count as never made; what was erased is nowhere; a copy goes on as another."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from mentor_desktop.errors import ValidationError
from mentor_desktop.ids import new_id
from mentor_desktop.services import history
from mentor_desktop.services import not_shared as cards
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.protocol.batches import NO_HASH, make_batch, read_batch
from mentor_desktop.sync.protocol.operations import REJECT, Action, Content, Op, runs_of
from mentor_desktop.sync.protocol.streams import MOST_OPS
from mentor_desktop.sync.replica import acknowledged, log, recompute, special, state, succession
from mentor_desktop.sync.replica.recompute import check_stream, repair_stream
from mentor_desktop.sync.replica.sealing import Sealer
from mentor_desktop.sync.replica.state import Numbers
from mentor_desktop.sync.replica.succession import NewDevice
from tests import factories
from tests.sync.replica.devices import BOSS, Device, Devices, make_admin, reject, same

SECRET = "Zdislava-7731"


def test_a_rejected_edit_counts_as_never_made(devices: Devices) -> None:
    a, b, admin = devices(3)
    make_admin(admin, a, b)
    person = a.act(lambda uow: factories.person(uow.session, email="old@example.org").id)
    b.receive_all(a)
    b.set("person", person, email="rejected@example.org")
    for one in (a, admin):
        one.receive_all(b, *(other for other in (a,) if other is not one))
    reject(admin, b, 1, 1)
    for one in (a, b):
        one.receive_all(admin)
        assert one.value("person", person, "email") == "old@example.org"
    same(a, b, admin)
    assert all(check_stream(one.raw, "people").was_right for one in (a, b, admin))
    with b.workspace.reader() as uow:
        (card,) = cards.not_shared_cards(uow)
        assert json.loads(cards.not_shared_json(uow, card))["operations"][0]["values"] == {
            "email": "rejected@example.org"
        }
    ((field,),) = (one.fields for one in card.changes)
    assert (card.reason, field.label) == ("no longer a member", "E-mail")
    assert (field.old, field.new) == ("old@example.org", "rejected@example.org")
    with a.workspace.reader() as uow:
        assert cards.not_shared_cards(uow) == []


def test_many_rejections_of_one_action_are_one_look_at_the_log(
    devices: Devices, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b, admin = devices(3)
    make_admin(admin, a, b)
    people = [b.act(lambda uow: factories.person(uow.session).id) for _number in range(6)]
    a.receive_all(b)
    own, ops = state.identity(admin.raw), []
    for seq, rejected in enumerate((2, 4, 6), 1):
        named = {"device": b.id, "first": rejected, "last": rejected, "reason": "no_right"}
        ops.append(Op(own.device, seq, seq, "operation", new_id(), REJECT, values=named))
    content = Content(runs_of(ops), (Action(ops[-1].seq, 0, "", "Test"),))
    sign = DeviceKeys(own.sign_key, own.seal_key).sign
    batch = make_batch(own.workspace, "people", own.device, 1, NO_HASH, content, 0, sign)
    looks: list[object] = []
    fold_rows = recompute.fold_rows
    monkeypatch.setattr(recompute, "fold_rows", lambda *of: looks.append(of) or fold_rows(*of))
    a.receive("people", [batch])
    assert len(looks) == 1
    assert [a.has("person", one) for one in people] == [True, False] * 3
    monkeypatch.undo()
    assert check_stream(a.raw, "people").was_right


def test_a_rejection_that_comes_first_holds_too(devices: Devices) -> None:
    a, b, admin = devices(3)
    make_admin(admin, a, b)
    person = b.act(lambda uow: factories.person(uow.session).id)
    admin.receive_all(b)
    reject(admin, b, 1, 1)
    a.receive_all(admin)
    a.receive_all(b)
    assert not a.has("person", person)
    b.receive_all(admin)
    assert not b.has("person", person)
    same(a, b, admin)
    assert check_stream(a.raw, "people").was_right


def test_nobody_but_an_admin_rejects_or_erases(devices: Devices) -> None:
    a, b = devices(2)
    person = a.act(lambda uow: factories.person(uow.session).id)
    b.receive_all(a)
    with pytest.raises(ValidationError):
        reject(b, a, 1, 1)
    with pytest.raises(ValidationError):
        special.purge_row(b.raw, "person", person, reason="asked", author=BOSS)
    # A program that does it all the same is not believed.
    b.raw.execute("UPDATE sync_peer SET is_admin = 1 WHERE device = ?", (b.id,))
    special.purge_row(b.raw, "person", person, reason="asked", author=BOSS)
    a.receive_all(b)
    assert a.has("person", person)


def _files_hold(device: Device, text: str) -> bool:
    """Say whether any table of a device holds a text, the sealed log opened."""
    from mentor_desktop.sync.protocol.batches import open_batch

    tables = device.raw.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'person_search%'"
    ).fetchall()
    shown = [str(device.raw.execute(f'SELECT * FROM "{table}"').fetchall()) for (table,) in tables]
    rows = device.raw.execute("SELECT header, body FROM sync_batch").fetchall()
    shown += [str(open_batch(log.stored_batch(row))) for row in rows]
    return any(text in one for one in shown)


def test_what_was_erased_is_nowhere_and_the_chain_still_holds(devices: Devices) -> None:
    a, b, admin = devices(3)
    make_admin(admin, a, b)
    with a.acting("Added {name}", name=SECRET) as uow:
        person = factories.person(uow.session, given_name=SECRET).id
    other = a.act(lambda uow: factories.person(uow.session).id)
    b.receive_all(a)
    b.set("person", person, note=SECRET)
    a.set("person", person, note=f"{SECRET} too")
    for one in (a, b, admin):
        one.receive_all(*(other for other in (a, b) if other is not one))
    assert _files_hold(a, SECRET)
    special.purge_row(admin.raw, "person", person, reason="asked for", author=BOSS)
    # Made before it was heard of: gone as well.
    b.set("person", person, email=f"{SECRET}@example.org")
    for one in (a, b):
        one.receive_all(admin)
    for one in (a, admin):
        one.receive_all(b)
    same(a, b, admin)
    for one in (a, b, admin):
        assert not _files_hold(one, SECRET)
        assert (one.has("person", person), one.has("person", other)) == (False, True)
        assert check_stream(one.raw, "people").was_right
        keys = {peer.device: peer.sign_key for peer in state.peers(one.raw)}
        for sender in (a, b, admin):
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

            key = Ed25519PublicKey.from_public_bytes(keys[sender.id] or b"")
            for batch in one.batches("people", of=sender.id):
                read_batch(batch, key)
    with b.workspace.reader() as uow:
        assert "Added …" in [row.sentence for row in history.recent_actions(uow)]


def _new_device(name: str) -> NewDevice:
    return NewDevice(
        device=new_id(),
        sign_key=Ed25519PrivateKey.generate().private_bytes_raw(),
        seal_key=X25519PrivateKey.generate().private_bytes_raw(),
        tag=name,
        name=f"Laptop {name}",
    )


def test_what_is_erased_is_no_conflict_any_more(devices: Devices) -> None:
    a, b, admin = devices(3)
    make_admin(admin, a, b)
    person = a.act(lambda uow: factories.person(uow.session).id)
    for one in (b, admin):
        one.receive_all(a)
    for one in (a, b):
        one.set("person", person, note=one.name)
    admin.set("person", person, email="rejected@example.org")
    for one in (a, b, admin):
        one.receive_all(*(other for other in (a, b, admin) if other is not one))
    # Both come in one page: what was rejected is folded anew when the row is erased already.
    reject(admin, admin, 1, 1)
    special.purge_row(admin.raw, "person", person, reason="asked to", author=BOSS)
    for one in (a, b):
        one.receive_all(admin)
        assert one.raw.execute("SELECT max(conflicts) FROM sync_row").fetchone() == (0,)
        assert check_stream(one.raw, "people").was_right
    same(a, b, admin)


def test_a_restored_copy_goes_on_as_another_device(devices: Devices) -> None:
    a, b = devices(2)
    first = a.act(lambda uow: factories.person(uow.session).id)
    b.receive_all(a)
    numbers = Numbers(a.raw)
    acknowledged.acknowledge(a.raw, numbers, a.id, "people", 1)
    old = a.id
    # Sealed and never acknowledged; then not even sealed.
    a.set("person", first, email="sealed@example.org")
    second = a.act(lambda uow: factories.person(uow.session).id)
    a.seal()
    a.set("person", second, note="not sealed")
    kept = a.batches("people", of=old)
    before = a.rows()
    actions = a.raw.execute("SELECT count(*) FROM txn").fetchone()
    succession.go_on_as(a.raw, _new_device("AX"))
    assert a.rows() == before
    assert a.raw.execute("SELECT count(*) FROM txn").fetchone() == actions
    b.meet(a)
    assert a.id != old
    assert [one.header.to_seq for one in a.batches("people", of=old)] == [1]
    b.receive("people", a.batches("people"))
    same(a, b)
    assert check_stream(a.raw, "people").was_right
    assert b.value("person", second, "note") == "not sealed"
    # The other copy lives on and sends what both had made: no conflict, nothing twice.
    for one in (a, b):
        assert one.receive("people", kept).forks == ()
    same(a, b)
    assert a.raw.execute("SELECT sum(conflicts) FROM sync_row").fetchone() == (0,)
    # What was made anew had seen the old one, so that is no head at all.
    assert [row for row in a.shelf() if row[1] == first] == []
    assert check_stream(b.raw, "people").was_right


def test_an_action_acknowledged_in_part_is_made_anew_whole(devices: Devices) -> None:
    a, b = devices(2)
    whole = a.act(lambda uow: factories.person(uow.session).id)
    with a.acting() as uow:
        for number in range(MOST_OPS + 10):
            factories.person(uow.session, note=str(number))
    a.set("person", whole, note="after")
    sealed = a.batches("people")
    before = a.rows()
    # The server has the first batch of the large action, and so does the other laptop.
    first_half = next(one for one in sealed if one.header.count == MOST_OPS)
    acknowledged.acknowledge(a.raw, Numbers(a.raw), a.id, "people", first_half.header.to_seq)
    b.receive("people", [one for one in sealed if one.header.to_seq <= first_half.header.to_seq])
    assert (b.has("person", whole), len(b.rows()["person"])) == (True, 1)
    succession.go_on_as(a.raw, _new_device("AX"))
    assert a.rows() == before
    b.meet(a)
    b.receive("people", a.batches("people"))
    assert b.rows()["person"] == before["person"]
    same(a, b)
    assert all(check_stream(one.raw, "people").was_right for one in (a, b))
    # The old life comes to its end after all, from the other copy.
    for one in (a, b):
        assert one.receive("people", sealed).forks == ()
    assert a.rows() == before
    same(a, b)
    assert all(check_stream(one.raw, "people").was_right for one in (a, b))


def test_an_action_sealed_in_part_goes_on_whole_under_the_new_name(devices: Devices) -> None:
    a, b = devices(2)
    first = a.act(lambda uow: factories.person(uow.session).id)
    a.seal()
    with a.acting() as uow:
        for number in range(MOST_OPS + 10):
            factories.person(uow.session, note=str(number))
    sealer = Sealer(a.raw, most=MOST_OPS)
    assert sealer.seal_step() == MOST_OPS
    before, old = a.rows(), a.id
    succession.go_on_as(a.raw, _new_device("AX"), is_offered=False)
    assert a.rows() == before
    # What is whole keeps its name; the half of an action does not.
    assert [one.header.to_seq for one in a.batches("people", of=old)] == [1]
    assert succession.former(a.raw) == [old]
    b.meet(a)
    b.receive("people", a.batches("people", of=old))
    assert b.has("person", first)
    b.receive("people", a.batches("people"))
    assert b.rows()["person"] == before["person"]
    same(a, b)
    assert all(check_stream(one.raw, "people").was_right for one in (a, b))


def test_a_delete_that_is_made_anew_kills_what_it_had_seen(devices: Devices) -> None:
    a, b = devices(2)
    person = a.act(lambda uow: factories.person(uow.session).id)
    a.delete("person", person)
    a.seal()
    kept = a.batches("people")
    old = a.id
    succession.go_on_as(a.raw, _new_device("AX"))
    b.meet(a)
    b.receive("people", a.batches("people"))
    assert not b.has("person", person)
    b.receive("people", kept)
    assert not b.has("person", person)
    assert old != a.id


def test_a_copy_knows_that_it_has_to_go_on_as_another(devices: Devices) -> None:
    (a,) = devices(1)
    assert succession.is_another_copy(a.raw)
    a.raw.execute("UPDATE local_setting SET value = ? WHERE key = 'incarnation'", (a.id,))
    assert not succession.is_another_copy(a.raw)


def test_what_was_damaged_is_found_and_put_right(devices: Devices) -> None:
    a, b = devices(2)
    person = a.act(lambda uow: factories.person(uow.session, email="right@example.org").id)
    gone = a.act(lambda uow: factories.person(uow.session).id)
    b.receive_all(a)
    right = b.rows()
    b.raw.is_capture_silent = True
    b.raw.execute("UPDATE person SET email = 'wrong@example.org' WHERE id = ?", (person,))
    b.raw.execute("DELETE FROM person WHERE id = ?", (gone,))
    b.raw.is_capture_silent = False
    b.raw.execute("UPDATE sync_digest SET sums = zeroblob(8192)")
    found = check_stream(b.raw, "people")
    assert found.rows == {("person", person), ("person", gone)}
    assert not found.is_digest_right
    assert b.value("person", person, "email") == "wrong@example.org"
    repair_stream(b.raw, "people")
    assert b.rows() == right
    assert check_stream(b.raw, "people").was_right
    same(a, b)
    assert Path(b.workspace.folder.database).exists()
