"""Second laptop: hand over to one, and take in what was done there."""

from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from mentor_desktop.i18n import _
from mentor_desktop.services.second_laptop import Choices, Received, hand_over_choices
from mentor_desktop.services.second_laptop_words import more, summary
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.pages.base import Crumb, Page, PageAction
from mentor_desktop.ui.second_laptop.hand_over_part import HandOverPart
from mentor_desktop.ui.second_laptop.open_part import OpenPart
from mentor_desktop.ui.widgets.layout import ScrollColumn, column


class HandOverPage(Page):
    """Both ways on one page: out by a stick, and back."""

    shows = frozenset({"workshop"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._workshop_id = ""
        self.hand_over, self.file_from_other = HandOverPart(desk), OpenPart(desk)
        scroll = self._scroll = ScrollColumn(self.theme, gap="xxl")
        scroll.column.setContentsMargins(self.theme.size("indent"), 0, 0, self.theme.space("xl"))
        parts = (self.hand_over, self.file_from_other)
        scroll.column.addLayout(column(self.theme, *parts, gap="xxl"))
        for part in parts:
            part.said.connect(self._bring_to_sight)
        scroll.column.addStretch(1)
        self.content.addWidget(scroll)
        self.file_from_other.received.connect(self._on_received)
        self.file_from_other.asking.connect(
            lambda is_asking: self.hand_over.cover_words(is_covered=is_asking)
        )
        self.set_heading(Crumb(_("Sync"), "sync"), Crumb(_("Second laptop")))
        self.set_primary(_("Write the file"), self.hand_over.write, is_on_page=True)
        self.set_more(
            (
                PageAction(
                    _("Open a file from another laptop"), self.file_from_other.choose, "import"
                ),
                PageAction(_("To decide"), partial(self.frame.go, "decisions"), "merge"),
            )
        )

    def open(self, **where: str) -> None:
        """Begin with `workshop_id` chosen; with act=open ask for a file at once."""
        self._workshop_id = where.get("workshop_id", "")
        self.hand_over.forget_trouble()
        self.file_from_other.begin_anew()
        if where.get("act") == "open":
            QTimer.singleShot(0, self.file_from_other.choose)  # when the page is there

    def refresh(self) -> None:
        """Ask what can be handed over, and to whom; a stick may be in by now."""
        self.hand_over.look_for_stick()
        self.jobs.query(hand_over_choices, self._show, key="choices")

    def first_focus(self) -> QWidget | None:
        return self.hand_over.verb

    def _show(self, choices: Choices) -> None:
        self.hand_over.show_choices(choices, self._workshop_id)

    def _bring_to_sight(self, widget: QWidget) -> None:
        # After the page has made room for it.
        QTimer.singleShot(0, widget, lambda: self._scroll.ensureWidgetVisible(widget))

    def _on_received(self, received: Received) -> None:
        """Let every page see what came, and go on to what is to be decided."""
        if received.changes:
            self.desk.jobs.changed.emit(received.changes)
        self.mark_stale()
        if received.to_decide and self.isVisible():
            self.frame.go("decisions", summary=f"{summary(received)}. {more(received)}")
