"""A purge: the values of the row are in nothing that the server keeps, whenever they come."""

import zlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Table, select

from mentor_desktop.ids import new_id
from mentor_desktop.server import snapshots
from mentor_desktop.server.folding import fold
from mentor_desktop.server.tables import log, quarantine, snapshot_part
from mentor_desktop.sync.protocol.batches import expand, read_batch
from mentor_desktop.sync.protocol.operations import PURGE
from mentor_desktop.sync.protocol.streams import MOST_RAW_BYTES
from tests.server.raw_batches import raw_run, seal_raw
from tests.server.world import Device, World

STREAM = "people"
NAME = "Wilhelmina"


def _person(row: str, kind: str = "create", **more: object) -> dict[str, object]:
    values = {"reason": "asked"} if kind == PURGE else {"given_name": NAME}
    return {"entity": "person", "kind": kind, "row": row, "values": values, **more}


def _fold(world: World, device: Device) -> None:
    fold(world.service, [(device.ws, STREAM)])


def _names(world: World, device: Device, table: Table) -> bool:
    """Tell whether the name stands in what a table keeps."""
    content = table.c.body if "body" in table.c else table.c.content
    wanted = select(content).where(table.c.ws == device.ws)
    found = world.service.database.read(device.ws, lambda one: one.scalars(wanted).all())
    return any(NAME.encode() in zlib.decompress(one) for one in found)


@pytest.fixture
def ana(world: World) -> Device:
    return world.founder()


def test_what_comes_after_a_purge_is_emptied(world: World, ana: Device) -> None:
    tom, row = world.colleague(ana, "trainer", "*"), new_id()
    ana.write(STREAM, _person(row))
    _fold(world, ana)
    ana.write(STREAM, _person(row, PURGE))
    _fold(world, ana)
    tom.write(STREAM, _person(row, "set", group="given_name"))  # was offline, and knows of no purge
    assert _names(world, ana, log)
    _fold(world, ana)
    assert not _names(world, ana, log)
    for batch in tom.pull_all(STREAM):
        if batch.header.device == tom.device:
            read_batch(batch, Ed25519PublicKey.from_public_bytes(tom.keys.sign_key))


def test_what_was_set_aside_is_emptied_too(world: World, ana: Device) -> None:
    tom, row = world.colleague(ana, "trainer", "*"), new_id()
    tom.write(STREAM, _person(row))
    world.revoke(tom)
    change = _person(row, "set", group="given_name")
    assert tom.send(STREAM, tom.batch(STREAM, tom.ops(STREAM, change))).status_code == 403
    assert _names(world, ana, quarantine)
    ana.write(STREAM, _person(row, PURGE))
    _fold(world, ana)
    assert not _names(world, ana, quarantine)
    assert tom.send(STREAM, tom.batch(STREAM, tom.ops(STREAM, change))).status_code == 403
    assert not _names(world, ana, quarantine)


def test_snapshots_are_taken_anew_without_it(
    world: World, ana: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = new_id()
    with monkeypatch.context() as patched:
        patched.setattr(snapshots, "LEAST_FRESH_OPS", 1)
        ana.write(STREAM, _person(row), _person(new_id(), values={"given_name": "Ben"}))
        _fold(world, ana)
    assert _names(world, ana, snapshot_part)
    ana.write(STREAM, _person(row, PURGE))  # many operations before the next one is due
    _fold(world, ana)
    assert not _names(world, ana, snapshot_part)
    wanted = select(snapshot_part.c.hash).where(snapshot_part.c.ws == ana.ws)
    assert world.service.database.read(ana.ws, lambda one: one.scalars(wanted).all())


def test_batch_that_a_purge_makes_larger_is_merged_and_read(world: World, ana: Device) -> None:
    rows = [new_id() for _one in range(1_000)]
    runs = [
        raw_run({"note": ["é" * 700 + f"{at}"]}, rows[at : at + 2]) for at in range(0, 1_000, 2)
    ]
    assert ana.send(STREAM, seal_raw(ana, STREAM, runs)).status_code == 200
    _fold(world, ana)
    ana.write(STREAM, _person(rows[500], PURGE))
    ana.write(STREAM, _person(new_id()))
    _fold(world, ana)
    batch = ana.pull_all(STREAM)[0]
    assert len(zlib.decompress(batch.body)) > MOST_RAW_BYTES
    content = read_batch(batch, Ed25519PublicKey.from_public_bytes(ana.keys.sign_key))
    assert [op.row for op in expand(content) if op.erased] == [rows[500]]
    assert ana.hello(streams=[STREAM]).streams[STREAM].root is not None


def test_batch_that_a_purge_would_make_unreadable_is_refused(world: World, ana: Device) -> None:
    runs = [
        raw_run({"note": ["é" * 900 + f"{at}"], **{f"{'c' * 100}{n}": [1] for n in range(4)}},
                [new_id(), new_id()])
        for at in range(500)
    ]  # fmt: skip
    answer = ana.send(STREAM, seal_raw(ana, STREAM, runs))
    assert (answer.status_code, answer.json()["detail"]) == (400, "size")
