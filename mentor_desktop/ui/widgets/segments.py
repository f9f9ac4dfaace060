"""A quiet switch between the parts of one page."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QTabBar

from mentor_desktop.ui.theme import Theme

_PADDING, _INSET = 14, 3


class Segments(QTabBar):
    """One of a few parts; Left and Right move between them, one stop of the Tab key.

    Emits:
        chosen: the key of the part a person chose (not when the program did).
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, name: str, parts: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._theme = theme
        self._is_set_by_program = False
        self.setAccessibleName(name)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        for key, text in parts:
            self.setTabData(self.addTab(text), key)
        self._set_font()
        self.currentChanged.connect(self._on_current_changed)
        theme.changed.connect(self._set_font)

    @property
    def value(self) -> str:
        """The key of the part that is shown."""
        return str(self.tabData(self.currentIndex()) or "")

    def set_value(self, key: str) -> None:
        """Show a part as the chosen one; the first when there is no such part."""
        keys = [self.tabData(index) for index in range(self.count())]
        self._is_set_by_program = True
        self.setCurrentIndex(keys.index(key) if key in keys else 0)
        self._is_set_by_program = False

    def set_text(self, key: str, text: str) -> None:
        """Call a part something else ("Participants 57")."""
        for index in range(self.count()):
            if self.tabData(index) == key and self.tabText(index) != text:
                self.setTabText(index, text)

    def tabSizeHint(self, index: int) -> QSize:
        words = self.fontMetrics().horizontalAdvance(self.tabText(index).replace("&", ""))
        return QSize(words + 2 * self._theme.px(_PADDING), self._theme.size("control"))

    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("pressed"))
        radius = theme.size("radius")
        last = self.tabRect(self.count() - 1)
        ground = QRectF(0, 0, min(last.right() + 1, self.width()), self.height())
        painter.drawRoundedRect(ground, radius, radius)
        for index in range(self.count()):
            self._paint_segment(painter, index)

    def _paint_segment(self, painter: QPainter, index: int) -> None:
        theme, inset = self._theme, self._theme.px(_INSET)
        rect = QRectF(self.tabRect(index)).adjusted(inset, inset, -inset, -inset)
        is_chosen = index == self.currentIndex()
        if is_chosen:
            ring = theme.tokens.sizes["focus"]
            painter.setPen(
                QPen(theme.color("accent"), ring) if self.hasFocus() else Qt.PenStyle.NoPen
            )
            painter.setBrush(theme.color("raised"))
            radius = theme.size("radius_control")
            painter.drawRoundedRect(rect, radius, radius)
        painter.setPen(theme.color("text" if is_chosen else "muted"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextHideMnemonic
        painter.drawText(rect, int(flags), self.tabText(index))

    def _on_current_changed(self, _index: int) -> None:
        if not self._is_set_by_program:
            self.chosen.emit(self.value)

    def _set_font(self) -> None:
        self.setFont(self._theme.font("body"))
        self.updateGeometry()
