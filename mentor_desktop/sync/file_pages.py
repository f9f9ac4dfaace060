"""Applying the batches of a file a few at a time, as those of a server.

Whatever deletes what is here waits in the log until all of its stream came; then it is counted,
and applied as a whole or not at all. Beside a window large actions wait until then too.
"""

from collections.abc import Collection, Iterable, Iterator
from functools import partial
from itertools import groupby

from mentor_desktop.changes import Changes
from mentor_desktop.progress import Progress
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.store.write_gate import WriteGate
from mentor_desktop.sync import shares
from mentor_desktop.sync.bundle import Bundle
from mentor_desktop.sync.bundle_sections import Span
from mentor_desktop.sync.protocol.batches import Batch, Header
from mentor_desktop.sync.protocol.streams import MEMBERS, SECRETS, pull_order
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.applying import Applied, apply_page, count_deletions
from mentor_desktop.sync.replica.arriving import has_readable
from mentor_desktop.sync.replica.digests import Key
from mentor_desktop.sync.replica.giving_way import IsWanted, Pace
from mentor_desktop.sync.replica.mass_deletions import (
    Decision,
    agree,
    has_rows,
    is_taken,
    is_waiting,
    waiting_deletions,
)
from mentor_desktop.sync.replica.ready import has_ready
from mentor_desktop.sync.replica.state import Numbers
from mentor_desktop.sync.replica.transactions import writing
from mentor_desktop.sync.sharing import learn
from mentor_desktop.sync.withholding import passed_on


class FilePages:
    """The pages of one file, written at a pace.

    Afterwards `operations` counts what was applied, `waiting` rows by stream whose removal nobody
    agreed to yet, and `forked` names the devices of which others have something else: what is
    here stays.
    """

    def __init__(self, raw: StoreConnection, gate: WriteGate, pace: Pace) -> None:
        self._raw, self._gate, self._pace = raw, gate, pace
        self._touched: dict[str, set[str]] = {}
        self.operations = 0
        self.waiting: dict[str, int] = {}
        self.forked: set[str] = set()
        self._begin("")

    def take(self, stream: str, page: list[Batch]) -> None:
        """Keep and apply the next page; pages of one stream come one after the other."""
        if stream != self._stream:
            self.end()
            self._begin(stream)
        self._count(self._pace.carry_out(lambda is_wanted: self._taken(page, is_wanted)))

    def end(self) -> None:
        """Apply what was left for later; where it deletes what is here all of it, or none."""
        raw, stream = self._raw, self._stream
        if not stream or (self._is_counted and not self._large):
            return
        if has_ready(raw, stream):
            mass = None
            if not self._is_counted:
                mass = count_deletions(raw, self._gate, stream, self._deleted)
            if mass is not None and not is_taken(raw, stream):
                if waiting_deletions(raw)[stream].decision != Decision.KEEP:
                    self.waiting[stream] = mass.rows
                numbers = Numbers(raw)
                deleting = {numbers.device(one) for one in mass.devices}
                while self._apply_ready(deleting):  # what others did, large or not
                    pass
                return
            while self._apply_ready():
                pass
        if is_waiting(raw, stream):
            with writing(raw):
                agree(raw, stream)

    def changes(self) -> Changes:
        """Return the rows that are other than before."""
        return Changes({entity: frozenset(rows) for entity, rows in self._touched.items()})

    def _begin(self, stream: str) -> None:
        self._stream = stream
        self._held_back: set[int] = set()
        self._large: set[int] = set()
        self._deleted: set[Key] = set()
        # Of a stream that begins here nothing is lost: what this very file brings may go again.
        self._is_counted = not (stream and has_rows(self._raw, stream))

    def _taken(self, page: list[Batch], is_wanted: IsWanted) -> Applied:
        raw, stream = self._raw, self._stream
        fresh = _unknown_places(raw, page)

        def offer(filled: Collection[Header]) -> None:
            whole = {_place_of(one.header) for one in passed_on(raw, stream, page)}
            _offer_later(raw, whole.intersection([*fresh, *map(_place_of, filled)]))

        return apply_page(
            raw,
            stream,
            page,
            with_consent=self._is_counted,
            held=None if self._is_counted else self._held_back,
            large=self._large,
            at_most=self._pace.operations,
            is_wanted=is_wanted,
            at_end=offer,
        )

    def _apply_ready(self, deleting: Collection[int] | None = None) -> int:
        page = partial(
            apply_page,
            self._raw,
            self._stream,
            with_consent=deleting is None,
            held=deleting,
            most=self._pace.batches,
        )
        applied = self._pace.carry_out(lambda is_wanted: page(is_wanted=is_wanted))
        self._count(applied)
        return applied.operations

    def _count(self, applied: Applied) -> None:
        self.operations += applied.operations
        self._held_back |= applied.held
        self._large |= applied.large
        self._deleted |= applied.deleted
        self.forked.update(one.device for one in applied.forks)
        for entity, rows in applied.changes.entities.items():
            self._touched.setdefault(entity, set()).update(rows)


