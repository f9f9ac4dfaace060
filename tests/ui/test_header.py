"""How the heading of a page gives way where room is short."""

from dataclasses import dataclass

import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.header import CrumbButton, Header
from mentor_desktop.ui.main_window import MainWindow
from mentor_desktop.ui.pages.base import Crumb, Page
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import IconButton
from mentor_desktop.ui.widgets.text import ElidedText

_LONG = "Mentoring and Peer Coaching for Youth Training"


@dataclass
class Shown:
    """A header with the breadcrumb of an inner page of a workshop."""

    header: Header

    def at(self, width: int) -> "Shown":
        """Give it a width."""
        self.header.resize(width, 80)
        self.header.grab()
        return self

    @property
    def steps(self) -> list[CrumbButton]:
        return [one for one in self.header.findChildren(CrumbButton) if one.isVisible()]

    @property
    def has_arrow(self) -> bool:
        buttons = self.header.findChildren(IconButton)
        return any(one.isVisible() and one.accessibleName().startswith("Back") for one in buttons)


@pytest.fixture
def shown(window: MainWindow, theme: Theme, qtbot: QtBot) -> Shown:
    page = Page(Desk(*window.desk))
    page.set_heading(Crumb("Workshops", "people"), Crumb(_LONG, "people"), Crumb("Register"))
    page.set_primary("Check in", lambda: None)
    header = Header(theme)
    for widget in (page, header):
        qtbot.addWidget(widget)
    header.resize(1400, 80)
    header.show()
    header.show_page(page, "Register")
    return Shown(header)


def test_a_long_step_is_shortened_before_the_way_back_becomes_an_arrow(shown: Shown) -> None:
    first, long = shown.at(1400).steps
    whole = first.width(), long.width()
    shown.at(900)
    assert first.width() == whole[0]
    assert long.least_width <= long.width() < whole[1]
    assert not shown.has_arrow
    shown.at(1400)
    assert (first.width(), long.width()) == whole


def test_the_way_back_is_an_arrow_when_hardly_a_letter_of_it_would_be_left(shown: Shown) -> None:
    shown.at(560)
    assert shown.has_arrow
    assert shown.steps == []


@pytest.mark.parametrize("width", [1400, 1000, 900, 760, 560])
def test_the_title_is_whole_whatever_gives_way(shown: Shown, width: int) -> None:
    shown.at(width)
    (title,) = shown.header.findChildren(ElidedText)
    assert title.width() >= title.sizeHint().width()


def test_the_letters_of_the_title_begin_where_those_of_the_page_do(
    shown: Shown, theme: Theme
) -> None:
    first, _long = shown.at(1400).steps
    left = first.mapTo(shown.header, QPoint(0, 0)).x() + theme.space("xs")
    assert left == theme.space("xl") + theme.size("indent")
