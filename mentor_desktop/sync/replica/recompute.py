"""The slow path that is always right: fold a stream's rows from the log and put right what differs.

Used where the quick one cannot know: a rejection takes operations back, a newer program learnt
columns it had carried, a check asks whether tables and log agree.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.merge.digest import Buckets, bucket_of
from mentor_desktop.sync.merge.fold import fold_op
from mentor_desktop.sync.merge.row_state import RowState
from mentor_desktop.sync.merge.spans import Spans
from mentor_desktop.sync.protocol.batches import open_batch
from mentor_desktop.sync.protocol.operations import Content, Op, expand
from mentor_desktop.sync.replica import log
from mentor_desktop.sync.replica.beginning import require_whole_log
from mentor_desktop.sync.replica.digests import Digests, Key
from mentor_desktop.sync.replica.entities import known_columns
from mentor_desktop.sync.replica.foreign_history import ForeignHistory
from mentor_desktop.sync.replica.merging import CARRYING, Folded, Merge
from mentor_desktop.sync.replica.refusals import Rejection, Rules
from mentor_desktop.sync.replica.sealing import seal_rest
from mentor_desktop.sync.replica.state import Numbers
from mentor_desktop.sync.replica.transactions import pass_over_foreign, writing

# Rows of one pass over the log: what is in memory at once.
_ROWS_A_PASS = 20_000


@dataclass(frozen=True)
class Repaired:
    """What differed from the log: rows of tables, and what is kept beside them."""

    rows: frozenset[Key]
    kept: frozenset[Key]
    is_digest_right: bool

    @property
    def was_right(self) -> bool:
        """Say whether nothing differed."""
        return not self.rows and not self.kept and self.is_digest_right


def catch_up_with_program(raw: StoreConnection) -> list[str]:
    """Put what an older program could only carry into the tables of this one; return the streams.

    Gives what the rows would be if this program had been there from the beginning. For the time
    after an update; does nothing when this program knows no more than the one before.

    Raises:
        LogIncompleteError: the log of one begins behind a snapshot; ask again when it is here.
    """
    before = raw.execute("SELECT known_columns FROM sync_self").fetchone()
    if before is None or before[0] == known_columns():
        return []
    unknown = raw.execute("SELECT stream FROM sync_stream WHERE has_unknown ORDER BY no")
    streams = [stream for (stream,) in unknown.fetchall()]
    for stream in streams:
        repair_stream(raw, stream)
    with writing(raw):
        raw.execute("UPDATE sync_self SET known_columns = ?", (known_columns(),))
    return streams


def check_stream(raw: StoreConnection, stream: str) -> Repaired:
    """Compare a stream's rows with its log; nothing is changed.

    Raises:
        LogIncompleteError: the log begins behind a snapshot.
    """
    found: list[Repaired] = []
    with suppress(_OnlyLookedError), writing(raw):
        seal_rest(raw)
        found.append(_repair(raw, stream))
        raise _OnlyLookedError
    return found[0]


def repair_stream(raw: StoreConnection, stream: str) -> Repaired:
    """Make a stream's rows what its log says; return what differed.

    Raises:
        LogIncompleteError: the log begins behind a snapshot.
    """
    with writing(raw):
        seal_rest(raw)
        repaired = _repair(raw, stream)
        pass_over_foreign(raw)
        return repaired


def undo_rows(raw: StoreConnection, stream: str) -> None:
    """Take out what no operation of the log tells of, in the transaction of the caller; no history."""
    _repair(raw, stream, with_history=False)


def fold_again(
    raw: StoreConnection,
    numbers: Numbers,
    stream: int,
    keys: Collection[Key],
    digests: Digests,
    history: ForeignHistory,
    txn: int,
    *,
    with_history: bool = True,
) -> dict[str, set[str]]:
    """Fold some rows of a stream from the log, within a page; return the rows that changed.

    Raises:
        LogIncompleteError: the log begins behind a snapshot.
    """
    wanted = set(keys)
    merge = Merge(raw, numbers, stream, digests, history, {}, Rules(raw, numbers, stream))
    folded = fold_rows(raw, numbers, stream, wanted.__contains__)
    merge.renew({key: folded.get(key, Folded()) for key in wanted}, txn)
    return merge.finish((), with_history=with_history)


def fold_rows(
    raw: StoreConnection, numbers: Numbers, stream: int, is_wanted: Callable[[Key], bool]
) -> dict[Key, Folded]:
    """Return what the applied operations of a stream come to, of the rows that are wanted.

    Raises:
        LogIncompleteError: the log begins behind a snapshot.
    """
    require_whole_log(raw, numbers.stream_of(stream))
    rules = Rules(raw, numbers, stream)
    applied = log.applied_of(raw, numbers, stream)
    folded: dict[Key, Folded] = {}
    for op in operations(raw, numbers, stream, applied, is_wanted):
        if not rules.counts(op):
            continue
        one = folded.setdefault((op.entity, op.row), Folded())
        fold_op(one.state, op, {})
        if op.kind in CARRYING:
            one.values[op.id] = dict(op.values)
    for one in folded.values():
        one.state.early = {
            (group, base)
            for group, base in one.state.early
            if base.seq > applied.get(base.device, 0)
        }
        one.keep_heads()
    return folded


def rows_of(
    raw: StoreConnection, numbers: Numbers, stream: int, rejections: Iterable[Rejection]
) -> set[Key]:
    """Return the rows that the operations are about which these rejections name."""
    named: dict[str, Spans] = {}
    for one in rejections:
        named.setdefault(one.device, Spans()).add(one.first, one.last)
    return {
        (run.entity, row)
        for device, spans in named.items()
        for batch in log.batches_of(raw, stream, numbers.device(device), *spans.ends)
        if spans.meet(batch.header.from_seq, batch.header.to_seq)
        for run in open_batch(batch).runs
        for seq, row in enumerate(run.rows, run.first_seq)
        if seq in spans
    }


class _OnlyLookedError(Exception):
    """Leaves the transaction without keeping it."""


def _repair(raw: StoreConnection, stream: str, *, with_history: bool = True) -> Repaired:
    numbers = Numbers(raw)
    number = numbers.stream(stream)
    count = raw.execute("SELECT count(*) FROM sync_row WHERE stream = ?", (number,)).fetchone()[0]
    passes = count // _ROWS_A_PASS + 1
    history = ForeignHistory(raw, numbers)
    txn = history.begin_silent()
    digests = Digests(raw)
    right = Buckets()
    rows: set[Key] = set()
    kept: set[Key] = set()
    for turn in range(passes):
        folded = fold_rows(raw, numbers, number, _turn(turn, passes))
        known = raw.execute("SELECT entity, row FROM sync_row WHERE stream = ?", (number,))
        is_wanted = _turn(turn, passes)
        for key in known.fetchall():
            if is_wanted(key):
                folded.setdefault(key, Folded())
        merge = Merge(raw, numbers, number, digests, history, {}, Rules(raw, numbers, number))
        merge.renew(folded, txn)
        found = merge.finish((), with_history=with_history)
        rows |= {(name, row) for name, ids in found.items() for row in ids}
        kept |= merge.kept
        right.add_all(
            (*key, one.state.digest_text())
            for key, one in folded.items()
            if one.state != RowState()
        )
    stored = raw.execute("SELECT sums FROM sync_digest WHERE stream = ?", (number,)).fetchone()
    is_right = (stored[0] if stored else Buckets().to_bytes()) == right.to_bytes()
    digests.replace(number, right)
    digests.write()
    history.write()
    return Repaired(frozenset(rows), frozenset(kept), is_right)


def _turn(turn: int, passes: int) -> Callable[[Key], bool]:
    return lambda key: bucket_of(*key) % passes == turn


def operations(
    raw: StoreConnection,
    numbers: Numbers,
    stream: int,
    applied: dict[str, int],
    is_wanted: Callable[[Key], bool],
) -> Iterator[Op]:
    """Give the applied operations on some rows that are in the log, each device's in order."""
    for device, last in sorted(applied.items()):
        for batch in log.batches_of(raw, stream, numbers.device(device), 1, last):
            for run in open_batch(batch).runs:
                if any(is_wanted((run.entity, row)) for row in run.rows):
                    for op in expand(Content((run,), ())):
                        if op.seq <= last and is_wanted((op.entity, op.row)):
                            yield op
