"""What is told of an action names people: with a row of it, that goes too, in whichever batch it is."""

import zlib
from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Table, select

from mentor_desktop.ids import new_id
from mentor_desktop.server.folding import fold
from mentor_desktop.server.tables import log, quarantine
from mentor_desktop.sync.protocol.batches import Batch, make_batch, read_batch
from mentor_desktop.sync.protocol.operations import PURGE, Action, Content, Op, runs_of
from tests.server.world import SCHEMA, Device, World

STREAM = "people"
NAME = "Wilhelmina"


def person(row: str = "") -> dict[str, object]:
    return {"entity": "person", "kind": "create", "row": row or new_id(), "values": {"note": "a"}}


def purge(row: str) -> dict[str, object]:
    return {"entity": "person", "kind": PURGE, "row": row, "values": {"reason": "asked"}}


def ending(device: Device, ops: Sequence[Op], at: int = -1) -> Batch:
    """Return a batch in which an action ends that names somebody."""
    chain = device.chains[STREAM]
    action = Action(ops[at].seq, 0, device.user, "Imported {name}", {"name": NAME})
    batch = make_batch(
        device.ws, STREAM, device.device, chain.last_seq + 1, chain.last_hash,
        Content(runs_of(ops), (action,)), SCHEMA, device.keys.sign,
    )  # fmt: skip
    chain.last_seq, chain.last_hash = batch.header.to_seq, batch.header.hash
    return batch


def cut(device: Device, row: str, *, parts: int = 2) -> list[Batch]:
    """Return the batches of one action, the first of which creates the row."""
    rows = [row, *(new_id() for _part in range(parts - 2))]
    begun = [device.batch(STREAM, device.ops(STREAM, person(one)), ends=[]) for one in rows]
    return [*begun, ending(device, device.ops(STREAM, person()))]


def send(device: Device, *batches: Batch) -> None:
    assert device.send(STREAM, *batches).status_code == 200


def named(world: World, device: Device, table: Table = log) -> int:
    """Return how many batches that a table keeps have the name."""
    fold(world.service, [(device.ws, STREAM)])
    wanted = select(table.c.body).where(table.c.ws == device.ws)
    found = world.service.database.read(device.ws, lambda one: one.scalars(wanted).all())
    return sum(NAME.encode() in zlib.decompress(one) for one in found)


def require_sound(ana: Device, device: Device) -> None:
    for batch in ana.pull_all(STREAM):
        if batch.header.device == device.device:
            read_batch(batch, Ed25519PublicKey.from_public_bytes(device.keys.sign_key))


@pytest.fixture
def ana(world: World) -> Device:
    return world.founder()


@pytest.mark.parametrize("parts", [2, 3])
def test_action_that_ends_in_a_later_batch_is_told_without_values(
    world: World, ana: Device, parts: int
) -> None:
    row = new_id()
    send(ana, *cut(ana, row, parts=parts))
    send(ana, ending(ana, ana.ops(STREAM, person())))
    assert named(world, ana) == 2
    ana.write(STREAM, purge(row))
    assert named(world, ana) == 1  # the other action has nothing of the row
    require_sound(ana, ana)


@pytest.mark.parametrize("parts", [2, 3])
def test_end_that_comes_after_the_purge_is_emptied(world: World, ana: Device, parts: int) -> None:
    tom, row = world.colleague(ana, "organiser", "*"), new_id()
    *before, end = cut(tom, row, parts=parts)
    for one in before:
        send(tom, one)
        assert named(world, ana) == 0
    ana.write(STREAM, purge(row))
    assert named(world, ana) == 0
    send(ana, end)  # carried
    assert named(world, ana) == 0
    send(tom, ending(tom, tom.ops(STREAM, person())))
    assert named(world, ana) == 1
    require_sound(ana, tom)


def test_end_that_comes_in_one_step_with_the_purge_is_emptied(world: World, ana: Device) -> None:
    tom, row, other = world.colleague(ana, "organiser", "*"), new_id(), new_id()
    first, end = cut(tom, row)
    send(tom, first)
    ana.write(STREAM, person(other))
    ana.write(STREAM, purge(other))
    assert named(world, ana) == 0
    ana.write(STREAM, purge(row))
    send(tom, end)
    # Known before to be erased: this step has both an old and a new one.
    send(tom, tom.batch(STREAM, tom.ops(STREAM, {**person(other), "kind": "set", "group": "note"})))
    assert named(world, ana) == 0


def test_part_that_comes_late_and_its_end_are_emptied(world: World, ana: Device) -> None:
    tom, row = world.colleague(ana, "organiser", "*"), new_id()
    ana.write(STREAM, person(row))
    ana.write(STREAM, purge(row))
    assert named(world, ana) == 0
    change = {"entity": "person", "kind": "delete", "row": row, "seen": {ana.device: 1}}
    send(tom, tom.batch(STREAM, tom.ops(STREAM, change), ends=[]))
    assert named(world, ana) == 0
    send(tom, ending(tom, tom.ops(STREAM, person(), person()), at=0))
    assert named(world, ana) == 0
    send(tom, ending(tom, tom.ops(STREAM, person())))
    assert named(world, ana) == 1  # that began behind it
    require_sound(ana, tom)


@pytest.mark.parametrize("is_known", [False, True])
def test_action_that_was_set_aside_is_emptied(world: World, ana: Device, is_known: bool) -> None:
    tom, row = world.colleague(ana, "organiser", "*"), new_id()
    first, middle, end = cut(tom, row, parts=3)
    send(tom, first)
    world.revoke(tom)
    if is_known:
        fold(world.service, [(ana.ws, STREAM)])
        ana.write(STREAM, purge(row))
        fold(world.service, [(ana.ws, STREAM)])
    for one in (middle, end):
        assert tom.send(STREAM, one).status_code == 403
    assert named(world, ana, quarantine) == (0 if is_known else 1)
    if not is_known:
        ana.write(STREAM, purge(row))
        assert named(world, ana, quarantine) == 0
