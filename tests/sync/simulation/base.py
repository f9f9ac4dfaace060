"""The small workspace every simulation begins with, made once and copied from then on.

Three laptops of one workspace and one of another, all of them in step with one server.
"""

import asyncio
import random
import shutil
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from mentor_desktop import config
from mentor_desktop.ids import IdSource, drawn_from
from mentor_desktop.store.incarnation import Incarnations, Sighting
from mentor_desktop.store.settings import setting
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.joining import workspace_id
from tests import factories
from tests.cheap import CHEAP
from tests.sync.simulation.devices import PASSPHRASE, Laptop, LaptopClock, Time, claim, join
from tests.sync.simulation.network import Network
from tests.sync.simulation.server import Server

MEMBERS = {"ana": "admin", "ben": "organiser", "cia": "trainer"}
STRANGER = "zoe"
_MINUTE_MS = 60_000
# He reads the same as either, and may write less as a trainer.
ROLES_OF_BEN = ("organiser", "trainer")


@dataclass(frozen=True)
class Base:
    """Closed folders on disk, and what opens them."""

    root: Path
    ws: str
    other_ws: str
    keys: Mapping[str, bytes]
    started_ms: int

    def copy_to(self, root: Path) -> Path:
        """Copy everything as if it had been made there."""
        shutil.copytree(self.root, root)
        return root

    def open_laptop(self, root: Path, name: str, network: Network, time: Time) -> Laptop:
        """Open one of the laptops that were copied to `root`."""
        clock = LaptopClock(time)
        folder = root / name
        note_place(folder, self.keys[name])
        workspace = Workspace.open(folder, self.keys[name], clock=clock)
        return Laptop(name, workspace, clock, network, time)


def note_place(folder: Path, key: bytes) -> None:
    """Let a folder count as having always been where it is: its copy goes unnoticed."""
    from mentor_desktop.store.connection import connect
    from mentor_desktop.store.folder import WorkspaceFolder
    from mentor_desktop.store.keyfile import KeyFile

    place = WorkspaceFolder(folder)
    with closing(connect(place.database, key)) as raw:
        incarnation = setting(raw, "incarnation")
    ws = KeyFile.load(place.key_file).workspace_id
    Incarnations(config.device_dir()).note(incarnation, Sighting(str(folder.resolve()), ws, 0))


def make_base(root: Path) -> Base:
    """Make it: a workshop with four people and two half-days. Only its keys differ each time."""
    time = Time()
    with drawn_from(ids_by_seed("base", time)):
        return _make_base(root, time)


def ids_by_seed(seed: str, time: Time) -> IdSource:
    """Return where all ids of a simulation come from, those of laptops and server."""
    return IdSource(lambda: time.now_ms, random.Random(seed).randbytes)


def _make_base(root: Path, time: Time) -> Base:
    loop = asyncio.new_event_loop()
    network = Network(loop, random.Random(0))
    server = Server(root / "server", network, time)
    ana = _first("ana", root, network, time)
    workshop = ana.act(_fill)
    claim(ana, server.invite(), network)
    ana.sync()
    ws = workspace_id(ana.workspace)
    laptops = [ana]
    for name in ("ben", "cia"):
        invitation = server.invite(MEMBERS[name], ws, [workshop])
        laptops.append(join(name, root / name, invitation, network, time))
    zoe = _first(STRANGER, root, network, time)
    zoe.act(lambda uow: factories.person(uow.session, given_name="canary of another workspace"))
    claim(zoe, server.invite(), network)
    laptops.append(zoe)
    for _round in range(2):
        for laptop in laptops:
            laptop.sync()
        server.fold()
    keys = {one.name: one.workspace.key for one in laptops}
    other_ws = workspace_id(zoe.workspace)
    for laptop in laptops:
        laptop.close()
    server.stop()
    loop.close()
    # What is made later has later ids.
    return Base(root, ws, other_ws, keys, time.now_ms + _MINUTE_MS)


def _first(name: str, root: Path, network: Network, time: Time) -> Laptop:
    clock = LaptopClock(time)
    workspace, _code = Workspace.create(
        root / name, PASSPHRASE, clock=clock, actor=name, cost=CHEAP
    )
    return Laptop(name, workspace, clock, network, time)


def _fill(uow: object) -> str:
    session = uow.session  # type: ignore[attr-defined]  # a unit of work
    workshop = factories.workshop(session, code="WS-2026-01")
    for number in (1, 2):
        factories.slot(session, workshop_id=workshop.id, code=f"D1-{number}", seq=number)
    for number in range(4):
        person = factories.person(
            session, given_name=f"start{number}", family_name=f"start{number}", note="", email=""
        )
        factories.registration(session, workshop_id=workshop.id, person_id=person.id)
    return str(workshop.id)
