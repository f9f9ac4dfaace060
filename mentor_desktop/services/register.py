"""The register of a workshop as a grid: people down, half-days across, sums and totals.

It opens for 2,000 people at once, so the total of a person is computed when it is shown.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from mentor_desktop.i18n import _, current_language, ngettext
from mentor_desktop.services.attendance_marks import ATTENDED, Status
from mentor_desktop.services.attendance_reading import (
    Event,
    Period,
    current_period,
    event_of,
    periods_of,
)
from mentor_desktop.services.attendance_rules import (
    RuleKind,
    Slot,
    Verdict,
    forecast,
    judge,
    rounded,
)
from mentor_desktop.services.register_cells import OPEN, Cell, cells_of
from mentor_desktop.services.roster import RosterLine, roster
from mentor_desktop.store.unit_of_work import Reader

__all__ = [
    "Cell",
    "GridRow",
    "GridSlot",
    "RegisterGrid",
    "RowTotal",
    "register_grid",
    "shortfall",
    "total_of",
]


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
    cells = cells_of(uow.raw, workshop_id, [period.id for period in periods])
    nothing = (OPEN,) * len(periods)
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