def apply_file(
    workspace: Workspace,
    raw: StoreConnection,
    bundle: Bundle,
    progress: Progress,
    *,
    has_window: bool,
) -> FilePages:
    """Apply all batches of a file; of the streams that this laptop is given."""
    pace = Pace(workspace.gate, has_window=has_window)
    pages, done = FilePages(raw, workspace.gate, pace), 0
    streams = {span.stream for span in bundle.contents.spans}
    is_begun = False
    for stream, page in _pages_of(bundle, pace.batches):
        if stream != MEMBERS and not is_begun:  # who this laptop is by now, the members said first
            shares.require_given(raw, learn(workspace, raw), streams)
            is_begun = True
        if stream == SECRETS and not shares.may_issue(raw):  # it was written for others too
            continue
        pages.take(stream, page)
        done += len(page)
        progress.step(done, bundle.contents.batches)
        if stream == MEMBERS:
            learn(workspace, raw)
            while has_readable(raw, stream):  # of those whose keys these told of
                pages.take(stream, [])
                learn(workspace, raw)
    for stream in pull_order(state.streams(raw)):
        if has_readable(raw, stream):
            pages.take(stream, [])
    pages.end()
    return pages


def _pages_of(bundle: Bundle, most: int) -> Iterator[tuple[str, list[Batch]]]:
    """Give the batches a few at a time, each time of one stream."""
    for stream, batches in groupby(bundle.batches(), key=lambda one: one.header.stream):
        page: list[Batch] = []
        for batch in batches:
            page.append(batch)
            if len(page) == most:
                yield stream, page
                page = []
        if page:
            yield stream, page


def early_operations(raw: StoreConnection, spans: Iterable[Span]) -> int:
    """Count what a file told that is kept and not in force here.

    What comes before it is missing, or nobody here knows who made it.
    """
    count = 0
    for span in spans:
        row = raw.execute(
            "SELECT coalesce(a.held, 0) FROM sync_batch b JOIN sync_stream s ON s.no = b.stream "
            "JOIN sync_peer p ON p.no = b.device "
            "LEFT JOIN sync_applied a ON a.stream = b.stream AND a.device = b.device "
            "WHERE s.stream = ? AND p.device = ? AND b.to_seq = ?",
            (span.stream, span.device, span.to_seq),
        ).fetchone()
        if row is not None:
            count += max(0, span.to_seq - max(row[0], span.from_seq - 1))
    return count


def _unknown_places(raw: StoreConnection, page: Collection[Batch]) -> list[tuple[str, str, int]]:
    """Return the places of the batches that are not here."""
    sql = (
        "SELECT 1 FROM sync_batch b JOIN sync_stream s ON s.no = b.stream "
        "JOIN sync_peer p ON p.no = b.device WHERE s.stream = ? AND p.device = ? AND b.from_seq = ?"
    )
    places = [_place_of(one.header) for one in page]
    return [place for place in places if raw.execute(sql, place).fetchone() is None]


def _place_of(header: Header) -> tuple[str, str, int]:
    """Return the stream, device and first operation of a batch: no two batches share them."""
    return header.stream, header.device, header.from_seq


def _offer_later(raw: StoreConnection, places: Collection[tuple[str, str, int]]) -> None:
    """Let the next sync carry these to the server: it is not known to hold them.

    In their author's name: a signed batch needs no author to carry it. In the transaction that
    keeps them: the next time they come they are known.
    """
    raw.executemany(
        "UPDATE sync_batch SET is_acked = 0 "
        "WHERE stream = (SELECT no FROM sync_stream WHERE stream = ?) "
        "AND device = (SELECT no FROM sync_peer WHERE device = ?) AND from_seq = ?",
        places,
    )
