"""One card: what it is about, what was written, and a button for each way to settle it."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button, Kind
from mentor_desktop.ui.widgets.flow import flowing
from mentor_desktop.ui.widgets.layout import column
from mentor_desktop.ui.widgets.text import Text

Act = Callable[[], object]
_MOST_DIGITS = 9


@dataclass(frozen=True)
class Option:
    """One button. `is_value` ones are what was written, and are chosen by a digit."""

    text: str
    act: Act
    is_value: bool = False
    kind: Kind = "plain"


@dataclass(frozen=True)
class CardText:
    """What a card says. `key` names it from one look to the next; `on_open` is Enter's."""

    key: str
    title: str
    about: str
    sentences: tuple[str, ...]
    options: tuple[Option, ...] = ()
    on_open: Act | None = None


class DecisionCard(QWidget):
    """A card to walk to with the arrows: digits choose a value, Enter opens what it is about.

    Emits:
        step_wanted: 1 for the card below, -1 for the one above.
        lit: the keyboard came to it.
    """

    step_wanted = Signal(int)
    lit = Signal()

    def __init__(self, theme: Theme, text: CardText) -> None:
        super().__init__()
        self.text = text
        self._theme = theme
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(". ".join((text.title, *text.sentences)))
        self.trouble = Text(theme, "", "body", "absent")
        self.trouble.hide()
        head = column(
            theme,
            Text(theme, text.title, "strong"),
            *(Text(theme, one, "small", "muted") for one in (text.about,) if one),
            gap="none",
        )
        said = column(theme, *(Text(theme, one) for one in text.sentences), gap="xs")
        self.buttons = tuple(_button(theme, at, one) for at, one in enumerate(text.options, 1))
        parts = (
            head,
            said,
            self.trouble,
            *((flowing(theme, *self.buttons),) if self.buttons else ()),
        )
        self.setLayout(column(theme, *parts, gap="m", margins="l"))

    def refuse(self, sentence: str) -> None:
        """Say on the card why it was not done."""
        self.trouble.setText(sentence)
        self.trouble.setVisible(bool(sentence))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.modifiers() not in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        ):
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.step_wanted.emit(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.text.on_open:
            self.text.on_open()
        elif (chosen := self._value_of(event.text())) is not None:
            chosen.act()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()
        self.lit.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = float(theme.tokens.sizes["focus"]) if self.hasFocus() else 1.0
        painter.setPen(QPen(theme.color("accent" if self.hasFocus() else "line"), ring))
        painter.setBrush(theme.color("surface"))
        half, radius = ring / 2, theme.size("radius")
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(half, half, -half, -half), radius, radius
        )

    def _value_of(self, typed: str) -> Option | None:
        if not typed.isdecimal():
            return None
        values = [one for one in self.text.options if one.is_value]
        at = int(typed)
        return values[at - 1] if 1 <= at <= min(len(values), _MOST_DIGITS) else None


def _button(theme: Theme, at: int, option: Option) -> Button:
    words = f"{at}   {option.text}" if option.is_value else option.text
    button = Button(theme, words, option.act, kind=option.kind)
    button.setAccessibleName(option.text)
    return button
