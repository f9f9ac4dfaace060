"""Invitations from the side of people: what one gives, and making one for somebody else.

The server learns the hash of an invitation's secret alone; the link is made and shown here.
"""

import random
from collections.abc import Callable, Sequence
from contextlib import closing

from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import _
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync import joining
from mentor_desktop.sync.keys.invitations import Invitation, new_invitation
from mentor_desktop.sync.line import Line
from mentor_desktop.sync.protocol.messages import (
    PATHS,
    InvitationReply,
    InvitationRequest,
    InviteReply,
    InviteRequest,
    to_json,
)
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.session import get_token
from mentor_desktop.sync.steps import Request, Steps

GOOD_FOR_DAYS = 14
_DAY_MS = 86_400_000


def look_at(line: Line, invitation: Invitation) -> Steps[InvitationReply]:
    """Return what the invitation gives; nothing is used up.

    Raises:
        Refused: code `invitation`: it is used up, too old, or none of this server.
        Unreachable: as `Line.ask`.
    """
    message = InvitationRequest(id=invitation.id, secret=invitation.secret)
    request = Request("POST", PATHS["invitation"], content=to_json(message))
    return (yield from line.ask_json(request, InvitationReply, with_token=False))


def needs_workspace() -> ValidationError:
    """Return why nobody begins with an invitation that waits for a workspace to be brought."""
    return ValidationError(
        _(
            "This invitation is for the first computer of a workspace. Make a workspace first, "
            "then join the server on its page Sync."
        )
    )


def invite(
    source: random.Random,
    workspace: Workspace,
    role: str,
    workshops: Sequence[str],
    now_ms: Callable[[], int],
) -> Steps[Invitation]:
    """Make an invitation for one new device of one new person; it is good for `GOOD_FOR_DAYS`.

    Raises:
        Refused: this person may not invite, or not with this role.
        SignInNeeded, Unreachable: as `Line.ask`.
    """
    with closing(workspace.plain_connection()) as raw:
        own, server = state.identity(raw), joining.server_of(raw)
    line = Line(source, lambda: get_token(line, own, now_ms))
    made = new_invitation(server, own.workspace)
    message = InviteRequest(
        ws=own.workspace,
        id=made.id,
        hash=made.hash,
        role=role,
        workshops=list(workshops),
        expires_at=now_ms() + own.clock_offset_ms + GOOD_FOR_DAYS * _DAY_MS,
    )
    request = Request("POST", PATHS["invite"], content=to_json(message))
    yield from line.ask_json(request, InviteReply)
    return made
