"""Beginning a stream with the server's snapshot, and fetching the log before it afterwards.

What the server makes of years is taken instead of replaying them, as long as it is what its hashes
and its digest say; else the stream is pulled from its beginning like any other.
"""

import logging
from hashlib import sha256

from mentor_desktop.sync.exchange import Exchange
from mentor_desktop.sync.line import decoded
from mentor_desktop.sync.protocol.messages import PATHS, Part, SnapshotReply
from mentor_desktop.sync.protocol.streams import MOST_OPS, PEOPLE, PROGRAMME, WORKSHOP, parse_stream
from mentor_desktop.sync.pulling import Puller
from mentor_desktop.sync.replica import bootstrap
from mentor_desktop.sync.replica.beginning import Beginning, beginning_of
from mentor_desktop.sync.replica.bootstrap import SnapshotDiffersError
from mentor_desktop.sync.replica.older_log import keep_page
from mentor_desktop.sync.replica.snapshot_part import BadPartError, PartRows, read_part
from mentor_desktop.sync.replica.state import Cursor
from mentor_desktop.sync.steps import BYTES, Request, Steps
from mentor_desktop.sync.troubles import Refused

_log = logging.getLogger(__name__)

# Fewer are replayed in a few seconds.
LEAST_OPERATIONS = 5_000
# Of one request for a part.
_RANGE_BYTES = 1024 * 1024
# Larger ones no server makes: 5,000 rows, compressed.
_MOST_PART_BYTES = 32 * 1024 * 1024
# In one transaction: a mark at the door waits no longer than for a page.
_ROWS_BESIDE_A_WINDOW, _ROWS_ALONE = 500, 5_000
# Of the older log in one sync, a MiB each: what nobody waits for may take several.
FILL_PAGES = 16
# Whom to believe is not the server's word, and journals are read by their chain.
_KINDS = (PEOPLE, PROGRAMME, WORKSHOP)


class _UselessError(Exception):
    """The snapshot cannot be had, or is not what it says."""


