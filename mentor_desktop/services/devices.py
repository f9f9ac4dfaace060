"""Whose computers take part in a workspace, and ending the access of one: for page and command."""

from datetime import datetime

from mentor_desktop.errors import NotFoundError, ValidationError
from mentor_desktop.i18n import N_, _, ngettext
from mentor_desktop.models.base import to_milliseconds
from mentor_desktop.services.moments import moment
from mentor_desktop.store.unit_of_work import Reader
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync import team
from mentor_desktop.sync.replica.special import Author
from mentor_desktop.sync.replica.transactions import connected
from mentor_desktop.sync.team import DeviceRow, Leaving, Team

__all__ = ["DeviceRow", "Leaving", "Team"]

_ROLES = {
    "admin": N_("administrator"),
    "organiser": N_("organiser"),
    "trainer": N_("trainer"),
    "mentor": N_("mentor"),
    "reader": N_("reader"),
}


def read_team(uow: Reader) -> Team | None:
    """Return who takes part; None where this copy shares with nobody."""
    return team.read_team(uow.raw)


def role_name(code: str) -> str:
    """Return what a role is called; the code itself for one of a later version."""
    return _(_ROLES[code]) if code in _ROLES else code


def called(device: DeviceRow) -> str:
    """Return whose a device is; who gave no name is called by the device."""
    if device.person or device.name:
        return device.person or device.name
    return _("You") if device.is_own else _("Device {tag}").format(tag=device.tag)


def standing(device: DeviceRow, now: datetime) -> str:
    """Return how a device stands, in a few words: "this one", "last change 10:42"."""
    if device.is_own:
        return _("this one")
    if device.is_revoked:
        return _("no access")
    if device.last_change_at is None:
        return _("nothing arrived yet")
    return _("last change {time}").format(time=moment(device.last_change_at, now))


def device_named(team_: Team | None, name: str) -> DeviceRow:
    """Return the device with this tag or id.

    Raises:
        NotFoundError: there is none.
    """
    devices = team_.devices if team_ else ()
    for one in devices:
        if name.upper() == one.tag or name.lower() == one.device:
            return one
    tags = ", ".join(one.tag for one in devices) or "–"
    raise NotFoundError(
        _("There is no device {tag} here; known are: {tags}").format(tag=name, tags=tags)
    )


def end_access(workspace: Workspace, device: DeviceRow) -> None:
    """End the access of a device; the others hear of it with the next exchange or file.

    Raises:
        ValidationError: it has none, is this one, or this person may not.
    """
    if device.is_own:
        raise ValidationError(_("This is the computer you work on. End its access on another one."))
    if device.is_revoked:
        raise ValidationError(_("Device {tag} has no access any more.").format(tag=device.tag))
    author = Author(workspace.actor, to_milliseconds(workspace.clock()))
    with connected(workspace) as raw, workspace.gate.closed():
        team.revoke(raw, device.device, author)


def leaving_words(leaving: Leaving, server: str) -> str:
    """Return what joining a server means for those on the one before."""
    return ngettext(
        "This workspace is on {before} with {count} computer; joining {server} leaves them. "
        "To move everybody, invite them there afterwards.",
        "This workspace is on {before} with {count} computers; joining {server} leaves them. "
        "To move everybody, invite them there afterwards.",
        leaving.computers,
    ).format(before=_host(leaving.server), count=leaving.computers, server=_host(server))


def _host(server: str) -> str:
    """Return a server's name as a person says it."""
    return server.partition("://")[2] or server


def ended(is_on_server: bool) -> str:
    """Return that a device has no access, and when that begins to be so."""
    if is_on_server:
        return _("It has no access any more, as soon as the server hears of it.")
    return _("It has no access any more, on each laptop that gets a file from this one.")
