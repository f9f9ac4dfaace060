"""The canonical bytes of operations, actions and batches, and their hashes.

An operation's hash covers its header and the hash of its values, so that a purge can drop
the values and everything else is still proven. Bytes are JSON lists in one fixed order,
with names sorted; they never change for a format version.
"""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

import msgspec

from mentor_desktop.sync.protocol.operations import Action, Content, Op, Run, Value

HASH_BYTES = 32
NO_HASH = bytes(HASH_BYTES)
_SIGNED = "mentor batch 1"  # so that no other signature of a device's key can pass for a batch's

_encode = msgspec.json.Encoder().encode


def op_hash(op: Op) -> bytes:
    """Return the SHA-256 of the operation's canonical bytes."""
    values = op.erased or hash_of_values(op.values)
    header = [op.device, op.seq, op.hlc, op.entity, op.row, op.kind, op.group]
    return sha256(_encode([*header, op.base, sorted(op.seen.items())]) + values).digest()


def action_hash(action: Action) -> bytes:
    """Return the SHA-256 of the action's canonical bytes."""
    header = [action.last_seq, action.at, action.actor, action.text, action.undoes, action.link]
    return sha256(_encode(header) + (action.erased or hash_of_fields(action.values))).digest()


def hash_of_fields(values: Mapping[str, str]) -> bytes:
    """Return the hash of an action's values, which stays when they are purged."""
    return sha256(_encode(sorted(values.items()))).digest()


def hash_of_values(values: Mapping[str, Value]) -> bytes:
    """Return the hash of an operation's values, which stays when they are purged."""
    names = sorted(values)
    return sha256(_encode([names, [values[name] for name in names]])).digest()


def hashes_of_values(run: Run) -> Iterable[bytes]:
    """Return `hash_of_values` of each operation of the run."""
    if run.erased:
        return run.erased
    if not run.columns:
        return [hash_of_values({})] * len(run.rows)
    names = sorted(run.columns)
    start = b"[" + _encode(names) + b","
    rows = zip(*(run.columns[name] for name in names), strict=True)
    return [sha256(start + _encode(values) + b"]").digest() for values in rows]


def content_hash(prev_hash: bytes, content: Content) -> bytes:
    """Return the hash of the chain after this content."""
    hashes = [prev_hash]
    for run in content.runs:
        hashes.extend(op_hashes(run))
    hashes.extend(action_hash(action) for action in content.actions)
    return sha256(b"".join(hashes)).digest()


def op_hashes(run: Run) -> Iterator[bytes]:
    """Yield the hash of every operation of the run, as `op_hash` has it."""
    device, entity, kind, group = run.device, run.entity, run.kind, run.group
    seqs = range(run.first_seq, run.first_seq + len(run.rows))
    ops = zip(seqs, run.hlcs, run.rows, hashes_of_values(run), strict=True)
    if not (run.bases or run.seens):
        for seq, hlc, row, values in ops:
            header = _encode([device, seq, hlc, entity, row, kind, group, (), ()])
            yield sha256(header + values).digest()
        return
    for at, (seq, hlc, row, values) in enumerate(ops):
        base = run.bases[at] if run.bases else ()
        seen = sorted(run.seens[at].items()) if run.seens else ()
        header = _encode([device, seq, hlc, entity, row, kind, group, base, seen])
        yield sha256(header + values).digest()


def signed_bytes(
    ws: str, stream: str, device: str, from_seq: int, count: int, prev_hash: bytes, hash_: bytes,
    schema: int,
) -> bytes:  # fmt: skip
    """Return what the device signs of a batch."""
    fields = [_SIGNED, ws, stream, device, from_seq, count, prev_hash.hex(), hash_.hex(), schema]
    return _encode(fields)
