"""One screen of the entrance: a title, a few words, fields, one verb; centred like a cover."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.flow import FlowLayout
from mentor_desktop.ui.widgets.inputs import LineEdit
from mentor_desktop.ui.widgets.layout import STRETCH, column, row
from mentor_desktop.ui.widgets.text import Text

_WIDTH = 420
_MARK = 44


class Mark(QLabel):
    """The sign of the program, drawn from an icon in the accent colour."""

    def __init__(self, theme: Theme, icon: str) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self._draw()
        theme.changed.connect(self._draw)

    def _draw(self) -> None:
        picture: QPixmap = self._theme.pixmap(self._icon, "accent", _MARK, self.devicePixelRatioF())
        self.setPixmap(picture)


class Sheet(QWidget):
    """A narrow column in the middle of the window.

    `fields` stand between the words and the verbs. `show_trouble` says in one sentence
    what went wrong, below the fields.
    """

    def __init__(self, theme: Theme, title: str, words: str, *, icon: str = "locked") -> None:
        super().__init__()
        self.setObjectName("page")
        self.theme = theme
        self.fields = QVBoxLayout()
        self.fields.setSpacing(theme.space("s"))
        self.verbs = FlowLayout(theme, gap="s")
        self.trouble = Text(theme, "", "body", "absent")
        self.trouble.setAccessibleName("")
        self.trouble.hide()
        self._title = Text(theme, title, "title")
        self._words = Text(theme, words, "body", "muted")
        self._body = QWidget()
        self._body.setLayout(
            column(
                theme,
                Mark(theme, icon),
                column(theme, self._title, self._words, gap="s"),
                self.fields,
                self.trouble,
                self.verbs,
                gap="xl",
            )
        )
        self._set_width()
        theme.changed.connect(self._set_width)
        middle = row(theme, STRETCH, self._body, STRETCH)
        self.setLayout(column(theme, STRETCH, middle, STRETCH, margins="xl"))

    def set_words(self, title: str, words: str) -> None:
        """Say something else above the fields."""
        self._title.setText(title)
        self._words.setText(words)

    def add_field(self, label: str, editor: QLineEdit) -> None:
        """Put a labelled line below the others; the label is its accessible name."""
        caption = Text(self.theme, label, "label", "muted")
        caption.setBuddy(editor)
        editor.setAccessibleName(label)
        self.fields.addLayout(column(self.theme, caption, editor, gap="xs"))

    def add_verbs(self, *buttons: QWidget) -> None:
        """Set what can be done, the one thing to do first."""
        for button in buttons:
            self.verbs.addWidget(button)

    def show_trouble(self, sentence: str) -> None:
        """Say what went wrong; nothing when the sentence is empty."""
        self.trouble.setText(sentence)
        self.trouble.setAccessibleName(sentence)
        self.trouble.setVisible(bool(sentence))

    def _set_width(self) -> None:
        self._body.setFixedWidth(self.theme.px(_WIDTH))
        self._body.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)


def secret_line(name: str, on_return: Callable[[], object]) -> LineEdit:
    """Return a line that hides what is typed; Return goes on."""
    line = LineEdit(name)
    line.setEchoMode(QLineEdit.EchoMode.Password)
    line.setInputMethodHints(
        Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
    )
    line.returnPressed.connect(on_return)
    return line


def link(theme: Theme, text: str, on_click: Callable[[], object]) -> Button:
    """Return a quiet way to something rarer."""
    return Button(theme, text, on_click, kind="link")
