"""Batches: operations of one device and stream, sealed, hashed in a chain and signed.

A sealed batch travels as it is, by server or by file, and is never encoded anew; only a
purge takes values out of it (`purged`), and its hash and signature still hold.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Meta

from mentor_desktop.sync.protocol.body import BadBatch, decode_body, encode_body
from mentor_desktop.sync.protocol.bounds import require_bounds
from mentor_desktop.sync.protocol.hashes import (
    NO_HASH,
    action_hash,
    content_hash,
    hash_of_fields,
    hash_of_values,
    op_hash,
    signed_bytes,
)
from mentor_desktop.sync.protocol.operations import (
    MOST_INTEGER,
    PURGE,
    Action,
    Content,
    Op,
    expand,
    runs_of,
)
from mentor_desktop.sync.protocol.streams import (
    MOST_BATCHES,
    MOST_OPS,
    MOST_RAW_BYTES,
    MOST_READ_BYTES,
    is_id,
    is_stream,
)

__all__ = [
    "NO_HASH",
    "BadBatch",
    "Batch",
    "Header",
    "action_hash",
    "expand",
    "filled",
    "frames",
    "make_batch",
    "op_hash",
    "open_batch",
    "purged",
    "read_batch",
    "read_frames",
]  # fmt: skip

Sign = Callable[[bytes], bytes]
Sha256 = Annotated[bytes, Meta(min_length=32, max_length=32)]
Signature = Annotated[bytes, Meta(min_length=64, max_length=64)]
Number = Annotated[int, Meta(ge=1, le=MOST_INTEGER)]

# A body that does not compress grows by five bytes in each 16 KiB.
_BODY_SHARE: Final = 1024


class Header(msgspec.Struct, frozen=True, array_like=True):
    """What a batch says of itself; everything but the signature itself is signed."""

    ws: str
    stream: str
    device: str
    from_seq: Number
    count: Annotated[int, Meta(ge=1, le=MOST_OPS)]
    prev_hash: Sha256
    hash: Sha256
    signature: Signature
    schema: Annotated[int, Meta(ge=0, le=MOST_INTEGER)]

    @property
    def to_seq(self) -> int:
        return self.from_seq + self.count - 1


@dataclass(frozen=True, slots=True)
class Batch:
    """A sealed batch: its header, and its operations as zlib of column-wise JSON."""

    header: Header
    body: bytes


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[tuple[Header, bytes]])


def make_batch(
    ws: str,
    stream: str,
    device: str,
    from_seq: int,
    prev_hash: bytes,
    content: Content,
    schema: int,
    sign: Sign,
) -> Batch:
    """Seal operations; raise BadBatch when no reader would take them.

    Code `size`: these operations are more than a batch holds, fewer may fit.
    """
    if content.runs and (content.runs[0].device, content.runs[0].first_seq) != (device, from_seq):
        raise BadBatch("count")
    body = encode_body(content, schema, MOST_RAW_BYTES)
    require_bounds(content)
    hash_ = content_hash(prev_hash, content)
    count = content.count
    signed = signed_bytes(ws, stream, device, from_seq, count, prev_hash, hash_, schema)
    header = Header(ws, stream, device, from_seq, count, prev_hash, hash_, sign(signed), schema)
    _check_header(header)
    return Batch(header, body)


def read_batch(batch: Batch, public_key: Ed25519PublicKey) -> Content:
    """Return the operations of a batch that its device signed; raise BadBatch otherwise."""
    header = batch.header
    # First: nothing of a stranger is unpacked.
    if not is_signed(header, public_key):
        raise BadBatch("signature")
    content = open_batch(batch)
    require_bounds(content)
    if content_hash(header.prev_hash, content) != header.hash:
        raise BadBatch("hash")
    return content


def is_signed(header: Header, public_key: Ed25519PublicKey) -> bool:
    """Say whether the owner of a key signed what a header says."""
    signed = signed_bytes(
        header.ws,
        header.stream,
        header.device,
        header.from_seq,
        header.count,
        header.prev_hash,
        header.hash,
        header.schema,
    )
    try:
        public_key.verify(header.signature, signed)
    except InvalidSignature:
        return False
    return True


def open_batch(batch: Batch, *, most_bytes: int = MOST_READ_BYTES) -> Content:
    """Return the operations of a batch from the own log, which was read with its key before.

    Checks the shape, neither hash nor signature.
    """
    header = batch.header
    _check_header(header)
    if len(batch.body) > _most_body_bytes(most_bytes):
        raise BadBatch("size")
    content, schema = decode_body(batch.body, header.device, header.from_seq, most_bytes)
    if content.count != header.count:
        raise BadBatch("count")
    if schema != header.schema:
        raise BadBatch("header")
    return content


def purged(
    batch: Batch,
    seqs: Collection[int],
    *,
    is_begun: bool = False,
    most_bytes: int = MOST_READ_BYTES,
) -> Batch:
    """Return the batch without the values of these operations; its hash and signature hold.

    What is told of an action that one of them belongs to loses its values too, for they
    may name the person; the reasons of purges stay. `is_begun`: one of them, in a batch before,
    belongs to the action that goes on here (`erasing.Eraser` knows). It may come out larger, for
    what was the same for all rows is not any more: `MOST_READ_BYTES` counts with that.
    """
    content = open_batch(batch, most_bytes=most_bytes)
    gone = frozenset(seqs)
    runs = runs_of(_erased_op(op) if op.seq in gone else op for op in expand(content))
    actions = _erased_actions(content.actions, batch.header.from_seq, gone, is_begun=is_begun)
    return Batch(batch.header, encode_body(Content(runs, tuple(actions)), batch.header.schema))


def filled(
    batch: Batch,
    fuller: Content,
    is_erased_for_ever: Callable[[Op], bool],
    *,
    is_begun: bool = False,
) -> tuple[Batch, tuple[Op, ...]]:
    """Return the batch with the values that another copy of it has, and the operations that got some.

    `fuller` was read from that copy with the author's key. What is erased for ever stays so.
    `is_begun`: the action that goes on here lacks values in a batch before.
    """
    content = open_batch(batch)
    other = {op.seq: op for op in expand(fuller)}
    came = {
        op.seq: other[op.seq]
        for op in expand(content)
        if op.erased and not other[op.seq].erased and not is_erased_for_ever(op)
    }
    if not came:
        return batch, ()
    ops = [came.get(op.seq, op) for op in expand(content)]
    # An action is told again where everything in it is. What never had values may be erased too.
    gone = frozenset(
        op.seq for op in ops if op.erased or (not op.values and is_erased_for_ever(op))
    )
    actions = _erased_actions(fuller.actions, batch.header.from_seq, gone, is_begun=is_begun)
    body = encode_body(Content(runs_of(ops), tuple(actions)), batch.header.schema)
    return Batch(batch.header, body), tuple(came.values())


def frames(batches: Iterable[Batch]) -> bytes:
    """Return batches as one message: of a push, a pull or a bundle."""
    return _encoder.encode([(batch.header, batch.body) for batch in batches])


def read_frames(message: bytes) -> list[Batch]:
    """Return the batches of a message, their headers checked and their bodies still closed."""
    try:
        pairs = _decoder.decode(message)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadBatch("shape") from error
    if len(pairs) > MOST_BATCHES:
        raise BadBatch("size")
    for header, body in pairs:
        _check_header(header)
        if len(body) > _most_body_bytes(MOST_READ_BYTES):
            raise BadBatch("size")
    return [Batch(header, body) for header, body in pairs]


def _most_body_bytes(most_bytes: int) -> int:
    return most_bytes + most_bytes // _BODY_SHARE


def _check_header(header: Header) -> None:
    if not (is_id(header.ws) and is_id(header.device) and is_stream(header.stream)):
        raise BadBatch("id")
    if header.from_seq + header.count > MOST_INTEGER:
        raise BadBatch("count")


def _erased_op(op: Op) -> Op:
    if not op.values or op.kind == PURGE:
        return op
    return replace(op, values={}, erased=hash_of_values(op.values))


def _erased_actions(
    actions: Iterable[Action], from_seq: int, gone: frozenset[int], *, is_begun: bool
) -> Iterator[Action]:
    first = from_seq
    for action in actions:
        is_touched = is_begun or not gone.isdisjoint(range(first, action.last_seq + 1))
        is_begun, first = False, action.last_seq + 1
        if is_touched and action.values:
            yield replace(action, values={}, erased=hash_of_fields(action.values))
        else:
            yield action
