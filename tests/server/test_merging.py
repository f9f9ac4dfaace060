"""Merging behind the push: equal to folding everything at once, whenever and in whatever steps."""

import json
import random
import zlib
from collections.abc import Iterator
from hashlib import sha256

import msgspec
import pytest
from sqlalchemy import select

from mentor_desktop.ids import new_id
from mentor_desktop.server import folding, merging, snapshots
from mentor_desktop.server.folding import fold_all
from mentor_desktop.server.merging import recompute_all
from mentor_desktop.server.tables import digest, log, merged
from mentor_desktop.sync.merge.digest import Buckets
from mentor_desktop.sync.merge.fold import fold
from mentor_desktop.sync.merge.row_state import RowState
from mentor_desktop.sync.protocol.batches import open_batch, read_batch, read_frames
from mentor_desktop.sync.protocol.messages import (
    DigestReply,
    Refusal,
    RowsReply,
    SnapshotReply,
)
from mentor_desktop.sync.protocol.operations import Op, OpId, expand
from tests.server.world import Device, World

STREAM = "people"
GROUPS = {"name": ("given_name", "family_name"), "note": ("note",)}


class History:
    """What several devices do to a few rows, each knowing some of what the others did."""

    def __init__(self, devices: list[Device], seed: int) -> None:
        self.devices, self.random = devices, random.Random(seed)
        self.rows = [new_id() for _one in range(6)]
        self.ops: list[Op] = []

    def push(self) -> None:
        """Let one device push a batch of one to four operations, each an action of its own."""
        device = self.random.choice(self.devices)
        wanted = [self._wanted() for _one in range(self.random.randint(1, 4))]
        ops = device.ops(STREAM, *wanted)
        batch = device.batch(STREAM, ops, ends=[op.seq for op in ops])
        answer = device.send(STREAM, batch)
        assert answer.status_code == 200, answer.text
        refused = msgspec.json.decode(answer.content)["rejected"]
        self.ops += [
            op
            for op in ops
            if not any(one["first_seq"] <= op.seq <= one["last_seq"] for one in refused)
        ]

    def _wanted(self) -> dict[str, object]:
        row, kind = self.random.choice(self.rows), self.random.choice(_KINDS)
        seen = [op for op in self.ops if op.row == row and self.random.random() < 0.7]
        wanted: dict[str, object] = {"entity": "person", "row": row, "kind": kind}
        if kind == "create":
            wanted["values"] = {"given_name": new_id(), "family_name": "B", "note": "c"}
        if kind == "set":
            group = self.random.choice(list(GROUPS))
            named = [op.id for op in seen if op.kind == "create" or op.group == group]
            wanted |= {"group": group, "base": tuple(self.random.sample(named, min(2, len(named))))}
            wanted["values"] = {column: new_id() for column in GROUPS[group]}
        if kind == "delete":
            wanted["seen"] = {op.device: op.seq for op in seen}
        return wanted


_KINDS = ["create", "set", "set", "set", "delete", "restore", "later_kind"]


def _states(world: World, ws: str) -> dict[tuple[str, str], str]:
    wanted = select(merged.c.entity, merged.c.row, merged.c.state).where(
        merged.c.ws == ws, merged.c.stream == STREAM
    )
    rows = world.service.database.read(ws, lambda one: one.execute(wanted).all())
    states = {(row.entity, row.row): RowState.from_text(row.state) for row in rows}
    return {name: one.digest_text() for name, one in states.items() if one != RowState()}


def _expected(ops: list[Op]) -> dict[tuple[str, str], str]:
    states = fold(ops)
    return {name: one.digest_text() for name, one in states.items() if one != RowState()}


def _root(states: dict[tuple[str, str], str]) -> bytes:
    buckets = Buckets()
    buckets.add_all((entity, row, text) for (entity, row), text in states.items())
    return buckets.root


@pytest.fixture
def devices(world: World) -> list[Device]:
    ana = world.founder()
    return [ana, world.colleague(ana, "organiser"), world.colleague(ana, "trainer")]


