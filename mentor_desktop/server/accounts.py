"""Users and devices of a workspace, as the server knows them at this moment."""

import json
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, select

from mentor_desktop.server import refusals
from mentor_desktop.server.rights import Access
from mentor_desktop.server.tables import account, device, workspace
from mentor_desktop.sync.keys.sessions import Session


@dataclass(frozen=True)
class Member:
    """A device with its user's rights, and the workspace's counters beside it.

    `access_version` changes with every change of users, devices and rights.
    """

    ws: str
    device: str
    sign_bytes: bytes
    access: Access
    is_revoked: bool
    epoch: str
    head: int
    access_version: int

    @property
    def sign_key(self) -> Ed25519PublicKey:
        """The key that checks the device's batches."""
        return Ed25519PublicKey.from_public_bytes(self.sign_bytes)


def find_member(connection: Connection, ws: str, device_id: str) -> Member | None:
    """Return a device, also a revoked one; None when the workspace does not know it."""
    row = connection.execute(
        select(
            device.c.user,
            device.c.sign_key,
            device.c.revoked_at,
            account.c.role,
            account.c.workshops,
            account.c.disabled_at,
            workspace.c.epoch,
            workspace.c.head,
            workspace.c.access,
        )
        .join(account, (account.c.ws == device.c.ws) & (account.c.user == device.c.user))
        .join(workspace, workspace.c.ws == device.c.ws)
        .where(device.c.ws == ws, device.c.device == device_id)
    ).one_or_none()
    if row is None:
        return None
    return Member(
        ws=ws,
        device=device_id,
        sign_bytes=bytes.fromhex(row.sign_key),
        access=Access(row.user, row.role, frozenset(json.loads(row.workshops))),
        is_revoked=row.revoked_at is not None or row.disabled_at is not None,
        epoch=row.epoch,
        head=row.head,
        access_version=row.access,
    )


def caller_in(connection: Connection, caller: Session, ws: str) -> Member:
    """Return the member behind a token, which is good in its own workspace alone.

    Raises:
        Refusal: 403 for another workspace, the same whether that exists or not; 401 when the
            device is gone or revoked.
    """
    if caller.ws != ws:
        raise refusals.no_right()
    found = find_member(connection, ws, caller.device)
    if found is None:
        raise refusals.unknown_device()
    if found.is_revoked:
        raise refusals.revoked()
    return found


def reader_of(connection: Connection, caller: Session, ws: str, stream: str) -> Member:
    """Return the member behind a token who may read a stream.

    Raises:
        Refusal: 403 without the right, the same whether the stream exists or not.
    """
    member = caller_in(connection, caller, ws)
    if not member.access.may_read(stream):
        raise refusals.no_right()
    return member


def devices_of(connection: Connection, ws: str, user: str) -> set[str]:
    """Return the ids of all devices of one user."""
    return set(
        connection.execute(
            select(device.c.device).where(device.c.ws == ws, device.c.user == user)
        ).scalars()
    )
