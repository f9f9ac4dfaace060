"""What SQLite, the disk and the file system refuse, as sentences for a person."""

import errno
from pathlib import Path

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import N_, _

_FULL = N_("The disk with {path} is full. Nothing of this step was saved; make room and try again.")
_READ_ONLY = N_("The folder {path} cannot be written. Check its permissions or choose another one.")
_DISK_ERROR = N_(
    "The disk with {path} reported an error. Nothing of this step was saved; make a backup elsewhere."
)
_DAMAGED = N_("The workspace in {path} is damaged. Restore its newest backup.")
_BUSY = N_(
    "The workspace in {path} is busy. Nothing of this step was saved; try again in a moment."
)
# A backup that fails takes nothing away: the same causes, and what they mean then.
_OF_BACKUP = {
    _FULL: N_(
        "The disk with {path} is full, so no backup was made. Everything entered is saved; "
        "make room and try again."
    ),
    _DISK_ERROR: N_(
        "The disk with {path} reported an error, so no backup was made. Everything entered is "
        "saved; make a backup elsewhere."
    ),
    _BUSY: N_(
        "The workspace in {path} is busy, so no backup was made. Everything entered is saved; "
        "try again in a moment."
    ),
}

# Names of SQLite's result codes by their beginning; the extended codes share it.
_BY_SQLITE_NAME = {
    "SQLITE_FULL": _FULL,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_CANTOPEN": _READ_ONLY,
    "SQLITE_PERM": _READ_ONLY,
    "SQLITE_IOERR": _DISK_ERROR,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_BUSY": _BUSY,
    "SQLITE_LOCKED": _BUSY,
}
# The backup API raises without a code.
_NAMELESS = {"database or disk is full": "SQLITE_FULL", "disk I/O error": "SQLITE_IOERR"}
_BY_ERRNO = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EACCES: _READ_ONLY,
    errno.EPERM: _READ_ONLY,
    errno.EROFS: _READ_ONLY,
    errno.ENOTDIR: _READ_ONLY,
    errno.EISDIR: _READ_ONLY,
    errno.EEXIST: _READ_ONLY,
    errno.ENOENT: _READ_ONLY,
}


def explained(error: BaseException, folder: Path) -> StoreError | None:
    """Return the sentence for a failure of the world; None when the program is at fault.

    Takes errors of SQLite, of SQLAlchemy around them, and OSError.
    """
    sentence = _cause(error)
    return StoreError(_(sentence).format(path=folder)) if sentence else None


def explained_of_backup(error: BaseException, folder: Path) -> StoreError | None:
    """Return what `explained` does, for a backup: what was entered before stays saved.

    Looks at the cause of the `StoreError` of a file that could not be opened.
    """
    sentence = _cause((isinstance(error, StoreError) and error.__cause__) or error)
    if sentence in _OF_BACKUP:
        return StoreError(_(_OF_BACKUP[sentence]).format(path=folder))
    return explained(error, folder)


def _cause(error: BaseException) -> str:
    if isinstance(error, OSError):
        return _BY_ERRNO.get(error.errno or 0, _DISK_ERROR)
    origin = getattr(error, "orig", error)
    name = getattr(origin, "sqlite_errorname", "") or _NAMELESS.get(str(origin), "")
    return next(
        (said for beginning, said in _BY_SQLITE_NAME.items() if name.startswith(beginning)), ""
    )
