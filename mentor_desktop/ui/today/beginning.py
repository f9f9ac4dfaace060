"""A workspace with nothing in it: three ways to begin."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from mentor_desktop.i18n import _
from mentor_desktop.progress import Progress
from mentor_desktop.ui.pages.base import Page
from mentor_desktop.ui.today.hero import BigButton
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.empty_state import EmptyState


class Beginning(EmptyState):
    """One picture, one sentence, one button; quieter: a list somebody has, and the samples."""

    def __init__(self, page: Page) -> None:
        super().__init__(
            page.theme,
            _(
                "This is where your day begins. Make your first workshop, or bring the list of participants you have."
            ),
            "workshop",
        )
        self._page = page
        theme = page.theme
        new = BigButton(theme, _("Make a workshop"), self._make, kind="primary", icon="add")
        bring = Button(theme, _("Import participants"), self._import, kind="quiet", icon="import")
        self._look = Button(
            theme, _("Look around with sample data"), self._fill, kind="quiet", icon="visible"
        )
        below = self.layout()
        assert isinstance(below, QVBoxLayout)
        for place, button in enumerate((new, bring, self._look)):
            at = below.count() - 1
            below.insertWidget(at, button, 0, Qt.AlignmentFlag.AlignHCenter)
            if place == 0:
                below.insertSpacing(at + 1, theme.space("s"))

    def _make(self) -> None:
        self._page.frame.go("workshops", new="yes")

    def _import(self) -> None:
        self._page.frame.go("import", kind="participants")

    def _fill(self) -> None:
        self._look.set_busy(is_busy=True)
        today = self._page.desk.clock().astimezone().date()

        def op(store: Any, progress: Progress) -> str:  # Any: see `jobs.Jobs.work`
            from mentor_desktop.services.demo import fill_with_samples  # slow, and off the window

            return fill_with_samples(store, starts_on=today, progress=progress)

        self._page.jobs.work(op, _("Filling in the samples"), self._on_filled, self._on_refused)

    def _on_filled(self, _workshop_id: str) -> None:
        self._page.mark_stale()

    def _on_refused(self, error: Exception) -> None:
        self._look.set_busy(is_busy=False)
        self._page.frame.toast(str(error))
