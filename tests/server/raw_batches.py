"""Batches with bodies that no program of ours writes, truly hashed and signed by their device."""

import json
import zlib
from typing import Any

from mentor_desktop.ids import new_id
from mentor_desktop.sync.protocol.batches import Batch, Header
from mentor_desktop.sync.protocol.body import decode_body
from mentor_desktop.sync.protocol.hashes import content_hash, signed_bytes
from mentor_desktop.sync.protocol.operations import tick
from tests.server.world import SCHEMA, Chain, Device

_MOST_BYTES = 1 << 30


def raw_run(values: dict[str, list[Any]], rows: list[str] | None = None) -> dict[str, Any]:
    """Return a run of creates as it is written; one value stands for all rows."""
    rows = rows or [new_id()]
    times = [tick(0, 1), *([1] if len(rows) > 1 else [])]
    return {"e": "person", "k": "create", "g": "", "n": len(rows), "t": times, "r": rows} | {
        "c": values
    }


def seal_raw(device: Device, stream: str, runs: list[dict[str, Any]], *, spaces: int = 0) -> Batch:
    """Seal runs as the next batch of a device, one action, with so many spaces behind."""
    chain = device.chains.setdefault(stream, Chain())
    first = chain.last_seq + 1
    last = chain.last_seq + sum(run["n"] for run in runs)
    ends = {"n": 1, "q": [last], "t": [0], "a": [""], "x": ["Test"], "u": [""], "k": [""]}
    body = {"v": 1, "schema": SCHEMA, "runs": runs, "ends": ends}
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")) + " " * spaces
    packed = zlib.compress(raw.encode(), 9)
    content, _schema = decode_body(packed, device.device, first, _MOST_BYTES)
    fields = (device.ws, stream, device.device, first, content.count, chain.last_hash)
    digest = content_hash(chain.last_hash, content)
    signature = device.keys.sign(signed_bytes(*fields, digest, SCHEMA))
    chain.last_seq, chain.last_hash = last, digest
    return Batch(Header(*fields, digest, signature, SCHEMA), packed)
