"""The columns of the list of people."""

from mentor_desktop.i18n import _, current_language
from mentor_desktop.services.choices import PERSON_ROLES, label
from mentor_desktop.services.people import PersonRow
from mentor_desktop.ui.table_models import Column


def people_columns(*, is_private: bool) -> list[Column[PersonRow]]:
    """Return the columns; while a projector is on, `is_private`, without e-mail."""
    columns = [
        Column[PersonRow](_("Name"), lambda one: one.name, width=4, letters=22, role="strong"),
        Column[PersonRow](
            _("Organisation"),
            lambda one: one.organisation,
            width=4,
            letters=18,
            rank=1,
            tone=_muted,
        ),
        Column[PersonRow](_("Country"), _country, width=1, letters=9, rank=3, tone=_muted),
        Column[PersonRow](_("Roles"), roles_of, width=2, letters=9, rank=4, tone=_muted),
    ]
    if not is_private:
        columns.append(
            Column(_("E-mail"), lambda one: one.email, width=4, letters=22, rank=2, tone=_muted)
        )
    return columns


def roles_of(one: PersonRow) -> str:
    """Return the roles of a person in words."""
    return ", ".join(label(PERSON_ROLES, role) for role in one.roles)


def _country(one: PersonRow) -> str:
    return current_language().country(one.country) if one.country else ""


def _muted(_one: PersonRow) -> str:
    return "muted"
