"""The sample workshop on its last afternoon, marked as the sample file says."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mentor_desktop.models import AttendanceMark
from tests.services.sample_workshop import Sample, make_sample, once, rows

ZONE = ZoneInfo("Europe/Prague")
# 15:00 on the third day, when certificates are issued.
CLOSING = datetime(2026, 3, 12, 14, 0, tzinfo=UTC)


def make_closing_day(workspace, **workshop) -> Sample:
    """Fill a workspace with the sample workshop and all 342 marks of its attendance file."""
    return once(workspace, lambda: _marked(make_sample(workspace, **workshop)), "closing", workshop)


def _marked(sample: Sample) -> Sample:
    workspace = sample.workspace
    with workspace.unit_of_work() as uow:
        for row in rows("attendance.csv"):
            uow.session.add(
                AttendanceMark(
                    workshop_id=sample.workshop_id,
                    registration_id=sample.registrations[row["participant_id"]],
                    slot_id=sample.slots[row["slot"]],
                    status=row["status"],
                    arrived_at=_moment(row["slot"], row["arrived_at"]),
                    left_at=_moment(row["slot"], row["left_at"]),
                    method="typed",
                    at=CLOSING,
                    device="A",
                    note=row["note"],
                )
            )
        uow.commit()
    return sample


def _moment(slot: str, clock: str) -> datetime | None:
    if not clock:
        return None
    hour, minute = clock.split(":")
    local = datetime(2026, 3, 9 + int(slot[1]), int(hour), int(minute), tzinfo=ZONE)
    return local.astimezone(UTC)
