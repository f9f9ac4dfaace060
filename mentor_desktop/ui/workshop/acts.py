"""What can be done with a workshop as a whole: the next act, and the ⋯ menu of its page."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject

from mentor_desktop.i18n import _
from mentor_desktop.services.workshops import (
    WorkshopCard,
    WorkshopRow,
    change_workshop,
    remove_workshop,
    workshop_rows,
)
from mentor_desktop.ui.pages.base import Page, PageAction
from mentor_desktop.ui.shortcuts import Shortcut
from mentor_desktop.ui.workshop.move_form import MoveForm
from mentor_desktop.ui.workshop.new_workshop import NewWorkshopForm


class WorkshopActs(QObject):
    """Offers the acts for the workshop that is shown."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._desk, self._jobs, self._frame = page.desk, page.jobs, page.frame

    def next_act(self, card: WorkshopCard) -> PageAction:
        """Return what a trainer most likely does next here."""
        if card.phase == "past" and card.attending:
            return PageAction(_("Certificates"), self._to(card, "certificates"), "certificates")
        if not card.attending:
            to_import = partial(self._frame.go, "import", kind="participants", workshop_id=card.id)
            return PageAction(_("Import participants"), to_import, "import")
        if card.phase == "running":
            return PageAction(_("Check in"), self._to(card, "door"), "check-in")
        return PageAction(_("Print the list"), self._to(card, "papers"), "print")

    def all_acts(self, card: WorkshopCard) -> list[PageAction]:
        """Return the menu, what cannot be undone last."""
        open_file = partial(self._frame.go, "hand_over", workshop_id=card.id, act="open")
        present, papers = self._to(card, "presence"), self._to(card, "papers")
        acts = [
            PageAction(_("Check in"), self._to(card, "door"), "check-in"),
            PageAction(_("Register"), self._to(card, "register"), "register"),
            PageAction(_("Present now"), present, "person", Shortcut.PRESENT_NOW),
            PageAction(_("Papers"), papers, "print", Shortcut.PRINT),
            PageAction(_("Certificates"), self._to(card, "certificates"), "certificates"),
            PageAction(_("Hand to second laptop"), self._to(card, "hand_over"), "export"),
            PageAction(_("Open a file from another laptop"), open_file, "import"),
            PageAction(_("Duplicate as template"), partial(self._duplicate, card), "copy"),
            PageAction(_("Move to other dates"), partial(self._move, card), "workshops"),
        ]
        if card.status != "archived":
            acts.append(
                PageAction(_("Archive the workshop"), partial(self._archive, card), "backup")
            )
        remove = partial(self._remove, card)
        acts.append(PageAction(_("Remove the workshop"), remove, "remove", is_danger=True))
        return acts

    def _to(self, card: WorkshopCard, place: str) -> partial[None]:
        return partial(self._frame.go, place, workshop_id=card.id)

    def _duplicate(self, card: WorkshopCard) -> None:
        self._jobs.query(workshop_rows, partial(self._open_copy_form, card))

    def _open_copy_form(self, card: WorkshopCard, rows: Sequence[WorkshopRow]) -> None:
        form = NewWorkshopForm(self._desk, rows, pattern_id=card.id)
        form.created.connect(self._open_workshop)
        self._frame.open_panel(form, _("Duplicate as template"))

    def _open_workshop(self, workshop_id: str) -> None:
        self._frame.go("workshop", workshop_id=workshop_id)

    def _move(self, card: WorkshopCard) -> None:
        self._frame.open_panel(MoveForm(self._desk, card), _("Move to other dates"))

    def _archive(self, card: WorkshopCard) -> None:
        self._jobs.command(partial(change_workshop, workshop_id=card.id, status="archived"))

    def _remove(self, card: WorkshopCard) -> None:
        op = partial(remove_workshop, workshop_id=card.id)
        self._jobs.command(op, lambda _changes: self._frame.go("workshops"))
