"""The line at the bottom: when it was saved, what waits, what runs, and the page's count."""

from datetime import datetime

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QWidget

from mentor_desktop.i18n import _, current_language, ngettext
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.text import ElidedText, Text
from mentor_desktop.ui.widgets.tooltip import tip
from mentor_desktop.ui.work import Work

# How often the bar moves; often enough to look alive, seldom enough to cost nothing.
_TICK_MS = 100
_BAR_WIDTH, _BAR_STEPS = 140, 1000
_MINUTE_S = 60
_BETWEEN = " · "
_FEWEST_LETTERS = 12


class StateButton(Button):
    """How things stand, in small quiet words that lead to more; they end in "…" where room is short."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "", kind="link")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        words = self.fontMetrics().horizontalAdvance(self.text()) + 1  # it was rounded down
        return QSize(words + 2 * self._theme.space("xs"), self._theme.size("status_line"))

    def minimumSizeHint(self) -> QSize:
        least = self.fontMetrics().averageCharWidth() * _FEWEST_LETTERS
        return QSize(min(least, self.sizeHint().width()), self.sizeHint().height())

    def _paint_words(self, painter: QPainter) -> None:
        gap = self._theme.space("xs")
        room = self.rect().adjusted(gap, 0, -gap, 0)
        words = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width()
        )
        self.setToolTip("" if words == self.text() else tip(self.text()))
        painter.setPen(self._theme.color("text" if self.underMouse() else "muted"))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)

    def _set_font(self) -> None:
        self.setFont(self._theme.font("small"))
        self.updateGeometry()


class StatusLine(QWidget):
    """Always there. Being offline is not an error, so nothing here is red.

    Emits:
        state_pressed: the person wants to know more about what was saved and what waits.
    """

    state_pressed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._saved = ""
        self._waiting = ""
        self._works: list[Work] = []
        self.setObjectName("status_line")
        self._state = StateButton(theme)
        self._state.clicked.connect(self.state_pressed)
        self._title = ElidedText(theme, role="small")
        self._bar = QProgressBar(textVisible=False, maximum=_BAR_STEPS)
        self._left = Text(theme, role="small", tone="muted", wrap=False)
        self._cancel = Button(theme, _("Cancel"), self._on_cancel, kind="quiet")
        self._counter = Text(theme, role="strong", wrap=False)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._show_work)
        self._lay_out()
        self._show_work()

    def show_saved(self, at: datetime) -> None:
        """Say when the last change reached the disk."""
        time = current_language().time(at, seconds=True)
        self._saved = _("Saved {time}").format(time=time)
        self._show_state()

    def show_waiting(self, text: str) -> None:
        """Say what waits, behind the time."""
        self._waiting = text
        self._show_state()

    def show_counter(self, text: str) -> None:
        """Show the page's count at the right end."""
        self._counter.setText(text)
        self._counter.setVisible(bool(text))

    def add_work(self, work: Work) -> None:
        """Show a long job until `remove_work`; the first one that was started is shown first."""
        self._works.append(work)
        self._tick.start()
        self._show_work()

    def remove_work(self, work: Work) -> None:
        """Show that a long job has ended."""
        self._works.remove(work)
        if not self._works:
            self._tick.stop()
        self._show_work()

    def sizeHint(self) -> QSize:
        return QSize(0, self._theme.size("status_line"))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("background"))
        painter.fillRect(0, 0, self.width(), 1, self._theme.color("line"))

    def _lay_out(self) -> None:
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._bar.setAccessibleName(_("Progress"))
        self._bar.setFixedWidth(_BAR_WIDTH)
        layout = QHBoxLayout(self)
        side = self._theme.space("xl")
        # The words of the first part line up with the page, not the room around them.
        layout.setContentsMargins(side - self._theme.space("xs"), 0, side, 0)
        layout.setSpacing(self._theme.space("m"))
        layout.addWidget(self._state)
        layout.addStretch(1)
        for widget in (self._title, self._bar, self._left, self._cancel, self._counter):
            layout.addWidget(widget)
        self._cancel.setFixedHeight(self._theme.size("status_line") - 1)
        self._counter.hide()
        self._show_state()

    def _show_state(self) -> None:
        words = _BETWEEN.join(part for part in (self._saved, self._waiting) if part)
        self._state.set_text(words[:1].upper() + words[1:])
        self._state.setVisible(bool(self._state.text()))

    def _show_work(self) -> None:
        work = self._works[0] if self._works else None
        for widget in (self._title, self._bar, self._left, self._cancel):
            widget.setVisible(work is not None)
        if work is None:
            return
        self._title.setText(work.title)
        fraction = work.fraction
        self._bar.setMaximum(0 if fraction is None else _BAR_STEPS)
        self._bar.setValue(round((fraction or 0) * _BAR_STEPS))
        self._left.setText(_("Stopping …") if work.is_cancelled else _time_left(work.seconds_left))
        self._cancel.set_busy(is_busy=work.is_cancelled)
        self._cancel.setAccessibleName(_("Cancel: {title}").format(title=work.title))

    def _on_cancel(self) -> None:
        if self._works:
            self._works[0].cancel()
            self._show_work()


def _time_left(seconds: int | None) -> str:
    if seconds is None:
        return ""
    if seconds < _MINUTE_S:
        return ngettext("{n} second left", "{n} seconds left", seconds).format(n=seconds)
    minutes = -(-seconds // _MINUTE_S)
    return ngettext("{n} minute left", "{n} minutes left", minutes).format(n=minutes)
