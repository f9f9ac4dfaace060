"""Letters that were spoilt on the way here, and what they probably were.

Three kinds are recognised: UTF-8 that somebody read in a Windows code page and saved ("Å¡" for
"š"), one code page read as another ("Ðarûnas" for "Šarūnas", "Öâåòåëèíà" for "Цветелина"), and
letters that are gone ("�", "?" within a word). Nothing is repaired here unasked: the table says
what was found and `repaired` applies it when a person wants that.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain

from mentor_desktop.services.tables_in.letters import reading_score
from mentor_desktop.services.tables_in.raw_table import HEADING, DamagedCell, RawTable

_TYPOGRAPHIC = "„“”‚‘’«»‹›–—…•\u00a0"
_CODE_PAGES = ("cp1252", "cp1250", "cp1257", "cp1251")

# What a repair may bring out: letters of our languages and their neighbours, and their signs.
_PLAUSIBLE = re.compile(
    "[\u00a0«»´·°§\u00c0-\u017f\u0218-\u021b\u01a0\u01a1\u01af\u01b0\u0300-\u0323"
    "\u0401-\u045f\u0490\u0491\u1e00-\u1ef9\u2010-\u203a€№]"
)
_CYRILLIC = re.compile("[\u0400-\u052f]")
_MOST_CLOSING_SIGNS = 3  # a quotation mark, a full stop, a dash after a word
_MIN_CYRILLIC = 2  # one pair alone may be a capital before a quotation mark

_LOST = re.compile("\ufffd|(?<=[^\\W\\d_])\\?(?=[^\\W\\d_])")
_LOST_BYTES = re.compile(rb"\?(?=[A-Za-z\x80-\xff])(?<=[A-Za-z\x80-\xff]\?)")
_ADDRESS = re.compile("://|=|www\\.")  # a question mark within a word of an address is meant
_ASCII_CONTROLS = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
_BLANK_ASCII = bytes(
    code if code >= 0x80 else 0x01 if code in _ASCII_CONTROLS else 0x20  # noqa: PLR2004
    for code in range(0x100)
)
_ASCII_LETTERS_ONLY = bytes(
    code if code >= 0x80 or chr(code).isalpha() else 0x20  # noqa: PLR2004
    for code in range(0x100)
)
_CONTROL = re.compile(f"[{re.escape(_ASCII_CONTROLS.decode())}\x80-\x9f]")

_ODD_IN_WORDS = frozenset("ðþÐÞøØìÌùÙòÒºª¹¿ûÛãÃæÆèÈ")
_CYRILLIC_AS_LATIN = re.compile("[\u00c0-\u00ff]{4,}")
_MISREAD_MARGIN = 4.0  # natural logarithm, for each word that would change
_MIN_MARGIN = 20.0  # and for all of them together
_CLEARLY_WORSE = 5.0  # a single word that was right beside so many that were not
_WORDS_JUDGED = 120
_CUTS, _BYTES_A_CUT = 32, 4_096  # of a long text: some thousand words, and what it costs is bounded
_MISREADINGS = (("cp1252", "cp1257"), ("cp1252", "cp1250"), ("cp1252", "cp1251"))
_WORD = re.compile("(?:[^\\W\\d_]+|[ºª¹¿÷×¨¸²³¯¥´]+)+")


@dataclass(frozen=True, slots=True)
class _Repairs:
    """What was found in a text: runs and words to be replaced, and whether letters are lost."""

    runs: dict[str, str]
    words: dict[str, str]
    has_lost: bool
    has_controls: bool

    def __bool__(self) -> bool:
        return bool(self.runs or self.words or self.has_lost or self.has_controls)


def damaged_cells(
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    lines: Sequence[int],
    header_line: int,
    utf8: bytes | None = None,
) -> tuple[DamagedCell, ...]:
    """Return the cells with spoilt letters, headings first, then row by row.

    `utf8` is the whole text where there is one: clean files need no look at their cells.
    """
    if utf8 is None:
        text = "\n".join(["\t".join(headers), *map("\t".join, rows)])
        utf8 = text.encode("utf-8", "surrogatepass")
    repairs = _survey(utf8)
    if not repairs:
        return ()
    found = list(_damaged_in(headers, repairs, HEADING, header_line))
    for index, row in enumerate(rows):
        found += _damaged_in(row, repairs, index, lines[index])
    return tuple(found)


def repaired(table: RawTable) -> RawTable:
    """Return the table with every repair made; cells whose letters are lost stay reported."""
    headers = list(table.headers)
    rows = list(table.rows)
    for cell in table.damaged:
        if cell.repaired is None:
            continue
        if cell.row == HEADING:
            headers[cell.column] = cell.repaired
        else:
            row = list(rows[cell.row])
            row[cell.column] = cell.repaired
            rows[cell.row] = row
    damaged = damaged_cells(headers, rows, table.lines, table.header_line)
    return replace(table, headers=tuple(headers), rows=rows, damaged=damaged)


def _survey(utf8: bytes) -> _Repairs:
    """Look at the distinct runs of letters outside ASCII, and of controls, not at each cell."""
    runs = {
        run.decode("utf-8", "surrogatepass") for run in set(utf8.translate(_BLANK_ASCII).split())
    }
    return _Repairs(
        runs=_undone_utf8(runs),
        words=_misread_words(utf8, runs),
        has_lost=any("\ufffd" in run for run in runs) or bool(_LOST_BYTES.search(utf8)),
        has_controls=any(map(_CONTROL.search, runs)),
    )


def _damaged_in(
    cells: Sequence[str], repairs: _Repairs, row: int, line: int
) -> Iterable[DamagedCell]:
    for column, text in enumerate(cells):
        if text and (text.isascii() is False or repairs.has_lost or repairs.has_controls):
            mended, is_lost = _mend(text, repairs)
            if is_lost or mended != text:
                yield DamagedCell(row, line, column, text, None if is_lost else mended)


def _mend(text: str, repairs: _Repairs) -> tuple[str, bool]:
    """Return the cell with its repairs, and whether letters stay lost all the same."""
    mended = text
    if repairs.runs:
        mended = _RUN.sub(lambda match: repairs.runs.get(match.group(), match.group()), mended)
    if repairs.words and mended == text:
        mended = _WORD.sub(lambda match: repairs.words.get(match.group(), match.group()), mended)
    mended = _CONTROL.sub("", mended)
    is_lost = bool(_LOST.search(mended)) and not _ADDRESS.search(mended)
    return mended, is_lost


# ------------------------------------------------- UTF-8 read in a code page


_RUN = re.compile("[^\\x00-\\x7f]+")


@cache
def _bytes_of(code_page: str) -> dict[int, int]:
    """Table from the characters of a code page back to bytes; its holes are control characters."""
    table = {code: code for code in range(0x80, 0xA0)}
    for code in range(0x80, 0x100):
        character = bytes([code]).decode(code_page, "ignore") or chr(code)
        table[ord(character)] = code
    return table


def _undone_utf8(runs: Iterable[str]) -> dict[str, str]:
    """Return the runs that are UTF-8 in disguise, each with what it was.

    Several code pages may explain one run; the one that explains most runs of the table goes first.
    """
    longer = [run for run in runs if len(run) > 1]
    by_page = {
        code_page: {run: original for run in longer if (original := _undo(run, code_page))}
        for code_page in _CODE_PAGES
    }
    undone: dict[str, str] = {}
    for explained in sorted(by_page.values(), key=len):
        undone |= explained
    return undone


def _undo(run: str, code_page: str) -> str | None:
    """Return what a run was before it was read in the code page, None when it was nothing else."""
    table = _bytes_of(code_page)
    for cut in range(_MOST_CLOSING_SIGNS + 1):
        core = run[: len(run) - cut]
        if len(core) > 1 and all(ord(character) in table for character in core):
            raw = bytes(table[ord(character)] for character in core)
            try:
                original = raw.decode("utf-8")
            except UnicodeDecodeError:
                pass  # not UTF-8 as it stands: perhaps a closing quotation mark follows it
            else:
                return original + run[len(core) :] if _is_plausible(original) else None
        if not core or core[-1] not in _TYPOGRAPHIC:
            break
    return None


def _is_plausible(original: str) -> bool:
    letters = _CYRILLIC.findall(original)
    if letters and len(letters) < _MIN_CYRILLIC:
        return False
    return all(map(_PLAUSIBLE.fullmatch, original))


# ------------------------------------------- one code page read as another


def _misread_words(utf8: bytes, runs: Iterable[str]) -> dict[str, str]:
    """Return the words as they were, when most marked words say which code page was taken."""
    is_suspect = any(
        not _ODD_IN_WORDS.isdisjoint(run) or _CYRILLIC_AS_LATIN.search(run) for run in runs
    )
    if not is_suspect:
        return {}
    words = _marked_words(_sampled_pieces(utf8))
    sample = words[:: max(1, len(words) // _WORDS_JUDGED)]
    margins = {reading: _margin(sample, *reading) for reading in _MISREADINGS}
    best = max(margins, key=margins.__getitem__)
    if margins[best] < _MIN_MARGIN:
        return {}
    marked = _marked_words(_pieces(utf8))
    return {word: other for word in marked if (other := _reread_in_kind(word, *best)) != word}


def _pieces(utf8: bytes) -> list[bytes]:
    """Return the text parted at every sign of ASCII that is no letter."""
    return utf8.translate(_ASCII_LETTERS_ONLY).split()


def _sampled_pieces(utf8: bytes) -> Iterable[bytes]:
    """Return pieces from all over a long text, without those that a cut went through."""
    if len(utf8) <= _CUTS * _BYTES_A_CUT:
        return _pieces(utf8)
    starts = range(0, len(utf8), len(utf8) // _CUTS)
    return chain.from_iterable(
        _pieces(utf8[start : start + _BYTES_A_CUT])[1:-1] for start in starts
    )


def _marked_words(pieces: Iterable[bytes]) -> list[str]:
    """Return the distinct words with a letter outside ASCII; only those go through the pattern."""
    marked = b" ".join(piece for piece in dict.fromkeys(pieces) if not piece.isascii())
    words = dict.fromkeys(_WORD.findall(marked.decode("utf-8", "surrogatepass")))
    return [word for word in words if not word.isascii()]


def _margin(words: Sequence[str], wrong: str, right: str) -> float:
    """How much better the words read the other way; 0 when that is no clear gain for each word."""
    pairs = [(word, other) for word in words if (other := _reread(word, wrong, right)) != word]
    gain = reading_score([other for _word, other in pairs], right) - reading_score(
        [word for word, _other in pairs], wrong
    )
    return gain if gain >= _MISREAD_MARGIN * len(pairs) else 0.0


def _reread_in_kind(word: str, wrong: str, right: str) -> str:
    other = _reread(word, wrong, right)
    if other == word or reading_score([other]) < reading_score([word]) - _CLEARLY_WORSE:
        return word
    return other


def _reread(word: str, wrong: str, right: str) -> str:
    try:
        return word.encode(wrong).decode(right)
    except UnicodeError:
        return word
