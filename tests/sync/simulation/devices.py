"""Laptops of a simulation: real encrypted workspaces, the real engine, a clock of their own."""

import random
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mentor_desktop.store.capture import captured_tables
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.device import Newcomer
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync import joining
from mentor_desktop.sync.engine import Engine
from mentor_desktop.sync.keys.invitations import Invitation
from mentor_desktop.sync.line import Line
from mentor_desktop.sync.protocol.batches import expand, open_batch
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.log import stored_batch
from mentor_desktop.sync.session import get_token
from mentor_desktop.sync.status import SyncStatus
from tests.cheap import CHEAP
from tests.sync.simulation.network import CLEAR, Network, Weather
from tests.sync.simulation.server import URL

PASSPHRASE = "correct horse battery staple"


@dataclass
class Time:
    """The true time of a simulation, in milliseconds since 1970."""

    now_ms: int = 1_773_129_900_000  # 2026-03-10 08:05 UTC

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.now_ms / 1_000, UTC)

    def pass_by(self, seconds: float) -> None:
        self.now_ms += int(seconds * 1_000)


class LaptopClock:
    """The clock of one laptop: true time and an error somebody may change."""

    def __init__(self, time: Time) -> None:
        self._time = time
        self.error_ms = 0

    def __call__(self) -> datetime:
        return self._time() + timedelta(milliseconds=self.error_ms)

    def now_ms(self) -> int:
        return self._time.now_ms + self.error_ms


class Laptop:
    """One device of a workspace: its folder, its clock, its engine."""

    def __init__(
        self, name: str, workspace: Workspace, clock: LaptopClock, network: Network, time: Time
    ) -> None:
        self.name = name
        self.clock = clock
        self.workspace = workspace
        self._network = network
        self._time = time
        self.engine = self._engine()
        self._look: StoreConnection | None = None

    @property
    def root(self) -> Path:
        return self.workspace.folder.root

    @property
    def look(self) -> StoreConnection:
        """A connection to look at the store with, opened when it is first needed."""
        if self._look is None:
            self._look = self.workspace.plain_connection()
        return self._look

    def look_away(self) -> None:
        """Close that connection: the folder is about to be taken away."""
        if self._look is not None:
            self._look.close()
            self._look = None

    def sync(self, weather: Weather = CLEAR, **options: Any) -> SyncStatus:
        """Sync once; raises Stopped when the weather ends the program."""
        status: SyncStatus = self._network.drive(
            self.engine.sync(**options), weather=weather, on_wait=self._time.pass_by
        )
        return status

    def token(self) -> str:
        """Return a token of this laptop's own."""
        with closing(self.workspace.exchange_connection()) as raw:
            own = state.identity(raw)
        line = Line(random.Random(0))
        token: str = self._network.drive(get_token(line, own, self.clock.now_ms))
        return token

    def reopen(self) -> None:
        """Begin again as after a killed program: nothing but the folder is left."""
        self.let_go()
        self.begin(Workspace.open(self.root, self.workspace.key, clock=self.clock))

    def let_go(self) -> None:
        """End as a killed program does: nothing is tidied up."""
        self.look_away()
        self.workspace._dispose()
        self.workspace._lock.release()

    def begin(self, workspace: Workspace) -> None:
        """Go on with a workspace that was just opened."""
        self.workspace = workspace
        self.engine = self._engine()

    def close(self) -> None:
        """Close the workspace as a person does."""
        self.look_away()
        self.workspace.close(with_backup=False)

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every synced table."""
        return {
            name: self.look.execute(f'SELECT * FROM "{name}" ORDER BY id').fetchall()
            for name in sorted(captured_tables())
        }

    def refused_tokens(self) -> set[str]:
        """Return the values of own actions that the server rejected."""
        rows = self.look.execute(
            "SELECT b.header, b.body, r.first_seq, r.last_seq FROM sync_refused r "
            "JOIN sync_batch b ON b.stream = r.stream AND b.device = r.device "
            "AND b.to_seq >= r.first_seq AND b.from_seq <= r.last_seq"
        ).fetchall()
        return {
            value
            for header, body, first, last in rows
            for op in expand(open_batch(stored_batch((header, body))))
            if first <= op.seq <= last
            for value in op.values.values()
            if isinstance(value, str)
        }

    def act(self, work: Callable[[Any], Any], action: str = "Acted") -> Any:
        """Do something in a unit of work of its own and return what it returned."""
        with self.workspace.unit_of_work() as uow:
            uow.describe(action)
            result = work(uow)
            uow.commit()
        return result

    def _engine(self) -> Engine:
        source = random.Random(self._network.source.random())
        # Beside a window a page is applied batch by batch.
        has_window = source.random() < 0.5
        return Engine(self.workspace, source, now_ms=self.clock.now_ms, has_window=has_window)


def claim(laptop: Laptop, invitation: Invitation, network: Network) -> None:
    """Bring a workspace to the server."""
    network.drive(
        joining.claim(
            Line(random.Random(network.source.random())), laptop.workspace, invitation, URL
        )
    )


def join(name: str, root: Path, invitation: Invitation, network: Network, time: Time) -> Laptop:
    """Make a new laptop of a workspace that is on the server."""
    clock = LaptopClock(time)
    new = joining.new_device()
    reply = network.drive(
        joining.ask_to_join(Line(random.Random(network.source.random())), invitation, new, name)
    )

    def make(newcomer: Newcomer) -> Workspace:
        return Workspace.create(
            root, PASSPHRASE, clock=clock, actor=name, new=newcomer, cost=CHEAP
        )[0]

    workspace = joining.create(reply, new, make, URL, name=name)
    return Laptop(name, workspace, clock, network, time)


def copy_folder(laptop: Laptop, root: Path) -> Path:
    """Copy the folder of a laptop as a file manager does."""
    shutil.copytree(laptop.root, root)
    return root
