"""The first request of a sync: where the server stands, for each stream this device may read."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from mentor_desktop.server.accounts import Member, caller_in
from mentor_desktop.server.rights import ALL_WORKSHOPS
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import digest, stream, tail
from mentor_desktop.sync.keys.sessions import Session
from mentor_desktop.sync.protocol.batches import NO_HASH
from mentor_desktop.sync.protocol.messages import HelloReply, StreamHead
from mentor_desktop.sync.protocol.streams import (
    MEMBERS,
    PEOPLE,
    PROGRAMME,
    SECRETS,
    user_stream,
    workshop_stream,
)

MIN_SCHEMA = 0  # devices below it only read; raised when an old program would do harm


def hello(service: Service, caller: Session, ws: str, wanted: Sequence[str] | None) -> HelloReply:
    """Return server time, epoch, rights and streams; `wanted` keeps it to some streams.

    `root` is there only where the rows of the stream are merged up to its head, and none are needed
    for what is empty.
    """

    def work(connection: Connection) -> HelloReply:
        member = caller_in(connection, caller, ws)
        return HelloReply(
            server_time=service.now_ms(),
            epoch=member.epoch,
            min_schema=MIN_SCHEMA,
            role=member.access.role,
            user=member.access.user,
            server_device=service.keys.device_in(member.epoch),
            workshops=sorted(member.access.workshops),
            streams=_streams(connection, member, wanted),
        )

    return service.database.read(ws, work)


def _streams(
    connection: Connection, member: Member, wanted: Sequence[str] | None
) -> dict[str, StreamHead]:
    heads = dict.fromkeys(_granted(member), 0)
    for row in connection.execute(
        select(stream.c.stream, stream.c.head).where(stream.c.ws == member.ws)
    ):
        heads[row.stream] = row.head
    asked = heads.keys() if wanted is None else heads.keys() & set(wanted)
    names = sorted(name for name in asked if member.access.may_read(name))
    own = {
        row.stream: row
        for row in connection.execute(
            select(tail.c.stream, tail.c.last_seq, tail.c.last_hash, tail.c.archived).where(
                tail.c.ws == member.ws, tail.c.device == member.device
            )
        )
    }
    roots = {
        (row.stream, row.at_seq): row.root
        for row in connection.execute(
            select(digest.c.stream, digest.c.at_seq, digest.c.root).where(digest.c.ws == member.ws)
        )
    }
    return {
        name: StreamHead(
            head=heads[name],
            last_seq=own[name].last_seq if name in own else 0,
            last_hash=own[name].last_hash if name in own else NO_HASH,
            archived_seq=own[name].archived if name in own else 0,
            root=roots.get((name, heads[name])),
        )
        for name in names
    }


def _granted(member: Member) -> list[str]:
    """Return the streams this device may use before anybody wrote into them."""
    workshops = member.access.workshops - {ALL_WORKSHOPS}
    names = [MEMBERS, PEOPLE, PROGRAMME, SECRETS, user_stream(member.access.user)]
    return names + [workshop_stream(one) for one in sorted(workshops)]
