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
_TOKENS = re.compile(r"[^\W_]+")


def matching_numbers(uow: Reader, text: str, limit: int) -> list[int]:
    """Return the numbers of the people found, best first, at most `limit`; none for no letters.

    A person with all the typed words comes before one whose words only begin so; then the order
    of the list's language.
    """
    expression = _expression(text)
    if not expression:
        return []
    found = uow.raw.execute(
        "SELECT person.rowid, given_name, family_name, badge_name, name_latin, email "
        "FROM person_search JOIN person ON person.rowid = person_search.rowid "
        "WHERE person_search MATCH ? LIMIT ?",
        (expression, _RANKED),
    )
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


def _expression(text: str) -> str:
    """Return the FTS5 query: each word a quoted prefix, all of them wanted."""
    tokens = dict.fromkeys(token for word in query_words(text) for token in _TOKENS.findall(word))
    return " AND ".join(f'"{token}"*' for token in tokens)
