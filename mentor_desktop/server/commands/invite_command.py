"""`invite`: an invitation that one device can use once; only its hash stays here."""

import argparse
import sys
from urllib.parse import urlsplit

from mentor_desktop.errors import NotFoundError, StoreError
from mentor_desktop.i18n import _
from mentor_desktop.server.command_line import DEFAULT_PORT, Report
from mentor_desktop.server.joining import make_invitation
from mentor_desktop.server.rights import ALL_WORKSHOPS
from mentor_desktop.server.service import Service
from mentor_desktop.server.terminal_code import code_lines
from mentor_desktop.server.workspaces import workspace_ids
from mentor_desktop.sync.keys.invitations import LOCAL_HOSTS, new_invitation
from mentor_desktop.sync.protocol.streams import is_id

_ALL = "all"


def run(found: argparse.Namespace) -> Report:
    """Make an invitation and show it as a link and as letters to read aloud."""
    service = Service.open(found.folder)
    try:
        role = found.role or ("admin" if not found.workspace else "reader")
        workshops = [ALL_WORKSHOPS if one == _ALL else one for one in found.workshops]
        _check(service, found, role, workshops)
        url = service.settings.url or f"http://127.0.0.1:{DEFAULT_PORT}"
        invited = new_invitation(url.rstrip("/"), found.workspace)
        given = make_invitation(
            service, invited, role=role, workshops=workshops, user=found.user, days=found.days
        )
    finally:
        service.close()
    return Report(
        facts={
            "link": invited.link,
            "code": invited.code,
            "role": given,
            "workspace": found.workspace,
            "days": found.days,
        },
        lines=(
            _("Link: {link}").format(link=invited.link),
            _("Or type this: server {url}, code {code}").format(url=url, code=invited.code),
            _("It is good for one device and {days} days.").format(days=found.days),
            *(_here_alone() if urlsplit(url).hostname in LOCAL_HOSTS else ()),
            *(code_lines(invited.qr_text) if sys.stdout.isatty() else ()),
        ),
    )


def _here_alone() -> tuple[str]:
    return (
        _(
            "It works on this computer alone: for others give the server an https address "
            "(docs/server.md, TLS), and name it as --url at init or as url in settings.json."
        ),
    )


def _check(service: Service, found: argparse.Namespace, role: str, workshops: list[str]) -> None:
    if not found.workspace and role != "admin":
        raise StoreError(
            _(
                "Name the workspace with --workspace (mentor-server devices shows which there are), or "
                "invite an admin, who brings or makes one."
            )
        )
    if found.workspace and found.workspace not in workspace_ids(service):
        raise NotFoundError(_("There is no such workspace on this server."))
    if not all(one == ALL_WORKSHOPS or is_id(one) for one in workshops):
        raise StoreError(_("A workshop is named by its id of 32 hexadecimal digits, or: all."))
