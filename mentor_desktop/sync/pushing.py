"""Sending what this device made and no server has acknowledged, batch by batch in order."""

from itertools import takewhile

import msgspec

from mentor_desktop.sync.exchange import Exchange
from mentor_desktop.sync.line import LONGEST_PAUSE_S, decoded
from mentor_desktop.sync.protocol.batches import Batch, frames
from mentor_desktop.sync.protocol.messages import PATHS, PushReply, Refusal
from mentor_desktop.sync.replica import acknowledged
from mentor_desktop.sync.replica.set_aside import aside_of, forget_aside, note_aside
from mentor_desktop.sync.replica.state import Numbers
from mentor_desktop.sync.steps import BYTES, Request, Steps, Trouble, Wait
from mentor_desktop.sync.troubles import NO_ROOM, Refused, Unreachable
from mentor_desktop.sync.withholding import is_withheld

MOST_BATCHES = 10
_TRIES = 6
_SET_ASIDE = ("quarantined", "no_right")
_SMALLER_MAY_PASS = (Trouble.TIMEOUT, Trouble.BROKEN)


class ForkFound(Exception):
    """The server holds other operations under this device's numbers: this copy is a clone."""


class Pusher:
    """Pushes one sync's batches; how many at once is learnt from what passes, up to `most`."""

    def __init__(self, exchange: Exchange, most: int = MOST_BATCHES) -> None:
        self._exchange = exchange
        self._most = self._limit = most
        self._rewound: set[str] = set()
        self.no_room: Refused | None = None
        self.heads: dict[str, int] = {}
        self.count = 0

    def carry(self, stream: str) -> Steps[None]:
        """Push what came by a file of other devices; what the server does not take stays here.

        So does what is here without some values, with all behind it: the server would keep it so.

        Raises:
            Unreachable, SignInNeeded: as `Line.ask`.
        """
        for device in self._others(stream):
            try:
                while batches := self._whole(stream, self._next(stream, device)):
                    reply = yield from self.send(stream, batches)
                    if reply is not None:
                        self.count += len(batches)
                        self.heads[stream] = max(reply.head, self.heads.get(stream, 0))
                        self._note_held(stream, _agreed(reply, batches), device)
            except Refused:
                continue

    def push(self, stream: str, device: str = "") -> Steps[None]:
        """Push everything of one stream, of this device or of one that this copy was.

        A stream in which the server sets this device's changes aside is noted and left for the
        next sync: nothing else waits for it. So is one for which it has no room (`no_room`).

        Raises:
            ForkFound: this copy of the workspace must become a device of its own.
            Unreachable, SignInNeeded: as `Line.ask`. Refused: a batch is damaged or unwanted.
        """
        own = device or self._exchange.own.device
        while batches := self._next(stream, own):
            try:
                reply = yield from self.send(stream, batches)
            except Refused as refused:
                if refused.code == NO_ROOM:
                    self.no_room = refused
                    return
                if refused.code in _SET_ASIDE:
                    self._note_aside(stream, refused)
                    return
                self._mend(stream, own, refused)
                continue
            if reply is not None:
                self.count += len(batches)
                self.heads[stream] = reply.head
                self._acknowledge(stream, _agreed(reply, batches), own)
                self._exchange.progress.check()
        if aside_of(self._exchange.raw, stream) is not None:
            with self._exchange.writing():
                forget_aside(self._exchange.raw, stream)

    def hand_in(self, stream: str) -> Steps[None]:
        """Send everything of one stream to a server that only sets it aside, and note that.

        Raises:
            Refused: it keeps no more of it. Unreachable: as `Line.ask`.
        """
        own, after = self._exchange.own.device, 0
        while batches := self._next(stream, own, after):
            try:
                if (yield from self.send(stream, batches)) is None:
                    continue  # fewer at once
            except Refused as refused:
                if refused.code not in _SET_ASIDE:
                    raise
                self._note_aside(stream, refused)
            after = batches[-1].header.to_seq

    def send(self, stream: str, batches: list[Batch]) -> Steps[PushReply | None]:
        """Return the answer; None when fewer batches at once are to be tried."""
        request = Request(
            "POST",
            PATHS["push"],
            {"ws": self._exchange.own.workspace, "stream": stream},
            frames(batches),
            media_type=BYTES,
        )
        failed = 0
        while True:
            try:
                response = yield from self._exchange.line.ask(request, tries=1)
            except Unreachable as trouble:
                failed += 1
                is_endless = (
                    trouble.trouble in {Trouble.STRANGER, Trouble.CERTIFICATE}
                    or trouble.retry_after_s > LONGEST_PAUSE_S
                )
                if is_endless or failed >= _TRIES:
                    raise
                yield Wait(self._exchange.line.pause(failed, trouble.retry_after_s))
                if trouble.trouble in _SMALLER_MAY_PASS and len(batches) > 1:
                    self._most = len(batches) // 2
                    return None
            except Refused as refused:
                if refused.code != "too_large" or len(batches) == 1:
                    raise
                self._most = len(batches) // 2
                return None
            else:
                self._most = min(self._limit, self._most * 2)
                return decoded(response.content, PushReply)

    def _next(self, stream: str, device: str, after: int = 0) -> list[Batch]:
        raw = self._exchange.raw
        return acknowledged.unacknowledged(
            raw, Numbers(raw), device, stream, self._most, after=after
        )

    def _whole(self, stream: str, batches: list[Batch]) -> list[Batch]:
        """Return those before the first from which values were kept."""
        raw = self._exchange.raw
        return list(takewhile(lambda one: not is_withheld(raw, stream, one), batches))

    def _note_held(self, stream: str, to_seq: int, device: str) -> None:
        exchange = self._exchange
        with exchange.writing():
            acknowledged.note_held(exchange.raw, Numbers(exchange.raw), device, stream, to_seq)

    def _others(self, stream: str) -> list[str]:
        rows = self._exchange.raw.execute(
            "SELECT DISTINCT p.device FROM sync_batch b JOIN sync_stream s ON s.no = b.stream "
            "JOIN sync_peer p ON p.no = b.device "
            "WHERE b.is_acked = 0 AND s.stream = ? AND p.device <> ? ORDER BY p.device",
            (stream, self._exchange.own.device),
        )
        return [row[0] for row in rows.fetchall()]

    def _acknowledge(self, stream: str, to_seq: int, device: str) -> None:
        exchange = self._exchange
        with exchange.writing():
            acknowledged.acknowledge(exchange.raw, Numbers(exchange.raw), device, stream, to_seq)

    def _note_aside(self, stream: str, refused: Refused) -> None:
        exchange, detail = self._exchange, refused.facts.get("detail")
        reason = detail if isinstance(detail, str) and detail else refused.code
        with exchange.writing():
            note_aside(exchange.raw, stream, reason, exchange.now_ms())

    def _mend(self, stream: str, device: str, refused: Refused) -> None:
        """Go back to where the server is; once, so that two opinions end somewhere.

        Where it ends with what this copy never made, going on from there would count an operation
        as held that it has another one for.
        """
        if refused.code == "fork":
            raise ForkFound
        if refused.code != "gap" or stream in self._rewound:
            raise refused
        try:
            end = msgspec.convert(refused.facts, Refusal)
        except msgspec.ValidationError:
            raise refused from None
        raw = self._exchange.raw
        if acknowledged.hash_at(raw, Numbers(raw), device, stream, end.last_seq) != end.last_hash:
            raise ForkFound
        self._rewound.add(stream)
        self._acknowledge(stream, end.last_seq, device)


def _agreed(reply: PushReply, batches: list[Batch]) -> int:
    """Return up to where both sides hold the same; behind that the server may hold another life."""
    return min(reply.acked_to, batches[-1].header.to_seq)
