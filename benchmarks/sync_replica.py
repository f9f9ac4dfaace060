"""Sealing and applying on real encrypted workspaces, beside a bare insert of the same rows.

Marks of attendance in actions of a hundred (a register filled in), one device to another; then a
mix of new rows and edits by four devices. Real tables with their triggers, indexes and history.
"""

import resource
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from report import Check, percentile, report

from mentor_desktop.ids import new_id
from mentor_desktop.store.bulk import insert_many
from mentor_desktop.store.connection import StoreConnection, connect
from mentor_desktop.store.engine import make_engine
from mentor_desktop.store.schema import upgrade
from mentor_desktop.sync.protocol.batches import Batch
from mentor_desktop.sync.replica import applying, log, sealing, state
from mentor_desktop.sync.replica.entities import entities
from mentor_desktop.sync.replica.transactions import writing

MARKS = 100_000
PEOPLE = 1_000
SLOTS = 20
A_TXN = 100
CREATES = 30_000
EDITS = 70_000
EDITORS = 4
EDITED = 10_000  # beside as many new rows: a page each
PAGE = 10
KEY = bytes(range(32))
SHARED = "5" * 32
NOW_MS = 1_773_129_900_000


class Copy:
    """One encrypted file with the real tables, as a device of the shared workspace."""

    def __init__(self, path: Path) -> None:
        connect(path, KEY, create=True).close()
        engine = make_engine(path, KEY)
        upgrade(engine)
        engine.dispose()
        self.raw: StoreConnection = connect(path, KEY)
        self.device = new_id()
        state.begin(
            self.raw,
            workspace=SHARED,
            device=self.device,
            user=new_id(),
            sign_key=Ed25519PrivateKey.generate().private_bytes_raw(),
            seal_key=X25519PrivateKey.generate().private_bytes_raw(),
        )
        self._txn = 0

    def meet(self, other: "Copy") -> None:
        """Learn another one's keys."""
        for peer in state.peers(other.raw):
            if peer.device == other.device:
                state.learn(self.raw, peer)

    def act(self, work: Callable[[], object]) -> None:
        """Do something as one action, captured."""
        row = self.raw.execute("SELECT coalesce(max(id), 0) FROM txn").fetchone()
        self._txn = int(row[0]) + 1
        self.raw.execute("BEGIN IMMEDIATE")
        self.raw.current_txn = self._txn
        work()
        self.raw.current_txn = None
        self.raw.execute(
            'INSERT INTO txn (id, uid, at, device, actor, action, "values", undoable) '
            "VALUES (?, ?, ?, 'A', 'Rasa', 'Marked {count} people', '{\"count\": \"100\"}', 1)",
            (self._txn, new_id(), NOW_MS),
        )
        self.raw.execute("COMMIT")

    def insert(self, entity: str, rows: list[dict[str, object]]) -> None:
        """Insert rows; what they do not name has its default."""
        known = entities()[entity]
        names = ("id", *known.columns)
        filled = [{**known.defaults, **row} for row in rows]
        insert_many(self.raw, entity, names, [[row[name] for name in names] for row in filled])

    def batches(self) -> dict[str, list[Batch]]:
        """Return what this device sealed, by stream."""
        numbers = state.Numbers(self.raw)
        own = numbers.device(self.device)
        return {
            name: list(log.batches_of(self.raw, numbers.stream(name), own, 1, 1 << 60))
            for name in state.streams(self.raw)
        }


def seeded(copy: Copy) -> tuple[str, list[str], list[str]]:
    """Make a workshop with people and half-days; return its id, registrations and slots."""
    workshop = new_id()
    people = [new_id() for _ in range(PEOPLE)]
    places = [new_id() for _ in range(PEOPLE)]
    slots = [new_id() for _ in range(SLOTS)]
    copy.act(
        lambda: copy.insert(
            "person",
            [
                {"id": one, "given_name": "Ona", "family_name": f"Family{n}"}
                for n, one in enumerate(people)
            ],
        )
    )
    copy.act(lambda: copy.insert("workshop", [{"id": workshop, "code": "W1", "time_zone": "UTC"}]))
    copy.act(
        lambda: copy.insert(
            "registration",
            [
                {"id": place, "workshop_id": workshop, "person_id": person}
                for place, person in zip(places, people, strict=True)
            ],
        )
    )
    copy.act(
        lambda: copy.insert(
            "slot", [{"id": one, "workshop_id": workshop, "seq": n} for n, one in enumerate(slots)]
        )
    )
    return workshop, places, slots


