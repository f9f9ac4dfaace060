"""Who is in the building now: the list for a fire alarm, one click away."""

from dataclasses import dataclass
from datetime import datetime

from mentor_desktop.services.attendance_marks import ATTENDED, Status
from mentor_desktop.services.attendance_reading import (
    Standing,
    current_period,
    event_of,
    periods_of,
    standings_of_slot,
)
from mentor_desktop.services.roster import roster
from mentor_desktop.store.unit_of_work import Reader


@dataclass(frozen=True)
class PresentPerson:
    """Somebody who should be found in the building; `since` is the time on the mark."""

    registration_id: str
    list_number: int | None
    name: str
    organisation: str
    country: str
    role: str
    since: datetime


@dataclass(frozen=True)
class PresentNow:
    """People in the building at `at`, in list order, and how many are elsewhere.

    `slot_id` and `slot_code` are empty on a day without a half-day. `expected` have not come,
    `gone` came and left, `online` were never in the building.
    """

    at: datetime
    slot_id: str
    slot_code: str
    people: tuple[PresentPerson, ...]
    expected: int
    gone: int
    online: int

    @property
    def count(self) -> int:
        """How many people are in the building."""
        return len(self.people)


def present_now(uow: Reader, workshop_id: str) -> PresentNow:
    """Return who is in the building now according to the half-day that is on.

    Whoever is marked and has not left counts as inside, staff and people from off the list too.

    Raises:
        NotFoundError: there is no such workshop.
    """
    now = uow.clock()
    event = event_of(uow.raw, workshop_id)
    period = current_period(periods_of(uow.raw, workshop_id), now, event.zone)
    standings = standings_of_slot(uow.raw, period.id) if period else {}
    people, counts = [], {"expected": 0, "gone": 0, "online": 0}
    for person in roster(uow, workshop_id):
        standing = standings.get(person.registration_id)
        where = _whereabouts(standing, now)
        if where in counts:
            counts[where] += where != "expected" or (person.is_on_list and period is not None)
        elif standing is not None and where == "inside":
            people.append(
                PresentPerson(
                    registration_id=person.registration_id,
                    list_number=person.list_number,
                    name=person.name,
                    organisation=person.organisation,
                    country=person.country,
                    role=person.role,
                    since=standing.mark.arrived_at or standing.written_at,
                )
            )
    return PresentNow(
        at=now,
        slot_id=period.id if period else "",
        slot_code=period.code if period else "",
        people=tuple(people),
        expected=counts["expected"],
        gone=counts["gone"],
        online=counts["online"],
    )


def _whereabouts(standing: Standing | None, now: datetime) -> str:
    if standing is None or standing.mark.status is Status.EXPECTED:
        return "expected"
    mark = standing.mark
    if mark.status is Status.REMOTE:
        return "online"
    if mark.status not in ATTENDED:
        return "absent"
    has_left = mark.left_at is not None and mark.left_at <= now
    is_away = any(gap.starts_at <= now < gap.ends_at for gap in mark.gaps)
    # Left early without a time: left, as far as anybody can know.
    has_left |= mark.status is Status.LEFT_EARLY and mark.left_at is None
    return "gone" if has_left or is_away else "inside"
