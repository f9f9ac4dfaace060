"""What a page finds on its desk: jobs, theme, time, settings and the window around it."""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, Protocol

from PySide6.QtWidgets import QWidget

from mentor_desktop.clock import Clock
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.sync_link import SyncLink
from mentor_desktop.ui.theme import Theme

BannerKind = Literal["info", "warning", "danger"]
Deed = tuple[str, Callable[[], object]]


class Frame(Protocol):
    """What the window does for its pages."""

    def go(self, place: str, **where: str) -> None:
        """Open a place; `where` reaches its `open`."""

    def back(self) -> None:
        """Go where one was before."""

    def toast(
        self, sentence: str, action: str = "", on_action: Callable[[], object] | None = None
    ) -> None:
        """Say something at the bottom for 8 seconds, with one verb to press."""

    def show_banner(
        self,
        key: str,
        sentence: str,
        kind: BannerKind = "info",
        deeds: Sequence[Deed] = (),
        *,
        closable: bool = False,
    ) -> None:
        """Ask for a decision above the page; `deeds` are (verb, callable); same key replaces."""

    def hide_banner(self, key: str) -> None:
        """Take a banner away; nothing happens when it is not there."""

    def open_panel(self, widget: QWidget, title: str, *, focus: bool = True) -> None:
        """Slide a widget in from the right; it is deleted when the panel closes or shows another.

        `focus=False` leaves the keyboard in the list whose details these are.
        """

    def close_panel(self) -> None:
        """Slide the panel out and give the keyboard back."""

    def set_waiting(self, text: str) -> None:
        """Say in the status line what waits: "3 changes waiting · offline"."""

    def find(self) -> None:
        """Open the search over everything (Ctrl+K)."""


class Desk(NamedTuple):
    """Everything a page may use."""

    jobs: Jobs
    theme: Theme
    frame: Frame
    clock: Clock
    settings: LiveSettings
    sync: SyncLink
