"""Beginning with the server's snapshot, beside replaying all operations it was made of.

A log of a million operations on 200,000 people: each is created, then changed four times. The
snapshot is cut and packed by the server's code out of the states of that log. Argument: how many
operations instead.
"""

import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import psutil
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from report import Check, report
from sync_replica import NOW_MS, SHARED, Copy

from mentor_desktop.ids import new_id
from mentor_desktop.server.snapshots import ROWS_IN_PART, packed
from mentor_desktop.sync.merge.digest import Buckets
from mentor_desktop.sync.merge.fold import fold_op
from mentor_desktop.sync.merge.row_state import RowState
from mentor_desktop.sync.protocol.batches import NO_HASH, Batch, make_batch
from mentor_desktop.sync.protocol.messages import Part
from mentor_desktop.sync.protocol.operations import (
    CREATE,
    SET,
    Action,
    Content,
    OpId,
    Run,
    Value,
    expand,
)
from mentor_desktop.sync.replica import bootstrap, state
from mentor_desktop.sync.replica.applying import apply_page
from mentor_desktop.sync.replica.batching import SCHEMA
from mentor_desktop.sync.replica.beginning import Beginning
from mentor_desktop.sync.replica.entities import entities
from mentor_desktop.sync.replica.snapshot_part import read_part
from mentor_desktop.sync.replica.state import Cursor

COUNT = 1_000_000
EDITS = 4
A_BATCH = 1_000
PAGE = 10
STREAM, ENTITY = "people", "person"
FIELDS = ("email", "phone", "note", "country")
AUTHOR = new_id()
KEY = Ed25519PrivateKey.generate()


class Folded:
    """The rows of the log as the server has them."""

    def __init__(self) -> None:
        self.states: dict[str, RowState] = {}
        self.values: dict[str, dict[OpId, dict[str, Value]]] = {}

    def take(self, content: Content) -> None:
        """Fold a batch."""
        for op in expand(content):
            one = self.states.setdefault(op.row, RowState())
            fold_op(one, op, {})
            self.values.setdefault(op.row, {})[op.id] = dict(op.values)

    def parts(self) -> Iterator[bytes]:
        """Give the parts of a snapshot."""
        names = sorted(self.states)
        for start in range(0, len(names), ROWS_IN_PART):
            _count, content = packed(
                ENTITY,
                [
                    (name, self.states[name].to_text(), self._vals(name))
                    for name in names[start : start + ROWS_IN_PART]
                ],
            )
            yield content

    def digest(self) -> bytes:
        """Return the root of the digest."""
        sums = Buckets()
        sums.add_all((ENTITY, name, one.digest_text()) for name, one in self.states.items())
        return sums.root

    def _vals(self, name: str) -> str:
        values = [(op.device, op.seq, said) for op, said in self.values[name].items()]
        return msgspec.json.encode(values).decode()


