"""How pages say times, lengths and distances in days: in one place, so everywhere alike."""

from datetime import date, datetime, tzinfo

from mentor_desktop.i18n import _, current_language, ngettext

_HOUR = 60  # minutes


def length(minutes: int) -> str:
    """Return a length of time: "45 min", "2 h", "2 h 30 min"."""
    hours, rest = divmod(minutes, _HOUR)
    if not hours:
        return _("{minutes} min").format(minutes=rest)
    if not rest:
        return _("{hours} h").format(hours=hours)
    return _("{hours} h {minutes} min").format(hours=hours, minutes=rest)


def time_span(starts_at: datetime, ends_at: datetime, zone: tzinfo) -> str:
    """Return "09:00–12:30" as clocks in `zone` show it."""
    language = current_language()
    return f"{language.time(starts_at, zone)}–{language.time(ends_at, zone)}"


def decimal(plain: str) -> str:
    """Return "79.9" with the separator of this language."""
    return current_language().number(float(plain), 1)


def action(sentence: str, *, is_hidden: bool) -> str:
    """Return what an action is called in history and toast; nothing of it while it is hidden."""
    return _("Something private was changed") if is_hidden else sentence


def people(count: int) -> str:
    """Return "1 person", "57 people"."""
    return ngettext("{count} person", "{count} people", count).format(count=count)


def distance(first: date, last: date, today: date) -> str:
    """Return how far away a period is: "in 5 days", "today", "day 2 of 3", "3 weeks ago"."""
    if first <= today <= last:
        if first == last:
            return _("today")
        day, days = (today - first).days + 1, (last - first).days + 1
        return _("day {day} of {days}").format(day=day, days=days)
    if today < first:
        return _ahead((first - today).days)
    return _ago((today - last).days)


def _ahead(days: int) -> str:
    if days == 1:
        return _("tomorrow")
    count, unit = _rounded(days)
    if unit == "days":
        return ngettext("in {count} day", "in {count} days", count).format(count=count)
    if unit == "weeks":
        return ngettext("in {count} week", "in {count} weeks", count).format(count=count)
    if unit == "months":
        return ngettext("in {count} month", "in {count} months", count).format(count=count)
    return ngettext("in {count} year", "in {count} years", count).format(count=count)


def _ago(days: int) -> str:
    if days == 1:
        return _("yesterday")
    count, unit = _rounded(days)
    if unit == "days":
        return ngettext("{count} day ago", "{count} days ago", count).format(count=count)
    if unit == "weeks":
        return ngettext("{count} week ago", "{count} weeks ago", count).format(count=count)
    if unit == "months":
        return ngettext("{count} month ago", "{count} months ago", count).format(count=count)
    return ngettext("{count} year ago", "{count} years ago", count).format(count=count)


def _rounded(days: int) -> tuple[int, str]:
    """Return a distance the way people say it: 13 days, 2 weeks, 3 months, 2 years."""
    for limit, unit_days, unit in ((14, 1, "days"), (60, 7, "weeks"), (730, 30.4, "months")):
        if days < limit:
            return round(days / unit_days), unit
    return round(days / 365.25), "years"
