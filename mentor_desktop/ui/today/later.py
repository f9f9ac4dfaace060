"""What stands below on the first page and may come a moment later: read on a thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from mentor_desktop.clock import zone_of
from mentor_desktop.i18n import _, current_language, ngettext
from mentor_desktop.services.agenda import Agenda, AgendaSlot, agenda_of
from mentor_desktop.services.history import recent_actions
from mentor_desktop.services.papers import PaperState, papers_of
from mentor_desktop.services.readiness import ReadinessCheck, readiness
from mentor_desktop.services.today import OnNow, TodayView, WorkshopLine
from mentor_desktop.services.workshops import workshop_card
from mentor_desktop.ui import words
from mentor_desktop.ui.widgets.line_list import Line, heading
from mentor_desktop.ui.workshop.readiness_part import check_line

# A note, not a list: more than this leads to the page that has it all.
_MOST_MISSING, _MOST_SLOTS, _MOST_WORKSHOPS = 4, 4, 3
# Checks that the lines about printing say already.
_SAID_BY_PAPERS = frozenset({"list"})


@dataclass(frozen=True)
class Later:
    """What stands below what is on; `links` says where the lines of `before` lead.

    `when` says when the next workshop is, "" while one is on. A link is (what `links.follow` takes, workshop id, project id).
    """

    day: str
    when: str
    before: tuple[Line, ...]
    beside: tuple[Line, ...]
    links: dict[str, tuple[str, str, str | None]]


# Any: see `jobs.Store`.
def later(uow: Any, view: TodayView) -> Later:
    """Return what to print and put right before, the next days, and what was worked on last."""
    now = uow.clock()
    day = current_language().date(now.astimezone().date(), "weekday")
    links: dict[str, tuple[str, str, str | None]] = {}
    before: list[Line] = []
    beside: list[Line] = []
    if view.on_now:
        first = view.on_now[0]
        agenda = agenda_of(uow, first.workshop_id)
        before += _to_print(first, papers_of(uow, first.workshop_id), links)
        beside += _next_slots(first, agenda)
    near = _nearest(view)
    if near:
        project_id = workshop_card(uow, near).project_id
        before += _missing(readiness(uow, near), near, project_id, links)
    beside += _also_on(view.on_now[1:])
    beside += _coming(view, now)
    beside += _last(uow, view)
    when = "" if view.on_now or not view.coming else _when(view.coming[0], now)
    return Later(day, when, tuple(before), tuple(beside), links)


def _when(one: WorkshopLine, now: datetime) -> str:
    """Return "In 5 weeks · 21–23 April 2026"."""
    far = words.distance(one.starts_on, one.ends_on, now.astimezone().date())
    dates = current_language().date_range(one.starts_on, one.ends_on)
    return f"{far[:1].upper()}{far[1:]} · {dates}"


def _nearest(view: TodayView) -> str:
    """Return the id of the workshop one prepares now, empty when there is none."""
    if view.on_now:
        return view.on_now[0].workshop_id
    return view.coming[0].id if view.coming else ""


def _to_print(
    on_now: OnNow, papers: Sequence[PaperState], links: dict[str, tuple[str, str, str | None]]
) -> list[Line]:
    lists = [one for one in papers if one.kind == "attendance_list" and one.day == on_now.day]
    lines = [_paper_line(one, on_now) for one in lists]
    links.update({line.key: ("papers", on_now.workshop_id, None) for line in lines})
    if on_now.print_before:
        wanted = ", ".join(on_now.print_before)
        lines.append(Line(_("The agenda asks for"), wanted, icon="document"))
    return [heading(_("To print before")), *lines] if lines else []


def _paper_line(paper: PaperState, on_now: OnNow) -> Line:
    title = _("Attendance list of day {day}").format(day=paper.day)
    if paper.printed_at is None:
        return Line(title, _("Not printed yet"), "papers", icon="print", icon_tone="late")
    at = current_language().time(paper.printed_at, zone_of(on_now.time_zone))
    if paper.state == "changed":
        changed = ngettext(
            "Printed {time}; {count} row changed since",
            "Printed {time}; {count} rows changed since",
            len(paper.changed_numbers),
        ).format(time=at, count=len(paper.changed_numbers))
        return Line(title, changed, "papers", icon="print", icon_tone="late")
    printed = _("Printed {time}, nothing changed since").format(time=at)
    return Line(title, printed, "papers", icon="done", icon_tone="present")


def _missing(
    checks: Sequence[ReadinessCheck],
    workshop_id: str,
    project_id: str | None,
    links: dict[str, tuple[str, str, str | None]],
) -> list[Line]:
    order = {"fail": 0, "warn": 1}
    missing = sorted(
        (one for one in checks if one.state in order and one.key not in _SAID_BY_PAPERS),
        key=lambda one: order[one.state],
    )
    if not missing:
        return []
    for one in missing:
        links[one.key] = (one.link, workshop_id, project_id)
    lines = [heading(_("Still missing")), *map(check_line, missing[:_MOST_MISSING])]
    more = len(missing) - _MOST_MISSING
    if more > 0:
        links["readiness"] = ("readiness", workshop_id, project_id)
        text = ngettext("{count} more", "{count} more", more).format(count=more)
        lines.append(Line(text, key="readiness", icon="more", tone="muted"))
    return lines


def _next_slots(on_now: OnNow, agenda: Agenda) -> list[Line]:
    zone = zone_of(agenda.time_zone)
    after = [slot for slot in agenda.slots if slot.starts_at >= on_now.ends_at]
    lines = [_slot_line(slot, on_now, zone) for slot in after[:_MOST_SLOTS]]
    return [heading(_("After this")), *lines] if lines else []


def _slot_line(slot: AgendaSlot, on_now: OnNow, zone: ZoneInfo) -> Line:
    counted = [item for item in slot.items if item.counts]
    rooms = (room.strip() for item in counted for room in item.room.split(";"))
    day = words.distance(slot.held_on, slot.held_on, on_now.held_on)
    begins = counted[0].starts_at if counted else slot.starts_at
    return Line(
        counted[0].title if counted else slot.code,
        " · ".join((slot.code, *dict.fromkeys(room for room in rooms if room))),
        key=f"agenda:{on_now.workshop_id}",
        lead=current_language().time(begins, zone),
        lead_detail=day,
    )


def _also_on(others: Sequence[OnNow]) -> list[Line]:
    lines = [
        Line(
            one.title or one.code,
            " · ".join(part for part in (one.room, one.city) if part),
            key=f"workshop:{one.workshop_id}",
            tail=f"{one.present} / {one.expected}",
        )
        for one in others
    ]
    return [heading(_("Also on now")), *lines] if lines else []


def _coming(view: TodayView, now: datetime) -> list[Line]:
    coming = view.coming if view.on_now else view.coming[1:]
    today = now.astimezone().date()
    lines = [_workshop_line(one, today) for one in coming[:_MOST_WORKSHOPS]]
    return [heading(_("Next workshops")), *lines] if lines else []


def _workshop_line(one: WorkshopLine, today: date) -> Line:
    dates = current_language().date_range(one.starts_on, one.ends_on)
    when = words.distance(one.starts_on, one.ends_on, today)
    people = words.people(one.people) if one.people else _("nobody yet")
    return Line(
        one.title or one.code,
        " · ".join(part for part in (f"{dates} ({when})", one.city, people) if part),
        key=f"workshop:{one.id}",
    )


def _last(uow: Any, view: TodayView) -> list[Line]:  # Any: see above
    if view.last is None:
        return []
    recent = next(iter(recent_actions(uow, 1)), None)
    # The first page stands on the projector before anybody thinks of presentation mode.
    said = recent.sentence if recent and not recent.is_private else ""
    parts = [part for part in (said, recent and _when_done(recent.at, uow.clock())) if part]
    line = Line(
        view.last.title or view.last.code,
        " · ".join(parts),
        key=f"workshop:{view.last.id}",
    )
    return [heading(_("Last worked on")), line]


def _when_done(at: datetime, now: datetime) -> str:
    """Return the time of something done today, else how many days ago it was."""
    day, today = at.astimezone().date(), now.astimezone().date()
    return current_language().time(at) if day == today else words.distance(day, day, today)
