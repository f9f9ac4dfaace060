"""What comes twice, early, damaged or twice over is known for what it is."""

import pytest
from sqlcipher3 import dbapi2

from mentor_desktop.ids import new_id
from mentor_desktop.store.unit_of_work import UnitOfWork
from mentor_desktop.sync.protocol.batches import Batch
from mentor_desktop.sync.replica import acknowledged, applying, log, sealing, state
from mentor_desktop.sync.replica.log import Gap
from mentor_desktop.sync.replica.state import Cursor, Numbers
from tests import factories
from tests.sync.replica.devices import Device, Devices, same


def _people(device: Device, count: int) -> list[str]:
    """Make people, each in a batch of its own."""
    made = []
    for _ in range(count):
        made.append(device.act(lambda uow: factories.person(uow.session).id))
        device.seal()
    return made


def test_the_same_batch_twice_is_applied_once(devices: Devices) -> None:
    a, b = devices(2)
    _people(a, 1)
    batches = a.batches("people")
    assert b.receive("people", [*batches, *batches]).operations == 1
    assert b.receive("people", batches).operations == 0
    same(a, b)


def test_what_comes_early_waits_and_is_named_as_missing(devices: Devices) -> None:
    a, b = devices(2)
    people = _people(a, 4)
    first, second, third, fourth = a.batches("people")
    assert b.receive("people", [fourth, second]).operations == 0
    assert not any(b.has("person", one) for one in people)
    numbers = Numbers(b.raw)
    assert log.missing(b.raw, numbers, "people") == [Gap(a.id, 1, 1), Gap(a.id, 3, 3)]
    assert b.receive("people", [first]).operations == 2
    assert [b.has("person", one) for one in people] == [True, True, False, False]
    assert b.receive("people", [third]).operations == 2
    assert log.missing(b.raw, numbers, "people") == []
    same(a, b)


def test_another_batch_in_the_same_place_is_a_fork(devices: Devices) -> None:
    a, b, c = devices(3)
    _people(a, 1)
    c_as_a = state.identity(a.raw)
    # The third device claims to be the first: a copy nobody noticed.
    c.raw.execute("UPDATE sync_self SET device = ?, sign_key = ?", (c_as_a.device, c_as_a.sign_key))
    _people(c, 2)
    b.receive("people", a.batches("people"))
    before = b.rows()
    first, second = c.batches("people", of=a.id)
    for batch, seq in ((first, 1), (second, 2)):
        result = b.receive("people", [batch])
        assert [(one.device, one.seq) for one in result.forks] == [(a.id, seq)]
    assert b.rows() == before
    # The life of ours that we do not know shows itself when it comes back by the server.
    result = a.receive("people", [second])
    assert [(one.device, one.seq) for one in result.forks] == [(a.id, 2)]


def test_what_waits_inside_a_batch_of_another_life_is_let_go(devices: Devices) -> None:
    a, b, c = devices(3)
    c_as_a = state.identity(a.raw)
    c.raw.execute("UPDATE sync_self SET device = ?, sign_key = ?", (c_as_a.device, c_as_a.sign_key))
    for _number in range(3):
        a.act(lambda uow: factories.person(uow.session))
    _people(c, 2)
    stray = c.batches("people", of=a.id)[1]
    b.receive("people", [stray])  # the first of that life never comes
    result = b.receive("people", a.batches("people"))
    assert [(one.device, one.seq) for one in result.forks] == [(a.id, 2)]
    found = log.batches_of(b.raw, Numbers(b.raw).stream("people"), _number_of(b, a), 1, 9)
    assert [(one.header.from_seq, one.header.to_seq) for one in found] == [(1, 3)]
    same(a, b)


def _number_of(device: Device, other: Device) -> int:
    return Numbers(device.raw).device(other.id)


def test_a_fork_of_one_device_blocks_no_other(devices: Devices) -> None:
    a, b, c = devices(3)
    _people(a, 1)
    (batch,) = a.batches("people")
    forged = Batch(replace_header(batch, hash=bytes(32)), batch.body)
    person = _people(c, 1)[0]
    b.receive("people", [batch])
    result = b.receive("people", [forged, *c.batches("people")], cursor=Cursor("e", 7))
    assert (len(result.forks), result.operations) == (1, 1)
    assert b.has("person", person)
    assert state.cursor(b.raw, "people") == Cursor("e", 7)


def test_a_damaged_or_foreign_batch_is_refused_by_its_code(devices: Devices) -> None:
    a, b = devices(2)
    _people(a, 1)
    (batch,) = a.batches("people")
    damaged = Batch(batch.header, batch.body[:-3] + b"abc")
    elsewhere = Batch(replace_header(batch, ws=new_id()), batch.body)
    result = b.receive("people", [damaged, elsewhere])
    assert [one.code for one in result.refused] == ["damaged", "elsewhere"]
    assert result.operations == 0
    assert b.receive("people", [batch]).operations == 1


