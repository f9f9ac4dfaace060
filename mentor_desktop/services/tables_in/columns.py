"""The machine that turns columns of texts into frozen rows.

Works column by column in steps of 500 rows: each distinct text of a column of codes is parsed once,
and a clean column costs no look at its cells. That keeps checking within half the time of reading.
"""

import unicodedata
from abc import ABC, abstractmethod
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import partial
from itertools import repeat
from typing import Any, Generic, TypeVar  # cells of a row are of many types

from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import _
from mentor_desktop.progress import Progress
from mentor_desktop.services.tables_in.headers import Mapping, label_of
from mentor_desktop.services.tables_in.parsed_rows import BadRow, Columns, ParsedRows
from mentor_desktop.services.tables_in.raw_table import HEADING, RawTable, RowNote
from mentor_desktop.services.tables_in.values import PLAIN_EMAILS, Refusal, parse_email, shortened

R = TypeVar("R")
STEP = 500  # rows between two reports of progress
MAX_LINE, MAX_TEXT = 300, 20_000  # characters of a name or code, and of a free text
_composed = partial(unicodedata.normalize, "NFC")


class _Memo(dict[str, Any]):
    """Parsed values by text; parses what it has not met, and remembers what was refused."""

    def __init__(self, parse: Callable[[str], Any], default: object) -> None:
        super().__init__({"": default})
        self.refused: dict[str, Refusal] = {}
        self._parse = parse
        self._default = default

    def __missing__(self, text: str) -> Any:
        value = self._parse(text) if text.strip() else self._default
        if isinstance(value, Refusal):
            self.refused[text] = value
            value = self._default
        self[text] = value
        return value


class Column(ABC):
    """One field of the rows: where its cells come from and what becomes of them."""

    def __init__(self, field: str, default: object = "") -> None:
        self.field = field
        self.default = default

    @abstractmethod
    def values(self, cells: Sequence[str], faults: "Faults") -> Sequence[Any]:
        """Return the values of some cells; what cannot be taken is noted in `faults`."""


class Line(Column):
    """A name, a code or another text of one line, kept as written but for blanks around it."""

    def __init__(self, field: str, *, limit: int = MAX_LINE, is_required: bool = False) -> None:
        super().__init__(field)
        self._limit = limit
        self._is_required = is_required

    def values(self, cells: Sequence[str], faults: "Faults") -> Sequence[str]:
        texts = self._tidied(cells)
        if faults.may_be_longer_than(self._limit) and max(map(len, texts)) > self._limit:
            for index, text in enumerate(texts):
                if len(text) > self._limit:
                    faults.refuse(index, self._too_long(len(text), faults.label(self.field)))
        if self._is_required and "" in texts:
            faults.refuse_empty(texts, self.field)
        return texts

    def _tidied(self, cells: Sequence[str]) -> Sequence[str]:
        joined = "\0".join(cells)
        has_breaks = _has_breaks(joined)
        if joined.isascii() and not (has_breaks or _has_blank_ends(joined)):
            return cells
        texts = list(map(str.strip, cells))
        if not unicodedata.is_normalized("NFC", joined):
            texts = list(map(_composed, texts))
        if has_breaks and self._limit == MAX_LINE:
            texts = [" ".join(text.split()) if _has_breaks(text) else text for text in texts]
        return texts

    def _too_long(self, length: int, label: str) -> str:
        return _("“{field}” has {length} characters; at most {limit} can be kept.").format(
            field=label, length=length, limit=self._limit
        )


def _has_breaks(text: str) -> bool:
    return "\t" in text or len(text.splitlines()) > 1


def _has_blank_ends(joined: str) -> bool:
    return " \0" in joined or "\0 " in joined or joined[:1] == " " or joined[-1:] == " "


class Repeated(Line):
    """A line that many rows share: one object for all of them stays near the processor."""

    def __init__(self, field: str, *, is_required: bool = False) -> None:
        super().__init__(field, is_required=is_required)
        self._known: dict[str, str] = {}

    def values(self, cells: Sequence[str], faults: "Faults") -> Sequence[str]:
        texts = super().values(cells, faults)
        return list(map(self._known.setdefault, texts, texts))


class Text(Line):
    """A free text that may have several lines."""

    def __init__(self, field: str) -> None:
        super().__init__(field, limit=MAX_TEXT)


class Parsed(Column):
    """A field with a meaning: each distinct text is parsed once; an empty cell is the default."""

    def __init__(
        self,
        field: str,
        parse: Callable[[str], Any],
        default: object = "",
        *,
        is_required: bool = False,
    ) -> None:
        super().__init__(field, default)
        self._memo = _Memo(parse, default)
        self._is_required = is_required

    def values(self, cells: Sequence[str], faults: "Faults") -> Sequence[Any]:
        values = list(map(self._memo.__getitem__, cells))
        refused = self._memo.refused
        if refused and not refused.keys().isdisjoint(cells):
            label = faults.label(self.field)
            for index, text in enumerate(cells):
                if text in refused:
                    faults.refuse(index, f"{label}: {refused[text].sentence}")
        if self._is_required and not all(map(str.strip, cells)):
            faults.refuse_empty(cells, self.field)
        return values


class Emails(Parsed):
    """Addresses: nearly all differ, so a step is first looked at as a whole."""

    def __init__(self, field: str) -> None:
        super().__init__(field, parse_email)

    def values(self, cells: Sequence[str], faults: "Faults") -> Sequence[str]:
        if PLAIN_EMAILS.fullmatch("\0".join([*cells, ""])):
            return cells
        return super().values(cells, faults)


