"""Garbage of files: what nothing refers to goes after its time, what anything refers to never."""

import json
import os
import tracemalloc
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from mentor_desktop.ids import new_id
from mentor_desktop.server import garbage
from mentor_desktop.server.folding import fold
from mentor_desktop.server.garbage import Collected, collect, collect_in
from mentor_desktop.server.room import kept_by
from mentor_desktop.server.tables import log
from mentor_desktop.sync.protocol.operations import OpId
from tests.server.uploads import Upload, code_of, read_file
from tests.server.world import Device, World

STREAM = "people"


@pytest.fixture
def ana(world: World) -> Device:
    return world.founder()


def _file(device: Device, stream: str = STREAM) -> Upload:
    """Return a sealed file like no other."""
    upload = Upload(device, os.urandom(40), stream)
    upload.all()
    return upload


def _refer(device: Device, value: str, **more: object) -> OpId:
    """Let a new record refer to something; return its operation."""
    made = {"entity": "project", "kind": "create", "values": {"logos": value}}
    device.write(STREAM, {**made, **more})
    return OpId(device.device, device.chains[STREAM].last_seq)


def _is_there(file: Upload) -> bool:
    return read_file(file.device, file.address).status_code == 200


def test_file_without_a_reference_goes_and_others_stay(world: World, ana: Device) -> None:
    shown, listed, lost, alone = (_file(ana) for _one in range(4))
    _refer(ana, shown.address)
    _refer(ana, json.dumps(["x", listed.address]))
    row = new_id()
    first = _refer(ana, lost.address, row=row)
    overwritten = {"kind": "set", "group": "logos", "base": (first,), "row": row}
    _refer(ana, "[]", **overwritten)

    assert collect_in(world.service, ana.ws, 0) == Collected(1, 0, len(alone.content))
    assert [_is_there(one) for one in (shown, listed, lost, alone)] == [True, True, True, False]
    assert collect_in(world.service, ana.ws, 0) == Collected()
    _file(ana)
    alone.all()
    assert read_file(ana, alone.address).content == alone.content


def test_long_digits_are_looked_through_and_not_kept(sqlite_world: World) -> None:
    ana = sqlite_world.founder()
    named, alone = _file(ana), _file(ana)
    _refer(ana, os.urandom(100_000).hex() + named.address + os.urandom(100_000).hex())
    tracemalloc.start()
    collected = collect_in(sqlite_world.service, ana.ws, 0, is_trial=True)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert collected == Collected(1, 0, len(alone.content))
    assert peak < 10e6


def test_file_waits_for_its_reference(world: World, ana: Device) -> None:
    file = _file(ana)
    assert collect_in(world.service, ana.ws) == Collected()
    assert collect(world.service, 10_000) == Collected()
    assert collect_in(world.service, ana.ws, 0, is_trial=True).files == 1
    assert _is_there(file)


def test_reference_that_was_rejected_or_set_aside_counts(world: World, ana: Device) -> None:
    reader = world.colleague(ana, "trainer", "*")
    rejected, aside = _file(ana), _file(ana)
    reply = reader.write(
        STREAM, {"entity": "project", "kind": "create", "values": {"logos": rejected.address}}
    )
    assert reply.rejected
    world.revoke(reader)
    late = {"entity": "project", "kind": "create", "values": {"logos": aside.address}}
    answer = reader.send(STREAM, reader.batch(STREAM, reader.ops(STREAM, late)))
    assert answer.status_code == 403
    assert world.quarantine(ana.ws)

    assert collect_in(world.service, ana.ws, 0) == Collected()


def test_file_goes_with_the_record_that_was_purged(world: World, ana: Device) -> None:
    file, row = _file(ana), new_id()
    _refer(ana, file.address, row=row)
    purge = {"entity": "project", "kind": "purge", "row": row, "values": {"reason": "asked for"}}
    ana.write(STREAM, purge)
    fold(world.service, [(ana.ws, STREAM)])

    assert collect_in(world.service, ana.ws, 0).files == 1
    assert not _is_there(file)


def test_file_of_a_sealed_stream_stays(world: World, ana: Device) -> None:
    file = _file(ana, f"u:{ana.user}")
    assert collect_in(world.service, ana.ws, 0) == Collected()
    assert _is_there(file)


def test_upload_that_never_ended_goes_and_can_begin_anew(world: World, ana: Device) -> None:
    upload = Upload(ana, os.urandom(40))
    assert upload.put(0).status_code == 200
    assert collect_in(world.service, ana.ws, 0) == Collected(0, 1, 40)
    assert upload.missing() == [0]
    assert code_of(upload.seal()) == "missing"
    upload.all()
    assert _is_there(upload)


@pytest.mark.parametrize("what", ["referred to", "sent again"])
def test_file_wanted_between_the_look_and_the_taking_stays(
    world: World, ana: Device, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, look = _file(ana), garbage._unused
    wanted: dict[str, Callable[[], object]] = {
        "referred to": lambda: _refer(ana, file.address),
        "sent again": file.all,
    }

    def looked(*arguments: object) -> object:
        found = look(*arguments)  # type: ignore[arg-type]  # passed through
        wanted[what]()
        return found

    monkeypatch.setattr(garbage, "_unused", looked)
    assert collect_in(world.service, ana.ws, 0) == Collected()
    assert _is_there(file)


def test_file_taken_away_while_it_is_sealed_is_asked_for_again(
    world: World, ana: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload, blobs = Upload(ana, os.urandom(40)), world.service.blobs
    assert upload.put(0).status_code == 200
    seal = blobs.seal

    def seal_and_lose(ws: str, address: str, stream: str, count: int) -> int:
        size = seal(ws, address, stream, count)
        collect_in(world.service, ana.ws, 0)
        return size

    with monkeypatch.context() as patch:
        patch.setattr(blobs, "seal", seal_and_lose)
        assert code_of(upload.seal()) == "missing"
    upload.all()
    assert _is_there(upload)


def test_what_a_workspace_keeps_is_counted(world: World, ana: Device) -> None:
    def kept() -> int:
        return world.service.database.read(ana.ws, lambda one: kept_by(one, ana.ws))

    before = kept()
    batch = ana.batch(STREAM, ana.ops(STREAM, {"entity": "person", "kind": "create"}))
    ana.send(STREAM, batch)
    ana.send(STREAM, batch)  # again is nothing more
    assert kept() == before + len(batch.body)
    file = _file(ana)
    file.all()
    assert kept() == before + len(batch.body) + len(file.content)
    collect_in(world.service, ana.ws, 0)
    assert kept() == _size_of_log(world, ana.ws)


def _size_of_log(world: World, ws: str) -> int:
    wanted = select(func.sum(log.c.size)).where(log.c.ws == ws)
    return int(world.service.database.read(ws, lambda one: one.execute(wanted).scalar_one()))
