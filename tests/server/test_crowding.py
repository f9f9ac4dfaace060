"""No row holds, or awaits, more than can be merged in no time; everybody is told what is left out."""

import gc
import random
import secrets
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from mentor_desktop.ids import new_id
from mentor_desktop.server import crowding
from mentor_desktop.server.crowding import CROWDED, Room
from mentor_desktop.server.folding import _behind, fold
from mentor_desktop.server.merging import merge_step
from mentor_desktop.server.tables import merged, rejected
from mentor_desktop.sync.merge import fold as folding
from mentor_desktop.sync.merge.digest import Buckets
from mentor_desktop.sync.merge.fold import REASON, fold_op, rejected_ids
from mentor_desktop.sync.merge.row_state import RowState
from mentor_desktop.sync.protocol.batches import Batch, open_batch
from mentor_desktop.sync.protocol.operations import REJECT, Op, OpId, Value, expand
from mentor_desktop.sync.protocol.streams import MOST_BASES
from tests.server.merged import require_as_from_log
from tests.server.raw_batches import raw_run, seal_raw
from tests.server.world import Device, World

STREAM = "people"
NOTE = {"entity": "person", "kind": "set", "group": "note", "values": {"note": "b"}}
Push = Callable[[Device, str, str], list[Batch]]


def _heads(device: Device, stream: str, row: str, count: int = 5) -> list[Batch]:
    raw = raw_run({"note": ["a"]}, [row] * 1_000) | {"k": "set", "g": "note"}
    return [seal_raw(device, stream, [raw]) for _batch in range(count)]


def _creates(device: Device, stream: str, row: str) -> list[Batch]:
    raw = raw_run({"note": ["a"]}, [row] * 1_000)
    return [seal_raw(device, stream, [raw]) for _batch in range(5)]


def _groups(device: Device, stream: str, row: str) -> list[Batch]:
    def batch() -> Batch:
        names = (f"note{secrets.token_hex(4)}" for _group in range(1_000))
        run = raw_run({"note": ["a"]}, [row]) | {"k": "set"}
        return seal_raw(device, stream, [run | {"g": name} for name in names])

    return [batch() for _batch in range(5)]


def _values(device: Device, stream: str, row: str) -> list[Batch]:
    raw = raw_run({"note": ["a" * 900_000]}, [row]) | {"k": "set", "g": "note"}
    return [seal_raw(device, stream, [raw]) for _batch in range(20)]


def _early(device: Device, stream: str, row: str) -> list[Batch]:
    def batch() -> Batch:
        named = secrets.token_hex(16)
        each = [[(named, 64 * op + at + 1) for at in range(MOST_BASES)] for op in range(60)]
        run = raw_run({"note": ["a"]}, [row] * 60) | {"k": "set", "g": "note", "b": each}
        return seal_raw(device, stream, [run])

    return [batch() for _batch in range(8)]


def _deletes(device: Device, stream: str, row: str) -> list[Batch]:
    def batch() -> Batch:
        seen = tuple({secrets.token_hex(16): 1 for _op in range(1_000)} for _delete in range(4))
        ops = device.ops(
            stream,
            *({"entity": "person", "kind": "delete", "row": row, "seen": one} for one in seen),
        )
        return device.batch(stream, ops)

    return [batch() for _batch in range(3)]


PUSHES = [_heads, _creates, _groups, _values, _early, _deletes]


def _merge(world: World, device: Device, stream: str = STREAM) -> int:
    return fold(world.service, [(device.ws, stream)])


def _push(world: World, device: Device, batches: list[Batch], stream: str = STREAM) -> None:
    assert device.send(stream, *batches).status_code == 200
    _merge(world, device, stream)


def _size(world: World, device: Device, stream: str = STREAM) -> int:
    """Return how much the largest row of a stream takes."""
    size = func.max(func.length(merged.c.state) + func.length(merged.c.vals))
    wanted = select(size).where(merged.c.ws == device.ws, merged.c.stream == stream)
    return world.service.database.read(device.ws, lambda one: one.execute(wanted).scalar()) or 0


def _ops(device: Device, stream: str = STREAM) -> list[Op]:
    return [op for batch in device.pull_all(stream) for op in expand(open_batch(batch))]


def _rejected(device: Device) -> list[Op]:
    return [op for op in _ops(device) if op.kind == REJECT and op.values[REASON] == CROWDED]


