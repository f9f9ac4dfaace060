"""Joining, inviting and revoking, as operations of `Jobs.work` on the exchange's thread."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import _
from mentor_desktop.progress import Progress
from mentor_desktop.sync import inviting, joining
from mentor_desktop.sync.keys.invitations import Invitation, parse_invitation
from mentor_desktop.sync.line import Line
from mentor_desktop.sync.protocol.messages import JoinReply
from mentor_desktop.sync.team import Leaving, leaving
from mentor_desktop.ui.sync_controller.exchanger import Exchanger

_LINK_MARK, _ANY_SERVER = "#", "https://any.example"


@dataclass(frozen=True)
class Offer:
    """What an invitation gives, known before anything happens.

    `begins_workspace`: the server waits for the workspace that the first device brings.
    `leaving`: whom joining leaves behind on another server.
    """

    invitation: Invitation
    role: str
    begins_workspace: bool
    leaving: Leaving | None = None

    @property
    def server(self) -> str:
        """The server's name, as a person says it."""
        return self.invitation.server.partition("://")[2]


def needs_server(typed: str) -> bool:
    """Say whether an invitation is a whole code, which does not name its server."""
    try:
        parse_invitation(typed, _ANY_SERVER)
    except ValidationError:
        return False
    return _LINK_MARK not in typed


def look_at(exchanger: Exchanger, typed: str, server: str, progress: Progress) -> Offer:
    """Read an invitation and ask its server what it gives.

    Raises:
        ValidationError: it is mistyped.
        SyncTrouble: the server does not know it, or was not reached.
    """
    invitation = parse_invitation(typed, _with_scheme(server))
    line = Line(exchanger.source)
    told = exchanger.drive(invitation.server, inviting.look_at(line, invitation), progress)
    known = Invitation(invitation.server, told.ws, invitation.id, invitation.secret)
    return Offer(known, told.role, begins_workspace=not told.ws)


def with_leaving(offer: Offer, store: Any) -> Offer:
    """Return the offer as it is for the workspace that is open, which may be on another server."""
    with closing(store.plain_connection()) as raw:
        return replace(offer, leaving=leaving(raw, offer.invitation.server))


def bring(
    exchanger: Exchanger, offer: Offer, actor: str, store: Any, progress: Progress
) -> JoinReply:
    """Bring the workspace that is open to a server, or back to one that forgot it.

    Raises:
        ValidationError: the invitation is for another workspace.
        SyncTrouble: as `look_at`.
    """
    require_same_workspace(offer, store)
    if actor:
        store.remember_actor(actor)
    steps = joining.claim(Line(exchanger.source), store, offer.invitation, offer.invitation.server)
    return exchanger.drive(offer.invitation.server, steps, progress)


def require_same_workspace(offer: Offer, store: Any) -> None:
    """Stop here if the invitation is for another workspace than the one that is open.

    Raises:
        ValidationError: it is.
    """
    if offer.invitation.ws not in {"", joining.workspace_id(store)}:
        raise ValidationError(
            _(
                "This invitation is for another workspace, which gets a folder of its own. Lock this one, "
                "choose “Another workspace” and an empty folder, then “Join a workspace”."
            )
        )


def invite(
    exchanger: Exchanger, role: str, workshops: Sequence[str], store: Any, progress: Progress
) -> Invitation:
    """Make an invitation for somebody.

    Raises:
        SyncTrouble: the server refused, or was not reached.
    """
    steps = inviting.invite(exchanger.source, store, role, workshops, exchanger.now_ms)
    with closing(store.plain_connection()) as raw:
        server = joining.server_of(raw)
    return exchanger.drive(server, steps, progress)


def _with_scheme(server: str) -> str:
    """Return an address as it is needed: nobody types https:// when a code is read to them."""
    address = server.strip()
    return address if "://" in address or not address else f"https://{address}"
