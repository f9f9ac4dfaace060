"""Merged people: a duplicate points to the person it was merged into, and is read as that person.

Ids in other rows are never rewritten, so that a merge can be taken back and two devices that
merged apart agree. Chains and even circles (two devices merged the same pair the other way round)
are followed to one person, the same on every device.
"""

from collections.abc import Mapping

from mentor_desktop.store.unit_of_work import Reader

# With IS NOT NULL SQLite passes its index by and reads every person, for every mark at the door:
# 3 ms among 20,000, and 15 ms after somebody else wrote.
LINKS = "SELECT id, alias_of FROM person WHERE alias_of > ''"


class Aliases:
    """The alias links of a workspace."""

    def __init__(self, links: Mapping[str, str]) -> None:
        self._links = links

    def resolve(self, person_id: str) -> str:
        """Return the id of the person this id now stands for; itself when never merged."""
        trail = [person_id]
        while (following := self._links.get(trail[-1])) is not None:
            if following in trail:
                return min(trail[trail.index(following) :])
            trail.append(following)
        return trail[-1]

    def all_of(self, person_id: str) -> list[str]:
        """Return every id that stands for the same person, the person's own first."""
        person = self.resolve(person_id)
        others = sorted(one for one in self._links if one != person and self.resolve(one) == person)
        return [person, *others]


def load_aliases(uow: Reader) -> Aliases:
    """Return all alias links; there are few, so they are read at once."""
    rows = uow.raw.execute(LINKS)
    return Aliases({str(alias): str(person) for alias, person in rows})