def _require_alike(world: World, device: Device) -> None:
    """Everybody who has the log, wherever from, comes to the rows of the server."""
    ops = _ops(device)
    random.Random(1).shuffle(ops)
    buckets = Buckets()
    for (entity, row), state in folding.fold(ops, rejected_ids(ops)).items():
        buckets.add(entity, row, state.digest_text())
    assert device.hello(streams=[STREAM]).streams[STREAM].root == buckets.root
    require_as_from_log(world, device, STREAM)


@pytest.mark.parametrize("push", PUSHES)
def test_row_that_somebody_makes_larger_and_larger_stays_in_bounds(
    world: World, push: Push
) -> None:
    ana = world.founder()
    ben, row = world.colleague(ana, "organiser"), new_id()
    for _push_no in range(2):
        _push(world, ben, push(ben, STREAM, row))
        assert 0 < _size(world, ana) < 1.2 * crowding.MOST_OWN
    assert _rejected(ana)
    _require_alike(world, ana)


@pytest.mark.parametrize("push", [_heads, _values, _early])
def test_merging_costs_no_more_with_each_push(sqlite_world: World, push: Push) -> None:
    ben, took = sqlite_world.founder(), []
    row = new_id()
    gc.disable()  # until the end of the test: other tests' rubbish costs as much
    for _push_no in range(6):
        assert ben.send(STREAM, *push(ben, STREAM, row)).status_code == 200
        before = time.process_time()
        _merge(sqlite_world, ben)
        took.append(time.process_time() - before)
    # Where it grows the fifth takes two and a half times as long as the second. Either may be disturbed.
    assert min(took[4:]) < 2 * max(took[:2])


def test_what_is_left_out_is_told_once(world: World) -> None:
    ana = world.founder()
    _push(world, ana, _heads(ana, STREAM, new_id()))
    told = [dict(op.values) for op in _rejected(ana)]
    _merge(world, ana)
    assert [dict(op.values) for op in _rejected(ana)] == told
    wanted = select(rejected.c.first_seq, rejected.c.last_seq).where(rejected.c.ws == ana.ws)
    spans = world.service.database.read(ana.ws, lambda one: one.execute(wanted).all())
    assert sorted(map(tuple, spans)) == sorted((one["first"], one["last"]) for one in told)
    left_out = sum(last - first + 1 for first, last in spans)
    assert left_out == 5_000 - crowding.MOST_OWN // (1024 + len('{"note":"a"}'))


def test_others_go_on_in_a_row_that_somebody_filled(world: World) -> None:
    ana = world.founder()
    ben, eve, row = world.colleague(ana, "organiser"), world.colleague(ana, "organiser"), new_id()
    _push(world, ana, [ana.batch(STREAM, ana.ops(STREAM, _create(row)))])
    for push in (_heads, _early, _deletes):
        _push(world, eve, push(eve, STREAM, row))
    count = len(_rejected(ana))
    for at in range(20):
        (op,) = ben.ops(STREAM, {**NOTE, "row": row, "group": f"note{at}"})
        _push(world, ben, [ben.batch(STREAM, [op])])
        ben.write(STREAM, {**NOTE, "row": row, "group": f"note{at}", "base": (op.id,)})
    _merge(world, ana)
    assert len(_rejected(ana)) == count
    _require_alike(world, ana)


def test_who_filled_a_row_goes_on_elsewhere_and_where_it_gets_smaller(world: World) -> None:
    ana, row = world.founder(), new_id()
    _push(world, ana, _heads(ana, STREAM, row))
    count = len(_rejected(ana))
    named = tuple(OpId(ana.device, seq) for seq in range(1, MOST_BASES + 1))
    ana.write(STREAM, {**NOTE, "row": row, "base": named}, _create(new_id()), {**NOTE, "row": row})
    _merge(world, ana)
    assert len(_rejected(ana)) == count
    _require_alike(world, ana)


