"""Fetching what others made: batches are kept and applied in short steps, each with its cursor."""

from collections.abc import Callable, Collection, Iterator
from functools import partial

from mentor_desktop.sync import troubles
from mentor_desktop.sync.exchange import Exchange
from mentor_desktop.sync.protocol.batches import BadBatch, Batch, read_frames
from mentor_desktop.sync.protocol.messages import (
    PATHS,
    BadMessage,
    PullReply,
    read_pull_reply,
)
from mentor_desktop.sync.replica import acknowledged, log
from mentor_desktop.sync.replica.applying import (
    Applied,
    apply_page,
    count_deletions,
)
from mentor_desktop.sync.replica.arriving import has_readable
from mentor_desktop.sync.replica.digests import Key
from mentor_desktop.sync.replica.forks import give_way
from mentor_desktop.sync.replica.giving_way import IsWanted, Pace
from mentor_desktop.sync.replica.happenings import What, note
from mentor_desktop.sync.replica.mass_deletions import (
    agree,
    has_rows,
    is_taken,
    is_waiting,
)
from mentor_desktop.sync.replica.ready import has_ready
from mentor_desktop.sync.replica.state import Cursor, Numbers, cursor
from mentor_desktop.sync.replica.transactions import writing
from mentor_desktop.sync.steps import MSGPACK, Request, Steps, Trouble
from mentor_desktop.sync.troubles import Refused

# Of one page. A batch of a thousand changes takes 50 to 100 kB.
_PAGE_BYTES = 1024 * 1024
# The server may send one batch more than fits; headers come on top.
_MOST_REPLY_BYTES = 8 * 1024 * 1024
# Of the progress of one stream.
_STEPS = 100


class EpochChanged(Exception):
    """The server was restored in the middle of this sync: begin again with a hello."""


