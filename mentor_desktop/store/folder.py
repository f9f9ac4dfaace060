"""The folder of a workspace: where its files lie, who has it open, how it was closed."""

import os
import sys
from pathlib import Path
from typing import IO

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _

# Parts of a path that a cloud program keeps in step behind our back, by its product name.
_CLOUD_FOLDERS = {
    "dropbox": "Dropbox",
    "onedrive": "OneDrive",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "icloud": "iCloud",
    "mobile documents": "iCloud",
    "com~apple~clouddocs": "iCloud",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
}
# Files those programs leave in a folder they synchronise.
_CLOUD_MARKERS = {".dropbox": "Dropbox", ".nextcloudsync.log": "Nextcloud", ".owncloudsync.log": "ownCloud"}


class WorkspaceFolder:
    """Paths inside a workspace folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.database = root / "workspace.db"
        self.key_file = root / "workspace.key.json"
        self.blobs = root / "blobs"
        self.backups = root / "backups"
        self.lock = root / "workspace.lock"
        self._open_marker = root / "workspace.open"

    def is_workspace(self) -> bool:
        """Say whether a workspace was made here."""
        return self.key_file.is_file()

    def was_closed_cleanly(self) -> bool:
        """Say whether the last program that opened the workspace also closed it."""
        return not self._open_marker.exists()

    def mark_open(self) -> None:
        """Leave the sign that a program is at work."""
        self._open_marker.touch()

    def mark_closed(self) -> None:
        """Take the sign away."""
        self._open_marker.unlink(missing_ok=True)


class InstanceLock:
    """Holds a workspace for one process; the system lets go of it when the process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            StoreError: another process has the workspace open.
        """
        file = self._path.open("ab")
        try:
            _lock(file)
        except OSError as exc:
            file.close()
            raise StoreError(
                _("The workspace {path} is open in another window or command. Close it there first.").format(
                    path=self._path.parent
                )
            ) from exc
        self._file = file

    def release(self) -> None:
        """Let go of the lock; harmless when it is not held."""
        if self._file is not None:
            self._file.close()
            self._file = None


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


def cloud_service_of(folder: Path) -> str:
    """Return the product name of the cloud program that synchronises `folder`; "" if none.

    Such a program copies a database in the middle of a write and makes two of it.
    """
    resolved = folder.resolve()
    for part in resolved.parts:
        for needle, product in _CLOUD_FOLDERS.items():
            if needle in part.lower():
                return product
    for parent in (resolved, *resolved.parents):
        for marker, product in _CLOUD_MARKERS.items():
            if os.path.lexists(parent / marker):
                return product
    return ""
