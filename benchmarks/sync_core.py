"""What sealing and reading batches costs beside zlib and JSON alone, and what merging costs.

100,000 marks of about 290 bytes as JSON, in batches of 1,000, one action each thousand; CPU time. The floor
writes and compresses the same columns, or unpacks and reads them, in the same run.
"""

import random
import time
import zlib
from collections.abc import Callable
from hashlib import sha256

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from report import Check, report

from mentor_desktop.ids import new_id
from mentor_desktop.sync.merge.digest import Buckets
from mentor_desktop.sync.merge.fold import fold_op
from mentor_desktop.sync.merge.row_state import RowState, plain_state, plain_text
from mentor_desktop.sync.protocol.batches import NO_HASH, Batch, make_batch, open_batch, read_batch
from mentor_desktop.sync.protocol.operations import Action, Content, Op, OpId, Run, Value, tick

ROWS = 100_000
STEP = 1_000
TURNS = 3
FLOOR_LEVEL = 5  # that of batches
STATUSES = ("present", "absent", "late", "excused")
WORDS = ("arrived", "after", "the", "break,", "signed", "sheet;", "will", "send", "certificate", "by", "mail;",
         "left", "early", "for", "a", "medical", "appointment;", "camera", "off,", "answered", "poll;", "paired",
         "with", "another", "trainee;", "asked", "slides")  # fmt: skip
WS, DEVICE, USER = new_id(), new_id(), new_id()
KEY = Ed25519PrivateKey.generate()
DECODER = msgspec.json.Decoder(dict[str, list[str]])


def contents() -> list[Content]:
    """Return the marks, in columns, as a device seals them."""
    source = random.Random(7)
    people = [sha256(f"p{n}".encode()).hexdigest()[:32] for n in range(500)]
    slots = [sha256(f"s{n}".encode()).hexdigest()[:32] for n in range(ROWS // 25)]
    hlc = tick(0, 1_764_000_000_000)
    made = []
    for start in range(0, ROWS, STEP):
        numbers = range(start, start + STEP)
        hlcs = []
        for _ in numbers:
            hlc = tick(hlc, (hlc >> 16) + source.randrange(3))
            hlcs.append(hlc)
        columns: dict[str, list[Value]] = {
            "slot_id": [slots[n // 25] for n in numbers],
            "person_id": [source.choice(people) for _ in numbers],
            "status": [source.choice(STATUSES) for _ in numbers],
            "marked_at": [f"2026-03-0{n % 9 + 1}T{n % 12 + 7:02}:{n % 60:02}Z" for n in numbers],
            "note": [" ".join(source.choices(WORDS, k=14)) for _ in numbers],
        }
        rows = [new_id() for _ in numbers]
        run = Run(DEVICE, start + 1, "mark", "create", "", hlcs, rows, columns)
        made.append(Content((run,), (Action(start + STEP, 0, USER, "Imported"),)))
    return made


def sealed(made: list[Content]) -> list[Batch]:
    """Return the batches of a chain."""
    batches: list[Batch] = []
    prev = NO_HASH
    for content in made:
        first = content.runs[0].first_seq
        batch = make_batch(WS, f"w:{WS}", DEVICE, first, prev, content, 1, KEY.sign)
        prev = batch.header.hash
        batches.append(batch)
    return batches


def cpu(work: Callable[[], object]) -> float:
    """Return the CPU seconds of the work."""
    started = time.process_time()
    work()
    return time.process_time() - started


def floor_texts(made: list[Content]) -> list[bytes]:
    """Return the columns as plain JSON."""
    return [
        msgspec.json.encode({"row": content.runs[0].rows, **content.runs[0].columns})
        for content in made
    ]


def edits(made: list[Content]) -> list[Op]:
    """Return a change of the status of every mark."""
    seqs = [
        (row, run.first_seq + at) for c in made for run in c.runs for at, row in enumerate(run.rows)
    ]
    return [
        Op("e" * 32, at + 1, at, "mark", row, "set", "status", base=(OpId(DEVICE, seq),))
        for at, (row, seq) in enumerate(seqs)
    ]


def fold_all(states: list[RowState], ops: list[Op]) -> None:
    """Fold one change into each state."""
    for state, op in zip(states, ops, strict=True):
        fold_op(state, op, {})


def count_all(made: list[Content]) -> None:
    """Count every row in a digest."""
    buckets = Buckets()
    for content in made:
        run = content.runs[0]
        for at, (row, hlc) in enumerate(zip(run.rows, run.hlcs, strict=True)):
            buckets.add("mark", row, plain_text(DEVICE, run.first_seq + at, hlc))


def main() -> None:
    """Measure in turns and print the line with the least of each."""
    made = contents()
    batches = sealed(made)
    bodies = [zlib.compress(text, FLOOR_LEVEL) for text in floor_texts(made)]
    changes = edits(made)
    public = KEY.public_key()
    works: dict[str, Callable[[], object]] = {
        "floor seal": lambda: [zlib.compress(text, FLOOR_LEVEL) for text in floor_texts(made)],
        "seal": lambda: sealed(made),
        "floor read": lambda: [DECODER.decode(zlib.decompress(body)) for body in bodies],
        "read": lambda: [read_batch(batch, public) for batch in batches],
        "open": lambda: [open_batch(batch) for batch in batches],
        "digest": lambda: count_all(made),
    }
    taken = {name: min(cpu(work) for _ in range(TURNS)) for name, work in works.items()}
    folds = []
    for _ in range(TURNS):
        states = [plain_state(DEVICE, 1 + at, at) for at in range(ROWS)]
        folds.append(cpu(lambda fresh=states: fold_all(fresh, changes)))  # type: ignore[misc]
    taken["fold"] = min(folds)
    each = sum(len(batch.body) for batch in batches) / ROWS
    report(
        "batches of changes",
        [
            Check("sealing 100,000 creates, CPU s", taken["seal"], 0.9),
            Check("sealing: times JSON and zlib alone", taken["seal"] / taken["floor seal"], 2.5),
            Check("reading them, CPU s", taken["read"], 0.5),
            Check("reading: times JSON and zlib alone", taken["read"] / taken["floor read"], 6),
            Check("bytes a mark", each, 85),
            Check("folding a change, microseconds", taken["fold"] / ROWS * 1e6, 5),
            Check("a row in the digest, microseconds", taken["digest"] / ROWS * 1e6, 5),
        ],
        cpu_s={name: round(value, 3) for name, value in taken.items()},
        rows=ROWS,
    )


if __name__ == "__main__":
    main()
