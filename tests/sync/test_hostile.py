"""Batches of hostile devices: whatever comes, reading ends with a reason or sound content."""

import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentor_desktop.sync.protocol.batches import (
    NO_HASH,
    BadBatch,
    Batch,
    Header,
    expand,
    frames,
    open_batch,
    purged,
    read_batch,
    read_frames,
)
from mentor_desktop.sync.protocol.body import encode_body
from mentor_desktop.sync.protocol.hashes import signed_bytes
from mentor_desktop.sync.protocol.operations import Action, OpId
from mentor_desktop.sync.protocol.streams import is_id
from tests.sync.histories import (
    DEVICE,
    KEY,
    OTHER_DEVICE,
    OTHER_ROW,
    ROW,
    STREAM,
    USER,
    WS,
    content_of,
    mark,
    op,
    sealed,
)

MANY = settings(max_examples=500, deadline=None)
OPS = (
    mark(1),
    mark(2, OTHER_ROW, note=None, weight=1.5, is_late=True, points=-4),
    mark(3, OTHER_ROW, note=None, weight=1.5, is_late=True, points=-4),
    mark(4, ROW, note="x", weight=2.5, is_late=False, points=7),
    op(5, kind="set", group="status", values={"status": "late"}, base=(OpId(DEVICE, 1),)),
    op(6, kind="delete", seen={DEVICE: 5, OTHER_DEVICE: 8}),
    mark(7, note="secret"),
)
ACTIONS = tuple(Action(seq, seq, USER, "Marked {name}", {"name": f"n{seq}"}) for seq in (2, 3, 7))
BATCH = purged(sealed(content_of(*OPS, actions=ACTIONS)), {7})
RAW = json.loads(zlib.decompress(BATCH.body))

HOSTILE: tuple[Any, ...] = (
    None, True, -1, 0, 1, 2, 999, 1001, 2**31, 2**63 - 1, 2**63, 2**64, -(2**63), -(2**63) - 1,
    10**40, 1.5, float("nan"), float("inf"), "", "x", "\x00", "g" * 32, "A" * 32, "a" * 31,
    "a" * 33, "a" * 200, "a\n", "ä", [], {}, [[]], [None], {"": 1}, {"a": [1]}, ["a" * 32] * 7,
    [1] * 7, [0] * 1001, [["a" * 32, 0]], [["a" * 32, 2**63]], {"a" * 32: -1}, {"x": 1},
)  # fmt: skip


def _attempt(batch: Batch, read: Callable[[Batch], object]) -> str:
    try:
        read(batch)
    except BadBatch as error:
        return error.code
    return ""


def _raw_batch(raw: bytes, **fields: Any) -> Batch:
    """Return these bytes as a batch whose header and signature are right."""
    header = msgspec.structs.replace(BATCH.header, **fields)
    signed = signed_bytes(
        header.ws, header.stream, header.device, header.from_seq, header.count, header.prev_hash,
        header.hash, header.schema,
    )  # fmt: skip
    return Batch(msgspec.structs.replace(header, signature=KEY.sign(signed)), zlib.compress(raw))


def _changed(**changes: Any) -> Batch:
    return _raw_batch(json.dumps({**RAW, **changes}).encode())


def _run(**changes: Any) -> Batch:
    """Return one run of two creates, spoiled."""
    run = {"e": "mark", "k": "create", "g": "", "n": 2, "t": [5, 1], "r": [ROW, OTHER_ROW]}
    run |= {"c": {"a": [1, 2]}} | changes
    raw = {"v": 1, "schema": 1, "runs": [run], "ends": {}}
    return _raw_batch(json.dumps(raw).encode(), count=2)


