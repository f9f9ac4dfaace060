"""A workspace of the pictures that is on a server, with two colleagues on laptops of their own.

A real server answers on this computer while it is made; the pictures show another name for it,
which nobody has, so that they are taken offline.
"""

import random
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from mentor_desktop.clock import Clock
from mentor_desktop.server.folder import ServerKeys, ServerSettings
from mentor_desktop.server.joining import make_invitation
from mentor_desktop.server.migrations import migrate
from mentor_desktop.server.service import Service
from mentor_desktop.server.serving import listen, make_server
from mentor_desktop.services.people import add_person, change_person, search_people
from mentor_desktop.store.device import Newcomer
from mentor_desktop.store.settings import remember
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync import joining
from mentor_desktop.sync.client import Client
from mentor_desktop.sync.engine import Engine
from mentor_desktop.sync.keys.invitations import Invitation, new_invitation
from mentor_desktop.sync.line import Line
from mentor_desktop.sync.protocol.streams import PEOPLE
from mentor_desktop.sync.replica.happenings import What, note
from mentor_desktop.sync.replica.sealing import Sealer
from mentor_desktop.sync.replica.set_aside import note_aside
from mentor_desktop.sync.replica.transactions import writing

SHOWN = "https://sync.example.org"
COLLEAGUES = (("Jonas Petraitis", "organiser"), ("Ines Kos", "trainer"))
_PASSPHRASE = "a passphrase for pictures"  # noqa: S105 of a workspace that is thrown away
_SECRET = b"pictures" * 4
_HOUR_MS = 3_600_000


def share(workspace: Workspace, folder: Path, clock: Clock) -> None:
    """Bring a workspace to a server, and let colleagues join and do something."""
    with _serving(folder / "server", clock) as (service, url):
        _bring(workspace, _invitation(service, url, "", "admin"), clock)
        ws = joining.workspace_id(workspace)
        for number, (name, role) in enumerate(COLLEAGUES):
            root = folder / f"colleague-{number}"
            invited = _invitation(service, url, ws, role)
            colleague = _join(root, invited, name, clock)
            _sync(colleague, url, clock)
            with colleague.unit_of_work() as uow:
                add_person(uow, given_name="Elena", family_name=f"Number {number}")
            _sync(colleague, url, clock)
            colleague.close(with_backup=False)
        _sync(workspace, url, clock)
    _lose_access(workspace, round(clock().timestamp() * 1_000))
    with closing(workspace.exchange_connection()) as raw:
        remember(raw, sync_server=SHOWN)


def _lose_access(workspace: Workspace, now_ms: int) -> None:
    """Let something wait that the server sets aside, and something have happened before."""
    with workspace.unit_of_work() as uow:
        person = search_people(uow, "mun")[0].id
        change_person(uow, person_id=person, email="elena.munteanu@example.org")
    with workspace.unit_of_work() as uow:
        add_person(uow, given_name="Nova", family_name="Walkin", email="nova@example.org")
    with closing(workspace.exchange_connection()) as raw:
        Sealer(raw).seal_all()
        with writing(raw):
            note_aside(raw, PEOPLE, "no_stream", now_ms)
            note(raw, What.SERVER_RESTORED, now_ms - 26 * _HOUR_MS, epoch="")
            note(raw, What.ACCESS_ENDED, now_ms - _HOUR_MS, stream="w", name="WS-2025-04")
            note(raw, What.DELETIONS_TAKEN, now_ms, count="612")


@contextmanager
def _serving(folder: Path, clock: Clock) -> Iterator[tuple[Service, str]]:
    folder.mkdir()
    settings = ServerSettings(
        database=f"sqlite:///{folder / 'server.db'}", blobs=str(folder / "blobs")
    )
    service = Service(settings, ServerKeys.from_secret(_SECRET), clock=clock)
    migrate(service.database)
    with listen("127.0.0.1", 0) as listening:
        server = make_server(service)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield service, f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
            service.close()


def _invitation(service: Service, url: str, ws: str, role: str) -> Invitation:
    invited = new_invitation(url, ws)
    make_invitation(service, invited, role=role, workshops=["*"], user="", days=1)
    return invited


def _bring(workspace: Workspace, invited: Invitation, clock: Clock) -> None:
    with Client(invited.server) as client:
        line = Line(random.Random(1))
        client.drive(joining.claim(line, workspace, invited, invited.server))
    _sync(workspace, invited.server, clock)


def _join(root: Path, invited: Invitation, name: str, clock: Clock) -> Workspace:
    new = joining.new_device()

    def make(newcomer: Newcomer) -> Workspace:
        return Workspace.create(root, _PASSPHRASE, clock=clock, actor=name, new=newcomer)[0]

    with Client(invited.server) as client:
        reply = client.drive(joining.ask_to_join(Line(random.Random(1)), invited, new, name))
    return joining.create(reply, new, make, invited.server, name=name)


def _sync(workspace: Workspace, url: str, clock: Clock) -> None:
    now_ms = round(clock().timestamp() * 1_000)
    engine = Engine(workspace, random.Random(1), now_ms=lambda: now_ms)
    with Client(url) as client:
        status = client.drive(engine.sync())
    assert not status.reason, status.reason
