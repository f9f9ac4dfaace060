"""How often the marked letters of a language occur, to tell one code page from another.

Figures are per thousand letters of running text, rounded; they only have to rank readings of the
same bytes, so their order of size is what matters. A letter a language does not have gets `UNSEEN`.
"""

import math
from collections import Counter
from collections.abc import Sequence

UNSEEN = math.log(1e-6)

# The nine languages of the product and the neighbours that share their code pages.
_PER_THOUSAND = {
    "ro": "ă41 â9 î14 ș13 ş13 ț12 ţ12 é0.5",
    "cs": "á22 í32 ě16 é13 ý10 č10 ř12 š8 ž10 ů7 ú1 ó0.5 ň0.8 ť0.6 ď0.5",
    "sl": "č15 š10 ž7 ć1 đ0.7",
    "lt": "ė16 š13 ž8 ų14 ą7 į6 č4 ū5 ę3",
    "lv": "ā40 ī19 ē17 š10 ū6 ņ6 ļ3 ž3 ķ2 č1.5 ģ1.5",
    "sv": "ä18 ö13 å13 é1 ü0.3",
    "fi": "ä36 ö4.4 å0.5 š0.2 ž0.1",
    "bg": "а120 и90 н72 к35 с50 о87 р48 е89 л34 т76 у17 м24 й7 д35 в45 б15 г17 п30 я21 з22 ф3 х8 ж7"
    " ъ16 ч15 ш6 ю2 ц7 ь1 щ6",
    "uk": "а83 о94 н68 и61 і57 в54 р45 т47 е46 с41 к35 л37 у33 д30 м28 п28 я21 з23 ь18 г15 б17 ч14"
    " х12 ц9 ж8 й12 ю8 ї6 є5 щ6 ш7 ф4 ґ0.1",
    "ru": "о110 е85 а80 и74 н67 т63 с55 р47 в45 л44 к35 м32 д30 п28 у26 я20 ы19 ь17 г17 з16 б16 ч14"
    " й12 х10 ж9 ш7 ю6 ц5 щ4 э3 ф3 ё1",
    "hu": "á34 é39 ö11 ó11 ő9 ü6 í5 ú3 ű2",
    "pl": "ł18 ą10 ę11 ó8.5 ż8 ś7 ć4 ń2 ź0.6",
    "hr": "č12 š9 ž6 ć8 đ3",
    "et": "ä11 õ10 ü6 ö2 š0.2 ž0.1",
    "de": "ä6 ö4 ü7 ß3",
    "fr": "é19 è4 à5 ê2 ç1 î0.5 ï1 ô0.5 û0.3 ù0.5 ë1 â0.5 œ0.3",
    "es": "é4 í7 á5 ó8 ñ3 ú2 ü0.2",
    "pt": "ã7 é5 á5 ç5 ê4 í3 ó3 õ2 â1 ú1 à1",
    "it": "à9 è4 ò2 ù1.5 ì1 é0.6",
    "no": "ø7 æ4 å10 é0.5",
    "is": "á18 ð44 é6 í16 ó10 ú6 ý2 þ15 æ9 ö8",
}
_OURS = frozenset({"ro", "cs", "sl", "lt", "lv", "sv", "fi", "bg"})
_STRANGER = math.log(0.2)  # a language that is not one of ours has to fit five times better
_HOME_PAGES = {
    "cp1250": frozenset({"ro", "cs", "sl", "hu", "pl", "hr"}),
    "cp1251": frozenset({"bg", "uk", "ru"}),
    "cp1252": frozenset({"sv", "fi", "de", "fr", "es", "pt", "it", "no", "is"}),
    "cp1257": frozenset({"lt", "lv", "et"}),
}
_FOREIGN_PAGE = 0.01  # share of texts kept in a code page made for other languages
_HOME_WEIGHT = 2  # one word that would need another page is an exception, not a sign of it


def _logs(entries: str, prior: float) -> dict[str, float]:
    return {entry[0]: math.log(float(entry[1:]) / 1000) + prior for entry in entries.split()}


_LOG_SHARES = {
    code: _logs(entries, 0.0 if code in _OURS else _STRANGER)
    for code, entries in _PER_THOUSAND.items()
}

_TYPOGRAPHIC = frozenset("„“”‚‘’«»‹›–—…\u00a0•€№´§°")
_INSIDE_WORDS = frozenset("’·\u00ad")
_ODD_SIGN = math.log(1e-4)
_ODD_CASE = math.log(1e-2)
_MIXED_SCRIPTS = math.log(1e-6)
_FIRST_CYRILLIC, _LAST_CYRILLIC = "\u0400", "\u052f"


def _is_cyrillic(character: str) -> bool:
    return _FIRST_CYRILLIC <= character <= _LAST_CYRILLIC


def reading_score(words: Sequence[str], code_page: str | None = None) -> float:
    """Return how well words read, as the logarithm of a likelihood: nearer 0 is better.

    Each word is judged by its marked letters in the language that explains them best; languages
    that explain other words of the same text count for more, and so do those the code page was
    made for.
    """
    judged = [_by_language(word) for word in words]
    best = Counter(max(scores, key=scores.__getitem__) for _signs, scores in judged if scores)
    total = sum(best.values()) + len(_LOG_SHARES)
    shares = {code: math.log((best[code] + 1) / total) for code in _LOG_SHARES}
    score = sum(
        signs + (max(value + shares[code] for code, value in scores.items()) if scores else 0.0)
        for signs, scores in judged
    )
    if code_page is None:
        return score
    at_home = sum(best[code] for code in _HOME_PAGES[code_page]) / max(1, sum(best.values()))
    return score + _HOME_WEIGHT * math.log(at_home + _FOREIGN_PAGE)


def _by_language(word: str) -> tuple[float, dict[str, float]]:
    """Judge the signs of a word, and its marked letters in each language; none: no entries."""
    score = 0.0
    marked: list[str] = []
    for index, character in enumerate(word):
        if character.isascii():
            continue
        if character.isalpha():
            marked.append(character.lower())
            if index and character.isupper() and word[index - 1].islower():
                score += _ODD_CASE
        elif character not in _TYPOGRAPHIC:
            score += _ODD_SIGN
        elif 0 < index < len(word) - 1 and character not in _INSIDE_WORDS:
            score += _ODD_SIGN / 2
    if not marked:
        return score, {}
    if any(map(_is_cyrillic, marked)) and _has_latin(word):
        score += _MIXED_SCRIPTS
    return score, {
        code: sum(shares.get(letter, UNSEEN) for letter in marked)
        for code, shares in _LOG_SHARES.items()
    }


def _has_latin(word: str) -> bool:
    return any(one.isalpha() and not _is_cyrillic(one) for one in word)
