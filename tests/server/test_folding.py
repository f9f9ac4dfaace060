"""The thread that merges: woken by this process's pushes, looking after those of others."""

import time

import pytest

from mentor_desktop.server import folding
from mentor_desktop.server.service import Service
from mentor_desktop.server.serving import folding as merging
from mentor_desktop.server.unfolded import Unfolded
from tests.server.world import Device, World

STREAM = "people"
PERSON = {"entity": "person", "kind": "create", "values": {"note": "a"}}
LIMIT_S = 30


def _is_merged(device: Device) -> bool:
    """Wait, at most so long, until the rows of the stream are merged up to its head."""
    end = time.monotonic() + LIMIT_S
    while time.monotonic() < end:
        if device.hello(streams=[STREAM]).streams[STREAM].root is not None:
            return True
    return False


def test_push_is_merged_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "_LOOK_EVERY_S", 10 * LIMIT_S)
    device = world.founder()
    with merging(world.service):
        for _turn in range(2):  # the second one is behind the first look at all streams
            device.write(STREAM, PERSON)
            assert _is_merged(device)


def test_push_to_another_process_is_merged_with_the_next_look(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "_LOOK_EVERY_S", 0.05)
    device, other = world.founder(), Service(world.service.settings, world.service.keys)
    with merging(other):
        for _turn in range(2):
            device.write(STREAM, PERSON)
            assert _is_merged(device)
    other.close()


def test_streams_left_twice_are_taken_once() -> None:
    unfolded = Unfolded()
    for name in ("w:2", "w:1", "w:2"):
        unfolded.add("a", name)
    assert unfolded.take() == [("a", "w:1"), ("a", "w:2")]
    assert unfolded.take() == []
