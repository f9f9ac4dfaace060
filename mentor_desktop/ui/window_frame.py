"""What lies over the pages: toast, banners, side panel, search. Made when first needed."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from mentor_desktop.ui.desk import BannerKind, Deed
from mentor_desktop.ui.finder import Hit, Provider
from mentor_desktop.ui.status_line import StatusLine
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.banner import BannerStack

if TYPE_CHECKING:  # imported with their first use: 15 ms that the first paint does not wait for
    from mentor_desktop.ui.widgets.command_palette import CommandPalette
    from mentor_desktop.ui.widgets.side_panel import SidePanel
    from mentor_desktop.ui.widgets.toast import Toast


class WindowFrame(QObject):
    """Implements `desk.Frame` for the main window.

    Emits:
        place_requested: (key, where) of `go`.
        back_requested: `back` was called.
    """

    place_requested = Signal(str, dict)
    back_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        *,
        window: QWidget,
        area: QWidget,
        banners: BannerStack,
        status: StatusLine,
        provider: Provider,
        commands: Callable[[], Sequence[Hit]],
    ) -> None:
        super().__init__()
        self._theme = theme
        self._window, self._area = window, area
        self._banners, self._status = banners, status
        self._provider, self._commands = provider, commands
        self._toast: Toast | None = None
        self._panel: SidePanel | None = None
        self._palette: CommandPalette | None = None

    @property
    def panel(self) -> "SidePanel | None":
        """The side panel, None before its first use."""
        return self._panel

    @property
    def palette(self) -> "CommandPalette | None":
        """The search over everything, None before its first use."""
        return self._palette

    @property
    def last_toast(self) -> str:
        """What the toast says; empty when it is gone."""
        return self._toast.sentence if self._toast and self._toast.isVisible() else ""

    def go(self, place: str, **where: str) -> None:
        """Open a place."""
        self.place_requested.emit(place, where)

    def back(self) -> None:
        """Go where one was before."""
        self.back_requested.emit()

    def toast(
        self, sentence: str, action: str = "", on_action: Callable[[], object] | None = None
    ) -> None:
        """Say something at the bottom."""
        if self._toast is None:
            from mentor_desktop.ui.widgets.toast import Toast  # see above

            self._toast = Toast(self._theme, self._area)
        self._toast.say(sentence, action, on_action)

    def show_banner(
        self,
        key: str,
        sentence: str,
        kind: BannerKind = "info",
        deeds: Sequence[Deed] = (),
        *,
        closable: bool = False,
    ) -> None:
        """Ask for a decision above the page."""
        self._banners.show_banner(key, sentence, kind, deeds, closable=closable)

    def hide_banner(self, key: str) -> None:
        """Take a banner away."""
        self._banners.hide_banner(key)

    def open_panel(self, widget: QWidget, title: str, *, focus: bool = True) -> None:
        """Slide a widget in from the right."""
        if self._panel is None:
            from mentor_desktop.ui.widgets.side_panel import SidePanel  # see above

            self._panel = SidePanel(self._theme, self._area)
        self._panel.open_panel(widget, title, focus=focus)

    def close_panel(self) -> None:
        """Slide the panel out."""
        if self._panel:
            self._panel.close_panel()

    def set_waiting(self, text: str) -> None:
        """Say in the status line what waits."""
        self._status.show_waiting(text)

    def find(self) -> None:
        """Open the search over everything."""
        if self._palette is None:
            from mentor_desktop.ui.widgets.command_palette import CommandPalette  # see above

            self._palette = CommandPalette(
                self._theme, self._window, self._provider, self._commands
            )
        self._palette.open_palette()
