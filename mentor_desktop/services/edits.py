"""Filling the fields of a row from what somebody typed, and finding rows by id."""

from collections.abc import Mapping
from typing import Any, TypeVar

from mentor_desktop.changes import Changes
from mentor_desktop.errors import NotFoundError
from mentor_desktop.i18n import _
from mentor_desktop.models import Synced
from mentor_desktop.services import field_rules
from mentor_desktop.services.field_rules import Rule
from mentor_desktop.services.texts import by_language
from mentor_desktop.store.unit_of_work import Reader

Row = TypeVar("Row", bound=Synced)


def created_id(changes: Changes, entity: str) -> str:
    """Return the id of the `entity` a use case created.

    Where others of its kind were changed along with it (half-days are numbered anew), the newest
    id is the created one: ids grow with time. Not for registrations among several: their ids
    derive from workshop and person (`registrations.registration_id`).

    Raises:
        ValueError: it touched none of them.
    """
    return max(changes.entities.get(entity, frozenset()))


def found(uow: Reader, model: type[Row], row_id: str) -> Row:
    """Return the row with this id.

    Raises:
        NotFoundError: there is none (any more).
    """
    row = uow.session.get(model, row_id)
    if row is None:
        raise NotFoundError(
            _("This is no longer in the workspace. It was taken back or never arrived here.")
        )
    return row


def apply_fields(row: Synced, fields: Mapping[str, Any], rules: Mapping[str, Rule]) -> None:
    """Set each field to the value its rule lets through.

    A field of texts by language takes a mapping, whose texts replace those of the same languages
    (an empty text removes one), or one text, which is in the language of the window.

    Raises:
        ValidationError: a rule refuses its value; the row is then in no usable state.
    """
    unknown = fields.keys() - rules.keys()
    if unknown:
        raise TypeError(f"{type(row).__name__} has no fields {sorted(unknown)} to set")
    for name, value in fields.items():
        rule = rules[name]
        if rule is field_rules.texts:
            value = {**(getattr(row, name) or {}), **by_language(value)}  # noqa: PLW2901  # merged
        setattr(row, name, rule(value))