def test_a_device_nobody_knows_waits_for_its_key(devices: Devices) -> None:
    a, b = devices(2)
    b.raw.execute("UPDATE sync_peer SET sign_key = NULL WHERE device = ?", (a.id,))
    people = _people(a, 2)
    assert b.receive("people", a.batches("people")).operations == 0
    b.meet(a)
    assert b.receive("people", []).operations == 2
    assert all(b.has("person", one) for one in people)


def test_a_waiting_batch_with_a_wrong_signature_never_enters(devices: Devices) -> None:
    a, b = devices(2)
    b.raw.execute("UPDATE sync_peer SET sign_key = NULL WHERE device = ?", (a.id,))
    _people(a, 1)
    (batch,) = a.batches("people")
    forged = Batch(replace_header(batch, signature=bytes(64)), batch.body)
    b.receive("people", [forged])
    b.meet(a)
    assert [one.code for one in b.receive("people", []).refused] == ["signature"]
    assert b.receive("people", [batch]).operations == 1


def test_an_action_is_seen_whole_or_not_at_all(devices: Devices) -> None:
    a, b = devices(2)

    def many(uow: UnitOfWork) -> None:
        for _ in range(sealing.STEP_CHANGES + 500):
            factories.organisation(uow.session)

    a.act(many)
    person = _people(a, 1)[0]
    batches = a.batches("people")
    assert [one.header.count for one in batches] == [1000, 501]
    assert b.receive("people", batches[:1], cursor=Cursor("e", 1)).operations == 0
    assert b.raw.execute("SELECT count(*) FROM organisation").fetchone() == (0,)
    assert state.cursor(b.raw, "people").since == 1
    assert b.receive("people", batches[1:]).operations == 1501
    assert b.has("person", person)
    same(a, b)
    actions = b.raw.execute("SELECT count(*) FROM txn WHERE device = 'A'").fetchone()
    assert actions == (2,)


def test_a_large_action_in_two_streams_ends_in_each(devices: Devices) -> None:
    a, b = devices(2)

    def many(uow: UnitOfWork) -> None:
        event = factories.workshop(uow.session)
        for _ in range(700):
            factories.registration(
                uow.session, workshop_id=event.id, person_id=factories.person(uow.session).id
            )

    a.act(many)
    workshop = a.raw.execute("SELECT id FROM workshop").fetchone()[0]
    people, event = a.batches("people"), a.batches(f"w:{workshop}")
    assert b.receive("people", people[:1]).operations == 0
    assert b.receive("people", people[1:]).operations == 700
    assert b.receive(f"w:{workshop}", event).operations == 701
    same(a, b)
    # Both halves are one action here too.
    assert b.raw.execute("SELECT count(*) FROM txn").fetchone() == (1,)


def test_the_cursor_never_goes_back_within_an_epoch(devices: Devices) -> None:
    (a,) = devices(1)
    for moved, expected in (
        (Cursor("e", 5), Cursor("e", 5)),
        (Cursor("e", 3), Cursor("e", 5)),
        (Cursor("f", 2), Cursor("f", 2)),
    ):
        a.receive("people", [], cursor=moved)
        assert state.cursor(a.raw, "people") == expected


def test_what_a_restored_server_forgot_is_sent_again(devices: Devices) -> None:
    (a,) = devices(1)
    _people(a, 3)
    numbers = Numbers(a.raw)

    def unsent() -> list[int]:
        found = acknowledged.unacknowledged(a.raw, numbers, a.id, "people")
        return [one.header.from_seq for one in found]

    assert unsent() == [1, 2, 3]
    acknowledged.acknowledge(a.raw, numbers, a.id, "people", 2)
    assert unsent() == [3]
    # What comes back by a file says nothing of the server.
    a.receive("people", a.batches("people")[2:])
    assert unsent() == [3]
    acknowledged.acknowledge(a.raw, numbers, a.id, "people", 1)
    assert unsent() == [2, 3]
    assert acknowledged.unacknowledged_streams(a.raw, numbers, a.id) == ["people"]


def test_a_page_is_kept_whole_or_not_at_all(devices: Devices) -> None:
    a, b = devices(2)
    _people(a, 1)
    b.raw.execute(
        "CREATE TRIGGER fail BEFORE INSERT ON person BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    with pytest.raises(dbapi2.IntegrityError, match="no"):
        applying.apply_page(b.raw, "people", a.batches("people"), cursor=Cursor("e", 9))
    assert b.raw.execute("SELECT count(*) FROM sync_batch").fetchone() == (0,)
    assert state.cursor(b.raw, "people") == Cursor("", 0)
    b.raw.execute("DROP TRIGGER fail")
    assert b.receive("people", a.batches("people")).operations == 1


def replace_header(batch: Batch, **values: object) -> object:
    """Return the header of a batch with other values."""
    import msgspec

    return msgspec.structs.replace(batch.header, **values)