@pytest.mark.parametrize("seed", range(3))
def test_rows_equal_the_fold_of_all_operations(
    world: World, devices: list[Device], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "MOST_STEP_BATCHES", 1 + seed)
    history = History(devices, seed)
    for _round in range(24):
        history.push()
        if history.random.random() < 0.3:
            fold_all(world.service)
    fold_all(world.service)
    expected = _expected(history.ops)
    assert _states(world, devices[0].ws) == expected
    head = devices[0].hello(streams=[STREAM]).streams[STREAM]
    assert head.root == _root(expected)


def test_a_step_merges_so_many_operations_at_most(
    world: World, devices: list[Device], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "MOST_STEP_OPS", 4)
    person = {"entity": "person", "kind": "create", "values": {"note": "a"}}
    for count in (2, 2, 1, 5, 1):  # a batch is never parted
        devices[0].write(STREAM, *[person] * count)
    assert folding.fold(world.service, [(devices[0].ws, STREAM)]) == 4


def test_rejection_of_what_is_merged_already_takes_it_out_again(
    world: World, devices: list[Device]
) -> None:
    ana, ben, _eva = devices
    row = new_id()
    ben.write(STREAM, {"entity": "person", "kind": "create", "row": row, "values": {"note": "a"}})
    ben.write(
        STREAM,
        {"entity": "person", "kind": "set", "group": "note", "row": row, "values": {"note": "b"},
         "base": (OpId(ben.device, 1),)},
    )  # fmt: skip
    fold_all(world.service)
    values = {"device": ben.device, "first": 2, "last": 2, "reason": "mistake"}
    ana.write(STREAM, {"entity": "operation", "kind": "reject", "values": values})
    fold_all(world.service)
    only_create = [op for batch in ben.pull_all(STREAM)[:1] for op in expand(open_batch(batch))]
    assert _states(world, ana.ws) == _expected(only_create)
    assert ana.hello(streams=[STREAM]).streams[STREAM].root == _root(_expected(only_create))


def test_row_whose_operations_are_all_rejected_is_gone_from_the_digest(
    world: World, devices: list[Device]
) -> None:
    ana, ben, _eva = devices
    ben.write(STREAM, {"entity": "person", "kind": "create", "values": {"note": "a"}})
    fold_all(world.service)
    values = {"device": ben.device, "first": 1, "last": 1, "reason": "mistake"}
    ana.write(STREAM, {"entity": "operation", "kind": "reject", "values": values})
    fold_all(world.service)
    assert ana.hello(streams=[STREAM]).streams[STREAM].root == Buckets().root
    ben.write(STREAM, {"entity": "person", "kind": "create", "values": {"note": "a"}})
    fold_all(world.service)
    assert ana.hello(streams=[STREAM]).streams[STREAM].root != Buckets().root


def test_slow_path_gives_the_same_rows(world: World, devices: list[Device]) -> None:
    history = History(devices, 77)
    for _round in range(20):
        history.push()
    fold_all(world.service)
    ws = devices[0].ws
    upto = devices[0].hello(streams=[STREAM]).streams[STREAM].head
    rows = world.service.database.read(ws, lambda one: recompute_all(one, ws, STREAM, upto))
    slow = {name: row.state.digest_text() for name, row in rows.items()}
    assert {name: text for name, text in slow.items() if rows[name].state != RowState()} == _states(
        world, ws
    )


def test_values_are_kept_for_what_competes_alone(world: World, devices: list[Device]) -> None:
    ana, ben, _eva = devices
    row = new_id()
    person = {"entity": "person", "row": row}
    ana.write(STREAM, {**person, "kind": "create", "values": {"note": "first"}})
    seen = (OpId(ana.device, 1),)
    for device in (ana, ben):
        change = {**person, "kind": "set", "group": "note", "base": seen}
        device.write(STREAM, {**change, "values": {"note": f"of {device.device}"}})
    last = {**person, "kind": "set", "group": "note", "base": (OpId(ana.device, 2),)}
    ana.write(STREAM, {**last, "values": {"note": "last"}})
    fold_all(world.service)
    wanted = select(merged.c.vals).where(merged.c.ws == ana.ws, merged.c.row == row)
    kept = json.loads(world.service.database.read(ana.ws, lambda one: one.scalar(wanted)))
    assert {(one[0], one[1]): one[2] for one in kept} == {
        (ana.device, 1): {"note": "first"},
        (ana.device, 3): {"note": "last"},
        (ben.device, 1): {"note": f"of {ben.device}"},
    }


