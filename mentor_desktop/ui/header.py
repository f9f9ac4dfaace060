"""The top of the page: the breadcrumb as title, the search, one primary act, the ⋯ menu."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QSizePolicy, QWidget

from mentor_desktop.i18n import _
from mentor_desktop.ui.pages.base import Crumb, Page, PageAction
from mentor_desktop.ui.shortcuts import Shortcut, native_keys
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button, IconButton
from mentor_desktop.ui.widgets.text import ElidedText, Text
from mentor_desktop.ui.widgets.tooltip import tip

_SEPARATOR = "›"
# A title broken between words fills two lines unevenly; what is wider than this is cut.
_TWO_LINES = 1.7
# A step of the breadcrumb that would keep fewer letters than this says nothing any more.
_FEWEST_LETTERS = 12


class CrumbButton(Button):
    """A step of the breadcrumb that leads back; a long one is shortened where room is short."""

    def __init__(self, theme: Theme, text: str, on_click: Callable[[], object]) -> None:
        super().__init__(theme, text, on_click, kind="quiet")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip(tip(text))
        self._set_font()

    @property
    def least_width(self) -> int:
        """The width below which it should rather go."""
        letters = self.fontMetrics().averageCharWidth() * _FEWEST_LETTERS
        return min(self.sizeHint().width(), letters + 2 * self._theme.space("xs"))

    def shorten(self, width: int) -> None:
        """Take `width` at most, and no more than the letters that fit into it."""
        around = 2 * self._theme.space("xs")
        words = self._elided(width - around)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance(words) + 1 + around)

    def sizeHint(self) -> QSize:
        words = self.fontMetrics().horizontalAdvance(self.text()) + 1  # it was rounded down
        return QSize(words + 2 * self._theme.space("xs"), self._theme.size("control"))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.least_width, self.sizeHint().height())

    def _paint_words(self, painter: QPainter) -> None:
        gap = self._theme.space("xs")
        room = self.rect().adjusted(gap, 0, -gap, 0)
        painter.setPen(self._theme.color("text" if self.underMouse() else "muted"))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self._elided(room.width()))

    def _elided(self, width: int) -> str:
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, width)

    def _set_font(self) -> None:
        self.setFont(self._theme.font("heading"))
        self.updateGeometry()


class Header(QWidget):
    """Shows the heading of the page that is open.

    One row where it fits; where it does not, the acts stand under the title.

    Emits:
        find_requested: the search button was pressed.
        place_chosen: (key, where) of a crumb that was pressed.
    """

    find_requested = Signal()
    place_chosen = Signal(str, dict)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._page: Page | None = None
        self._last: Crumb | None = None
        self._steps = QWidget()
        self._trail = QHBoxLayout(self._steps)
        self._crumbs: list[CrumbButton] = []
        # As wide after the last separator as around the others: the steps have a margin of their own.
        self._trail.setContentsMargins(0, 0, theme.space("xs"), 0)
        self._trail.setSpacing(theme.space("xs"))
        self._back = IconButton(theme, "back", _("Back"), self._go_back)
        self._title = ElidedText(theme, role="title", lines=2)
        self._find = Button(theme, _("Find"), self.find_requested.emit, kind="quiet", icon="search")
        self._find_text = _("Find  {keys}").format(keys=native_keys(Shortcut.FIND))
        self._find.setToolTip(_("Find anything"))
        self._more = IconButton(theme, "more", _("More for this page"), self._show_more)
        self._primary = Button(theme, "", self.act, kind="primary")
        self._lay_out()

    def show_page(self, page: Page | None, title: str) -> None:
        """Show a page's heading; `title` is the place's, for a page that sets none or is not there yet."""
        self._page = page
        crumbs = page.crumbs if page and page.crumbs else (Crumb(title),)
        self._show_crumbs(crumbs[:-1])
        self._title.setText(crumbs[-1].text)
        primary = page.primary if page else None
        self._primary.setVisible(primary is not None and not primary.is_on_page)
        if primary:
            self._primary.set_text(primary.text)
            self._primary.set_icon(primary.icon)
            self._primary.setEnabled(primary.is_enabled)
        self._more.setVisible(bool(page and page.more))
        self._fit()

    def minimumSizeHint(self) -> QSize:
        # The steps of the breadcrumb as they stand now must not keep the window from shrinking.
        parts = (self._back.sizeHint(), self._title.minimumSizeHint(), self._acts.minimumSize())
        width = sum(part.width() for part in parts) + 3 * self._theme.space("xl")
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def act(self) -> None:
        """Do the page's one act."""
        if self._page and self._page.primary and self._page.primary.is_enabled:
            self._page.primary.act()

    def show_more(self) -> None:
        """Open the ⋯ menu by key."""
        if self._more.isVisible():
            self._show_more()

    def _lay_out(self) -> None:
        gap = self._theme.space("s")
        self._acts = QHBoxLayout()
        self._acts.setSpacing(gap)
        for button in (self._find, self._more, self._primary):
            self._acts.addWidget(button)
        titles = QHBoxLayout()
        titles.setSpacing(self._theme.space("xs"))
        titles.addWidget(self._back, 0, Qt.AlignmentFlag.AlignTop)
        titles.addWidget(self._steps, 0, Qt.AlignmentFlag.AlignTop)
        titles.addWidget(self._title, 1)
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._rows.setContentsMargins(
            self._theme.space("xl"),
            self._theme.space("l"),
            self._theme.space("xl"),
            self._theme.space("s"),
        )
        self._rows.setSpacing(gap)
        self._rows.setSizeConstraint(QBoxLayout.SizeConstraint.SetNoConstraint)
        self._rows.addLayout(titles, 1)
        self._rows.addLayout(self._acts)

    def _show_crumbs(self, crumbs: Sequence[Crumb]) -> None:
        while (item := self._trail.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self._crumbs = []
        for crumb in crumbs:
            step = CrumbButton(self._theme, crumb.text, partial(self._follow, crumb))
            self._crumbs.append(step)
            for part in (step, Text(self._theme, _SEPARATOR, "heading", "faint", wrap=False)):
                self._trail.addWidget(part)
                part.show()  # else the layout would know its width only later
        if crumbs:
            self._last = crumbs[-1]
            self._back.set_name(_("Back to {place}").format(place=crumbs[-1].text))

    def _go_back(self) -> None:
        if self._last:
            self._follow(self._last)

    def _follow(self, crumb: Crumb) -> None:
        if crumb.place:
            self.place_chosen.emit(crumb.place, dict(crumb.where))

    def _fit(self) -> None:
        """Give way step by step: a shorter way back, an arrow, Find as an icon, two lines, acts below."""
        gap = self._theme.space("xs")
        room = self.width() - 2 * self._theme.space("xl") - self._theme.space("l")
        room -= self._theme.size("indent")
        title, acts = self._title.sizeHint().width(), self._acts_width(whole=True)
        has_trail = bool(self._crumbs)
        has_steps = has_trail and self._fit_trail(room - title - acts - gap)
        self._steps.setVisible(has_steps)
        self._back.setVisible(has_trail and not has_steps)
        self._hang(has_steps=has_steps)
        before = self._trail if has_steps else self._back if has_trail else None
        trail = before.sizeHint().width() + gap if before else 0
        if title + trail + acts > room:
            acts = self._acts_width(whole=False)
        is_below = title > _TWO_LINES * max(room - acts - trail, 1)
        sides = QBoxLayout.Direction.LeftToRight
        self._rows.setDirection(QBoxLayout.Direction.TopToBottom if is_below else sides)
        right, centre = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignVCenter
        self._rows.setAlignment(self._acts, right if is_below else centre)
        self._title.fit_width(room - trail if is_below else room - trail - acts)
        self._rows.activate()  # else the words stand cut for one frame

    def _fit_trail(self, room: int) -> bool:
        """Shorten the longest steps until the trail fits; say whether it does."""
        widths = [step.sizeHint().width() for step in self._crumbs]
        for step, width in zip(self._crumbs, widths, strict=True):
            step.setFixedWidth(width)
        self._trail.invalidate()
        excess = self._trail.sizeHint().width() - room
        for step in sorted(self._crumbs, key=lambda one: one.width(), reverse=True):
            if excess <= 0:
                break
            whole = step.width()
            step.shorten(max(whole - excess, step.least_width))
            excess -= whole - step.width()
        self._trail.activate()
        return excess <= 0

    def _hang(self, *, has_steps: bool) -> None:
        """Let the letters of the heading, not its boxes, stand above the letters of the page."""
        box = self._theme.size("indent") if self._back.isVisibleTo(self) else 0
        box = self._theme.space("xs") if has_steps else box
        margins = self._rows.contentsMargins()
        margins.setLeft(self._theme.space("xl") + self._theme.size("indent") - box)
        self._rows.setContentsMargins(margins)

    def _acts_width(self, *, whole: bool) -> int:
        self._find.set_text(self._find_text if whole else "")
        self._find.setAccessibleName(_("Find anything"))
        self._acts.invalidate()  # a nested layout hears of a new text only when it is laid out
        return self._acts.sizeHint().width()

    def _show_more(self) -> None:
        if not self._page:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in self._page.more:
            self._add(menu, action)
        corner = self._more.mapToGlobal(self._more.rect().bottomRight())
        menu.popup(corner - QPoint(menu.sizeHint().width(), 0))

    def _add(self, menu: QMenu, action: PageAction) -> None:
        token = "absent" if action.is_danger else "text"
        entry = menu.addAction(
            action.text + (f"\t{native_keys(action.shortcut)}" if action.shortcut else "")
        )
        if action.icon:
            entry.setIcon(self._theme.icon(action.icon, token))
        entry.setEnabled(action.is_enabled)
        entry.triggered.connect(partial(_call, action.act))


def _call(act: Callable[[], object], _checked: bool = False) -> None:
    act()
