"""The window: rail, header, page and status line, and how they hear of each other."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from mentor_desktop.changes import Changes
from mentor_desktop.clock import Clock
from mentor_desktop.i18n import _
from mentor_desktop.ui import words
from mentor_desktop.ui.appearance import Appearance
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.finder import Hit, Provider, no_hits
from mentor_desktop.ui.header import Header
from mentor_desktop.ui.jobs import Failure, Jobs
from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.navigator import Navigator
from mentor_desktop.ui.pages.base import Page
from mentor_desktop.ui.places import PLACES, SYNC, Place
from mentor_desktop.ui.rail import Rail
from mentor_desktop.ui.shortcuts import Shortcut, native_keys
from mentor_desktop.ui.status_line import StatusLine
from mentor_desktop.ui.sync_link import SyncLink
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.undo import UndoStack, UndoUseCase
from mentor_desktop.ui.widgets.banner import BannerStack
from mentor_desktop.ui.window_frame import WindowFrame

SMALLEST = (1024, 640)


class MainWindow(QMainWindow):
    """The frame around the pages.

    Emits:
        closing: the person closes the window; the composition root ends the jobs.
        lock_wanted: the person wants to lock the workspace (Ctrl+L).
    """

    closing = Signal()
    lock_wanted = Signal()

    def __init__(
        self,
        jobs: Jobs,
        theme: Theme,
        clock: Clock,
        settings: LiveSettings,
        *,
        name: str,
        undo: UndoUseCase,
        provider: Provider = no_hits,
        places: Sequence[Place] = PLACES,
    ) -> None:
        super().__init__()
        self._theme, self._places = theme, places
        self._undo = UndoStack(jobs, undo)
        self._appearance = Appearance(theme, settings, jobs)
        self._stack = QStackedWidget()
        self._central, self._area = QWidget(), QWidget()
        self._rail = Rail(theme, places, name)
        self._header = Header(theme)
        self._banners = BannerStack(theme)
        self._status = StatusLine(theme)
        self._lay_out()
        self.frame = WindowFrame(
            theme,
            window=self._central,
            area=self._area,
            banners=self._banners,
            status=self._status,
            provider=provider,
            commands=self._commands,
        )
        sync = SyncLink(jobs, self.frame, clock)
        self.desk = Desk(jobs, theme, self.frame, clock, settings, sync)
        self.navigator = Navigator(self.desk, places, self._stack)
        self.setWindowTitle(name)
        self.setMinimumSize(*SMALLEST)
        self._connect(jobs)

    def leave(self) -> None:
        """Let the pages end their connections; the window goes."""
        self.navigator.release()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_rail()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.frame.close_panel()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closing.emit()

    def _lay_out(self) -> None:
        over = QVBoxLayout(self._area)
        over.setContentsMargins(0, 0, 0, 0)
        over.addWidget(self._stack)
        content = QWidget()
        content.setObjectName("content")
        rows = QVBoxLayout(content)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for widget in (self._header, self._banners, self._area, self._status):
            rows.addWidget(widget, 1 if widget is self._area else 0)
        columns = QHBoxLayout(self._central)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        columns.addWidget(self._rail)
        columns.addWidget(content, 1)
        self.setCentralWidget(self._central)

    def _connect(self, jobs: Jobs) -> None:
        self._rail.place_chosen.connect(self.navigator.go)
        self._header.place_chosen.connect(self.navigator.go)
        self._header.find_requested.connect(self.frame.find)
        self.frame.place_requested.connect(self.navigator.go)
        self.frame.back_requested.connect(self.navigator.back)
        self.navigator.place_wanted.connect(self._on_place_wanted)
        self.navigator.page_built.connect(self._on_page_built)
        self.navigator.page_shown.connect(self._on_page_shown)
        self._undo.undone.connect(self._on_undone)
        self._undo.redone.connect(self._say_done)
        self._theme.changed.connect(self._fit_rail)
        self._status.state_pressed.connect(self._show_sync)
        jobs.saved.connect(self._status.show_saved)
        jobs.work_started.connect(self._status.add_work)
        jobs.work_ended.connect(self._status.remove_work)
        jobs.failed.connect(self._on_failed)
        jobs.changed.connect(self._on_changed)
        for keys, act in (
            (Shortcut.FIND, self.frame.find),
            (Shortcut.UNDO, self._undo.undo),
            (Shortcut.REDO, self._undo.redo),
            (Shortcut.BACK, self.navigator.back),
            (Shortcut.PRIMARY, self._header.act),
            (Shortcut.MORE, self._header.show_more),
            (Shortcut.LOCK, self.lock_wanted.emit),
            (Shortcut.QUIT, self.close),
            *((p.shortcut, partial(self.navigator.go, p.key)) for p in self._places if p.shortcut),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(act)

    def _fit_rail(self) -> None:
        self._rail.set_compact(self.width() < self._theme.size("rail_collapses_under"))

    def _on_place_wanted(self, place: Place) -> None:
        self.frame.close_panel()
        self._rail.light(place.parent or place.key)
        self._header.show_page(None, _(place.title))
        self._status.show_counter("")

    def _on_page_built(self, page: Page) -> None:
        page.heading_changed.connect(self._show_heading)
        page.counter_changed.connect(self._show_heading)

    def _on_page_shown(self, page: Page) -> None:
        for widget in (self._rail, self._header):
            widget.setVisible(not page.full_window)
        self._show_heading()

    def _show_heading(self) -> None:
        page, place = self.navigator.page, self.navigator.place
        if page and place:
            self._header.show_page(page, _(place.title))
            # A page that has the window to itself counts where one looks.
            self._status.show_counter("" if page.full_window else page.counter)

    def _show_sync(self) -> None:
        if self.navigator.has_place(SYNC):
            self.navigator.go(SYNC)

    def _on_changed(self, changes: Changes) -> None:
        page = self.navigator.page
        is_told = changes.action and changes.undoable and not self._undo.is_own(changes)
        if is_told and (page is None or page.announces_changes):
            self._say_done(changes)

    def _on_undone(self, changes: Changes) -> None:
        sentence = _("Undone: {action}").format(action=self._said_of(changes))
        self.frame.toast(sentence, _("Redo"), self._undo.redo)

    def _say_done(self, changes: Changes) -> None:
        self.frame.toast(self._said_of(changes), _("Undo"), self._undo.undo)

    def _said_of(self, changes: Changes) -> str:
        is_projected = self.desk.settings.value.presentation
        return words.action(changes.action, is_hidden=is_projected and changes.is_private)

    def _on_failed(self, failure: Failure) -> None:
        if not failure.report:
            self.frame.toast(str(failure.error))
            return
        from mentor_desktop.ui.report_dialog import ReportDialog  # hardly ever needed

        ReportDialog(self._theme, str(failure.error), failure.report, self).open()

    def _commands(self) -> list[Hit]:
        lock = Hit(_("Lock"), self.lock_wanted.emit, icon="locked", keys=native_keys(Shortcut.LOCK))
        place = self.navigator.place
        is_there = place is not None and place.key == SYNC
        syncing = (
            [] if is_there or not self.navigator.has_place(SYNC) else self.desk.sync.commands()
        )
        return [*self.navigator.hits(), *syncing, lock]
