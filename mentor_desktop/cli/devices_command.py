"""`devices`, `devices revoke TAG`: whose computers take part, and ending the access of one."""

from dataclasses import asdict
from typing import Any

from mentor_desktop.cli.parser import Invocation
from mentor_desktop.cli.result import CommandResult
from mentor_desktop.cli.session import opened
from mentor_desktop.clock import system_clock
from mentor_desktop.i18n import _
from mentor_desktop.services.devices import (
    DeviceRow,
    Team,
    device_named,
    end_access,
    ended,
    read_team,
    role_name,
    standing,
)


def run(invocation: Invocation) -> CommandResult:
    """List the devices, this one first, or end the access of the one that is named."""
    with opened(invocation) as workspace:
        with workspace.reader() as uow:
            team = read_team(uow)
        if invocation.deed != "revoke":
            return _listed(team)
        device = device_named(team, invocation.tag)
        end_access(workspace, device)
    facts = {"revoked": device.device, "tag": device.tag}
    is_on_server = team is not None and bool(team.server)
    return CommandResult(facts=facts, lines=(f"{device.tag}  {ended(is_on_server)}",))


def _listed(team: Team | None) -> CommandResult:
    if team is None:
        return CommandResult(
            facts={"server": "", "devices": []},
            lines=(_("This workspace is on this computer alone."),),
        )
    return CommandResult(
        facts={"server": team.server, "devices": [_facts(one) for one in team.devices]},
        lines=tuple(_line(one) for one in team.devices),
    )


def _line(device: DeviceRow) -> str:
    person = device.person or device.name or _("without a name")
    parts = (person, role_name(device.role), standing(device, system_clock()))
    return f"{device.tag:<4}  {'  '.join(parts)}"


def _facts(device: DeviceRow) -> dict[str, Any]:  # Any: JSON values
    at = device.last_change_at
    return {
        **asdict(device),
        "last_change_at": at.isoformat(timespec="seconds") if at else None,
    }
