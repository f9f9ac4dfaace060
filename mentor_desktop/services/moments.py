"""Moments as a person reads them: in the language of the program, by this computer's clock."""

from datetime import datetime

from mentor_desktop.i18n import _, current_language


def when(at: datetime) -> str:
    """Return "Tuesday 10 March, 09:12"."""
    language, local = current_language(), at.astimezone()
    return _("{day}, {time}").format(
        day=language.date(local.date(), "weekday"), time=language.time(local)
    )


def moment(at: datetime, now: datetime) -> str:
    """Return a time of today as a clock shows it, an earlier one with its day."""
    language = current_language()
    local, today = at.astimezone(), now.astimezone().date()
    time = language.time(at)
    if local.date() == today:
        return time
    return _("{day}, {time}").format(day=language.date(local.date(), "long"), time=time)
