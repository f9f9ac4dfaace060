"""Stored sort keys: names in the order of the list's language, compared as plain bytes.

A key has three levels, as in the Unicode collation algorithm: letters, then accents, then case. It
is kept in a column, so SQLite sorts and pages without calling back. Pure Python, because keys are
made in headless runs and in migrations too; QCollator is the oracle in the tests.
Source: CLDR 43, root order and the tailorings of the nine languages; numbers by value.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import zip_longest

# Signs in root order; those in one group differ only like accents.
_SIGNS = (
    *" ‾_‗-‐‑‒–—―,;:!¡?¿.…·", "'‘’‚‛", "‹", "›", '"“”„‟', *"«»()[]{}§¶@*/\\&#%‰†‡•", "′″", "ʼ",
    *"`´^¯¨¸°©®+±÷×<=>¬|¦~¤¢$£¥€№",
)  # fmt: skip
_LATIN = "abcdeǝəfƒgǥhiıjȷklmnŋopqĸrstŧuvwxyzʒþ"
_CYRILLIC = "абвгдђеєжзѕиійјклљмнњопрстћуфхцчџшщъыьѣэюяѫ"
_CYRILLIC_FIRST = frozenset({"bg"})

# `<` begins a new letter after the one before, `<<` an accent of it, `=` the same letter.
_TAILORING = {
    "ro": "a<ă<â i<î s<ș=ş t<ț=ţ",
    "cs": "c<č h<ch r<ř s<š z<ž",
    "sl": "c<č<ć d<đ s<š z<ž",
    "lt": "a<<ą c<č e<<ę<<ė i<<į<<y s<š u<<ų<<ū z<ž",
    "lv": "c<č ǥ<ģ i<<y k<ķ l<ļ ŋ<ņ r<ŗ s<š z<ž",
    "sv": "d<<đ<<ð y<<ü<<ű þ<å<ä<<æ<<ę<ö<<ø<<ő<<œ<<ô",
    "fi": "d<<đ<<ð n<<ŋ t<<ŧ y<<ü z<<ʒ þ<å<ä<<æ<ö<<ø",
}

# Letters without a decomposition that sort as another letter with a mark (a stroke, a tie).
_STROKE, _TIE = "\u0335", "\u0361"
_MADE_OF = {
    "đ": "d" + _STROKE, "ð": "d" + _STROKE * 2, "ħ": "h" + _STROKE, "ł": "l" + _STROKE,
    "ø": "o\u0338", "æ": f"a{_TIE}e", "œ": f"o{_TIE}e", "ß": f"s{_TIE}s", "ґ": "г" + _STROKE,
}  # fmt: skip

# Combining marks in root order; any other mark comes after them.
_MARKS = (
    "\u0313\u0314\u0301\u0300\u0306\u0302\u030c\u030a\u0308\u030b\u0303\u0307\u0338\u0327\u0328"
    "\u0304\u0335\u0309\u030f\u0311\u031b\u0323\u0324\u0325\u0326\u032d\u032e\u0330\u0331\u0361"
)

_LEVEL_END = b"\x00"
_FIRST_PRIMARY = 0x02
_COMMON = "\x20"  # the weight of a letter without accent, and of lower case
_COMMON_BYTE = _COMMON.encode()
_UPPER = "\x30"
_TIED = "\x3f"  # the first of two letters tied into one, after its accents
_FIRST_MARK = 0x40  # above every accent that a tailoring gives a letter of its own
_DIGITS = re.compile(r"(\d{1,200})")
_CONTRACTION = "\ue000"  # stands for the one letter written with two, from here on
_SEVEN_BITS = 0x7F
_LEVELS = 3
_MOST_ATOMS = 0x100
# Between texts that are weighed in one go, and between their weights, which are all above it.
_ROW_END, _ROW_END_ATOM = "\n", "\x00"
# More would hold up the window: it is one call.
_WEIGHED_AT_ONCE = 2_000
_BY_ITSELF = re.compile(r"[\d\n]")
# Given names come again and again, and an import needs each name twice: for the list, for the store.
_KEPT_KEYS = 16_384

_Weights = tuple[str, str, str]  # primary, secondary, tertiary: one character is one byte


def sort_key(text: str, language: str) -> bytes:
    """Return the key whose byte order is the order of the texts in a list in this language.

    Composed and decomposed spelling give the same key. Unknown languages sort like English.
    """
    return _key(text.strip(), language)


def person_sort_key(given: str, family: str, language: str) -> bytes:
    """Return the key of a person: family name first, and the only name of a mononym."""
    first, then = (family.strip(), given.strip()) if family.strip() else (given.strip(), "")
    return _key(first, language) + _LEVEL_END + _key(then, language)


def person_sort_keys(given: Sequence[str], family: Sequence[str], language: str) -> list[bytes]:
    """Return `person_sort_key` of many people; a third of the cost of one by one."""
    given, family = list(map(str.strip, given)), list(map(str.strip, family))
    if not all(family):
        both = zip(given, family, strict=True)
        pairs = [(last, first) if last else (first, "") for first, last in both]
        family, given = map(list, zip(*pairs, strict=True))
    keys = _order(language).keys({*given, *family})
    columns = [map(keys.__getitem__, names) for names in (family, given)]
    return list(map(_LEVEL_END.join, zip(*columns, strict=True)))


class _Table(dict[int, str]):
    """The weights of one level by code point, worked out when a character is first met."""

    def __init__(self, order: "_Order", level: int) -> None:
        super().__init__()
        self._order = order
        self._level = level

    def __missing__(self, code: int) -> str:
        weight = self[code] = self._order.weigh(chr(code))[self._level]
        return weight


class _Atoms(dict[int, str]):
    """Characters by code point as atoms: bytes with no more than one weight on each level.

    So a level of many texts is one `bytes.translate`. A letter with an accent is two atoms.
    """

    def __init__(self, order: "_Order") -> None:
        super().__init__({ord(_ROW_END): _ROW_END_ATOM})
        self._order = order
        self._atoms = {(_ROW_END_ATOM,) * _LEVELS: _ROW_END_ATOM}
        self._weights = [bytearray(_MOST_ATOMS) for _ in range(_LEVELS)]
        self._weightless = [bytearray() for _ in range(_LEVELS)]

    def __missing__(self, code: int) -> str:
        weights = zip_longest(*self._order.weigh(chr(code)), fillvalue="")
        atoms = self[code] = "".join(map(self._atom, weights))
        return atoms

    def levels(self, text: str) -> list[list[bytes]]:
        """Return the weights of each row of a composed text, level by level.

        Raises:
            OverflowError: so many different characters were met that a byte has no room for more.
        """
        atoms = text.translate(self).encode("latin-1")
        ends = _ROW_END_ATOM.encode()
        return [
            atoms.translate(weights, weightless).split(ends)
            for weights, weightless in zip(self._weights, self._weightless, strict=True)
        ]

    def _atom(self, weights: tuple[str, ...]) -> str:
        if weights in self._atoms:
            return self._atoms[weights]
        number = len(self._atoms)
        if number == _MOST_ATOMS:
            raise OverflowError
        for level, weight in enumerate(weights):
            if weight:
                self._weights[level][number] = ord(weight)
            else:
                self._weightless[level].append(number)
        self._atoms[weights] = chr(number)
        return chr(number)


class _Order:
    """The order of one language."""

    def __init__(self, language: str) -> None:
        tailoring = _TAILORING.get(language, "")
        self._contractions = [
            (spelt, chr(ord(_CONTRACTION) + variant))
            for spelt in re.findall(r"[^\W_]{2,}", tailoring)
            for variant, spelt in enumerate(_case_variants(spelt))
        ]
        blocks = [_tailored(_LATIN, tailoring), [[[letter]] for letter in _CYRILLIC]]
        if language in _CYRILLIC_FIRST:
            blocks.reverse()
        self._weights: dict[str, tuple[str, str]] = {}
        primary = _FIRST_PRIMARY
        for group in _SIGNS:
            self._place([list(sign) for sign in group], primary)
            primary += 1
        self._odd_sign, self._digit = chr(primary), chr(primary + 1)
        primary += 2
        self._odd_letter: dict[str, str] = {}
        for block in blocks:
            for letter in block:
                self._place(letter, primary)
                primary += 1
            self._odd_letter[_script(block[0][0][0])] = chr(primary)
            primary += 1
        self._other = chr(primary)
        self._by_level = tuple(_Table(self, level) for level in range(_LEVELS))
        self._atoms = _Atoms(self)
        self._kept: dict[str, bytes] = {}

    def keys(self, texts: Collection[str]) -> Mapping[str, bytes]:
        """Return the key of each of these texts, perhaps with those of others."""
        kept = self._kept
        new = [text for text in texts if text not in kept]
        if not new:
            return kept
        found = dict(kept)
        for start in range(0, len(new), _WEIGHED_AT_ONCE):
            found |= self._keys_of_rows(new[start : start + _WEIGHED_AT_ONCE])
        if len(found) > _KEPT_KEYS:
            # Those of now are likelier to come again than those of before.
            found = {text: found[text] for text in texts}
        self._kept = found if len(found) <= _KEPT_KEYS else {}
        return found

    def _keys_of_rows(self, texts: list[str]) -> dict[str, bytes]:
        """Weigh all texts in one go, but for those with digits or of several lines."""
        keys: dict[str, bytes] = {}
        joined = _ROW_END.join(texts)
        if _DIGITS.search(joined) or joined.count(_ROW_END) != len(texts) - 1:
            keys = {text: self.key(text) for text in texts if _BY_ITSELF.search(text)}
            texts = [text for text in texts if text not in keys]
            joined = _ROW_END.join(texts)
        try:
            levels = self._atoms.levels(self._composed(joined))
        except OverflowError:
            return {**keys, **{text: self.key(text) for text in texts}}
        keys.update(zip(texts, map(_packed, *levels), strict=False))  # of no row comes one level
        return keys

    def key(self, text: str) -> bytes:
        """Return the key of one text."""
        text = self._composed(text)
        if _DIGITS.search(text):
            runs = zip(*self._runs(text), strict=True)
            return _packed(*("".join(parts).encode("latin-1") for parts in runs))
        return _packed(*(text.translate(level).encode("latin-1") for level in self._by_level))

    def _composed(self, text: str) -> str:
        """Return the text with one character for each letter of this language."""
        text = unicodedata.normalize("NFC", text)
        for spelt, letter in self._contractions:
            text = text.replace(spelt, letter)
        return text

    def weigh(self, character: str) -> _Weights:
        """Return the weights of one character of a composed text."""
        lower = character.lower()
        variant = ord(character) - ord(_CONTRACTION)
        if 0 <= variant < len(self._contractions):
            primary, secondary = self._weights[_CONTRACTION]
            return primary, secondary, chr(ord(_COMMON) + variant)
        if lower in self._weights:
            case = _COMMON if lower == character else _UPPER
            return (*self._weights[lower], case)
        if lower in _MADE_OF:
            primary, secondary, tertiary = self._sum(_MADE_OF[lower])
            secondary = secondary.replace(_COMMON + self.weigh(_TIE)[1], _TIED)
            return primary, secondary, tertiary if lower == character else _UPPER * len(tertiary)
        parts = unicodedata.normalize("NFKD", character)
        return self._sum(self._recomposed(parts)) if parts != character else self._odd(character)

    def _place(self, variants: list[list[str]], primary: int) -> None:
        for accent, letters in enumerate(variants):
            for letter in letters:
                name = _CONTRACTION if len(letter) > 1 else letter
                self._weights[name] = chr(primary), chr(ord(_COMMON) + accent)

    def _runs(self, text: str) -> Iterator[_Weights]:
        for part in _DIGITS.split(text):
            if part[:1].isdecimal():
                yield self._number(part)
            else:
                yield self._sum(part)

    def _number(self, digits: str) -> _Weights:
        """Weigh by value: the count of digits, then the digits; leading zeros say nothing."""
        value = "".join(str(unicodedata.decimal(digit)) for digit in digits).lstrip("0")
        return self._digit + chr(len(value) + 1) + value, _COMMON, _COMMON

    def _sum(self, text: str) -> _Weights:
        primary, secondary, tertiary = zip(("", "", ""), *map(self.weigh, text), strict=True)
        return "".join(primary), "".join(secondary), "".join(tertiary)

    def _recomposed(self, parts: str) -> str:
        """Join the base with the mark that makes a letter of this language; others stay marks."""
        base, marks = parts[0], parts[1:]
        for mark in marks:
            joined = unicodedata.normalize("NFC", base + mark)
            if len(joined) == 1 and joined.lower() in self._weights:
                return joined + marks.replace(mark, "", 1)
        return parts

    def _odd(self, character: str) -> _Weights:
        category = unicodedata.category(character)
        if category.startswith("C"):
            return "", "", ""
        if unicodedata.combining(character) or category == "Mn":
            rank = _MARKS.find(character)
            return "", chr(_FIRST_MARK + (rank if rank >= 0 else len(_MARKS))), ""
        if character.isdecimal():
            return self._number(character)
        if category.startswith(("L", "M")):
            block = self._odd_letter.get(_script(character), self._other)
        else:
            block = self._odd_sign
        lower = character.lower()
        return block + _by_code(lower), _COMMON, _COMMON if lower == character else _UPPER


def _packed(primary: bytes, secondary: bytes, tertiary: bytes) -> bytes:
    # Common weights at the end of a level say nothing: a shorter key sorts the same.
    levels = primary, secondary.rstrip(_COMMON_BYTE), tertiary.rstrip(_COMMON_BYTE)
    return _LEVEL_END.join(levels)


@lru_cache(_KEPT_KEYS)
def _key(text: str, language: str) -> bytes:
    return _order(language).key(text)


@cache
def _order(language: str) -> _Order:
    return _Order(language)


def _tailored(alphabet: str, tailoring: str) -> list[list[list[str]]]:
    """Return letters in order; each is a list of accents, each accent a list of equal spellings."""
    letters = [[[letter]] for letter in alphabet]
    for rule in tailoring.split():
        steps = re.findall(r"(<<|<|=|^)([^<=]+)", rule)
        moved = {letter for _, letter in steps[1:]}
        letters = [letter for letter in letters if letter[0][0] not in moved]
        place = next(i for i, letter in enumerate(letters) if letter[0][0] == steps[0][1])
        for relation, letter in steps[1:]:
            if relation == "<":
                place += 1
                letters.insert(place, [[letter]])
            elif relation == "<<":
                letters[place].append([letter])
            else:
                letters[place][-1].append(letter)
    return letters


def _case_variants(pair: str) -> tuple[str, str, str, str]:
    """Return the spellings of a letter written with two, in the order of case: ch cH Ch CH."""
    first, second = pair[0], pair[1]
    return pair, first + second.upper(), first.upper() + second, pair.upper()


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _by_code(text: str) -> str:
    """Return code points as characters from 1 to 128 that compare the same."""
    return "".join(chr(1 + (ord(c) >> shift & _SEVEN_BITS)) for c in text for shift in (14, 7, 0))
