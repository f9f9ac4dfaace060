"""Opening places: pages are imported when first wanted, kept, and reached again by Back."""

import importlib
import sys
from collections.abc import Sequence
from functools import partial
from types import ModuleType
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from mentor_desktop.i18n import _
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.finder import Hit
from mentor_desktop.ui.pages.base import Page
from mentor_desktop.ui.places import Place
from mentor_desktop.ui.shortcuts import native_keys

# More steps back than anybody remembers.
_LONGEST_HISTORY = 50


class Step(NamedTuple):
    """Where one was: a place and what of it was shown."""

    key: str
    where: tuple[tuple[str, str], ...] = ()


class Navigator(QObject):
    """Holds the pages in a stack of widgets and knows which one is wanted.

    Emits:
        place_wanted: `Place`, at once; its page may still be on its way.
        page_built: `Page`, once, before it is shown.
        page_shown: `Page`, when it stands in the window.
    """

    place_wanted = Signal(object)
    page_built = Signal(object)
    page_shown = Signal(object)

    def __init__(self, desk: Desk, places: Sequence[Place], stack: QStackedWidget) -> None:
        super().__init__()
        self._desk = desk
        self._places = {place.key: place for place in places}
        self._stack = stack
        self._pages: dict[str, Page] = {}
        self._opened: dict[str, tuple[tuple[str, str], ...]] = {}
        self._history: list[Step] = []
        self._here: Step | None = None
        self._blank = QWidget()
        self._blank.setObjectName("page")
        stack.addWidget(self._blank)

    @property
    def page(self) -> Page | None:
        """The page that is shown."""
        shown = self._stack.currentWidget()
        return shown if isinstance(shown, Page) else None

    @property
    def place(self) -> Place | None:
        """The place that is wanted, shown already or on its way."""
        return self._places[self._here.key] if self._here else None

    @property
    def here(self) -> Step | None:
        """Where one is, or is on the way to."""
        return self._here

    def has_place(self, key: str) -> bool:
        """Say whether there is a place of this name."""
        return key in self._places

    def go(self, key: str, where: dict[str, str] | None = None, *, at_once: bool = False) -> None:
        """Open a place; `at_once` imports its page on this thread (the first page of a start).

        Raises:
            KeyError: there is no such place.
        """
        place = self._places[key]
        step = Step(key, tuple((where or {}).items()))
        if self._here and self._here != step:
            self._history = [*self._history, self._here][-_LONGEST_HISTORY:]
        self._show(place, step, at_once=at_once)

    def back(self) -> None:
        """Go where one was before; nothing happens at the beginning."""
        if self._history:
            step = self._history.pop()
            self._show(self._places[step.key], step)

    def hits(self) -> list[Hit]:
        """Return what Ctrl+K offers besides people and workshops: acts of the page, then places."""
        here = self.page.actions_here() if self.page else ()
        acts = [
            Hit(one.text, one.act, icon=one.icon or "right", keys=native_keys(one.shortcut))
            for one in here
        ]
        return acts + [
            Hit(
                _(place.title),
                partial(self.go, place.key),
                icon=place.icon,
                keys=native_keys(place.shortcut),
            )
            for place in self._places.values()
            if place.group != "inner" or place.is_found
        ]

    def release(self) -> None:
        """Let the pages end their connections (the window closes)."""
        for page in self._pages.values():
            page.release()

    def _show(self, place: Place, step: Step, *, at_once: bool = False) -> None:
        self._here = step
        self.place_wanted.emit(place)
        if place.key in self._pages:
            self._turn_to(self._pages[place.key], step)
        elif at_once or place.module in sys.modules:
            self._build(place, step, importlib.import_module(place.module))
        else:
            self._stack.setCurrentWidget(self._blank)
            self._desk.jobs.load(place.module, partial(self._build, place, step), owner=self)

    def _build(self, place: Place, step: Step, module: ModuleType) -> None:
        if self._here != step:  # the person went on to another place meanwhile
            return
        if place.key not in self._pages:
            page: Page = getattr(module, place.class_name)(self._desk)
            page.setAccessibleName(page.accessibleName() or _(place.title))
            self._pages[place.key] = page
            self._stack.addWidget(page)
            self.page_built.emit(page)
        self._turn_to(self._pages[place.key], step)

    def _turn_to(self, page: Page, step: Step) -> None:
        page.open(**dict(step.where))
        if self._opened.get(step.key) != step.where:
            self._opened[step.key] = step.where
            page.mark_stale()
        self._stack.setCurrentWidget(page)
        self.page_shown.emit(page)
        (page.first_focus() or page).setFocus()
