"""Buttons that paint themselves: one primary, the rest quieter, the focus ring on all."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy

from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.tooltip import tip

Kind = Literal["plain", "primary", "quiet", "link", "danger", "inverse"]
Act = Callable[[], object]

_PADDING, _LINK_PADDING, _ICON_GAP = 16, 4, 8
# Icon of a button, smaller than the 20 px of a place so that words lead.
_ICON = 18

# (fill, hovered, pressed, words) per kind; an empty fill shows what is behind.
_TOKENS: dict[str, tuple[str, str, str, str]] = {
    "primary": ("accent", "accent_hover", "accent_pressed", "accent_text"),
    "plain": ("surface", "hover", "pressed", "text"),
    "quiet": ("", "hover", "pressed", "text"),
    "link": ("", "hover", "pressed", "text"),  # its words line up with what stands above
    "danger": ("", "absent_soft", "absent_soft", "absent"),
    "inverse": ("", "inverse_hover", "inverse_hover", "inverse_accent"),  # on a toast
}


class Button(QPushButton):
    """A verb to press with mouse, Space or Enter; its text is its accessible name."""

    def __init__(
        self,
        theme: Theme,
        text: str,
        on_click: Act | None = None,
        *,
        kind: Kind = "plain",
        icon: str = "",
    ) -> None:
        super().__init__(text)
        self._theme = theme
        self._kind: Kind = kind
        self._icon_role = icon
        self._is_hovered = False
        self.is_busy = False
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._set_font()
        theme.changed.connect(self._set_font)
        self._on_click = on_click
        self.clicked.connect(self._act)

    def set_text(self, text: str) -> None:
        """Say another verb."""
        self.setText(text)
        self.setAccessibleName(text)

    def set_busy(self, *, is_busy: bool) -> None:
        """Look as if it could not be pressed, and do nothing, while what it began goes on.

        Not disabled: Qt takes the keyboard from a disabled widget, and the next Space presses
        whatever comes to have it.
        """
        self.is_busy = is_busy
        self.update()

    def set_icon(self, role: str) -> None:
        """Show another icon; none when empty."""
        self._icon_role = role
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        px = self._theme.px
        words = self.fontMetrics().horizontalAdvance(self.text().replace("&", ""))
        icon = px(_ICON) + (px(_ICON_GAP) if words else 0) if self._icon_role else 0
        padding = _LINK_PADDING if self._kind == "link" else _PADDING
        side = px(padding) if words else (self._theme.size("control") - px(_ICON)) // 2
        return QSize(words + icon + 2 * side, self._theme.size("control"))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._is_hovered = True
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._is_hovered = False
        super().leaveEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_box(painter)
        self._paint_words(painter)

    def _paint_box(self, painter: QPainter) -> None:
        theme, ring = self._theme, float(self._theme.tokens.sizes["focus"])
        radius = theme.size("radius_control")
        box = QRectF(self.rect())
        fill = self._fill()
        if self.hasFocus():
            token = "inverse_accent" if self._kind == "inverse" else "accent"
            painter.setPen(QPen(theme.color(token), ring))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            half = ring / 2
            painter.drawRoundedRect(box.adjusted(half, half, -half, -half), radius, radius)
            inset = 2 * ring if self._kind == "primary" else ring
            box.adjust(inset, inset, -inset, -inset)
            radius = max(2, radius - round(inset))
        painter.setPen(Qt.PenStyle.NoPen)
        if self._kind == "plain" and not self.hasFocus():
            painter.setPen(QPen(theme.color("line_strong" if self._is_ready() else "line"), 1))
            box.adjust(0.5, 0.5, -0.5, -0.5)
        painter.setBrush(theme.color(fill) if fill else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, radius, radius)

    def _fill(self) -> str:
        fill, hovered, pressed, _words = _TOKENS[self._kind]
        if not self._is_ready():
            return "hover" if fill else ""
        if self.isDown() or self.isChecked():
            return pressed
        return hovered if self._is_hovered else fill

    def _paint_words(self, painter: QPainter) -> None:
        theme = self._theme
        token = _TOKENS[self._kind][3] if self._is_ready() else "faint"
        words = self.text()
        width = self.fontMetrics().horizontalAdvance(words.replace("&", ""))
        icon = theme.px(_ICON) if self._icon_role else 0
        gap = theme.px(_ICON_GAP) if icon and words else 0
        left = (self.width() - width - icon - gap) / 2
        if icon:
            ratio = self.devicePixelRatioF()
            pixmap = theme.pixmap(self._icon_role, token, _ICON, ratio)
            painter.drawPixmap(round(left), (self.height() - icon) // 2, pixmap)
        painter.setPen(theme.color(token))
        room = QRectF(left + icon + gap, 0, width + 2, self.height())
        flags = (
            Qt.AlignmentFlag.AlignLeft
            | Qt.AlignmentFlag.AlignVCenter
            | Qt.TextFlag.TextHideMnemonic
        )
        painter.drawText(room, flags, words)

    def _is_ready(self) -> bool:
        return self.isEnabled() and not self.is_busy

    def _act(self) -> None:
        if self._on_click and not self.is_busy:
            self._on_click()

    def _set_font(self) -> None:
        self.setFont(self._theme.font("strong" if self._kind in {"primary", "inverse"} else "body"))
        self.updateGeometry()


class IconButton(Button):
    """A button that is only an icon; `name` is its tooltip and accessible name."""

    def __init__(
        self,
        theme: Theme,
        icon: str,
        name: str,
        on_click: Act | None = None,
        *,
        kind: Kind = "quiet",
    ) -> None:
        super().__init__(theme, "", on_click, kind=kind, icon=icon)
        self.set_name(name)

    def set_name(self, name: str) -> None:
        """Call it something else."""
        self.setAccessibleName(name)
        self.setToolTip(tip(name))
