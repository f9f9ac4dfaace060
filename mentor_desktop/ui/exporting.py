"""Tables out of the workspace: what a file will hold is said before it is written."""

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _, current_language, ngettext
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.printing import save_file
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.field import ChoiceField
from mentor_desktop.ui.widgets.layout import STRETCH, column, row
from mentor_desktop.ui.widgets.text import Text


def open_export(desk: Desk, kind: str, workshop_id: str = "") -> None:
    """Slide in the panel that exports one kind of table: participants, attendance, certificates, organisations."""
    panel = ExportPanel(desk, kind, workshop_id)
    desk.frame.open_panel(panel, _("Export"))


class ExportPanel(QWidget):
    """Names the fields and their number of rows, then saves a CSV or XLSX file.

    Emits:
        saved: the path.
    """

    saved = Signal(str)

    def __init__(self, desk: Desk, kind: str, workshop_id: str = "") -> None:
        super().__init__()
        self._desk, self._kind = desk, kind
        self._jobs = OwnedJobs(desk.jobs, self)
        self._table: Any = None  # Any: an `ExportedTable`; its module is imported with the first
        theme = desk.theme
        self._sums = Text(theme, _("Reading …"), "body")
        self._fields = Text(theme, "", "body", "muted")
        self._warning = Text(
            theme,
            _(
                "The file is not encrypted: whoever gets it can read all of this. Give it only to those who need it, and delete it afterwards."
            ),
            "body",
            "late",
        )
        kinds = [(".xlsx", _("Excel (.xlsx)")), (".csv", _("Plain text (.csv)"))]
        self._format = ChoiceField(theme, _("Kind of file"), kinds, in_place=False)
        self._trouble = Text(theme, "", "body", "absent")
        self._trouble.hide()
        self._verb = Button(
            theme, _("Save the file"), self._choose_file, kind="primary", icon="export"
        )
        self._verb.setEnabled(False)
        parts = (
            self._sums,
            self._fields,
            self._warning,
            self._format,
            self._trouble,
            row(theme, self._verb, STRETCH),
            STRETCH,
        )
        self.setLayout(column(theme, *parts, gap="l"))
        op = partial(_read, kind=kind, workshop_id=workshop_id or None)
        self._jobs.query(op, self._show, self.refuse)

    def refuse(self, error: UserFacingError) -> None:
        """Say why there is no file."""
        self._trouble.setText(str(error))
        self._trouble.show()

    def save_to(self, path: Path) -> None:
        """Write the file and say so."""
        suffix = path.suffix.lower() or self._format.choice.value
        path = path.with_suffix(suffix)
        op = partial(_write, self._table, path, current_language().code)
        self._jobs.draw(op, partial(self._on_saved, path), self.refuse)

    # Any: see `_table`.
    def _show(self, table: Any) -> None:
        self._table = table
        count = len(table.rows)
        self._sums.setText(
            ngettext("{title}: {count} row.", "{title}: {count} rows.", count).format(
                title=table.title, count=current_language().number(count)
            )
        )
        self._fields.setText(
            _("It holds these fields: {fields}.").format(fields=", ".join(_labels(table)))
        )
        self._verb.setEnabled(True)

    def _choose_file(self) -> None:
        suffix = self._format.choice.value
        name = Path.home() / f"{self._table.title}{suffix}"
        chosen, _filter = QFileDialog.getSaveFileName(
            self, _("Save the table"), str(name), f"*{suffix}"
        )
        if chosen:
            self.save_to(Path(chosen))

    def _on_saved(self, path: Path, _done: None) -> None:
        self._desk.frame.toast(_("Saved to {path}").format(path=path))
        self._desk.frame.close_panel()
        self.saved.emit(str(path))


# Any in the signatures: see `jobs.Store`, and `_table` above.
def _read(uow: Any, *, kind: str, workshop_id: str | None) -> Any:
    from mentor_desktop.services.exports import export_table  # spreadsheets: not before the first

    return export_table(uow, kind, workshop_id=workshop_id)


def _write(table: Any, path: Path, language: str) -> None:
    from mentor_desktop.services.exports import table_file  # spreadsheets: not before the first

    save_file(path, table_file(table, path.suffix, language=language))


def _labels(table: Any) -> list[str]:
    """Return the headings in words people know, where there are any."""
    from mentor_desktop.services.tables_in.headers import CATALOGUES

    words = {field.name: _(field.label) for one in CATALOGUES.values() for field in one.fields}
    return [words.get(heading, heading) for heading in table.headings]
