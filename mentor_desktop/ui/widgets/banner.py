"""What needs a decision, above the page: a sentence and the verbs to choose from."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mentor_desktop.i18n import _
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button, IconButton
from mentor_desktop.ui.widgets.text import Text

BannerKind = Literal["info", "warning", "danger"]
Deed = tuple[str, Callable[[], object]]

# (soft ground, line of the icon, icon) per kind.
_LOOKS: dict[str, tuple[str, str, str]] = {
    "info": ("accent_soft", "accent", "info"),
    "warning": ("late_soft", "late", "warning"),
    "danger": ("absent_soft", "absent", "warning"),
}


class Banner(QWidget):
    """One sentence with its verbs; the first verb is the likely one."""

    def __init__(
        self,
        theme: Theme,
        sentence: str,
        kind: BannerKind = "info",
        deeds: Sequence[Deed] = (),
        on_close: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._kind: BannerKind = kind
        self.setAccessibleName(sentence)
        self._icon = QLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(
            theme.space("m"), theme.space("s"), theme.space("s"), theme.space("s")
        )
        layout.setSpacing(theme.space("s"))
        layout.addWidget(self._icon)
        layout.addWidget(Text(theme, sentence), 1)
        for verb, act in deeds:
            layout.addWidget(Button(theme, verb, act, kind="plain"))
        if on_close:
            layout.addWidget(IconButton(theme, "close", _("Close message"), on_close))
        self._show_icon()
        theme.changed.connect(self._show_icon)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = self._theme.color(_LOOKS[self._kind][0])
        painter.setPen(ground)
        painter.setBrush(ground)
        radius = self._theme.size("radius")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)

    def _show_icon(self) -> None:
        _ground, line, icon = _LOOKS[self._kind]
        self._icon.setPixmap(self._theme.pixmap(icon, line, ratio=self.devicePixelRatioF()))


class BannerStack(QWidget):
    """The banners above the page, newest below; takes no room when there is none."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._banners: dict[str, Banner] = {}
        self._column = QVBoxLayout(self)
        side = theme.space("xl")
        self._column.setContentsMargins(side, theme.space("xs"), side, theme.space("s"))
        self._column.setSpacing(theme.space("s"))
        self.hide()

    def show_banner(
        self,
        key: str,
        sentence: str,
        kind: BannerKind = "info",
        deeds: Sequence[Deed] = (),
        *,
        closable: bool = False,
    ) -> None:
        """Show a banner in place of the one with the same key."""
        self.hide_banner(key)
        on_close = partial(self.hide_banner, key) if closable else None
        banner = Banner(self._theme, sentence, kind, deeds, on_close)
        self._banners[key] = banner
        self._column.addWidget(banner)
        self.show()

    def hide_banner(self, key: str) -> None:
        """Take a banner away."""
        if banner := self._banners.pop(key, None):
            self._column.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
        self.setVisible(bool(self._banners))
