"""To decide: what two laptops wrote differently, what came back, and what nobody took."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mentor_desktop.changes import Changes
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _, ngettext
from mentor_desktop.services.conflicts import (
    Choice,
    ConflictCard,
    RecoveredCard,
    choose_value,
    let_go,
    list_again,
    restore_record,
)
from mentor_desktop.services.decisions import (
    Decisions,
    MarkCard,
    ask_the_paper,
    choose_mark,
    decisions,
)
from mentor_desktop.services.duplicates import DuplicatePair
from mentor_desktop.ui.deciding import card_texts
from mentor_desktop.ui.deciding.card import Act, CardText, DecisionCard
from mentor_desktop.ui.deciding.not_shared_acts import NotSharedActs
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.pages.base import Crumb, Page
from mentor_desktop.ui.widgets.empty_state import EmptyState
from mentor_desktop.ui.widgets.layout import ScrollColumn, column, holder, pile
from mentor_desktop.ui.widgets.text import Text

# Where the record of a conflict is shown, and under which name its id reaches the page.
_PLACES = {
    "person": ("people", "person_id"),
    "workshop": ("workshop", "workshop_id"),
    "project": ("project", "project_id"),
}


class DecisionsPage(Page):
    """Cards one below the other, in sections; an empty section is not there."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._cards: list[DecisionCard] = []
        self._at = ""
        self._not_shared = NotSharedActs(self, self._refuse)
        self._body = QWidget()
        self._summary = Text(self.theme, "", "body", "muted")
        self._summary.setContentsMargins(self.theme.size("indent"), 0, 0, 0)
        self._summary.hide()
        self._scroll = ScrollColumn(self.theme, gap="l")
        self._scroll.column.addWidget(self._summary)
        self._scroll.column.addWidget(self._body)
        self._scroll.column.addStretch(1)
        self._empty = EmptyState(
            self.theme,
            _("Nothing waits for a decision. What laptops wrote differently comes here."),
            "calm",
        )
        self._stack = pile(QWidget(), self._scroll, self._empty)
        self.content.addWidget(self._stack)
        self.set_heading(Crumb(_("Sync"), "sync"), Crumb(_("To decide")))
        self.track(desk.jobs.changed, self._on_anything)
        self.track(desk.settings.changed, self._on_anything)

    def open(self, **where: str) -> None:
        """Show the cards; `summary` says what a file brought that was just opened."""
        self._summary.setText(where.get("summary", ""))
        self._summary.setVisible(bool(where.get("summary")))

    def refresh(self) -> None:
        """Ask what waits."""
        self.jobs.query(decisions, self._show, key="decisions")

    def first_focus(self) -> QWidget | None:
        return self._cards[0] if self._cards else None

    def _on_anything(self, _news: object) -> None:
        self.mark_stale()

    # ---- what is shown

    def _show(self, found: Decisions) -> None:
        before = [card.text.key for card in self._cards]
        at = before.index(self._at) if self._at in before else 0
        had_focus = self.isAncestorOf(self.window().focusWidget()) or self.hasFocus()
        self._replace_body(found)
        self._stack.setCurrentWidget(self._empty if found.is_empty else self._scroll)
        waits = found.count
        counter = ngettext("{count} to decide", "{count} to decide", waits).format(count=waits)
        self.set_counter(counter if waits else "")
        if had_focus and self._cards:
            keys = [card.text.key for card in self._cards]
            place = keys.index(self._at) if self._at in keys else min(at, len(keys) - 1)
            self._cards[place].setFocus(Qt.FocusReason.OtherFocusReason)

    def _replace_body(self, found: Decisions) -> None:
        theme, old = self.theme, self._body
        self._cards = []
        sections = []
        for title, texts in self._sections(found):
            cards = [self._card(text) for text in texts]
            if cards:
                heading = Text(theme, title, "section")
                heading.setContentsMargins(theme.size("indent"), 0, 0, 0)
                sections.append(column(theme, heading, *cards, gap="m"))
        self._body = holder(column(theme, *sections, gap="xl"))
        self._scroll.column.replaceWidget(old, self._body)
        old.hide()
        old.deleteLater()

    def _sections(self, found: Decisions) -> Iterator[tuple[str, list[CardText]]]:
        is_projected = self.desk.settings.value.presentation
        fields = [
            card_texts.field_card(
                card, partial(self._choose, card), self._opener(card), is_projected=is_projected
            )
            for card in found.fields
        ]
        yield _("Written differently"), [*fields, *map(self._mark_card, found.marks)]
        yield (
            _("Entered twice"),
            [card_texts.pair_card(pair, partial(self._compare, pair)) for pair in found.same],
        )
        yield (
            _("Recovered"),
            [
                card_texts.recovered_card(
                    card,
                    partial(
                        self._do,
                        f"recovered {card.entity} {card.row}",
                        partial(restore_record, card=card),
                    ),
                    partial(self._let_go, card),
                    is_projected=is_projected,
                )
                for card in found.recovered
            ],
        )
        yield (
            _("Not shared"),
            [
                card_texts.not_shared_card(
                    card,
                    partial(self._not_shared.send, card),
                    partial(self._not_shared.save, card),
                    partial(self._not_shared.dismiss, card),
                    is_projected=is_projected,
                )
                for card in found.not_shared
            ],
        )

    def _mark_card(self, card: MarkCard) -> CardText:
        one = card.conflict
        key = f"mark {one.registration_id} {one.slot_id}"
        ask = partial(ask_the_paper, registration_id=one.registration_id, slot_id=one.slot_id)
        return card_texts.mark_card(
            card,
            lambda mark_id: self._do(key, partial(choose_mark, mark_id=mark_id)),
            partial(self._do, key, ask),
            partial(self.frame.go, "register", workshop_id=card.workshop_id),
        )

    def _card(self, text: CardText) -> DecisionCard:
        card = DecisionCard(self.theme, text)
        card.step_wanted.connect(partial(self._step, text.key))
        card.lit.connect(partial(self._on_lit, card))
        self._cards.append(card)
        return card

    def _opener(self, card: ConflictCard) -> Act | None:
        if card.entity not in _PLACES:
            return None
        place, name = _PLACES[card.entity]
        return partial(self.frame.go, place, **{name: card.row})

    # ---- what is done

    def _on_lit(self, card: DecisionCard) -> None:
        self._at = card.text.key
        self._scroll.ensureWidgetVisible(card)

    def _step(self, key: str, step: int) -> None:
        keys = [card.text.key for card in self._cards]
        place = keys.index(key) + step
        if 0 <= place < len(keys):
            self._cards[place].setFocus(Qt.FocusReason.TabFocusReason)

    def _choose(self, card: ConflictCard, choice: Choice) -> None:
        key = f"field {card.entity} {card.row} {card.group}"
        self._do(key, partial(choose_value, card=card, choice=choice))

    def _let_go(self, card: RecoveredCard) -> None:
        """List it no more, with Undo."""

        def tell(_changes: Changes) -> None:
            self.mark_stale()
            undo = partial(self.jobs.command, partial(_listed, list_again, card), again)
            self.frame.toast(_("Let go. It stays in the log."), _("Undo"), undo)

        def again(_changes: Changes) -> None:
            self.mark_stale()

        refuse = partial(self._refuse, f"recovered {card.entity} {card.row}")
        self.jobs.command(partial(_listed, let_go, card), tell, refuse)

    # Any: see `jobs.Store`.
    def _do(self, key: str, op: Callable[[Any], Changes]) -> None:
        self.jobs.command(op, lambda _changes: self.mark_stale(), partial(self._refuse, key))

    def _refuse(self, key: str, error: UserFacingError) -> None:
        for card in self._cards:
            if card.text.key == key:
                card.refuse(str(error))
        self.mark_stale()

    def _compare(self, pair: DuplicatePair) -> None:
        self.frame.go("duplicates", first=pair.first.id, second=pair.second.id)


# Any: see `jobs.Store`.
def _listed(op: Callable[[Any, RecoveredCard], None], card: RecoveredCard, uow: Any) -> Changes:
    op(uow, card)
    return Changes()
