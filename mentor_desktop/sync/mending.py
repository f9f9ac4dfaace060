"""What a sync checks before and after: whose numbers these are, and whether both sides agree."""

import logging
from collections.abc import Mapping

from mentor_desktop.sync.blobs import forget_seals
from mentor_desktop.sync.exchange import Exchange
from mentor_desktop.sync.merge.digest import Buckets
from mentor_desktop.sync.protocol.messages import (
    PATHS,
    DigestReply,
    DigestRequest,
    StreamHead,
    to_json,
)
from mentor_desktop.sync.protocol.streams import PEOPLE, pull_order
from mentor_desktop.sync.pulling import Puller
from mentor_desktop.sync.pushing import ForkFound, Pusher
from mentor_desktop.sync.replica import acknowledged, mass_deletions, recompute
from mentor_desktop.sync.replica.digests import Digests
from mentor_desktop.sync.replica.log import chain_of
from mentor_desktop.sync.replica.servers import note_next_life
from mentor_desktop.sync.replica.state import Cursor, Numbers, cursor, move_cursor
from mentor_desktop.sync.steps import Request, Steps
from mentor_desktop.sync.troubles import Refused
from mentor_desktop.sync.withholding import has_withheld

_log = logging.getLogger(__name__)
_EMPTY_ROOT = Buckets().root


def check_own_numbers(exchange: Exchange, stream: str, head: StreamHead) -> None:
    """Compare the server's end of this device's chain with the log here.

    A server that holds less than it acknowledged was restored: what it lost is sent again.

    Raises:
        ForkFound: it holds operations that this copy never made.
    """
    raw = exchange.raw
    numbers = Numbers(raw)
    number, device = numbers.stream(stream), numbers.device(exchange.own.device)
    held = acknowledged.hash_at(raw, numbers, exchange.own.device, stream, head.last_seq)
    if held != head.last_hash:
        raise ForkFound
    if head.last_seq > chain_of(raw, number, device).held:
        raise ForkFound
    known = acknowledged.acknowledged_to(raw, numbers, exchange.own.device, stream)
    if known != head.last_seq:
        with exchange.writing():
            acknowledged.acknowledge(raw, numbers, exchange.own.device, stream, head.last_seq)


def begin_epoch(exchange: Exchange, stream: str, epoch: str) -> None:
    """Start a stream anew where the server is another one than before.

    Nothing counts as acknowledged then, of no device: what the server does not name while the
    stream is pulled once more is given back to it. The same goes for files, in the same
    transaction: nothing tells it again once the epoch is noted.
    """
    known = cursor(exchange.raw, stream)
    if known.epoch == epoch:
        return
    with exchange.writing():
        exchange.raw.execute(
            "UPDATE sync_batch SET is_acked = 0 "
            "WHERE stream = (SELECT no FROM sync_stream WHERE stream = ?)",
            (stream,),
        )
        move_cursor(exchange.raw, stream, Cursor(epoch, 0))
        if known.epoch:
            forget_seals(exchange.raw)
            note_next_life(exchange.raw, epoch, exchange.now_ms())


def compare(
    exchange: Exchange, puller: Puller, pusher: Pusher, heads: Mapping[str, StreamHead]
) -> Steps[None]:
    """Compare the digests of all streams that stand at the same place on both sides.

    Where they differ, what is here is folded anew from the log; where that is not it, the
    whole stream is sent and fetched once more. Nobody's side is chosen.

    Raises:
        LogIncompleteError: the log before a snapshot is needed for that first.
    """
    for stream in pull_order(heads):
        head = heads[stream]
        # What gave way to somebody who marked is no difference.
        if stream in puller.left or not _is_comparable(exchange, stream, head):
            continue
        if _root(exchange, stream) == _told(head):
            continue
        # A file told of somebody in part; whoever wrote that brings the rest.
        if stream == PEOPLE and has_withheld(exchange.raw):
            continue
        try:
            yield from _mend(exchange, puller, pusher, stream, head.head)
        except Refused as refused:
            if refused.code != "behind":  # the server's own folding fell back meanwhile
                raise


def _mend(
    exchange: Exchange, puller: Puller, pusher: Pusher, stream: str, at_seq: int
) -> Steps[None]:
    differing = yield from _differing(exchange, stream, at_seq)
    if differing:
        _log.info("%s buckets of a stream differ: folding it anew", len(differing))
        with exchange.turn():
            recompute.repair_stream(exchange.raw, stream)
        differing = yield from _differing(exchange, stream, at_seq)
    if differing:
        _begin_again(exchange, stream, puller.epoch)
        yield from pusher.push(stream)
        yield from puller.pull(stream, at_seq)
        differing = yield from _differing(exchange, stream, at_seq)
    if differing:
        kind = stream.partition(":")[0]
        _log.warning("digests of a stream %s differ in %s buckets", kind, len(differing))


def _begin_again(exchange: Exchange, stream: str, epoch: str) -> None:
    raw = exchange.raw
    with exchange.writing():
        acknowledged.acknowledge(raw, Numbers(raw), exchange.own.device, stream, 0)
        move_cursor(raw, stream, Cursor("", 0))
        move_cursor(raw, stream, Cursor(epoch, 0))


def _is_comparable(exchange: Exchange, stream: str, head: StreamHead) -> bool:
    """Say whether both sides stand for the same operations.

    Nothing waits to be sent, and no deletions that came wait for consent. Whatever else waits
    to be applied is compared: repair may be what brings it.
    """
    if _told(head) is None or cursor(exchange.raw, stream).since != head.head:
        return False
    row = exchange.raw.execute(
        "SELECT 1 FROM sync_batch b JOIN sync_stream s ON s.no = b.stream "
        "WHERE s.stream = ? AND b.is_acked = 0 LIMIT 1",
        (stream,),
    ).fetchone()
    return row is None and not mass_deletions.is_waiting(exchange.raw, stream)


def _told(head: StreamHead) -> bytes | None:
    """Return the root of the server's digest; None while its rows are not merged to the end."""
    return head.root if head.head else _EMPTY_ROOT


def _root(exchange: Exchange, stream: str) -> bytes:
    return _sums(exchange, stream).root


def _sums(exchange: Exchange, stream: str) -> Buckets:
    return Digests(exchange.raw).of(Numbers(exchange.raw).stream(stream))


def _differing(exchange: Exchange, stream: str, at_seq: int) -> Steps[list[int]]:
    message = DigestRequest(
        ws=exchange.own.workspace,
        stream=stream,
        at_seq=at_seq,
        sums=_sums(exchange, stream).to_bytes(),
    )
    request = Request("POST", PATHS["digest"], content=to_json(message))
    reply = yield from exchange.line.ask_json(request, DigestReply)
    return reply.differing