class Puller:
    """Pulls one sync's streams; what needs a person's consent is kept and not applied.

    `to_pull` is how many there are, for the progress: each counts the same, however large.
    """

    def __init__(
        self, exchange: Exchange, epoch: str, consent: Collection[str] = (), *, to_pull: int = 0
    ) -> None:
        self._exchange = exchange
        self._pace = Pace(exchange.gate, has_window=exchange.has_window)
        self.epoch = epoch
        self._consent = consent
        # Devices by number of which nothing is applied until the deletions are counted.
        self._held_back: dict[str, set[int]] = {}
        self._large: dict[str, set[int]] = {}
        self._deleted: dict[str, set[Key]] = {}
        # Streams of which something is here that somebody who marked left no time for.
        self.left: set[str] = set()
        self.operations = 0
        self.has_fork = False
        self._to_pull, self._pulled = to_pull, 0

    def pull(self, stream: str, head: int) -> Steps[None]:
        """Fetch, keep and apply a stream up to its head.

        Raises:
            EpochChanged: the server was restored meanwhile.
            LogIncompleteError: what came needs the log before a snapshot first.
            Unreachable, SignInNeeded, Refused: as `Line.ask`; what came until then is kept.
        """
        # Of a stream that begins here nothing is lost: what this very pull brings may go again.
        is_counted = not has_rows(self._exchange.raw, stream)
        while (since := self._since(stream)) < head:
            reply, batches = yield from self.page(stream, since)
            for part, reached in self.parts(reply, batches):
                self._apply(stream, part, Cursor(self.epoch, reached), is_counted=is_counted)
                self._report(reached / max(head, reached))
                if self._since(stream) < reached:
                    break  # values that a rejected purge took away come once more
            head = max(head, reply.head) if reply.more else reply.next
        if has_readable(self._exchange.raw, stream):
            self._apply(stream, [], None, is_counted=is_counted)
        self._apply_rest(stream, is_counted=is_counted)
        self._pulled += 1

    def _report(self, share: float) -> None:
        """Say how far this stream is among all, and stop here if the person cancelled."""
        done = round((self._pulled + share) * _STEPS)
        self._exchange.progress.step(done, max(done, self._to_pull * _STEPS))

    def _apply(
        self, stream: str, batches: list[Batch], moved: Cursor | None, *, is_counted: bool
    ) -> None:
        """Keep and apply batches in one transaction with the cursor that covers them.

        Whoever deletes what is here is left for later, until `is_counted`, and so is beside a
        window whoever did much at once.
        """
        exchange = self._exchange
        page = partial(
            apply_page,
            exchange.raw,
            stream,
            batches,
            cursor=moved,
            with_consent=is_counted,
            held=None if is_counted else self._held_back.get(stream, ()),
            large=self._large.get(stream, ()),
            at_most=self._pace.operations,
        )

        def write(is_wanted: IsWanted) -> Applied:
            applied = self._past_forks(stream, page, is_wanted)
            self._note_held(stream, batches)
            return applied

        applied = self._pace.carry_out(write)
        self._deleted.setdefault(stream, set()).update(applied.deleted)
        self._held_back.setdefault(stream, set()).update(applied.held)
        self._large.setdefault(stream, set()).update(applied.large)
        self._tell(applied)

    def _past_forks(
        self, stream: str, page: Callable[..., Applied], is_wanted: IsWanted
    ) -> Applied:
        """Apply a page, once more where a copy of another device came to light that goes on."""
        exchange = self._exchange
        applied = page(is_wanted=is_wanted)
        others = {one.device for one in applied.forks} - {exchange.own.device}
        if sum(give_way(exchange.raw, stream, device) for device in sorted(others)):
            applied = page()
        return applied

    def _tell(self, applied: Applied) -> None:
        self.operations += applied.operations
        self.has_fork |= any(one.device == self._exchange.own.device for one in applied.forks)
        if applied.changes:
            self._exchange.on_changes(applied.changes)

    def _apply_rest(self, stream: str, *, is_counted: bool) -> None:
        """Apply what was left for later, action by action: all of it, or none where it deletes much.

        Without being counted, where nothing can be lost.
        """
        exchange, raw = self._exchange, self._exchange.raw
        self._held_back.pop(stream, None)
        self._large.pop(stream, None)
        if has_ready(raw, stream):
            mass = None
            if not is_counted:
                deleted = self._deleted.get(stream, ())
                mass = count_deletions(raw, exchange.gate, stream, deleted)
            is_agreed = mass is not None and (stream in self._consent or is_taken(raw, stream))
            if mass is not None and not is_agreed:
                numbers = Numbers(raw)
                deleting = {numbers.device(one) for one in mass.devices}
                if not self._apply_ready(stream, deleting):  # what others did, large or not
                    self.left.add(stream)
                return
            if not self._apply_ready(stream):
                self.left.add(stream)
                return
            if mass is not None:
                with exchange.writing():
                    note(
                        raw, What.DELETIONS_TAKEN, exchange.now_ms(),
                        stream=stream, count=str(mass.rows),
                    )  # fmt: skip
        if is_waiting(raw, stream):
            with exchange.writing():
                agree(raw, stream)

    def _apply_ready(self, stream: str, deleting: Collection[int] | None = None) -> bool:
        """Apply what is ready; say whether that came to its end, or gave way to who marks.

        Everything was agreed to, or nothing is applied of the devices in `deleting`.
        """
        exchange = self._exchange
        page = partial(
            apply_page,
            exchange.raw,
            stream,
            with_consent=deleting is None,
            held=deleting,
            most=self._pace.batches,
        )

        def write(is_wanted: IsWanted) -> Applied:
            return self._past_forks(stream, page, is_wanted)

        while (applied := self._pace.attempt(write)) is not None:
            self._tell(applied)
            if not applied.operations:
                return True
            exchange.progress.check()
        return False

    def _note_held(self, stream: str, batches: list[Batch]) -> None:
        """Note that the server holds just these: the answer to a push was lost, or a file was first.

        What claims the same place and is another batch does not count as held.
        """
        with writing(self._exchange.raw):
            self._exchange.raw.executemany(
                "UPDATE sync_batch SET is_acked = 1 WHERE is_acked = 0 "
                "AND stream = (SELECT no FROM sync_stream WHERE stream = ?) "
                "AND device = (SELECT no FROM sync_peer WHERE device = ?) AND from_seq = ? AND header = ?",
                [
                    (stream, one.header.device, one.header.from_seq, log.header_bytes(one))
                    for one in batches
                ],
            )

    def _since(self, stream: str) -> int:
        known = cursor(self._exchange.raw, stream)
        return known.since if known.epoch == self.epoch else 0

    def _held(self, stream: str) -> int:
        """Return up to where the server agreed to this device's own operations; they are here."""
        exchange = self._exchange
        numbers = Numbers(exchange.raw)
        return acknowledged.acknowledged_to(exchange.raw, numbers, exchange.own.device, stream)

    def parts(self, reply: PullReply, batches: list[Batch]) -> Iterator[tuple[list[Batch], int]]:
        """Give a few batches at a time, and the cursor that stands behind them."""
        size = self._pace.batches
        for start in range(0, len(batches), size):
            stop = start + size
            reached = reply.next if stop >= len(batches) else reply.at[stop - 1]
            yield batches[start:stop], reached
        if not batches:
            yield [], reply.next

    def page(self, stream: str, since: int) -> Steps[tuple[PullReply, list[Batch]]]:
        """Fetch one page behind a cursor; nothing of it is kept yet.

        Raises:
            EpochChanged, Unreachable, SignInNeeded, Refused: as `pull`.
        """
        query: dict[str, str | int] = {
            "ws": self._exchange.own.workspace,
            "stream": stream,
            "epoch": self.epoch,
            "since": since,
            "most": _PAGE_BYTES,
            "held": self._held(stream),
        }
        request = Request(
            "GET", PATHS["pull"], query, expects=MSGPACK, most_bytes=_MOST_REPLY_BYTES
        )
        try:
            response = yield from self._exchange.line.ask(request)
        except Refused as refused:
            if refused.code == "epoch":
                raise EpochChanged from refused
            raise
        try:
            reply = read_pull_reply(response.content)
            batches = read_frames(reply.frames)
        except (BadMessage, BadBatch) as error:
            raise troubles.unreachable(Trouble.BROKEN) from error
        if not _is_sound(reply, since, len(batches)):
            raise troubles.unreachable(Trouble.STRANGER)
        return reply, batches


def _is_sound(reply: PullReply, since: int, count: int) -> bool:
    """Say whether the cursors of a page only go up, and never past what it brought."""
    if len(reply.at) != count or (reply.more and reply.next == since):
        return False
    places = [since, *reply.at]
    is_rising = all(before < after for before, after in zip(places, reply.at, strict=False))
    return is_rising and reply.next >= places[-1]
