"""Files of the workspace (logos, scans): sealed, named by the SHA-256 of their content."""

import hashlib
import re
from pathlib import Path
from typing import NamedTuple

from mentor_desktop import crypto
from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.store.atomic import write_file
from mentor_desktop.store.refusals import explained

_PURPOSE = "blobs"
_ADDRESS = re.compile(r"[0-9a-f]{64}")


class Stamp(NamedTuple):
    """Size on disk in bytes, and when a file was written, in nanoseconds."""

    size: int
    written_ns: int


class Blobs:
    """The blob folder of one opened workspace."""

    def __init__(self, folder: Path, workspace_key: bytes) -> None:
        self._folder = folder
        self._workspace_key = workspace_key

    def add(self, content: bytes) -> str:
        """Keep `content` and return its address; the same content is kept once.

        It is on disk when this returns, before the record that refers to it is committed.

        Raises:
            StoreError: the disk refused.
        """
        address = hashlib.sha256(content).hexdigest()
        target = self._folder / address
        if self.is_whole(address):
            return address
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_file(target, crypto.seal(self._key(), content, address))
        except OSError as exc:
            raise explained(exc, self._folder) or exc from exc
        return address

    def read(self, address: str) -> bytes:
        """Return the content kept at `address`.

        Raises:
            StoreError: the file is missing or not what was put there.
        """
        try:
            return crypto.unseal(self._key(), (self._folder / address).read_bytes(), address)
        except (OSError, crypto.WrongSecretError) as exc:
            raise StoreError(
                _(
                    "A file of this workspace is missing or damaged ({address}). "
                    "Restore a backup to get it back."
                ).format(address=address[:12])
            ) from exc

    def is_whole(self, address: str) -> bool:
        """Say whether the content can be read, all of it."""
        if not (self._folder / address).exists():
            return False
        try:
            self.read(address)
        except StoreError:
            return False
        return True

    def is_damaged(self, address: str) -> bool:
        """Say whether what is kept at `address` is not what was put there; False when it is not here."""
        try:
            crypto.unseal(self._key(), (self._folder / address).read_bytes(), address)
        except crypto.WrongSecretError:
            return True
        except OSError:  # nobody can read it now
            return False
        return False

    def addresses(self) -> list[str]:
        """Return the addresses of everything kept, sorted."""
        if not self._folder.is_dir():
            return []
        return sorted(path.name for path in self._folder.iterdir() if is_address(path.name))

    def sizes(self) -> dict[str, int]:
        """Return how many bytes each file takes on disk, by address."""
        return {one: stamp.size for one, stamp in self.stamps().items()}

    def stamps(self) -> dict[str, Stamp]:
        """Return of each file, by address, what shows that somebody wrote it anew."""
        found = {one: (self._folder / one).stat() for one in self.addresses()}
        return {one: Stamp(stat.st_size, stat.st_mtime_ns) for one, stat in found.items()}

    def remove(self, address: str) -> None:
        """Free the room of a file that is kept elsewhere; it is no harm when it is not here."""
        (self._folder / address).unlink(missing_ok=True)

    def _key(self) -> bytes:
        return crypto.derive(self._workspace_key, _PURPOSE)


def is_address(name: str) -> bool:
    """Say whether a file name is that of a blob (and not of a draft of one)."""
    return _ADDRESS.fullmatch(name) is not None
