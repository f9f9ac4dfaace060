"""The register of a workshop as a grid: people down, half-days across, sums and totals.

Read by plain SQL in one pass, because it opens for 2,000 people at once; equal cells are one
object, and the total of a person is computed when it is shown.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from mentor_desktop.i18n import _, current_language, ngettext
from mentor_desktop.services.attendance_marks import ATTENDED, Mark, Status
from mentor_desktop.services.attendance_reading import (
    Event,
    Period,
    Row,
    current_period,
    event_of,
    moment,
    periods_of,
    spans,
    standing_of,
)
from mentor_desktop.services.attendance_rules import (
    RuleKind,
    Slot,
    Verdict,
    forecast,
    judge,
    rounded,
)
from mentor_desktop.services.roster import RosterLine, roster
from mentor_desktop.store.connection import PlainConnection
from mentor_desktop.store.unit_of_work import Reader


@dataclass(frozen=True, slots=True)
class Cell:
    """One person in one half-day. `mark` is None when nobody wrote anything: `expected`.

    `is_unchecked`: marked for many at once and not compared with the paper. `signed`: what the
    paper showed, None when nobody compared.
    """

    mark: Mark | None
    has_conflict: bool = False
    is_unchecked: bool = False
    has_note: bool = False
    signed: bool | None = None

    @property
    def status(self) -> Status:
        """The status to show."""
        return self.mark.status if self.mark else Status.EXPECTED

    @property
    def lacks_times(self) -> bool:
        """Whether the status promises a time that is not there."""
        return self.mark is not None and self.mark.lacks_times


@dataclass(frozen=True, slots=True)
class GridSlot:
    """The head of a column with its sums over the people on the list.

    `attended` of `required` came; who need not come is in neither. `open` have no mark yet.
    """

    id: str
    code: str
    day: int
    held_on: date
    starts_at: datetime
    ends_at: datetime
    counted_minutes: int
    attended: int
    required: int
    open: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class GridRow:
    """One person; `cells` in the order of the half-days."""

    registration_id: str
    person_id: str
    list_number: int | None
    name: str
    name_latin: str
    organisation: str
    country: str
    role: str
    source: str
    state: str
    is_on_list: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class RowTotal:
    """A person's attendance against the rule.

    `percent` has one decimal ("79.4"). `can_reach` is true while being present from now to the
    end would be enough. `sentence` says what is missing, or that the rule is reached.
    """

    credited_minutes: int
    counted_minutes: int
    credited_slots: int
    counted_slots: int
    percent: str
    reaches: bool
    can_reach: bool
    missing_minutes: int
    missing_slots: int
    sentence: str


@dataclass(frozen=True)
class RegisterGrid:
    """The whole register; `rows` in list order. `conflicts` and `unchecked` count cells."""

    event: Event
    now: datetime
    slots: tuple[GridSlot, ...]
    rows: tuple[GridRow, ...]
    conflicts: int
    unchecked: int
    periods: tuple[Period, ...]

    @property
    def is_closed(self) -> bool:
        """Whether corrections need a reason."""
        return self.event.is_closed


def register_grid(uow: Reader, workshop_id: str) -> RegisterGrid:
    """Return the register of a workshop: everybody on the list, and who has a mark besides.

    Raises:
        NotFoundError: there is no such workshop.
    """
    event = event_of(uow.raw, workshop_id)
    periods = periods_of(uow.raw, workshop_id)
    cells = _cells(uow.raw, workshop_id, [period.id for period in periods])
    nothing = (_OPEN,) * len(periods)
    rows = []
    for person in roster(uow, workshop_id):
        own = cells.get(person.registration_id)
        if person.is_on_list or own:
            rows.append(_row(person, tuple(own) if own else nothing))
    now = uow.clock()
    current = current_period(periods, now, event.zone)
    return RegisterGrid(
        event=event,
        now=now,
        slots=tuple(_sums(periods, rows, current)),
        rows=tuple(rows),
        conflicts=sum(cell.has_conflict for row in rows for cell in row.cells),
        unchecked=sum(cell.is_unchecked for row in rows for cell in row.cells),
        periods=tuple(periods),
    )


def total_of(grid: RegisterGrid, row: GridRow) -> RowTotal:
    """Return one person's total against the rule of the workshop."""
    slots: list[Slot] = [period.slot for period in grid.periods]
    marks = {slot.id: cell.mark for slot, cell in zip(slots, row.cells, strict=True)}
    rule = grid.event.rule
    verdict = judge(slots, marks, rule)
    hoped = verdict if verdict.eligible else forecast(slots, marks, rule, now=grid.now)
    by_slots = rule.kind in (RuleKind.SLOTS_PCT, RuleKind.ALL_SLOTS)
    percent = verdict.slots_percent if by_slots else verdict.minutes_percent
    return RowTotal(
        credited_minutes=verdict.credited_minutes,
        counted_minutes=verdict.counted_minutes,
        credited_slots=verdict.credited_slots,
        counted_slots=verdict.counted_slots,
        percent=str(rounded(percent)),
        reaches=verdict.eligible,
        can_reach=hoped.eligible,
        missing_minutes=verdict.missing_minutes,
        missing_slots=verdict.missing_slots,
        sentence=shortfall(verdict, rule.kind),
    )


