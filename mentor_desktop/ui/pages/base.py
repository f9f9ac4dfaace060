"""What every page is: a widget that knows its heading, its one act and when to refresh."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mentor_desktop.changes import Changes
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.owned_jobs import OwnedJobs

Act = Callable[[], object]


class Crumb(NamedTuple):
    """One step of the breadcrumb; with a `place` it leads there."""

    text: str
    place: str = ""
    where: Mapping[str, str] = MappingProxyType({})


class PageAction(NamedTuple):
    """Something one can do on a page: its primary button, a line of its ⋯ menu, a hit of Ctrl+K.

    A primary act that `is_on_page` has its button there instead of in the header.
    """

    text: str
    act: Act
    icon: str = ""
    shortcut: str = ""
    is_danger: bool = False
    is_enabled: bool = True
    is_on_page: bool = False


class Page(QWidget):
    """A place of the window.

    A subclass sets `shows` and implements `refresh`, which asks for its rows. Nobody else
    calls `refresh`: it runs on the first show, after `open`, and when a shown entity changed,
    at once if the page is visible and otherwise when it is shown again.

    Emits:
        heading_changed: breadcrumb, primary act or menu are different.
        counter_changed: the text for the right end of the status line.
    """

    shows: frozenset[str] = frozenset()
    full_window = False
    announces_changes = True

    heading_changed = Signal()
    counter_changed = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self.desk, self.theme, self.frame = desk, desk.theme, desk.frame
        self.jobs = OwnedJobs(desk.jobs, self)
        self.crumbs: tuple[Crumb, ...] = ()
        self.primary: PageAction | None = None
        self.more: tuple[PageAction, ...] = ()
        self.counter = ""
        self._keys: list[PageAction] = []
        self._menu_shortcuts: list[QShortcut] = []
        self._is_stale = True
        self._connections: list[tuple[SignalInstance, Callable[..., object]]] = []
        self.content = QVBoxLayout(self)
        side, top = desk.theme.space("xl"), desk.theme.space("s")
        self.content.setContentsMargins(side, top, side, desk.theme.space("m"))
        self.content.setSpacing(desk.theme.space("m"))
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._refresh_now)
        self.track(desk.jobs.changed, self._on_changed)

    def open(self, **where: str) -> None:
        """Show what `where` names; a page about one thing overrides this."""

    def refresh(self) -> None:
        """Ask for what the page shows."""

    def first_focus(self) -> QWidget | None:
        """Return what the keyboard goes to when the page is opened; None is the page itself, one Tab before its first widget."""
        return None

    def set_heading(self, *crumbs: Crumb) -> None:
        """Set the breadcrumb; its last step is the title."""
        self.crumbs = crumbs
        self.heading_changed.emit()

    def set_primary(
        self,
        text: str,
        act: Act,
        *,
        icon: str = "",
        is_enabled: bool = True,
        is_on_page: bool = False,
    ) -> None:
        """Set the one act (Ctrl+Enter): the button top right, unless the page shows its own."""
        self.primary = PageAction(text, act, icon, is_enabled=is_enabled, is_on_page=is_on_page)
        self.heading_changed.emit()

    def clear_primary(self) -> None:
        """Have no one act."""
        self.primary = None
        self.heading_changed.emit()

    def set_more(self, actions: Sequence[PageAction]) -> None:
        """Set what the ⋯ menu beside the primary act offers; keys of actions work on the page."""
        self.more = tuple(actions)
        for shortcut in self._menu_shortcuts:
            shortcut.deleteLater()
        self._menu_shortcuts = [
            self._shortcut(action.shortcut, action.act)
            for action in actions
            if action.shortcut and action.is_enabled
        ]
        self.heading_changed.emit()

    def set_counter(self, text: str) -> None:
        """Set the right end of the status line."""
        self.counter = text
        self.counter_changed.emit(text)

    def add_key(self, keys: str, act: Act, text: str) -> None:
        """Let a key do something while the page is shown; `text` says what, also in Ctrl+K."""
        self._shortcut(keys, act)
        self._keys.append(PageAction(text, act, shortcut=keys))

    def _shortcut(self, keys: str, act: Act) -> QShortcut:
        shortcut = QShortcut(QKeySequence(keys), self)  # only while the page is visible: Qt's rule
        shortcut.activated.connect(act)
        return shortcut

    def actions_here(self) -> tuple[PageAction, ...]:
        """Return all that can be done on the page now, the primary act first."""
        first = (self.primary,) if self.primary else ()
        return tuple(a for a in (*first, *self.more, *self._keys) if a.is_enabled)

    def track(self, signal: SignalInstance, slot: Callable[..., object]) -> None:
        """Connect to something that lives longer than the page."""
        signal.connect(slot)
        self._connections.append((signal, slot))

    def release(self) -> None:
        """End the tracked connections; the window calls it before it deletes the page."""
        for signal, slot in self._connections:
            signal.disconnect(slot)
        self._connections.clear()

    def mark_stale(self) -> None:
        """Refresh soon: once, however often this is called; when hidden, on the next show."""
        self._is_stale = True
        if self.isVisible():
            self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh_now()

    def _on_changed(self, changes: Changes) -> None:
        if changes.touches(self.shows):
            self.mark_stale()

    def _refresh_now(self) -> None:
        if self._is_stale and self.isVisible():
            self._is_stale = False
            self.refresh()


def page_of(widget: QObject) -> Page | None:
    """Return the page a widget stands on."""
    parent: QObject | None = widget
    while parent is not None and not isinstance(parent, Page):
        parent = parent.parent()
    return parent
