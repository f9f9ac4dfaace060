"""Duplicates: pair after pair, side by side; a person decides, and every answer is undone by a key."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Literal

from PySide6.QtWidgets import QWidget

from mentor_desktop.changes import Changes
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _, ngettext
from mentor_desktop.progress import Progress
from mentor_desktop.services.backups import back_up_before
from mentor_desktop.services.duplicates import (
    DuplicatePair,
    keep_apart,
    merge_people,
    possible_duplicates,
)
from mentor_desktop.services.people import PersonCard, person_card
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.duplicates.pair_view import PairView
from mentor_desktop.ui.pages.base import Crumb, Page
from mentor_desktop.ui.widgets.buttons import IconButton
from mentor_desktop.ui.widgets.empty_state import EmptyState
from mentor_desktop.ui.widgets.layout import STRETCH, column, holder, pile, row
from mentor_desktop.ui.widgets.text import Text


class DuplicatesPage(Page):
    """One question at a time: the same person, or two."""

    shows = frozenset({"person", "workspace_setting", "registration"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._pairs: tuple[DuplicatePair, ...] = ()
        self._at = 0
        self._wanted: frozenset[str] = frozenset()
        # One before the first merge of a sitting; each merge is undone by a key besides.
        self._backup: Literal["", "begun", "made"] = ""
        self._build_widgets()
        self._lay_out()
        self._connect()

    def open(self, **where: str) -> None:
        """Show the pair of `first` and `second` where they are given, else the one shown last."""
        self._wanted = frozenset(one for one in (where.get("first"), where.get("second")) if one)

    def refresh(self) -> None:
        """Ask for the pairs."""
        self.jobs.query(possible_duplicates, self._show, key="pairs")

    def first_focus(self) -> QWidget | None:
        return self._view

    def _build_widgets(self) -> None:
        theme = self.theme
        self._place = Text(theme, "", "body", "muted", wrap=False)
        self._before = IconButton(theme, "left", _("The pair before"), partial(self._step, -1))
        self._after = IconButton(theme, "right", _("The next pair"), partial(self._step, 1))
        self._view = PairView(theme)
        self._none = EmptyState(
            theme,
            _("Nobody seems to be here twice."),
            "calm",
            _("Back to people"),
            partial(self.frame.go, "people"),
        )

    def _lay_out(self) -> None:
        bar = row(self.theme, self._before, self._place, self._after, STRETCH)
        self._asked = holder(column(self.theme, bar, self._view, gap="l"))
        self._blank = QWidget()  # until the pairs are here
        self._stack = pile(self._blank, self._asked, self._none)
        self.content.addWidget(self._stack)

    def _connect(self) -> None:
        self._view.first_kept.connect(partial(self._merge, is_first=True))
        self._view.kept_apart.connect(self._keep_apart)
        self._view.second_kept.connect(partial(self._merge, is_first=False))
        self.track(self.desk.settings.changed, self._on_settings)
        self.set_heading(Crumb(_("People"), "people"), Crumb(_("Duplicates")))
        self.add_key("Alt+1", partial(self._merge, is_first=True), _("Keep the left one"))
        self.add_key("Alt+2", partial(self._merge, is_first=False), _("Keep the right one"))
        self.add_key("Alt+0", self._keep_apart, _("Different people"))

    # ---- what is shown

    def _show(self, pairs: Sequence[DuplicatePair]) -> None:
        """Show the same pair again if it is still one, else the one in its place."""
        known = self._pairs[self._at] if self._pairs else None
        self._pairs = tuple(pairs)
        if known in self._pairs:
            self._at = self._pairs.index(known)
        for number, pair in enumerate(self._pairs):
            if self._wanted == {pair.first.id, pair.second.id}:
                self._at = number
        self._wanted = frozenset()
        self._at = max(0, min(self._at, len(pairs) - 1))
        count = len(pairs)
        self.set_counter(
            ngettext("{count} pair", "{count} pairs", count).format(count=count) if count else ""
        )
        if pairs:
            self._show_pair()
        else:
            self._stack.setCurrentWidget(self._none)

    def _show_pair(self) -> None:
        pair = self._pairs[self._at]
        op = partial(_cards, first=pair.first.id, second=pair.second.id)
        self.jobs.query(op, partial(self._show_cards, pair), key="cards")
        place = _("{at} of {count}").format(at=self._at + 1, count=len(self._pairs))
        self._place.setText(place)
        self._before.setEnabled(self._at > 0)
        self._after.setEnabled(self._at < len(self._pairs) - 1)

    def _show_cards(self, pair: DuplicatePair, cards: tuple[PersonCard, PersonCard]) -> None:
        is_private = self.desk.settings.value.presentation
        self._view.show_pair(*cards, pair.words, is_private=is_private)
        self._stack.setCurrentWidget(self._asked)

    def _on_settings(self, _settings: object) -> None:
        self.mark_stale()

    # ---- what is done

    def _step(self, step: int) -> None:
        self._at = max(0, min(self._at + step, len(self._pairs) - 1))
        self._show_pair()

    def _merge(self, *, is_first: bool) -> None:
        if not self._pairs:
            return
        pair = self._pairs[self._at]
        keep, merge = (pair.first, pair.second) if is_first else (pair.second, pair.first)
        op = partial(merge_people, keep=keep.id, merge=merge.id)
        if self._backup == "made":
            self.jobs.command(op, None, self._refuse)
        elif not self._backup:
            self._backup = "begun"
            title = _("Backing up before people are merged")
            self.jobs.work(_back_up, title, partial(self._go_on, op), self._on_no_backup)

    def _go_on(self, op: Callable[[Any], Changes], _nothing: None) -> None:
        # Any: see `jobs.Store`.
        self._backup = "made"
        self.jobs.command(op, None, self._refuse)

    def _on_no_backup(self, error: UserFacingError) -> None:
        self._backup = ""
        self._refuse(error)

    def _keep_apart(self) -> None:
        if self._pairs:
            pair = self._pairs[self._at]
            op = partial(keep_apart, first=pair.first.id, second=pair.second.id)
            self.jobs.command(op, None, self._refuse)

    def _refuse(self, error: UserFacingError) -> None:
        self._view.show_trouble(str(error))


# Any in the signatures: see `jobs.Store`.
def _back_up(store: Any, progress: Progress) -> None:
    back_up_before(store, "merge", progress=progress)


def _cards(uow: Any, *, first: str, second: str) -> tuple[PersonCard, PersonCard]:
    return person_card(uow, first), person_card(uow, second)
