"""One file looked at: what will happen, how it was read, its columns, and the rows in question."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mentor_desktop.i18n import _, current_language, ngettext
from mentor_desktop.services.imports.run import ImportPreview
from mentor_desktop.ui.importing.columns_part import ColumnsPart
from mentor_desktop.ui.importing.letters_part import LettersPart, ReadingPart
from mentor_desktop.ui.importing.rows_part import BadRowsPart, DuplicatesPart, NotesPart
from mentor_desktop.ui.importing.wording import sums
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.layout import ScrollColumn, column, row
from mentor_desktop.ui.widgets.text import ElidedText, Text


class PreviewPart(QWidget):
    """Everything below the choice of kind and workshop.

    Emits:
        other_file_wanted: the person wants to choose another file.
    """

    other_file_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._file = ElidedText(theme, "", "section")
        self._facts = Text(theme, "", "small", "muted")
        self._sums = QVBoxLayout()
        self._sums.setSpacing(theme.space("xs"))
        self.letters = LettersPart(theme)
        self.reading = ReadingPart(theme)
        self.columns = ColumnsPart(theme)
        self.bad_rows = BadRowsPart(theme)
        self.duplicates = DuplicatesPart(theme)
        self.notes = NotesPart(theme)
        self._scroll = ScrollColumn(theme, gap="xl")
        other = Button(
            theme, _("Choose another file"), self.other_file_wanted.emit, icon="open-folder"
        )
        words = column(theme, self._file, self._facts, gap="none")
        head = row(theme, words, other, gap="l")
        head.setStretch(0, 1)
        top = column(theme, head, self._sums, gap="m")
        top.setContentsMargins(theme.size("indent"), 0, 0, 0)
        body = self._scroll.column
        body.addLayout(top)
        for part in (
            self.letters,
            self.bad_rows,
            self.duplicates,
            self.columns,
            self.reading,
            self.notes,
        ):
            body.addWidget(part)
        body.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroll)

    def take_choices(self, choices: QWidget) -> None:
        """Put the choice of kind and workshop above everything, where it scrolls along."""
        if self._scroll.column.indexOf(choices) < 0:
            self._scroll.column.insertWidget(0, choices)

    def show_preview(self, preview: ImportPreview) -> None:
        """Show what an import would do."""
        request, table = preview.request, preview.table
        count = len(table.rows)
        rows = ngettext("{count} row", "{count} rows", count).format(
            count=current_language().number(count)
        )
        read_as = table.encoding.label if table.encoding else table.kind.upper()
        self._file.setText(request.file_name)
        self._facts.setText(f"{rows} · {read_as}")
        self._show_sums(preview)
        self.letters.show_table(table, with_repairs=request.with_repairs)
        self.reading.show_table(table)
        self.columns.show_columns(table, preview.mapping)
        self.bad_rows.show_rows(preview.refused, without=request.without_refused)
        self.duplicates.show_duplicates(preview.duplicates)
        self.notes.show_notes(preview.notes)

    def _show_sums(self, preview: ImportPreview) -> None:
        while (item := self._sums.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for one in sums(preview):
            self._sums.addWidget(Text(self._theme, one.sentence, "body", one.tone))
