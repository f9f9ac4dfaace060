"""One part of the page of a workshop: what is shown under one segment."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from mentor_desktop.services.workshops import WorkshopCard
from mentor_desktop.ui.pages.base import Page, PageAction


class Part(QWidget):
    """Shows one side of a workshop; the page tells it when to ask again.

    `load` runs when the part is shown and something changed, `card` is the workshop then.
    """

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.desk, self.theme, self.jobs, self.frame = page.desk, page.theme, page.jobs, page.frame
        self._card: WorkshopCard | None = None
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(self.theme.space("m"))

    @property
    def card(self) -> WorkshopCard:
        """The workshop that is shown."""
        assert self._card is not None
        return self._card

    def show_workshop(self, card: WorkshopCard) -> None:
        """Take over a workshop and ask for what belongs to it."""
        self._card = card
        self.load()

    def load(self) -> None:
        """Ask for what the part shows."""

    def forget(self) -> None:
        """Empty what belongs to another workshop, which is about to be replaced."""

    def page_actions(self) -> tuple[PageAction, ...]:
        """Return what the ⋯ menu offers while this part is shown."""
        return ()
