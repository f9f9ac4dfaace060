"""How far each device has read, written down at most once a minute: for figures, never for answers."""

import threading
from functools import partial

from sqlalchemy import Connection, update

from mentor_desktop.server.database import Database
from mentor_desktop.server.tables import device
from mentor_desktop.sync.keys.sessions import Session

_EVERY_MS = 60_000


class Cursors:
    """What devices said with their pulls, kept in memory until `write`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], int] = {}
        self._written_at = 0

    def saw(self, caller: Session, seq: int) -> None:
        """Remember the furthest a device has read."""
        with self._lock:
            who = (caller.ws, caller.device)
            self._seen[who] = max(seq, self._seen.get(who, 0))

    def write(self, database: Database, now_ms: int, *, at_once: bool = False) -> None:
        """Write what was remembered when a minute has passed (or at once)."""
        with self._lock:
            if not at_once and now_ms - self._written_at < _EVERY_MS:
                return
            seen, self._seen, self._written_at = self._seen, {}, now_ms
        for (ws, name), seq in seen.items():
            database.write(ws, partial(_write, ws=ws, name=name, seq=seq, now_ms=now_ms))


def _write(connection: Connection, *, ws: str, name: str, seq: int, now_ms: int) -> None:
    connection.execute(
        update(device)
        .where(device.c.ws == ws, device.c.device == name)
        .values(seen_at=now_ms, seen_seq=seq)
    )
