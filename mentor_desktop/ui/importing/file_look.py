"""One file on its way in: looked at, decided about, looked at again, brought in."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from mentor_desktop.changes import Changes
from mentor_desktop.errors import Cancelled, UserFacingError
from mentor_desktop.i18n import _
from mentor_desktop.progress import Progress
from mentor_desktop.services.backups import back_up_before_import
from mentor_desktop.services.imports.run import (
    ImportPreview,
    ImportRequest,
    apply_import,
    preview_import,
)
from mentor_desktop.services.tables_in.fields import TableOf
from mentor_desktop.services.tables_in.headers import CATALOGUES, Mapping
from mentor_desktop.services.tables_in.reading import MAX_BYTES
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.work import Work


class FileLook(QObject):
    """Keeps the decisions; each one is a new look, and an older look is given up.

    Emits:
        looked: the file was looked at; `preview` says what it would do.
        unread: the sentence why the file cannot be taken at all.
        imported: (kind, count) after everything is written.
        not_imported: the sentence why nothing was written.
    """

    looked = Signal()
    unread = Signal(str)
    imported = Signal(str, int)
    not_imported = Signal(str)

    def __init__(self, parent: QObject, jobs: OwnedJobs, workshop_code: Callable[[], str]) -> None:
        super().__init__(parent)
        self._jobs, self._workshop_code = jobs, workshop_code
        self.preview: ImportPreview | None = None
        self._request: ImportRequest | None = None
        self._work: Work | None = None

    @property
    def count(self) -> int:
        """How many rows would be written."""
        return self.preview.rows - self.preview.already_known if self.preview else 0

    @property
    def is_ready(self) -> bool:
        """Whether nothing is in the way of writing."""
        preview = self.preview
        if preview is None or preview.mapping.missing or not self.count:
            return False
        return not preview.refused or preview.request.without_refused

    def forget(self) -> None:
        """Forget the file."""
        self._give_up()
        self._request = self.preview = None

    def take_file(self, kind: str, path: Path) -> None:
        """Read a file and look at it."""
        self.forget()
        self._jobs.draw(
            partial(_read, path), partial(self._take, kind, path.name), self._tell, key="file"
        )

    def look(self) -> None:
        """Find out anew what the file would do; nothing happens when there is none."""
        self._give_up()
        if self._request is None:
            return
        request = self._request = replace(self._request, workshop=self._workshop_code())
        self._work = self._jobs.work(
            partial(_preview, request=request),
            _("Reading {name}").format(name=request.file_name),
            partial(self._show, request),
            partial(self._on_unread, request),
        )

    def decide(self, **decision: Any) -> None:  # Any: one value per field of `ImportRequest`
        """Take over what a person decided, and look again."""
        if self._request is not None:
            self._request = replace(self._request, **decision)
            self.look()

    def choose_kind(self, kind: str) -> None:
        """Take the file for another kind of table; its columns mean something else then."""
        self.decide(kind=_kind(kind), mapping=None)

    def choose_mapping(self, mapping: Mapping) -> None:
        """Take over which column holds what."""
        self.decide(mapping=mapping)

    def read_anew(self, how: str, choice: str) -> None:
        """Read the file another way; its columns may be others then."""
        self.decide(**{how: choice, "mapping": None})

    def decide_duplicate(self, line: int, is_same: bool) -> None:
        """Take over whether the person of a line is the one known here."""
        if self._request is not None:
            same, separate = set(self._request.same_lines), set(self._request.separate_lines)
            (same if is_same else separate).add(line)
            (separate if is_same else same).discard(line)
            self.decide(same_lines=frozenset(same), separate_lines=frozenset(separate))

    def run(self) -> None:
        """Bring the file in, behind the window and beside all other work."""
        if self.preview is None or not self.is_ready:
            return
        request, count = self.preview.request, self.count
        self._jobs.work(
            partial(_run, request=request),
            _("Importing {name}").format(name=request.file_name),
            lambda _changes: self.imported.emit(request.kind, count),
            self._on_not_imported,
        )

    def _take(self, kind: str, name: str, content: bytes) -> None:
        self._request = ImportRequest(_kind(kind), name, content)
        self.look()

    def _show(self, request: ImportRequest, preview: ImportPreview) -> None:
        if request is self._request:
            self._work = None
            self.preview = preview
            self.looked.emit()

    def _on_unread(self, request: ImportRequest, error: UserFacingError) -> None:
        if request is self._request and not isinstance(error, Cancelled):
            self._tell(error)

    def _tell(self, error: UserFacingError) -> None:
        self.forget()
        self.unread.emit(str(error))

    def _on_not_imported(self, error: UserFacingError) -> None:
        is_cancelled = isinstance(error, Cancelled)
        self.not_imported.emit(
            _("Cancelled: nothing was imported.") if is_cancelled else str(error)
        )

    def _give_up(self) -> None:
        if self._work is not None:
            self._work.cancel()
            self._work = None


def _kind(text: str) -> TableOf:
    return next(kind for kind in CATALOGUES if kind == text)


# Any in the signatures: see `jobs.Store`.
def _preview(store: Any, progress: Progress, *, request: ImportRequest) -> ImportPreview:
    return preview_import(store, request, progress=progress)


def _run(store: Any, progress: Progress, *, request: ImportRequest) -> Changes:
    """Look once more, for somebody may have come in at the door since, and write."""
    preview = preview_import(store, request, progress=progress)
    before = partial(back_up_before_import, store, progress=progress)
    return apply_import(store, preview, before=before).changes


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UserFacingError(
                _("“{name}” is larger than {limit} MB: part it into smaller files.").format(
                    name=path.name, limit=MAX_BYTES // 1_000_000
                )
            )
        return path.read_bytes()
    except OSError as exc:
        raise UserFacingError(
            _("“{name}” cannot be read ({reason}). Choose another file.").format(
                name=path.name, reason=exc.strerror
            )
        ) from exc
