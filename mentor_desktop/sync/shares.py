"""What of a workspace a device is given in a file: all of it, or some workshops and their people."""

from __future__ import annotations

from dataclasses import dataclass

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.settings import setting
from mentor_desktop.sync.keys.members import ALL_WORKSHOPS, INVITING_ROLES, Members
from mentor_desktop.sync.replica.sealed_streams import ONLY_WORKSHOP
from mentor_desktop.sync.users import read_users


@dataclass(frozen=True)
class Share:
    """These workshops with their people; None for everything."""

    workshops: frozenset[str] | None = None

    @property
    def is_whole(self) -> bool:
        return self.workshops is None


def share_of_workshop(workshop_id: str) -> Share:
    """Return the share of whoever works in one workshop; "" for everything."""
    return Share(frozenset({workshop_id}) if workshop_id else None)


def share_of(raw: StoreConnection, members: Members, device: str) -> Share:
    """Return what a known device is given: what it was invited to, and its user may read."""
    entry = members.entries[device]
    user = read_users(raw, members)[entry.user]
    given = members.workshops_of(device)
    if user.workshops is not None and user.role not in INVITING_ROLES:
        given = _both(given, user.workshops)
    return Share(None if ALL_WORKSHOPS in given else given)


def kept_share(raw: StoreConnection) -> Share:
    """Return what this copy has the values of."""
    return share_of_workshop(setting(raw, ONLY_WORKSHOP))


def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    if ALL_WORKSHOPS in one:
        return other
    return one if ALL_WORKSHOPS in other else one & other
