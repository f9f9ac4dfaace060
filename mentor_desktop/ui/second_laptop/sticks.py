"""Where a stick is put in on this computer."""

from pathlib import Path

from PySide6.QtCore import QStorageInfo

# Where Linux and macOS show what is put in; on Windows it is any drive but the one of the system.
_MOUNTED_IN = ("/media/", "/run/media/", "/Volumes/")


def stick_folder() -> Path:
    """Return the first stick that can be written, else the person's own folder."""
    return found_stick() or Path.home()


def found_stick() -> Path | None:
    """Return the first stick that can be written; None where none is in."""
    home = Path.home()
    for volume in QStorageInfo.mountedVolumes():
        root = volume.rootPath()
        is_drive = root[1:2] == ":" and not volume.isRoot() and not str(home).startswith(root[:2])
        is_stick = root.startswith(_MOUNTED_IN) or is_drive
        if is_stick and volume.isReady() and not volume.isReadOnly():
            return Path(root)
    return None
