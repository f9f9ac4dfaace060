"""How everything looks: colours, fonts, sizes and icons, from the design tokens.

The only caller of `setStyleSheet` and the only reader of `resources/theme`. Widgets
ask it in their paint events, so a change of scheme or text size shows at once.
"""

import re

from PySide6.QtCore import QByteArray, QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QIcon,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtWidgets import QApplication

from mentor_desktop.config import resource_path
from mentor_desktop.ui.application import use_base_style
from mentor_desktop.ui.icons import svg_source
from mentor_desktop.ui.tokens import Scheme, Tokens, load_tokens

# What Qt answers on X11 when no desktop environment names an interface font.
_NO_DESKTOP_FONT = re.compile(
    r"sans( serif)?|dejavu sans|bitstream vera sans|helvetica|\s*", re.IGNORECASE
)
_TABULAR_NUMBERS = QFont.Tag("tnum")
_WEIGHT_AXIS = QFont.Tag("wght")

_PALETTE = {
    QPalette.ColorRole.Window: "background",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "background",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "absent",
    QPalette.ColorRole.ToolTipBase: "inverse",
    QPalette.ColorRole.ToolTipText: "inverse_text",
    QPalette.ColorRole.Highlight: "accent_soft",
    QPalette.ColorRole.HighlightedText: "text",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.Light: "surface",
    QPalette.ColorRole.Midlight: "hover",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Dark: "line_strong",
    QPalette.ColorRole.Shadow: "shadow",
}
_DISABLED = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)


class Theme(QObject):
    """The look of the window in one scheme at one text size.

    `scheme` is "light", "dark", or "system" to follow the system's own.

    Emits:
        changed: colours or sizes are different now; cached pictures and fonts are stale.
    """

    changed = Signal()

    def __init__(
        self,
        app: QApplication,
        *,
        scheme: str = "system",
        text_scale: int = 100,
        reduced_motion: bool = False,
    ) -> None:
        super().__init__()
        self._app = app
        self._choice = scheme
        self._reduced_motion = reduced_motion
        self._colors: dict[tuple[str, float], QColor] = {}
        self._pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}
        use_base_style(app)
        self._family, self._is_variable = _interface_family(app)
        self._pixels_per_inch = _pixels_per_inch()
        self._tokens = load_tokens(self._wanted_scheme(), text_scale)
        _ask_system_for(scheme, self._app)
        self._apply()
        app.styleHints().colorSchemeChanged.connect(self._on_system_scheme_changed)

    @property
    def tokens(self) -> Tokens:
        """The tokens in force."""
        return self._tokens

    @property
    def is_dark(self) -> bool:
        """Whether the dark colours are in force."""
        return self._tokens.scheme == "dark"

    @property
    def text_scale(self) -> int:
        """The text size in per cent, 100 to 200."""
        return self._tokens.scale

    def set_scheme(self, scheme: str) -> None:
        """Follow the system, or be light or dark whatever it says."""
        self._choice = scheme
        _ask_system_for(scheme, self._app)
        self._on_system_scheme_changed()

    def set_text_scale(self, percent: int) -> None:
        """Show everything at `percent` of its normal text size, 100 to 200."""
        self._reload(percent)

    def set_reduced_motion(self, is_reduced: bool) -> None:
        """Let nothing move, or move where it explains."""
        self._reduced_motion = is_reduced

    def duration(self) -> int:
        """Return the milliseconds a movement takes; 0 with reduced motion."""
        return 0 if self._reduced_motion else self._tokens.motion["duration_ms"]

    def color(self, token: str, alpha: float = 1.0) -> QColor:
        """Return a colour by its token, `alpha` from 0 to 1. It is shared: do not change it.

        Raises:
            KeyError: no such token.
        """
        key = (token, alpha)
        if key not in self._colors:
            color = QColor(self._tokens.colors[token])
            color.setAlphaF(alpha)
            self._colors[key] = color
        return self._colors[key]

    def px(self, pixels: float) -> int:
        """Return a length that grows with the text."""
        return self._tokens.px(pixels)

    def size(self, name: str) -> int:
        """Return a named size: row, row_compact, row_touch, control, icon, panel or content."""
        return self._tokens.size(name)

    def space(self, name: str) -> int:
        """Return a gap of the grid: xs, s, m, l, xl, xxl."""
        return self._tokens.space(name)

    def font(self, role: str = "body") -> QFont:
        """Return the font of a text role: small, label, body, strong, section, title, door."""
        token = self._tokens.fonts[role]
        font = QFont(self._family)
        font.setPointSizeF(self._tokens.points(role, self._pixels_per_inch))
        if self._is_variable:  # Qt would thicken the regular drawing instead
            font.setVariableAxis(_WEIGHT_AXIS, token.weight)
        else:
            font.setWeight(QFont.Weight(token.weight))
        font.setFeature(_TABULAR_NUMBERS, 1)
        return font

    def pixmap(
        self, role: str, color: str = "text", pixels: float = 20, ratio: float = 1.0
    ) -> QPixmap:
        """Return an icon drawn in a colour token; `pixels` at 100 % text, `ratio` of the screen.

        Raises:
            KeyError: no such role or token.
        """
        key = (role, color, self.px(pixels), ratio)
        if key not in self._pixmaps:
            self._pixmaps[key] = _drawn(role, self._tokens.colors[color], key[2], ratio)
        return self._pixmaps[key]

    def icon(self, role: str, color: str = "text") -> QIcon:
        """Return an icon for widgets that paint it themselves: normal, disabled and selected."""
        icon = QIcon()
        ratio = self._app.devicePixelRatio()
        for mode, token in ((QIcon.Mode.Normal, color), (QIcon.Mode.Disabled, "faint")):
            icon.addPixmap(self.pixmap(role, token, ratio=ratio), mode)
        return icon

    def draw_picture(self, painter: QPainter, name: str, room: QRect) -> None:
        """Draw a picture of `resources/theme/drawings` into `room`, in the colours in force."""
        from PySide6.QtSvg import QSvgRenderer  # with the first icon, not with the first import

        drawing = resource_path("theme", "drawings", f"{name}.svg").read_text("utf-8")
        source = QByteArray(self._tokens.fill(drawing).encode())
        QSvgRenderer(source).render(painter, QRectF(room))

    def _wanted_scheme(self) -> Scheme:
        is_dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        if self._choice in {"light", "dark"}:
            is_dark = self._choice == "dark"
        return "dark" if is_dark else "light"

    def _on_system_scheme_changed(self) -> None:
        if self._wanted_scheme() != self._tokens.scheme:
            self._reload(self.text_scale)

    def _reload(self, text_scale: int) -> None:
        self._tokens = load_tokens(self._wanted_scheme(), text_scale)
        self._pixmaps.clear()
        self._colors.clear()
        self._apply()
        self.changed.emit()

    def _apply(self) -> None:
        self._app.setPalette(_palette(self._tokens))
        self._app.setFont(self.font())
        template = resource_path("theme", "app.qss").read_text("utf-8")
        self._app.setStyleSheet(self._tokens.fill(template))