def _places(node: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    children = enumerate(node) if isinstance(node, list) else ()
    for key, child in node.items() if isinstance(node, dict) else children:
        yield from _places(child, (*path, key))


PLACES = list(_places(RAW))


def _spoiled(node: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copy = dict(node) if isinstance(node, dict) else list(node)
    copy[path[0]] = _spoiled(node[path[0]], path[1:], value)
    return copy


def _is_sound(batch: Batch) -> bool:
    """Say whether what was read can be sealed anew and has nothing that a database refuses."""
    content = open_batch(batch)
    encode_body(content, 1)
    for one in expand(content):
        assert is_id(one.row)
        assert is_id(one.device)
        assert 0 <= one.hlc < 2**63
        assert all(is_id(device) and 0 < seq < 2**63 for device, seq in one.base)
        assert all(is_id(device) and 0 < seq < 2**63 for device, seq in one.seen.items())
        for value in one.values.values():
            assert value is None or type(value) in (str, bool, int, float)
            assert type(value) is not int or -(2**63) <= value < 2**63
            msgspec.json.encode(value)
    return True


def test_control_is_read() -> None:
    """Else everything below would be refused for the wrong reason."""
    assert list(expand(read_batch(BATCH, KEY.public_key())))[:6] == [
        *OPS[:1], *[_ended(one) for one in OPS[1:3]], *OPS[3:6],
    ]  # fmt: skip
    assert _attempt(_changed(), open_batch) == ""
    assert _attempt(_run(), open_batch) == ""


def _ended(one: Any) -> Any:
    from dataclasses import replace

    return replace(one, ends=True)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("count", {"n": 3}),
        ("count", {"n": 0}),
        ("count", {"n": -1}),
        ("count", {"n": 10**12}),
        ("count", {"t": [5, 1, 1]}),
        ("count", {"t": []}),
        ("clock", {"t": [-1, 1]}),
        ("clock", {"t": [5, -6]}),
        ("clock", {"t": [2**63 - 1, 1]}),
        ("clock", {"t": [2**70, 1]}),
        ("count", {"r": [ROW, OTHER_ROW, ROW]}),
        ("count", {"r": []}),
        ("id", {"r": [ROW, "x" * 32]}),
        ("id", {"r": [ROW, ROW.upper().replace("1", "A")]}),
        ("id", {"r": [ROW + "0", OTHER_ROW[1:]]}),
        ("count", {"c": {"a": [1, 2, 3]}}),
        ("count", {"c": {"a": []}}),
        ("count", {"c": {f"c{n}": [1] for n in range(300)}}),
        ("name", {"c": {"": [1]}}),
        ("name", {"c": {"a" * 129: [1]}}),
        ("name", {"e": ""}),
        ("name", {"e": "a\x00b"}),
        ("name", {"k": "set"}),
        ("name", {"g": "ö"}),
        ("shape", {"c": {"a": [[], 2]}}),
        ("shape", {"c": {"a": [{"x": 1}, 2]}}),
        ("value", {"c": {"a": [1, 2**63]}}),
        ("value", {"c": {"a": [1, -(2**63) - 1]}}),
        ("shape", {"c": {"a": [1, float("nan")]}}),
        ("shape", {"c": {"a": [1, float("inf")]}}),
        ("count", {"b": [[]]}),
        ("id", {"b": [[["x", 1]], []]}),
        ("shape", {"b": [[[OTHER_DEVICE, 0]], []]}),
        ("shape", {"b": [[[OTHER_DEVICE, 2**63]], []]}),
        ("shape", {"b": [[[DEVICE, 1]], []]}),
        ("shape", {"b": [[], [[DEVICE, 2]]]}),
        ("count", {"s": [{}]}),
        ("id", {"s": [{"x": 1}, {}]}),
        ("shape", {"s": [{OTHER_DEVICE: -1}, {}]}),
        ("shape", {"s": [{OTHER_DEVICE: 2**63}, {}]}),
        ("shape", {"h": ["AAAA", "AAAA"], "c": {}}),
        ("shape", {"h": ["A" * 43 + "="] * 2}),
    ],
)  # fmt: skip
def test_run_that_is_not_what_it_says_is_refused(code: str, changes: dict[str, Any]) -> None:
    assert _attempt(_run(**changes), open_batch) == code


@pytest.mark.parametrize(
    ("code", "ends"),
    [
        ("count", {"q": [2, 1, 5]}),
        ("count", {"q": [2, 0, 5]}),
        ("count", {"q": [0, 1, 1]}),
        ("count", {"q": [6, 1, 1]}),
        ("count", {"q": [2]}),
        ("count", {"n": 4}),
        ("count", {"n": -1}),
        ("clock", {"t": [2**63, 1, 4]}),
        ("count", {"v": [{}]}),
        ("count", {"h": [""]}),
        ("shape", {"h": ["", "AAAA", ""], "v": []}),
        ("id", {"a": ["a" * 200]}),
        ("shape", {"v": [{"name": 1}, {}, {}]}),
    ],
)
def test_actions_that_are_not_what_they_say_are_refused(code: str, ends: dict[str, Any]) -> None:
    assert _attempt(_changed(ends={**RAW["ends"], **ends}), open_batch) == code


@pytest.mark.parametrize(
    ("code", "raw"),
    [
        ("shape", b""),
        ("shape", b"null"),
        ("shape", b"[" * 100_000),
        ("shape", b'{"v":1,"x":' + b"[" * 100_000),
        ("shape", b'{"v":1,"schema":1,"runs":[],"ends":{}}\xff'),
        ("shape", b'{"v":1,"schema":"\xff","runs":[],"ends":{}}'),
        ("count", b'{"v":1,"schema":1,"runs":[],"ends":{}}'),
        ("version", b'{"v":2,"what":"a later program wrote"}'),
    ],
)
def test_body_that_is_no_body_is_refused(code: str, raw: bytes) -> None:
    assert _attempt(_raw_batch(raw), open_batch) == code


def test_value_held_once_counts_for_every_row() -> None:
    """A small body must not make a thousand times as much to hash."""
    wide = {"n": 1000, "t": [5, 1], "r": [ROW], "c": {"a": ["x" * 10_000]}}
    run = {"e": "mark", "k": "create", "g": "", **wide}
    raw = json.dumps({"v": 1, "schema": 1, "runs": [run], "ends": {}}).encode()
    assert _attempt(_raw_batch(raw, count=1000), open_batch) == "size"


