"""Which letters the bytes of a text file stand for.

Unicode declares or proves itself. Among the Windows code pages nothing in the file tells which one
was meant, so each is tried and judged by how well the words read in the languages of the product;
a person sees the same words in the other readings and may choose again. Libraries that guess code
pages take Windows-1257 for 1252 or 1258.
"""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

from mentor_desktop.i18n import N_, _
from mentor_desktop.services.tables_in.letters import reading_score
from mentor_desktop.services.tables_in.raw_table import EncodingChoice, UnreadableTable

_LABELS = {
    "utf-8": N_("Unicode (UTF-8)"),
    "utf-16-le": N_("Unicode (UTF-16)"),
    "utf-16-be": N_("Unicode (UTF-16, big-endian)"),
    "cp1250": N_("Central European (Windows-1250)"),
    "cp1251": N_("Cyrillic (Windows-1251)"),
    "cp1252": N_("Western European (Windows-1252)"),
    "cp1257": N_("Baltic (Windows-1257)"),
}
_CODE_PAGES = ("cp1250", "cp1252", "cp1257", "cp1251")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_REST_OF_WORD = re.compile(rb"[\x80-\xff][A-Za-z'\-\x80-\xff]{0,40}")
_START_OF_WORD = re.compile(rb"[A-Za-z'\-]*\Z")
_LONGEST_START = 20
_WORDS_JUDGED = 400
_SAMPLES_SHOWN = 8
_SURE_MARGIN = 7.0  # natural logarithm: a thousand times likelier than the next reading
_LOOKED_AT_FOR_ZEROS = 4096
_MIN_SHARE_OF_ZEROS = 20  # one byte in twenty; text in code pages or UTF-8 has none
_GOOD_PER_BAD = 3  # letters that read well in UTF-8 for each that does not
_ONE_SIDED = 8  # zeros on the one side for each on the other, where a few letters end in zero
REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A text with the encoding it was read in and the others it might have been read in.

    `utf8` is the text's own bytes where it was UTF-8.
    """

    text: str
    encoding: EncodingChoice
    utf8: bytes | None = None
    alternatives: tuple[EncodingChoice, ...] = ()
    is_sure: bool = True


def decode(data: bytes, encoding: str | None = None) -> DecodedText:
    """Return the text of a file's bytes; what cannot be read in it becomes U+FFFD.

    `encoding` is a person's own choice, one of the names offered before.

    Raises:
        UnreadableTable: the encoding is not one that can be chosen.
    """
    body, declared = _without_mark(data)
    if encoding is not None:
        if encoding not in _LABELS:
            raise UnreadableTable(
                _("The letters cannot be read as “{encoding}”: choose another.").format(
                    encoding=encoding
                )
            )
        return _in_chosen(body, encoding)
    if declared:
        return DecodedText(body.decode(declared, "replace"), _choice(declared))
    if wide := _wide_without_mark(body):
        return DecodedText(body.decode(wide, "replace"), _choice(wide))
    try:
        return DecodedText(body.decode("utf-8"), _choice("utf-8"), body)
    except UnicodeDecodeError:
        unicode_text = body.decode("utf-8", "replace")
    if _is_nearly_utf8(unicode_text):
        return DecodedText(unicode_text, _choice("utf-8"))
    return _in_likeliest_code_page(body)


def _without_mark(data: bytes) -> tuple[bytes, str | None]:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :], name
    return data, None


def _wide_without_mark(body: bytes) -> str | None:
    """UTF-16 without its mark: the zero bytes of Latin letters and signs all fall on one side."""
    head = body[:_LOOKED_AT_FOR_ZEROS]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(body) % 2 or (even + odd) * _MIN_SHARE_OF_ZEROS < len(head):
        return None
    if max(even, odd) < _ONE_SIDED * min(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _is_nearly_utf8(text: str) -> bool:
    bad = text.count(REPLACEMENT)
    good = len(text.encode().translate(None, bytes(range(0xC2)))) - bad
    return good > _GOOD_PER_BAD * bad


def _in_chosen(body: bytes, name: str) -> DecodedText:
    words = _marked_words(body)
    samples = {code: _read(words, code) for code in {*_CODE_PAGES, name}}
    return DecodedText(
        body.decode(name, "replace"),
        _choice(name, samples[name]),
        alternatives=_others(name, samples) if words else (),
    )


def _in_likeliest_code_page(body: bytes) -> DecodedText:
    words = _marked_words(body)
    samples = {code: _read(words, code) for code in _CODE_PAGES}
    scores = {code: reading_score(read, code) for code, read in samples.items()}
    best = max(_CODE_PAGES, key=lambda code: scores[code])
    rivals = [scores[code] for code in _CODE_PAGES if samples[code] != samples[best]]
    return DecodedText(
        body.decode(best, "replace"),
        _choice(best, samples[best]),
        alternatives=_others(best, samples),
        is_sure=not rivals or scores[best] - max(rivals) >= _SURE_MARGIN,
    )


def _marked_words(body: bytes) -> list[bytes]:
    """The first distinct words that have a letter outside ASCII."""
    found: dict[bytes, None] = {}
    for match in _REST_OF_WORD.finditer(body):
        before = body[max(0, match.start() - _LONGEST_START) : match.start()]
        start = _START_OF_WORD.search(before)
        found[(start.group() if start else b"") + match.group()] = None
        if len(found) == _WORDS_JUDGED:
            break
    return list(found)


def _read(words: Iterable[bytes], encoding: str) -> list[str]:
    return [word.decode(encoding, "replace") for word in words]


def _others(chosen: str, samples: dict[str, list[str]]) -> tuple[EncodingChoice, ...]:
    different = {code: read for code, read in samples.items() if read != samples[chosen]}
    return tuple(_choice(code, different[code]) for code in _LABELS if code in different)


def _choice(name: str, samples: Iterable[str] = ()) -> EncodingChoice:
    return EncodingChoice(name, _(_LABELS[name]), tuple(samples)[:_SAMPLES_SHOWN])
