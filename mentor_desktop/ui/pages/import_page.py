"""Import: choose or drop a file, look at what it would do, put it right, then bring it in whole."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QStackedLayout, QWidget

from mentor_desktop.i18n import _
from mentor_desktop.services.imports.run import OF_A_WORKSHOP
from mentor_desktop.services.workshops import WorkshopRow, workshop_rows
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.importing import wording
from mentor_desktop.ui.importing.drop_area import DropArea, DropTarget
from mentor_desktop.ui.importing.file_look import FileLook
from mentor_desktop.ui.importing.preview_part import PreviewPart
from mentor_desktop.ui.pages.base import Crumb, Page
from mentor_desktop.ui.widgets.empty_state import EmptyState
from mentor_desktop.ui.widgets.field import ChoiceField
from mentor_desktop.ui.widgets.flow import flowing
from mentor_desktop.ui.widgets.layout import ScrollColumn

_NAMES = "*.csv *.tsv *.txt *.xlsx *.xls *.ods"


class ImportPage(Page):
    """Nothing is written before the one button; then all of it is one action, undone by one key."""

    shows = frozenset({"workshop", "person", "registration", "organisation", "project"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._workshops: tuple[WorkshopRow, ...] = ()
        self._workshop_id = ""
        self._is_done = False
        self._look = FileLook(self, self.jobs, self._workshop_code)
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
        self._look.take_file(self._kind.choice.value, path)

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
        self._choices = flowing(theme, self._kind, self._workshop, gap="l")
        self._drop = DropArea(theme, self._choose_file)
        self._target = DropTarget()
        self._looked = PreviewPart(theme)
        self._done = EmptyState(theme, "", "people", _("Import another file"), self._begin)
        self._hidden = EmptyState(
            theme,
            _("Presentation mode is on, and a file shows what is private."),
            "calm",
            _("Leave presentation mode"),
            partial(self.desk.settings.change, presentation=False),
        )

    def _lay_out(self) -> None:
        self._start = ScrollColumn(self.theme)
        self._start.column.addWidget(self._drop, 1)
        self._stack = QStackedLayout(self._target)
        for widget in (self._start, self._looked, self._done, self._hidden):
            self._stack.addWidget(widget)
        self.content.addWidget(self._target, 1)

    def _connect(self) -> None:
        look, looked = self._look, self._looked
        look.looked.connect(self._show_looked)
        look.unread.connect(self._on_unread)
        look.imported.connect(self._on_imported)
        look.not_imported.connect(self.frame.toast)
        look.not_imported.connect(self._show_state)
        for part in (looked.letters, looked.reading):
            part.encoding_chosen.connect(partial(look.read_anew, "encoding"))
        looked.reading.delimiter_chosen.connect(partial(look.read_anew, "delimiter"))
        looked.reading.sheet_chosen.connect(partial(look.read_anew, "sheet"))
        looked.letters.repair_chosen.connect(lambda is_on: look.decide(with_repairs=is_on))
        looked.columns.mapping_chosen.connect(look.choose_mapping)
        looked.bad_rows.leave_out_chosen.connect(lambda is_on: look.decide(without_refused=is_on))
        looked.duplicates.decided.connect(look.decide_duplicate)
        looked.other_file_wanted.connect(self._choose_file)
        self._target.hovered.connect(self._drop.set_over)
        self._target.dropped.connect(self.take_file)
        self.track(self.desk.settings.changed, self._show_part)

    # ---- what is shown

    def _begin(self) -> None:
        """Forget the file."""
        self._look.forget()
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
            self._look.look()

    def _show_looked(self) -> None:
        assert self._look.preview is not None
        self._looked.show_preview(self._look.preview)
        self._looked.take_choices(self._choices)
        self._show_part()
        self._show_state()

    def _show_part(self, _settings: object = None) -> None:
        """Show the file that is looked at, unless a projector is on."""
        if self._look.preview is not None:
            is_private = self.desk.settings.value.presentation
            self._stack.setCurrentWidget(self._hidden if is_private else self._looked)

    def _show_state(self) -> None:
        """Show heading, button and choices as they are right now."""
        workshop = next((one for one in self._workshops if one.id == self._workshop_id), None)
        is_of_workshop = self._kind.choice.value in OF_A_WORKSHOP
        self._workshop.setVisible(is_of_workshop and bool(self._workshops))
        crumbs = [Crumb(_("People"), "people")]
        where = {"workshop_id": self._workshop_id}
        if is_of_workshop and workshop is not None:
            title = workshop.title or workshop.code
            crumbs = [Crumb(_("Workshops"), "workshops"), Crumb(title, "workshop", where)]
        self.set_heading(*crumbs, Crumb(_("Import")))
        preview = self._look.preview
        if preview is not None:
            verb = wording.verb(preview.request.kind, self._look.count)
            is_ready = self._look.is_ready
            self.set_primary(verb, self._import, icon="import", is_enabled=is_ready)
        elif self._is_done and is_of_workshop and workshop is not None:
            act = partial(self.frame.go, "workshop", **where)
            self.set_primary(_("Open the workshop"), act, icon="workshops")
        else:
            self.clear_primary()

    def _on_unread(self, sentence: str) -> None:
        """Say in the frame for files why this one was not taken."""
        self._begin()
        self._drop.show_trouble(sentence)

    # ---- what a person decides

    def _workshop_code(self) -> str:
        return next((one.code for one in self._workshops if one.id == self._workshop_id), "")

    def _choose_kind(self, kind: str) -> None:
        self._show_state()
        self._look.choose_kind(kind)

    def _choose_workshop(self, workshop_id: str) -> None:
        self._workshop_id = workshop_id
        self._show_state()
        self._look.look()

    def _choose_file(self) -> None:
        chosen, _filter = QFileDialog.getOpenFileName(
            self, _("Choose a table"), str(Path.home()), f"{_('Tables')} ({_NAMES})"
        )
        if chosen:
            self.take_file(Path(chosen))

    def _import(self) -> None:
        self.clear_primary()
        self._look.run()

    def _on_imported(self, kind: str, count: int) -> None:
        self._begin()
        self._is_done = True
        self._done.set_sentence(wording.done(kind, count))
        self._stack.setCurrentWidget(self._done)
        self._show_state()
