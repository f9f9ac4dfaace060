"""The folder of a workspace: where its files lie, who has it open, how it was closed."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import IO

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.store.refusals import explained

# Folders of cloud programs as their installers name them; "(2)", "- School" may follow.
_CLOUD_FOLDERS = {
    "dropbox": "Dropbox",
    "onedrive": "OneDrive",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "icloud": "iCloud",
    "icloud drive": "iCloud",
    "iclouddrive": "iCloud",
    "com~apple~clouddocs": "iCloud",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
}
_CLOUD_FOLDER = re.compile(
    "(" + "|".join(map(re.escape, _CLOUD_FOLDERS)) + r")( ?\d+| ?\(.+\)| - .+)?"
)
# Where macOS keeps such folders, whatever follows their names.
_MAC_CLOUD_STORAGE = "cloudstorage"
# Files those programs leave in a folder they synchronise, whatever its name.
_CLOUD_MARKERS = {
    ".dropbox": "Dropbox",
    ".dropbox.cache": "Dropbox",
    ".nextcloudsync.log": "Nextcloud",
    ".owncloudsync.log": "ownCloud",
    ".sync_journal.db": "Nextcloud",
}


class WorkspaceFolder:
    """Paths inside a workspace folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.database = root / "workspace.db"
        self.key_file = root / "workspace.key.json"
        self.blobs = root / "blobs"
        self.backups = root / "backups"
        self.lock = root / "workspace.lock"
        # Staged files of a restore, and the sign that they are complete.
        self.restoring = root / "restoring"
        self.restore_marker = root / "workspace.restore"
        self._open_marker = root / "workspace.open"
        self._unfinished_marker = root / "workspace.unfinished"

    @property
    def write_ahead_log(self) -> Path:
        """The log beside the database; SQLite removes it at a clean close."""
        return self.database.with_name(self.database.name + "-wal")

    @property
    def shared_memory(self) -> Path:
        """The index of that log, shared by the connections of one computer."""
        return self.database.with_name(self.database.name + "-shm")

    def is_workspace(self) -> bool:
        """Say whether a workspace was made here, to the end."""
        return self.key_file.is_file() and not self._unfinished_marker.exists()

    def own_files(self) -> list[Path]:
        """Return every file that a program of ours puts directly into the folder."""
        return [
            self.database,
            self.write_ahead_log,
            self.shared_memory,
            self.key_file,
            self.lock,
            self.restore_marker,
            self._open_marker,
            self._unfinished_marker,
        ]

    def was_closed_cleanly(self) -> bool:
        """Say whether the last program that opened the workspace also closed it."""
        if self._open_marker.exists():
            return False
        try:
            return self.write_ahead_log.stat().st_size == 0
        except FileNotFoundError:
            return True

    def mark_open(self) -> None:
        """Leave the sign that a program is at work."""
        self._open_marker.touch()

    def mark_closed(self) -> None:
        """Take the sign away."""
        self._open_marker.unlink(missing_ok=True)

    def mark_unfinished(self) -> None:
        """Leave the sign that the workspace is being made."""
        self._unfinished_marker.touch()

    def mark_finished(self) -> None:
        """Take that sign away: from now on the folder is a workspace."""
        self._unfinished_marker.unlink(missing_ok=True)

    def is_unfinished(self) -> bool:
        """Say whether a program died while it made the workspace; what lies here is nobody's."""
        return self._unfinished_marker.exists()


class InstanceLock:
    """Holds a workspace for one process; the system lets go of it when the process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            StoreError: another process has the workspace open, or the folder is missing or
                cannot be written.
        """
        folder = self._path.parent
        try:
            file = self._path.open("ab")
        except OSError as exc:
            raise explained(exc, folder) or exc from exc
        try:
            _lock(file)
        except OSError as exc:
            file.close()
            raise StoreError(
                _(
                    "The workspace {path} is open in another window or command. Close it there first."
                ).format(path=folder)
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

    Such a program copies a database in the middle of a write, and makes two of it.
    """
    resolved = folder.resolve()
    above = ""
    for part in (one.lower() for one in resolved.parts):
        named = _CLOUD_FOLDER.fullmatch(part)
        if named:
            return _CLOUD_FOLDERS[named[1]]
        if above == _MAC_CLOUD_STORAGE:
            return _CLOUD_FOLDERS.get(part.partition("-")[0], part)
        above = part
    home = Path.home()
    for parent in (resolved, *resolved.parents):
        # Dropbox keeps its own settings in ~/.dropbox, wherever its folder is.
        if parent == home:
            break
        for marker, product in _CLOUD_MARKERS.items():
            if os.path.lexists(parent / marker):
                return product
    return ""


def cloud_warning(folder: Path) -> str:
    """Return the sentence to show before and while a workspace lies in such a folder; "" if none."""
    service = cloud_service_of(folder)
    if not service:
        return ""
    return _(
        "{path} is synchronised by {service}, which can damage an open workspace. "
        "Keep the workspace in another folder, and only its backups there."
    ).format(path=folder, service=service)
