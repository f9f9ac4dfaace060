"""Rows that want a look: those that cannot be taken, and people who may be here already."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mentor_desktop.i18n import _, ngettext
from mentor_desktop.services.imports.participants import PossibleDuplicate
from mentor_desktop.services.tables_in.parsed_rows import BadRow
from mentor_desktop.services.tables_in.raw_table import RowNote
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.inputs import CheckBox
from mentor_desktop.ui.widgets.layout import column, row
from mentor_desktop.ui.widgets.line_list import Line, LineList
from mentor_desktop.ui.widgets.segments import Segments
from mentor_desktop.ui.widgets.text import Text

_MOST_LINES = 100
_MOST_ASKED = 60


class BadRowsPart(QWidget):
    """The rows that are not taken, each with its line, the reason and its cells.

    Emits:
        leave_out_chosen: whether the others are imported without them.
    """

    leave_out_chosen = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._heading = Text(theme, _("Lines that cannot be taken"), "strong")
        self._list = LineList(theme, _("Lines that cannot be taken"), is_strong=False)
        self._without = CheckBox(theme, _("Leave them out and import the others"))
        self._without.clicked.connect(self.leave_out_chosen)
        self._heading.setContentsMargins(theme.size("indent"), 0, 0, 0)
        indented = row(theme, self._without)
        indented.setContentsMargins(theme.size("indent"), 0, 0, 0)
        self.setLayout(column(theme, self._heading, self._list, indented, gap="xs"))

    def show_rows(self, bad: Sequence[BadRow], *, without: bool) -> None:
        """Show them, or nothing."""
        self.setVisible(bool(bad))
        lines = [
            Line(
                " ".join(one.reasons),
                " · ".join(cell for cell in one.cells if cell),
                lead=_("line {line}").format(line=one.line),
                lead_tone="absent",
            )
            for one in bad[:_MOST_LINES]
        ]
        self._list.set_lines(_with_rest(lines, len(bad)))
        self._without.setChecked(without)


class NotesPart(QWidget):
    """What is taken with a doubt."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        heading = Text(theme, _("Taken, but worth a look"), "strong")
        heading.setContentsMargins(theme.size("indent"), 0, 0, 0)
        self._list = LineList(theme, _("Taken, but worth a look"), is_strong=False)
        self.setLayout(column(theme, heading, self._list, gap="xs"))

    def show_notes(self, notes: Sequence[RowNote]) -> None:
        """Show them, or nothing."""
        self.setVisible(bool(notes))
        lines = [
            Line(one.sentence, lead=_("line {line}").format(line=one.line))
            for one in notes[:_MOST_LINES]
        ]
        self._list.set_lines(_with_rest(lines, len(notes)))


class DuplicatesPart(QWidget):
    """People of the file who may be here already, each with the two answers.

    Emits:
        decided: (line, whether it is the same person).
    """

    decided = Signal(int, bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[tuple[int, str], ...] = ()
        self._answers: dict[int, Segments] = {}
        self._with_certain = False
        self._found: tuple[PossibleDuplicate, ...] = ()
        self._heading = Text(theme, _("Perhaps here already"), "strong")
        self._certain = Text(theme, "", "body", "muted")
        self._show_certain = Button(theme, _("Look at them"), self._open_certain, kind="quiet")
        for text in (self._heading, self._certain):
            text.setContentsMargins(theme.size("indent"), 0, 0, 0)
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(theme.size("indent"), 0, 0, 0)
        self._rows.setSpacing(theme.space("m"))
        known = row(theme, self._certain, self._show_certain)
        known.setStretch(0, 1)
        self.setLayout(column(theme, self._heading, self._rows, known, gap="s"))

    def show_duplicates(self, found: Sequence[PossibleDuplicate]) -> None:
        """Show who may be here already; who surely is, only when asked for."""
        self._found = tuple(found)
        asked = [one for one in found if not one.is_certain or self._with_certain][:_MOST_ASKED]
        certain = [one for one in found if one.is_certain]
        self.setVisible(bool(found))
        self._heading.setVisible(bool(asked))
        shown = tuple((one.line, one.known_id) for one in asked)
        if shown != self._shown:
            self._shown = shown
            self._build(asked)
        for one in asked:
            self._answers[one.line].set_value("same" if one.is_taken_as_same else "separate")
        is_told = bool(certain) and not self._with_certain
        self._certain.setVisible(is_told)
        self._show_certain.setVisible(is_told)
        self._certain.setText(
            ngettext(
                "{count} person has the name and the e-mail or year of birth of somebody here, and is taken as the same.",
                "{count} people have the name and the e-mail or year of birth of somebody here, and are taken as the same.",
                len(certain),
            ).format(count=len(certain))
        )

    def forget(self) -> None:
        """Begin with another file."""
        self._with_certain = False

    def _open_certain(self) -> None:
        self._with_certain = True
        self.show_duplicates(self._found)

    def _build(self, asked: Sequence[PossibleDuplicate]) -> None:
        self._answers.clear()
        while (item := self._rows.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for one in asked:
            self._rows.addWidget(self._question(one))

    def _question(self, one: PossibleDuplicate) -> QWidget:
        theme = self._theme
        said = Text(theme, one.name)
        reason = _("Line {line}. {name} is here already: {reason}.").format(
            line=one.line, name=one.known_name, reason=_(one.reason)
        )
        words = column(theme, said, Text(theme, reason, "small", "muted"), gap="none")
        answer = Segments(
            theme,
            _("Is {name} the same person?").format(name=one.name),
            [("same", _("Same person")), ("separate", _("Somebody else"))],
        )
        answer.chosen.connect(partial(self._decide, one.line))
        self._answers[one.line] = answer
        widget = QWidget()
        line = row(theme, words, answer, gap="l")
        line.setStretch(0, 1)
        widget.setLayout(line)
        return widget

    def _decide(self, line: int, answer: str) -> None:
        self.decided.emit(line, answer == "same")


def _with_rest(lines: list[Line], count: int) -> list[Line]:
    """Add how many more there are."""
    if count > len(lines):
        rest = _("and {count} more").format(count=count - len(lines))
        return [*lines, Line(rest, tone="muted")]
    return lines
