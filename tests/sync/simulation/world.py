"""A simulated organisation: laptops, a server, a network, and what may happen to them."""

import asyncio
import logging
import random
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from logging.handlers import BufferingHandler
from pathlib import Path
from unittest.mock import patch

from sqlalchemy.exc import IntegrityError

from mentor_desktop.crypto import Argon2Cost
from mentor_desktop.errors import StoreError
from mentor_desktop.ids import drawn_from
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync import bootstrapping
from mentor_desktop.sync.blobs import wanted_files
from mentor_desktop.sync.handing_over import hand_round
from mentor_desktop.sync.merge.digest import Buckets
from mentor_desktop.sync.protocol.messages import (
    PATHS,
    DigestRequest,
    HelloRequest,
    RowsRequest,
    to_json,
)
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.beginning import LogIncompleteError
from mentor_desktop.sync.status import State, SyncStatus
from mentor_desktop.sync.steps import Request, Response
from mentor_desktop.sync.taking_in import take_in
from tests.sync.simulation.access import end_access
from tests.sync.simulation.actions import ACTIONS, Desk, Written
from tests.sync.simulation.base import MEMBERS, STRANGER, Base, ids_by_seed, note_place
from tests.sync.simulation.devices import Laptop, LaptopClock, Time, claim, join
from tests.sync.simulation.evidence import all_batches, tokens_in_batches, unsealed_tokens
from tests.sync.simulation.network import CLEAR, Network, Stopped, Weather
from tests.sync.simulation.server import Server
from tests.sync.simulation.unusual import has_a_name, set_role, write_as_newer

_CHEAP = Argon2Cost(iterations=1, lanes=1, memory_kib=8)
_YEARS_MS = 10 * 365 * 24 * 3_600_000
_MOST_ROUNDS = 8
_PAUSE_OF_FILES_S = 7 * 3_600  # longer than any of the queue of files


def _asking(path: str, **query: str | int) -> Callable[[str], Request]:
    return lambda ws: Request("GET", path, {"ws": ws, **query})


def _telling(path: str, make: Callable[[str], bytes]) -> Callable[[str], Request]:
    return lambda ws: Request("POST", path, content=make(ws))


_SUMS = Buckets().to_bytes()
_PROBES: tuple[Callable[[str], Request], ...] = (
    _telling(PATHS["hello"], lambda ws: to_json(HelloRequest(ws=ws, schema=2))),
    _asking(PATHS["pull"], stream="people", epoch="x", since=0),
    _asking(PATHS["snapshot"], stream="people"),
    _asking(PATHS["snapshot_part"], stream="people", hash="0" * 64),
    _asking(f"{PATHS['blob']}/{'0' * 64}"),
    _asking(f"{PATHS['blob']}/{'0' * 64}/missing", stream="people", chunks=1),
    _telling(
        PATHS["digest"],
        lambda ws: to_json(DigestRequest(ws=ws, stream="people", at_seq=1, sums=_SUMS)),
    ),
    _telling(PATHS["rows"], lambda ws: to_json(RowsRequest(ws=ws, stream="people", bucket=0))),
)


class NotQuietError(AssertionError):
    """With a clear network the laptops and the server do not come to rest."""


@dataclass
class Backup:
    """A copy of a laptop's folder, and what its owner had written until then."""

    folder: Path
    written: int


