"""Which devices belong to a workspace: the entries, grants and revocations that count, and why others do not.

A fold in the order of the stream `members`: a record counts when whoever signed it had that right
by then. Nobody's word makes a device of somebody with more rights than the voucher has.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from mentor_desktop.crypto.envelopes import is_receiving_key
from mentor_desktop.crypto.signatures import is_signed
from mentor_desktop.sync.keys.entries import (
    SERVER,
    DeviceEntry,
    Grant,
    Record,
    Revocation,
    SignedInvitation,
)
from mentor_desktop.sync.protocol.operations import begun_at

# Those with more rights first. Who may invite may also revoke, never upwards.
ROLES: Final = ("admin", "organiser", "trainer", "mentor", "reader")
INVITING_ROLES: Final = ("admin", "organiser")
ALL_WORKSHOPS: Final = "*"
USED: Final = "used"  # why an entry does not count: another device began with its invitation


@dataclass(frozen=True)
class Anchors:
    """Whom to believe without another's word: the server, and founders (device -> signing key).

    A founder is the first device of a workspace, known from the invitation or the bundle that a
    device joined by; it vouches for itself.
    """

    server_key: bytes | None = None
    founders: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """When the row of a user was told its role and workshops, as operations tell time; 0 for never.

    What a grant gives counts beside the row until somebody says it anew there, whichever comes last.
    """

    role: int = 0
    workshops: int = 0

    def role_in(self, grant: Grant) -> str:
        """Return the role of a grant that was signed since; empty for one of before."""
        return grant.role if begun_at(grant.made_at) >= self.role else ""

    def workshops_in(self, grant: Grant) -> tuple[str, ...]:
        """Return the workshops of a grant that was signed since; none for one of before."""
        return grant.workshops if begun_at(grant.made_at) >= self.workshops else ()


NEVER_SAID: Final = Said()


@dataclass(frozen=True)
class Refused:
    """A record that does not count; `reason` is a word for the log and the list of what is wrong."""

    record: Record
    reason: str


class Members:
    """The devices of a workspace as its records tell; records are taken in their order."""

    def __init__(self, ws: str, anchors: Anchors) -> None:
        self._ws = ws
        self._anchors = anchors
        self._used_invitations: set[str] = set()
        self._used_keys: set[bytes] = set()
        self.entries: dict[str, DeviceEntry] = {}
        self.grants: dict[str, list[Grant]] = {}
        self.revoked_at: dict[str, int] = {}
        self.refused: list[Refused] = []

    def copy(self) -> "Members":
        """Return members who know the same, and from now on take records of their own."""
        copied = Members(self._ws, self._anchors)
        copied._used_invitations = set(self._used_invitations)
        copied._used_keys = set(self._used_keys)
        copied.entries = dict(self.entries)
        copied.grants = {device: list(grants) for device, grants in self.grants.items()}
        copied.revoked_at = dict(self.revoked_at)
        copied.refused = list(self.refused)
        return copied

    def add(self, record: Record) -> str:
        """Take the next record; return why it does not count, "" when it does."""
        try:
            if isinstance(record, DeviceEntry):
                self._add_entry(record)
            elif isinstance(record, Grant):
                self._add_grant(record)
            else:
                self._add_revocation(record)
        except _DoesNotCount as refusal:
            self.refused.append(Refused(record, refusal.reason))
            return refusal.reason
        return ""

    def add_taken(self, record: Record) -> str:
        """Take a record that counted once, whatever ended the access of who signed it since."""
        ended, self.revoked_at = self.revoked_at, {}
        try:
            return self.add(record)
        finally:
            self.revoked_at = {**self.revoked_at, **ended}

    def has_access(self, device: str) -> bool:
        """Tell whether a device is known and not revoked."""
        return device in self.entries and device not in self.revoked_at

    def role_of(self, device: str) -> str:
        """Return the role of a known device: the one it came with, or was granted since."""
        roles = [self.entries[device].role, *(one.role for one in self.grants.get(device, ()))]
        return min(roles, key=_rank)

    def workshops_of(self, device: str) -> frozenset[str]:
        """Return the workshops of a known device, `ALL_WORKSHOPS` among them for all.

        Those it was invited to or granted since; a copy has those of the device it was copied
        from. What an invitation of the server gives stands with the user
        (`membership.USER_ENTITY`), not here.
        """
        return self.invited_to(device) | self.granted_to(device)

    def invited_to(self, device: str) -> frozenset[str]:
        """Return the workshops a device came with."""
        entry = self.entries[device]
        if entry.invitation:
            return frozenset(entry.invitation.workshops)
        if entry.vouched_by in (SERVER, device):
            return frozenset({ALL_WORKSHOPS})
        return self.invited_to(entry.vouched_by)

    def granted_to(self, device: str, said: Said = NEVER_SAID) -> frozenset[str]:
        """Return the workshops a device was granted since it came, and its user's row was told."""
        granted = set[str]()
        for one in self.grants.get(device, ()):
            granted.update(said.workshops_in(one))
            if said.role_in(one) in INVITING_ROLES:
                granted.add(ALL_WORKSHOPS)
        entry = self.entries[device]
        is_copy = not entry.invitation and entry.vouched_by not in (SERVER, device)
        before = self.granted_to(entry.vouched_by, said) if is_copy else frozenset()
        return before | granted

    def grants_of(self, user: str) -> list[Grant]:
        """Return what the devices of a user were granted."""
        return [
            one
            for device, grants in self.grants.items()
            if self.entries[device].user == user
            for one in grants
        ]

    def devices_of(self, user: str) -> list[DeviceEntry]:
        """Return the devices of a user that have access, oldest entry first."""
        mine = [one for one in self.entries.values() if one.user == user]
        return [one for one in mine if self.has_access(one.device)]

    def too_late(self) -> list[DeviceEntry]:
        """Return the entries of devices that count not at all: another used their invitation first."""
        found = (one.record for one in self.refused if one.reason == USED)
        late = {one.device: one for one in found if isinstance(one, DeviceEntry)}
        return [one for one in late.values() if one.device not in self.entries]

    def first_instead_of(self, device: str) -> DeviceEntry | None:
        """Return who used the invitation of a device first; None for one that was not too late."""
        ids = {
            one.invitation.id for one in self.too_late() if one.device == device and one.invitation
        }
        return next(
            (
                one
                for one in self.entries.values()
                if one.invitation is not None and one.invitation.id in ids
            ),
            None,
        )

    def _add_entry(self, entry: DeviceEntry) -> None:
        _require(entry.ws == self._ws, "workspace")
        known = self.entries.get(entry.device)
        if known is not None:
            _require(known == entry, "taken")
            return
        _require(not {entry.sign_key, entry.seal_key} & self._used_keys, "taken")
        _require(is_receiving_key(entry.seal_key), "key")
        if entry.invitation:
            key = self._key_of_inviter(entry, entry.invitation)
        else:
            key = self._key_for(entry)
        _require(is_vouched_for(entry, key), "signature")
        self.entries[entry.device] = entry
        self._used_keys |= {entry.sign_key, entry.seal_key}
        if entry.invitation:
            self._used_invitations.add(entry.invitation.id)

    def _key_for(self, entry: DeviceEntry) -> bytes:
        """Return the key that must have signed an entry that came without an invitation."""
        if entry.vouched_by == SERVER:
            return self._server_key()
        if entry.vouched_by == entry.device:
            _require(self._anchors.founders.get(entry.device) == entry.sign_key, "voucher")
            _require(entry.role in ROLES, "role")
            return entry.sign_key
        return self._voucher(entry.vouched_by, entry.user, entry.role).sign_key

    def _key_of_inviter(self, entry: DeviceEntry, invitation: SignedInvitation) -> bytes:
        voucher = self._voucher(entry.vouched_by, entry.user, entry.role)
        promised = (invitation.ws, invitation.user, invitation.role, invitation.invited_by)
        _require(promised == (entry.ws, entry.user, entry.role, voucher.device), "invitation")
        _require(_covers(self.workshops_of(voucher.device), invitation.workshops), "workshops")
        _require(invitation.id not in self._used_invitations, USED)
        _require(entry.made_at <= invitation.expires_at, "expired")
        return voucher.sign_key

    def _add_grant(self, grant: Grant) -> None:
        _require(grant.ws == self._ws, "workspace")
        target = self.entries.get(grant.device)
        if target is None:
            raise _DoesNotCount("device")
        _require(grant.role in ROLES, "role")
        if grant in self.grants.get(grant.device, ()):
            return
        if grant.granted_by == SERVER:
            key = self._server_key()
        else:
            voucher = self._voucher(grant.granted_by, target.user, grant.role)
            _require(self.role_of(voucher.device) in INVITING_ROLES, "role")
            _require(_covers(self.workshops_of(voucher.device), grant.workshops), "workshops")
            key = voucher.sign_key
        _require(_is_by(key, grant), "signature")
        self.grants.setdefault(grant.device, []).append(grant)

    def _add_revocation(self, revocation: Revocation) -> None:
        _require(revocation.ws == self._ws, "workspace")
        target = self.entries.get(revocation.device)
        if target is None:
            raise _DoesNotCount("device")
        if revocation.revoked_by == SERVER:
            key = self._server_key()
        else:
            role = self.role_of(revocation.device)
            key = self._voucher(revocation.revoked_by, target.user, role).sign_key
        _require(_is_by(key, revocation), "signature")
        self.revoked_at.setdefault(revocation.device, revocation.made_at)

    def _server_key(self) -> bytes:
        if self._anchors.server_key is None:
            raise _DoesNotCount("voucher")
        return self._anchors.server_key

    def _voucher(self, device: str, user: str, role: str) -> DeviceEntry:
        """Return the entry of a device with access that has a say in a user's in a role."""
        voucher = self.entries.get(device)
        if voucher is None:
            raise _DoesNotCount("voucher")
        _require(device not in self.revoked_at, "revoked")
        own = self.role_of(device)
        may = voucher.user == user or own in INVITING_ROLES
        _require(may and own in ROLES and role in ROLES and _rank(own) <= _rank(role), "role")
        return voucher


def members_of(ws: str, anchors: Anchors, records: Iterable[Record]) -> Members:
    """Return the members that these records make, in the order given."""
    members = Members(ws, anchors)
    for record in records:
        members.add(record)
    return members


def is_vouched_for(entry: DeviceEntry, key: bytes) -> bool:
    """Tell whether the owner of this key signed the entry, or the invitation it came by."""
    if entry.invitation is None:
        return _is_by(key, entry)
    return _is_by(key, entry.invitation) and _is_by(entry.invitation.key, entry)


class _DoesNotCount(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _require(claim: bool, reason: str) -> None:
    if not claim:
        raise _DoesNotCount(reason)


def _rank(role: str) -> int:
    """Return the place of a role, those with more rights first."""
    return ROLES.index(role) if role in ROLES else len(ROLES)


def _covers(own: Collection[str], given: Collection[str]) -> bool:
    return ALL_WORKSHOPS in own or set(own) >= set(given)


def _is_by(key: bytes, record: Record | SignedInvitation) -> bool:
    return is_signed(key, record.signature, record.signed_bytes())
