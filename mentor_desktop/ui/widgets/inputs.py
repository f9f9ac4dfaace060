"""Where one writes and chooses; the first argument after the theme is the accessible name."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QStyledItemDelegate,
)

from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.tooltip import tip

_SEARCH_ICON, _CHEVRON = 18, 16
# A tick as three points in an indicator of side 1.
_TICK = ((0.24, 0.52), (0.43, 0.71), (0.77, 0.31))
_TICK_PEN = 2.0
# What the style leaves free on either side of a choice's words.
_LABEL_INSET = 1


class LineEdit(QLineEdit):
    """One line of text. Ctrl+Z undoes the typing, and the last act once nothing typed is left."""

    def __init__(self, name: str, placeholder: str = "", text: str = "") -> None:
        super().__init__(text)
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_undo = event.matches(QKeySequence.StandardKey.Undo) and not self.isUndoAvailable()
            is_redo = event.matches(QKeySequence.StandardKey.Redo) and not self.isRedoAvailable()
            if is_undo or is_redo:
                event.ignore()
                return True
        return super().event(event)


class SearchBox(LineEdit):
    """One line with a magnifying glass; Esc empties it before it does anything else.

    Emits:
        moved: -1 or 1, when Up or Down asks for another result.
    """

    moved = Signal(int)

    def __init__(self, theme: Theme, name: str, placeholder: str = "") -> None:
        super().__init__(name, placeholder)
        self._theme = theme
        self.setProperty("search", "true")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        side = self._theme.px(_SEARCH_ICON)
        pixmap = self._theme.pixmap("search", "muted", _SEARCH_ICON, self.devicePixelRatioF())
        QPainter(self).drawPixmap(self._theme.px(10), (self.height() - side) // 2, pixmap)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.moved.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)


class TextArea(QPlainTextEdit):
    """Several lines of text; Tab goes on to the next widget."""

    def __init__(self, name: str, placeholder: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)


class CheckBox(QCheckBox):
    """Something that is so or not; its text is its accessible name."""

    def __init__(self, theme: Theme, text: str, *, checked: bool = False) -> None:
        super().__init__(text)
        self._theme = theme
        self.setAccessibleName(text)
        self.setChecked(checked)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.isChecked():
            return
        from PySide6.QtWidgets import QStyle, QStyleOptionButton  # 5 ms, not before the first tick

        option = QStyleOptionButton()
        self.initStyleOption(option)
        box = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        token = "accent_text" if self.isEnabled() else "faint"
        painter.setPen(_round_pen(self._theme, token))
        painter.drawPolyline([_inside(box, x, y) for x, y in _TICK])


class Choice(QComboBox):
    """One of a few values; the wheel over it scrolls the page and never changes it.

    Emits:
        chosen: the value, when the person chose it (not when the program did).
    """

    chosen = Signal(str)

    def __init__(
        self, theme: Theme, name: str, options: Sequence[tuple[str, str]] = (), value: str = ""
    ) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setItemDelegate(QStyledItemDelegate(self))  # the style sheet reaches its items
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.set_options(options, value)
        self.activated.connect(self._on_activated)

    @property
    def value(self) -> str:
        """The chosen value, empty when there is none."""
        return str(self.currentData() or "")

    def set_options(self, options: Sequence[tuple[str, str]], value: str = "") -> None:
        """Offer `(value, text)` pairs."""
        self.clear()
        for one, text in options:
            self.addItem(text, one)
        self.set_value(value)

    def set_value(self, value: str) -> None:
        """Show a value as the chosen one; the first when it is not offered."""
        self.setCurrentIndex(max(0, self.findData(value)))

    def _on_activated(self) -> None:
        self.chosen.emit(self.value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def sizeHint(self) -> QSize:
        # The style asks for the longest words alone and then takes its own inset off them.
        return super().sizeHint() + QSize(2 * _LABEL_INSET + 1, 0)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(96), super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        self._paint_box()
        side = self._theme.px(_CHEVRON)
        token = "muted" if self.isEnabled() else "faint"
        pixmap = self._theme.pixmap("down", token, _CHEVRON, self.devicePixelRatioF())
        at = QPoint(self.width() - side - self._theme.px(9), (self.height() - side) // 2)
        QPainter(self).drawPixmap(at, pixmap)

    def _paint_box(self) -> None:
        """Let the style paint it, with a value that is too long ending in "…"; Qt would cut it."""
        from PySide6.QtWidgets import QStyle, QStyleOptionComboBox, QStylePainter  # as above

        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            self,
        )
        whole = option.currentText
        option.currentText = self.fontMetrics().elidedText(
            whole, Qt.TextElideMode.ElideRight, room.width() - 2 * _LABEL_INSET
        )
        self.setToolTip("" if option.currentText == whole else tip(whole))
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


def _round_pen(theme: Theme, token: str) -> QPen:
    pen = QPen(theme.color(token), theme.px(_TICK_PEN))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def _inside(box: QRect, x: float, y: float) -> QPointF:
    return QPointF(box.x() + x * box.width(), box.y() + y * box.height())
