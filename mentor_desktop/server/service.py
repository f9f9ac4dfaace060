"""What every request of a process shares: settings, keys, database, files, limits, figures."""

from pathlib import Path

from mentor_desktop.clock import Clock, system_clock
from mentor_desktop.server.blob_store import BlobStore, store_for
from mentor_desktop.server.cursors import Cursors
from mentor_desktop.server.database import Database
from mentor_desktop.server.folder import ServerFolder, ServerKeys, ServerSettings
from mentor_desktop.server.limits import RateLimit
from mentor_desktop.server.metrics import Meter
from mentor_desktop.server.unfolded import Unfolded

DEVICE_PER_SECOND, DEVICE_BURST = 20.0, 400
ADDRESS_PER_SECOND, ADDRESS_BURST = 200.0, 4_000  # a whole school behind one address


class Service:
    """One process's view of the server; made by the entry point and handed to every handler."""

    def __init__(
        self,
        settings: ServerSettings,
        keys: ServerKeys,
        *,
        clock: Clock = system_clock,
        by_device: RateLimit | None = None,
        by_address: RateLimit | None = None,
    ) -> None:
        self.settings, self.keys = settings, keys
        self.meter = Meter()
        self.database = Database(settings.database, self.meter)
        self.blobs: BlobStore = store_for(settings.blobs)
        self.by_device = by_device or RateLimit(DEVICE_PER_SECOND, DEVICE_BURST)
        self.by_address = by_address or RateLimit(ADDRESS_PER_SECOND, ADDRESS_BURST)
        self.cursors = Cursors()
        self.unfolded = Unfolded()
        self._clock = clock

    @classmethod
    def open(cls, folder: Path) -> "Service":
        """Return the service of a server's folder.

        Raises:
            StoreError: there is none, or its settings or secret are damaged.
        """
        there = ServerFolder(folder)
        return cls(there.settings(), there.keys())

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()

    def now_ms(self) -> int:
        """Return the server's time in milliseconds since 1970."""
        return int(self._clock().timestamp() * 1_000)

    def now_s(self) -> int:
        """Return the server's time in whole seconds since 1970."""
        return self.now_ms() // 1_000
