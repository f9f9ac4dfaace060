"""The same person entered twice: found, merged with undo, or kept apart for good.

Certain is nothing: two people can share a name, and an office shares an e-mail address. So a
person decides, and merging only says "read this one as that one" (`aliases`).
Source: duplicate check of the directory.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations, pairwise
from typing import NamedTuple

from mentor_desktop.changes import Changes
from mentor_desktop.i18n import N_, _
from mentor_desktop.services.merging import merge_people
from mentor_desktop.services.names import name_key
from mentor_desktop.services.people import PersonRow, person_rows
from mentor_desktop.services.people_search import matching_numbers
from mentor_desktop.services.settings import put_setting, settings_with_prefix
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork

__all__ = [
    "REASONS",
    "DuplicatePair",
    "keep_apart",
    "merge_people",
    "possible_duplicates",
    "similar_people",
]

REASONS = {
    "same_name_and_year": N_("Same name and year of birth"),
    "same_name": N_("Same name; a year of birth is missing"),
    "same_name_and_email": N_("Same name and e-mail, but another year of birth"),
    "same_email": N_("Same e-mail; it may be an office address"),
}
_APART = "apart."
# More people than this share an address only if it is an office's, and then it says nothing.
_OFFICE = 3
# In a larger group of namesakes each is compared with its neighbours only.
_NAMESAKES = 20
_ALIKE = 0.8
_CANDIDATES = 50
_HINTS = 5


@dataclass(frozen=True)
class DuplicatePair:
    """Two people who may be one, and why; `words` says it to people."""

    first: PersonRow
    second: PersonRow
    reason: str

    @property
    def words(self) -> str:
        """The reason in the current language."""
        return _(REASONS[self.reason])


class _Known(NamedTuple):
    number: int
    id: str
    name: str
    latin: str
    email: str
    birth_year: int | None


def possible_duplicates(uow: Reader, limit: int = 200) -> list[DuplicatePair]:
    """Return the pairs that may be one person, likeliest first, at most `limit`.

    Pairs kept apart are left out.
    """
    people = _everybody(uow)
    reasons: dict[tuple[_Known, _Known], str] = {}
    for group in _groups(people, lambda one: {one.name, one.latin}):
        for pair in _pairs(group):
            reason = _reason_of_namesakes(*pair)
            if reason:
                reasons.setdefault(pair, reason)
    for group in _groups(people, lambda one: {one.email}):
        if len(group) <= _OFFICE:
            for pair in combinations(group, 2):
                reasons.setdefault(pair, "same_email")
    apart, order = set(settings_with_prefix(uow, _APART)), list(REASONS)
    open_pairs = [pair for pair in reasons if _apart_key(pair[0].id, pair[1].id) not in apart]
    open_pairs.sort(key=lambda pair: (order.index(reasons[pair]), pair[0].name, pair[0].number))
    shown = open_pairs[:limit]
    numbers = sorted({one.number for pair in shown for one in pair})
    rows = {row.number: row for row in person_rows(uow, numbers)}
    return [
        DuplicatePair(rows[first.number], rows[second.number], reasons[first, second])
        for first, second in shown
    ]


def similar_people(
    uow: Reader,
    *,
    given_name: str,
    family_name: str = "",
    email: str = "",
    birth_year: int | None = None,
) -> list[PersonRow]:
    """Return who in the workspace may be the person being entered, likeliest first; at most five.

    The same name however spelt, nearly the same given name with the same family name, or the
    same e-mail. Namesakes of another year of birth are left out.
    """
    wanted = name_key(given_name, family_name)
    numbers = []
    if wanted:
        numbers += matching_numbers(uow, family_name or given_name, _CANDIDATES)
        numbers += matching_numbers(uow, f"{given_name} {family_name}", _CANDIDATES)
    if email:
        numbers += matching_numbers(uow, email, _CANDIDATES)
    known = _everybody(uow, list(dict.fromkeys(numbers)))
    ranked = []
    for one in known:
        likeness = _likeness(one, wanted, email.casefold())
        other_year = birth_year and one.birth_year and birth_year != one.birth_year
        if likeness and not other_year:
            ranked.append((-likeness, one.number))
    return person_rows(uow, [number for _likeness_, number in sorted(ranked)[:_HINTS]])


def keep_apart(uow: UnitOfWork, *, first: str, second: str) -> Changes:
    """Remember that two people are two, so that nobody is asked again."""
    put_setting(uow, _apart_key(first, second), "1")
    uow.describe(N_("Noted that two people are not the same"))
    return uow.commit()


def _apart_key(first: str, second: str) -> str:
    return _APART + "+".join(sorted((first, second)))


def _everybody(uow: Reader, numbers: Sequence[int] | None = None) -> list[_Known]:
    """Return everybody, or who has one of the numbers, as the comparison takes them."""
    rows = uow.raw.execute(
        "SELECT rowid, id, given_name, family_name, name_latin, email, birth_year FROM person "
        "WHERE alias_of IS NULL AND (?1 IS NULL OR rowid IN (SELECT value FROM json_each(?1)))",
        (None if numbers is None else json.dumps(numbers),),
    )
    return [
        _Known(number, person_id, name_key(given, family), name_key(latin), email.casefold(), year)
        for number, person_id, given, family, latin, email, year in rows
    ]


def _groups(
    people: Iterable[_Known], keys_of: Callable[[_Known], set[str]]
) -> Iterator[list[_Known]]:
    """Yield those who share a key, where there are at least two; an empty key is none."""
    groups: dict[str, list[_Known]] = {}
    for one in people:
        for key in keys_of(one):
            if key:
                groups.setdefault(key, []).append(one)
    yield from (group for group in groups.values() if len(group) > 1)


def _pairs(group: list[_Known]) -> Iterable[tuple[_Known, _Known]]:
    return combinations(group, 2) if len(group) <= _NAMESAKES else pairwise(group)


def _reason_of_namesakes(first: _Known, second: _Known) -> str:
    if first.birth_year is None or second.birth_year is None:
        return "same_name"
    if first.birth_year == second.birth_year:
        return "same_name_and_year"
    return "same_name_and_email" if first.email and first.email == second.email else ""


def _likeness(one: _Known, wanted: str, email: str) -> float:
    """Return how likely this is the wanted person: 2 the same name, 0 not at all."""
    if wanted and wanted in (one.name, one.latin):
        return 2.0
    if email and one.email == email:
        return 1.5
    best = max(SequenceMatcher(None, wanted, name).ratio() for name in (one.name, one.latin))
    return best if best >= _ALIKE else 0.0
