"""Who may read a journal and who waits for it, as a person compares, adds and ends it."""

from dataclasses import dataclass

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.keys.fingerprints import qr_text, short_code
from mentor_desktop.sync.keys.key_records import RECOVERY, Card
from mentor_desktop.sync.keys.user_keys import UserKeys
from mentor_desktop.sync.replica import state


@dataclass(frozen=True)
class JournalDevice:
    """A device of the journal's author, by the name it has among the devices of the workspace.

    `has_access` says whether the server still lets it in: one that has none should be taken out
    of the journal too.
    """

    fingerprint: str
    code: str
    name: str
    is_own: bool
    has_access: bool


@dataclass(frozen=True)
class JournalDevices:
    """All of them, this one first. `own_code` and `own_qr` are what another screen is compared with.

    `sheets` are fingerprints of recovery sheets; until one was typed in again a warning stands.
    `gaps` counts what devices said and nobody delivered, `bad_seals` keys that do not fit.
    """

    own_code: str
    own_qr: str
    trusted: tuple[JournalDevice, ...]
    waiting: tuple[JournalDevice, ...]
    sheets: tuple[str, ...]
    has_confirmed_sheet: bool
    is_taken_out: bool
    gaps: int
    bad_seals: int


def tell_devices(raw: StoreConnection, keys: UserKeys) -> JournalDevices:
    """Return the devices as these keys know them."""
    peers = {one.device: one for one in state.peers(raw)}
    own = keys.card.fingerprint

    def told(card: Card) -> JournalDevice:
        peer = peers.get(card.device)
        return JournalDevice(
            card.fingerprint,
            short_code(card.fingerprint),
            (peer.name or peer.tag) if peer else "",
            card.fingerprint == own,
            peer is not None and peer.revoked_at is None,
        )

    standing = keys.standing
    trusted = [told(card) for card in standing.trusted if card.device != RECOVERY]
    return JournalDevices(
        own_code=short_code(own),
        own_qr=qr_text(own),
        trusted=tuple(sorted(trusted, key=lambda one: (not one.is_own, one.name, one.code))),
        waiting=tuple(told(card) for card in keys.unknown_cards()),
        sheets=tuple(card.fingerprint for card in standing.recovery_sheets),
        has_confirmed_sheet=standing.has_confirmed_sheet,
        is_taken_out=standing.is_revoked,
        gaps=len(standing.gaps),
        bad_seals=len(keys.bad_seals),
    )
