"""A workspace that keeps as much as it may: told so, nothing half done, and all else goes on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import msgspec
import pytest

from mentor_desktop.server import push, room
from mentor_desktop.server.room import kept_by
from mentor_desktop.sync.keys.entries import NO_SIGNATURE, Revocation, signed, to_bytes
from mentor_desktop.sync.protocol.messages import STATUS
from tests.server.uploads import Upload, code_of
from tests.server.world import Device, World

STREAM = "people"
MEGABYTE = 1_000_000


@pytest.fixture
def ana(world: World) -> Device:
    return world.founder()


@contextmanager
def _limited(world: World, megabytes: int) -> Iterator[None]:
    """Let each workspace keep at most so much while the block lasts."""
    service = world.service
    before = service.settings
    service.settings = msgspec.structs.replace(before, workspace_megabytes=megabytes)
    try:
        yield
    finally:
        service.settings = before


def _fill(world: World, device: Device, count: int) -> None:
    """Count so many bytes more for a workspace."""
    service = world.service
    service.database.write(device.ws, lambda one: room.take(service, one, device.ws, count))


def _kept(world: World, device: Device) -> int:
    return world.service.database.read(device.ws, lambda one: kept_by(one, device.ws))


def _is_no_room(answer: httpx2.Response) -> bool:
    return (answer.status_code, code_of(answer)) == (STATUS["quota"], "quota")


def _note(size: int) -> dict[str, object]:
    values = {"note": os.urandom(size // 2).hex()}
    return {"entity": "person", "kind": "create", "values": values}


def test_batch_over_the_limit_is_refused_and_nothing_of_it_stored(
    world: World, ana: Device
) -> None:
    ana.write(STREAM, _note(100))
    before = _kept(world, ana)
    batch = ana.batch(STREAM, ana.ops(STREAM, _note(10_000)))
    with _limited(world, 1):
        _fill(world, ana, MEGABYTE - before - 1_000)
        assert _is_no_room(ana.send(STREAM, batch))
        head = ana.hello(streams=[STREAM]).streams[STREAM]
        assert head.last_seq == 1
        assert len(ana.pull_all(STREAM)) == 1
    assert ana.send(STREAM, batch).status_code == 200


def test_file_over_the_limit_is_refused_before_it_is_sent(world: World, ana: Device) -> None:
    upload = Upload(ana, os.urandom(5_000))
    with _limited(world, 1):
        _fill(world, ana, MEGABYTE - _kept(world, ana) - 4_000)
        assert _is_no_room(upload.put(0))
        _fill(world, ana, 4_000)
        assert _is_no_room(upload._ask("GET", "/missing", b"", chunks="1"))
    assert upload.missing() == [0]
    upload.all()


def test_chunk_that_is_sent_again_larger_counts(world: World, ana: Device) -> None:
    before, upload = _kept(world, ana), Upload(ana, os.urandom(5_000))
    for content in (b"x", b"y" * 4_000, b"y" * 4_000, b"z" * 90):
        assert upload.put(0, content).status_code == 200
        assert _kept(world, ana) == before + len(content)
    with _limited(world, 1):
        _fill(world, ana, MEGABYTE - before - 1_000)
        assert _is_no_room(upload.put(0))
    assert upload.seal().status_code == 409  # not the file: what came is taken away
    assert _kept(world, ana) == MEGABYTE - 1_000


def test_other_workspaces_and_members_are_not_held_up(world: World, ana: Device) -> None:
    eve = world.founder()
    with _limited(world, 1):
        _fill(world, ana, MEGABYTE)
        assert eve.write(STREAM, _note(100)).acked_to == 1
        trainer = world.colleague(ana, "trainer", "*")
        world.revoke(trainer)
        assert trainer.post("/v1/hello", {"ws": ana.ws, "schema": 2}).status_code == 403


@pytest.mark.parametrize(("role", "is_taken"), [("organiser", True), ("trainer", False)])
def test_who_may_invite_ends_access_where_there_is_no_room(
    world: World, ana: Device, role: str, is_taken: bool
) -> None:
    ben, lost = world.colleague(ana, role), world.colleague(ana, "reader")
    draft = Revocation(ana.ws, lost.device, ben.device, 5, NO_SIGNATURE)
    record = to_bytes(signed(draft, ben.keys.sign)).decode()
    end = {"entity": "member_record", "kind": "create", "values": {"record": record}}
    _fill(world, ana, 2 * MEGABYTE)
    with _limited(world, 1):  # less than it keeps already
        answer = ben.send("members", ben.batch("members", ben.ops("members", end)))
        assert answer.status_code == (200 if is_taken else STATUS["quota"])
        left = lost.post("/v1/hello", {"ws": ana.ws, "schema": 2}).status_code
        assert left == (403 if is_taken else 200)


def test_members_have_a_bound_of_their_own(
    world: World, ana: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "_MOST_MEMBERS_BYTES", 1_000)
    with _limited(world, 1):
        _fill(world, ana, MEGABYTE)
        assert ana.write("members", _note(4_000)).acked_to == 1
        again = ana.batch("members", ana.ops("members", _note(4_000)))
        assert _is_no_room(ana.send("members", again))


def test_limit_of_nothing_is_none(world: World, ana: Device) -> None:
    with _limited(world, 0):
        _fill(world, ana, 10**12)
        assert ana.write(STREAM, _note(100)).acked_to == 1
