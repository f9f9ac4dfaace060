"""What needs a decision after an exchange: values that differ, and recovered records.

Cards for the interface, in words; deciding is an action like any other. Marks of attendance that
differ are told by `attendance_history`, here only how many there are in which workshop.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from mentor_desktop.changes import Changes
from mentor_desktop.clock import zone_of
from mentor_desktop.errors import ConflictError
from mentor_desktop.i18n import N_, _, current_language
from mentor_desktop.models.base import from_milliseconds, to_milliseconds
from mentor_desktop.services import history_words
from mentor_desktop.services.attendance_history import Conflict as MarkConflict
from mentor_desktop.services.attendance_history import conflicts_of
from mentor_desktop.services.field_labels import ENTITY_NAMES, field_label
from mentor_desktop.services.half_days import day_part
from mentor_desktop.store.settings import settings_under
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork
from mentor_desktop.sync.protocol.operations import OpId, Value
from mentor_desktop.sync.replica import conflicts as kept
from mentor_desktop.sync.replica import state

_STALE = N_("This was decided or changed in the meantime. Look at the list again.")
_LET_GO = "let go "
_PARTS = {"morning": N_("morning"), "afternoon": N_("afternoon"), "evening": N_("evening")}
# What a projector must not show: tables as a whole, and fields of others.
_PRIVATE = frozenset({"consent"})
_PRIVATE_FIELDS = frozenset(
    {
        *(("person", one) for one in ("email", "phone", "note", "birth_year", "gender")),
        ("registration", "support_request"),
    }
)


@dataclass(frozen=True)
class Choice:
    """One of the values: `lines` are (field, value) in words; `is_shown` the one that counts now.

    `is_own` says that it was written on this laptop.
    """

    key: str
    lines: tuple[tuple[str, str], ...]
    who: str
    device: str
    at: datetime
    is_shown: bool
    is_own: bool = False


@dataclass(frozen=True)
class ConflictCard:
    """A record with a field that several people changed; the first choice is what is shown.

    Of fields that belong together only those that differ are told. `is_private` ones are nobody's
    business while a projector is on.
    """

    entity: str
    row: str
    group: str
    kind: str
    title: str
    choices: tuple[Choice, ...]
    is_private: bool = False


@dataclass(frozen=True)
class Deed:
    """Who did something, on which laptop, and when; `is_own`: on this one."""

    who: str
    device: str
    at: datetime
    is_own: bool


@dataclass(frozen=True)
class RecoveredCard:
    """A record that is kept although what it belongs to is gone; else it only waits for that.

    `belongs_to` names what is gone ("Friday 13 March, afternoon (WS-2026-01)"), else its kinds.
    `deleted` and `changed` were done without knowing of each other. `status` is what a mark says.
    """

    entity: str
    row: str
    kind: str
    title: str
    belongs_to: str
    can_be_restored: bool
    deleted: Deed | None = None
    changed: Deed | None = None
    status: str = ""
    is_private: bool = False


@dataclass(frozen=True)
class MarksCard:
    """A workshop with marks that differ."""

    workshop_id: str
    conflicts: tuple[MarkConflict, ...]


def conflict_cards(uow: Reader) -> list[ConflictCard]:
    """Return the fields that wait for a decision, by record."""
    own = state.identity(uow.raw).device if state.is_joined(uow.raw) else ""
    return [
        ConflictCard(
            entity=one.entity,
            row=one.row,
            group=one.group,
            kind=_kind(one.entity),
            title=history_words.row_name(uow, one.entity, one.row),
            choices=_differing(
                tuple(
                    _choice(uow, one.entity, side, is_shown=side is one.shown, own=own)
                    for side in (one.shown, *one.others)
                )
            ),
            is_private=_is_private(one.entity, one.group),
        )
        for one in kept.list_conflicts(uow.raw)
    ]


def marks_cards(uow: Reader) -> list[MarksCard]:
    """Return the workshops in which two laptops marked somebody differently."""
    several = uow.raw.execute(
        "SELECT DISTINCT workshop_id FROM (SELECT workshop_id FROM attendance_mark "
        "WHERE id NOT IN (SELECT mark FROM superseded) GROUP BY registration_id, slot_id "
        "HAVING count(*) > 1) ORDER BY 1"
    ).fetchall()
    cards = [MarksCard(workshop, tuple(conflicts_of(uow, workshop))) for (workshop,) in several]
    return [card for card in cards if card.conflicts]


def choose_value(uow: UnitOfWork, card: ConflictCard, choice: Choice) -> Changes:
    """Let one of the values count, everywhere; the others stay in the history.

    Raises:
        ConflictError: it was decided or changed in the meantime.
    """
    shown = next(
        (
            one
            for one in kept.list_conflicts(uow.raw)
            if (one.entity, one.row, one.group) == (card.entity, card.row, card.group)
        ),
        None,
    )
    if shown is None or _key(shown.shown.op) != next(c.key for c in card.choices if c.is_shown):
        raise ConflictError(_(_STALE))
    try:
        kept.decide(uow.raw, uow.txn, shown, _op(choice.key))
    except kept.StaleError as exc:
        raise ConflictError(_(_STALE)) from exc
    uow.session.expire_all()
    uow.describe(N_("Chose between values of {name}"), name=card.title)
    return uow.commit()


def recovered_cards(uow: Reader) -> list[RecoveredCard]:
    """Return the records that are kept without what they belong to, those to restore first.

    Without those that somebody let go on this laptop and nobody changed since.
    """
    let_go = settings_under(uow.raw, _LET_GO)
    cards = [
        RecoveredCard(
            entity=one.entity,
            row=one.row,
            kind=_kind(one.entity),
            title=_own_words(uow, one.entity, one.values),
            belongs_to=_place_of(uow, one),
            can_be_restored=one.is_deleted,
            deleted=_deed(one.deleted),
            changed=_deed(one.changed),
            status=str(one.values["status"]) if one.entity == "attendance_mark" else "",
            is_private=one.entity in _PRIVATE,
        )
        for one in kept.list_recovered(uow.raw)
    ]
    cards = [card for card in cards if let_go.get(_place_key(card)) != _state_key(card)]
    return sorted(cards, key=lambda card: not card.can_be_restored)


def restore_record(uow: UnitOfWork, card: RecoveredCard) -> Changes:
    """Put a recovered record back, with the deleted ones that it belongs to.

    Raises:
        ConflictError: it is back already, or what it belongs to has not come yet.
    """
    try:
        kept.bring_back(uow.raw, (card.entity, card.row))
    except kept.StaleError as exc:
        raise ConflictError(_(_STALE)) from exc
    uow.describe(N_("Restored {name}"), name=card.title)
    return uow.commit()


def let_go(uow: UnitOfWork, card: RecoveredCard) -> None:
    """List a recovered record no more on this laptop, until somebody changes it; it stays kept."""
    _remember(uow, card, _state_key(card))


def list_again(uow: UnitOfWork, card: RecoveredCard) -> None:
    """Take that back."""
    _remember(uow, card, "")


def _remember(uow: UnitOfWork, card: RecoveredCard, value: str) -> None:
    uow.raw.execute(
        "INSERT OR REPLACE INTO local_setting (key, value) VALUES (?, ?)",
        (_LET_GO + _place_key(card), value),
    )
    uow.session.commit()


def _place_key(card: RecoveredCard) -> str:
    return f"{card.entity} {card.row}"


def _state_key(card: RecoveredCard) -> str:
    return f"{card.changed.device} {to_milliseconds(card.changed.at)}" if card.changed else "-"


def _deed(deed: kept.Deed | None) -> Deed | None:
    if deed is None:
        return None
    return Deed(deed.actor, deed.device_tag, from_milliseconds(deed.at), deed.is_own)


def _place_of(uow: Reader, one: kept.Recovered) -> str:
    """Return what a record belongs to, as a person calls it; its kinds where nobody knows it."""
    entity, _row = one.parents[0]
    if not one.lacking:
        return ", ".join(_kind(parent) for parent, _row in one.parents)
    if entity != "slot":
        name, kind = _own_words(uow, entity, one.lacking), _kind(entity)
        return name if name == kind else _("{name} ({kind})").format(name=name, kind=kind)
    language, workshop = current_language(), str(one.lacking["workshop_id"])
    zone = uow.raw.execute("SELECT time_zone FROM workshop WHERE id = ?", (workshop,)).fetchone()
    starts_at = from_milliseconds(int(str(one.lacking["starts_at"])))
    part = day_part(starts_at.astimezone(zone_of(zone[0]) if zone else None))
    return _("{day}, {part} ({workshop})").format(
        day=language.date(date.fromisoformat(str(one.lacking["held_on"])), "weekday"),
        part=_(_PARTS[part]),
        workshop=history_words.row_name(uow, "workshop", workshop),
    )


def _is_private(entity: str, group: str) -> bool:
    return entity in _PRIVATE or (entity, group) in _PRIVATE_FIELDS


def _differing(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Leave the fields out on which all agree."""
    said = [set(one.lines) for one in choices]
    alike = set.intersection(*said)
    if any(one == alike for one in said):
        return choices
    return tuple(
        replace(one, lines=tuple(line for line in one.lines if line not in alike))
        for one in choices
    )


