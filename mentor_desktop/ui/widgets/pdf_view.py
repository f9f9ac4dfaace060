"""A PDF inside the window: the real pages, drawn behind it, only the ones in sight."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from mentor_desktop.i18n import _
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.pdf_pages import (
    PIXELS_PER_POINT,
    PageLayout,
    PagePictures,
    Size,
    page_sizes,
)

ZOOM_STEP = 1.25
SMALLEST_ZOOM, LARGEST_ZOOM = 0.2, 6.0
# After the last change of zoom, so that a turned wheel draws each page once.
_SETTLE_MS = 60
_WHEEL_NOTCH = 120  # Qt counts eighths of a degree, a notch is 15 degrees


class PdfView(QAbstractScrollArea):
    """Shows pages one below the other; paper is always white.

    `page_count` is 0 while nothing is shown, `zoom` 1.0 shows paper in its real size.
    + and - zoom, the arrows and Page keys scroll, Ctrl with the wheel zooms.

    Emits:
        page_changed: (number of the page in the middle from 1, count); (0, 0) when empty.
    """

    page_changed = Signal(int, int)

    def __init__(self, theme: Theme, jobs: Jobs, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._jobs = OwnedJobs(jobs, self)
        self._layout = PageLayout()
        self.pictures = PagePictures(self._jobs, self.viewport().update)
        self._wanted = b""
        self._fit: Literal["", "width", "page"] = "page"
        self._told = (0, 0)
        self.page_count = 0
        self.zoom = 1.0
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.setObjectName("settle")
        self._settle.timeout.connect(self._draw_anew)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.verticalScrollBar().valueChanged.connect(self._tell_page)
        theme.changed.connect(self.viewport().update)

    def show_pdf(self, pdf: bytes) -> None:
        """Show a document from its first page; what was shown stays until it is read."""
        self._wanted = pdf
        self._jobs.draw(partial(page_sizes, pdf), partial(self._take, pdf), key="sizes")

    def clear(self) -> None:
        """Show nothing."""
        self._wanted = b""
        self._take(b"", ())

    def zoom_in(self) -> None:
        """Show the paper a quarter larger."""
        self._zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        """Show the paper smaller by as much."""
        self._zoom_by(1 / ZOOM_STEP)

    def fit_width(self) -> None:
        """Let the widest page fill the width, also when the window changes."""
        self._fit = "width"
        self._refit()

    def fit_page(self) -> None:
        """Let a whole page be in sight, also when the window changes."""
        self._fit = "page"
        self._refit()

    def go_to_page(self, number: int) -> None:
        """Scroll to a page, counted from 1."""
        if 1 <= number <= self.page_count:
            top = self._layout.rects[number - 1].top() - self._theme.space("l")
            self.verticalScrollBar().setValue(top)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        acts: dict[int, Callable[[], object]] = {
            Qt.Key.Key_Plus: self.zoom_in,
            Qt.Key.Key_Minus: self.zoom_out,
            Qt.Key.Key_Home: partial(bar.setValue, bar.minimum()),
            Qt.Key.Key_End: partial(bar.setValue, bar.maximum()),
        }
        act = acts.get(event.key())
        if act:
            act()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom_by(ZOOM_STEP ** (event.angleDelta().y() / _WHEEL_NOTCH))
        else:
            super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._refit()

    def event(self, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            self.viewport().update()
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme = QPainter(self.viewport()), self._theme
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.viewport().rect(), theme.color("hover"))
        for number, rect in self._layout.in_sight(self._sight()):
            painter.fillRect(rect, Qt.GlobalColor.white)
            picture = self.pictures.picture(number)
            if picture is not None:
                painter.drawImage(rect, picture)
            painter.setPen(theme.color("line"))
            painter.drawRect(rect.adjusted(-1, -1, 0, 0))
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), theme.tokens.sizes["focus"]))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))

    def _take(self, pdf: bytes, sizes: Sequence[Size]) -> None:
        if pdf is not self._wanted:
            return
        self._layout = PageLayout(sizes)
        self.page_count = len(sizes)
        self.pictures.show(pdf)
        self.verticalScrollBar().setValue(0)
        self._refit()
        self._draw_anew()
        self._tell_page()

    def _zoom_by(self, factor: float) -> None:
        self._fit = ""
        self._set_zoom(self.zoom * factor)

    def _refit(self) -> None:
        zoom, gap = self.zoom, 2 * self._theme.space("l")
        if self._fit and self.page_count:
            view = self.viewport().size()
            height = view.height() - gap if self._fit == "page" else None
            zoom = self._layout.fitting(view.width() - gap, height)
        self._set_zoom(zoom)

    def _set_zoom(self, zoom: float) -> None:
        """Stretch what is drawn already at once, and draw it sharp when the wheel rests."""
        down, across = self.verticalScrollBar(), self.horizontalScrollBar()
        share = down.value() / down.maximum() if down.maximum() else 0
        zoom = min(max(zoom, SMALLEST_ZOOM), LARGEST_ZOOM)
        if zoom != self.zoom:
            self.zoom = zoom
            self._settle.start()
        view = self.viewport().size()
        self._layout.arrange(zoom, view.width(), self._theme.space("l"))
        for bar, whole, seen in (
            (down, self._layout.height, view.height()),
            (across, self._layout.width, view.width()),
        ):
            bar.setPageStep(seen)
            bar.setSingleStep(max(1, seen // 10))
            bar.setRange(0, max(0, whole - seen))
        down.setValue(round(share * down.maximum()))
        self.viewport().update()

    def _draw_anew(self) -> None:
        self.pictures.draw_anew(self.zoom * PIXELS_PER_POINT * self.devicePixelRatioF())
        self.viewport().update()

    def _sight(self) -> QRect:
        corner = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        return QRect(*corner, self.viewport().width(), self.viewport().height())

    def _tell_page(self) -> None:
        sight = self._sight()
        seen = self._layout.in_sight(sight)
        middle = sight.height() // 2
        nearest = min(seen, key=lambda one: abs(one[1].center().y() - middle), default=(-1, sight))
        told = (nearest[0] + 1, self.page_count)
        if told != self._told:
            self._told = told
            where = _("page {number} of {count}").format(number=told[0], count=told[1])
            self.setAccessibleDescription(where if self.page_count else "")
            self.page_changed.emit(*told)
