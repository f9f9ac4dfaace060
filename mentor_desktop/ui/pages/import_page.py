"""Import: choose or drop a file, look at what it would do, put it right, then bring it in whole."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QStackedLayout, QWidget

from mentor_desktop.changes import Changes
from mentor_desktop.errors import Cancelled, UserFacingError
from mentor_desktop.i18n import _
from mentor_desktop.progress import Progress
from mentor_desktop.services.imports.run import (
    OF_A_WORKSHOP,
    ImportPreview,
    ImportRequest,
    apply_import,
    preview_import,
)
from mentor_desktop.services.tables_in.fields import TableOf
from mentor_desktop.services.tables_in.headers import CATALOGUES, Mapping
from mentor_desktop.services.tables_in.reading import MAX_BYTES
from mentor_desktop.services.workshops import WorkshopRow, workshop_rows
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.importing import wording
from mentor_desktop.ui.importing.drop_area import DropArea
from mentor_desktop.ui.importing.preview_part import PreviewPart
from mentor_desktop.ui.pages.base import Crumb, Page
from mentor_desktop.ui.widgets.empty_state import EmptyState
from mentor_desktop.ui.widgets.field import ChoiceField
from mentor_desktop.ui.widgets.flow import flowing
from mentor_desktop.ui.widgets.layout import ScrollColumn
from mentor_desktop.ui.work import Work

_NAMES = "*.csv *.tsv *.txt *.xlsx *.xls *.ods"


class ImportPage(Page):
    """Nothing is written before the one button; then all of it is one action, undone by one key."""

    shows = frozenset({"workshop", "person", "registration", "organisation", "project"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._workshops: tuple[WorkshopRow, ...] = ()
        self._workshop_id = ""
        self._request: ImportRequest | None = None
        self._preview: ImportPreview | None = None
        self._work: Work | None = None
        self._is_done = False
        self._build_widgets()
        self._lay_out()
        self._connect()

    def open(self, **where: str) -> None:
        """Begin with `kind` and `workshop_id`, each as far as it is given."""
        self._kind.set_value(where.get("kind", self._kind.choice.value))
        self._workshop_id = where.get("workshop_id", self._workshop_id)
        self._begin()

    def refresh(self) -> None:
        """Ask for the workshops, and look at the file again: the workspace has changed."""
        self.jobs.query(workshop_rows, self._show_workshops, key="workshops")

    def first_focus(self) -> QWidget | None:
        return self._kind

    def take_file(self, path: Path) -> None:
        """Read a file and show what it would do."""
        self._begin()
        self.jobs.draw(
            partial(_read, path), partial(self._take, path.name), self._refuse, key="file"
        )

    # ---- widgets

    def _build_widgets(self) -> None:
        theme = self.theme
        kinds = [(code, _(words)) for code, words in wording.KINDS.items()]
        self._kind = ChoiceField(
            theme, _("What the file holds"), kinds, on_save=self._choose_kind, in_place=False
        )
        self._workshop = ChoiceField(
            theme, _("For the workshop"), (), on_save=self._choose_workshop, in_place=False
        )
        self._drop = DropArea(theme, self._choose_file)
        self._looked = PreviewPart(theme)
        self._done = EmptyState(theme, "", "people", _("Import another file"), self._begin)
        self.setAcceptDrops(True)

    def _lay_out(self) -> None:
        self._stack = QStackedLayout()
        self._choices = flowing(self.theme, self._kind, self._workshop, gap="l")
        self._start = ScrollColumn(self.theme)
        self._start.column.addWidget(self._drop, 1)
        for widget in (self._start, self._looked, self._done):
            self._stack.addWidget(widget)
        self.content.addLayout(self._stack, 1)

    def _connect(self) -> None:
        looked = self._looked
        looked.other_file_wanted.connect(self._choose_file)
        for part in (looked.letters, looked.reading):
            part.encoding_chosen.connect(partial(self._read_anew, "encoding"))
        looked.reading.delimiter_chosen.connect(partial(self._read_anew, "delimiter"))
        looked.reading.sheet_chosen.connect(partial(self._read_anew, "sheet"))
        looked.letters.repair_chosen.connect(lambda is_on: self._decide(with_repairs=is_on))
        looked.columns.mapping_chosen.connect(self._choose_mapping)
        looked.bad_rows.leave_out_chosen.connect(lambda is_on: self._decide(without_refused=is_on))
        looked.duplicates.decided.connect(self._decide_duplicate)

    # ---- what is shown

    def _begin(self) -> None:
        """Forget the file."""
        self._cancel_look()
        self._request = self._preview = None
        self._is_done = False
        self._looked.duplicates.forget()
        self._drop.show_trouble("")
        self._start.column.insertWidget(0, self._choices)
        self._stack.setCurrentWidget(self._start)
        self._show_state()

    def _show_workshops(self, rows: Sequence[WorkshopRow]) -> None:
        self._workshops = tuple(rows)
        options = [(one.id, f"{one.title or one.code} ({one.code})") for one in rows]
        if self._workshop_id not in {one.id for one in rows}:
            self._workshop_id = rows[0].id if rows else ""
        self._workshop.choice.set_options(options, self._workshop_id)
        self._show_state()
        if not self._is_done:
            self._look()

    def _show_state(self) -> None:
        """Show heading, button and choices as they are right now."""
        workshop = next((one for one in self._workshops if one.id == self._workshop_id), None)
        is_of_workshop = self._kind.choice.value in OF_A_WORKSHOP
        self._workshop.setVisible(is_of_workshop and bool(self._workshops))
        crumbs = [Crumb(_("People"), "people")]
        if is_of_workshop and workshop is not None:
            where = {"workshop_id": workshop.id}
            crumbs = [
                Crumb(_("Workshops"), "workshops"),
                Crumb(workshop.title or workshop.code, "workshop", where),
            ]
        self.set_heading(*crumbs, Crumb(_("Import")))
        if self._preview is not None and not self._is_done:
            count = self._preview.rows - self._preview.already_known
            self.set_primary(
                wording.verb(self._preview.request.kind, count),
                self._import,
                icon="import",
                is_enabled=count > 0 and self._is_ready(),
            )
        elif self._is_done and is_of_workshop and workshop is not None:
            self.set_primary(_("Open the workshop"), self._open_workshop, icon="workshops")
        else:
            self.clear_primary()

    def _is_ready(self) -> bool:
        """Say whether nothing is in the way of the button."""
        preview = self._preview
        if preview is None or preview.mapping.missing:
            return False
        return not preview.refused or preview.request.without_refused

    # ---- looking at a file

    def _take(self, name: str, content: bytes) -> None:
        self._request = ImportRequest(_kind(self._kind.choice.value), name, content)
        self._look()

    def _look(self) -> None:
        """Find out anew what the file would do; an older look is given up."""
        self._cancel_look()
        if self._request is None:
            return
        code = next((one.code for one in self._workshops if one.id == self._workshop_id), "")
        self._request = replace(self._request, workshop=code)
        op = partial(_preview, request=self._request)
        title = _("Reading {name}").format(name=self._request.file_name)
        request = self._request
        self._work = self.jobs.work(
            op, title, partial(self._show, request), partial(self._on_unread, request)
        )

    def _show(self, request: ImportRequest, preview: ImportPreview) -> None:
        if request is not self._request:
            return
        self._work = None
        self._preview = preview
        self._looked.show_preview(preview)
        if self._stack.currentWidget() is not self._looked:
            self._looked.take_choices(self._choices)
            self._stack.setCurrentWidget(self._looked)
        self._show_state()

    def _on_unread(self, request: ImportRequest, error: UserFacingError) -> None:
        if request is self._request and not isinstance(error, Cancelled):
            self._refuse(error)

    def _refuse(self, error: UserFacingError) -> None:
        """Say in the frame for files why this one was not taken."""
        self._begin()
        self._drop.show_trouble(str(error))

    def _cancel_look(self) -> None:
        if self._work is not None:
            self._work.cancel()
            self._work = None

    # ---- what a person decides

    def _decide(self, **decision: Any) -> None:  # Any: one value per field of `ImportRequest`
        if self._request is not None:
            self._request = replace(self._request, **decision)
            self._look()

    def _read_anew(self, how: str, choice: str) -> None:
        """Read the file another way; its columns may be others then."""
        self._decide(**{how: choice, "mapping": None})

    def _choose_mapping(self, mapping: Mapping) -> None:
        self._decide(mapping=mapping)

    def _decide_duplicate(self, line: int, is_same: bool) -> None:
        if self._request is not None:
            same, separate = set(self._request.same_lines), set(self._request.separate_lines)
            (same if is_same else separate).add(line)
            (separate if is_same else same).discard(line)
            self._decide(same_lines=frozenset(same), separate_lines=frozenset(separate))

    def _choose_kind(self, kind: str) -> None:
        self._show_state()
        self._decide(kind=_kind(kind), mapping=None)

    def _choose_workshop(self, workshop_id: str) -> None:
        self._workshop_id = workshop_id
        self._show_state()
        self._look()

    def _choose_file(self) -> None:
        chosen, _filter = QFileDialog.getOpenFileName(
            self, _("Choose a table"), str(Path.home()), f"{_('Tables')} ({_NAMES})"
        )
        if chosen:
            self.take_file(Path(chosen))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self._drop.set_over(is_over=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._drop.set_over(is_over=False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop.set_over(is_over=False)
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.take_file(Path(files[0]))

    # ---- bringing it in

    def _import(self) -> None:
        if self._preview is None or not self._is_ready():
            return
        request = self._preview.request
        count = self._preview.rows - self._preview.already_known
        self.clear_primary()
        self.jobs.work(
            partial(_run, request=request),
            _("Importing {name}").format(name=request.file_name),
            partial(self._on_imported, request.kind, count),
            self._on_refused,
        )

    def _on_imported(self, kind: str, count: int, _changes: Changes) -> None:
        self._begin()
        self._is_done = True
        self._done.set_sentence(wording.done(kind, count))
        self._stack.setCurrentWidget(self._done)
        self._show_state()

    def _on_refused(self, error: UserFacingError) -> None:
        is_cancelled = isinstance(error, Cancelled)
        self.frame.toast(_("Cancelled: nothing was imported.") if is_cancelled else str(error))
        self._show_state()

    def _open_workshop(self) -> None:
        self.frame.go("workshop", workshop_id=self._workshop_id)


def _kind(text: str) -> TableOf:
    return next(kind for kind in CATALOGUES if kind == text)


# Any in the signatures: see `jobs.Store`.
def _preview(store: Any, progress: Progress, *, request: ImportRequest) -> ImportPreview:
    return preview_import(store, request, progress=progress)


def _run(store: Any, progress: Progress, *, request: ImportRequest) -> Changes:
    """Look once more, for somebody may have come in at the door since, and write."""
    preview = preview_import(store, request, progress=progress)
    return apply_import(store, preview).changes


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
