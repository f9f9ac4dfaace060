"""How the bytes were read: letters in each possible way side by side, cells, sheet, damage."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mentor_desktop.i18n import _, ngettext
from mentor_desktop.services.tables_in.raw_table import DamagedCell, EncodingChoice, RawTable
from mentor_desktop.ui.importing.wording import DELIMITER_NAMES
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.field import ChoiceField
from mentor_desktop.ui.widgets.flow import flowing
from mentor_desktop.ui.widgets.inputs import CheckBox
from mentor_desktop.ui.widgets.layout import column, holder
from mentor_desktop.ui.widgets.line_list import Line, LineList
from mentor_desktop.ui.widgets.text import Text

_MOST_DAMAGED = 8


class LettersPart(QWidget):
    """What must be decided before the rows mean anything: doubtful and spoilt letters.

    Emits:
        encoding_chosen: name of the encoding.
        repair_chosen: whether spoilt letters are put right.
    """

    encoding_chosen = Signal(str)
    repair_chosen = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        ask = _("The letters can be read in several ways. Choose the one with the right names.")
        self._ways = Ways(theme, ask)
        self._ways.chosen.connect(self.encoding_chosen)
        self._damage = Text(theme, "", "strong", "late")
        self._damage.setContentsMargins(theme.size("indent"), 0, 0, 0)
        self._cells = LineList(theme, _("Spoilt letters"), is_strong=False)
        self._repair = CheckBox(theme, _("Put the letters right as shown"))
        self._repair.clicked.connect(self.repair_chosen)
        indented = column(theme, self._repair)
        indented.setContentsMargins(theme.size("indent"), 0, 0, 0)
        self._spoilt = holder(column(theme, self._damage, self._cells, indented, gap="xs"))
        self.setLayout(column(theme, self._ways, self._spoilt, gap="l"))

    def show_table(self, table: RawTable, *, with_repairs: bool) -> None:
        """Show what there is to decide, or nothing."""
        is_unsure = bool(table.alternatives) and not table.is_encoding_sure
        self._ways.setVisible(is_unsure)
        self._ways.show_table(table)
        self._show_damage(table, with_repairs=with_repairs)
        self.setVisible(is_unsure or bool(table.damaged))

    def _show_damage(self, table: RawTable, *, with_repairs: bool) -> None:
        damaged = table.damaged
        self._spoilt.setVisible(bool(damaged))
        if not damaged:
            return
        self._damage.setText(
            ngettext(
                "Letters in {count} cell were spoilt before the file came here.",
                "Letters in {count} cells were spoilt before the file came here.",
                len(damaged),
            ).format(count=len(damaged))
        )
        different = list({(one.text, one.repaired): one for one in damaged}.values())
        lines = [_damage_line(one) for one in different[:_MOST_DAMAGED]]
        if len(different) > _MOST_DAMAGED:
            rest = len(different) - _MOST_DAMAGED
            lines.append(Line(_("and {count} more").format(count=rest), tone="muted"))
        self._cells.set_lines(lines)
        self._repair.setVisible(any(one.repaired is not None for one in damaged))
        self._repair.setChecked(with_repairs)


class ReadingPart(QWidget):
    """How the file was read where there was no doubt; still a person may know better.

    Emits:
        encoding_chosen: name of the encoding.
        delimiter_chosen: the character between cells.
        sheet_chosen: name of the sheet.
    """

    encoding_chosen = Signal(str)
    delimiter_chosen = Signal(str)
    sheet_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        delimiters = [(sign, _(words)) for sign, words in DELIMITER_NAMES.items()]
        self._delimiter = ChoiceField(
            theme,
            _("Between cells"),
            delimiters,
            on_save=self.delimiter_chosen.emit,
            in_place=False,
        )
        self._sheet = ChoiceField(
            theme, _("Sheet"), (), on_save=self.sheet_chosen.emit, in_place=False
        )
        self._ways = Ways(theme, _("If names look wrong, the letters were meant another way:"))
        self._ways.chosen.connect(self.encoding_chosen)
        heading = Text(theme, _("How the file was read"), "strong")
        heading.setContentsMargins(theme.size("indent"), 0, 0, 0)
        choices = flowing(theme, self._delimiter, self._sheet, gap="l")
        self.setLayout(column(theme, heading, choices, self._ways, gap="s"))

    def show_table(self, table: RawTable) -> None:
        """Show how a table was read and what else is possible; nothing where there is no choice."""
        has_ways = bool(table.alternatives) and table.is_encoding_sure
        self._delimiter.setVisible(table.delimiter is not None)
        self._delimiter.set_value(table.delimiter or ",")
        self._sheet.setVisible(len(table.sheets) > 1)
        self._sheet.choice.set_options([(name, name) for name in table.sheets], table.sheet or "")
        self._ways.setVisible(has_ways)
        self._ways.show_table(table)
        self.setVisible(table.delimiter is not None or len(table.sheets) > 1 or has_ways)


class Ways(QWidget):
    """The same words read in each possible way, one below the other.

    Emits:
        chosen: name of the encoding.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, sentence: str) -> None:
        super().__init__()
        words = Text(theme, sentence)
        words.setContentsMargins(theme.size("indent"), 0, 0, 0)
        self._list = LineList(theme, sentence, is_strong=False)
        self._list.opened.connect(self.chosen)
        self.setLayout(column(theme, words, self._list, gap="xs"))

    def show_table(self, table: RawTable) -> None:
        """Show the way that was taken first, then the others."""
        if table.encoding is None or not table.alternatives:
            return
        lines = [_way_line(table.encoding, is_taken=True)]
        lines += [_way_line(one, is_taken=False) for one in table.alternatives]
        self._list.set_lines(lines)


def _way_line(one: EncodingChoice, *, is_taken: bool) -> Line:
    return Line(
        "   ".join(one.samples),
        one.label,
        key=one.name,
        icon="checked" if is_taken else "language",
        icon_tone="accent" if is_taken else "faint",
        tone="text" if is_taken else "muted",
        tail=_("read this way") if is_taken else _("read it this way"),
    )


def _damage_line(cell: DamagedCell) -> Line:
    lead = _("line {line}").format(line=cell.line)
    if cell.repaired is None:
        return Line(cell.text, _("The letters are gone; write them again in the file."), lead=lead)
    return Line(f"{cell.text}  →  {cell.repaired}", lead=lead)
