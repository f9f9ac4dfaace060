"""The two small forms of the door: somebody new (F4), a name put right (F2)."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mentor_desktop.i18n import _
from mentor_desktop.services.door import DoorPerson
from mentor_desktop.services.people import PersonRow
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.inputs import LineEdit
from mentor_desktop.ui.widgets.layout import STRETCH, column, row
from mentor_desktop.ui.widgets.text import Text


class _Lines(QWidget):
    """Labelled lines, (label, text) each; Enter in the last, or Ctrl+Enter anywhere, does the verb."""

    def __init__(
        self,
        theme: Theme,
        verb: str,
        act: Callable[[], object],
        lines: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__()
        self._theme = theme
        self._act = act
        self._lines: list[LineEdit] = []
        # Made in the order in which Tab walks: the lines, then the button.
        fields = column(theme, *(self._line(label, text) for label, text in lines))
        self._trouble = Text(theme, "", "body", "absent")
        self._trouble.hide()
        self.below = QVBoxLayout()
        self.below.setSpacing(theme.space("s"))
        button = Button(theme, verb, act, kind="primary")
        verbs = row(theme, button, STRETCH)
        self.setLayout(column(theme, fields, self._trouble, verbs, self.below, STRETCH, gap="l"))

    def _line(self, label: str, text: str) -> QVBoxLayout:
        line = LineEdit(label, text=text)
        caption = Text(self._theme, label, "label", "muted")
        caption.setBuddy(line)
        self._lines.append(line)
        line.returnPressed.connect(lambda: self._go_on(line))
        return column(self._theme, caption, line, gap="xs")

    def show_trouble(self, sentence: str) -> None:
        """Say what is wrong; the lines keep what was typed."""
        self._trouble.setText(sentence)
        self._trouble.setVisible(bool(sentence))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._act()
            return
        super().keyPressEvent(event)

    def _go_on(self, line: LineEdit) -> None:
        at = self._lines.index(line)
        if at + 1 < len(self._lines):
            self._lines[at + 1].setFocus()
        else:
            self._act()


class WalkInForm(_Lines):
    """Given name, family name, organisation, country: and in.

    Emits:
        wanted: (given name, family name, organisation, country).
        known_wanted: the id of a person of the workspace who was meant instead.
        looked_for: (given name, family name), for hints about somebody known.
    """

    wanted = Signal(str, str, str, str)
    known_wanted = Signal(str)
    looked_for = Signal(str, str)

    def __init__(self, theme: Theme, typed: str, row_number: int) -> None:
        given, _space, family = typed.strip().partition(" ")
        lines = (
            (_("Given name"), given.title() if given.islower() else given),
            (_("Family name"), family.title() if family.islower() else family),
            (_("Organisation"), ""),
            (_("Country (two letters or its name)"), ""),
        )
        super().__init__(theme, _("Add and check in"), self._add, lines)
        self._given, self._family, self._organisation, self._country = self._lines
        self.below.addWidget(
            Text(
                theme,
                _("On paper: row {number}. Ask for a signature there.").format(number=row_number),
                "small",
                "muted",
            )
        )
        self._hints = QVBoxLayout()
        self.below.addLayout(self._hints)
        for line in (self._given, self._family):
            line.textEdited.connect(self._look)
        if typed:
            self._look()

    def show_known(self, people: Sequence[PersonRow]) -> None:
        """Offer people of the workspace who may be meant."""
        while self._hints.count():
            item = self._hints.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.deleteLater()
        if people:
            self._hints.addWidget(
                Text(self._theme, _("Known already? Then it is the same person:"), "small", "muted")
            )
        for person in people:
            words = "  ·  ".join(filter(None, (person.name, person.organisation, person.country)))
            self._hints.addWidget(
                Button(
                    self._theme,
                    words,
                    partial(self.known_wanted.emit, person.id),
                    kind="quiet",
                    icon="person",
                )
            )

    def _look(self) -> None:
        self.looked_for.emit(self._given.text(), self._family.text())

    def _add(self) -> None:
        self.wanted.emit(
            self._given.text(), self._family.text(), self._organisation.text(), self._country.text()
        )


class NameForm(_Lines):
    """A name as its owner writes it; the old spelling stays in the history.

    Emits:
        corrected: (person id, given name, family name).
    """

    corrected = Signal(str, str, str)

    def __init__(self, theme: Theme, person: DoorPerson) -> None:
        lines = ((_("Given name"), person.given_name), (_("Family name"), person.family_name))
        super().__init__(theme, _("Correct everywhere"), self._save, lines)
        self._person_id = person.person_id
        self._given, self._family = self._lines
        self.below.addWidget(
            Text(
                theme,
                _("The list on paper needs a correction by pen, or print its page again."),
                "small",
                "muted",
            )
        )

    def _save(self) -> None:
        self.corrected.emit(self._person_id, self._given.text(), self._family.text())
