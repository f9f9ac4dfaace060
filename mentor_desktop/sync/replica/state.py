"""Who this copy is, which devices it knows, and how far each stream was pulled."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.merge.row_state import RowState
from mentor_desktop.sync.replica.entities import known_columns

NO_DEVICE = 0


@dataclass(frozen=True)
class Identity:
    """This copy as the others know it. The keys are private and never leave the encrypted file."""

    workspace: str
    device: str
    user: str
    sign_key: bytes
    seal_key: bytes
    sealed_change: int
    last_hlc: int
    clock_offset_ms: int

    def signer(self) -> Callable[[bytes], bytes]:
        """Return what signs with the key of this device."""
        return Ed25519PrivateKey.from_private_bytes(self.sign_key).sign


@dataclass(frozen=True)
class Peer:
    """A device that is known, with its public keys; None where it was only heard of.

    What a device with `is_admin` rejects or purges counts: the server's, and those of admins.
    """

    device: str
    user: str = ""
    sign_key: bytes | None = None
    seal_key: bytes | None = None
    tag: str = ""
    name: str = ""
    revoked_at: int | None = None
    is_admin: bool = False

    @property
    def is_server(self) -> bool:
        """The server under one of its ids: it is no device of any user."""
        return self.is_admin and not self.user


@dataclass(frozen=True)
class Cursor:
    """Up to where a stream was pulled from the server whose life `epoch` names."""

    epoch: str
    since: int


class Numbers:
    """The local numbers of devices and streams, given when one is first met."""

    def __init__(self, raw: StoreConnection) -> None:
        self._raw = raw
        self._devices: dict[str, int] = dict(raw.execute("SELECT device, no FROM sync_peer"))
        self._streams: dict[str, int] = dict(raw.execute("SELECT stream, no FROM sync_stream"))
        self._device_of = {number: device for device, number in self._devices.items()}
        self._stream_of = {number: stream for stream, number in self._streams.items()}

    def device(self, device: str) -> int:
        """Return the number of a device."""
        number = self._devices.get(device)
        if number is None:
            number = _added(
                self._raw,
                "INSERT INTO sync_peer (device, user, tag, name, is_admin) VALUES (?, '', '', '', 0)",
                device,
            )
            self._devices[device] = number
            self._device_of[number] = device
        return number

    def stream(self, stream: str) -> int:
        """Return the number of a stream."""
        number = self._streams.get(stream)
        if number is None:
            number = _added(
                self._raw,
                "INSERT INTO sync_stream (stream, epoch, since, has_unknown) VALUES (?, '', 0, 0)",
                stream,
            )
            self._streams[stream] = number
            self._stream_of[number] = stream
        return number

    def known_streams(self) -> set[str]:
        """Return the streams that have a number."""
        return set(self._streams)

    def device_of(self, number: int) -> str:
        """Return the device with a number."""
        return self._device_of[number]

    def stream_of(self, number: int) -> str:
        """Return the stream with a number."""
        return self._stream_of[number]


def begin(
    raw: StoreConnection,
    *,
    workspace: str,
    device: str,
    user: str,
    sign_key: bytes,
    seal_key: bytes,
    tag: str = "",
    name: str = "",
) -> Identity:
    """Make this copy a device of a shared workspace, under the keys that were made for it."""
    raw.execute(
        "INSERT INTO sync_self (id, workspace, device, user, sign_key, seal_key, sealed_change, "
        "last_hlc, clock_offset_ms, known_columns) VALUES (1, ?, ?, ?, ?, ?, 0, 0, 0, ?)",
        (workspace, device, user, sign_key, seal_key, known_columns()),
    )
    learn(raw, _own_peer(device, user, sign_key, seal_key, tag, name))
    return identity(raw)


def take_over(
    raw: StoreConnection,
    *,
    device: str,
    sign_key: bytes,
    seal_key: bytes,
    tag: str,
    name: str,
    user: str = "",
) -> Identity:
    """Make this copy another device than it was (`succession` re-issues what nobody has yet).

    It stays its user's where none is named.
    """
    user = user or identity(raw).user
    raw.execute(
        "UPDATE sync_self SET device = ?, user = ?, sign_key = ?, seal_key = ?",
        (device, user, sign_key, seal_key),
    )
    learn(raw, _own_peer(device, user, sign_key, seal_key, tag, name))
    return identity(raw)


def is_joined(raw: StoreConnection) -> bool:
    """Say whether this copy takes part in an exchange at all."""
    return raw.execute("SELECT 1 FROM sync_self").fetchone() is not None


def identity(raw: StoreConnection) -> Identity:
    """Return who this copy is; a copy that never joined has no identity (LookupError)."""
    row = raw.execute(
        "SELECT workspace, device, user, sign_key, seal_key, sealed_change, last_hlc, "
        "clock_offset_ms FROM sync_self"
    ).fetchone()
    if row is None:
        raise LookupError("this copy takes part in no exchange")
    return Identity(*row)


def remember_clock(raw: StoreConnection, *, offset_ms: int) -> None:
    """Keep by how much the server's clock is ahead of this computer's."""
    raw.execute("UPDATE sync_self SET clock_offset_ms = ?", (offset_ms,))


def learn(raw: StoreConnection, peer: Peer) -> None:
    """Keep what is known of a device; an earlier entry of the same device is replaced."""
    raw.execute(
        "INSERT INTO sync_peer (device, user, sign_key, seal_key, tag, name, revoked_at, "
        "is_admin) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device) DO UPDATE SET user = excluded.user, "
        "sign_key = excluded.sign_key, seal_key = excluded.seal_key, tag = excluded.tag, "
        "name = excluded.name, revoked_at = excluded.revoked_at, "
        "is_admin = excluded.is_admin",
        (
            peer.device,
            peer.user,
            peer.sign_key,
            peer.seal_key,
            peer.tag,
            peer.name,
            peer.revoked_at,
            peer.is_admin,
        ),
    )


def peers(raw: StoreConnection) -> list[Peer]:
    """Return every known device, this one too, in the order they were met."""
    rows = raw.execute(
        "SELECT device, user, sign_key, seal_key, tag, name, revoked_at, is_admin FROM sync_peer "
        "ORDER BY no"
    )
    return [replace(Peer(*row), is_admin=bool(row[-1])) for row in rows.fetchall()]


def called(raw: StoreConnection, device: str) -> str:
    """Return what a person calls a device: the name it came with, else its tag."""
    row = raw.execute("SELECT name, tag FROM sync_peer WHERE device = ?", (device,)).fetchone()
    return next(filter(None, row or ()), device)


def is_purged(raw: StoreConnection, key: tuple[str, str]) -> bool:
    """Say whether a row (table and id) was erased for ever."""
    found = raw.execute(
        "SELECT state FROM sync_row WHERE entity = ? AND row = ? AND state IS NOT NULL", key
    ).fetchone()
    return found is not None and RowState.from_text(found[0]).purged


def cursor(raw: StoreConnection, stream: str) -> Cursor:
    """Return how far a stream was pulled; nothing yet where it is new."""
    row = raw.execute("SELECT epoch, since FROM sync_stream WHERE stream = ?", (stream,)).fetchone()
    return Cursor(*row) if row else Cursor("", 0)


def move_cursor(raw: StoreConnection, stream: str, moved: Cursor) -> None:
    """Move a cursor, in the transaction that stores what it covers; never back within an epoch."""
    Numbers(raw).stream(stream)
    raw.execute(
        "UPDATE sync_stream SET since = CASE WHEN epoch = ?1 THEN max(since, ?2) ELSE ?2 END, "
        "epoch = ?1 WHERE stream = ?3",
        (moved.epoch, moved.since, stream),
    )


def streams(raw: StoreConnection) -> list[str]:
    """Return the streams something is known of, by name."""
    return [row[0] for row in raw.execute("SELECT stream FROM sync_stream ORDER BY stream")]


def _own_peer(
    device: str, user: str, sign_key: bytes, seal_key: bytes, tag: str, name: str
) -> Peer:
    return Peer(
        device=device,
        user=user,
        sign_key=Ed25519PrivateKey.from_private_bytes(sign_key).public_key().public_bytes_raw(),
        seal_key=X25519PrivateKey.from_private_bytes(seal_key).public_key().public_bytes_raw(),
        tag=tag,
        name=name,
    )


def _added(raw: StoreConnection, sql: str, value: str) -> int:
    return int(raw.execute(f"{sql} RETURNING no", (value,)).fetchone()[0])
