"""What is told of an action names people: with a row of it, that goes too, in whichever batch it is."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mentor_desktop.services import history
from mentor_desktop.sync.protocol.batches import Batch, open_batch, read_batch
from mentor_desktop.sync.replica import log, special, state
from mentor_desktop.sync.replica.beginning import Beginning, beginning_of, keep_beginning
from mentor_desktop.sync.replica.recompute import check_stream
from mentor_desktop.sync.replica.sealing import Sealer
from mentor_desktop.sync.withholding import only
from tests import factories
from tests.sync.replica.devices import BOSS, Device, Devices, make_admin, same

SECRET = "Zdislava-7731"
PEOPLE = "people"


def imported(device: Device) -> tuple[str, list[str], list[Batch]]:
    """Import three people in one action that is cut; return the first, the others, the batches."""
    device.seal()
    last = len(device.batches(PEOPLE))
    with device.acting("Imported {name}", name=SECRET) as uow:
        rows = [factories.person(uow.session).id for _number in range(3)]
    sealer = Sealer(device.raw, most=1)
    while sealer.seal_step():
        pass
    batches = device.batches(PEOPLE)[last:]
    assert [len(open_batch(one).actions) for one in batches] == [0, 0, 1]
    return rows[0], rows[1:], batches


def purge(admin: Device, person: str) -> None:
    special.purge_row(admin.raw, "person", person, reason="asked to", author=BOSS)


def everything_in(device: Device) -> str:
    """Return all that the log and history of a device say."""
    rows = device.raw.execute("SELECT header, body FROM sync_batch").fetchall()
    told = [str(open_batch(log.stored_batch(row))) for row in rows]
    return str([told, device.raw.execute("SELECT * FROM txn").fetchall()])


def sentences(device: Device) -> list[str]:
    with device.workspace.reader() as uow:
        return [row.sentence for row in history.recent_actions(uow)]


def require_sound(author: Device, *devices: Device) -> None:
    keys = {peer.device: peer.sign_key for peer in state.peers(author.raw)}
    key = Ed25519PublicKey.from_public_bytes(keys[author.id] or b"")
    for one in devices:
        assert check_stream(one.raw, PEOPLE).was_right
        for batch in one.batches(PEOPLE, of=author.id):
            read_batch(batch, key)


@pytest.fixture
def three(devices: Devices) -> list[Device]:
    a, b, admin = devices(3)
    make_admin(admin, a, b)
    return [a, b, admin]


def test_action_that_ends_in_a_later_batch_is_told_without_values(three: list[Device]) -> None:
    a, b, admin = three
    person, others, batches = imported(a)
    with a.acting("Added {name}", name="Jonas") as uow:
        factories.person(uow.session)
    for one in (b, admin):
        one.receive(PEOPLE, a.batches(PEOPLE))
        assert SECRET in everything_in(one)
    purge(admin, person)
    for one in (a, b):
        one.receive_all(admin)
    for one in three:
        assert SECRET not in everything_in(one)
        assert {"Imported …", "Added Jonas"} <= set(sentences(one))
        assert [one.has("person", row) for row in (person, *others)] == [False, True, True]
    same(*three)
    require_sound(a, *three)
    # Whoever carries it as it was brings nothing back.
    b.receive(PEOPLE, batches)
    assert SECRET not in everything_in(b)


@pytest.mark.parametrize("known", [0, 1, 2])
def test_end_that_comes_after_the_purge_is_emptied(three: list[Device], known: int) -> None:
    a, b, admin = three
    person, others, batches = imported(a)
    admin.receive(PEOPLE, batches)
    purge(admin, person)
    b.receive(PEOPLE, batches[:known])
    b.receive_all(admin)
    b.receive(PEOPLE, batches[known:])
    assert SECRET not in everything_in(b)
    assert "Imported …" in sentences(b)
    assert [b.has("person", row) for row in (person, *others)] == [False, True, True]
    require_sound(a, b)


def test_action_in_one_batch_that_comes_after_the_purge_is_emptied(three: list[Device]) -> None:
    a, b, admin = three
    person = a.act(lambda uow: factories.person(uow.session).id)
    for one in (b, admin):
        one.receive_all(a)
    purge(admin, person)
    with a.acting("Changed {name}", name=SECRET) as uow:
        uow.raw.execute("UPDATE person SET note = 'n' WHERE id = ?", (person,))
    b.receive_all(admin)
    b.receive_all(a)
    assert SECRET not in everything_in(b)
    assert "Changed …" in sentences(b)


def test_end_of_an_action_that_a_snapshot_began_is_emptied(three: list[Device]) -> None:
    a, b, admin = three
    person, _others, batches = imported(a)
    admin.receive(PEOPLE, batches)
    _begin_with(b, a, batches[0])
    purge(admin, person)
    b.receive_all(admin)
    b.receive(PEOPLE, batches[1:])
    assert SECRET not in everything_in(b)
    assert "Imported …" in sentences(b)


def test_log_before_a_snapshot_tells_nothing_of_what_was_erased(three: list[Device]) -> None:
    a, b, admin = three
    person, _others, batches = imported(a)
    admin.receive(PEOPLE, batches)
    purge(admin, person)
    b.receive_all(admin)
    end = batches[-1].header
    begun = Beginning(
        epoch="", seq=1, parts=[], applied={a.id: end.to_seq}, chains={a.id: end.hash}, root=b""
    )
    numbers = state.Numbers(b.raw)
    chain = log.Chain(end.to_seq, end.to_seq, end.hash)
    log.keep_chain(b.raw, numbers.stream(PEOPLE), numbers.device(a.id), chain)
    keep_beginning(b.raw, PEOPLE, begun)
    for one in batches:
        assert b.receive(PEOPLE, [one]).operations == 0
    assert beginning_of(b.raw, PEOPLE) is None
    assert len(b.batches(PEOPLE, of=a.id)) == len(batches)
    assert SECRET not in everything_in(b)


def _begin_with(device: Device, author: Device, batch: Batch) -> None:
    """Let a device count a batch as applied, as with a snapshot, which asks for no end of an action."""
    device.receive(PEOPLE, [batch])
    numbers = state.Numbers(device.raw)
    place = numbers.stream(PEOPLE), numbers.device(author.id)
    device.raw.execute("UPDATE sync_applied SET seq = held WHERE stream = ? AND device = ?", place)


def test_reader_of_a_part_is_not_told_whom_the_action_was_about(three: list[Device]) -> None:
    a, b, _admin = three
    person, others, batches = imported(a)
    trimmed = list(only(batches, {("person", row) for row in others}))
    assert SECRET not in str([open_batch(one) for one in trimmed])
    assert list(only(batches, {("person", row) for row in (person, *others)})) == batches
    (end,) = only(batches[2:], {("person", others[1])}, [a.id])
    assert SECRET not in str(open_batch(end))
    b.receive(PEOPLE, trimmed)
    assert b.receive(PEOPLE, batches).operations == 1
    same(a, b)


def test_what_is_filled_tells_of_no_action_that_was_erased(three: list[Device]) -> None:
    a, b, admin = three
    person, others, batches = imported(a)
    admin.receive(PEOPLE, batches)
    b.receive(PEOPLE, list(only(batches, {("person", others[0])})))
    purge(admin, person)
    b.receive_all(admin)
    b.receive(PEOPLE, batches)
    assert b.has("person", others[1])
    assert SECRET not in everything_in(b)
    require_sound(a, b)
