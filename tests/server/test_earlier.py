"""What a step needs of all that was merged before is read while others may write."""

import gc
import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from mentor_desktop.ids import new_id
from mentor_desktop.server import change_log, folding
from mentor_desktop.server.earlier import Earlier, look_back
from mentor_desktop.server.folding import fold
from mentor_desktop.server.merging import merge_step
from mentor_desktop.server.tables import log
from mentor_desktop.sync.protocol.operations import expand
from tests.server.merged import require_as_from_log
from tests.server.raw_batches import raw_run, seal_raw
from tests.server.world import Device, World

STREAM = "people"
PERSON = {"entity": "person", "kind": "create", "values": {"note": "planted"}}
REFUSED = {"entity": "other", "kind": "create", "values": {"note": "a"}}
PURGE = {"entity": "person", "kind": "purge", "values": {"reason": "asked for"}}


def _merge(world: World, device: Device) -> None:
    fold(world.service, [(device.ws, STREAM)])


def _reject_late(world: World, tom: Device, row: str) -> None:
    """Merge an operation whose action is not at its end, and then end that with a refused one."""
    op = {"entity": "person", "kind": "set", "row": row, "group": "note", "values": {"note": "b"}}
    assert tom.send(STREAM, tom.batch(STREAM, tom.ops(STREAM, op), ends=[])).status_code == 200
    _merge(world, tom)
    assert tom.write(STREAM, REFUSED).rejected


def _require_as_from_log(world: World, device: Device) -> None:
    at_seq = require_as_from_log(world, device, STREAM)
    head = world.service.database.read(
        device.ws, lambda one: change_log.stream_head(one, device.ws, STREAM)
    )
    assert at_seq == head


def _planted(world: World, device: Device) -> int:
    """Return how many batches hold the value that every person has."""
    wanted = select(log.c.body).where(log.c.ws == device.ws, log.c.stream == STREAM)
    bodies = world.service.database.read(device.ws, lambda one: one.scalars(wanted).all())
    return sum(b"planted" in zlib.decompress(body) for body in bodies)


@pytest.mark.parametrize("is_purge", [False, True])
def test_step_does_not_read_the_stream_while_nobody_else_can_write(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch, *, is_purge: bool
) -> None:
    world, row, spent, count = sqlite_world, new_id(), 0.0, 60 if is_purge else 20
    ana = world.founder()
    tom = world.colleague(ana, "trainer", "*")
    ana.write(STREAM, {**PERSON, "row": row})
    run = raw_run({"note": ["planted"]}, [new_id() for _row in range(1_000)])
    batches = [seal_raw(ana, STREAM, [run | {"e": f"person{at}"}]) for at in range(count)]
    for part in (batches[:30], batches[30:]):
        if part:
            assert ana.send(STREAM, *part).status_code == 200
    _merge(world, ana)
    gc.disable()  # until the end of the test: other tests' rubbish costs as much
    before = time.process_time()
    for batch in batches:
        content = change_log.content_of(batch)
        if not is_purge:
            assert sum(1 for _op in expand(content)) == 1_000
    scan = time.process_time() - before

    def measured(*given: Any, **named: Any) -> bool:
        nonlocal spent
        began = time.process_time()
        try:
            return merge_step(*given, **named)
        finally:
            spent += time.process_time() - began

    if is_purge:
        ana.write(STREAM, {**PURGE, "row": row})
    else:
        _reject_late(world, tom, row)
    monkeypatch.setattr(folding, "merge_step", measured)
    _merge(world, ana)
    assert spent < scan / 2
    assert _planted(world, ana) == count + (not is_purge)
    _require_as_from_log(world, ana)


def _more(world: World, ana: Device, tom: Device, row: str) -> None:
    """Let others push while a step waits for what was before it."""
    ana.write(
        STREAM, {"entity": "person", "kind": "set", "row": row, "group": "note", "values": {}}
    )
    ana.write(STREAM, {**PURGE, "row": new_id()})


def _elsewhere(world: World, ana: Device, tom: Device, row: str) -> None:
    """Let another process merge meanwhile."""
    database = world.service.database
    while database.write(ana.ws, lambda one: merge_step(world.service, one, ana.ws, STREAM)):
        pass


def _always(world: World, ana: Device, tom: Device, row: str) -> None:
    """Let another process merge meanwhile, and somebody be refused once more."""
    _elsewhere(world, ana, tom, row)
    op = {"entity": "person", "kind": "set", "row": row, "group": "note", "values": {"note": "c"}}
    assert tom.send(STREAM, tom.batch(STREAM, tom.ops(STREAM, op), ends=[])).status_code == 200
    _elsewhere(world, ana, tom, row)
    assert tom.write(STREAM, REFUSED).rejected


@pytest.mark.parametrize("meanwhile", [_more, _elsewhere, _always])
@pytest.mark.parametrize("is_purge", [False, True])
def test_what_comes_between_look_and_step_is_counted(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    meanwhile: Callable[[World, Device, Device, str], None],
    *,
    is_purge: bool,
) -> None:
    ana, row, looks = world.founder(), new_id(), 0
    tom = world.colleague(ana, "trainer", "*")
    ana.write(STREAM, {**PERSON, "row": row})
    for _person in range(3):
        ana.write(STREAM, PERSON)

    def looked(*given: Any, **named: Any) -> Earlier:
        nonlocal looks
        looks += 1
        found = look_back(*given, **named)
        if looks == 1 or (meanwhile is _always and looks < 6):
            due.append(looks)
        return found

    due: list[int] = []
    read = world.service.database.read

    def reading(ws: str, work: Callable[[Any], Any]) -> Any:
        found = read(ws, work)
        while due:
            due.pop()
            meanwhile(world, ana, tom, row)
        return found

    if is_purge:
        _merge(world, ana)
        ana.write(STREAM, {**PURGE, "row": row})
    else:
        _reject_late(world, tom, row)
    monkeypatch.setattr(folding, "look_back", looked)
    monkeypatch.setattr(world.service.database, "read", reading)
    _merge(world, ana)
    monkeypatch.undo()
    assert looks
    _merge(world, ana)
    assert _planted(world, ana) == (3 if is_purge else 4)
    _require_as_from_log(world, ana)
