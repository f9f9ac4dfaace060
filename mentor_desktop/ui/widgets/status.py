"""Attendance states on screen: letter and colour and name, never colour alone."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from mentor_desktop.i18n import N_, _
from mentor_desktop.ui.theme import Theme

_CHIP, _CHIP_RADIUS = 24, 6


@dataclass(frozen=True)
class StatusLook:
    """How one state looks; `token` colours the letter, `soft` the ground behind it (may be empty)."""

    letter: str
    token: str
    soft: str
    name: str


# The letters are the same in all languages: they are the keys of the register too.
LOOKS: dict[str, StatusLook] = {
    "expected": StatusLook("·", "muted", "", N_("expected")),
    "present": StatusLook("P", "present", "present_soft", N_("present")),
    "late": StatusLook("L", "late", "late_soft", N_("late")),
    "left_early": StatusLook("V", "late", "late_soft", N_("left early")),
    "partial": StatusLook("T", "late", "late_soft", N_("partly present")),
    "remote": StatusLook("R", "remote", "remote_soft", N_("took part remotely")),
    "excused": StatusLook("E", "excused", "excused_soft", N_("excused")),
    "absent": StatusLook("A", "absent", "absent_soft", N_("absent")),
    "not_required": StatusLook("N", "muted", "", N_("not required")),
}


def look_of(status: str) -> StatusLook:
    """Return how a state looks; one that is not known looks as it is called."""
    return LOOKS.get(status) or StatusLook(status[:1].upper(), "muted", "", status)


def status_name(status: str) -> str:
    """Return what a state is called, in the window's language."""
    return _(look_of(status).name)


def paint_status(painter: QPainter, theme: Theme, status: str, box: QRectF) -> None:
    """Paint a state's letter on its soft ground into the middle of `box`."""
    look = look_of(status)
    side = min(theme.px(_CHIP), box.height())
    chip = QRectF(0, 0, side, side)
    chip.moveCenter(box.center())
    if look.soft:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(look.soft))
        painter.drawRoundedRect(chip, theme.px(_CHIP_RADIUS), theme.px(_CHIP_RADIUS))
    painter.setPen(theme.color(look.token))
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, look.letter)


class StatusLetter(QWidget):
    """One state as a letter on its ground; its name is the accessible name and tooltip."""

    def __init__(self, theme: Theme, status: str) -> None:
        super().__init__()
        self._theme = theme
        self._status = status
        self.set_status(status)
        theme.changed.connect(self.updateGeometry)

    def set_status(self, status: str) -> None:
        """Show another state."""
        self._status = status
        self.setAccessibleName(status_name(status))
        self.setToolTip(status_name(status))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(_CHIP), self._theme.px(_CHIP))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font("strong"))
        paint_status(painter, self._theme, self._status, QRectF(self.rect()))
