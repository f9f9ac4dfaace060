"""Handing batches out, as they came, in the workspace's order."""

from sqlalchemy import Connection

from mentor_desktop.server import change_log
from mentor_desktop.server.accounts import reader_of
from mentor_desktop.server.limits import MOST_BATCHES, MOST_PULL_BYTES
from mentor_desktop.server.refusals import Refusal
from mentor_desktop.server.service import Service
from mentor_desktop.sync.keys.sessions import Session
from mentor_desktop.sync.protocol.batches import frames
from mentor_desktop.sync.protocol.messages import PullReply


def pull(
    service: Service,
    caller: Session,
    ws: str,
    stream: str,
    epoch: str,
    since: int,
    most_bytes: int,
    held: int = 0,
) -> PullReply:
    """Return a page of batches behind a cursor; an empty one when there is nothing yet.

    `next` is never below the cursor that was asked with, also where this replica lags behind.
    The caller's own operations up to `held` are left out: it made them and still has them.

    Raises:
        Refusal: 403 without the right to the stream; 409 `epoch` when the server was restored
            since that cursor was given out.
    """

    def work(connection: Connection) -> change_log.Page:
        member = reader_of(connection, caller, ws, stream)
        if member.epoch != epoch:
            raise Refusal("epoch", "The server was restored. Say hello first.", epoch=member.epoch)
        most = min(most_bytes or MOST_PULL_BYTES, MOST_PULL_BYTES)
        own = change_log.Held(caller.device, held)
        return change_log.page(connection, ws, stream, since, most, MOST_BATCHES, own)

    page = service.database.read(ws, work)
    last = max((since, *page.numbers)) if page.more else max(since, page.head)
    service.cursors.saw(caller, last)
    return PullReply(
        next=last,
        head=max(page.head, last),
        more=page.more,
        at=list(page.numbers),
        frames=frames(page.batches),
    )
