"""The course of one sync: hello, each stream in order, the comparison, then the older log.

A fork or a restored server sends it back to the beginning; nothing that was done is undone.
"""

from collections.abc import Collection
from contextlib import suppress

from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync import joining, letting_go, mending, shares
from mentor_desktop.sync.bootstrapping import FILL_PAGES, Bootstrapper
from mentor_desktop.sync.exchange import Exchange
from mentor_desktop.sync.journal.open_journal import OpenJournal
from mentor_desktop.sync.membership import learn_members, read_members
from mentor_desktop.sync.protocol.messages import (
    PATHS,
    HelloReply,
    HelloRequest,
    StreamHead,
    to_json,
)
from mentor_desktop.sync.protocol.streams import MEMBERS, pull_order
from mentor_desktop.sync.pulling import EpochChanged, Puller
from mentor_desktop.sync.pushing import ForkFound, Pusher
from mentor_desktop.sync.replica import acknowledged, state, succession
from mentor_desktop.sync.replica.arriving import has_readable
from mentor_desktop.sync.replica.batching import SCHEMA
from mentor_desktop.sync.replica.beginning import LogIncompleteError
from mentor_desktop.sync.replica.sealed_streams import may_hold
from mentor_desktop.sync.replica.sealing import STEP_CHANGES, Sealer
from mentor_desktop.sync.replica.servers import learn_server
from mentor_desktop.sync.replica.state import Numbers
from mentor_desktop.sync.sharing import finish_imports
from mentor_desktop.sync.steps import Request, Steps
from mentor_desktop.sync.troubles import AccessEnded, Refused, SignInNeeded, access_ended

# A fork, a restored server, both at once, and one more for what comes in between.
_MOST_BEGINNINGS = 4
_MILLISECONDS = 1_000
# 7 ms instead of 25: a mark at the door waits for one step, and what is sealed here is applied
# by others in batches of the same size.
_STEP_BESIDE_A_WINDOW = 250


