"""Snapshots of large streams: a part in memory at a time, published whole or not at all."""

import random
import tracemalloc
from functools import partial

import msgspec
import pytest
from sqlalchemy import Connection, insert, select

from mentor_desktop.ids import new_id
from mentor_desktop.server import snapshots
from mentor_desktop.server.dialect import Row
from mentor_desktop.server.folding import fold
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import merged, snapshot_part
from mentor_desktop.sync.merge.row_state import plain_text
from mentor_desktop.sync.protocol.messages import SnapshotReply
from tests.server.world import Device, World

STREAM = "people"
PERSON = {"entity": "person", "kind": "create", "values": {"note": "a"}}
ROW_BYTES = 1_000  # that zlib cannot make smaller


class CutShortError(BaseException):
    """The process ends in the middle of a snapshot."""


@pytest.fixture
def device(world: World, monkeypatch: pytest.MonkeyPatch) -> Device:
    """Give the device of a new workspace, of which a snapshot is always due."""
    monkeypatch.setattr(snapshots, "LEAST_FRESH_OPS", 1)
    monkeypatch.setattr(snapshots, "FRESH_SHARE", 1_000_000)
    monkeypatch.setattr(snapshots, "ROWS_IN_PART", 2)
    return world.founder()


def _fold(world: World, device: Device) -> None:
    fold(world.service, [(device.ws, STREAM)])


def _manifest(device: Device) -> SnapshotReply:
    answer = device.get("/v1/snapshot", stream=STREAM)
    return msgspec.json.decode(answer.content, type=SnapshotReply)


def _kept(world: World, device: Device) -> set[bytes]:
    wanted = select(snapshot_part.c.hash).where(snapshot_part.c.ws == device.ws)
    found = world.service.database.read(device.ws, lambda one: one.scalars(wanted).all())
    return {bytes.fromhex(one) for one in found}


def test_snapshot_cut_short_leaves_the_one_before_and_is_taken_later(
    world: World, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    device.write(STREAM, *[PERSON] * 6)
    _fold(world, device)
    first = _manifest(device)
    device.write(STREAM, *[PERSON] * 6)
    cut, packed = iter((False, False, True)), snapshots.packed

    def packed_until(*arguments: object) -> bytes:
        if next(cut, False):
            raise CutShortError
        return packed(*arguments)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(snapshots, "packed", packed_until)
    with pytest.raises(CutShortError):
        _fold(world, device)

    assert _manifest(device) == first
    assert {one.hash for one in first.parts} <= _kept(world, device)
    assert snapshots.take_when_due(world.service, device.ws, STREAM)
    second = _manifest(device)
    assert len(second.parts) == 6
    assert {one.hash for one in (*first.parts, *second.parts)} <= _kept(world, device)


def test_snapshot_is_not_published_without_all_its_parts(
    world: World, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    device.write(STREAM, *[PERSON] * 6)
    keep, lost = snapshots._keep_part, []

    def keep_some(service: Service, row: Row, connection: Connection) -> None:
        if row["stream"] == STREAM and not lost:
            lost.append(row["hash"])
        else:
            keep(service, row, connection)

    monkeypatch.setattr(snapshots, "_keep_part", keep_some)
    _fold(world, device)
    assert _manifest(device).seq == 0

    monkeypatch.setattr(snapshots, "_keep_part", keep)
    assert snapshots.take_when_due(world.service, device.ws, STREAM)
    assert len(_manifest(device).parts) == 3


def test_snapshot_of_any_size_takes_the_memory_of_a_part(
    world: World, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "ROWS_IN_PART", 100)
    device.write(STREAM, PERSON)
    _fold(world, device)
    peaks = []
    for count in (200, 1_500):
        world.service.database.write(device.ws, partial(_add_rows, device.ws, count))
        device.write(STREAM, PERSON)
        tracemalloc.start()
        _fold(world, device)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    parts = _manifest(device).parts
    size = sum(one.size for one in parts)
    assert (len(parts), size > 1_500 * ROW_BYTES) == (18, True)
    assert peaks[1] - peaks[0] < size / 2


def _add_rows(ws: str, count: int, connection: Connection) -> None:
    dice, author = random.Random(count), new_id()
    connection.execute(
        insert(merged),
        [
            {
                "ws": ws,
                "stream": STREAM,
                "entity": "person",
                "row": new_id(),
                "bucket": 0,
                "state": plain_text(author, number, 1),
                "vals": f'[["{author}",{number},{{"note":"{dice.randbytes(ROW_BYTES).hex()}"}}]]',
            }
            for number in range(1, count + 1)
        ],
    )