@dataclass
class World:
    """Everything of one run; `close` it."""

    base: Base
    root: Path
    seed: int
    desk: Desk = field(default_factory=Desk)
    written: list[Written] = field(default_factory=list)
    # Whose access was ended; and of them, who was told so when all was quiet.
    ended: set[str] = field(default_factory=set)
    shut_out: set[str] = field(default_factory=set)
    # Who may have a copy: not told apart from its original when that one's access ends.
    copied: set[str] = field(default_factory=set)
    story: list[str] = field(default_factory=list)
    # Values of actions that were not sealed when a folder was copied: both copies make them.
    doubled: set[str] = field(default_factory=set)
    # Files that went with a folder or with what a server forgot, and were nowhere else.
    gone_files: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.base.copy_to(self.root)
        self.loop = asyncio.new_event_loop()
        self.time = Time(self.base.started_ms)
        self._seeded = ExitStack()
        self._seeded.enter_context(drawn_from(ids_by_seed(f"world {self.seed}", self.time)))
        # A new laptop begins with a snapshot of ten rows, too.
        self._seeded.enter_context(patch.object(bootstrapping, "LEAST_OPERATIONS", 1))
        self.network = Network(self.loop, random.Random(self.seed))
        self.server = Server(self.root / "server", self.network, self.time)
        self.laptops: dict[str, Laptop] = {}
        for name in MEMBERS:
            self.laptops[name] = self._open(name)
        self.stranger = self._open(STRANGER)
        self.backups: dict[str, Backup] = {}
        self.copies = 0
        self.warnings = BufferingHandler(1_000)
        self.warnings.setLevel(logging.WARNING)
        logging.getLogger("mentor_desktop.sync").addHandler(self.warnings)
        self.server_backup: Path | None = None

    def close(self) -> None:
        """Let go of everything; nothing is checked any more."""
        logging.getLogger("mentor_desktop.sync").removeHandler(self.warnings)
        for laptop in (*self.laptops.values(), self.stranger):
            laptop.let_go()  # the folder goes with it
        self.server.stop()
        self.loop.close()
        self._seeded.close()
        shutil.rmtree(self.root)

    def act(self, name: str, seed: int) -> None:
        """Somebody does something on a laptop."""
        laptop, source = self.laptops[name], random.Random(seed)
        action = source.choice(ACTIONS)
        self.story.append(f"{name}: {action.__name__}")
        try:
            self.written += laptop.act(lambda uow: action(uow, source, self.desk, name))
        except IntegrityError:
            self.story.append("  refused by a reference")

    def act_as_newer(self, name: str, seed: int) -> None:
        """Somebody whose program is newer than everybody else's writes what only it knows."""
        laptop = self.laptops[name]
        if has_a_name(laptop):
            self.story.append(f"{name}: writes as a newer program")
            self.written += write_as_newer(laptop, random.Random(seed), self.desk)

    def change_role(self, role: str) -> None:
        """The administrator takes a role away, or gives it back; its owner may be offline."""
        if has_a_name(self.laptops["ana"]):
            set_role(self.laptops["ana"], state.identity(self.laptops["ben"].look).user, role)
            self.story.append(f"ana: ben is {role} from now on")

    def enter(self, most: int = len(MEMBERS) + 2) -> None:
        """A new laptop joins and begins with what the server makes of everything until now."""
        if len(self.laptops) >= most:
            return
        name = f"new-{self.copies}"
        self.copies += 1
        self.server.take_snapshots(self.base.ws)
        invitation = self.server.invite("organiser", self.base.ws)
        self.laptops[name] = join(name, self.root / name, invitation, self.network, self.time)
        before = self.network.paths[PATHS["snapshot_part"]]
        self.sync(name)
        parts = self.network.paths[PATHS["snapshot_part"]] - before
        self.story.append(f"{name}: joined, began with {parts} parts of snapshots")

    def end_access(self, name: str) -> None:
        """The server's administrator shuts a laptop out, which may be offline with unsent work."""
        # One is enough, and somebody has to give roles.
        if self.ended or name in {"ana", *self.copied}:
            return
        if end_access(self.server, self.base.ws, self.laptops[name]):
            self.ended.add(name)
            self.story.append(f"{name}: access ended")

    def invite_again(self, name: str) -> None:
        """Who was shut out, and heard so, gets an invitation: everything that was kept goes on."""
        if name not in self.ended:
            return
        status = self.sync(name)
        if status is not None and status.state is State.ACCESS_ENDED:
            invitation = self.server.invite(MEMBERS.get(name, "organiser"), self.base.ws, ["*"])
            claim(self.laptops[name], invitation, self.network)
            self.ended.remove(name)
            self.story.append(f"{name}: invited again")
            self.sync(name)  # as the program does; before it, nothing can be handed on

    def sync(
        self, name: str, weather: Weather = CLEAR, consent: Collection[str] = ()
    ) -> SyncStatus | None:
        """A laptop syncs under a weather; None when it was ended in the middle."""
        laptop = self.laptops[name]
        try:
            status = laptop.sync(weather, consent=consent)
        except Stopped:
            self.story.append(f"{name}: ended in the middle of a sync")
            laptop.reopen()
            return None
        self.story.append(f"{name}: synced, {status.state} {status.reason[:40]}")
        return status

    def jump(self, name: str, source: random.Random) -> None:
        """A laptop's clock is set to anything within ten years."""
        self.laptops[name].clock.error_ms = source.randrange(-_YEARS_MS, _YEARS_MS)
        self.story.append(f"{name}: clock is wrong by {self.laptops[name].clock.error_ms} ms")

    def back_up(self, name: str) -> None:
        """Somebody copies a laptop's folder while the program is closed."""
        if name in self.ended:
            return
        self.copied.add(name)
        laptop = self.laptops[name]
        laptop.reopen()
        self.doubled |= unsealed_tokens(laptop)
        folder = self.root / f"backup-{self.copies}"
        self.copies += 1
        laptop.close()
        shutil.copytree(laptop.root, folder)
        self._reopen(laptop)
        self.backups[name] = Backup(folder, len(self.written))
        self.story.append(f"{name}: backed up")

    def put_back(self, name: str, *, is_noticed: bool) -> None:
        """An old copy takes the place of a laptop's folder, perhaps without anybody noticing."""
        backup = self.backups.get(name)
        if backup is None:
            return
        laptop, files = self.laptops[name], self._files()
        self._forget_what_is_nowhere_else(name, backup.written)
        laptop.close()
        shutil.rmtree(laptop.root)
        shutil.copytree(backup.folder, laptop.root)
        if not is_noticed:
            note_place(laptop.root, laptop.workspace.key)
        self._reopen(laptop)
        self.gone_files |= files - self._files()
        self.story.append(f"{name}: put back, {'noticed' if is_noticed else 'not noticed'}")

    def clone(self, name: str, *, is_noticed: bool, most: int = len(MEMBERS) + 2) -> None:
        """A copy of a laptop's folder is used beside it from now on."""
        if len(self.laptops) >= most or name in self.ended:
            return
        laptop = self.laptops[name]
        twin = f"{name}-{self.copies}"
        self.copies += 1
        self.copied |= {name, twin}
        self.doubled |= unsealed_tokens(laptop)
        folder = self.root / twin
        laptop.close()
        shutil.copytree(laptop.root, folder)
        self._reopen(laptop)
        if not is_noticed:
            note_place(folder, laptop.workspace.key)
        clock = LaptopClock(self.time)
        workspace = Workspace.open(folder, laptop.workspace.key, clock=clock)
        self.laptops[twin] = Laptop(twin, workspace, clock, self.network, self.time)
        self.story.append(f"{name}: copied as {twin}, {'noticed' if is_noticed else 'not noticed'}")

    def carry(self, name: str, other: str) -> None:
        """Somebody carries everything from one laptop to another on a stick."""
        path = self.root / f"stick-{self.copies}"
        self.copies += 1
        source, target = self.laptops[name].workspace, self.laptops[other].workspace
        try:
            handed = hand_round(source, path, cost=_CHEAP)
        except LogIncompleteError:  # it began with a snapshot a moment ago
            return
        self.story.append(f"{name}: carried to {other}")
        try:
            take_in(target, path, handed.words)
        except StoreError:
            assert name in self.ended, "a file of a laptop that belongs here"
            self.story.append("  refused: its access ended")

    def restart_server(self) -> None:
        """The server ends and begins again."""
        self.server.restart()
        self.story.append("server: restarted")

    def back_up_server(self) -> None:
        """An administrator backs the server up."""
        folder = self.root / f"server-backup-{self.copies}"
        self.copies += 1
        self.server_backup = self.server.back_up(folder)
        self.story.append("server: backed up")

    def restore_server(self) -> None:
        """The server loses everything since its backup; what no laptop holds is gone with it."""
        if self.server_backup is None:
            return
        files = self._files()
        self.server.restore(self.server_backup, self.base.ws)
        self.gone_files |= files - self._files()
        held = tokens_in_batches(all_batches(self.server, self.base.ws, self.laptops.values()))
        held |= {token for one in self.laptops.values() for token in unsealed_tokens(one)}
        self.written = [one for one in self.written if one.token in held]
        self.story.append("server: restored")

    def settle(self) -> None:
        """Give everybody a clear network until nothing moves any more."""
        self.network.deliver_late()
        self.time.pass_by(_PAUSE_OF_FILES_S)
        for _round in range(_MOST_ROUNDS):
            statuses, moved = self._sync_all()
            self.server.fold()
            told = [one.getMessage() for one in self.warnings.buffer]
            # A part that was cut on its way: everything is pulled instead.
            said = [one for one in told if "snapshot is of no use" not in one]
            assert not said, "\n".join((*self.story, *said))
            waiting = sum(self._waiting_files(name, one) for name, one in statuses.items())
            if not moved and not waiting and all(_is_quiet(one) for one in statuses.values()):
                return
            if waiting:
                # Asked for before the laptop that has it sent it: it is asked for again later.
                self.time.pass_by(_PAUSE_OF_FILES_S)
        raise NotQuietError("\n".join((*self.story, str(statuses))))

    def _sync_all(self) -> tuple[dict[str, SyncStatus | None], int]:
        """Let everybody sync; return how it stands, and how many requests did more than look."""
        statuses, moved = {}, 0
        for name in sorted(self.laptops):
            before = self.network.requests
            status = self.sync(name)
            if status is not None and status.mass_changes:  # somebody looks, and agrees
                status = self.sync(name, consent=[one.stream for one in status.mass_changes])
            statuses[name] = status
            if not _is_shut_out(statuses[name]):
                moved += self.network.requests - before - 1
        self.shut_out = {name for name, one in statuses.items() if _is_shut_out(one)}
        assert self.shut_out <= self.ended, "somebody is shut out whose access nobody ended"
        return statuses, moved

    def files_nowhere(self) -> set[str]:
        """Return the files that nobody can get any more, through no fault of sync.

        They are gone, or only on laptops whose access was ended before they were sent.
        """
        shut_in = self._files_on(self.shut_out) - set(self.server.files(self.base.ws))
        shut_in -= self._files_on(self.laptops.keys() - self.shut_out)
        return shut_in | (self.gone_files - self._files())

    def _waiting_files(self, name: str, status: SyncStatus | None) -> int:
        """Return how many files a laptop waits for that are somewhere."""
        if status is None or not status.waiting_files or name in self.shut_out:
            return 0
        return status.waiting_files - len(
            wanted_files(self.laptops[name].look) & self.files_nowhere()
        )

    def _files(self) -> set[str]:
        """Return the addresses of all files that somebody has."""
        return set(self.server.files(self.base.ws)) | self._files_on(self.laptops)

    def _files_on(self, names: Iterable[str]) -> set[str]:
        return set().union(*(self.laptops[one].workspace.blobs().addresses() for one in names))

    def probe_as_stranger(self) -> Iterator[tuple[Response, Response]]:
        """Ask for this workspace with rights in another one; give each answer, and the one for a
        workspace that is not there."""
        token = self.stranger.token()
        for ws_of in _PROBES:
            here, nowhere = ws_of(self.base.ws), ws_of("f" * 32)
            yield (
                self.network.answer(replace(here, token=token)),
                self.network.answer(replace(nowhere, token=token)),
            )

    def _forget_what_is_nowhere_else(self, name: str, since: int) -> None:
        """What only this disk held is lost with it: no program can bring it back."""
        others = [one for one in self.laptops.values() if one.name != name]
        elsewhere = tokens_in_batches(all_batches(self.server, self.base.ws, others))
        elsewhere |= {token for one in others for token in unsealed_tokens(one)}
        kept: list[Written] = []
        for number, one in enumerate(self.written):
            if number < since or one.laptop != name:
                kept.append(one)
            elif one.token in elsewhere:
                # Its author, too, shows older values until the next sync.
                kept.append(replace(one, laptop=f"{name} before {self.copies}"))
        self.written = kept

    def _open(self, name: str) -> Laptop:
        return self.base.open_laptop(self.root, name, self.network, self.time)

    def _reopen(self, laptop: Laptop) -> None:
        laptop.begin(Workspace.open(laptop.root, laptop.workspace.key, clock=laptop.clock))


def _is_quiet(status: SyncStatus | None) -> bool:
    if status is None or status.waiting_changes:
        return False
    return _is_shut_out(status) or (status.state is State.IDLE and not status.reason)


def _is_shut_out(status: SyncStatus | None) -> bool:
    return status is not None and status.state is State.ACCESS_ENDED
