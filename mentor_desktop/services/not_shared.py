"""Own changes that the others do not have: told on cards, kept as a table, shared again, dismissed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from mentor_desktop.changes import Changes
from mentor_desktop.errors import ConflictError
from mentor_desktop.i18n import N_, _
from mentor_desktop.models.base import from_milliseconds, to_milliseconds
from mentor_desktop.services import history_words
from mentor_desktop.services.field_labels import ENTITY_NAMES, field_label
from mentor_desktop.services.names import full_name
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork
from mentor_desktop.sync.keys.entries import (
    BadRecord,
    DeviceEntry,
    Grant,
    Record,
    Revocation,
    read_record,
)
from mentor_desktop.sync.membership import RECORD_COLUMN, RECORD_ENTITY, USER_ENTITY
from mentor_desktop.sync.protocol.operations import Op, Value
from mentor_desktop.sync.replica import not_shared as kept
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.entities import entities
from mentor_desktop.sync.replica.leaving import name_key, names_of_left

if TYPE_CHECKING:
    from mentor_desktop.services.exports import ExportedTable

MOST_SHOWN = 8  # changes of one card; the table holds all of them
_STALE = N_("This was decided or changed in the meantime. Look at the list again.")
# Nobody typed these.
_OF_THE_PROGRAM = frozenset({"created_at"})
_DEEDS = {
    "create": N_("added"),
    "set": N_("changed"),
    "delete": N_("deleted"),
    "restore": N_("restored"),
}
_OTHER_DEED = N_("done")
_DEEDS_TO_LAPTOPS: Mapping[type[Record], str] = {
    DeviceEntry: N_("added"),
    Grant: N_("given more"),
    Revocation: N_("access ended"),
}
# What a record is called by that is in no table: the record it belongs to, or its own words.
_NAMED_BY = (("person_id", "person"), ("registration_id", "registration"))
_OF_MEMBERS = (USER_ENTITY, RECORD_ENTITY)
_OWN_NAMES = ("name", "title", "code", "serial", "print_id")


@dataclass(frozen=True)
class ChangedField:
    """A field in words; `old` is empty where it was empty, or where nobody knows it any more."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class NotSharedChange:
    """One change of one record; `kind` is what it is ("a person"), `deed` what was done ("added")."""

    at: datetime
    kind: str
    name: str
    deed: str
    fields: tuple[ChangedField, ...]


@dataclass(frozen=True)
class NotSharedCard:
    """Own changes that the others do not have for one reason, the code of the server.

    `changes` are the first few of `count`. `is_waiting`: they are in force here and go by
    themselves when the right is back; else the server rejected them. `can_be_made_again`: some
    of them were rejected and are about records that people edit.
    """

    key: str
    reason: str
    changes: tuple[NotSharedChange, ...]
    count: int
    is_waiting: bool
    can_be_made_again: bool = False


def not_shared_cards(uow: Reader) -> list[NotSharedCard]:
    """Return own changes that the others do not have and that nobody dealt with yet."""
    if not state.is_joined(uow.raw):
        return []
    return [
        NotSharedCard(
            key=_key(one),
            reason=one.reason,
            changes=tuple(islice(_changes(uow, one), MOST_SHOWN)),
            count=len(one.made),
            is_waiting=one.is_waiting,
            can_be_made_again=not one.is_waiting and any(op.entity in entities() for op in one.ops),
        )
        for one in kept.list_not_shared(uow.raw)
    ]


def not_shared_table(uow: Reader, card: NotSharedCard) -> "ExportedTable":
    """Return all of it as a table for people: one row for each field, or for each whole record."""
    from mentor_desktop.services.exports import ExportedTable  # spreadsheets: not before the first

    headings = (
        _("When"),
        _("Kind"),
        _("Name"),
        _("What was done"),
        _("Field"),
        _("Before"),
        _("Now"),
    )
    rows = tuple(
        (
            one.at.astimezone().strftime("%Y-%m-%d %H:%M"),
            one.kind,
            one.name,
            one.deed,
            field.label,
            field.old,
            field.new,
        )
        for one in _changes(uow, _found(uow, card))
        for field in one.fields or (ChangedField("", "", ""),)
    )
    return ExportedTable(_("Not shared"), headings, rows)


def not_shared_json(uow: Reader, card: NotSharedCard) -> str:
    """Return all of it as JSON, for a program."""
    one = _found(uow, card)
    operations = [
        {"entity": op.entity, "row": op.row, "kind": op.kind, "values": dict(op.values)}
        for op in one.ops
    ]
    return json.dumps(
        {"reason": one.reason, "operations": operations}, ensure_ascii=False, indent=2
    )


def share_again(uow: UnitOfWork, card: NotSharedCard) -> Changes:
    """Make rejected changes again as fresh ones of this person; what cannot be made stays listed.

    Raises:
        ConflictError: none of them can be made on what is there now.
    """
    one = _found(uow, card)
    made = kept.make_again(uow.raw, one)
    if not made:
        raise ConflictError(_("What these changes were about is not here any more."))
    kept.settle_made(uow.raw, one, made, to_milliseconds(uow.clock()))
    uow.describe(N_("Made changes again that were not shared"))
    return uow.commit()