def log_of(count: int) -> Iterator[Content]:
    """Give batches of operations: people, then their changes, field by field."""
    known = entities()[ENTITY]
    rows = [new_id() for _ in range(count // (1 + EDITS))]
    seq, hlc = 1, NOW_MS << 16
    for turn in range(1 + EDITS):
        for start in range(0, len(rows), A_BATCH):
            ids = rows[start : start + A_BATCH]
            length = len(ids)
            if turn == 0:
                columns = {name: [known.defaults[name]] * length for name in known.columns}
                columns |= {"given_name": ["Ona"] * length}
                columns |= {"family_name": [f"Kalnė{start + n}" for n in range(length)]}
            else:
                columns = {FIELDS[turn - 1]: [f"v{turn}-{start + n}" for n in range(length)]}
            bases = [] if turn == 0 else [(OpId(AUTHOR, start + n + 1),) for n in range(length)]
            run = Run(
                device=AUTHOR,
                first_seq=seq,
                entity=ENTITY,
                kind=SET if turn else CREATE,
                group=FIELDS[turn - 1] if turn else "",
                hlcs=[hlc + n for n in range(length)],
                rows=ids,
                columns=columns,
                bases=bases,
                seens=[],
                erased=[],
            )
            seq, hlc = seq + length, hlc + length
            yield Content(
                (run,),
                (
                    Action(
                        seq - 1,
                        NOW_MS,
                        AUTHOR,
                        "Changed {count} people",
                        {"count": "1"},
                        link=new_id(),
                    ),
                ),
            )


def sealed(contents: Iterator[Content], folded: Folded) -> list[Batch]:
    """Return the log as signed batches, folded on the way."""
    batches, previous = [], NO_HASH
    for content in contents:
        first = content.runs[0].first_seq
        batch = make_batch(SHARED, STREAM, AUTHOR, first, previous, content, SCHEMA, KEY.sign)
        previous = batch.header.hash
        batches.append(batch)
        folded.take(content)
    return batches


def replay(copy: Copy, batches: list[Batch]) -> float:
    """Apply all batches in pages; return CPU seconds."""
    started = time.process_time()
    for start in range(0, len(batches), PAGE):
        place = Cursor("e", start + PAGE)
        apply_page(copy.raw, STREAM, batches[start : start + PAGE], cursor=place)
    return time.process_time() - started


def begin(copy: Copy, parts: list[bytes], root: bytes, last: Batch) -> tuple[float, list[float]]:
    """Load a snapshot; return CPU seconds, and the MB the process had more behind each tenth of it."""
    process, grown = psutil.Process(), []
    before = process.memory_info().rss
    started = time.process_time()
    begun = Beginning(
        epoch="e",
        seq=last.header.to_seq,
        parts=[Part(hash=sha256(one).digest(), size=len(one), entity=ENTITY) for one in parts],
        applied={AUTHOR: last.header.to_seq},
        chains={AUTHOR: last.header.hash},
        root=root,
    )
    bootstrap.begin(copy.raw, STREAM, begun)
    for number, content in enumerate(parts):
        bootstrap.load(copy.raw, STREAM, number, read_part(content, ENTITY), 0)
        bootstrap.end_part(copy.raw, STREAM, number)
        if number % max(1, len(parts) // 10) == 0:
            grown.append(round((process.memory_info().rss - before) / 1e6, 1))
    return time.process_time() - started, grown


def main() -> None:
    """Measure and print the line."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with TemporaryDirectory() as name:
        folder, folded = Path(name), Folded()
        batches = sealed(log_of(count), folded)
        parts = list(folded.parts())
        replayed, begun = Copy(folder / "replayed.db"), Copy(folder / "begun.db")
        key = KEY.public_key().public_bytes_raw()
        for one in (replayed, begun):
            state.learn(one.raw, state.Peer(AUTHOR, sign_key=key))
        snapshot_s, grown = begin(begun, parts, folded.digest(), batches[-1])
        replay_s = replay(replayed, batches)
        for sql in (f"SELECT * FROM {ENTITY} ORDER BY id", "SELECT sums FROM sync_digest"):
            assert begun.raw.execute(sql).fetchall() == replayed.raw.execute(sql).fetchall()
        report(
            "a new device begins with a snapshot",
            [Check("snapshot's share of replaying the log", snapshot_s / replay_s, 1 / 5)],
            operations=sum(one.header.count for one in batches),
            rows=len(folded.states),
            ratio=round(replay_s / snapshot_s, 2),
            cpu_s={"snapshot": round(snapshot_s, 2), "replay": round(replay_s, 2)},
            memory_grown_mb=grown,
            mb={
                "snapshot": round(sum(map(len, parts)) / 1e6, 1),
                "log": round(sum(len(one.body) for one in batches) / 1e6, 1),
            },
        )
        for one in (replayed, begun):
            one.raw.close()


if __name__ == "__main__":
    main()
