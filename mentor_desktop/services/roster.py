"""The people of one workshop in the order of the printed list, read by plain SQL.

Everything that shows a list of people at a workshop starts here: door, register, papers,
certificates. Merged people appear under the name of the person they were merged into.
"""

from dataclasses import dataclass
from typing import Any, Final

from mentor_desktop.errors import NotFoundError
from mentor_desktop.i18n import _
from mentor_desktop.services.aliases import load_aliases
from mentor_desktop.services.choices import ATTENDING_STATES
from mentor_desktop.services.names import certificate_name, full_name
from mentor_desktop.store.unit_of_work import Reader

# Who holds the event rather than takes part; they have a block of their own on the list.
STAFF_ROLES: Final = frozenset({"trainer", "organiser", "interpreter"})

_COLUMNS = """
SELECT r.id, r.workshop_id, p.id, r.list_number, p.given_name, p.family_name, p.name_latin,
       p.badge_name, p.email, r.role, r.source, r.state, coalesce(o.name, ''),
       coalesce(o.city, ''), coalesce(o.address, ''), coalesce(o.country, ''),
       coalesce(nullif(r.sending_country, ''), nullif(o.country, ''), p.country),
       p.preferred_language, p.name_on_certificate, p.name_confirmed_at IS NOT NULL
FROM registration r
"""
_OF_WORKSHOP = (
    _COLUMNS
    + """
JOIN person p ON p.id = r.person_id
LEFT JOIN organisation o ON o.id = coalesce(r.sending_org_id, p.organisation_id)
WHERE r.workshop_id = ?
ORDER BY r.list_number IS NULL, r.list_number, r.source = 'walk_in',
         CASE WHEN r.list_number IS NULL THEN person_sort_key(p.given_name, p.family_name) END, r.id
"""
)
_OF_ONE = (
    _COLUMNS
    + """
JOIN person p ON p.id = ?
LEFT JOIN organisation o ON o.id = coalesce(r.sending_org_id, p.organisation_id)
WHERE r.id = ?
"""
)


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One registration with the names that lists need.

    `country` is the sending country as an ISO code, `organisation_country` where its office is.
    `organisation` is "" when there is none.
    """

    registration_id: str
    workshop_id: str
    person_id: str
    list_number: int | None
    given_name: str
    family_name: str
    name_latin: str
    badge_name: str
    email: str
    role: str
    source: str
    state: str
    organisation: str
    organisation_city: str
    organisation_address: str
    organisation_country: str
    country: str
    preferred_language: str
    name_on_certificate: str
    is_name_confirmed: bool

    @property
    def name(self) -> str:
        """The full name as the person writes it; a mononym has no family name."""
        return full_name(self.given_name, self.family_name)

    @property
    def certificate_name(self) -> str:
        """The name as a certificate prints it."""
        return certificate_name(self.given_name, self.family_name, self.name_on_certificate)

    @property
    def is_on_list(self) -> bool:
        """Whether the person is expected and stands on the printed list."""
        return self.state in ATTENDING_STATES

    @property
    def is_staff(self) -> bool:
        """Whether the person holds the event rather than takes part."""
        return self.role in STAFF_ROLES


def roster(uow: Reader, workshop_id: str) -> list[RosterLine]:
    """Return every registration of a workshop, whatever its state, in list order.

    People without a number come last, sorted as the interface's language sorts.
    """
    aliases = load_aliases(uow)
    lines = [_line(row) for row in uow.raw.execute(_OF_WORKSHOP, (workshop_id,))]
    for index, line in enumerate(lines):
        person_id = aliases.resolve(line.person_id)
        if person_id != line.person_id:
            lines[index] = _one(uow, line.registration_id, person_id)
    return lines


def roster_line(uow: Reader, registration_id: str) -> RosterLine:
    """Return one registration.

    Raises:
        NotFoundError: there is no such registration.
    """
    row = uow.raw.execute(
        "SELECT person_id FROM registration WHERE id = ?", (registration_id,)
    ).fetchone()
    if row is None:
        raise NotFoundError(_("This person is not registered here any more. Open the list again."))
    return _one(uow, registration_id, load_aliases(uow).resolve(row[0]))


def _one(uow: Reader, registration_id: str, person_id: str) -> RosterLine:
    return _line(uow.raw.execute(_OF_ONE, (person_id, registration_id)).fetchone())


def _line(row: Any) -> RosterLine:  # Any: SQL values in the order of the fields
    *fields, is_name_confirmed = row
    fields.append(bool(is_name_confirmed))
    return RosterLine(*fields)
