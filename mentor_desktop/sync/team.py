"""Who takes part in the exchange, as the records that are here tell it, and ending a device's access.

Everything is read from this copy: it works without the server, and shows what was known last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import _
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync import joining
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.entries import (
    NO_SIGNATURE,
    DeviceEntry,
    Revocation,
    signed,
    to_bytes,
)
from mentor_desktop.sync.keys.members import INVITING_ROLES, ROLES, Members
from mentor_desktop.sync.membership import (
    RECORD_COLUMN,
    RECORD_ENTITY,
    learn_members,
    read_members,
)
from mentor_desktop.sync.protocol.streams import ID_LENGTH, MEMBERS
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.special import REVOKED, Author, add_record
from mentor_desktop.sync.replica.state import Identity
from mentor_desktop.sync.replica.transactions import writing
from mentor_desktop.sync.users import User, read_users

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class DeviceRow:
    """One device. `last_change_at` is when it did something last that arrived here, if ever."""

    device: str
    tag: str
    name: str
    person: str
    role: str
    last_change_at: datetime | None
    is_own: bool
    is_revoked: bool
    may_be_revoked: bool


@dataclass(frozen=True)
class Team:
    """The server this copy exchanges with ("" for none), who it is, and all devices, its own first.

    `roles_to_invite` are those its person may give away, the one with most rights first.
    """

    server: str
    person: str
    role: str
    devices: tuple[DeviceRow, ...]
    roles_to_invite: tuple[str, ...]


@dataclass(frozen=True)
class Leaving:
    """The server this copy would leave, and how many computers, this one too, take part there."""

    server: str
    computers: int


def leaving(raw: StoreConnection, server: str) -> Leaving | None:
    """Return whom joining a server leaves behind on another; None where that is nobody."""
    before = joining.server_of(raw)
    if before in ("", server) or not state.is_joined(raw):
        return None
    members = read_members(raw, state.identity(raw).workspace, joining.anchors(raw))
    computers = sum(members.has_access(one) for one in members.entries)
    return Leaving(before, computers) if computers > 1 else None


def read_team(raw: StoreConnection) -> Team | None:
    """Return who takes part; None where this copy shares with nobody."""
    if not state.is_joined(raw):
        return None
    own = state.identity(raw)
    members = read_members(raw, own.workspace, joining.anchors(raw))
    users = read_users(raw, members)
    role = users[own.user].role if own.user in users else ""
    at = dict(raw.execute("SELECT device, max(at) FROM txn GROUP BY device").fetchall())
    rows = [
        _device(entry, own, members, users, at.get(entry.tag))
        for entry in members.entries.values()
        if entry.user
    ]
    rows.sort(key=lambda one: (not one.is_own, one.is_revoked, len(one.tag), one.tag))
    return Team(
        server=joining.server_of(raw),
        person=users[own.user].name if own.user in users else "",
        role=role,
        devices=tuple(rows),
        roles_to_invite=ROLES[ROLES.index(role) :] if role in INVITING_ROLES else (),
    )


def revoke(raw: StoreConnection, device: str, author: Author) -> None:
    """End the access of a device; the server and the others hear of it with the next exchange.

    Raises:
        ValidationError: this person may not, or there is no such device.
    """
    with writing(raw):
        if not end_access(raw, device, author):
            raise ValidationError(_("Only an administrator of this workspace can do this."))


def end_access(raw: StoreConnection, device: str, author: Author) -> bool:
    """Do the same in the transaction of the caller; return whether the device has none now.

    False, and nothing done, where this device may not end it or knows no such device.
    """
    own, anchors = state.identity(raw), joining.anchors(raw)
    members = read_members(raw, own.workspace, anchors)
    if device not in members.entries:
        return False
    if device in members.revoked_at:
        return True
    record = signed(
        Revocation(own.workspace, device, own.device, author.at_ms, NO_SIGNATURE),
        DeviceKeys(own.sign_key, own.seal_key).sign,
    )
    if members.add(record):
        return False
    content = to_bytes(record)
    row = sha256(content).hexdigest()[:ID_LENGTH]
    values = {RECORD_COLUMN: content.decode()}
    add_record(
        raw, MEMBERS, (RECORD_ENTITY, row), values, REVOKED, author, state.called(raw, device)
    )
    learn_members(raw, own.workspace, anchors)
    return True


def _device(
    entry: DeviceEntry,
    own: Identity,
    members: Members,
    users: Mapping[str, User],
    at_ms: int | None,
) -> DeviceRow:
    is_revoked = entry.device in members.revoked_at
    is_own = entry.device == own.device
    return DeviceRow(
        device=entry.device,
        tag=entry.tag,
        name=entry.name,
        person=users[entry.user].name,
        role=users[entry.user].role,
        last_change_at=None if at_ms is None else _EPOCH + timedelta(milliseconds=at_ms),
        is_own=is_own,
        is_revoked=is_revoked,
        may_be_revoked=not is_own and not is_revoked and _may_revoke(own, entry, users),
    )


def _may_revoke(own: Identity, entry: DeviceEntry, users: Mapping[str, User]) -> bool:
    """Say what the server would: those who may invite, never upwards; and everybody the own ones."""
    if entry.user == own.user:
        return True
    mine, theirs = (users[one].role if one in users else "" for one in (own.user, entry.user))
    may = mine in INVITING_ROLES and theirs in ROLES
    return may and ROLES.index(mine) <= ROLES.index(theirs)
