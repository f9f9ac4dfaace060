"""Facts one can change where they stand: a label, a value, saved by themselves.

A field hands a changed value to `on_save` when one leaves it, presses Enter, or pauses while
typing. The page runs the use case and gives its sentence to `show_error` when it is refused.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, time

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _, current_language
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.inputs import Choice, LineEdit, TextArea
from mentor_desktop.ui.widgets.text import Text, repolish

Save = Callable[[str], object]

# A pause in typing after which the value is kept; a power cut then costs one second.
SAVE_AFTER_MS = 1000
# The border of an editor stands before its words, but not before those of its label.
_BORDER = 1
_NOTE_LINES = 3

_DATE_FORMS = (
    re.compile(r"(?P<year>\d{4})[-./ ](?P<month>\d{1,2})[-./ ](?P<day>\d{1,2})\.?"),
    re.compile(r"(?P<day>\d{1,2})[-./ ]+(?P<month>\d{1,2})[-./ ]+(?P<year>\d{4})\.?"),
)
_TIME_FORM = re.compile(r"(?P<hour>\d{1,2})[:.,h ]?(?P<minute>\d{2})")


class Field(QWidget):
    """A label above an editor, and room for one sentence below."""

    def __init__(self, theme: Theme, label: str, editor: QWidget) -> None:
        super().__init__()
        self._editor = editor
        self._label = Text(theme, label, role="label", tone="muted")
        self._label.setBuddy(editor)
        self._fault = Text(theme, role="small", tone="absent")
        self._fault.hide()
        indent = theme.size("indent") + _BORDER
        for words in (self._label, self._fault):
            words.setContentsMargins(indent, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.space("xs") // 2)
        for widget in (self._label, editor, self._fault):
            layout.addWidget(widget)
        self.setFocusProxy(editor)

    def show_error(self, sentence: str) -> None:
        """Say below the value why it was not kept; an empty sentence takes that away."""
        self._fault.setText(sentence)
        self._fault.setVisible(bool(sentence))
        self._editor.setAccessibleDescription(sentence)
        is_fault = "true" if sentence else "false"
        if self._editor.property("fault") != is_fault:
            self._editor.setProperty("fault", is_fault)
            repolish(self._editor)

    def refuse(self, error: UserFacingError) -> None:
        """Show an error; made to be an `on_failure`."""
        self.show_error(str(error))


class TextField(Field):
    """One line of text; Esc takes back what was typed since it was kept."""

    def __init__(
        self,
        theme: Theme,
        label: str,
        value: str = "",
        on_save: Save | None = None,
        *,
        placeholder: str = "",
        in_place: bool = True,
    ) -> None:
        self.line = LineEdit(label, placeholder)
        if in_place:
            self.line.setProperty("inplace", "true")
        super().__init__(theme, label, self.line)
        self._on_save = on_save
        self._kept = ""
        self._pause = QTimer(self, singleShot=True, interval=SAVE_AFTER_MS)
        self._pause.timeout.connect(self.save)
        self.line.textEdited.connect(self._on_typed)
        self.line.editingFinished.connect(self.save)
        self.line.installEventFilter(self)
        self.set_value(value)

    @property
    def value(self) -> str:
        """The value as it stands, kept or not."""
        return self.read(self.line.text())

    def set_value(self, value: str) -> None:
        """Show what is kept; what is being typed is never overwritten."""
        is_typing = self.line.hasFocus() and self.line.isModified()
        self._kept = value
        if not is_typing:
            self.line.setText(self.show_value(value))
            self.line.setCursorPosition(0)
            self.show_error("")

    def save(self) -> None:
        """Hand over the value if it is another one than what is kept."""
        self._pause.stop()
        try:
            value = self.value
        except ValueError as error:
            self.show_error(str(error))
            return
        self.show_error("")
        if value != self._kept:
            self._kept = value
            self.line.setModified(False)
            if self._on_save:
                self._on_save(value)

    def read(self, text: str) -> str:
        """Return the value of what was typed.

        Raises:
            ValueError: it is none; the text is the sentence to show.
        """
        return text.strip()

    def show_value(self, value: str) -> str:
        """Return what to show for a value."""
        return value

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_key = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if is_key and event.key() == Qt.Key.Key_Escape and self.line.isModified():  # type: ignore[attr-defined]  # narrowed in is_key
            self._pause.stop()
            self.line.setText(self.show_value(self._kept))
            self.show_error("")
            return True
        return super().eventFilter(watched, event)

    def _on_typed(self) -> None:
        self._pause.start()


class DateField(TextField):
    """A day, kept as "2026-03-10" or empty; it may be typed as 10.3.2026 too."""

    def read(self, text: str) -> str:
        if not text.strip() or text == self.show_value(self._kept):
            return self._kept if text.strip() else ""
        for form in _DATE_FORMS:
            if found := form.fullmatch(text.strip()):
                parts = {name: int(part) for name, part in found.groupdict().items()}
                try:
                    return date(**parts).isoformat()
                except ValueError:
                    break
        raise ValueError(_("This is not a day. Write it as 2026-03-10."))

    def show_value(self, value: str) -> str:
        return current_language().date(date.fromisoformat(value), "long") if value else ""


class TimeField(TextField):
    """A time of day, kept as "09:07" or empty; 907, 9.07 and 09:07 are all understood."""

    def read(self, text: str) -> str:
        if not text.strip():
            return ""
        if found := _TIME_FORM.fullmatch(text.strip()):
            try:
                return time(int(found["hour"]), int(found["minute"])).strftime("%H:%M")
            except ValueError:
                pass
        raise ValueError(_("This is not a time. Write it as 09:30."))


class NoteField(Field):
    """Several lines of text, saved like one."""

    def __init__(
        self,
        theme: Theme,
        label: str,
        value: str = "",
        on_save: Save | None = None,
        *,
        placeholder: str = "",
        in_place: bool = True,
    ) -> None:
        self.area = _NoteArea(label, placeholder, self.save)
        if in_place:
            self.area.setProperty("inplace", "true")
        super().__init__(theme, label, self.area)
        self._on_save = on_save
        self._kept = ""
        lines = _NOTE_LINES * self.area.fontMetrics().lineSpacing()
        self.area.setFixedHeight(lines + theme.space("xl"))
        self._pause = QTimer(self, singleShot=True, interval=SAVE_AFTER_MS)
        self._pause.timeout.connect(self.save)
        self.set_value(value)
        self.area.textChanged.connect(self._pause.start)

    def set_value(self, value: str) -> None:
        """Show what is kept; what is being typed is never overwritten."""
        is_typing = self.area.hasFocus() and self.area.toPlainText() != self._kept
        self._kept = value
        if not is_typing and self.area.toPlainText() != value:
            self.area.setPlainText(value)

    def save(self) -> None:
        """Hand over the text if it is another one than what is kept."""
        self._pause.stop()
        value = self.area.toPlainText().strip()
        if value != self._kept:
            self._kept = value
            self.show_error("")
            if self._on_save:
                self._on_save(value)


class _NoteArea(TextArea):
    def __init__(self, name: str, placeholder: str, on_left: Callable[[], None]) -> None:
        super().__init__(name, placeholder)
        self._on_left = on_left

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._on_left()


class ChoiceField(Field):
    """One of a few values, saved as it is chosen."""

    def __init__(
        self,
        theme: Theme,
        label: str,
        options: Sequence[tuple[str, str]],
        value: str = "",
        on_save: Save | None = None,
        *,
        in_place: bool = True,
    ) -> None:
        self.choice = Choice(theme, label, options, value)
        if in_place:
            self.choice.setProperty("inplace", "true")
        super().__init__(theme, label, self.choice)
        self._on_save = on_save
        self.choice.chosen.connect(self._on_chosen)

    def set_value(self, value: str) -> None:
        """Show what is kept."""
        self.choice.set_value(value)
        self.show_error("")

    def _on_chosen(self, value: str) -> None:
        self.show_error("")
        if self._on_save:
            self._on_save(value)
