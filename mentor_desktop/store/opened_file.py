"""The database file that a program has open: is it still the one in the folder?

SQLite goes on writing into a file that somebody deleted, moved or replaced; what it
calls saved would be gone with the program's end.
"""

import os
from pathlib import Path

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _


class OpenedFile:
    """One database file, known by its number on the disk. Make it when the file is opened."""

    def __init__(self, database: Path) -> None:
        self.folder = database.parent
        self._database = database
        self._opened = database.stat()

    def require_in_place(self) -> None:
        """Do nothing while the folder holds this very file.

        Raises:
            StoreError: it was deleted, moved or replaced by another one.
        """
        try:
            now = self._database.stat()
        except OSError as exc:
            raise self._gone() from exc
        if not os.path.samestat(self._opened, now):
            raise self._gone()

    def _gone(self) -> StoreError:
        return StoreError(
            _(
                "The file {path} was deleted, moved or replaced while the workspace was open. "
                "Nothing of this step was saved; put it back, or restore the newest backup."
            ).format(path=self._database)
        )