def test_more_runs_than_operations_is_refused_early() -> None:
    run = {"e": "m", "k": "create", "g": "", "n": 1000, "t": [5, 1], "r": [ROW], "c": {}}
    raw = json.dumps({"v": 1, "schema": 1, "runs": [run] * 5000, "ends": {}}).encode()
    assert _attempt(_raw_batch(raw, count=1000), open_batch) == "count"


@pytest.mark.parametrize("count", [1, len(OPS) - 1, len(OPS) + 1])
def test_other_number_of_operations_than_was_signed_is_refused(count: int) -> None:
    assert _attempt(_raw_batch(json.dumps(RAW).encode(), count=count), open_batch) == "count"


def test_numbers_that_run_over_are_refused() -> None:
    high = 2**63 - 2
    assert _attempt(_raw_batch(json.dumps(RAW).encode(), from_seq=high), open_batch) == "count"


@given(st.sampled_from(PLACES), st.sampled_from(HOSTILE))
@MANY
def test_one_spoiled_place_is_refused_or_harmless(path: tuple[Any, ...], value: Any) -> None:
    batch = _raw_batch(json.dumps(_spoiled(RAW, path, value)).encode())
    assert _attempt(batch, open_batch) or _is_sound(batch)
    assert _attempt(batch, lambda one: read_batch(one, KEY.public_key())) or path_is_no_change(
        path, value
    )


def path_is_no_change(path: tuple[Any, ...], value: Any) -> bool:
    """Say whether the batch reads as it was: else a change of it went unnoticed."""
    was = open_batch(BATCH)
    return open_batch(_raw_batch(json.dumps(_spoiled(RAW, path, value)).encode())) == was


@given(st.binary(max_size=200))
@MANY
def test_any_bytes_are_refused_as_a_body(body: bytes) -> None:
    assert _attempt(Batch(BATCH.header, body), open_batch) in ("damaged", "shape", "size")


@given(st.integers(0, len(BATCH.body) - 1), st.integers(1, 255))
@MANY
def test_any_changed_byte_is_noticed(at: int, change: int) -> None:
    body = bytearray(BATCH.body)
    body[at] ^= change
    batch = Batch(BATCH.header, bytes(body))
    code = _attempt(batch, lambda one: read_batch(one, KEY.public_key()))
    # Two bits of the zlib header say how hard it was compressed, and nothing else.
    assert code or zlib.decompress(batch.body) == zlib.decompress(BATCH.body)


MESSAGE = frames([BATCH, BATCH])


@given(st.binary(max_size=100))
@MANY
def test_any_bytes_are_refused_as_a_message(data: bytes) -> None:
    try:
        batches = read_frames(data)
    except BadBatch:
        return
    assert batches == []


@given(st.integers(0, len(MESSAGE) - 1), st.integers(0, 255))
@MANY
def test_changed_message_is_refused_or_its_batches_are(at: int, byte: int) -> None:
    data = bytearray(MESSAGE)
    data[at] = byte
    try:
        batches = read_frames(bytes(data))
    except BadBatch:
        return
    for batch in batches:
        if _attempt(batch, lambda one: read_batch(one, KEY.public_key())) == "":
            assert batch.header == BATCH.header
            assert open_batch(batch) == open_batch(BATCH)


@pytest.mark.parametrize("data", [b"\x91" * 100_000, b"\xdd\xff\xff\xff\xff", b"\x90" * 2])
def test_message_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(BadBatch):
        read_frames(data)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ws", "x"), ("ws", WS + "\n"), ("stream", "w:../../etc"), ("device", DEVICE.upper()),
        ("from_seq", 0), ("from_seq", 2**63), ("count", 0), ("count", 1001),
        ("prev_hash", b"short"), ("hash", b""), ("signature", b"s" * 63), ("schema", -1),
    ],
)  # fmt: skip
def test_header_that_is_none_is_refused(field: str, value: object) -> None:
    header = msgspec.structs.replace(BATCH.header, **{field: value})
    with pytest.raises(BadBatch):
        read_frames(frames([Batch(header, BATCH.body)]))


def test_body_beyond_all_limits_is_refused_unopened() -> None:
    big = Batch(BATCH.header, bytes(3 << 20))
    with pytest.raises(BadBatch, match="size"):
        read_frames(frames([big]))
    assert _attempt(big, open_batch) == "size"


def test_header_is_a_list_whose_order_is_the_format() -> None:
    header = Header(WS, STREAM, DEVICE, 1, 2, NO_HASH, NO_HASH, bytes(64), 3)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(header)) == [
        WS, STREAM, DEVICE, 1, 2, NO_HASH, NO_HASH, bytes(64), 3,
    ]  # fmt: skip