def dismiss(uow: UnitOfWork, card: NotSharedCard) -> int:
    """List it no more; the log keeps it. Returns what `list_again` needs."""
    at_ms = to_milliseconds(uow.clock())
    kept.settle(uow.raw, _found(uow, card), at_ms)
    uow.session.commit()
    return at_ms


def list_again(uow: UnitOfWork, card: NotSharedCard, at_ms: int) -> None:
    """Take a dismissal back."""
    stream, device, first, last = card.key.split(" ")
    one = kept.NotShared(stream, device, int(first), int(last), card.reason, (), card.is_waiting)
    kept.unsettle(uow.raw, one, at_ms)
    uow.session.commit()


def _found(uow: Reader, card: NotSharedCard) -> kept.NotShared:
    for one in kept.list_not_shared(uow.raw):
        if _key(one) == card.key:
            return one
    raise ConflictError(_(_STALE))


def _key(one: kept.NotShared) -> str:
    return f"{one.stream} {one.device} {one.first} {one.last}"


def _changes(uow: Reader, one: kept.NotShared) -> Iterator[NotSharedChange]:
    names = names_of_left(uow.raw)
    for made in one.made:
        op = made.op
        before = _before(uow, made)
        record = _record(op)
        deed = _DEEDS_TO_LAPTOPS[type(record)] if record else _DEEDS.get(op.kind, _OTHER_DEED)
        yield NotSharedChange(
            at=from_milliseconds(made.at),
            kind=_(ENTITY_NAMES.get(op.entity, N_("something"))),
            name=_member_name(uow, op, record)
            if op.entity in _OF_MEMBERS
            else _name(uow, names, op.entity, op.row, {**before, **op.values}),
            deed=_(deed),
            fields=tuple(_fields(uow, names, op, before)),
        )


def _record(op: Op) -> Record | None:
    """Return the record of a laptop that an operation tells; None where it tells none."""
    if op.entity == RECORD_ENTITY:
        with suppress(BadRecord):
            return read_record(str(op.values.get(RECORD_COLUMN)))
    return None


def _member_name(uow: Reader, op: Op, record: Record | None) -> str:
    """Return what a laptop or a colleague is called, else its kind."""
    if isinstance(record, DeviceEntry):
        found = record.name
    else:
        wanted = record.device if record else op.row
        peers = (one for one in state.peers(uow.raw) if wanted in (one.device, one.user))
        found = str(op.values.get("name") or next((one.name for one in peers if one.name), ""))
    return found or _(ENTITY_NAMES[op.entity])


def _before(uow: Reader, made: kept.Made) -> Mapping[str, Value]:
    """Return what the record of changes says of the values before; nothing of what it lost."""
    op = made.op
    if op.kind not in ("set", "delete"):
        return {}
    rows = uow.raw.execute(
        "SELECT c.old, c.new FROM change c JOIN txn t ON t.id = c.txn WHERE c.entity = ? "
        'AND c.row = ? AND c.kind = ? AND c."group" = ? AND t.at = ? AND c.old IS NOT NULL '
        "ORDER BY c.seq",
        (op.entity, op.row, op.kind, op.group, made.at),
    )
    for old, new in rows.fetchall():
        if op.kind == "delete" or json.loads(new or "{}") == dict(op.values):
            found: Mapping[str, Value] = json.loads(old)
            return found
    return {}


def _name(
    uow: Reader, names: Mapping[str, str], entity: str, row: str, values: Mapping[str, Value]
) -> str:
    """Return what a person calls a record, also one that no table holds; else its kind."""
    kind = _(ENTITY_NAMES.get(entity, N_("something")))
    if entity not in entities():
        return kind
    found = history_words.row_name(uow, entity, row)
    if found != kind:
        return found
    if kept_name := names.get(name_key(entity, row)):
        return kept_name
    for column, parent in _NAMED_BY:
        if values.get(column):
            return _name(uow, names, parent, str(values[column]), {})
    person = full_name(*(str(values.get(one) or "") for one in ("given_name", "family_name")))
    words: Sequence[str] = [str(values[one]) for one in _OWN_NAMES if values.get(one)]
    return person or (words[0] if words else kind)


def _fields(
    uow: Reader, names: Mapping[str, str], op: Op, before: Mapping[str, Value]
) -> Iterator[ChangedField]:
    known = entities().get(op.entity)
    for column, value in op.values.items():
        if known is None or column not in known.columns or column in _OF_THE_PROGRAM:
            continue
        old = before.get(column)
        if value == (old if column in before else known.defaults[column]):
            continue
        words = (_in_words(uow, names, op.entity, column, one) for one in (old, value))
        told = ChangedField(field_label(op.entity, column), *words)
        if told.old or told.new:
            yield told


def _in_words(uow: Reader, names: Mapping[str, str], entity: str, column: str, value: Value) -> str:
    parent = dict(entities()[entity].parents).get(column)
    if parent and value:
        return _name(uow, names, parent, str(value), {})
    return history_words.value_in_words(uow, entity, column, value)
