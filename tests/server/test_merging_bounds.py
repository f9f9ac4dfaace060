"""What a member may push never stops merging, and costs no more than it is long."""

import gc
import secrets
import time
import tracemalloc

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import event, update

from mentor_desktop.ids import new_id
from mentor_desktop.server import comparing
from mentor_desktop.server.folding import fold, fold_all
from mentor_desktop.server.inspection import check_everything
from mentor_desktop.server.merging import merge_step
from mentor_desktop.server.tables import log
from mentor_desktop.sync.merge.digest import Buckets, bucket_of
from mentor_desktop.sync.protocol.batches import read_batch
from mentor_desktop.sync.protocol.operations import OpId
from mentor_desktop.sync.protocol.streams import MOST_BASES
from tests.server.raw_batches import raw_run, seal_raw
from tests.server.world import Device, World

STREAM = "people"
PERSON = {"entity": "person", "kind": "create", "values": {"note": "a"}}
PADDED = [(1_500_000, 200), (2_500_000, 400)]  # one that is read, and one that is not


@pytest.fixture
def ana(world: World) -> Device:
    return world.founder()


def _root(device: Device) -> bytes | None:
    """Return the digest of the stream; None while it is not merged up to its head."""
    return device.hello(streams=[STREAM]).streams[STREAM].root


@pytest.mark.parametrize(("spaces", "status"), PADDED)
def test_what_push_takes_can_be_merged_and_read(
    world: World, ana: Device, spaces: int, status: int
) -> None:
    batch = seal_raw(ana, STREAM, [raw_run({"note": ["a"]})], spaces=spaces)
    assert ana.send(STREAM, batch).status_code == status
    fold(world.service, [(ana.ws, STREAM)])
    for one in ana.pull_all(STREAM):
        assert _root(ana) is not None
        read_batch(one, Ed25519PublicKey.from_public_bytes(ana.keys.sign_key))


@pytest.mark.expects_log("bug")
def test_stream_that_cannot_be_merged_holds_up_no_other(world: World) -> None:
    bad, good = world.join(world.invitation(), ws="0" * 31 + new_id()[-1]), world.founder()
    bad.write(STREAM, PERSON)
    good.write(STREAM, PERSON)
    (batch,) = bad.pull_all(STREAM)
    body = update(log).where(log.c.ws == bad.ws, log.c.stream == STREAM)
    world.service.database.write(bad.ws, lambda one: one.execute(body.values(body=b"junk")))
    fold_all(world.service)
    assert _root(bad) is None
    assert _root(good) is not None
    assert "merge_failures_total" in world.service.meter.exposition({})
    world.service.database.write(bad.ws, lambda one: one.execute(body.values(body=batch.body)))
    fold_all(world.service)
    assert _root(bad) is not None


def test_long_names_of_entities_are_kept_apart(world: World, ana: Device) -> None:
    row = new_id()
    names = ["e" * 127 + end for end in "ab"]
    ana.write(STREAM, *({**PERSON, "entity": name, "row": row} for name in names))
    fold(world.service, [(ana.ws, STREAM)])
    change = {"kind": "set", "group": "note", "row": row, "values": {"note": "b"}}
    ana.write(STREAM, {**change, "entity": names[0]})
    fold(world.service, [(ana.ws, STREAM)])
    assert _root(ana) is not None
    assert [one for one in check_everything(world.service).troubles if ana.ws in one] == []


@pytest.mark.parametrize(
    "values",
    [
        {"device": "\0"},
        {"device": "x" * 100},
        {"first": 0},
        {"first": True},
        {"first": 2},
        {"last": "1"},
        {"last": None},
    ],
)
def test_rejection_of_nothing_that_can_be_does_nothing(
    world: World, ana: Device, values: dict[str, object]
) -> None:
    ana.write(STREAM, PERSON)
    fold(world.service, [(ana.ws, STREAM)])
    before = _root(ana)
    named = {"device": ana.device, "first": 1, "last": 1, "reason": "mistake"} | values
    ana.write(STREAM, {"entity": "operation", "kind": "reject", "values": named})
    fold(world.service, [(ana.ws, STREAM)])
    assert _root(ana) == before


def test_any_reason_of_a_rejection_is_kept(world: World, ana: Device) -> None:
    ana.write(STREAM, PERSON)
    values = {"device": ana.device, "first": 1, "last": 1, "reason": "mis\0take"}
    ana.write(STREAM, {"entity": "operation", "kind": "reject", "values": values})
    fold(world.service, [(ana.ws, STREAM)])
    assert _root(ana) == Buckets().root


def test_longer_of_two_rejections_counts(world: World, ana: Device) -> None:
    ben = world.colleague(ana, "organiser")
    reject = {"entity": "operation", "kind": "reject"}
    for last in (2, 1):
        values = {"device": ben.device, "first": 1, "last": last, "reason": "mistake"}
        ana.write(STREAM, {**reject, "values": values})
        fold(world.service, [(ana.ws, STREAM)])
    ben.write(STREAM, PERSON, PERSON)
    fold(world.service, [(ana.ws, STREAM)])
    assert _root(ana) == Buckets().root