class Bootstrapper:
    """Begins streams with snapshots in one sync; `puller` fetches the log before them."""

    def __init__(self, exchange: Exchange, puller: Puller) -> None:
        self._exchange = exchange
        self._puller = puller
        self.operations = 0

    def begin(self, stream: str, head: int) -> Steps[None]:
        """Take the snapshot of a stream of which nothing is here, or go on with one.

        `head` is how far the server is: what so few batches hold is not asked for, nor is what
        is empty, at every sync anew.

        Raises:
            Unreachable, SignInNeeded: as `Line.ask`; the parts that came are kept.
        """
        begun = beginning_of(self._exchange.raw, stream)
        if begun is not None and begun.is_loaded:
            return
        if begun is not None and begun.epoch != self._puller.epoch:
            self._abandon(stream)
            begun = None
        if begun is None and head and head * MOST_OPS >= LEAST_OPERATIONS:
            begun = yield from self._found(stream)
        if begun is None:
            return
        try:
            for number in range(begun.loaded, len(begun.parts)):
                yield from self._load(stream, begun, number)
        except (_UselessError, SnapshotDiffersError, BadPartError, Refused) as error:
            # The server took another one meanwhile, or does not give it: nothing is wrong with it.
            level = logging.INFO if isinstance(error, Refused) else logging.WARNING
            _log.log(level, "a snapshot is of no use (%s): pulling instead", type(error).__name__)
            self._abandon(stream)
            return
        self.operations += sum(begun.applied.values())

    def fill(self, stream: str, most_pages: int | None = None) -> Steps[bool]:
        """Fetch the log before a snapshot, some pages of it or all; say whether it is whole.

        All of it is wanted because something needs it: then it is asked for once more, however
        often that was in vain.

        Raises:
            EpochChanged, Unreachable, SignInNeeded, Refused: as `Puller.pull`.
        """
        raw, pages, epoch = self._exchange.raw, 0, self._puller.epoch
        while (begun := beginning_of(raw, stream)) is not None:
            since = begun.since if begun.epoch == epoch else 0
            if most_pages is None and not pages and since >= begun.seq:
                since = 0
            if not begun.is_loaded or since >= begun.seq or pages == most_pages:
                return False
            reply, batches = yield from self._puller.page(stream, since)
            for part, reached in self._puller.parts(reply, batches):
                # A restored server may end before it comes to where the snapshot stood.
                is_end = reached == reply.next and not reply.more
                place = Cursor(epoch, max(reached, begun.seq) if is_end else reached)
                with self._exchange.turn():
                    keep_page(raw, self._exchange.own.workspace, stream, part, place)
                self._exchange.progress.check()
            pages += 1
        return True

    def _found(self, stream: str) -> Steps[Beginning | None]:
        """Return what the server has, written down as begun; None where a pull is as good."""
        exchange = self._exchange
        if parse_stream(stream).kind not in _KINDS or not bootstrap.is_new(exchange.raw, stream):
            return None
        try:
            response = yield from exchange.line.ask(
                Request("GET", PATHS["snapshot"], self._place(stream))
            )
        except Refused:
            return None
        reply = decoded(response.content, SnapshotReply)
        if not _is_worth_it(reply, exchange.own.device):
            return None
        begun = Beginning(
            epoch=self._puller.epoch,
            seq=reply.seq,
            parts=list(reply.parts),
            applied=reply.applied,
            chains=reply.chains,
            root=reply.root,
        )
        with exchange.turn():
            bootstrap.begin(exchange.raw, stream, begun)
        return begun

    def _load(self, stream: str, begun: Beginning, number: int) -> Steps[None]:
        exchange = self._exchange
        rows = yield from self._rows(stream, begun.parts[number])
        size = _ROWS_BESIDE_A_WINDOW if exchange.has_window else _ROWS_ALONE
        start = begun.rows if number == begun.loaded else 0
        for at in range(start, rows.count, size):
            with exchange.turn():
                changes = bootstrap.load(exchange.raw, stream, number, rows.cut(at, at + size), at)
            if changes:
                exchange.on_changes(changes)
            exchange.progress.check()
        with exchange.turn():
            bootstrap.end_part(exchange.raw, stream, number)

    def _rows(self, stream: str, part: Part) -> Steps[PartRows]:
        """Fetch a part; one that came garbled on the way is asked for once more."""
        for _try in range(2):
            content = yield from self._content(stream, part)
            if sha256(content).digest() == part.hash:
                return read_part(content, part.entity)
        raise _UselessError

    def _content(self, stream: str, part: Part) -> Steps[bytes]:
        pieces, size = [], 0
        while size < part.size:
            request = Request(
                "GET",
                PATHS["snapshot_part"],
                {**self._place(stream), "hash": part.hash.hex()},
                expects=BYTES,
                range=f"bytes={size}-{min(size + _RANGE_BYTES, part.size) - 1}",
                most_bytes=_RANGE_BYTES,
            )
            piece = (yield from self._exchange.line.ask(request)).content
            if not piece:
                break
            pieces.append(piece)
            size += len(piece)
        return b"".join(pieces)

    def _place(self, stream: str) -> dict[str, str | int]:
        return {"ws": self._exchange.own.workspace, "stream": stream}

    def _abandon(self, stream: str) -> None:
        with self._exchange.turn():
            bootstrap.abandon(self._exchange.raw, stream)


def _is_worth_it(reply: SnapshotReply, own_device: str) -> bool:
    """Say whether a snapshot saves much, and can be taken at all."""
    return (
        sum(reply.applied.values()) >= LEAST_OPERATIONS
        and bool(reply.parts)
        and all(part.entity and 0 < part.size <= _MOST_PART_BYTES for part in reply.parts)
        and reply.applied.keys() == reply.chains.keys()
        # What this very device did is here already, or there are two of it: a pull tells.
        and own_device not in reply.applied
    )
