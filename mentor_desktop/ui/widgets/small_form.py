"""A few fields and one verb, for the side panel: everything is sent at once."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mentor_desktop.errors import UserFacingError
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.field import ChoiceField, Field, TextField
from mentor_desktop.ui.widgets.layout import STRETCH, column, row
from mentor_desktop.ui.widgets.text import Text

F = TypeVar("F", bound=Field)


class SmallForm(QWidget):
    """Fields below each other, a sentence when something is wrong, the verb, and room below.

    Enter goes from field to field and does the verb after the last one.
    """

    def __init__(self, theme: Theme, verb: str, act: Callable[[], object]) -> None:
        super().__init__()
        self._theme = theme
        self._act = act
        self._fields: list[Field] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(theme.space("m"))
        self._trouble = Text(theme, "", "body", "absent")
        self._trouble.hide()
        self._button = Button(theme, verb, self.act, kind="primary")
        self.below = QVBoxLayout()
        self.below.setSpacing(theme.space("s"))
        self._verbs = row(theme, self._button, STRETCH)
        parts = (self._rows, self._trouble, self._verbs, self.below, STRETCH)
        self.setLayout(column(theme, *parts, gap="l"))

    def add(self, field: F) -> F:
        """Put a field below the others and return it."""
        self._rows.addWidget(field)
        self._note(field)
        return field

    def add_beside(self, *fields: Field) -> None:
        """Put fields side by side below the others."""
        line = row(self._theme, *fields, gap="m")
        for field in fields:
            line.setAlignment(field, Qt.AlignmentFlag.AlignTop)
        self._rows.addLayout(line)
        for field in fields:
            self._note(field)

    def add_words(self, text: str) -> Text:
        """Put a quiet sentence below the others."""
        words = Text(self._theme, text, "small", "muted")
        self._rows.addWidget(words)
        return words

    def set_verb(self, verb: str) -> None:
        """Call the button something else."""
        self._button.set_text(verb)

    def act(self) -> None:
        """Do the verb, unless a field cannot be read."""
        self.show_trouble("")
        for field in self._fields:
            if isinstance(field, TextField):
                try:
                    _ = field.value
                except ValueError as error:
                    field.show_error(str(error))
                    field.setFocus()
                    return
                field.show_error("")
        self._act()

    def show_trouble(self, sentence: str) -> None:
        """Say what is wrong; the fields keep what was typed."""
        self._trouble.setText(sentence)
        self._trouble.setVisible(bool(sentence))

    def refuse(self, error: UserFacingError) -> None:
        """Say why it was not done; made to be an `on_failure`."""
        self.show_trouble(str(error))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.act()
        else:
            super().keyPressEvent(event)

    def _note(self, field: Field) -> None:
        self._fields.append(field)
        self._put_verb_last()
        if isinstance(field, TextField):
            field.line.returnPressed.connect(lambda: self._go_on(field))
        elif isinstance(field, ChoiceField):
            field.choice.setProperty("inplace", "false")

    def _put_verb_last(self) -> None:
        """Let Tab come to the button after the newest field.

        Tab walks in the order in which widgets came into the form. `setTabOrder` does not help:
        before the form stands in a window its last field and its first widget are neighbours.
        """
        self._button.setParent(None)
        self._verbs.insertWidget(0, self._button)

    def _go_on(self, field: Field) -> None:
        shown = [one for one in self._fields if one.isVisibleTo(self)]
        after = shown[shown.index(field) + 1 :]
        if after:
            after[0].setFocus()
        else:
            self.act()
