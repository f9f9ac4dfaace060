"""`users`: who is there."""

import argparse
from dataclasses import asdict

from mentor_desktop.i18n import _
from mentor_desktop.server.command_line import Report
from mentor_desktop.server.service import Service
from mentor_desktop.server.workspaces import users


def run(found: argparse.Namespace) -> Report:
    """List the users, of one workspace or of all."""
    service = Service.open(found.folder)
    try:
        rows = users(service, found.workspace)
    finally:
        service.close()
    lines = (
        [
            f"{_('Workspace'):<32}  {_('User'):<32}  {_('Role'):<9}  {_('Name')}",
            *(
                f"{one.ws}  {one.user}  {one.role:<9}  {one.name or '–'}"
                + (f"  ({_('disabled')})" if one.is_disabled else "")
                for one in rows
            ),
        ]
        if rows
        else []
    )
    return Report(facts={"users": [asdict(one) for one in rows]}, lines=tuple(lines))
