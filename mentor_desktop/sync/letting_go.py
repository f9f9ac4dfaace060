"""When a right to read ends the copy here leaves, and begins anew when the right comes back.

A stream that is not in the server's list proves nothing by itself: it may have been restored and
know less. Role and grants must not reach it as the server tells them, nor as the signed record of
the members here does.
"""

import logging
from collections.abc import Collection

from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync import mending
from mentor_desktop.sync.blobs import remove_unwanted, sealed_files
from mentor_desktop.sync.exchange import Exchange
from mentor_desktop.sync.joining import anchors
from mentor_desktop.sync.membership import read_members
from mentor_desktop.sync.protocol.messages import HelloReply
from mentor_desktop.sync.protocol.reading import is_role, may_read
from mentor_desktop.sync.protocol.streams import pull_order
from mentor_desktop.sync.pushing import ForkFound
from mentor_desktop.sync.replica import leaving, state
from mentor_desktop.sync.replica.wanted_files import note_unwanted, wanted_files
from mentor_desktop.sync.users import User, read_told

_log = logging.getLogger(__name__)


def leave_lost(workspace: Workspace, exchange: Exchange, hello: HelloReply) -> None:
    """Take the streams off this device that its person may not read any more."""
    raw = exchange.raw
    for stream in _lost(exchange, hello):
        # What another life of the server acknowledged is not known to be safe: it is kept.
        mending.begin_epoch(exchange, stream, hello.epoch)
        with exchange.writing():
            # What the server holds; a file that was never sent is among what was not shared.
            note_unwanted(raw, wanted_files(raw) & sealed_files(raw))
        with exchange.turn():
            changes = leaving.leave_stream(raw, stream, exchange.now_ms())
        remove_unwanted(raw, workspace.blobs())
        _log.info("a stream %s left: the right to read it ended", stream.partition(":")[0])
        exchange.on_changes(changes)


def take_up_again(exchange: Exchange, listed: Collection[str]) -> None:
    """Begin streams anew that left and may be read again.

    Raises:
        ForkFound: this device still has the name it had then; it needs another one first.
    """
    raw = exchange.raw
    for stream in sorted(listed):
        kept = leaving.left(raw, stream)
        if kept is None:
            continue
        if kept.device == exchange.own.device:
            raise ForkFound
        with exchange.turn():
            changes = leaving.begin_anew(raw, stream, exchange.now_ms())
        exchange.on_changes(changes)


def _lost(exchange: Exchange, hello: HelloReply) -> list[str]:
    """Return them, those first whose rows refer to others: what is unshared keeps their names."""
    raw = exchange.raw
    missing = [
        stream
        for stream in state.streams(raw)
        if stream not in hello.streams and leaving.has_copy(raw, stream)
    ]
    if not missing:
        return []
    here = _told_here(exchange, hello.user)
    # A role of a newer program, and whoever has no row: nothing proves that a right ended.
    if here.workshops is None or not (is_role(hello.role) and is_role(here.role)):
        return []
    told = (hello.role, hello.workshops), (here.role, here.workshops)
    lost = [
        stream
        for stream in missing
        if not any(
            may_read(stream, user=hello.user, role=role, workshops=workshops)
            for role, workshops in told
        )
    ]
    return pull_order(lost)[::-1]


def _told_here(exchange: Exchange, user: str) -> User:
    members = read_members(exchange.raw, exchange.own.workspace, anchors(exchange.raw))
    return read_told(exchange.raw, members).get(user, User())