def test_many_rejections_of_one_batch_are_one_look_at_it(world: World, ana: Device) -> None:
    tom = world.colleague(ana, "trainer", "*")
    for _batch in range(2):
        wanted = [{**PERSON, "entity": ("person", "other")[at % 2]} for at in range(400)]
        ops = tom.ops(STREAM, *wanted)
        answer = tom.send(STREAM, tom.batch(STREAM, ops, ends=[op.seq for op in ops]))
        assert len(answer.json()["rejected"]) == 200
    statements: list[str] = []
    engine, database = world.service.database.engine, world.service.database

    def count(*called: object) -> None:
        statements.append(str(called[2]))

    event.listen(engine, "before_cursor_execute", count)
    try:
        while database.write(ana.ws, lambda one: merge_step(world.service, one, ana.ws, STREAM)):
            pass
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert len(statements) < 60
    assert _root(ana) is not None


def test_many_refused_actions_cost_little_more_than_good_ones(sqlite_world: World) -> None:
    """They are judged while nobody else on SQLite can write."""
    tom, took = sqlite_world.colleague(sqlite_world.founder(), "trainer", "*"), ([], [])
    gc.disable()  # until the end of the test: other tests' rubbish costs as much
    for at_kind in (0, 1) * 3:  # the least of three: any may be disturbed
        entities, batches = ("person", ("person", "other")[at_kind]), []
        for _batch in range(16):
            ops = tom.ops(STREAM, *({**PERSON, "entity": entities[at % 2]} for at in range(1_000)))
            batches.append(tom.batch(STREAM, ops, ends=[op.seq for op in ops]))
        before = time.process_time()
        assert tom.send(STREAM, *batches).status_code == 200
        took[at_kind].append(time.process_time() - before)
    assert min(took[1]) < 10 * min(took[0])


def test_bucket_with_very_many_rows_is_not_told(
    world: World, ana: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "MOST_ROWS", 2)
    rows = [row for row in (new_id() for _row in range(4_000)) if bucket_of("person", row) == 7]
    asked = {"ws": ana.ws, "stream": STREAM, "bucket": 7}
    for row, status in zip(rows[:3], (200, 200, 413), strict=True):
        ana.write(STREAM, {**PERSON, "row": row})
        fold(world.service, [(ana.ws, STREAM)])
        assert ana.post("/v1/rows", asked).status_code == status


def test_bucket_with_very_large_rows_is_not_told(sqlite_world: World) -> None:
    """A row keeps what others named before it came, and how long that is a batch alone bounds."""
    ana, named = sqlite_world.founder(), secrets.token_hex(16)
    rows = [row for row in (new_id() for _row in range(40_000)) if bucket_of("person", row) == 7]
    each = [[(named, 64 * op + at + 1) for at in range(MOST_BASES)] for op in range(62)]
    batches = [
        seal_raw(
            ana,
            STREAM,
            [raw_run({"note": ["a"]}, [row] * 62) | {"k": "set", "g": "note", "b": each}],
        )
        for row in rows[:90]
    ]
    asked = {"ws": ana.ws, "stream": STREAM, "bucket": 7}
    for part, status in ((batches[:40], 200), (batches[40:], 413)):
        assert ana.send(STREAM, *part).status_code == 200
        fold(sqlite_world.service, [(ana.ws, STREAM)])
        assert ana.post("/v1/rows", asked).status_code == status


def test_push_does_not_hold_the_values_of_all_its_batches(sqlite_world: World) -> None:
    device = sqlite_world.founder()
    values = {f"c{at}": list(range(at, at + 1_000)) for at in range(60)}
    batches = [
        seal_raw(device, STREAM, [raw_run(values, [new_id() for _row in range(1_000)])])
        for _batch in range(24)
    ]
    tracemalloc.start()
    answer = device.send(STREAM, *batches)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 200
    assert peak < 25e6


def test_push_of_too_many_values_to_the_members_is_sent_in_parts(sqlite_world: World) -> None:
    device = sqlite_world.founder()
    run = raw_run({f"c{at}": [at] for at in range(60)}, [new_id() for _row in range(1_000)])
    first, second = (seal_raw(device, "programme", [run]) for _batch in range(2))
    assert device.send("programme", first, second).status_code == 200
    first, second = (seal_raw(device, "members", [run]) for _batch in range(2))
    assert device.send("members", first, second).json()["code"] == "too_large"
    assert device.send("members", first).status_code == 200
    assert device.send("members", second).status_code == 200


def test_operation_names_so_many_others_at_most(ana: Device) -> None:
    change = {**PERSON, "kind": "set", "group": "note"}
    named = tuple(OpId(secrets.token_hex(16), 1) for _op in range(MOST_BASES))
    ana.write(STREAM, {**change, "base": named})
    more = (*named, OpId(secrets.token_hex(16), 1))
    raw = raw_run({"note": ["a"]}) | {"k": "set", "g": "note", "b": [more]}
    answer = ana.send(STREAM, seal_raw(ana, STREAM, [raw]))
    assert (answer.status_code, answer.json()["detail"]) == (400, "shape")


def test_batch_names_so_many_operations_at_most(ana: Device) -> None:
    each = [[(secrets.token_hex(16), 1) for _op in range(MOST_BASES)] for _op in range(65)]
    raw = raw_run({"note": ["a"]}, [new_id()] * 65) | {"k": "set", "g": "note", "b": each}
    answer = ana.send(STREAM, seal_raw(ana, STREAM, [raw]))
    assert (answer.status_code, answer.json()["detail"]) == (400, "size")
