"""The record of changes in words: names of fields, values as a person reads them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, select

from mentor_desktop.i18n import N_, _, current_language
from mentor_desktop.models import Base
from mentor_desktop.models.base import UtcDateTime, from_milliseconds
from mentor_desktop.services import choices
from mentor_desktop.services.field_labels import ENTITY_NAMES, field_label
from mentor_desktop.services.names import full_name
from mentor_desktop.services.texts import shown_text
from mentor_desktop.store.unit_of_work import Reader

# What a coded value means, by table and column.
_CHOICES: Mapping[tuple[str, str], choices.Choices] = {
    ("person", "gender"): choices.GENDERS,
    ("person", "photo_choice"): choices.PHOTO_CHOICES,
    ("person", "roles"): choices.PERSON_ROLES,
    ("organisation", "sector"): choices.SECTORS,
    ("organisation", "subtype"): choices.SUBTYPES,
    ("organisation", "kind"): choices.ORGANISATION_KINDS,
    ("organisation", "project_roles"): choices.PROJECT_ROLES,
    ("project", "programme"): choices.PROGRAMMES,
    ("project", "funding_model"): choices.FUNDING_MODELS,
    ("workshop", "event_kind"): choices.EVENT_KINDS,
    ("workshop", "status"): choices.WORKSHOP_STATUSES,
    ("workshop", "rule_kind"): choices.RULE_KINDS,
    ("agenda_item", "type"): choices.ITEM_TYPES,
    ("registration", "role"): choices.REGISTRATION_ROLES,
    ("registration", "source"): choices.REGISTRATION_SOURCES,
    ("registration", "state"): choices.REGISTRATION_STATES,
    ("consent", "purpose"): choices.CONSENT_PURPOSES,
    ("consent", "how"): choices.CONSENT_WAYS,
}
# Where the name of a row is found: a column, or the row it belongs to.
_NAME_COLUMNS = {
    "organisation": "name",
    "project": "title",
    "workshop": "code",
    "slot": "code",
    "certificate": "serial",
    "list_print": "print_id",
    "workspace_setting": "name",
    "secret_setting": "name",
    "programme": "code",
    "programme_part": "code",
    "learning_outcome": "code",
}
_NAMED_BY = {
    "registration": ("person", "person_id"),
    "consent": ("person", "person_id"),
    "attendance_mark": ("registration", "registration_id"),
}

_COUNTRIES = frozenset({"country", "sending_country"})

Words = tuple[str, str, str]


def differences(
    uow: Reader, entity: str, kind: str, old: str | None, new: str | None
) -> Iterator[Words]:
    """Give (field, old, new) of one recorded change; one empty triple for a whole row."""
    if kind != "set":
        yield "", "", ""
        return
    before, after = json.loads(old or "{}"), json.loads(new or "{}")
    for column, value in after.items():
        if before.get(column) != value:
            yield (
                field_label(entity, column),
                value_in_words(uow, entity, column, before.get(column)),
                value_in_words(uow, entity, column, value),
            )


def value_in_words(uow: Reader, entity: str, column: str, value: Any) -> str:  # Any: a stored value
    """Return a stored value as a person reads it; "" for an empty one."""
    if value is None or value == "":
        return ""
    found = Base.metadata.tables[entity].columns[column]
    if found.foreign_keys:
        return row_name(uow, next(iter(found.foreign_keys)).column.table.name, str(value))
    coded = _CHOICES.get((entity, column))
    if isinstance(found.type, JSON):
        return _parsed(json.loads(value), coded)
    if coded is not None:
        return choices.label(coded, str(value))
    if column in _COUNTRIES:
        return current_language().country(str(value))
    return _plain(found, value)


def row_name(uow: Reader, entity: str, row_id: str) -> str:
    """Return what a person calls a row: a person's name, a workshop's code; else its kind."""
    found = ""
    if entity in _NAMED_BY:
        parent, column = _NAMED_BY[entity]
        parent_id = _stored(uow, entity, row_id, column)
        found = row_name(uow, parent, str(parent_id[0])) if parent_id else ""
    elif entity == "person":
        found = full_name(*(_stored(uow, entity, row_id, "given_name", "family_name") or ("", "")))
    elif entity in _NAME_COLUMNS:
        found = str((_stored(uow, entity, row_id, _NAME_COLUMNS[entity]) or ("",))[0])
    return found or _(ENTITY_NAMES.get(entity, N_("something")))


def _stored(
    uow: Reader, entity: str, row_id: str, *columns: str
) -> Sequence[Any] | None:  # Any: SQL
    table = Base.metadata.tables[entity]
    wanted = select(*(table.c[column] for column in columns)).where(table.c.id == row_id)
    return uow.session.execute(wanted).first()


def _parsed(value: Any, coded: choices.Choices | None) -> str:  # Any: parsed JSON
    if isinstance(value, dict):
        return shown_text(value)
    labels = [choices.label(coded, one) if coded else str(one) for one in value]
    return ", ".join(labels)


def _plain(column: Column[Any], value: Any) -> str:  # Any: a stored value
    language = current_language()
    if isinstance(column.type, UtcDateTime):
        moment = from_milliseconds(value).astimezone()
        return f"{language.date(moment.date(), 'medium')} {language.time(moment)}"
    if isinstance(column.type, Date):
        return language.date(date.fromisoformat(value), "medium")
    if isinstance(column.type, Boolean):
        return _("yes") if value else _("no")
    return str(value)