def test_purge_takes_values_out_of_rows_log_and_pulls(world: World, devices: list[Device]) -> None:
    ana, ben, _eva = devices
    row = new_id()
    person = {"entity": "person", "row": row}
    other = {"entity": "person", "kind": "create", "values": {"note": "stays"}}
    ben.write(STREAM, {**person, "kind": "create", "values": {"note": "CANARY one"}}, other)
    ben.write(STREAM, {**person, "kind": "set", "group": "note", "values": {"note": "CANARY two"}})
    fold_all(world.service)
    ana.write(STREAM, {**person, "kind": "purge", "values": {"reason": "asked to"}})
    fold_all(world.service)
    batches = ana.pull_all(STREAM)
    bodies = b"".join(zlib.decompress(one.body) for one in batches)
    assert b"CANARY" not in bodies
    assert b"stays" in bodies
    assert b"asked to" in bodies
    for batch in batches[:2]:
        read_batch(batch, _public_key(ben))
    wanted = select(merged.c.vals).where(merged.c.ws == ana.ws, merged.c.row == row)
    assert world.service.database.read(ana.ws, lambda one: one.scalar(wanted)) == "[]"


def _public_key(device: Device):  # type: ignore[no-untyped-def]  # the library's key
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(device.keys.sign_key)


def test_digest_names_the_buckets_that_differ_and_their_rows(
    world: World, devices: list[Device]
) -> None:
    ana = devices[0]
    for _one in range(3):
        ana.write(STREAM, {"entity": "person", "kind": "create", "values": {"note": "a"}})
    fold_all(world.service)
    states = _states(world, ana.ws)
    ((entity, missing), text), *others = states.items()
    mine = Buckets()
    mine.add_all((entity, row, one) for (entity, row), one in others)
    at_seq = ana.hello(streams=[STREAM]).streams[STREAM].head
    asked = {"ws": ana.ws, "stream": STREAM, "at_seq": at_seq, "sums": mine.to_bytes()}
    reply = msgspec.json.decode(ana.post("/v1/digest", asked).content, type=DigestReply)
    assert len(reply.differing) == 1
    bucket = {"ws": ana.ws, "stream": STREAM, "bucket": reply.differing[0]}
    rows = msgspec.json.decode(ana.post("/v1/rows", bucket).content, type=RowsReply)
    assert rows.at_seq == at_seq
    assert (entity, missing, text) in [(one.entity, one.row, one.state) for one in rows.rows]


def test_digest_at_another_number_is_told_to_wait(world: World, devices: list[Device]) -> None:
    ana = devices[0]
    asked = {"ws": ana.ws, "stream": STREAM, "at_seq": 10_000, "sums": Buckets().to_bytes()}
    answer = ana.post("/v1/digest", asked)
    assert answer.status_code == 409
    assert msgspec.json.decode(answer.content, type=Refusal).code == "behind"


def test_root_is_told_only_where_rows_are_merged_up_to_the_head(
    world: World, devices: list[Device]
) -> None:
    ana = devices[0]
    ana.write(STREAM, {"entity": "person", "kind": "create", "values": {"note": "a"}})
    fold_all(world.service)
    head = ana.hello(streams=[STREAM]).streams[STREAM]
    assert head.root is not None
    empty = ana.hello(streams=["programme"]).streams["programme"]
    assert (empty.head, empty.root) == (0, None)
    wanted = digest.update().where(digest.c.ws == ana.ws).values(at_seq=head.head - 1)
    world.service.database.write(ana.ws, lambda one: one.execute(wanted))
    assert ana.hello(streams=[STREAM]).streams[STREAM].root is None


# ---------------------------------------------------------------- snapshots


