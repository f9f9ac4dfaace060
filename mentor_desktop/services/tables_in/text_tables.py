"""Text files of separated values, parted into cells: RFC 4180 and what programs make of it."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from mentor_desktop.documents.formula_guard import may_hold_guarded, unguard
from mentor_desktop.i18n import _
from mentor_desktop.services.tables_in.raw_table import UnreadableTable

DELIMITERS = (",", ";", "\t")
_HINT = re.compile('"?sep=(.)"?\r?\n?', re.IGNORECASE)  # the first line that Excel understands
_LINE_BREAK = re.compile("\r\n|\r|\n")
_SAMPLE_CHARS = 65_536
_SAMPLE_ROWS = 200
_STEP = 1_000
_ONE_COLUMN_SCORE = 0.4
_STRAY_HEADING = 0.3


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows of cells as they stand in the text, and the line each row begins in.

    `longest_row` is in characters, None where it was not counted.
    """

    rows: list[list[str]]
    lines: Sequence[int]
    longest_row: int | None
    delimiter: str = ","


def part(text: str, delimiter: str | None = None) -> Cells:
    """Return the rows and cells of a text; blank lines are left out.

    Raises:
        UnreadableTable: a quotation mark is never closed, a cell is longer than any real one, or
            the text holds characters that no text file has.
    """
    if "\0" in text:
        line = len(_LINE_BREAK.findall(text, 0, text.index("\0"))) + 1
        raise UnreadableTable(
            _(
                "Line {line} holds characters that are no text, so the file is damaged or is not a"
                " table: save it again as CSV or XLSX."
            ).format(line=line)
        )
    skipped = 0
    if hint := _HINT.match(text):
        text, skipped = text[hint.end() :], 1
        delimiter = delimiter or hint.group(1)
    delimiter = delimiter or _likeliest_delimiter(text)
    cells = replace(_parse(text, delimiter, skipped), delimiter=delimiter)
    if may_hold_guarded(text):
        return replace(cells, rows=[[unguard(cell) for cell in row] for row in cells.rows])
    return cells


def _parse(text: str, delimiter: str, skipped: int) -> Cells:
    """Part strictly; where quotation marks stand oddly, leniently if every row still fits."""
    try:
        return _rows(text, delimiter, skipped, strict=True)
    except csv.Error as exc:
        fault = exc
    if "end of data" not in str(fault) and "field limit" not in str(fault):
        cells = _rows(text, delimiter, skipped, strict=False)
        if len(set(map(len, cells.rows))) == 1:
            return cells
    raise UnreadableTable(_fault_sentence(text, delimiter, skipped, fault)) from fault


def _rows(text: str, delimiter: str, skipped: int, *, strict: bool) -> Cells:
    newline = next((end for end in ("\r\n", "\n", "\r") if end in text), "\n")
    lines = text.split(newline)
    if not lines[-1]:
        lines.pop()
    try:
        reader = csv.reader(lines, delimiter=delimiter, strict=strict)
        rows = list(chain.from_iterable(_in_steps(reader)))
    except csv.Error:
        rows = []  # mixed line ends, or a fault that the careful way names
    if len(rows) == len(lines) and all(rows):  # no cell of several lines and no blank line
        return Cells(
            rows, range(skipped + 1, skipped + len(rows) + 1), max(map(len, lines), default=0)
        )
    return _rows_with_lines(text, delimiter, skipped, strict=strict)


def _in_steps(rows: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    """Give the rows some at a time: one call for all of them would hold up the window for 15 ms."""
    while step := list(islice(rows, _STEP)):
        yield step


def _rows_with_lines(text: str, delimiter: str, skipped: int, *, strict: bool) -> Cells:
    """Slower: cells hold line breaks or lines are blank, so each row is asked where it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    rows: list[list[str]] = []
    lines: list[int] = []
    before = 0
    for row in reader:
        if row:
            rows.append(row)
            lines.append(skipped + before + 1)
        before = reader.line_num
    return Cells(rows, lines, None)


def _fault_sentence(text: str, delimiter: str, skipped: int, fault: csv.Error) -> str:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    try:
        for _row in reader:
            before = reader.line_num
    except csv.Error:
        pass  # the same fault again: now it is known in which row
    line = skipped + before + 1
    if "field limit" in str(fault):
        return _(
            "A cell in line {line} has more than {limit} characters: probably a quotation mark"
            " is missing there."
        ).format(line=line, limit=csv.field_size_limit())
    return _(
        "The quotation marks in line {line} do not fit together, so the cells after it cannot be"
        " told apart: correct the line or save the table as XLSX."
    ).format(line=line)


def _likeliest_delimiter(text: str) -> str:
    sample = text[:_SAMPLE_CHARS]
    scores = {delimiter: _fit(sample, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: scores[delimiter])
    if scores[best] > (_ONE_COLUMN_SCORE, 0):
        return best
    return next((delimiter for delimiter in DELIMITERS if delimiter not in sample), "\t")


def _fit(sample: str, delimiter: str) -> tuple[float, int]:
    """How evenly a delimiter parts the sample, and into how many columns."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    widths: list[int] = []
    try:
        for row in reader:
            if row:
                widths.append(len(row))
            if len(widths) == _SAMPLE_ROWS:
                break
    except csv.Error:
        pass  # judged by the rows before the fault
    if len(sample) == _SAMPLE_CHARS and len(widths) > 1:
        widths.pop()  # the last row may be cut
    width, count = Counter(widths).most_common(1)[0] if widths else (1, 0)
    if width == 1:
        return 0.0, 1
    evenness = count / len(widths)
    is_comma_in_names = width == 2 and widths[0] == 1  # noqa: PLR2004  "Munteanu, Elena"
    return evenness * _STRAY_HEADING if is_comma_in_names else evenness, width
