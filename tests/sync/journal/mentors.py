"""One mentor with several computers, a colleague, and the real server, without sockets."""

import asyncio
import random
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from mentor_desktop.server.joining import make_invitation
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.engine import Engine
from mentor_desktop.sync.joining import workspace_id
from mentor_desktop.sync.journal.entries import Entry
from mentor_desktop.sync.journal.open_journal import OpenJournal, begin_journal, open_journal
from mentor_desktop.sync.keys.invitations import Invitation, new_invitation
from mentor_desktop.sync.protocol.batches import Batch
from mentor_desktop.sync.protocol.streams import user_stream
from mentor_desktop.sync.replica import log, state
from mentor_desktop.sync.replica.applying import apply_page
from mentor_desktop.sync.status import State
from tests.cheap import CHEAP
from tests.sync.simulation.base import note_place
from tests.sync.simulation.devices import Laptop, LaptopClock, Time, claim, copy_folder, join
from tests.sync.simulation.network import Network
from tests.sync.simulation.server import URL, Server
from tests.workspaces import Template

PASSPHRASE = "a passphrase for the journal alone"


class Computer:
    """A laptop with the journal of its user, open or not."""

    def __init__(self, laptop: Laptop) -> None:
        self.laptop = laptop
        self.journal: OpenJournal | None = None
        self.give_engine()

    @property
    def open(self) -> OpenJournal:
        assert self.journal is not None
        return self.journal

    @property
    def device(self) -> str:
        return self.identity().device

    def identity(self) -> state.Identity:
        with closing(self.laptop.workspace.exchange_connection()) as raw:
            return state.identity(raw)

    @property
    def code(self) -> str:
        return self.open.devices().own_code

    def begin(self, passphrase: str = PASSPHRASE) -> OpenJournal:
        self.journal = begin_journal(self.laptop.workspace, passphrase, cost=CHEAP)
        return self.journal

    def lock(self) -> None:
        self.journal = None

    def unlock(self, passphrase: str = PASSPHRASE) -> OpenJournal:
        self.journal = open_journal(self.laptop.workspace, passphrase)
        return self.journal

    def texts(self) -> dict[str, set[str]]:
        """Return what every entry says, its versions as a set; what does not open as its trouble."""
        return {entry.id: said(entry) for entry in self.open.entries()}

    def reopen(self) -> None:
        """End and begin again as after a killed program."""
        self.laptop.reopen()
        self.journal = None
        self.give_engine()

    def give_engine(self) -> None:
        """Let the laptop sync with the journal that is open, if it is."""
        self.laptop.engine = Engine(
            self.laptop.workspace,
            random.Random(1),
            now_ms=self.laptop.clock.now_ms,
            journal=lambda: self.journal,
        )


class World:
    """The server with `first`, the computer of the mentor Rasa, who brought the workspace."""

    def __init__(self, folder: Path, template: Template, seed: int = 1) -> None:
        self.folder = folder
        self._loop = asyncio.new_event_loop()
        self.network = Network(self._loop, random.Random(seed))
        self.time = Time()
        self.server = Server(folder / "server", self.network, self.time, nodes=1)
        clock = LaptopClock(self.time)
        workspace = Workspace.open(template.copy_to(folder / "first"), template.key, clock=clock)
        laptop = Laptop("Rasa", workspace, clock, self.network, self.time)
        claim(laptop, self.server.invite(), self.network)
        self.ws = workspace_id(workspace)
        self.computers: list[Computer] = []
        self.first = self._kept(laptop)
        self.user = self.first.identity().user
        self.stream = user_stream(self.user)

    def further(self, name: str) -> Computer:
        """Let Rasa begin on one more computer."""
        return self._joined(name, self._invitation(self.user))

    def colleague(self, name: str) -> Computer:
        """Let somebody else join."""
        return self._joined(name, self._invitation(""))

    def paired(self, name: str) -> Computer:
        """Let Rasa begin on one more computer, compare it with the first and have it read all."""
        other = self.further(name)
        other.begin()
        self.pair(self.first, other)
        return other

    def pair(self, one: Computer, other: Computer) -> None:
        self.sync(one, other, one)
        one.open.add_device(other.code)
        other.open.add_device(one.code)
        self.sync(one, other, one)

    def copied(self, computer: Computer, name: str, *, is_noticed: bool = True) -> Computer:
        """Return a second life of a computer: its folder, copied as a file manager does.

        What is not noticed writes under the name of the one it was copied from.
        """
        laptop, root = computer.laptop, self.folder / name
        laptop.close()
        copy_folder(laptop, root)
        laptop.begin(Workspace.open(laptop.root, laptop.workspace.key, clock=laptop.clock))
        computer.lock()
        computer.give_engine()
        if not is_noticed:
            note_place(root, laptop.workspace.key)
        workspace = Workspace.open(root, laptop.workspace.key, clock=laptop.clock)
        return self._kept(Laptop(name, workspace, laptop.clock, self.network, self.time))

    def sync(self, *computers: Computer) -> None:
        """Let computers sync, one after the other; all of them twice where none is named."""
        for one in computers or (*self.computers, *self.computers):
            self.server.fold()
            self.time.pass_by(1)
            status = one.laptop.sync()
            assert status.state is State.IDLE, status
            assert not status.reason, status

    def leak(self, computer: Computer, stream: str = "") -> None:
        """Let a computer get what `first` holds of a stream (the journal), whoever gave it that."""
        named = stream or self.stream
        with closing(computer.laptop.workspace.exchange_connection()) as raw:
            assert not apply_page(raw, named, batches_in(self.first, named)).refused

    def act_on_each(self, act: Callable[[Computer], object]) -> None:
        for one in self.computers:
            act(one)

    def close(self) -> None:
        for one in self.computers:
            one.laptop.close()
        self.server.stop()
        self._loop.close()

    def _invitation(self, user: str) -> Invitation:
        invitation = new_invitation(URL, self.ws)
        make_invitation(
            self.server.services[0],
            invitation,
            role="admin" if user else "organiser",
            workshops=[],
            user=user,
            days=14,
        )
        return invitation

    def _joined(self, name: str, invitation: Invitation) -> Computer:
        root = self.folder / name
        return self._kept(join(name, root, invitation, self.network, self.time))

    def _kept(self, laptop: Laptop) -> Computer:
        self.computers.append(Computer(laptop))
        return self.computers[-1]


def said(entry: Entry) -> set[str]:
    """Return what the versions of an entry say, or why they do not."""
    versions = (entry.shown, *entry.others)
    return {one.trouble if one.content is None else one.content.decode() for one in versions}


def batches_in(computer: Computer, stream: str) -> list[Batch]:
    """Return what a computer holds of a stream."""
    with closing(computer.laptop.workspace.exchange_connection()) as raw:
        rows = raw.execute(
            "SELECT b.header, b.body FROM sync_batch b JOIN sync_stream s ON s.no = b.stream "
            "WHERE s.stream = ? ORDER BY b.device, b.from_seq",
            (stream,),
        )
        return [log.stored_batch(row) for row in rows.fetchall()]