def _rows_of(parts: Iterator[bytes]) -> dict[tuple[str, str], str]:
    found = {}
    for part in parts:
        for one in json.loads(zlib.decompress(part))["entities"]:
            for row, device, seq, hlc in zip(one["r"], one["d"], one["q"], one["t"], strict=True):
                state = RowState({OpId(device, seq): hlc}, touched={device: seq})
                found[one["e"], row] = state.digest_text()
            for row, text, _values in one["mixed"]:
                found[one["e"], row] = RowState.from_text(text).digest_text()
    return found


def test_snapshot_and_what_follows_is_everything(
    world: World, devices: list[Device], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "LEAST_FRESH_OPS", 10)
    monkeypatch.setattr(snapshots, "ROWS_IN_PART", 2)
    history, ana = History(devices, 5), devices[0]
    for _round in range(12):
        history.push()
    fold_all(world.service)
    before = list(history.ops)
    reply = _manifest(ana)
    assert reply.seq == ana.hello(streams=[STREAM]).streams[STREAM].head
    assert len(reply.parts) > 1
    parts = [_part(ana, one.hash.hex()) for one in reply.parts]
    assert [sha256(one).digest() for one in parts] == [one.hash for one in reply.parts]
    assert _rows_of(iter(parts)) == _expected(before)
    for device in devices:
        chain = device.chains.get(STREAM)
        if chain:
            assert reply.applied[device.device] == chain.last_seq
            assert reply.chains[device.device] == chain.last_hash
    history.push()
    (following,) = read_frames(ana.pull(STREAM, since=reply.seq).frames)
    assert following.header.prev_hash == reply.chains.get(following.header.device, bytes(32))


def test_snapshot_is_taken_again_when_a_quarter_is_fresh(
    world: World, devices: list[Device], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "LEAST_FRESH_OPS", 4)
    ana, person = devices[0], {"entity": "person", "kind": "create", "values": {"note": "a"}}
    ana.write(STREAM, *[person] * 40)
    fold_all(world.service)
    first = _manifest(ana)
    for _one in range(9):
        ana.write(STREAM, person)
    fold_all(world.service)
    assert _manifest(ana) == first
    ana.write(STREAM, person)
    fold_all(world.service)
    assert _manifest(ana).seq > first.seq
    assert _part(ana, first.parts[0].hash.hex())  # who was at it gets to the end


def test_part_comes_in_ranges_and_not_to_those_without_the_stream(
    world: World, devices: list[Device], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "LEAST_FRESH_OPS", 1)
    ana, stream = devices[0], f"w:{new_id()}"
    ana.write(stream, {"entity": "slot", "kind": "create", "values": {"code": "d1"}})
    fold_all(world.service)
    whole = _manifest(ana, stream)
    query = {"ws": ana.ws, "stream": stream, "hash": whole.parts[0].hash.hex()}
    headers = {**ana.headers, "Range": "bytes=2-5"}
    answer = ana.http.get("/v1/snapshot/part", params=query, headers=headers)
    assert (answer.status_code, answer.content) == (206, _part(ana, query["hash"], stream)[2:6])
    trainer = devices[2]
    assert trainer.get("/v1/snapshot", stream=stream).status_code == 403
    assert trainer.get("/v1/snapshot/part", **query).status_code == 403


def _manifest(device: Device, stream: str = STREAM) -> SnapshotReply:
    answer = device.get("/v1/snapshot", stream=stream)
    return msgspec.json.decode(answer.content, type=SnapshotReply)


def _part(device: Device, address: str, stream: str = STREAM) -> bytes:
    return device.get("/v1/snapshot/part", stream=stream, hash=address).content


def test_log_is_never_encoded_anew(world: World, devices: list[Device]) -> None:
    ana = devices[0]
    sent = ana.batch(STREAM, ana.ops(STREAM, {"entity": "person", "kind": "create", "values": {}}))
    ana.send(STREAM, sent)
    fold_all(world.service)
    wanted = select(log.c.body).where(log.c.ws == ana.ws, log.c.stream == STREAM)
    assert world.service.database.read(ana.ws, lambda one: one.scalar(wanted)) == sent.body