def shortfall(verdict: Verdict, kind: RuleKind) -> str:
    """Return what a person still lacks, in one sentence; that the rule is reached when nothing."""
    if verdict.eligible:
        return _("The rule is reached.")
    number = current_language().number
    if verdict.missing_minutes:
        return ngettext(
            "{count} minute is missing.", "{count} minutes are missing.", verdict.missing_minutes
        ).format(count=number(verdict.missing_minutes))
    if verdict.missing_slots:
        return ngettext(
            "{count} half-day is missing.", "{count} half-days are missing.", verdict.missing_slots
        ).format(count=number(verdict.missing_slots))
    if kind is RuleKind.NAMED_ITEMS:
        return _("A part of the agenda that the rule names is missing.")
    return _("Nothing was attended.")


_OPEN = Cell(None)


def _row(person: RosterLine, cells: tuple[Cell, ...]) -> GridRow:
    return GridRow(
        registration_id=person.registration_id,
        person_id=person.person_id,
        list_number=person.list_number,
        name=person.name,
        name_latin=person.name_latin,
        organisation=person.organisation,
        country=person.country,
        role=person.role,
        source=person.source,
        state=person.state,
        is_on_list=person.is_on_list,
        cells=cells,
    )


def _cells(raw: PlainConnection, workshop_id: str, slot_ids: list[str]) -> dict[str, list[Cell]]:
    """Return the cells of everybody with a mark, by registration."""
    columns = {slot_id: index for index, slot_id in enumerate(slot_ids)}
    known: dict[Row, Cell] = {}
    filled: dict[str, list[Cell]] = {}
    unclear: set[tuple[str, str]] = set()
    hidden: set[tuple[str, str]] = set()
    for registration_id, slot_id, is_superseded, *said in raw.execute(
        "SELECT m.registration_id, m.slot_id, s.mark IS NOT NULL, m.status, m.arrived_at, "
        "m.left_at, m.gaps, m.minutes_override, m.method = 'bulk', m.note <> '', m.signed "
        "FROM attendance_mark m LEFT JOIN superseded s ON s.mark = m.id WHERE m.workshop_id = ?",
        (workshop_id,),
    ):
        if is_superseded:
            hidden.add((registration_id, slot_id))
            continue
        key = tuple(said)
        cell = known.get(key)
        if cell is None:
            cell = known[key] = _cell(key)
        row = filled.get(registration_id)
        if row is None:
            row = filled[registration_id] = [_OPEN] * len(slot_ids)
        column = columns[slot_id]
        if row[column] is not _OPEN:
            unclear.add((registration_id, slot_id))
        row[column] = cell
    # Marks that take each other's place in a circle leave none current: rather show them all.
    for registration_id, slot_id in hidden:
        row = filled.setdefault(registration_id, [_OPEN] * len(slot_ids))
        if row[columns[slot_id]] is _OPEN:
            unclear.add((registration_id, slot_id))
    for registration_id, slot_id in unclear:
        filled[registration_id][columns[slot_id]] = _settled(raw, registration_id, slot_id)
    return filled


def _cell(said: Row) -> Cell:
    status, arrived, left, gaps, override, is_bulk, has_note, signed = said
    mark = Mark(
        id="",
        status=Status(status),
        arrived_at=moment(arrived),
        left_at=moment(left),
        gaps=spans(gaps),
        minutes_override=override,
    )
    return Cell(
        mark=mark,
        is_unchecked=bool(is_bulk) and signed is None,
        has_note=bool(has_note),
        signed=None if signed is None else bool(signed),
    )


def _settled(raw: PlainConnection, registration_id: str, slot_id: str) -> Cell:
    """Return the cell of several current marks by the rules, one query each: they are rare."""
    standing = standing_of(raw, registration_id, slot_id)
    if standing is None:
        return _OPEN
    return Cell(
        mark=standing.mark,
        has_conflict=standing.has_conflict,
        is_unchecked=standing.is_unchecked,
        has_note=bool(standing.note),
        signed=standing.signed,
    )


def _sums(periods: list[Period], rows: list[GridRow], current: Period | None) -> Iterator[GridSlot]:
    listed = [row.cells for row in rows if row.is_on_list]
    for index, period in enumerate(periods):
        counts: dict[Status, int] = defaultdict(int)
        for cells in listed:
            counts[cells[index].status] += 1
        yield GridSlot(
            id=period.id,
            code=period.code,
            day=period.day,
            held_on=period.held_on,
            starts_at=period.starts_at,
            ends_at=period.ends_at,
            counted_minutes=period.slot.counted_minutes,
            attended=sum(counts[status] for status in ATTENDED),
            required=len(listed) - counts[Status.NOT_REQUIRED],
            open=counts[Status.EXPECTED],
            is_current=period is current,
        )
