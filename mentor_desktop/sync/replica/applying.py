"""Applying what other devices did: a page of batches in one transaction with its cursor.

What is new and only created goes in by columns; everything else is folded row by row in memory
and written in bulk (`merging`). Only whole actions are applied, and what would delete much waits
until somebody agrees.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from mentor_desktop.changes import Changes
from mentor_desktop.store import person_order
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.write_gate import WriteGate
from mentor_desktop.sync.protocol.batches import Batch, Header, open_batch
from mentor_desktop.sync.protocol.operations import (
    CREATE,
    DELETE,
    PURGE,
    Content,
    Op,
    Run,
    expand,
    receive,
)
from mentor_desktop.sync.replica import arriving, log, state
from mentor_desktop.sync.replica.acknowledged import begin_again
from mentor_desktop.sync.replica.arriving import Fork, Refused
from mentor_desktop.sync.replica.beginning import require_whole_log
from mentor_desktop.sync.replica.digests import Digests, Key, add_plain_rows
from mentor_desktop.sync.replica.entities import entities
from mentor_desktop.sync.replica.foreign_history import ForeignHistory
from mentor_desktop.sync.replica.fresh_rows import (
    insert_created,
    is_ordinary,
    leave_out_orphans,
    segments,
)
from mentor_desktop.sync.replica.giving_way import IsWanted, giving_way, nobody
from mentor_desktop.sync.replica.mass_deletions import (
    MassDeletion,
    agree,
    gives_a_parent,
    mass_deletion,
    of_rows_here,
    with_children,
)
from mentor_desktop.sync.replica.merging import Merge
from mentor_desktop.sync.replica.older_log import keep_older
from mentor_desktop.sync.replica.purging import erase
from mentor_desktop.sync.replica.ready import Ready, between, ready_actions
from mentor_desktop.sync.replica.recompute import fold_again, rows_of
from mentor_desktop.sync.replica.refusals import Rejection, Rules
from mentor_desktop.sync.replica.rows import known_rows
from mentor_desktop.sync.replica.sealed_streams import may_hold, owner_of
from mentor_desktop.sync.replica.sealing import seal_rest
from mentor_desktop.sync.replica.state import Cursor, Numbers
from mentor_desktop.sync.replica.transactions import pass_over_foreign, writing
from mentor_desktop.sync.replica.wanted_files import note_unwanted, wanted_files

# Of one part of a page: what is in memory at once, however large an action is. Where somebody may
# want to write meanwhile, a part is also what is folded between two looks.
_PART_BATCHES, _PART_BATCHES_BESIDE_A_WINDOW = 10, 1


@dataclass(frozen=True)
class Applied:
    """What became of a page. `needs_consent` names what was kept and not applied.

    `deleted` are the rows that others deleted in what was applied, `held` the numbers of devices of
    which nothing is applied before the deletions of all pages are counted, `large` of those of
    which too much was ready.
    """

    changes: Changes = field(default_factory=Changes)
    operations: int = 0
    forks: tuple[Fork, ...] = ()
    refused: tuple[Refused, ...] = ()
    needs_consent: MassDeletion | None = None
    deleted: frozenset[Key] = frozenset()
    held: frozenset[int] = frozenset()
    large: frozenset[int] = frozenset()


def apply_page(
    raw: StoreConnection,
    stream: str,
    batches: Iterable[Batch] = (),
    *,
    cursor: Cursor | None = None,
    with_consent: bool = False,
    deleted: Collection[Key] = (),
    held: Collection[int] | None = None,
    large: Collection[int] = (),
    at_most: int = 0,
    most: int = 0,
    is_wanted: IsWanted = nobody,
    at_end: Callable[[Collection[Header]], None] = lambda _filled: None,
) -> Applied:
    """Keep a page of batches of one stream and apply what is ready, all in one transaction.

    Without batches it applies what waits: after a key was learnt, or `with_consent` after a
    backup was made. `deleted` are the rows that went with pages before this one.
    `held`, where more pages follow: nothing is applied of these devices, nor of those whose
    deletions take away what is here (`count_deletions` is next). Nor of those in `large`, or of
    which more than `at_most` operations became ready, 0 for any number. `most` batches go at once.
    `at_end` writes in the same transaction; it is told which batches lacked values before.

    Raises:
        GaveWay: `is_wanted` said that somebody else waits to write.
        UnfinishedImportError: an import is written in parts and has not come to its end.
        LogIncompleteError: the log before a snapshot is needed first.
    """
    with giving_way(raw, is_wanted), writing(raw):
        seal_rest(raw)
        own = state.identity(raw)
        if not may_hold(raw, stream, own):
            return Applied(refused=_refused_all(batches))
        numbers = Numbers(raw)
        taken = _taken(raw, numbers, own, stream, batches)
        ready = ready_actions(raw, numbers.stream(stream), most, {*(held or ()), *large})
        page = _Page(raw, numbers, stream, taken.contents, ready, is_alone=is_wanted is nobody)
        too_large = page.hold_back_larger(at_most)
        going = {} if with_consent else page.deleting()  # what was agreed to needs no count
        mass = None
        if with_consent and not most:
            agree(raw, stream)
        elif held is None and not with_consent:
            mass = mass_deletion(raw, numbers, stream, going, deleted)
        if mass or held is not None:
            page.hold_back(going.keys())
        applied = page.fill(taken.filled) + page.apply()
        page.end(cursor, own)
        at_end([header for header, _ops in taken.filled])
    return Applied(
        changes=page.changes(),
        operations=applied,
        forks=tuple(taken.forks),
        refused=tuple(taken.refused),
        needs_consent=mass,
        deleted=frozenset() if mass or held is not None else frozenset().union(*going.values()),
        held=frozenset(going) if held is not None else frozenset(),
        large=too_large,
    )


def _taken(
    raw: StoreConnection,
    numbers: Numbers,
    own: state.Identity,
    stream: str,
    batches: Iterable[Batch],
) -> arriving.Taken:
    """Keep batches in the log."""
    rest = keep_older(raw, numbers, own.workspace, stream, batches)
    taken = arriving.take(raw, numbers, own.workspace, own.device, stream, rest)
    if not taken.fresh:
        taken.absorb(arriving.retry_waiting(raw, numbers, stream))
    return taken


def count_deletions(
    raw: StoreConnection, gate: WriteGate, stream: str, deleted: Collection[Key] = ()
) -> MassDeletion | None:
    """Count what all that is ready would delete here; return what has to wait for somebody.

    `deleted` are the rows that went before in the same sync.
    """
    numbers = Numbers(raw)
    page = _Page(raw, numbers, stream, {}, ready_actions(raw, numbers.stream(stream)))
    going = page.deleting()  # opens all of it, which takes its time
    with gate.closed(), writing(raw):
        return mass_deletion(raw, numbers, stream, going, deleted)


def apply_own(
    raw: StoreConnection, numbers: Numbers, stream: str, device: int, seq: int, first: int = 0
) -> Changes:
    """Apply an operation of this device that no edit made, in the transaction of the caller.

    With `first` also those before it, from that one on.
    """
    page = _Page(raw, numbers, stream, {}, [Ready(device, (first or seq) - 1, seq)])
    page.apply()
    pass_over_foreign(raw)
    return page.changes()


def _refused_all(batches: Iterable[Batch]) -> tuple[Refused, ...]:
    headers = [batch.header for batch in batches]
    return tuple(Refused(one.device, one.from_seq, "elsewhere") for one in headers)


class _Page:
    """What of one stream is ready, applied part by part."""

    def __init__(
        self,
        raw: StoreConnection,
        numbers: Numbers,
        stream: str,
        contents: Mapping[tuple[int, int], Content],
        ready: list[Ready],
        *,
        is_alone: bool = True,
    ) -> None:
        self._raw = raw
        self._numbers = numbers
        self._name = stream
        self._stream = numbers.stream(stream)
        self._contents = contents
        self._ready = ready
        self._part_batches = _PART_BATCHES if is_alone else _PART_BATCHES_BESIDE_A_WINDOW
        self._digests = Digests(raw)
        self._history = ForeignHistory(raw, numbers)
        self._applied = log.applied_of(raw, numbers, self._stream)
        self._rules = Rules(raw, numbers, self._stream)
        # Of a sealed stream not even that something was done is told elsewhere.
        self._is_told = not owner_of(stream)
        self.touched: dict[str, set[str]] = {}
        self.last_hlc = 0
        self._rejections: list[tuple[Rejection, int]] = []
        self._purged: list[Op] = []
        # A purge was rejected after it had taken values out of the log: others have them.
        self.is_lacking_values = False
        self._files_before: set[str] = set()

    def changes(self) -> Changes:
        """Return what pages must refresh."""
        return Changes({name: frozenset(rows) for name, rows in self.touched.items()})

    def deleting(self) -> dict[int, set[Key]]:
        """Return the rows that go from here with what is ready, by the device that deletes."""
        deleting: dict[int, set[Key]] = {}
        moved: set[Key] = set()
        for ready in self._ready:
            for content in self._contents_of(ready):
                for run in content.runs:
                    if run.kind == DELETE:
                        keys = deleting.setdefault(ready.device, set())
                        keys.update((run.entity, row) for row in run.rows)
                    elif gives_a_parent(run):
                        moved.update((run.entity, row) for row in run.rows)
        going = {
            device: with_children(self._raw, self._stream, of_rows_here(self._raw, keys), moved)
            for device, keys in deleting.items()
        }
        return {device: keys for device, keys in going.items() if keys}

    def hold_back_larger(self, at_most: int) -> frozenset[int]:
        """Leave out, and return, the devices of which more operations are ready; 0 for none."""
        ready = self._ready if at_most else []
        large = frozenset(one.device for one in ready if one.limit - one.seq > at_most)
        self.hold_back(large)
        return large

    def hold_back(self, devices: Collection[int]) -> None:
        """Leave out what some devices did."""
        self._ready = [ready for ready in self._ready if ready.device not in devices]

    def fill(self, came: Collection[tuple[Header, Sequence[Op]]]) -> int:
        """Fold the rows anew whose values were kept from this copy; return how many operations.

        Nothing of it is history here: it was done long ago, and known but for the values.
        """
        ops = [op for _header, some in came for op in some]
        if ops:
            touched = fold_again(
                self._raw, self._numbers, self._stream, {(op.entity, op.row) for op in ops},
                self._digests, self._history, self._history.begin_silent(), with_history=False,
            )  # fmt: skip
            for name, rows in touched.items():
                self.touched.setdefault(name, set()).update(rows)
        return len(ops)

    def apply(self) -> int:
        """Apply what is ready and return how many operations that were."""
        count = 0
        part: list[tuple[int, Content]] = []
        for ready in self._ready:
            for content in self._contents_of(ready):
                part.append((ready.device, content))
                count += content.count
                if len(part) == self._part_batches:
                    self._apply_part(part)
                    part = []
            self._advance(ready)
        if part:
            self._apply_part(part)
        self._take_back()
        if self._is_told:  # of a journal by the journal, which knows whose word that is
            counting = [op for op in self._purged if self._rules.counts(op)]
            files = erase(self._raw, self._stream, counting, self._ready) | self._files_before
            if files:
                note_unwanted(self._raw, files - wanted_files(self._raw))
        self._digests.write()
        return count

    def end(self, cursor: Cursor | None, own: state.Identity) -> None:
        """Write down how far it came, with what was applied."""
        if self.is_lacking_values:
            begin_again(self._raw, self._numbers, own.device, self._name)
        elif cursor is not None:
            state.move_cursor(self._raw, self._name, cursor)
        person_order.pack_if_due(self._raw)
        last_hlc = receive(own.last_hlc, self.last_hlc)
        self._raw.execute("UPDATE sync_self SET last_hlc = ?", (last_hlc,))
        pass_over_foreign(self._raw)

    def _take_back(self) -> None:
        """Fold the rows anew of what each action here rejected; at once, for all the log is read."""
        erased_here = {(op.entity, op.row) for op in self._purged}
        for txn, told in groupby(self._rejections, key=itemgetter(1)):
            fresh = self._rules.reject(rejection for rejection, _txn in told)
            if not fresh:
                continue
            require_whole_log(self._raw, self._name)
            keys = rows_of(self._raw, self._numbers, self._stream, fresh)
            gone = {key for key in keys - erased_here if state.is_purged(self._raw, key)}
            touched = fold_again(
                self._raw, self._numbers, self._stream, keys, self._digests, self._history, txn
            )
            self.is_lacking_values |= any(not state.is_purged(self._raw, key) for key in gone)
            for name, rows in touched.items():
                self.touched.setdefault(name, set()).update(rows)
            self._history.write()

    def _contents_of(self, ready: Ready) -> Iterator[Content]:
        for batch in log.batches_of(
            self._raw, self._stream, ready.device, ready.seq + 1, ready.limit
        ):
            content = self._contents.get((ready.device, batch.header.from_seq))
            yield between(content or open_batch(batch), ready.seq + 1, ready.limit)

    def _advance(self, ready: Ready) -> None:
        self._raw.execute(
            "UPDATE sync_applied SET seq = ? WHERE stream = ? AND device = ?",
            (ready.limit, self._stream, ready.device),
        )
        self._raw.execute(
            "UPDATE sync_batch SET is_applied = 1 WHERE stream = ? AND device = ? AND to_seq <= ? "
            "AND is_applied = 0",
            (self._stream, ready.device, ready.limit),
        )

    def _apply_part(self, part: Sequence[tuple[int, Content]]) -> None:
        fresh = self._fresh(part)
        if any(run.kind == PURGE for _device, content in part for run in content.runs):
            self._files_before |= wanted_files(self._raw)
        merge = Merge(
            self._raw, self._numbers, self._stream, self._digests, self._history, self._applied,
            self._rules,
        )  # fmt: skip
        created: dict[str, list[Run]] = {}
        for device, content in part:
            self._history.begin(device, content.actions)
            for run in content.runs:
                self.last_hlc = max(self.last_hlc, *run.hlcs)
                self.touched.setdefault(run.entity, set()).update(run.rows)
                for segment, is_fresh in segments(run, fresh):
                    txns = self._history.txns_of(device, segment.first_seq, len(segment.rows))
                    if is_fresh:
                        created.setdefault(segment.entity, []).append(segment)
                        self._history.created_many(segment.entity, segment.rows, txns)
                    else:
                        merge.add(expand(Content((segment,), ())), txns)
        for name in sorted(created, key=lambda name: entities()[name].rank):
            insert_created(self._raw, created[name], entities()[name])
            add_plain_rows(self._raw, self._numbers, self._digests, self._stream, created[name])
        for name, rows in merge.finish(fresh, with_history=self._is_told).items():
            self.touched.setdefault(name, set()).update(rows)
        for device, content in part:
            self._applied[self._numbers.device_of(device)] = content.runs[-1].last_seq
        self._rejections += merge.rejections
        self._purged += merge.purged
        self._history.write()

    def _fresh(self, part: Sequence[tuple[int, Content]]) -> set[Key]:
        """Return the rows that are only created here, by one operation, and find their parents."""
        if self._rules.rejects_something:
            return set()
        counts: Counter[Key] = Counter()
        creates: dict[str, list[Run]] = {}
        for _device, content in part:
            for run in content.runs:
                counts.update((run.entity, row) for row in run.rows)
                entity = entities().get(run.entity)
                if run.kind == CREATE and entity is not None and is_ordinary(run, entity):
                    creates.setdefault(run.entity, []).append(run)
        fresh: set[Key] = set()
        for name in sorted(creates, key=lambda name: entities()[name].rank):
            rows = [row for run in creates[name] for row in run.rows if counts[name, row] == 1]
            known = known_rows(self._raw, name, rows)
            fresh.update((name, row) for row in rows if row not in known)
            leave_out_orphans(self._raw, entities()[name], creates[name], fresh)
        return fresh
