"""Attached files: chunks that are checked and kept, sealed into a file whose address is its hash.

A file is read through a stream the device may read, never by knowing a hash. Whoever says
that a file belongs to a stream shows first that they hold all of its content: chunks count for
the stream they were sent for alone, and those of a file that is here are compared with it.
What came before it was here was compared with nothing, so it counts no more from then on.

A file that was sealed and is not in the store any more (a damaged disk, a backup without it) is
none: it begins anew with the next chunk, for all streams it belongs to.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from sqlalchemy import Connection, delete, select, update

from mentor_desktop.server import refusals, room
from mentor_desktop.server.accounts import Member, caller_in
from mentor_desktop.server.blob_store import WrongContentError
from mentor_desktop.server.limits import MOST_CHUNK_BYTES
from mentor_desktop.server.refusals import Refusal
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import blob, blob_chunk, blob_stream
from mentor_desktop.sync.keys.sessions import Session
from mentor_desktop.sync.protocol.messages import MOST_BLOB_CHUNKS
from mentor_desktop.sync.protocol.streams import MEMBERS

_SOON_S = 1


@dataclass(frozen=True)
class Place:
    """Which file of which workspace, through which stream."""

    ws: str
    stream: str
    address: str


@dataclass(frozen=True)
class _File:
    """A file as it was noted; `size` of one that is not sealed: what came of it."""

    size: int = 0
    sealed_at: int | None = None


@dataclass(frozen=True)
class _Found:
    """What a device finds that wants to write: `received` are the sizes of the stream's chunks."""

    file: _File
    is_readable: bool
    received: dict[int, int]
    kept: int  # by the workspace, in bytes


def put_chunk(
    service: Service, caller: Session, place: Place, number: int, digest: str, content: bytes
) -> None:
    """Keep a chunk whose SHA-256 is `digest`; again is no harm.

    Raises:
        Refusal: 400 where the content is not that; 403 without the right to write the stream;
            413 `quota` where the workspace has no more room; 503 where others sealed or
            collected the file meanwhile.
    """
    if number >= MOST_BLOB_CHUNKS:
        raise refusals.too_large(MOST_BLOB_CHUNKS * MOST_CHUNK_BYTES)
    if not content or sha256(content).hexdigest() != digest:
        raise Refusal("wrong_hash", "The chunk was damaged on its way.")
    found = service.database.read(place.ws, lambda one: _find(one, caller, place))
    is_whole = _is_whole(service, place, found.file)
    if not is_whole:
        room.require_room(service, found.kept + len(content) - found.received.get(number, 0))
        try:
            service.blobs.put_chunk(place.ws, place.address, place.stream, number, content)
        except FileNotFoundError as error:  # its folder went: others sealed the file just now
            raise refusals.busy(_SOON_S) from error
    elif sha256(_chunk_of(service, place, number)).hexdigest() != digest:
        raise Refusal("wrong_hash", "This is not the file of that address.")

    work = partial(_note_chunk, service, place, number, len(content), is_whole)
    if not service.database.write(place.ws, work):
        if not is_whole:  # it is by now, and no chunks of it are needed
            service.blobs.drop_chunks(place.ws, place.address, place.stream)
        raise refusals.busy(_SOON_S)


def missing(service: Service, caller: Session, place: Place, count: int) -> list[int]:
    """Return which of `count` chunks are still to be sent for this stream.

    Raises:
        Refusal: 403 without the right to write the stream; 413 `quota` before anything is sent
            where the workspace has no more room.
    """
    numbers = _numbers(count)
    found = service.database.read(place.ws, lambda one: _find(one, caller, place))
    is_whole = _is_whole(service, place, found.file)
    if is_whole and found.is_readable:
        return []
    if not is_whole:
        room.require_room(service, found.kept + 1)
    return sorted(numbers - found.received.keys())


