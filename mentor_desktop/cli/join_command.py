"""`join URL INVITATION`: the workspace on a server, or a new folder as a device of one there."""

import random
from contextlib import closing

from mentor_desktop import i18n
from mentor_desktop.cli.parser import Invocation
from mentor_desktop.cli.result import CommandResult
from mentor_desktop.cli.session import (
    name_needed,
    new_passphrase,
    opened,
    terminal_progress,
    workspace_path,
)
from mentor_desktop.cli.sync_command import synced, told
from mentor_desktop.clock import system_clock
from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import _
from mentor_desktop.services.devices import leaving_words
from mentor_desktop.store.device import Newcomer
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync import inviting, joining, team
from mentor_desktop.sync.client import Client
from mentor_desktop.sync.keys.invitations import Invitation, parse_invitation
from mentor_desktop.sync.line import Line
from mentor_desktop.sync.protocol.messages import JoinReply
from mentor_desktop.sync.status import SyncStatus

_MARK = "#"


def run(invocation: Invocation) -> CommandResult:
    """Join, then sync once."""
    invitation = _invitation(invocation)
    root = workspace_path(invocation)
    if WorkspaceFolder(root).is_workspace():
        with opened(invocation) as workspace:
            reply = _claim(workspace, invitation, invocation)
            status = synced(workspace, terminal_progress(_("Syncing")))
        code = ""
    else:
        reply, status, code = _join(invocation, invitation)
    result = told(status)
    lines = [
        _("This computer is device {tag} of the workspace on {server}.").format(
            tag=reply.tag, server=invitation.server
        )
    ]
    if code:
        lines.append(
            _("Recovery code, shown this once; keep it on paper: {code}").format(code=code)
        )
    return CommandResult(
        facts={
            **result.facts,
            "workspace": str(root),
            "workspace_id": reply.ws,
            "role": reply.role,
            "tag": reply.tag,
            "recovery_code": code,
        },
        lines=(*lines, *result.lines),
        troubles=result.troubles,
    )


def _invitation(invocation: Invocation) -> Invitation:
    """Return what was typed: an address and a code, or the link alone."""
    if invocation.invitation:
        return parse_invitation(invocation.invitation, invocation.url)
    if _MARK in invocation.url:
        return parse_invitation(invocation.url)
    raise ValidationError(_("Type the invitation's code after the server's address."))


def _claim(workspace: Workspace, invitation: Invitation, invocation: Invocation) -> JoinReply:
    with closing(workspace.exchange_connection()) as raw:
        left = team.leaving(raw, invitation.server)
    if left and not invocation.is_leaving:
        words = leaving_words(left, invitation.server)
        raise ValidationError(_("{words} If that is meant, add --leave.").format(words=words))
    if invocation.name or not workspace.actor:
        workspace.remember_actor(_name(invocation))
    with Client(invitation.server) as client:
        return client.drive(
            joining.claim(Line(random.SystemRandom()), workspace, invitation, invitation.server)
        )


def _join(invocation: Invocation, invitation: Invitation) -> tuple[JoinReply, SyncStatus, str]:
    name, line = _name(invocation), Line(random.SystemRandom())
    with Client(invitation.server) as client:
        if not client.drive(inviting.look_at(line, invitation)).ws:
            raise inviting.needs_workspace()
    passphrase = new_passphrase(invocation)
    code = ""

    def make(newcomer: Newcomer) -> Workspace:
        nonlocal code
        workspace, code = Workspace.create(
            workspace_path(invocation),
            passphrase,
            clock=system_clock,
            actor=name,
            language=i18n.current_language().code,
            new=newcomer,
        )
        return workspace

    new = joining.new_device()
    with Client(invitation.server) as client:
        reply = client.drive(joining.ask_to_join(line, invitation, new, name))
    workspace = joining.create(reply, new, make, invitation.server, name=name)
    try:
        status = synced(workspace, terminal_progress(_("Syncing")))
    finally:
        workspace.close()
    return reply, status, code


def _name(invocation: Invocation) -> str:
    """Return the name that colleagues are to read.

    Raises:
        ValidationError: none is given.
    """
    if not invocation.name.strip():
        raise name_needed()
    return invocation.name.strip()
