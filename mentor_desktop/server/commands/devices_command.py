"""`devices`: who is there."""

import argparse
from dataclasses import asdict

from mentor_desktop.i18n import _
from mentor_desktop.server.command_line import Report
from mentor_desktop.server.service import Service
from mentor_desktop.server.workspaces import devices


def run(found: argparse.Namespace) -> Report:
    """List the devices, of one workspace or of all."""
    service = Service.open(found.folder)
    try:
        rows = devices(service, found.workspace)
    finally:
        service.close()
    lines = (
        [
            f"{_('Workspace'):<32}  {_('Device'):<32}  {_('Tag'):<4}  {_('Name')}",
            *(
                f"{one.ws}  {one.device}  {one.tag:<4}  {one.name or '–'}"
                + (f"  ({_('revoked')})" if one.is_revoked else "")
                for one in rows
            ),
        ]
        if rows
        else []
    )
    return Report(facts={"devices": [asdict(one) for one in rows]}, lines=tuple(lines))
