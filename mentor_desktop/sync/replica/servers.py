"""The server as a device: it writes under another id in each of its lives, always with one key.

A copy learns the id with a hello. What the server wrote in a life in which this copy never spoke
with it comes through others, and is known by the key.
"""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.settings import setting
from mentor_desktop.sync.protocol.batches import Header, is_signed
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.happenings import What, happenings, note
from mentor_desktop.sync.replica.state import Peer

SERVER_KEY = "sync_server_key"
_MOVED = "sync_moved_to"  # the other server this copy joined and has not told its person of


def server_key(raw: StoreConnection) -> bytes | None:
    """Return the key of the server this copy joined; None where it joined none."""
    key = setting(raw, SERVER_KEY)
    return bytes.fromhex(key) if key else None


def learn_server(raw: StoreConnection, device: str) -> None:
    """Believe what the server writes as `device`."""
    key = server_key(raw)
    known = {one.device for one in state.peers(raw) if one.sign_key is not None}
    if key is not None and device not in known:
        state.learn(raw, _peer(device, key))


def learn_former_life(raw: StoreConnection, header: Header) -> Ed25519PublicKey | None:
    """Return the server's key where it signed for a device nobody has named, and learn the id."""
    key = server_key(raw)
    if key is None:
        return None
    public_key = Ed25519PublicKey.from_public_bytes(key)
    if not is_signed(header, public_key):
        return None
    state.learn(raw, _peer(header.device, key))
    return public_key


def note_move(raw: StoreConnection, server: str) -> None:
    """Keep that this copy joined another server than it was on, in the transaction of the caller."""
    _keep(raw, server)


def note_next_life(raw: StoreConnection, epoch: str, at: int) -> None:
    """Write down once why a server begins anew: it is another one, or it was brought back.

    Called in the transaction that begins a stream anew, once for each.
    """
    if any(one.facts.get("epoch") == epoch for one in happenings(raw)):
        return
    moved_to = setting(raw, _MOVED)
    if moved_to:
        note(raw, What.SERVER_MOVED, at, epoch=epoch, name=moved_to.partition("://")[2])
        _keep(raw, "")
    else:
        note(raw, What.SERVER_RESTORED, at, epoch=epoch)


def _keep(raw: StoreConnection, server: str) -> None:
    raw.execute("INSERT OR REPLACE INTO local_setting (key, value) VALUES (?, ?)", (_MOVED, server))


def _peer(device: str, key: bytes) -> Peer:
    return Peer(device, sign_key=key, is_admin=True)