def seal(service: Service, caller: Session, place: Place, count: int) -> int:
    """Make the chunks a file of the stream and return its size; again is no harm.

    Of a file that is here all chunks are asked for, whatever `count` says.

    Raises:
        Refusal: 409 `missing` while chunks are missing, 409 `wrong_hash` where together they
            are not what the address says: then all are to be sent again.
    """
    numbers = _numbers(count)
    found = service.database.read(place.ws, lambda one: _find(one, caller, place))
    is_whole = _is_whole(service, place, found.file)
    if is_whole:
        numbers = _numbers(-(-found.file.size // MOST_CHUNK_BYTES))
    if not (is_whole and found.is_readable) and numbers - found.received.keys():
        raise Refusal("missing", "Parts of the file are missing.")
    try:
        size = (
            found.file.size
            if is_whole
            else service.blobs.seal(place.ws, place.address, place.stream, count)
        )
    except WrongContentError as error:
        service.database.write(place.ws, lambda one: _begin_anew(service, one, place))
        raise Refusal("wrong_hash", "This is not the file of that address.") from error

    def note(connection: Connection) -> None:
        file = _locked(connection, place)
        if file is None or service.blobs.size(place.ws, place.address) is None:
            # Collected as garbage meanwhile: all of it once more.
            raise Refusal("missing", "Parts of the file are missing.")
        room.take(service, connection, place.ws, size - file.size)
        # Also of one that was sealed before: whoever seals it is about to refer to it.
        sealed = {"size": size, "sealed_at": service.now_ms()}
        connection.execute(
            update(blob).where(blob.c.ws == place.ws, blob.c.hash == place.address).values(sealed)
        )
        service.database.dialect.upsert(connection, blob_stream, [_key(place)], keep=True)
        if is_whole:
            _forget_chunks(connection, place)
        else:
            _forget_all_chunks(service, connection, place)

    service.database.write(place.ws, note)
    return size


def size_of(service: Service, caller: Session, ws: str, address: str) -> int:
    """Return the size of a file this device may read through one of its streams.

    Raises:
        Refusal: 404, the same whether it is nowhere, lost, or in other streams alone.
    """
    place = Place(ws, "", address)

    def work(connection: Connection) -> _File:
        member = caller_in(connection, caller, ws)
        return _noted(connection, place) if _is_readable(connection, member, place) else _File()

    file = service.database.read(ws, work)
    if not _is_whole(service, place, file):
        raise refusals.not_found()
    return file.size


def content(service: Service, ws: str, address: str, start: int, end: int) -> Iterator[bytes]:
    """Give the bytes of a file from `start` up to `end`; whether one may, `size_of` says."""
    return service.blobs.read(ws, address, start, end)


def _key(place: Place) -> dict[str, str]:
    return {"ws": place.ws, "hash": place.address, "stream": place.stream}


def _numbers(count: int) -> set[int]:
    """Return the numbers of so many chunks, where a file may have them."""
    if count > MOST_BLOB_CHUNKS:
        raise refusals.too_large(MOST_BLOB_CHUNKS * MOST_CHUNK_BYTES)
    return set(range(count))


def _find(connection: Connection, caller: Session, place: Place) -> _Found:
    """Return what there is of a file, for a device that may write the stream.

    No record among the members refers to a file, and everybody may write there.
    """
    member = caller_in(connection, caller, place.ws)
    if place.stream == MEMBERS or not member.access.may_write(place.stream):
        raise refusals.no_right()
    return _Found(
        _noted(connection, place),
        _is_readable(connection, member, place),
        _received(connection, place),
        room.kept_by(connection, place.ws),
    )


def _noted(connection: Connection, place: Place) -> _File:
    row = connection.execute(
        select(blob.c.size, blob.c.sealed_at).where(
            blob.c.ws == place.ws, blob.c.hash == place.address
        )
    ).one_or_none()
    return _File(*row) if row else _File()


def _locked(connection: Connection, place: Place) -> _File | None:
    row = connection.execute(
        select(blob.c.size, blob.c.sealed_at)
        .where(blob.c.ws == place.ws, blob.c.hash == place.address)
        .with_for_update()
    ).one_or_none()
    return _File(*row) if row else None


def _is_whole(service: Service, place: Place, file: _File) -> bool:
    """Tell whether a file is sealed and in the store."""
    if file.sealed_at is None:
        return False
    return service.blobs.size(place.ws, place.address) == file.size


def _is_readable(connection: Connection, member: Member, place: Place) -> bool:
    streams = connection.execute(
        select(blob_stream.c.stream).where(
            blob_stream.c.ws == place.ws, blob_stream.c.hash == place.address
        )
    )
    return any(member.access.may_read(name) for name in streams.scalars())


def _received(connection: Connection, place: Place) -> dict[int, int]:
    rows = connection.execute(
        select(blob_chunk.c.chunk, blob_chunk.c.size).where(
            blob_chunk.c.ws == place.ws,
            blob_chunk.c.hash == place.address,
            blob_chunk.c.stream == place.stream,
        )
    )
    return {row.chunk: row.size for row in rows}


def _begun(service: Service, connection: Connection, place: Place) -> _File:
    """Return the row of a file, made where there is none, and let nobody else have it."""
    row = {
        "ws": place.ws,
        "hash": place.address,
        "size": 0,
        "started_at": service.now_ms(),
        "sealed_at": None,
    }
    service.database.dialect.upsert(connection, blob, [row], keep=True)
    file = _locked(connection, place)
    assert file is not None  # made above, in this transaction
    return file


def _note_chunk(
    service: Service, place: Place, number: int, size: int, is_whole: bool, connection: Connection
) -> bool:
    """Note a chunk, compared with the file where that `is_whole`.

    False where others sealed or collected the file meanwhile: it was compared with nothing, or
    with what is not there any more.
    """
    file = _begun(service, connection, place)
    if (file.sealed_at is not None) != is_whole:
        if is_whole or _is_whole(service, place, file):
            return False
        _give_up(service, connection, place, file)
    before = _received(connection, place).get(number, 0)
    chunk = {**_key(place), "chunk": number, "size": size}
    service.database.dialect.upsert(connection, blob_chunk, [chunk])
    if not is_whole:
        _count(service, connection, place, size - before)
    return True


def _count(service: Service, connection: Connection, place: Place, size: int) -> None:
    """Count what came of a file that is still arriving, or what of it went."""
    connection.execute(
        update(blob)
        .where(blob.c.ws == place.ws, blob.c.hash == place.address)
        .values(size=blob.c.size + size)
    )
    room.take(service, connection, place.ws, size)


def _give_up(service: Service, connection: Connection, place: Place, file: _File) -> None:
    """Let a file that the store lost arrive once more."""
    room.take(service, connection, place.ws, -file.size)
    anew = {"size": 0, "sealed_at": None, "started_at": service.now_ms()}
    connection.execute(
        update(blob).where(blob.c.ws == place.ws, blob.c.hash == place.address).values(anew)
    )
    connection.execute(
        delete(blob_chunk).where(blob_chunk.c.ws == place.ws, blob_chunk.c.hash == place.address)
    )


def _begin_anew(service: Service, connection: Connection, place: Place) -> None:
    """Forget what came for a stream: together it is not the file."""
    file = _locked(connection, place)
    if file is None or file.sealed_at is not None:
        return
    _count(service, connection, place, -sum(_received(connection, place).values()))
    _forget_chunks(connection, place)
    # Before the commit: behind it somebody else may have sent them again.
    service.blobs.drop_chunks(place.ws, place.address, place.stream)


def _forget_chunks(connection: Connection, place: Place) -> None:
    connection.execute(
        delete(blob_chunk).where(
            blob_chunk.c.ws == place.ws,
            blob_chunk.c.hash == place.address,
            blob_chunk.c.stream == place.stream,
        )
    )


def _forget_all_chunks(service: Service, connection: Connection, place: Place) -> None:
    connection.execute(
        delete(blob_chunk).where(blob_chunk.c.ws == place.ws, blob_chunk.c.hash == place.address)
    )
    service.blobs.drop_chunks(place.ws, place.address)


def _chunk_of(service: Service, place: Place, number: int) -> bytes:
    start = number * MOST_CHUNK_BYTES
    size = service.blobs.size(place.ws, place.address) or 0
    end = min(start + MOST_CHUNK_BYTES, size)
    return b"".join(service.blobs.read(place.ws, place.address, start, end)) if start < end else b""
