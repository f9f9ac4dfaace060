"""Finding out whether an imported person or organisation is in the workspace already."""

from dataclasses import dataclass, field
from typing import NamedTuple

from mentor_desktop.i18n import N_
from mentor_desktop.store.folding import fold, fold_name
from mentor_desktop.store.unit_of_work import Reader

SAME_NAME_AND_YEAR = N_("same name and year of birth")
SAME_NAME_AND_EMAIL = N_("same name and e-mail")
SAME_NAME = N_("same name, other details")
SAME_EMAIL = N_("same e-mail, another name: often a shared office address")


class KnownPerson(NamedTuple):
    """What matching needs to know of somebody in the workspace."""

    id: str
    name: str
    email: str
    birth_year: int | None


class Match(NamedTuple):
    """Somebody who may be the imported person. `is_certain` matches are taken as the same."""

    person: KnownPerson
    reason: str
    is_certain: bool


@dataclass
class KnownPeople:
    """An index of everybody in the workspace by folded name and by e-mail."""

    by_name: dict[str, list[KnownPerson]] = field(default_factory=dict)
    by_email: dict[str, list[KnownPerson]] = field(default_factory=dict)

    def add(self, person: KnownPerson, folded: str) -> None:
        """Enter one person under the folded name."""
        self.by_name.setdefault(folded, []).append(person)
        if person.email:
            self.by_email.setdefault(person.email.casefold(), []).append(person)

    def match(self, folded: str, email: str, birth_year: int | None) -> Match | None:
        """Return the best match of a folded name, certain ones first; None for somebody new."""
        email = email.casefold()
        namesakes = self.by_name.get(folded, ())
        if not namesakes and email not in self.by_email:
            return None
        for person in namesakes:
            if email and person.email.casefold() == email:
                return Match(person, SAME_NAME_AND_EMAIL, is_certain=True)
        for person in namesakes:
            # Two Elena Munteanu of one age with two addresses are two people until somebody says otherwise.
            if birth_year and person.birth_year == birth_year and not (email and person.email):
                return Match(person, SAME_NAME_AND_YEAR, is_certain=True)
        for person in namesakes:
            return Match(person, SAME_NAME, is_certain=False)
        for person in self.by_email.get(email, ()) if email else ():
            return Match(person, SAME_EMAIL, is_certain=False)
        return None


def known_people(uow: Reader) -> KnownPeople:
    """Return the index of everybody who is not a merged duplicate."""
    known = KnownPeople()
    for row in uow.raw.execute(
        "SELECT id, given_name, family_name, email, birth_year FROM person WHERE alias_of IS NULL"
    ):
        name = f"{row[1]} {row[2]}".strip()
        known.add(KnownPerson(row[0], name, row[3], row[4]), fold_name(row[1], row[2]))
    return known


def organisation_key(name: str, country: str) -> str:
    """Return what makes two organisations the same: folded name and country."""
    return f"{fold(name)}\x1f{country}"


def known_organisations(uow: Reader) -> dict[str, str]:
    """Return the id of every organisation by its key; without a country as a second key."""
    known: dict[str, str] = {}
    for row in uow.raw.execute("SELECT id, name, country FROM organisation"):
        known.setdefault(organisation_key(row[1], row[2]), row[0])
        known.setdefault(organisation_key(row[1], ""), row[0])
    return known