@dataclass(frozen=True, slots=True)
class ByLanguage:
    """A text that may stand in several columns, one for each language.

    `language` is that of a column which names none.
    """

    field: str
    language: str


class Faults:
    """Reasons and doubts found so far, by row."""

    def __init__(self, table: RawTable, mapping: Mapping) -> None:
        self.reasons: dict[int, list[str]] = defaultdict(list)
        self.warnings: list[RowNote] = list(table.notes)
        self.start = 0
        self._table = table
        self._mapping = mapping

    def refuse(self, index: int, sentence: str) -> None:
        """Note why a row of the step at hand cannot be taken."""
        self.reasons[self.start + index].append(sentence)

    def refuse_empty(self, texts: Sequence[str], field: str) -> None:
        """Note which rows of the step at hand lack a field that must be there."""
        sentence = _("“{field}” is empty.").format(field=self.label(field))
        for index, text in enumerate(texts):
            if not text.strip():
                self.refuse(index, sentence)

    def may_be_longer_than(self, limit: int) -> bool:
        """Tell whether any cell can have more characters: a whole row bounds its cells."""
        return self._table.longest_row is None or self._table.longest_row > limit

    def doubt(self, index: int, sentence: str) -> None:
        """Note what a person should look at in a row of the step at hand."""
        self.warnings.append(RowNote(self._table.lines[self.start + index], sentence))

    def label(self, field: str) -> str:
        return label_of(self._mapping.kind, field)


def build(row_type: type[R], *columns: Sequence[Any]) -> list[R]:
    """Return frozen rows made of columns in the order of the fields, all of one length.

    The constructor of a frozen dataclass sets each field through a call of its own in Python; the
    slots' own setters do the same from C in less than half the time. Rows have no __post_init__.
    """
    rows = list(map(object.__new__, repeat(row_type, len(columns[0]))))
    for field, column in zip(fields(row_type), columns, strict=True):  # type: ignore[arg-type]  # a dataclass
        deque(map(getattr(row_type, field.name).__set__, rows, column), maxlen=0)
    return rows


class Reader(Generic[R]):
    """Turns the rows of one table into rows of one type."""

    def __init__(
        self, table: RawTable, mapping: Mapping, progress: Progress, *, keep_damaged: bool
    ) -> None:
        """Prepare to read.

        Raises:
            ValidationError: a column that must be there has not been chosen.
        """
        if mapping.missing:
            raise ValidationError(mapping.notes[0])
        self.table = table
        self.mapping = mapping
        self.faults = Faults(table, mapping)
        self._progress = progress
        if not keep_damaged:
            self._refuse_damaged()

    def steps(self) -> Iterator[Sequence[tuple[str, ...]]]:
        """Yield the columns of 500 rows after 500 rows; stops when a person cancels."""
        rows, total = self.table.rows, len(self.table.rows)
        for start in range(0, total, STEP):
            self._progress.step(start, total)
            self.faults.start = start
            yield list(zip(*rows[start : start + STEP]))  # noqa: B905  all are as wide as the table
        self._progress.step(total, total)

    def values(self, columns: Sequence[tuple[str, ...]], column: Column) -> Sequence[Any]:
        """Return the values of one field for a step, its default where no column holds it."""
        index = self.mapping.column_of(column.field)
        if index is None:
            return [column.default] * len(columns[0])
        return column.values(columns[index], self.faults)

    def texts_by_language(
        self, columns: Sequence[tuple[str, ...]], wanted: ByLanguage
    ) -> Sequence[dict[str, str]]:
        """Return, for each row of a step, the texts of a field by language; empty ones left out."""
        chosen = dict(self.mapping.columns_by_language(wanted.field))
        plain = self.mapping.column_of(wanted.field)
        if plain is not None:
            chosen.setdefault(wanted.language, plain)
        texts = {
            language: Text(wanted.field).values(columns[index], self.faults)
            for language, index in chosen.items()
        }
        rows = len(columns[0])
        return [
            {language: text[row] for language, text in texts.items() if text[row]}
            for row in range(rows)
        ]

    def lines(self) -> Sequence[int]:
        """Return the lines of the step at hand."""
        return self.table.lines[self.faults.start : self.faults.start + STEP]

    def finished(self, rows: Sequence[R]) -> ParsedRows[R]:
        """Return the good rows, and the bad ones with their reasons."""
        reasons = self.faults.reasons
        good = rows
        if reasons and isinstance(rows, Columns):
            good = rows.without(reasons)
        elif reasons:
            good = [row for index, row in enumerate(rows) if index not in reasons]
        bad = [
            BadRow(self.table.lines[index], tuple(sentences), tuple(self.table.rows[index]))
            for index, sentences in reasons.items()
        ]
        bad += [BadRow(note.line, (note.sentence,)) for note in self.table.refused]
        bad.sort(key=lambda one: one.line)
        warnings = sorted(self.faults.warnings, key=lambda one: one.line)
        return ParsedRows(good, tuple(bad), tuple(warnings))

    def _refuse_damaged(self) -> None:
        mapped = {one.index for one in self.mapping.columns if one.field}
        for cell in self.table.damaged:
            if cell.row == HEADING or cell.column not in mapped:
                continue
            if cell.repaired is None:
                sentence = _("“{text}” has lost letters.").format(text=shortened(cell.text))
            else:
                sentence = _("“{text}” has damaged letters; probably it was “{repaired}”.").format(
                    text=shortened(cell.text), repaired=shortened(cell.repaired)
                )
            self.faults.reasons[cell.row].append(sentence)
