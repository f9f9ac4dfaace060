"""Writing what a command made: whole or not at all."""

from contextlib import suppress
from pathlib import Path

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _


def write_file(path: Path, content: bytes) -> None:
    """Write `content` to `path`, making its folder; a file of that name is replaced.

    Raises:
        StoreError: the place cannot be written.
    """
    draft = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as exc:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise StoreError(
            _("{path} cannot be written ({reason}). Choose another place.").format(
                path=path, reason=exc.strerror
            )
        ) from exc
