"""Another life of this very laptop, met in a file: both go on, and neither loses anything.

An older state of the folder that was put back unnoticed writes under numbers that are in use.
Whoever reads both keeps what came first. This copy notices when its own name comes back with
something else: it becomes a device of its own, and makes anew what lies behind the last place
that both have. The file then brings what the other life did.
"""

from collections.abc import Iterable

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.protocol.batches import NO_HASH, Batch, Header, is_signed
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.leaving import left_streams
from mentor_desktop.sync.replica.succession import former, make_forked_anew, note_fork
from mentor_desktop.sync.sharing import ready_to_go_on

# By stream the last operation up to where both lives have the same.
Common = dict[str, int]

_HEADERS = msgspec.msgpack.Decoder(Header)


def go_on_apart(workspace: Workspace, raw: StoreConnection, batches: Iterable[Batch]) -> None:
    """Look whether these show another life of this copy, and become another device then.

    What is here is sealed, and this copy the device it should be (`ready_to_go_on`).

    Raises:
        UnfinishedImportError: an import is written in parts and has not come to its end.
        StoreError: nobody vouches for the new device.
    """
    own = state.identity(raw).device
    found = _lives_in(raw, batches)
    if own in found:
        with workspace.gate.closed():
            note_fork(raw, found[own])
        workspace.become_another_device()
        ready_to_go_on(workspace, raw)
    for device in sorted(found.keys() - {own}):
        with workspace.gate.closed():
            make_forked_anew(raw, device, found[device])


def _lives_in(raw: StoreConnection, batches: Iterable[Batch]) -> dict[str, Common]:
    """Return where others have something else, of this device and of those that this copy was.

    A stream in which nothing is common with the file is not named: what is here stays as it is
    until a file tells more.
    """
    own = state.identity(raw).device
    names = {own, *former(raw)}
    keys = {
        peer.device: Ed25519PublicKey.from_public_bytes(peer.sign_key)
        for peer in state.peers(raw)
        if peer.device in names and peer.sign_key
    }
    away = left_streams(raw)  # of these the log is not here any more
    ends: dict[tuple[str, str], dict[int, bytes]] = {}
    common: dict[tuple[str, str], int] = {}
    forked: set[tuple[str, str]] = set()
    for header in (batch.header for batch in batches):
        place = header.device, header.stream
        if header.device not in keys or header.stream in away:
            continue
        if place not in ends:
            ends[place] = _ends_of(raw, *place)
        here = ends[place]
        for seq, end in ((header.from_seq - 1, header.prev_hash), (header.to_seq, header.hash)):
            if here.get(seq) == end:
                common[place] = max(seq, common.get(place, 0))
        is_other = here.get(header.to_seq) != header.hash and (
            header.device == own  # also what it never made
            or header.from_seq <= max(here)
            or here.get(header.from_seq - 1, header.prev_hash) != header.prev_hash
        )
        if is_other and is_signed(header, keys[header.device]):
            forked.add(place)
    found: dict[str, Common] = {device: {} for device, _stream in forked}
    for place in forked & common.keys():
        found[place[0]][place[1]] = common[place]
    return found


def _ends_of(raw: StoreConnection, device: str, stream: str) -> dict[int, bytes]:
    """Return the hash of a device's log here behind each of its batches, and before the first."""
    rows = raw.execute(
        "SELECT b.header FROM sync_batch b JOIN sync_stream s ON s.no = b.stream "
        "JOIN sync_peer p ON p.no = b.device WHERE p.device = ? AND s.stream = ?",
        (device, stream),
    )
    headers = [_HEADERS.decode(row[0]) for row in rows.fetchall()]
    return {0: NO_HASH, **{one.to_seq: one.hash for one in headers}}
