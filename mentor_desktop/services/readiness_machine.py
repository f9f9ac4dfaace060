"""Readiness of the computer: clock, disk, backup, battery; and the printer, which only paper proves."""

from datetime import datetime, timedelta
from pathlib import Path

from mentor_desktop.clock import zone_of
from mentor_desktop.i18n import N_, _, current_language, ngettext
from mentor_desktop.models import Workshop
from mentor_desktop.models.base import from_milliseconds
from mentor_desktop.services.machine import Machine
from mentor_desktop.services.readiness_check import ReadinessCheck, check
from mentor_desktop.store.backup import list_backups
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.store.unit_of_work import Reader

_MEGABYTE = 1024 * 1024
# A workshop day writes a few megabytes; a backup doubles the workspace.
_LITTLE_SPACE_MB, _NO_SPACE_MB = 1024, 200
_OLD_BACKUP = timedelta(days=1)
_STALE_BACKUP = timedelta(days=7)
# Six hours of an older laptop.
_LOW_BATTERY = 80


def machine_checks(uow: Reader, workshop: Workshop, machine: Machine) -> list[ReadinessCheck]:
    """Return the checks of clock, disk, backup, battery and printer."""
    root = _root(uow)
    return [
        _clock(uow, workshop),
        _disk(machine.free_bytes(root)),
        _backup(root, uow.clock()),
        _battery(machine),
        check(
            "printer",
            N_("Printer"),
            "not_checked",
            _("Only paper proves a printer: print one page of the list and look at it."),
            "papers",
        ),
    ]


def _root(uow: Reader) -> Path:
    """Return the folder of the workspace."""
    return Path(uow.raw.execute("PRAGMA database_list").fetchone()[2]).parent


def _clock(uow: Reader, workshop: Workshop) -> ReadinessCheck:
    title = N_("Clock")
    now, language = uow.clock(), current_language()
    last = uow.raw.execute("SELECT max(at) FROM txn").fetchone()[0]
    shown = f"{language.date(now.astimezone().date())}, {language.time(now)}"
    if last is not None and from_milliseconds(last) > now:
        sentence = _("This computer says {now}, but something was saved later than that.")
        return check("clock", title, "fail", sentence.format(now=shown))
    there = now.astimezone(zone_of(workshop.time_zone))
    if there.utcoffset() != now.astimezone().utcoffset():
        sentence = _("This computer says {now}; at the workshop ({zone}) it is {there}.").format(
            now=shown,
            zone=workshop.time_zone,
            there=language.time(now, zone_of(workshop.time_zone)),
        )
        return check("clock", title, "warn", sentence)
    sentence = _("This computer says {now}. Compare it with your watch.")
    return check("clock", title, "ok", sentence.format(now=shown))


def _disk(free_bytes: int | None) -> ReadinessCheck:
    title = N_("Free disk")
    if free_bytes is None:
        sentence = _("The system does not say how much room is left on the disk.")
        return check("disk", title, "not_checked", sentence)
    free_mb = free_bytes // _MEGABYTE
    sentence = _("{size} MB are free.").format(size=current_language().number(free_mb))
    if free_mb < _LITTLE_SPACE_MB:
        return check("disk", title, "fail" if free_mb < _NO_SPACE_MB else "warn", sentence)
    return check("disk", title, "ok", sentence)


def _backup(root: Path, now: datetime) -> ReadinessCheck:
    title, link = N_("Backup"), "backup"
    backups = list_backups(WorkspaceFolder(root))
    if not backups:
        return check("backup", title, "fail", _("There is no backup yet. Make one now."), link)
    age = now - backups[0].made_at
    if age > _OLD_BACKUP:
        sentence = ngettext(
            "The last backup is {count} day old. Make one now.",
            "The last backup is {count} days old. Make one now.",
            age.days,
        ).format(count=age.days)
        return check("backup", title, "fail" if age > _STALE_BACKUP else "warn", sentence, link)
    return check("backup", title, "ok", _("The last backup is less than a day old."), link)


def _battery(machine: Machine) -> ReadinessCheck:
    title = N_("Battery")
    battery = machine.battery()
    if battery is None:
        sentence = _("This computer tells of no battery. Keep it on the mains.")
        return check("battery", title, "not_checked", sentence)
    sentence = _("The battery is at {percent} %.").format(percent=battery.percent)
    if battery.percent >= _LOW_BATTERY:
        return check("battery", title, "ok", sentence)
    if battery.is_plugged_in:
        return check(
            "battery",
            title,
            "ok",
            _("It is charging: {percent} %.").format(percent=battery.percent),
        )
    return check("battery", title, "warn", sentence)
