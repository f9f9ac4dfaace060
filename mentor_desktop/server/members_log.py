"""What the server itself writes into the stream `members`, and closing somebody's access."""

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import Connection, select, update

from mentor_desktop.server import audit, change_log, own_batches
from mentor_desktop.server.accounts import devices_of
from mentor_desktop.server.membership import RECORD_COLUMN, RECORD_ENTITY, Membership
from mentor_desktop.server.own_batches import Draft
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import account, device, workspace
from mentor_desktop.server.user_rows import USER_ENTITY
from mentor_desktop.sync.keys.entries import (
    NO_SIGNATURE,
    SERVER,
    Record,
    Revocation,
    signed,
    to_bytes,
)
from mentor_desktop.sync.protocol.operations import CREATE, SET
from mentor_desktop.sync.protocol.streams import MEMBERS

_ID_DIGITS = 32
_TEXT = "Access closed"


def record_draft(record: Record) -> Draft:
    """Return the operation that tells a record; its row follows from its content."""
    content = to_bytes(record)
    row = sha256(content).hexdigest()[:_ID_DIGITS]
    return Draft(RECORD_ENTITY, CREATE, {RECORD_COLUMN: content.decode()}, row=row)


def append(
    service: Service,
    connection: Connection,
    ws: str,
    drafts: list[Draft],
    text: str,
    name: str = "",
) -> None:
    """Append one action of the server to `members`; pushes under way notice it.

    `name` is told in `text`.
    """
    version = connection.execute(
        select(workspace.c.access).where(workspace.c.ws == ws)
    ).scalar_one()
    count = own_batches.batches_for(len(drafts))
    before = change_log.take_numbers(connection, ws, count, version, changes_access=True).before
    own_batches.append(service, connection, ws, MEMBERS, drafts, text, before + 1, {"name": name})
    service.unfolded.add(ws, MEMBERS)


def tell_ended(
    service: Service,
    connection: Connection,
    ws: str,
    ended: Sequence[Revocation],
    first_number: int,
) -> None:
    """Append what the server ended of its own, under numbers that were taken for it."""
    drafts = [record_draft(one) for one in ended]
    own_batches.append(service, connection, ws, MEMBERS, drafts, _TEXT, first_number)
    for one in ended:
        audit.record(connection, ws, service.now_ms(), "revoked", one.device)


def revoke_device(service: Service, ws: str, device_id: str) -> int:
    """Close a device's access at once, for every replica to see; return 0 when it had none."""
    return service.database.write(ws, lambda one: _revoke(service, one, ws, [device_id], []))


def revoke_user(service: Service, ws: str, user: str) -> int | None:
    """Close the access of a user and all devices; return how many had it, None for nobody."""

    def work(connection: Connection) -> int | None:
        disabled = connection.execute(
            update(account)
            .where(account.c.ws == ws, account.c.user == user)
            .values(disabled_at=service.now_ms())
        ).rowcount
        if not disabled:
            return None
        change = Draft(USER_ENTITY, SET, {"is_disabled": True}, row=user, group="is_disabled")
        return _revoke(service, connection, ws, sorted(devices_of(connection, ws, user)), [change])

    return service.database.write(ws, work)


def _revoke(
    service: Service, connection: Connection, ws: str, devices: list[str], drafts: list[Draft]
) -> int:
    membership, now, gone = Membership(service, connection, ws), service.now_ms(), 0
    with_access = set(
        connection.execute(
            select(device.c.device).where(
                device.c.ws == ws, device.c.device.in_(devices), device.c.revoked_at.is_(None)
            )
        ).scalars()
    )
    for one in devices:
        if one in with_access:
            draft = Revocation(ws, one, SERVER, now, NO_SIGNATURE)
            record = signed(draft, service.keys.sign_key.sign)
            assert membership.add(record) == "", "the server's word on a device that is there"
            drafts = [*drafts, record_draft(record)]
            audit.record(connection, ws, now, "revoked", one)
            gone += 1
    if drafts:
        append(service, connection, ws, drafts, _TEXT)
    return gone
