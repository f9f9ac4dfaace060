"""Batches: what is sealed is read back, and what was changed on the way is refused."""

import tracemalloc
import zlib
from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from mentor_desktop.sync.protocol.batches import (
    NO_HASH,
    BadBatch,
    Batch,
    expand,
    frames,
    make_batch,
    op_hash,
    purged,
    read_batch,
    read_frames,
)
from mentor_desktop.sync.protocol.operations import Action, Content, OpId, Value
from tests.sync.histories import (
    DEVICE,
    KEY,
    OTHER_DEVICE,
    OTHER_ROW,
    ROW,
    STREAM,
    WS,
    content_of,
    mark,
    op,
    sealed,
)

PUBLIC = KEY.public_key()


def _code(attempt: Callable[[], object]) -> str:
    with pytest.raises(BadBatch) as raised:
        attempt()
    return raised.value.code


def test_what_is_sealed_is_read_back() -> None:
    ops = [
        mark(1),
        mark(2, OTHER_ROW, note="late"),
        op(3, kind="set", group="status", values={"status": "late"}, base=(OpId(DEVICE, 1),)),
        op(4, kind="delete", seen={DEVICE: 3, OTHER_DEVICE: 8}),
        op(5, kind="restore", ends=True),
    ]
    assert list(expand(read_batch(sealed(content_of(*ops)), PUBLIC))) == ops


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False)
)


@given(st.lists(st.tuples(scalars, scalars), min_size=1, max_size=20))
def test_every_value_comes_back_as_itself(pairs: list[tuple[Value, Value]]) -> None:
    ops = [op(1 + at, values={"a": a, "b": b}) for at, (a, b) in enumerate(pairs)]
    read = expand(read_batch(sealed(content_of(*ops)), PUBLIC))
    # By their text: 1, 1.0 and True are equal, and so are 0.0 and -0.0.
    assert [repr(one.values) for one in read] == [repr(one.values) for one in ops]


@pytest.mark.parametrize("column", [(1, 1.0), (1, True), (0.0, -0.0), (False, 0), (2, 2)])
def test_equal_values_of_other_kinds_stay_apart(column: tuple[Value, Value]) -> None:
    ops = [op(1 + at, values={"a": value}) for at, value in enumerate(column)]
    read = [one.values["a"] for one in expand(read_batch(sealed(content_of(*ops)), PUBLIC))]
    assert list(map(repr, read)) == list(map(repr, column))


def test_chain_is_made_of_the_hashes_of_operations() -> None:
    from hashlib import sha256

    content = content_of(mark(1), mark(2, OTHER_ROW), actions=())
    hashes = b"".join(op_hash(one) for one in expand(content))
    assert sealed(content, b"p" * 32).header.hash == sha256(b"p" * 32 + hashes).digest()


def test_batch_of_another_key_is_refused() -> None:
    stranger = Ed25519PrivateKey.generate().public_key()
    assert _code(lambda: read_batch(sealed(content_of(mark())), stranger)) == "signature"


@pytest.mark.parametrize("field", ["ws", "stream", "device", "from_seq", "count", "schema"])
def test_changed_header_is_refused(field: str) -> None:
    batch = sealed(content_of(mark()))
    was = getattr(batch.header, field)
    other = {"stream": "people"}.get(field, was + 1 if isinstance(was, int) else OTHER_DEVICE)
    changed = msgspec.structs.replace(batch.header, **{field: other})
    assert _code(lambda: read_batch(Batch(changed, batch.body), PUBLIC)) == "signature"


def test_changed_value_is_refused() -> None:
    batch = sealed(content_of(mark(note="a")))
    forged = sealed(content_of(mark(note="b")))
    assert _code(lambda: read_batch(Batch(batch.header, forged.body), PUBLIC)) == "hash"


@pytest.mark.parametrize(
    "action",
    [
        {"text": "Deleted {name}"},
        {"values": {"name": "Eve"}},
        {"actor": "eve"},
        {"at": 5},
        {"undoes": "x"},
        {"link": "x"},
    ],
)
def test_changed_action_is_refused(action: dict[str, object]) -> None:
    content = content_of(mark())
    forged = replace(content, actions=(replace(content.actions[0], **action),))
    batch = Batch(sealed(content).header, sealed(forged).body)
    assert _code(lambda: read_batch(batch, PUBLIC)) == "hash"


def test_purge_takes_the_values_out_and_the_batch_still_verifies() -> None:
    ops = [mark(1, note="secret one"), mark(2, OTHER_ROW, note="kept"), mark(3, note="secret two")]
    actions = tuple(Action(seq, 1, "u", "Marked {name}", {"name": f"n{seq}"}) for seq in (1, 2, 3))
    batch = purged(sealed(content_of(*ops, actions=actions)), {1, 3})
    content = read_batch(batch, PUBLIC)
    read = list(expand(content))
    assert [one.values for one in read] == [{}, ops[1].values, {}]
    assert [one.row for one in read] == [ROW, OTHER_ROW, ROW]
    assert [action.values for action in content.actions] == [{}, {"name": "n2"}, {}]
    assert [op_hash(one) for one in read] == [op_hash(one) for one in ops]
    assert b"secret" not in zlib.decompress(batch.body)


def test_purge_keeps_what_is_proven_of_the_header() -> None:
    batch = purged(sealed(content_of(mark())), {1})
    raw = zlib.decompress(batch.body).replace(ROW.encode(), OTHER_ROW.encode())
    forged = Batch(batch.header, zlib.compress(raw))
    assert _code(lambda: read_batch(forged, PUBLIC)) == "hash"


def test_purging_twice_is_purging_once() -> None:
    batch = sealed(content_of(mark(1), mark(2, OTHER_ROW)))
    assert purged(purged(batch, {1}), {1, 2}) == purged(batch, {1, 2})


def test_frames_bring_the_same_batches() -> None:
    first = sealed(content_of(mark(1)))
    second = sealed(content_of(mark(2)), first.header.hash)
    assert read_frames(frames([first, second])) == [first, second]


def test_too_much_for_one_batch_is_refused_when_sealing() -> None:
    assert _code(lambda: sealed(content_of(*(mark(seq) for seq in range(1, 1002))))) == "count"
    assert _code(lambda: sealed(content_of(mark(note="x" * (1 << 20))))) == "size"


def test_bomb_is_refused_before_it_is_unpacked() -> None:
    batch = sealed(content_of(mark()))
    bomb = Batch(batch.header, zlib.compress(b" " * (200 << 20)))
    tracemalloc.start()
    try:
        assert _code(lambda: read_batch(bomb, PUBLIC)) == "size"
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 << 20


def test_body_that_was_cut_or_lengthened_is_damaged() -> None:
    batch = sealed(content_of(mark()))
    for body in (batch.body + b"x", batch.body + batch.body, batch.body[:-1], batch.body[:-4], b""):
        damaged = Batch(batch.header, body)
        assert _code(lambda damaged=damaged: read_batch(damaged, PUBLIC)) == "damaged"


def test_content_without_operations_is_refused() -> None:
    assert (
        _code(lambda: make_batch(WS, STREAM, DEVICE, 1, NO_HASH, Content((), ()), 1, KEY.sign))
        == "count"
    )
