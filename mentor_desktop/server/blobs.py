"""Attached files: chunks that are checked and kept, sealed into a file whose address is its hash.

A file is read through a stream the device may read, never by knowing a hash. Whoever says
that a file belongs to a stream shows first that they hold its content: each chunk counts for
the stream it was sent for, also when another stream has the file already.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, delete, select, update

from mentor_desktop.server import refusals, room
from mentor_desktop.server.accounts import Member, caller_in
from mentor_desktop.server.blob_store import WrongContentError
from mentor_desktop.server.limits import MOST_BLOB_CHUNKS, MOST_CHUNK_BYTES
from mentor_desktop.server.refusals import Refusal
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import blob, blob_chunk, blob_stream
from mentor_desktop.sync.keys.sessions import Session


@dataclass(frozen=True)
class Place:
    """Which file of which workspace, through which stream."""

    ws: str
    stream: str
    address: str


def put_chunk(
    service: Service, caller: Session, place: Place, number: int, digest: str, content: bytes
) -> None:
    """Keep a chunk whose SHA-256 is `digest`; again is no harm.

    Raises:
        Refusal: 400 where the content is not that; 403 without the right to write the stream;
            413 `quota` where the workspace has no more room.
    """
    if number >= MOST_BLOB_CHUNKS:
        raise refusals.too_large(MOST_BLOB_CHUNKS * MOST_CHUNK_BYTES)
    if not content or sha256(content).hexdigest() != digest:
        raise Refusal("wrong_hash", "The chunk was damaged on its way.")

    def look(connection: Connection) -> bool:
        if _is_sealed(connection, caller, place):
            return True
        room.require_room(service, room.kept_by(connection, place.ws) + len(content))
        return False

    if not service.database.read(place.ws, look):
        service.blobs.put_chunk(place.ws, place.address, number, content)
    elif sha256(_chunk_of(service, place, number)).hexdigest() != digest:
        raise Refusal("wrong_hash", "This is not the file of that address.")

    def note(connection: Connection) -> None:
        dialect = service.database.dialect
        started = {
            "ws": place.ws,
            "hash": place.address,
            "size": 0,
            "started_at": service.now_ms(),
            "sealed_at": None,
        }
        dialect.upsert(connection, blob, [started], keep=True)
        chunk = {**_key(place), "chunk": number}
        if dialect.upsert(connection, blob_chunk, [chunk], keep=True):
            _count(service, connection, place, len(content))

    service.database.write(place.ws, note)


def missing(service: Service, caller: Session, place: Place, count: int) -> list[int]:
    """Return which of `count` chunks are still to be sent for this stream.

    Raises:
        Refusal: 403 without the right to write the stream; 413 `quota` before anything is sent
            where the workspace has no more room.
    """
    if count > MOST_BLOB_CHUNKS:
        raise refusals.too_large(MOST_BLOB_CHUNKS * MOST_CHUNK_BYTES)

    def work(connection: Connection) -> list[int]:
        member = _writer(connection, caller, place)
        if _is_readable(connection, member, place):
            return []
        room.require_room(service, room.kept_by(connection, place.ws) + 1)
        return sorted(set(range(count)) - _received(connection, place))

    return service.database.read(place.ws, work)


def seal(service: Service, caller: Session, place: Place, count: int) -> int:
    """Make the chunks a file of the stream and return its size; again is no harm.

    Raises:
        Refusal: 409 `missing` while chunks are missing, 409 `wrong_hash` where together they
            are not what the address says: then all are to be sent again.
    """

    def look(connection: Connection) -> tuple[bool, bool, list[int]]:
        member = _writer(connection, caller, place)
        lacking = sorted(set(range(count)) - _received(connection, place))
        return (
            _is_readable(connection, member, place),
            _is_sealed(connection, caller, place),
            lacking,
        )

    is_readable, is_sealed, lacking = service.database.read(place.ws, look)
    if lacking and not is_readable:
        raise Refusal("missing", "Parts of the file are missing.")
    size = service.blobs.size(place.ws, place.address) if is_sealed else None
    try:
        size = size or service.blobs.seal(place.ws, place.address, count)
    except WrongContentError as error:
        service.database.write(place.ws, lambda one: _begin_anew(service, one, place))
        raise Refusal("wrong_hash", "This is not the file of that address.") from error

    def note(connection: Connection) -> None:
        where = (blob.c.ws == place.ws, blob.c.hash == place.address)
        counted = connection.execute(select(blob.c.size).where(*where).with_for_update()).scalar()
        if counted is None or service.blobs.size(place.ws, place.address) is None:
            # Collected as garbage meanwhile: all of it once more.
            raise Refusal("missing", "Parts of the file are missing.")
        room.take(service, connection, place.ws, size - counted)
        # Also of one that was sealed before: whoever seals it is about to refer to it.
        connection.execute(update(blob).where(*where).values(size=size, sealed_at=service.now_ms()))
        service.database.dialect.upsert(connection, blob_stream, [_key(place)], keep=True)
        _forget_chunks(connection, place)

    service.database.write(place.ws, note)
    return size


def size_of(service: Service, caller: Session, ws: str, address: str) -> int:
    """Return the size of a file this device may read through one of its streams.

    Raises:
        Refusal: 404, the same whether it is nowhere or in other streams alone.
    """

    def work(connection: Connection) -> int | None:
        member = caller_in(connection, caller, ws)
        if not _is_readable(connection, member, Place(ws, "", address)):
            return None
        return connection.execute(
            select(blob.c.size).where(
                blob.c.ws == ws, blob.c.hash == address, blob.c.sealed_at.is_not(None)
            )
        ).scalar()

    size = service.database.read(ws, work)
    if size is None:
        raise refusals.not_found()
    return size


def content(service: Service, ws: str, address: str, start: int, end: int) -> Iterator[bytes]:
    """Give the bytes of a file from `start` up to `end`; whether one may, `size_of` says."""
    return service.blobs.read(ws, address, start, end)


def _key(place: Place) -> dict[str, str]:
    return {"ws": place.ws, "hash": place.address, "stream": place.stream}


def _writer(connection: Connection, caller: Session, place: Place) -> Member:
    member = caller_in(connection, caller, place.ws)
    if not member.access.may_write(place.stream):
        raise refusals.no_right()
    return member


def _is_sealed(connection: Connection, caller: Session, place: Place) -> bool:
    _writer(connection, caller, place)
    return (
        connection.execute(
            select(blob.c.sealed_at).where(blob.c.ws == place.ws, blob.c.hash == place.address)
        ).scalar()
        is not None
    )


def _is_readable(connection: Connection, member: Member, place: Place) -> bool:
    streams = connection.execute(
        select(blob_stream.c.stream).where(
            blob_stream.c.ws == place.ws, blob_stream.c.hash == place.address
        )
    ).scalars()
    return any(member.access.may_read(name) for name in streams)


def _received(connection: Connection, place: Place) -> set[int]:
    return set(
        connection.execute(
            select(blob_chunk.c.chunk).where(
                blob_chunk.c.ws == place.ws,
                blob_chunk.c.hash == place.address,
                blob_chunk.c.stream == place.stream,
            )
        ).scalars()
    )


def _count(service: Service, connection: Connection, place: Place, size: int) -> None:
    """Count what came of a file that is still arriving."""
    arriving = connection.execute(
        update(blob)
        .where(blob.c.ws == place.ws, blob.c.hash == place.address, blob.c.sealed_at.is_(None))
        .values(size=blob.c.size + size)
    )
    if arriving.rowcount:
        room.take(service, connection, place.ws, size)


def _begin_anew(service: Service, connection: Connection, place: Place) -> None:
    where = (
        blob.c.ws == place.ws,
        blob.c.hash == place.address,
        blob.c.sealed_at.is_(None),
    )
    counted = connection.execute(select(blob.c.size).where(*where).with_for_update()).scalar()
    room.take(service, connection, place.ws, -(counted or 0))
    connection.execute(update(blob).where(*where).values(size=0))
    _forget_chunks(connection, place)


def _forget_chunks(connection: Connection, place: Place) -> None:
    connection.execute(
        delete(blob_chunk).where(
            blob_chunk.c.ws == place.ws,
            blob_chunk.c.hash == place.address,
            blob_chunk.c.stream == place.stream,
        )
    )


def _chunk_of(service: Service, place: Place, number: int) -> bytes:
    start = number * MOST_CHUNK_BYTES
    size = service.blobs.size(place.ws, place.address) or 0
    end = min(start + MOST_CHUNK_BYTES, size)
    return b"".join(service.blobs.read(place.ws, place.address, start, end)) if start < end else b""
