"""Files of the workspace (logos, scans): sealed, named by the SHA-256 of their content."""

import hashlib
import os
from pathlib import Path

from mentor_desktop import crypto
from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _

_PURPOSE = "blobs"


class Blobs:
    """The blob folder of one opened workspace."""

    def __init__(self, folder: Path, workspace_key: bytes) -> None:
        self._folder = folder
        self._workspace_key = workspace_key

    def add(self, content: bytes) -> str:
        """Keep `content` and return its address; the same content is kept once."""
        address = hashlib.sha256(content).hexdigest()
        target = self._folder / address
        if not target.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            draft = target.with_suffix(".new")
            with draft.open("wb") as file:
                file.write(crypto.seal(self._key(), content, address))
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, target)
        return address

    def read(self, address: str) -> bytes:
        """Return the content kept at `address`.

        Raises:
            StoreError: the file is missing or not what was put there.
        """
        try:
            content = crypto.unseal(self._key(), (self._folder / address).read_bytes(), address)
        except (OSError, crypto.WrongSecretError) as exc:
            raise StoreError(
                _("A file of this workspace is missing or damaged ({address}). Restore a backup to get it back.").format(
                    address=address[:12]
                )
            ) from exc
        return content

    def addresses(self) -> list[str]:
        """Return the addresses of everything kept, sorted."""
        if not self._folder.is_dir():
            return []
        return sorted(path.name for path in self._folder.iterdir() if not path.suffix)

    def _key(self) -> bytes:
        return crypto.derive(self._workspace_key, _PURPOSE)
