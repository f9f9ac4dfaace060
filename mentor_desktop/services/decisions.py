"""All that waits for a person after laptops met: what differs, what came back, what was not taken."""

from dataclasses import dataclass

from mentor_desktop.changes import Changes
from mentor_desktop.errors import ConflictError
from mentor_desktop.i18n import N_, _
from mentor_desktop.services.attendance_history import Conflict as MarkConflict
from mentor_desktop.services.attendance_history import choose_mark, conflicts_of
from mentor_desktop.services.conflicts import (
    ConflictCard,
    RecoveredCard,
    conflict_cards,
    marks_cards,
    recovered_cards,
)
from mentor_desktop.services.duplicates import DuplicatePair, possible_duplicates
from mentor_desktop.services.not_shared import NotSharedCard, not_shared_cards
from mentor_desktop.services.roster import roster_line
from mentor_desktop.services.settings import put_setting, settings_with_prefix
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.conflicts import makers

__all__ = ["Decisions", "MarkCard", "ask_the_paper", "choose_mark", "decisions", "waiting"]

_PAPER = "ask_paper."


@dataclass(frozen=True)
class MarkCard:
    """Marks of one person in one half-day that differ; `own_tag` is this laptop's.

    `asks_paper`: somebody wants to see the signature first.
    """

    workshop_id: str
    workshop_code: str
    conflict: MarkConflict
    counting_id: str
    own_tag: str
    asks_paper: bool


@dataclass(frozen=True)
class Decisions:
    """Every card, in the order of the page."""

    fields: tuple[ConflictCard, ...]
    marks: tuple[MarkCard, ...]
    same: tuple[DuplicatePair, ...]
    recovered: tuple[RecoveredCard, ...]
    not_shared: tuple[NotSharedCard, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nobody is needed."""
        return not (self.count or self.recovered)

    @property
    def count(self) -> int:
        """How many wait for a person; a record that lacks what has not come waits for that."""
        restorable = [one for one in self.recovered if one.can_be_restored]
        cards = (self.fields, self.marks, self.same, restorable, self.not_shared)
        return sum(map(len, cards))


def decisions(uow: Reader) -> Decisions:
    """Return all that waits; of a workspace that is on one laptop alone: nothing."""
    if not state.is_joined(uow.raw):
        return Decisions((), (), (), (), ())
    return Decisions(
        fields=tuple(conflict_cards(uow)),
        marks=tuple(_mark_cards(uow)),
        same=tuple(_met_twice(uow)),
        recovered=tuple(recovered_cards(uow)),
        not_shared=tuple(not_shared_cards(uow)),
    )


def waiting(uow: Reader, workshop_id: str = "") -> int:
    """Return how many cards wait for a decision; of one workshop the marks of its register."""
    return len(conflicts_of(uow, workshop_id)) if workshop_id else decisions(uow).count


def ask_the_paper(uow: UnitOfWork, *, registration_id: str, slot_id: str) -> Changes:
    """Keep both marks until somebody looked at the signed list; the paper check settles them.

    Raises:
        NotFoundError: the registration is gone.
        ConflictError: the marks do not differ any more.
    """
    person = roster_line(uow, registration_id)
    found = [
        one
        for one in conflicts_of(uow, person.workshop_id)
        if (one.registration_id, one.slot_id) == (registration_id, slot_id)
    ]
    if not found:
        raise ConflictError(_("These marks do not differ any more."))
    put_setting(uow, _paper_key(found[0]), "1")
    uow.describe(
        N_("The paper is to be asked about {name} ({slot})"),
        name=person.name,
        slot=found[0].slot_code,
    )
    return uow.commit()


def _mark_cards(uow: Reader) -> list[MarkCard]:
    asked = set(settings_with_prefix(uow, _PAPER))
    found = []
    for card in marks_cards(uow):
        code = uow.raw.execute(
            "SELECT code FROM workshop WHERE id = ?", (card.workshop_id,)
        ).fetchone()
        found += [
            MarkCard(
                workshop_id=card.workshop_id,
                workshop_code=code[0] if code else "",
                conflict=one,
                counting_id=one.counting_id,
                own_tag=uow.device,
                asks_paper=_paper_key(one) in asked,
            )
            for one in card.conflicts
        ]
    return found


def _paper_key(one: MarkConflict) -> str:
    """Return the name of the note; with the marks in it, so that a later conflict asks anew."""
    return _PAPER + "+".join(sorted(mark.id for mark in one.marks))


def _met_twice(uow: Reader) -> list[DuplicatePair]:
    """Return the pairs of people who may be one and were entered on different laptops."""
    pairs = possible_duplicates(uow)
    if not pairs:
        return []
    people = {one.id for pair in pairs for one in (pair.first, pair.second)}
    own = {state.identity(uow.raw).device}
    made = makers(uow.raw, "person", people)  # of those not sealed yet nothing is known
    return [
        pair
        for pair in pairs
        if not (made.get(pair.first.id) or own) & (made.get(pair.second.id) or own)
    ]
