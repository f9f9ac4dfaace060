"""Two records side by side: what they share is quiet, what differs stands out."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from mentor_desktop.i18n import _, current_language
from mentor_desktop.services.choices import PERSON_ROLES, PHOTO_CHOICES, label
from mentor_desktop.services.people import PersonCard
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.layout import ScrollColumn
from mentor_desktop.ui.widgets.text import Role, Text

# Two columns of words, and captions left of them.
_ROOM_FOR_CAPTIONS = 520


class Fact(NamedTuple):
    """One line of the comparison."""

    label: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        """Whether both say something, and not the same."""
        return bool(self.first and self.second) and self.first != self.second


class PairView(QWidget):
    """Shows one pair with the three answers.

    Emits:
        first_kept, second_kept: they are one person, whose record this is from now on.
        kept_apart: they are two.
    """

    first_kept = Signal()
    second_kept = Signal()
    kept_apart = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._reason = Text(theme, "", "body", "muted")
        self._trouble = Text(theme, "", "body", "absent")
        self._trouble.hide()
        self._body = QWidget()
        self._keep_first = Button(theme, _("Keep this one"), self.first_kept.emit)
        self._keep_second = Button(theme, _("Keep this one"), self.second_kept.emit)
        self._apart = Button(theme, _("Different people"), self.kept_apart.emit)
        self.setFocusProxy(self._apart)
        self._shown: tuple[PersonCard, PersonCard, str, bool] | None = None
        self._is_narrow = False
        self._scroll = ScrollColumn(theme, gap="l")
        self._scroll.column.setContentsMargins(theme.size("indent"), 0, 0, 0)
        for widget in (self._reason, self._trouble, self._body):
            self._scroll.column.addWidget(widget)
        self._scroll.column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroll)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < self._theme.px(_ROOM_FOR_CAPTIONS)
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            if self._shown is not None:
                first, second, reason, is_private = self._shown
                self.show_pair(first, second, reason, is_private=is_private)

    def show_trouble(self, sentence: str) -> None:
        """Say why a decision was not carried out; nothing when empty."""
        self._trouble.setText(sentence)
        self._trouble.setVisible(bool(sentence))

    def show_pair(
        self, first: PersonCard, second: PersonCard, reason: str, *, is_private: bool
    ) -> None:
        """Show two people; while a projector is on, `is_private`, without contact and note."""
        self.show_trouble("")
        self._shown = (first, second, reason, is_private)
        self._reason.setText(reason)
        theme, old = self._theme, self._body
        answers = (self._keep_first, self._keep_second, self._apart)
        had_focus = next((one for one in answers if one.hasFocus()), None)
        self._body = QWidget()
        grid = QGridLayout(self._body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.space("xl"))
        grid.setVerticalSpacing(theme.space("m"))
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        for at, card in enumerate((first, second), 1):
            grid.addWidget(Text(theme, card.name, "section"), 0, at, Qt.AlignmentFlag.AlignTop)
        facts = facts_of(first, second, is_private=is_private)
        for number, fact in enumerate(facts):
            self._add_fact(grid, 1 + 2 * number, fact)
        below = 1 + 2 * len(facts)
        questions = (_("Same person"), _("Two people"))
        for number, words in enumerate(questions):
            self._add_caption(grid, below + 2 * number, words, Qt.AlignmentFlag.AlignVCenter)
        for at, button in enumerate((self._keep_first, self._keep_second), 1):
            grid.addWidget(button, below + 1, at, Qt.AlignmentFlag.AlignLeft)
        grid.setRowMinimumHeight(below + 1, theme.size("control") + theme.space("l"))
        grid.addWidget(self._apart, below + 3, 1, 1, 2, Qt.AlignmentFlag.AlignLeft)
        self._name_buttons(first, second, is_private=is_private)
        self._scroll.column.replaceWidget(old, self._body)
        old.hide()
        old.deleteLater()
        if had_focus is not None:  # a widget that moves to another parent loses the keyboard
            self._body.show()
            had_focus.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add_fact(self, grid: QGridLayout, line: int, fact: Fact) -> None:
        theme, top = self._theme, Qt.AlignmentFlag.AlignTop
        self._add_caption(grid, line, fact.label)
        role: Role = "strong" if fact.differs else "body"
        for at, words in enumerate((fact.first, fact.second), 1):
            tone = "text" if words else "muted"
            grid.addWidget(Text(theme, words or "–", role, tone), line + 1, at, top)

    def _add_caption(
        self,
        grid: QGridLayout,
        line: int,
        words: str,
        where: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignTop,
    ) -> None:
        """Say what stands in the next line of the grid: left of it, or above it in a narrow window."""
        caption = Text(self._theme, words, "label", "muted")
        if self._is_narrow:
            grid.addWidget(caption, line, 1, 1, 2)
        else:
            grid.addWidget(caption, line + 1, 0, where)

    def _name_buttons(self, first: PersonCard, second: PersonCard, *, is_private: bool) -> None:
        """Two buttons read alike; their names for a screen reader tell them apart."""
        for button, card in ((self._keep_first, first), (self._keep_second, second)):
            where = card.organisation or ("" if is_private else card.email) or card.country
            button.setAccessibleName(
                _("Same person, keep {name}, {where}").format(name=card.name, where=where)
            )


def facts_of(first: PersonCard, second: PersonCard, *, is_private: bool) -> Sequence[Fact]:
    """Return the lines to compare; where both are silent there is none."""
    pairs = [
        (_("Latin form"), first.name_latin, second.name_latin),
        (_("Badge name"), first.badge_name, second.badge_name),
        (_("Organisation"), first.organisation, second.organisation),
        (_("Country"), _country(first), _country(second)),
        (_("Roles"), _roles(first), _roles(second)),
        (_("Took part in"), _workshops(first), _workshops(second)),
        (_("Photos"), _photos(first), _photos(second)),
        (_("Entered"), _entered(first), _entered(second)),
    ]
    if not is_private:
        pairs[2:2] = [
            (_("E-mail"), _breakable(first.email), _breakable(second.email)),
            (_("Phone"), first.phone, second.phone),
            (_("Year of birth"), str(first.birth_year or ""), str(second.birth_year or "")),
        ]
        pairs.append((_("Note"), first.note, second.note))
    return [Fact(*pair) for pair in pairs if pair[1] or pair[2]]


def _breakable(email: str) -> str:
    """Let a long address go on in the next line behind its "@" and dots."""
    return email.replace("@", "@\u200b").replace(".", "\u200b.")


def _country(card: PersonCard) -> str:
    return current_language().country(card.country) if card.country else ""


def _roles(card: PersonCard) -> str:
    return ", ".join(label(PERSON_ROLES, role) for role in card.roles)


def _workshops(card: PersonCard) -> str:
    return "\n".join(
        _("{code}, row {number}").format(code=one.code, number=one.list_number)
        if one.list_number
        else one.code
        for one in card.workshops
    )


def _photos(card: PersonCard) -> str:
    return "" if card.photo_choice == "not_asked" else label(PHOTO_CHOICES, card.photo_choice)


def _entered(card: PersonCard) -> str:
    return current_language().date(card.created_at.astimezone().date())