def _interface_family(app: QApplication) -> tuple[str, bool]:
    """Return the system's interface font; Noto Sans where the system has none of its own.

    The second value says that weights must be set on the font's axis.
    """
    family = app.font().family()
    if QGuiApplication.platformName() in {"windows", "cocoa"} or not _NO_DESKTOP_FONT.fullmatch(
        family
    ):
        return family, False
    from importlib.util import find_spec  # these two only on a bare X11 session

    from PySide6.QtGui import QFontDatabase

    spec = find_spec("fontpkg_noto_sans")
    if spec is None or not spec.submodule_search_locations:
        return family, False
    file = f"{next(iter(spec.submodule_search_locations))}/files/NotoSans[wdth,wght].ttf"
    families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(file))
    return (families[0], True) if families else (family, False)


def _pixels_per_inch() -> float:
    screen = QGuiApplication.primaryScreen()
    return screen.logicalDotsPerInchY()


def _drawn(role: str, color: str, pixels: int, ratio: float) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer  # with the first icon, not with the first import

    side = round(pixels * ratio)
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg_source(role, color))).render(painter, QRectF(0, 0, side, side))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _ask_system_for(scheme: str, app: QApplication) -> None:
    """Let native dialogs and the title bar follow the choice where the system can."""
    schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
    app.styleHints().setColorScheme(schemes.get(scheme, Qt.ColorScheme.Unknown))


def _palette(tokens: Tokens) -> QPalette:
    palette = QPalette()
    for role, token in _PALETTE.items():
        palette.setColor(role, QColor(tokens.colors[token]))
    for role in _DISABLED:
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.colors["faint"]))
    return palette