class Course:
    """One sync under way; what a person should know of it is in its attributes afterwards."""

    def __init__(
        self,
        workspace: Workspace,
        exchange: Exchange,
        consent: Collection[str],
        journal: OpenJournal | None = None,
    ) -> None:
        self._workspace = workspace
        self._exchange = exchange
        self._consent = consent
        self._journal = journal
        # What the server takes not for now; everything else is exchanged.
        self.refused: Refused | None = None
        self.has_left = False  # what somebody who marked left no time for
        self.skew_s = 0

    def run(self) -> Steps[None]:
        """Exchange everything there is.

        Raises:
            LogIncompleteError: older history is needed that the server does not give.
            EpochChanged, ForkFound: the server changes its mind again and again.
            Unreachable, SignInNeeded, AccessEnded, Refused: as `Line.ask`; what was done until
                then is kept.
        """
        for beginning in range(_MOST_BEGINNINGS):
            try:
                yield from self._once()
                return
            except EpochChanged:
                if beginning == _MOST_BEGINNINGS - 1:
                    raise
            except ForkFound:
                if beginning == _MOST_BEGINNINGS - 1:
                    raise
                self._note_fork()
                self._doubt_acknowledged()
                self._workspace.become_another_device()
            except AccessEnded:
                yield from self._hand_in()
                raise
            except SignInNeeded:
                is_known = beginning or not (
                    yield from joining.introduce_again(self._exchange.line, self._exchange.raw)
                )
                if is_known:
                    raise

    def _hand_in(self) -> Steps[None]:
        """Give a server that ended this device's access what it never had: it sets it aside.

        Here it stays, is listed as not shared, and can be saved as a file.
        """
        joining.note_ended(self._exchange.raw)
        pusher = Pusher(self._exchange)
        for stream in pull_order(self._unsent()):
            with suppress(ForkFound, Refused):
                yield from pusher.hand_in(stream)

    def _note_fork(self) -> None:
        with self._exchange.turn():
            succession.note_fork(self._exchange.raw)

    def _doubt_acknowledged(self) -> None:
        """Ask anew for each own batch whether the server holds it, before it is not made anew.

        A server that fell back and then heard the other copy holds that one's in their place.
        """
        exchange = self._exchange
        with exchange.writing():
            acknowledged.forget_acknowledged(
                exchange.raw, Numbers(exchange.raw), exchange.own.device
            )

    def _once(self) -> Steps[None]:
        """Exchange everything, with the log before a snapshot where that turns out to be needed."""
        while True:
            self.refused = None
            try:
                finish_imports(self._workspace, self._exchange.raw)
                # What this copy sealed under its old name stays so; the rest gets the new one.
                if succession.is_another_copy(self._exchange.raw):
                    yield from self._succeed()
                yield from self._offer_former()
                self._seal()
                yield from self._streams()
                return
            except LogIncompleteError as error:
                yield from self._fetch_log(error)

    def _seal(self) -> None:
        most = _STEP_BESIDE_A_WINDOW if self._exchange.has_window else STEP_CHANGES
        sealer = Sealer(self._exchange.raw, most=most)
        has_more = True
        while has_more:
            with self._exchange.turn():
                has_more = sealer.seal_step() > 0
            self._exchange.progress.check()

    def _streams(self) -> Steps[None]:
        hello = yield from self._hello()
        pusher = Pusher(self._exchange)
        heads = hello.streams
        puller = Puller(self._exchange, hello.epoch, self._consent, to_pull=len(heads))
        bootstrapper = Bootstrapper(self._exchange, puller)
        self._begin(hello)
        # Also one that a file brought and of which the server heard nothing yet.
        for stream in pull_order({*heads, *acknowledged.streams_to_send(self._exchange.raw)}):
            yield from self._push(pusher, stream)
            if stream in heads:
                yield from bootstrapper.begin(stream, heads[stream].head)
                yield from puller.pull(stream, max(heads[stream].head, pusher.heads.get(stream, 0)))
                yield from self._catch_up(stream, pusher)
            # After that: what the server holds already need not be carried to it.
            yield from pusher.carry(stream)
            if stream == MEMBERS:
                self._learn_members()
                # Who is vouched for by one that was vouched for itself, and so on.
                while stream in heads and has_readable(self._exchange.raw, stream):
                    yield from puller.pull(stream, heads[stream].head)
                    self._learn_members()
        self.has_left = bool(puller.left)
        if puller.has_fork:
            raise ForkFound
        if pusher.count or puller.operations or bootstrapper.operations:
            hello = yield from self._hello()
            heads = hello.streams
        letting_go.leave_lost(self._workspace, self._exchange, hello)
        yield from mending.compare(self._exchange, puller, pusher, heads)
        for stream in pull_order(heads):
            yield from bootstrapper.fill(stream, FILL_PAGES)
        self._look_at_share()

    def _catch_up(self, stream: str, pusher: Pusher) -> Steps[None]:
        """Give the journal's other devices what they lack, where it is open here."""
        journal = self._journal
        if journal is None or stream != journal.stream:
            return
        if journal.catch_up(self._exchange.raw, self._exchange.turn):
            yield from self._push(pusher, stream)

    def _push(self, pusher: Pusher, stream: str) -> Steps[None]:
        """Push a stream; where the server refuses a batch, what others did comes all the same."""
        try:
            yield from pusher.push(stream)
        except Refused as refused:
            self.refused = self.refused or refused
        self.refused = self.refused or pusher.no_room

    def _fetch_log(self, trouble: LogIncompleteError) -> Steps[None]:
        hello = yield from self._hello()
        bootstrapper = Bootstrapper(self._exchange, Puller(self._exchange, hello.epoch))
        if not (yield from bootstrapper.fill(trouble.stream)):
            raise trouble

    def _hello(self) -> Steps[HelloReply]:
        exchange = self._exchange
        message = HelloRequest(ws=exchange.own.workspace, schema=SCHEMA)
        request = Request("POST", PATHS["hello"], content=to_json(message))
        hello = yield from exchange.line.ask_json(request, HelloReply)
        raw, own = exchange.raw, exchange.own
        # Whatever the server offers: nobody else's journal has a place here.
        hello.streams = {
            name: head for name, head in hello.streams.items() if may_hold(raw, name, own)
        }
        offset_ms = hello.server_time - exchange.now_ms()
        self.skew_s = -round(offset_ms / _MILLISECONDS)
        with exchange.writing():
            state.remember_clock(exchange.raw, offset_ms=offset_ms)
            learn_server(exchange.raw, hello.server_device)
        return hello

    def _begin(self, hello: HelloReply) -> None:
        """Look at where both sides stand."""
        joining.note_access(self._exchange.raw)
        known: dict[str, StreamHead] = hello.streams
        letting_go.take_up_again(self._exchange, known)
        for stream in sorted(known):
            mending.begin_epoch(self._exchange, stream, hello.epoch)
        for stream, head in known.items():
            mending.check_own_numbers(self._exchange, stream, head)

    def _unsent(self, device: str = "") -> list[str]:
        exchange = self._exchange
        with exchange.writing():  # a number for each device and stream that is new
            return acknowledged.unacknowledged_streams(
                exchange.raw, Numbers(exchange.raw), device or exchange.own.device
            )

    def _look_at_share(self) -> None:
        """Note when a laptop that was handed one workshop has everything by now."""
        raw = self._exchange.raw
        if not shares.kept_share(raw).is_whole:
            members = read_members(raw, self._exchange.own.workspace, joining.anchors(raw))
            shares.has_become_whole(raw, members)

    def _learn_members(self) -> None:
        exchange = self._exchange
        with exchange.writing():
            learn_members(exchange.raw, exchange.own.workspace, joining.anchors(exchange.raw))

    def _succeed(self) -> Steps[None]:
        """Become the device this copy is by now; what the server does not take is made anew."""
        exchange = self._exchange
        is_offered = yield from self._offer(exchange.own.device)
        with exchange.writing():
            members = learn_members(
                exchange.raw, exchange.own.workspace, joining.anchors(exchange.raw)
            )
        own = exchange.own.device
        is_known = own in members.entries
        role = members.role_of(own) if is_known else (yield from self._hello()).role
        try:
            yield from joining.succeed(
                exchange.line, exchange.raw, role, exchange.now_ms(), is_offered=is_offered
            )
        except Refused:
            # A copy of this copy took the name already; another one is free, or none is given.
            self._workspace.become_another_device()
            try:
                yield from joining.succeed(
                    exchange.line, exchange.raw, role, exchange.now_ms(), is_offered=is_offered
                )
            except Refused as refused:  # there is nobody any more who could speak for it
                raise access_ended() from refused
        exchange.own = state.identity(exchange.raw)
        exchange.line.sign_in_again()

    def _offer_former(self) -> Steps[None]:
        """Offer what this copy sealed as another device, where that was not done when it was one."""
        for device in succession.former(self._exchange.raw):
            if (yield from self._offer(device)):
                with self._exchange.turn():
                    succession.make_rest_anew(self._exchange.raw, device)

    def _offer(self, device: str) -> Steps[bool]:
        """Offer the server what this copy sealed under a name that is not its own any more.

        The copy this one was made of may have sent the very same batches, or will. One by one, for
        the server takes none of those that are sent with one it has another of. False where it has
        no room, or somebody on the way takes no batch of this size: it may take them later.
        """
        pusher, is_offered = Pusher(self._exchange, most=1), True
        for stream in pull_order(self._unsent(device)):
            try:
                yield from pusher.push(stream, device)
            except ForkFound:
                self._note_fork()
            except Refused as refused:
                if not refused.facts:  # not the server's word: it may hold just this
                    if succession.is_forked(self._exchange.raw):
                        raise  # behind a fork all else would be made anew
                    self.refused = self.refused or refused
                    is_offered = False
        self.refused = self.refused or pusher.no_room
        return is_offered and pusher.no_room is None
