"""Finding people by what somebody types: folded words, each the beginning of a word of the person.

Names in any script, Latin form, badge name and e-mail are found alike (`store.folding`).
"""

import re

from mentor_desktop.services.names import full_name
from mentor_desktop.store.collation import person_sort_key
from mentor_desktop.store.folding import fold_person, matches, query_words
from mentor_desktop.store.unit_of_work import Reader

# As many as are ranked; who types so little that more match is still typing.
_RANKED = 400
_Candidate = tuple[int, str, str, str, str, str]  # number, names, e-mail
_TOKENS = re.compile(r"[^\W_]+")


def matching_numbers(uow: Reader, text: str, limit: int) -> list[int]:
    """Return the numbers of the people found, best first, at most `limit`; none for no letters.

    A person with all the typed words comes before one whose words only begin so; then the order
    of the list's language.
    """
    found = _candidates(uow, _expression(text, with_domains=False))
    if len(found) == _RANKED and "@" in text:
        # Only now: a domain that everybody has costs 70 ms in a million people.
        found = _candidates(uow, _expression(text, with_domains=True))
    typed = query_words(text)
    ranked = []
    for number, given, family, badge, latin, email in found:
        folded = fold_person(given, family, badge, latin, email)
        # The index splits an e-mail address into words; only the whole text can be compared here.
        if matches(text, folded):
            begun = len(set(typed) - set(folded.split()))
            key = person_sort_key(given, family, uow.raw.sort_language)
            ranked.append((begun, key, full_name(given, family), number))
    return [number for *_order, number in sorted(ranked)[:limit]]


def _candidates(uow: Reader, expression: str) -> list[_Candidate]:
    if not expression:
        return []
    rows: list[_Candidate] = uow.raw.execute(
        "SELECT person.rowid, given_name, family_name, badge_name, name_latin, email "
        "FROM person_search JOIN person ON person.rowid = person_search.rowid "
        "WHERE person_search MATCH ? LIMIT ?",
        (expression, _RANKED),
    ).fetchall()
    return rows


def _expression(text: str, *, with_domains: bool) -> str:
    """Return the FTS5 query: each word a quoted prefix, all of them wanted.

    What stands before an @ is written out already, so its words are wanted whole.
    """
    terms: dict[str, None] = {}
    for word in query_words(text):
        local, at, domain = word.partition("@")
        if at and local:
            terms.update((f'"{token}"', None) for token in _TOKENS.findall(local))
            word = domain if with_domains else ""  # noqa: PLW2901  # the rest of it
        terms.update((f'"{token}"*', None) for token in _TOKENS.findall(word))
    return " AND ".join(terms)
