"""Files that are there whole or not at all, whenever the power goes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

DRAFT_SUFFIX = ".new"


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Open a draft beside `path` and put it in its place when the block ends well.

    Raises:
        OSError: the disk refused; `path` is as it was.
    """
    draft = path.with_name(path.name + DRAFT_SUFFIX)
    try:
        with draft.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_file(path: Path, content: bytes) -> None:
    """Write a small file durably.

    Raises:
        OSError: the disk refused; the file is as it was.
    """
    with replacing(path) as file:
        file.write(content)


def sync_file(path: Path) -> None:
    """Make the content of a file survive a power cut."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut; Windows does so by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