def test_row_stays_in_bounds_when_what_made_it_smaller_is_rejected(world: World) -> None:
    """An action that is not at its end is merged; what ends it may reject all of it."""
    ana = world.founder()
    ben, tom = world.colleague(ana, "organiser"), world.colleague(ana, "trainer", "*")
    row = new_id()
    for part in range(3):
        _push(world, ben, _heads(ben, STREAM, row, count=4))
        first = 4_000 * part + 1
        named = [
            tuple(OpId(ben.device, seq) for seq in range(start, start + MOST_BASES))
            for start in range(first, first + 4_000, MOST_BASES)
        ]
        for start in range(0, len(named), 60):
            wanted = ({**NOTE, "row": row, "base": one} for one in named[start : start + 60])
            _push(world, tom, [tom.batch(STREAM, tom.ops(STREAM, *wanted), ends=[])])
    assert not _rejected(ana)
    assert len(tom.write(STREAM, {**NOTE, "entity": "other"}).rejected) == 1
    _merge(world, ana)
    assert _rejected(ana)
    assert _size(world, ana) < 1.2 * crowding.MOST_OWN
    _require_alike(world, ana)


@pytest.mark.parametrize("push", PUSHES)
def test_sealed_stream_that_somebody_fills_is_merged_no_further(world: World, push: Push) -> None:
    """There the server's word counts for nothing, so it cannot leave anything out."""
    ana, row = world.founder(), new_id()
    stream = f"u:{ana.user}"
    for _push_no in range(2):
        batches = push(ana, stream, row)
        assert ana.send(stream, *batches).status_code == 200
        assert _merge(world, ana, stream) < 3
        assert _size(world, ana, stream) < 1.2 * crowding.MOST_OWN
    assert len(ana.pull_all(stream)) == 2 * len(batches)
    assert ana.hello(streams=[stream]).streams[stream].root is None
    behind = world.service.database.read_everywhere(_behind)
    assert (ana.ws, stream) not in behind  # nobody else waits for what never comes to an end
    if _size(world, ana, stream):
        require_as_from_log(world, ana, stream)
    ana.write(STREAM, _create(new_id()))
    _merge(world, ana)
    _require_alike(world, ana)


def test_many_together_fill_a_row_no_further_than_all_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowding, "MOST", 300 * 1024)
    ana, row = world.founder(), new_id()
    for _colleague in range(3):
        ben = world.colleague(ana, "organiser")
        _push(world, ben, [ben.batch(STREAM, ben.ops(STREAM, *[{**NOTE, "row": row}] * 150))])
    assert len(_rejected(ana)) == 2
    _require_alike(world, ana)


def test_step_that_is_undone_tells_nothing(world: World) -> None:
    ana = world.founder()
    assert ana.send(STREAM, *_heads(ana, STREAM, new_id())).status_code == 200

    def undone(connection: Connection) -> None:
        while merge_step(world.service, connection, ana.ws, STREAM):
            pass
        raise KeyError

    with pytest.raises(KeyError):
        world.service.database.write(ana.ws, undone)
    assert not _rejected(ana)
    _merge(world, ana)
    assert len(_rejected(ana)) == 1
    _require_alike(world, ana)


@pytest.mark.parametrize("seed", range(20))
def test_what_comes_in_is_counted_as_what_is_there(seed: int) -> None:
    source = random.Random(seed)
    devices = [new_id() for _device in range(3)]
    state, values = RowState(), dict[OpId, dict[str, Value]]()
    room, last = Room(state, values), dict.fromkeys(devices, 0)
    for _op in range(60):
        device = source.choice(devices)
        last[device] += source.randint(1, 2)
        named = [OpId(one, source.randint(1, 40)) for one in devices]
        its = {"note": "a" * source.randint(0, 50)}
        kind = source.choice(["create", "set", "set", "set", "delete", "restore"])
        op = Op(device, last[device], 1, "person", "r", kind, source.choice("ab"), its)
        if kind == "set":
            op = Op(*_fields(op), base=tuple(source.sample(named, 2)))
        if kind == "delete":
            op = Op(*_fields(op)[:-1], seen={source.choice(devices): 1, new_id(): 1})
        assert room.take(op, {})
        fold_op(state, op, {})
        values[op.id] = dict(op.values)
    present = {*state.creates, *(op for heads in state.heads.values() for op in heads)}
    anew = Room(state, {op: its for op, its in values.items() if op in present})
    assert {one: room.own[one] for one in devices} == {one: anew.own[one] for one in devices}
    assert room.own.total() == anew.own.total()


def _fields(op: Op) -> tuple[Any, ...]:
    return (op.device, op.seq, op.hlc, op.entity, op.row, op.kind, op.group, op.values)


def _create(row: str) -> dict[str, Any]:
    return {"entity": "person", "kind": "create", "row": row, "values": {"note": "a"}}