def _choice(uow: Reader, entity: str, side: kept.Side, *, is_shown: bool, own: str) -> Choice:
    return Choice(
        key=_key(side.op),
        lines=tuple(
            (field_label(entity, column), history_words.value_in_words(uow, entity, column, value))
            for column, value in side.values.items()
        ),
        who=side.actor,
        device=side.device_tag or side.device_name,
        at=from_milliseconds(side.at),
        is_shown=is_shown,
        is_own=side.op.device == own,
    )


def _own_words(uow: Reader, entity: str, values: Mapping[str, Value]) -> str:
    """Return what a person calls a record that no table holds, by its own words."""
    for column, parent in (("person_id", "person"), ("registration_id", "registration")):
        if values.get(column):
            return history_words.row_name(uow, parent, str(values[column]))
    names: Sequence[str] = ("given_name", "family_name", "name", "code", "serial", "title")
    words = [str(values[name]) for name in names if values.get(name)]
    return " ".join(words[:2]) or _kind(entity)


def _kind(entity: str) -> str:
    return _(ENTITY_NAMES.get(entity, N_("something")))


def _key(op: OpId) -> str:
    return f"{op.device}:{op.seq}"


def _op(key: str) -> OpId:
    device, _colon, seq = key.partition(":")
    return OpId(device, int(seq))
