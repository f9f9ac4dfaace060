"""Becoming a device: by an invitation, or as the copy or restored successor of a known one.

The server vouches for who joins by its own invitation: it signs the entry and appends it to
`members`, so that every replica knows whose batches to believe.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select, update

from mentor_desktop.i18n import N_
from mentor_desktop.ids import new_id
from mentor_desktop.server import audit, change_log, refusals
from mentor_desktop.server.accounts import caller_in, find_member
from mentor_desktop.server.invitations import (
    DAY_MS,
    MOST_DAYS,
    may_invite,
    no_invitation,
    opened,
    role_for,
    role_today,
)
from mentor_desktop.server.members_log import append, record_draft
from mentor_desktop.server.membership import Membership
from mentor_desktop.server.own_batches import Draft
from mentor_desktop.server.refusals import Refusal
from mentor_desktop.server.rights import Access
from mentor_desktop.server.service import Service
from mentor_desktop.server.sessions import NOBODY
from mentor_desktop.server.tables import SERVER as SERVER_ROWS
from mentor_desktop.server.tables import account, device, invitation, stream, workspace
from mentor_desktop.server.tags import free_tag
from mentor_desktop.server.user_rows import USER_ENTITY
from mentor_desktop.sync.keys.entries import (
    NO_SIGNATURE,
    SERVER,
    BadRecord,
    DeviceEntry,
    Grant,
    signed,
    to_bytes,
)
from mentor_desktop.sync.keys.invitations import Invitation
from mentor_desktop.sync.keys.members import is_vouched_for
from mentor_desktop.sync.keys.sessions import Session
from mentor_desktop.sync.protocol.messages import (
    InvitationReply,
    InvitationRequest,
    InviteReply,
    InviteRequest,
    JoinReply,
    JoinRequest,
)
from mentor_desktop.sync.protocol.operations import CREATE

_TEXT, _TEXT_MORE = (
    N_("The computer of {name} joined"),
    N_("The computer of {name} got more rights"),
)


def make_invitation(
    service: Service,
    invited: Invitation,
    *,
    role: str,
    workshops: list[str],
    user: str,
    days: int,
) -> str:
    """Keep the hash of an administrator's invitation and return the role it gives.

    Raises:
        Refusal: 403 for a further device of a user the workspace does not have.
    """

    def work(connection: Connection) -> str:
        given = role_for(connection, invited.ws, user, role)
        row = {
            "ws": SERVER_ROWS,
            "id": invited.id,
            "hash": invited.hash,
            "for_ws": invited.ws,
            "role": given,
            "workshops": json.dumps([] if user else workshops),
            "user": user,
            "invited_by": "",
            "expires_at": service.now_ms() + days * DAY_MS,
            "used_ws": "",
            "used_by": "",
        }
        connection.execute(insert(invitation), [row])
        audit.record(connection, invited.ws, service.now_ms(), "invited", role=given)
        return given

    return service.database.write(invited.ws, work)


def invite(service: Service, caller: Session, asked: InviteRequest) -> InviteReply:
    """Keep an invitation that a device of the workspace made; only its hash came here.

    A further device of a user gives no workshops: it has those of the user.

    Raises:
        Refusal: 403 for who may not invite, or not to such a role; 400 for one that is good for
            more than `MOST_DAYS`.
    """
    if asked.expires_at > service.now_ms() + MOST_DAYS * DAY_MS:
        raise Refusal(
            "bad_request",
            f"An invitation is good for {MOST_DAYS} days at most.",
            detail="expires_at",
        )

    def work(connection: Connection) -> InviteReply:
        member = caller_in(connection, caller, asked.ws)
        role = role_for(connection, asked.ws, asked.user, asked.role)
        if not may_invite(member.access, asked.user, role):
            raise refusals.no_right()
        row = {
            "ws": SERVER_ROWS,
            "id": asked.id,
            "hash": asked.hash,
            "for_ws": asked.ws,
            "role": role,
            "workshops": json.dumps([] if asked.user else asked.workshops),
            "user": asked.user,
            "invited_by": caller.device,
            "expires_at": asked.expires_at,
            "used_ws": "",
            "used_by": "",
        }
        if not service.database.dialect.upsert(connection, invitation, [row], keep=True):
            raise Refusal("taken", "There is an invitation by that name already.")
        audit.record(connection, asked.ws, service.now_ms(), "invited", caller.device, role=role)
        return InviteReply(role=role)

    return service.database.write(asked.ws, work)


def look_at_invitation(service: Service, asked: InvitationRequest) -> InvitationReply:
    """Return what an invitation gives; it stays unused.

    Raises:
        Refusal: 403 `invitation`: it is none, used up, too old, or who made it may not invite any
            more (which, is not told).
    """

    def work(connection: Connection) -> InvitationReply:
        found = opened(connection, asked.id, asked.secret)
        role = role_today(service, connection, found)
        return InvitationReply(ws=found.for_ws, role=role, user=found.user)

    return service.database.read(SERVER_ROWS, work)


def join(service: Service, newcomer: JoinRequest) -> JoinReply:
    """Make a device of the workspace that the invitation is for; the same device again is no harm.

    Raises:
        Refusal: 403 `invitation`: as with `look_at_invitation`; or the device has no access by now.
    """

    def work(connection: Connection) -> JoinReply:
        found = opened(connection, newcomer.id, newcomer.secret)
        if found.used_by == newcomer.device:
            service.database.enter(connection, found.used_ws)
            _require_access(service, connection, found.used_ws, newcomer)
            return _joined(service, connection, found.used_ws, newcomer.device)
        if found.for_ws:  # who ends somebody's access at this moment comes before, or after
            service.database.enter(connection, found.for_ws)
            change_log.stand_in_line(connection, found.for_ws)
        role = role_today(service, connection, found)
        ws = found.for_ws or newcomer.ws or new_id()
        used = connection.execute(
            update(invitation)
            .where(
                invitation.c.ws == SERVER_ROWS,
                invitation.c.id == newcomer.id,
                invitation.c.used_by == "",
            )
            .values(used_by=newcomer.device, used_ws=ws)
        ).rowcount
        if not used:
            raise no_invitation()
        service.database.enter(connection, ws)
        is_new = not found.for_ws
        if is_new and not _create_workspace(service, connection, ws, newcomer.founders):
            raise Refusal("has_workspace", "This workspace is here; the invitation stays unused.")
        _admit(service, connection, ws, found, newcomer, role)
        return _joined(service, connection, ws, newcomer.device)

    return service.database.write(SERVER_ROWS, work)


def succeed(service: Service, entry: DeviceEntry) -> None:
    """Take a copied or restored workspace as a new device, on the signature of the one it was.

    An entry the server itself signed is taken too: a restored server has forgotten who joined
    after its backup, and a workspace that was brought to it since. Anybody may ask, so the
    signature is looked at before anything is locked, and costs the same where there is nobody.

    Raises:
        Refusal: 403 when that signature, or that device's access, is not there.
    """
    if not is_vouched_for(entry, _key_of_voucher(service, entry)):
        raise refusals.no_right()

    def work(connection: Connection) -> None:
        change_log.stand_in_line(connection, entry.ws)
        membership = Membership(service, connection, entry.ws)
        is_own = entry.vouched_by == SERVER or membership.knows(entry.vouched_by, entry.user)
        if not is_own or membership.add(entry):
            raise refusals.no_right()
        if membership.has_changed:
            _create_workspace(service, connection, entry.ws, {})
            append(
                service, connection, entry.ws, [record_draft(entry)], _TEXT, entry.name or entry.tag
            )
            audit.record(
                connection, entry.ws, service.now_ms(), "succeeded", entry.device,
                before=entry.vouched_by,
            )  # fmt: skip

    service.database.write(entry.ws, work)


def _key_of_voucher(service: Service, entry: DeviceEntry) -> bytes:
    if entry.vouched_by == SERVER:
        return service.keys.public_key
    found = service.database.read(
        entry.ws, lambda connection: find_member(connection, entry.ws, entry.vouched_by)
    )
    return found.sign_bytes if found else NOBODY


def _create_workspace(
    service: Service, connection: Connection, ws: str, founders: Mapping[str, bytes]
) -> bool:
    """Make a workspace; False when there is one by that id."""
    row = {
        "ws": ws,
        "epoch": new_id(),
        "head": 0,
        "access": 0,
        "created_at": service.now_ms(),
        "founders": json.dumps({one: key.hex() for one, key in founders.items()}),
    }
    return bool(service.database.dialect.upsert(connection, workspace, [row], keep=True))


def _admit(
    service: Service,
    connection: Connection,
    ws: str,
    invited: Any,  # Any: a row of `invitation`
    newcomer: JoinRequest,
    role: str,
) -> None:
    membership = Membership(service, connection, ws)
    known = membership.entry_of(newcomer.device)
    if known is not None:
        _widen(service, connection, membership, known, invited, newcomer)
        return
    workshops = json.loads(invited.workshops)
    is_new_user = not invited.user
    tag = free_tag(connection, ws, membership.tags())
    if not tag:  # half a million devices
        raise no_invitation()
    draft = DeviceEntry(
        ws=ws,
        device=newcomer.device,
        user=invited.user or new_id(),
        name=newcomer.name,
        role=role,
        tag=tag,
        sign_key=newcomer.sign_key,
        seal_key=newcomer.seal_key,
        made_at=service.now_ms(),
        vouched_by=SERVER,
        signature=NO_SIGNATURE,
    )
    try:
        entry = signed(draft, service.keys.sign_key.sign)
    except BadRecord as error:
        raise refusals.bad_request("device") from error
    if membership.add(entry, workshops):
        raise no_invitation()  # a device by that name or with that key is there already
    drafts = [record_draft(entry)]
    if is_new_user:
        values = {"name": entry.name, "role": role, "workshops": invited.workshops}
        drafts.append(Draft(USER_ENTITY, CREATE, {**values, "is_disabled": False}, row=entry.user))
    append(service, connection, ws, drafts, _TEXT, entry.name or entry.tag)
    audit.record(connection, ws, service.now_ms(), "joined", entry.device, role=role)


def _widen(
    service: Service,
    connection: Connection,
    membership: Membership,
    known: DeviceEntry,
    invited: Any,  # Any: a row of `invitation`
    newcomer: JoinRequest,
) -> None:
    """Give a device that was there already what the invitation gives, besides what it has.

    A further device of a user gives nothing to one that the user has.
    """
    if not _has_keys(known, newcomer) or invited.user not in ("", known.user):
        raise no_invitation()
    if invited.user:
        return
    draft = Grant(
        ws=known.ws,
        device=known.device,
        role=invited.role,
        workshops=tuple(json.loads(invited.workshops)),
        granted_by=SERVER,
        made_at=membership.time_of_grant(known.user),
        signature=NO_SIGNATURE,
    )
    record = signed(draft, service.keys.sign_key.sign)
    if membership.add(record):
        raise no_invitation()
    append(
        service, connection, known.ws, [record_draft(record)], _TEXT_MORE, known.name or known.tag
    )
    audit.record(connection, known.ws, service.now_ms(), "granted", known.device, role=invited.role)


def _require_access(
    service: Service, connection: Connection, ws: str, newcomer: JoinRequest
) -> None:
    """Return when this is a device that has access, with the keys it came with.

    Raises:
        Refusal: 403 `invitation`.
    """
    member = find_member(connection, ws, newcomer.device)
    entry = Membership(service, connection, ws).entry_of(newcomer.device)
    if member is None or member.is_revoked or entry is None or not _has_keys(entry, newcomer):
        raise no_invitation()


def _has_keys(entry: DeviceEntry, newcomer: JoinRequest) -> bool:
    return (entry.sign_key, entry.seal_key) == (newcomer.sign_key, newcomer.seal_key)


def _joined(service: Service, connection: Connection, ws: str, device_id: str) -> JoinReply:
    row = connection.execute(
        select(
            device.c.user,
            device.c.tag,
            account.c.role,
            account.c.workshops,
            workspace.c.epoch,
        )
        .join(account, (account.c.ws == device.c.ws) & (account.c.user == device.c.user))
        .join(workspace, workspace.c.ws == device.c.ws)
        .where(device.c.ws == ws, device.c.device == device_id)
    ).one()
    workshops = json.loads(row.workshops)
    access = Access(row.user, row.role, frozenset(workshops))
    entry = Membership(service, connection, ws).entry_of(device_id)
    names = connection.execute(select(stream.c.stream).where(stream.c.ws == ws)).scalars()
    return JoinReply(
        ws=ws,
        user=row.user,
        role=row.role,
        workshops=workshops,
        tag=row.tag,
        server_device=service.keys.device_in(row.epoch),
        server_key=service.keys.public_key,
        streams=sorted(name for name in names if access.may_read(name)),
        entry=to_bytes(entry).decode() if entry else "",
    )
