"""Where a file is dropped or chosen."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mentor_desktop.i18n import _
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.empty_state import EmptyState
from mentor_desktop.ui.widgets.text import Text


class DropArea(QWidget):
    """A dashed frame with the way in for those who do not drag; the page takes what is dropped."""

    def __init__(self, theme: Theme, on_choose: Callable[[], object]) -> None:
        super().__init__()
        self._theme = theme
        self._is_over = False
        self._trouble = Text(theme, "", "body", "absent")
        self._trouble.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._trouble.hide()
        sentence = _(
            "Drop a file here: CSV, Excel or OpenDocument. Nothing is kept before you have looked at it."
        )
        state = EmptyState(theme, sentence, "paper", _("Choose a file"), on_choose)
        layout = QVBoxLayout(self)
        layout.addWidget(state, 1)
        layout.addWidget(self._trouble)

    def show_trouble(self, sentence: str) -> None:
        """Say why a file was not taken; nothing when empty."""
        self._trouble.setText(sentence)
        self._trouble.setVisible(bool(sentence))

    def set_over(self, is_over: bool) -> None:
        """Light up while a file hangs over the page."""
        self._is_over = is_over
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(theme.color("accent" if self._is_over else "line_strong"), 1.5)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        if self._is_over:
            painter.setBrush(theme.color("accent_soft"))
        radius = theme.size("radius")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)


class DropTarget(QWidget):
    """Takes a file dropped anywhere on it.

    Emits:
        hovered: whether a file hangs over it.
        dropped: the path of the file, the first of several.
    """

    hovered = Signal(bool)
    dropped = Signal(Path)

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self.hovered.emit(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self.hovered.emit(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.hovered.emit(False)
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.dropped.emit(Path(files[0]))
