"""What a sync checks before and after: whose numbers these are, and whether both sides agree."""

import logging
from collections.abc import Iterable, Mapping

import msgspec

from mentor_desktop.sync.exchange import Exchange
from mentor_desktop.sync.merge.digest import Buckets
from mentor_desktop.sync.protocol.batches import Header
from mentor_desktop.sync.protocol.messages import (
    PATHS,
    DigestReply,
    DigestRequest,
    StreamHead,
    to_json,
)
from mentor_desktop.sync.protocol.streams import pull_order
from mentor_desktop.sync.pulling import Puller
from mentor_desktop.sync.pushing import MOST_BATCHES, ForkFound, Pusher
from mentor_desktop.sync.replica import log, recompute
from mentor_desktop.sync.replica.digests import Digests
from mentor_desktop.sync.replica.log import chain_of
from mentor_desktop.sync.replica.state import Cursor, Numbers, cursor, move_cursor
from mentor_desktop.sync.steps import Request, Steps
from mentor_desktop.sync.troubles import Refused

_log = logging.getLogger(__name__)

# Of one device: the server judges them as if it had sent them itself.
_NOT_TAKEN = ("unknown_author", "fork", "gap", "no_right", "quarantined", "bad_batch")
_HEADERS = msgspec.msgpack.Decoder(Header)


def check_own_numbers(exchange: Exchange, stream: str, head: StreamHead) -> None:
    """Compare the server's end of this device's chain with the log here.

    A server that holds less than it acknowledged was restored: what it lost is sent again.

    Raises:
        ForkFound: it holds operations that this copy never made.
    """
    raw = exchange.raw
    numbers = Numbers(raw)
    number, device = numbers.stream(stream), numbers.device(exchange.own.device)
    if head.last_seq and _hash_at(exchange, number, device, head.last_seq) != head.last_hash:
        raise ForkFound
    if head.last_seq > chain_of(raw, number, device).held:
        raise ForkFound
    if _acknowledged(exchange, number, device) != head.last_seq:
        with exchange.writing():
            log.acknowledge(raw, numbers, exchange.own.device, stream, head.last_seq)


def begin_epoch(exchange: Exchange, stream: str, epoch: str) -> bool:
    """Start a stream anew where the server is another one than before; say whether it is."""
    known = cursor(exchange.raw, stream)
    if known.epoch == epoch:
        return False
    with exchange.writing():
        move_cursor(exchange.raw, stream, Cursor(epoch, 0))
    return bool(known.epoch)


def _acknowledged(exchange: Exchange, stream: int, device: int) -> int:
    row = exchange.raw.execute(
        "SELECT coalesce(max(to_seq), 0) FROM sync_batch WHERE stream = ? AND device = ? "
        "AND is_acked = 1",
        (stream, device),
    ).fetchone()
    return int(row[0])


def _hash_at(exchange: Exchange, stream: int, device: int, seq: int) -> bytes | None:
    row = exchange.raw.execute(
        "SELECT header FROM sync_batch WHERE stream = ? AND device = ? AND to_seq = ?",
        (stream, device, seq),
    ).fetchone()
    return None if row is None else _HEADERS.decode(row[0]).hash


def hand_on_what_was_lost(
    exchange: Exchange, pusher: Pusher, streams: Iterable[str]
) -> Steps[None]:
    """Give a restored server back what it lost of other devices: a signed batch needs no author.

    Asking with the last batch of a device tells how far the server is with it.
    """
    for stream in pull_order(streams):
        number, devices = _others(exchange, stream)
        for device in devices:
            held = chain_of(exchange.raw, number, device).held
            try:
                yield from _hand_on(exchange, pusher, stream, number, device, held)
            except Refused as refused:
                if refused.code not in _NOT_TAKEN:
                    raise


def _hand_on(
    exchange: Exchange, pusher: Pusher, stream: str, number: int, device: int, held: int
) -> Steps[None]:
    known = held - 1
    while known < held:
        batches = list(log.batches_of(exchange.raw, number, device, known + 1, held))
        try:
            reply = yield from pusher.send(stream, batches[:MOST_BATCHES])
        except Refused as refused:
            last_seq = refused.facts.get("last_seq")
            if refused.code != "gap" or not isinstance(last_seq, int) or last_seq >= known:
                raise
            known = last_seq
            continue
        known = reply.acked_to if reply else known
        exchange.progress.check()


def _others(exchange: Exchange, stream: str) -> tuple[int, list[int]]:
    """Return the number of a stream and of the other devices that wrote into it."""
    number = Numbers(exchange.raw).stream(stream)
    rows = exchange.raw.execute(
        "SELECT a.device FROM sync_applied a JOIN sync_peer p ON p.no = a.device "
        "WHERE a.stream = ? AND p.device <> ? AND a.held > 0 ORDER BY a.device",
        (number, exchange.own.device),
    )
    return number, [row[0] for row in rows.fetchall()]


def compare(
    exchange: Exchange, puller: Puller, pusher: Pusher, heads: Mapping[str, StreamHead]
) -> Steps[None]:
    """Compare the digests of all streams that stand at the same place on both sides.

    Where they differ, what is here is folded anew from the log; where that is not it, the
    whole stream is sent and fetched once more. Nobody's side is chosen.
    """
    for stream in pull_order(heads):
        head = heads[stream]
        if not _is_comparable(exchange, stream, head) or _root(exchange, stream) == head.root:
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
        log.acknowledge(raw, Numbers(raw), exchange.own.device, stream, 0)
        move_cursor(raw, stream, Cursor("", 0))
        move_cursor(raw, stream, Cursor(epoch, 0))


def _is_comparable(exchange: Exchange, stream: str, head: StreamHead) -> bool:
    """Say whether both sides stand for the same operations: nothing waits to be sent."""
    if head.root is None or cursor(exchange.raw, stream).since != head.head:
        return False
    row = exchange.raw.execute(
        "SELECT 1 FROM sync_batch b JOIN sync_stream s ON s.no = b.stream "
        "WHERE s.stream = ? AND b.is_acked = 0 LIMIT 1",
        (stream,),
    ).fetchone()
    return row is None


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
