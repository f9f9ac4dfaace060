"""Who took part, in figures: persons and person-half-days by country, gender, sector, role and age.

Pure sums over rows. Three figures are never added together: persons, attendances (half-days) and
reach. Source: participation statistics; sample data and expected sums.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from mentor_desktop.i18n import N_

# Lower bound of each age group, oldest first.
_AGE_GROUPS = (
    (60, "60+"), (50, "50–59"), (40, "40–49"), (30, "30–39"), (25, "25–29"), (18, "18–24"),
    (0, "<18"),
)  # fmt: skip
UNKNOWN = "unknown"
AGE_GROUPS = (*(name for _lowest, name in reversed(_AGE_GROUPS)), UNKNOWN)

# Reports to funders know three groups.
GENDER_GROUPS: Mapping[str, str] = MappingProxyType(
    {"female": N_("Female"), "male": N_("Male"), "other": N_("Undefined or other")}
)


@dataclass(frozen=True)
class Participant:
    """One attending registration, without a name.

    `slots` are the half-days attended; `country` is the sending country.
    """

    person_id: str
    country: str = ""
    gender: str = "undisclosed"
    sector: str = ""
    organisation_type: str = ""
    organisation_kind: str = ""
    role: str = ""
    birth_year: int | None = None
    is_returning: bool = False
    is_local: bool = False
    slots: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Tally:
    """Persons, and the half-days they attended together."""

    persons: int = 0
    half_days: int = 0


Tallies = Mapping[str, Tally]


@dataclass(frozen=True)
class Participation:
    """The figures of one workshop; each mapping is from a code to its tally, sorted by code.

    `by_country_and_gender` has the three groups of funders' reports. `retention` counts people by
    half-day, in order. Ages are event year minus birth year and may be one year high.
    """

    total: Tally
    by_country: Tallies
    by_gender: Tallies
    by_gender_group: Tallies
    by_country_and_gender: Mapping[str, Mapping[str, int]]
    by_sector: Tallies
    by_organisation_type: Tallies
    by_organisation_kind: Tallies
    by_role: Tallies
    by_age: Tallies
    by_origin: Tallies
    by_visit: Tallies
    retention: Mapping[str, int] = field(default_factory=dict)


def participation(
    participants: Iterable[Participant], *, event_year: int, slots: Sequence[str] = ()
) -> Participation:
    """Return the figures over the given rows; each person of a workshop is one row."""
    rows = list(participants)
    return Participation(
        total=Tally(len(rows), sum(len(row.slots) for row in rows)),
        by_country=_tallies(rows, lambda row: row.country),
        by_gender=_tallies(rows, lambda row: row.gender),
        by_gender_group=_tallies(rows, lambda row: gender_group(row.gender)),
        by_country_and_gender=_crossed(rows),
        by_sector=_tallies(rows, lambda row: row.sector),
        by_organisation_type=_tallies(rows, lambda row: row.organisation_type),
        by_organisation_kind=_tallies(rows, lambda row: row.organisation_kind),
        by_role=_tallies(rows, lambda row: row.role),
        by_age=_tallies(rows, lambda row: age_group(row.birth_year, event_year), AGE_GROUPS),
        by_origin=_tallies(rows, lambda row: "local" if row.is_local else "foreign"),
        by_visit=_tallies(rows, lambda row: "returning" if row.is_returning else "first_time"),
        retention={slot: sum(slot in row.slots for row in rows) for slot in slots},
    )


def gender_group(gender: str) -> str:
    """Return female, male or other, as funders' forms fold them."""
    return gender if gender in ("female", "male") else "other"


def age_group(birth_year: int | None, event_year: int) -> str:
    """Return the age group; "unknown" without a year of birth."""
    if birth_year is None:
        return UNKNOWN
    age = event_year - birth_year
    return next((name for lowest, name in _AGE_GROUPS if age >= lowest), UNKNOWN)


def no_show_rate(confirmed: int, no_shows: int) -> Fraction | None:
    """Return no-shows as a share of those who had confirmed; None when nobody had."""
    return Fraction(no_shows, confirmed) if confirmed else None


def _tallies(
    rows: Iterable[Participant], code_of: Callable[[Participant], str], order: Sequence[str] = ()
) -> dict[str, Tally]:
    tallies: dict[str, Tally] = {}
    for row in rows:
        code = code_of(row) or UNKNOWN
        old = tallies.get(code, Tally())
        tallies[code] = Tally(old.persons + 1, old.half_days + len(row.slots))
    keys = [one for one in order if one in tallies] or sorted(tallies)
    return {code: tallies[code] for code in keys}


def _crossed(rows: Iterable[Participant]) -> dict[str, dict[str, int]]:
    crossed: dict[str, dict[str, int]] = {}
    for row in rows:
        counts = crossed.setdefault(row.country or UNKNOWN, dict.fromkeys(GENDER_GROUPS, 0))
        counts[gender_group(row.gender)] += 1
    return dict(sorted(crossed.items()))