def mark_all(copy: Copy, workshop: str, places: list[str], slots: list[str], count: int) -> None:
    """Make marks in actions of a hundred."""
    made = 0
    while made < count:
        rows: list[dict[str, object]] = [
            {
                "id": new_id(),
                "workshop_id": workshop,
                "registration_id": places[(made + n) % PEOPLE],
                "slot_id": slots[(made // PEOPLE) % SLOTS],
                "status": "present",
                "method": "typed",
                "by": "Rasa",
                "at": NOW_MS + made + n,
                "device": "A",
            }
            for n in range(A_TXN)
        ]
        copy.act(partial(copy.insert, "attendance_mark", rows))
        made += A_TXN


def sealed(copy: Copy) -> tuple[float, list[float]]:
    """Seal everything; return CPU seconds, and those of each step."""
    sealer = sealing.Sealer(copy.raw)
    started, steps = time.process_time(), [0.0]
    while True:
        step = time.process_time()
        if not sealer.seal_step():
            break
        steps.append(time.process_time() - step)
    return time.process_time() - started, steps


def grown_mib(path: Path, writer: Copy, pages: dict[str, list[Batch]]) -> float:
    """Return what the second half of applying adds to the memory, with a small cache of pages.

    The usual one would fill up meanwhile and hide what grows for ever.
    """
    reader = Copy(path)
    reader.meet(writer)
    reader.raw.execute("PRAGMA cache_size = -4096")
    first = {name: batches[: len(batches) // 2 + 1] for name, batches in pages.items()}
    applied(reader, first)
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    applied(reader, {name: batches[len(first[name]) :] for name, batches in pages.items()})
    reader.raw.close()
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib) / 1024


def applied(copy: Copy, pages: dict[str, list[Batch]]) -> float:
    """Apply everything in pages; return CPU seconds."""
    started = time.process_time()
    for stream in sorted(pages, key=lambda name: name != "people"):
        batches = pages[stream]
        for start in range(0, len(batches), PAGE):
            applying.apply_page(copy.raw, stream, batches[start : start + PAGE])
    return time.process_time() - started


def bare(path: Path, marks: list[tuple[object, ...]]) -> float:
    """Insert the same rows without capture or exchange; return CPU seconds."""
    with closing(Copy(path).raw) as raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        names = ("id", *entities()["attendance_mark"].columns)
        started = time.process_time()
        for start in range(0, len(marks), PAGE * 1000):
            with writing(raw):
                insert_many(raw, "attendance_mark", names, marks[start : start + PAGE * 1000])
        return time.process_time() - started


def edit_mix(folder: Path) -> dict[str, float]:
    """Measure rows that four devices make and change, applied by a fifth."""
    editors = [Copy(folder / f"editor{n}.db") for n in range(EDITORS)]
    reader = Copy(folder / "reader of edits.db")
    for one, other in permutations([*editors, reader], 2):
        one.meet(other)
    ids = [row for editor in editors for row in make_people(editor, CREATES // EDITORS)]
    for one, other in permutations(editors, 2):
        applied(one, other.batches())
    for number, editor in enumerate(editors):
        edit_people(editor, ids, number, EDITS // EDITORS)
    seal_s = sum(sealed(editor)[0] for editor in editors)
    apply_s = sum(applied(reader, editor.batches()) for editor in editors)
    conflicts = reader.raw.execute("SELECT count(*) FROM sync_row WHERE conflicts > 0").fetchone()
    for one in (*editors, reader):
        one.raw.close()
    return {"seal_s": seal_s, "apply_s": apply_s, "conflicts": conflicts[0]}


def edits_beside_creates(folder: Path) -> dict[str, float]:
    """Measure a page of new people, and then one of as many changes to them, at another device."""
    writer, reader = Copy(folder / "writer of edits.db"), Copy(folder / "reader of one.db")
    reader.meet(writer)
    ids = make_people(writer, EDITED)
    creates = writer.batches()
    create_s = applied(reader, creates)
    edit_people(writer, ids, 0, EDITED)
    sealed(writer)
    both = writer.batches()
    edit_s = applied(reader, {name: both[name][len(creates.get(name, ())) :] for name in both})
    email = "SELECT id, email, phone, note, country FROM person ORDER BY id"
    assert reader.raw.execute(email).fetchall() == writer.raw.execute(email).fetchall()
    for one in (writer, reader):
        one.raw.close()
    each = 1e6 / (EDITED)
    return {"create_us": create_s * each, "set_us": edit_s * each, "times": edit_s / create_s}


def make_people(copy: Copy, count: int) -> list[str]:
    """Make people in actions of a hundred, and seal them; return their ids."""
    rows: list[dict[str, object]] = [
        {"id": new_id(), "given_name": "Ona", "family_name": f"F{n}"} for n in range(count)
    ]
    for start in range(0, count, A_TXN):
        copy.act(partial(copy.insert, "person", rows[start : start + A_TXN]))
    sealed(copy)
    return [str(row["id"]) for row in rows]


def edit_people(copy: Copy, ids: list[str], number: int, count: int) -> None:
    """Change one field of many people in actions of a hundred."""
    fields = ("email", "phone", "note", "country")
    for start in range(0, count, A_TXN):
        wanted = [
            (f"v{number}-{start + n}", ids[((start + n) * (number + 3)) % len(ids)])
            for n in range(A_TXN)
        ]
        column = fields[(start // A_TXN) % len(fields)]
        copy.act(
            partial(copy.raw.executemany, f"UPDATE person SET {column} = ? WHERE id = ?", wanted)
        )


def main() -> None:
    """Measure and print the line."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        writer, reader = Copy(folder / "writer.db"), Copy(folder / "reader.db")
        reader.meet(writer)
        workshop, places, slots = seeded(writer)
        sealed(writer)
        applied(reader, writer.batches())
        mark_all(writer, workshop, places, slots, MARKS)
        seal_s, steps = sealed(writer)
        pages = writer.batches()
        grown = grown_mib(folder / "lean reader.db", writer, pages)
        apply_s = applied(reader, pages)
        marks = writer.raw.execute("SELECT * FROM attendance_mark ORDER BY id").fetchall()
        names = [row[1] for row in writer.raw.execute("PRAGMA table_info(attendance_mark)")]
        order = [names.index(one) for one in ("id", *entities()["attendance_mark"].columns)]
        floor_s = bare(folder / "bare.db", [tuple(row[at] for at in order) for row in marks])
        assert reader.raw.execute("SELECT count(*) FROM attendance_mark").fetchone() == (MARKS,)
        assert reader.raw.execute("SELECT sums FROM sync_digest").fetchall() == (
            writer.raw.execute("SELECT sums FROM sync_digest").fetchall()
        )
        mix, beside = edit_mix(folder), edits_beside_creates(folder)
        report(
            "the device's store of the exchange",
            [
                Check("sealing 100,000 marks: times a bare insert", seal_s / floor_s, 2.0),
                Check("applying them: times a bare insert", apply_s / floor_s, 2.5),
                Check("a step of sealing, p95: CPU milliseconds", percentile(steps, 95) * 1000, 40),
                Check("memory that the second half of applying adds: MiB", grown, 16),
            ],
            longest_step_cpu_ms=round(max(steps) * 1000, 1),
            cpu_s={
                "seal": round(seal_s, 3),
                "apply": round(apply_s, 3),
                "bare insert": round(floor_s, 3),
            },
            mix={name: round(value, 3) for name, value in mix.items()},
            edits_beside_creates={name: round(value, 2) for name, value in beside.items()},
            bytes_a_mark=round(sum(len(one.body) for one in pages[f"w:{workshop}"]) / MARKS, 1),
        )
        writer.raw.close()
        reader.raw.close()


if __name__ == "__main__":
    main()
