"""Where attached files lie: a folder, or any object store that obstore can reach.

Under each workspace's id: `parts/<hash>/<stream>/<number>` while a file arrives, `<hash>` once
it is whole. Chunks of each stream lie apart: what one sends neither spoils nor completes what
another does. Names are made here from checked ids alone.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _

if TYPE_CHECKING:
    from obstore.store import ObjectStore

READ_BYTES = 1024 * 1024
_MEMORY_BYTES = 8 * 1024 * 1024


class WrongContentError(Exception):
    """What arrived is not what its address says."""


class BlobStore(Protocol):
    """What both kinds of store do."""

    def put_chunk(self, ws: str, address: str, stream: str, number: int, content: bytes) -> None:
        """Keep one chunk; again is no harm."""

    def seal(self, ws: str, address: str, stream: str, count: int) -> int:
        """Make the chunks of a stream one file and return its size; it is there whole or not at all.

        The chunks stay until they are dropped.

        Raises:
            WrongContentError: a chunk is missing, or together they are another content.
        """

    def put_whole(self, ws: str, address: str, parts: Iterator[bytes]) -> None:
        """Keep a file that comes from a backup or goes into one.

        Raises:
            WrongContentError: its content is not what its address says; nothing was kept.
        """

    def size(self, ws: str, address: str) -> int | None:
        """Return the size of a sealed file; None when there is none."""

    def remove(self, ws: str, address: str) -> None:
        """Take a file away, and all chunks of it; again is no harm."""

    def drop_chunks(self, ws: str, address: str, stream: str = "") -> None:
        """Take the chunks of a stream away, or of all; again is no harm."""

    def read(self, ws: str, address: str, start: int, end: int) -> Iterator[bytes]:
        """Give the bytes from `start` up to, not including, `end`."""


def store_for(place: str) -> BlobStore:
    """Return the store of a folder's path or of an address such as s3://bucket/path.

    Raises:
        StoreError: an address nothing here can open.
    """
    if "://" not in place:
        return FolderBlobs(Path(place))
    from obstore.exceptions import BaseError  # compiled, 60 MB: only where it is used
    from obstore.store import from_url

    try:
        return ObjectBlobs(from_url(place))
    except (BaseError, ValueError) as error:
        raise StoreError(
            _("The store of files {place} cannot be opened.").format(place=place)
        ) from error


class FolderBlobs:
    """Files in a folder, each written beside its place, flushed, then renamed."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put_chunk(self, ws: str, address: str, stream: str, number: int, content: bytes) -> None:
        folder = self._parts(ws, address, stream)
        folder.mkdir(parents=True, exist_ok=True)
        _write_whole(folder / str(number), iter((content,)))

    def seal(self, ws: str, address: str, stream: str, count: int) -> int:
        folder, target = self._parts(ws, address, stream), self._path(ws, address)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _write_whole(target, _checked(self._chunks(folder, count), address))
        except FileNotFoundError as error:
            raise WrongContentError from error

    def put_whole(self, ws: str, address: str, parts: Iterator[bytes]) -> None:
        target = self._path(ws, address)
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(target, _checked(parts, address))

    def size(self, ws: str, address: str) -> int | None:
        try:
            return self._path(ws, address).stat().st_size
        except OSError:
            return None

    def remove(self, ws: str, address: str) -> None:
        self._path(ws, address).unlink(missing_ok=True)
        self.drop_chunks(ws, address)

    def drop_chunks(self, ws: str, address: str, stream: str = "") -> None:
        shutil.rmtree(self._parts(ws, address, stream), ignore_errors=True)

    def read(self, ws: str, address: str, start: int, end: int) -> Iterator[bytes]:
        with self._path(ws, address).open("rb") as file:
            file.seek(start)
            while start < end and (part := file.read(min(READ_BYTES, end - start))):
                start += len(part)
                yield part

    def _path(self, ws: str, address: str) -> Path:
        return self._root / ws / address[:2] / address

    def _parts(self, ws: str, address: str, stream: str) -> Path:
        return self._root / ws / "parts" / address / _folder_of(stream)

    @staticmethod
    def _chunks(folder: Path, count: int) -> Iterator[bytes]:
        for number in range(count):
            yield (folder / str(number)).read_bytes()


class ObjectBlobs:
    """Objects in a bucket; an object appears whole when its upload is completed."""

    def __init__(self, store: "ObjectStore") -> None:
        self._store = store

    def put_chunk(self, ws: str, address: str, stream: str, number: int, content: bytes) -> None:
        self._store.put(f"{self._parts(ws, address, stream)}{number}", content)

    def seal(self, ws: str, address: str, stream: str, count: int) -> int:
        from obstore.exceptions import NotFoundError

        parts = self._parts(ws, address, stream)
        names = [f"{parts}{number}" for number in range(count)]
        try:
            return self._upload(ws, address, self._contents(names))
        except (FileNotFoundError, NotFoundError) as error:
            raise WrongContentError from error

    def put_whole(self, ws: str, address: str, parts: Iterator[bytes]) -> None:
        self._upload(ws, address, parts)

    def size(self, ws: str, address: str) -> int | None:
        try:
            return int(self._store.head(self._name(ws, address))["size"])
        except FileNotFoundError:
            return None

    def remove(self, ws: str, address: str) -> None:
        self.drop_chunks(ws, address)
        if self.size(ws, address) is not None:
            self._store.delete(self._name(ws, address))

    def drop_chunks(self, ws: str, address: str, stream: str = "") -> None:
        found = self._store.list(prefix=self._parts(ws, address, stream))
        if names := [str(one["path"]) for page in found for one in page]:
            self._store.delete(names)

    def read(self, ws: str, address: str, start: int, end: int) -> Iterator[bytes]:
        while start < end:
            stop = min(start + READ_BYTES, end)
            yield bytes(self._store.get_range(self._name(ws, address), start=start, end=stop))
            start = stop

    @staticmethod
    def _parts(ws: str, address: str, stream: str) -> str:
        folder = _folder_of(stream)
        return f"{ws}/parts/{address}/{folder}/" if folder else f"{ws}/parts/{address}/"

    @staticmethod
    def _name(ws: str, address: str) -> str:
        return f"{ws}/{address[:2]}/{address}"

    def _upload(self, ws: str, address: str, parts: Iterator[bytes]) -> int:
        # By a file in between: what is uploaded is known to be right before it begins, and the
        # store cannot be read by the same call that writes into it.
        with tempfile.SpooledTemporaryFile(_MEMORY_BYTES) as file:
            for part in _checked(parts, address):
                file.write(part)
            size = file.tell()
            file.seek(0)
            self._store.put(self._name(ws, address), file)
        return size

    def _contents(self, names: list[str]) -> Iterator[bytes]:
        for name in names:
            yield bytes(self._store.get(name).bytes())


def _folder_of(stream: str) -> str:
    """Return a stream's name as every file system takes it."""
    return stream.replace(":", "-")


def _checked(chunks: Iterator[bytes], address: str) -> Iterator[bytes]:
    """Give the chunks through; fail behind the last one where the whole is not `address`."""
    digest = sha256()
    for chunk in chunks:
        digest.update(chunk)
        yield chunk
    if digest.hexdigest() != address:
        raise WrongContentError


def _write_whole(target: Path, parts: Iterator[bytes]) -> int:
    """Write a file so that its name never shows a part of it; return its size."""
    descriptor, draft = tempfile.mkstemp(dir=target.parent, prefix=".draft-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    _flush_folder(target.parent)
    return size


def _flush_folder(folder: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
