"""What of a workspace a device is given in a file: all of it, or some workshops and their people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.settings import remember, setting
from mentor_desktop.sync.joining import anchors
from mentor_desktop.sync.keys.members import ALL_WORKSHOPS, INVITING_ROLES, Members
from mentor_desktop.sync.membership import read_members
from mentor_desktop.sync.protocol.streams import WORKSHOP, parse_stream, workshop_stream
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.sealed_streams import ONLY_WORKSHOP
from mentor_desktop.sync.users import read_users
from mentor_desktop.sync.withholding import has_withheld


@dataclass(frozen=True)
class Share:
    """These workshops with their people; None for everything.

    `has_secrets`: those of the workspace too, which let a device issue certificates.
    """

    workshops: frozenset[str] | None = None
    has_secrets: bool = False

    @property
    def is_whole(self) -> bool:
        return self.workshops is None


def share_of_workshop(workshop_id: str) -> Share:
    """Return the share of whoever works in one workshop; "" for everything, secrets too."""
    return Share(frozenset({workshop_id})) if workshop_id else Share(has_secrets=True)


def share_of(raw: StoreConnection, members: Members, device: str) -> Share:
    """Return what a known device is given: what it was invited to, and its user may read."""
    entry = members.entries[device]
    user = read_users(raw, members)[entry.user]
    given = members.invited_to(device)
    if user.workshops is not None and user.role not in INVITING_ROLES:
        given = _both(given, user.workshops)
    given |= members.granted_to(device, user.said)
    if ALL_WORKSHOPS not in given:
        return Share(given)
    return Share(has_secrets=user.role in INVITING_ROLES)


def may_issue(raw: StoreConnection) -> bool:
    """Say whether this copy may issue certificates: it has the secrets, or shares with nobody."""
    if not state.is_joined(raw):
        return True
    own = state.identity(raw)
    members = read_members(raw, own.workspace, anchors(raw))
    if own.device not in members.entries:  # between joining and the first exchange
        return kept_share(raw).is_whole
    return share_of(raw, members, own.device).has_secrets


def kept_share(raw: StoreConnection) -> Share:
    """Return what this copy has the values of."""
    return share_of_workshop(setting(raw, ONLY_WORKSHOP))


def has_become_whole(raw: StoreConnection, members: Members) -> bool:
    """Note that this copy has everything now, once that was granted and has come; say whether.

    Called outside of a transaction. False also where it had everything before.
    """
    own = state.identity(raw).device
    if kept_share(raw).is_whole or own not in members.entries:
        return False
    if not share_of(raw, members, own).is_whole or has_withheld(raw):
        return False
    remember(raw, **{ONLY_WORKSHOP: ""})
    return True


def require_given(raw: StoreConnection, members: Members, streams: Iterable[str]) -> None:
    """Look that this copy takes in no more workshops than it was given.

    Raises:
        StoreError: these are streams of others too.
    """
    own = state.identity(raw).device
    if own not in members.entries:  # it begins with this very file
        return
    share = share_of(raw, members, own)
    if share.workshops is None or kept_share(raw).is_whole:
        return
    given = {workshop_stream(one) for one in share.workshops}
    if any(parse_stream(one).kind == WORKSHOP and one not in given for one in streams):
        raise StoreError(
            _(
                "This file holds more than the workshop that was handed to this laptop. "
                "Ask for a file that is written for this laptop."
            )
        )


def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    if ALL_WORKSHOPS in one:
        return other
    return one if ALL_WORKSHOPS in other else one & other
