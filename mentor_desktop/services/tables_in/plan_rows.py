"""An agenda out of a table: days, half-days with their counted minutes, and agenda items."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, time

from mentor_desktop.i18n import SOURCE_LANGUAGE, _
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.services.tables_in.collector import collector_paused
from mentor_desktop.services.tables_in.columns import (
    ByLanguage,
    Column,
    Line,
    Parsed,
    Reader,
    build,
)
from mentor_desktop.services.tables_in.headers import Mapping
from mentor_desktop.services.tables_in.lists import parse_list
from mentor_desktop.services.tables_in.parsed_rows import Plan, PlanItem, PlanSlot
from mentor_desktop.services.tables_in.raw_table import RawTable
from mentor_desktop.services.tables_in.values import (
    parse_date,
    parse_item_type,
    parse_time,
    parse_whole_number,
    parse_yes_no,
)

_NOON = time(12, 0)
_NOT_COUNTED = frozenset({"registration", "break", "meal", "social", "travel"})
_NO_DATE, _NO_TIME = date.min, time.min  # stand in for what was refused; such rows are bad


@collector_paused()
def read_plan(
    table: RawTable,
    mapping: Mapping,
    progress: Progress = NO_PROGRESS,
    *,
    keep_damaged: bool = False,
    language: str = SOURCE_LANGUAGE,
) -> Plan:
    """Return the agenda of one workshop.

    Days without a number are counted by date; items without a half-day go to the morning or the
    afternoon by whether they start before noon; items that do not say whether they count do so
    unless they are a break, a meal, registration, social or travel. Minutes must fit the times,
    counted items of a half-day must not overlap, a half-day lies in one day. `language` is that of
    titles whose column names none.

    Raises:
        ValidationError: no column holds the dates, the times or the titles.
        Cancelled: a person pressed Cancel.
    """
    reader: Reader[PlanItem] = Reader(table, mapping, progress, keep_damaged=keep_damaged)
    days = _day_numbers(table, mapping)
    rows: list[PlanItem] = []
    for step in reader.steps():
        new = _items(reader, step, days, language)
        _check_items(reader, step, new)
        rows += new
    reader.faults.start = 0
    _check_together(reader, rows)
    parsed = reader.finished(rows)
    return Plan(parsed.rows, parsed.bad, parsed.warnings, _slots(parsed.rows))


def _day_numbers(table: RawTable, mapping: Mapping) -> dict[date, int]:
    index = mapping.column_of("date")
    texts = {row[index] for row in table.rows} if index is not None else set()
    dates = sorted(one for text in texts if isinstance(one := parse_date(text), date))
    return {one: number for number, one in enumerate(dict.fromkeys(dates), 1)}


def _items(
    reader: Reader[PlanItem], step: Sequence[tuple[str, ...]], days: dict[date, int], language: str
) -> list[PlanItem]:
    lines = reader.lines()
    dates = reader.values(step, Parsed("date", parse_date, _NO_DATE, is_required=True))
    starts = reader.values(step, Parsed("start", parse_time, _NO_TIME, is_required=True))
    numbers = reader.values(step, Parsed("day", parse_whole_number, None))
    numbers = [
        number if number is not None else days.get(held_on, 0)
        for number, held_on in zip(numbers, dates, strict=True)
    ]
    slots = reader.values(step, Line("slot"))
    slots = [
        slot or f"D{number}-{'AM' if start < _NOON else 'PM'}"
        for slot, number, start in zip(slots, numbers, starts, strict=True)
    ]
    sequence = reader.values(step, Parsed("seq", parse_whole_number, None))
    first = reader.faults.start + 1
    types = reader.values(step, Parsed("session_type", parse_item_type, "learning"))
    counts = reader.values(step, Parsed("counts_for_attendance", parse_yes_no, None))
    return build(
        PlanItem,
        lines,
        reader.values(step, Line("workshop_code")),
        numbers,
        dates,
        slots,
        [index if number is None else number for index, number in enumerate(sequence, first)],
        starts,
        reader.values(step, Parsed("end", parse_time, _NO_TIME, is_required=True)),
        [
            kind not in _NOT_COUNTED if count is None else count
            for kind, count in zip(types, counts, strict=True)
        ],
        types,
        reader.texts_by_language(step, ByLanguage("session_title", language)),
        *(reader.values(step, column) for column in _last_columns()),
    )


def _last_columns() -> list[Column]:
    """The plain fields at the end of an item, in the order of the row."""
    return [
        Line("unit_code"),
        Line("method"),
        Line("facilitator_role"),
        Line("group_format"),
        Line("room"),
        Parsed("materials", parse_list, ()),
        Parsed("print_before", parse_list, ()),
    ]


def _check_items(
    reader: Reader[PlanItem], step: Sequence[tuple[str, ...]], items: Sequence[PlanItem]
) -> None:
    minutes = reader.values(step, Parsed("minutes", parse_whole_number, None))
    for index, (item, claimed) in enumerate(zip(items, minutes, strict=True)):
        if reader.faults.start + index in reader.faults.reasons:
            continue
        if not item.title:
            reader.faults.refuse(index, _("The agenda item has no title."))
        if item.ends <= item.starts:
            reader.faults.refuse(
                index,
                _("The item ends at {end}, not after it starts at {start}.").format(
                    end=f"{item.ends:%H:%M}", start=f"{item.starts:%H:%M}"
                ),
            )
        elif claimed is not None and claimed != item.minutes:
            reader.faults.refuse(
                index,
                _(
                    "The item has {claimed} minutes, but from {start} to {end} there are {minutes}."
                ).format(
                    claimed=claimed,
                    minutes=item.minutes,
                    start=f"{item.starts:%H:%M}",
                    end=f"{item.ends:%H:%M}",
                ),
            )


def _check_together(reader: Reader[PlanItem], items: Sequence[PlanItem]) -> None:
    """Check what no item can tell alone: one workshop, days, half-days and overlaps."""
    sound = [
        (index, item) for index, item in enumerate(items) if index not in reader.faults.reasons
    ]
    workshops: dict[str, int] = {}
    days: dict[int, date] = {}
    slots: dict[str, int] = {}
    for index, item in sound:
        workshops.setdefault(item.workshop_code, item.line)
        if len(workshops) > 1 and item.workshop_code != next(iter(workshops)):
            reader.faults.refuse(
                index,
                _("The row is for workshop {code}, the rows before for {first}.").format(
                    code=item.workshop_code or "–", first=next(iter(workshops)) or "–"
                ),
            )
        elif days.setdefault(item.day, item.held_on) != item.held_on:
            reader.faults.refuse(
                index,
                _("Day {day} has two dates, {first} and {second}.").format(
                    day=item.day, first=days[item.day].isoformat(), second=item.held_on.isoformat()
                ),
            )
        elif slots.setdefault(item.slot, item.day) != item.day:
            reader.faults.refuse(
                index,
                _("Half-day {slot} is on day {first} and on day {second}.").format(
                    slot=item.slot, first=slots[item.slot], second=item.day
                ),
            )
    _refuse_overlaps(reader, sound)


def _refuse_overlaps(reader: Reader[PlanItem], sound: Iterable[tuple[int, PlanItem]]) -> None:
    by_day: dict[date, list[tuple[int, PlanItem]]] = defaultdict(list)
    for index, item in sound:
        if item.counts and index not in reader.faults.reasons:
            by_day[item.held_on].append((index, item))
    for counted in by_day.values():
        counted.sort(key=lambda one: (one[1].starts, one[1].ends))
        latest = counted[0][1]
        for index, item in counted[1:]:
            if item.starts < latest.ends:
                reader.faults.refuse(
                    index,
                    _("The item overlaps with the one in line {line}; both count.").format(
                        line=latest.line
                    ),
                )
            if item.ends > latest.ends:
                latest = item


def _slots(items: Sequence[PlanItem]) -> tuple[PlanSlot, ...]:
    by_code: dict[str, list[PlanItem]] = defaultdict(list)
    for item in items:
        by_code[item.slot].append(item)
    slots = []
    for code, held in by_code.items():
        held.sort(key=lambda item: (item.starts, item.seq))
        first = held[0]
        last_end = max(item.ends for item in held)
        slots.append(PlanSlot(code, first.day, first.held_on, first.starts, last_end, tuple(held)))
    return tuple(sorted(slots, key=lambda slot: (slot.held_on, slot.starts, slot.code)))
