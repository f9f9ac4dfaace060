"""A banner on a page that says how much waits for a decision; no room is taken while nothing does."""

from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from mentor_desktop.i18n import _, ngettext
from mentor_desktop.services.decisions import waiting
from mentor_desktop.ui.pages.base import Page
from mentor_desktop.ui.widgets.banner import Banner


class WaitingNote(QWidget):
    """Asks when its page refreshes: `ask`."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._count = 0
        self._workshop_id = ""
        self._banner: Banner | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def ask(self, workshop_id: str = "") -> None:
        """Find out how much waits, of one workshop or in all."""
        self._workshop_id = workshop_id
        self._page.jobs.query(
            partial(waiting, workshop_id=workshop_id), self._show, key="waiting decisions"
        )

    def _show(self, count: int) -> None:
        if count == self._count:
            return
        self._count = count
        if self._banner is not None:
            self._column.removeWidget(self._banner)
            self._banner.hide()
            self._banner.deleteLater()
            self._banner = None
        self.setVisible(count > 0)
        if count:
            decide = (_("Decide"), partial(self._page.frame.go, "decisions"))
            self._banner = Banner(self._page.theme, self._sentence(), "warning", (decide,))
            self._column.addWidget(self._banner)

    def _sentence(self) -> str:
        if self._workshop_id:
            words = ngettext(
                "{count} thing to decide in this workshop.",
                "{count} things to decide in this workshop.",
                self._count,
            )
        else:
            words = ngettext("{count} thing to decide.", "{count} things to decide.", self._count)
        return words.format(count=self._count)
