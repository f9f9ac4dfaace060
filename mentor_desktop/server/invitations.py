"""What an invitation gives today: whose secret opens it, and whether who made it still may.

All invitations lie under `ws` '', so that a transaction enters their workspace to ask about it.
"""

from typing import Any

from sqlalchemy import Connection, select

from mentor_desktop.server import refusals
from mentor_desktop.server.accounts import find_member
from mentor_desktop.server.refusals import Refusal
from mentor_desktop.server.rights import ROLES, Access
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import SERVER as SERVER_ROWS
from mentor_desktop.server.tables import account, invitation
from mentor_desktop.sync.keys.invitations import is_secret_of
from mentor_desktop.sync.keys.members import INVITING_ROLES

MOST_DAYS = 30  # devices ask for 14
DAY_MS = 86_400_000


def opened(connection: Connection, invitation_id: str, secret: bytes) -> Any:
    """Return the row of an invitation to who has its secret.

    Raises:
        Refusal: 403 `invitation`.
    """
    found = connection.execute(
        select(invitation).where(invitation.c.ws == SERVER_ROWS, invitation.c.id == invitation_id)
    ).one_or_none()
    if found is None or not is_secret_of(found.hash, secret):
        raise no_invitation()
    return found


def role_today(service: Service, connection: Connection, invited: Any) -> str:
    """Return the role that an unused invitation gives by now.

    What a device invited to ends with the access of that device, and with its user's right to.

    Raises:
        Refusal: 403 `invitation`: it is used up, too old, or gives nothing any more.
    """
    if invited.used_by or invited.expires_at <= service.now_ms():
        raise no_invitation()
    if not invited.for_ws:
        return str(invited.role)
    service.database.enter(connection, invited.for_ws)
    try:
        role = role_for(connection, invited.for_ws, invited.user, invited.role)
    except Refusal as refusal:
        raise no_invitation() from refusal
    if invited.invited_by:
        by = find_member(connection, invited.for_ws, invited.invited_by)
        if by is None or by.is_revoked or not may_invite(by.access, invited.user, role):
            raise no_invitation()
    return role


def role_for(connection: Connection, ws: str, user: str, role: str) -> str:
    """Return the role an invitation gives: a further device has that of its user.

    Raises:
        Refusal: 403 for a user the workspace does not have.
    """
    if not user:
        return role
    found = connection.execute(
        select(account.c.role).where(
            account.c.ws == ws, account.c.user == user, account.c.disabled_at.is_(None)
        )
    ).scalar()
    if found is None:
        raise refusals.no_right()
    return str(found)


def may_invite(own: Access, user: str, role: str) -> bool:
    """Tell whether somebody may invite a device of their own, or of others up to their role."""
    if user == own.user:
        return True
    is_below = role in ROLES and ROLES.index(role) >= ROLES.index(own.role)
    return own.role in INVITING_ROLES and is_below


def no_invitation() -> Refusal:
    """Return the one answer to who brings no good invitation."""
    return Refusal("invitation", "This invitation is used up, too old, or none of this server.")
