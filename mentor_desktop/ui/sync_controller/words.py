"""How the exchange stands, in words: for the status line, the Sync page and lists of devices."""

from datetime import UTC, datetime, timedelta

from mentor_desktop.i18n import N_, _, ngettext
from mentor_desktop.services.moments import moment
from mentor_desktop.sync.replica.happenings import Happening, What
from mentor_desktop.sync.status import MassChange, State, SyncStatus

_BETWEEN = " · "
_MINUTE_S = 60
_STATES = {
    State.OFFLINE: N_("offline"),
    State.NEEDS_SIGN_IN: N_("no access to the server"),
    State.ACCESS_ENDED: N_("no access to the server"),
    State.NEEDS_CONSENT: N_("your decision is needed"),
}
_HAPPENINGS = {
    What.SERVER_RESTORED: N_(
        "The server was brought back from a backup. What it lost goes to it again by itself; "
        "there is nothing to do."
    ),
    What.SERVER_MOVED: N_(
        "This workspace exchanges with another server now, {name}. What is here goes to it by "
        "itself; there is nothing to do."
    ),
    What.ACCESS_ENDED: N_(
        "Your access to {name} ended. Its records were taken off this computer; changes that were "
        "not shared are kept under To decide."
    ),
    What.ACCESS_BACK: N_("You have access to {name} again. Its records come back by themselves."),
    What.DELETIONS_TAKEN: N_(
        "What others deleted was deleted here too, after a backup: {count} records."
    ),
    What.DELETIONS_KEPT: N_("What others deleted was kept here: {count} records."),
}
_STREAMS = {
    "people": N_("the people"),
    "programme": N_("the programmes"),
    "secrets": N_("what is for organisers alone"),
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEADLINES = {
    State.NEEDS_CONSENT: N_("Others took away much at once. Your decision is needed."),
    State.NEEDS_SIGN_IN: N_("This computer has no access to the server."),
    State.ACCESS_ENDED: N_("This computer has no access to the server."),
}


def waiting_line(status: SyncStatus, now: datetime) -> str:
    """Return what the status line says behind the time of saving; empty without a server."""
    if status.state is State.NOT_JOINED:
        return ""
    parts = [part for part in (waiting(status), _not_shared(status)) if part]
    if status.state in _STATES:
        parts.append(_(_STATES[status.state]))
    elif not parts and not status.reason and status.last_success_at is not None:
        at = moment(status.last_success_at, now)
        parts.append(_("everything exchanged {time}").format(time=at))
    return _BETWEEN.join(parts)


def waiting(status: SyncStatus) -> str:
    """Return "3 changes waiting", "3 changes waiting · 1 file waiting", or nothing."""
    changes = ngettext("{count} change waiting", "{count} changes waiting", status.waiting_changes)
    files = ngettext("{count} file waiting", "{count} files waiting", status.waiting_files)
    return _BETWEEN.join(
        text.format(count=count)
        for count, text in ((status.waiting_changes, changes), (status.waiting_files, files))
        if count
    )


def _not_shared(status: SyncStatus) -> str:
    """Return "1 change not shared", or nothing."""
    count = status.not_shared
    words = ngettext("{count} change not shared", "{count} changes not shared", count)
    return words.format(count=count) if count else ""


def headline(status: SyncStatus) -> str:
    """Return how things stand in one sentence."""
    if status.state in _HEADLINES:
        return _(_HEADLINES[status.state])
    if counted := _counted(status):
        return counted
    if status.state is State.OFFLINE:
        return _("You are offline. Nothing waits on this computer.")
    if status.reason:
        return _("Not everything is exchanged yet.")
    is_first = status.last_success_at is None
    return _("Nothing was exchanged yet.") if is_first else _("Everything is exchanged.")


def _counted(status: SyncStatus) -> str:
    """Return how much the others do not have yet, what goes by itself first; else nothing."""
    changes, files = status.waiting_changes, status.waiting_files
    if changes:
        return ngettext(
            "{count} change waits on this computer.",
            "{count} changes wait on this computer.",
            changes,
        ).format(count=changes)
    if files:
        return ngettext(
            "{count} file waits on this computer.", "{count} files wait on this computer.", files
        ).format(count=files)
    if status.not_shared:
        return ngettext(
            "{count} change was not shared.",
            "{count} changes were not shared.",
            status.not_shared,
        ).format(count=status.not_shared)
    return ""


def because(status: SyncStatus) -> str:
    """Return why something waits, in one sentence; empty when nothing is known against it."""
    if status.state in {State.NEEDS_SIGN_IN, State.ACCESS_ENDED}:
        return ""  # it is told with what to do
    if status.reason:
        return status.reason
    if not (status.waiting_changes or status.waiting_files):
        return ""
    return ngettext(
        "It goes with the next exchange.",
        "They go with the next exchange.",
        status.waiting_changes or status.waiting_files,
    )


def mass_change(one: MassChange) -> str:
    """Return what a mass change would do here."""
    return _("Others deleted {count} of {total} records. A backup is made first.").format(
        count=one.deletions, total=one.of_rows
    )


def kept_change(one: MassChange) -> str:
    """Return what a person kept here, and what else waits with it."""
    return ngettext(
        "You kept {count} record here that others deleted. What they did besides waits with it.",
        "You kept {count} records here that others deleted. What they did besides waits with them.",
        one.deletions,
    ).format(count=one.deletions)


def happening(one: Happening) -> str:
    """Return what happened in one sentence; empty for what a later version wrote down."""
    if one.what not in _HAPPENINGS:
        return ""
    stream = one.facts.get("stream", "")
    name = _(_STREAMS[stream]) if stream in _STREAMS else one.facts.get("name", "")
    return _(_HAPPENINGS[What(one.what)]).format(
        name=name or _("a workshop"), count=one.facts.get("count", "")
    )


def happened(one: Happening, now: datetime) -> str:
    """Return the same with when it was."""
    at = moment(_EPOCH + timedelta(milliseconds=one.at), now)
    return _("{time}: {sentence}").format(time=at, sentence=happening(one))


def clock(skew_s: int) -> str:
    """Return that the clock is wrong, by how much, and what to do."""
    length = _length(abs(skew_s))
    if skew_s > 0:
        sentence = _("The clock of this computer is {length} ahead of the server's.")
    else:
        sentence = _("The clock of this computer is {length} behind the server's.")
    return " ".join(
        (
            sentence.format(length=length),
            _("Set it in the settings of the computer; nothing is lost."),
        )
    )


def _length(seconds: int) -> str:
    if seconds < 2 * _MINUTE_S:
        return ngettext("{count} second", "{count} seconds", seconds).format(count=seconds)
    minutes = round(seconds / _MINUTE_S)
    if minutes < 2 * _MINUTE_S:
        return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)
    hours = round(minutes / _MINUTE_S)
    return ngettext("{count} hour", "{count} hours", hours).format(count=hours)
