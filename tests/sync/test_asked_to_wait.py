"""Laptops at a server that lets each of them ask for little: they wait as told, and come to the end."""

import random
import time
from dataclasses import dataclass, field
from pathlib import Path

from mentor_desktop.clock import system_clock
from mentor_desktop.server.joining import make_invitation
from mentor_desktop.server.limits import RateLimit
from mentor_desktop.server.migrations import migrate
from mentor_desktop.server.service import Service
from mentor_desktop.store.device import Newcomer
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync import joining
from mentor_desktop.sync.client import Client
from mentor_desktop.sync.engine import Engine
from mentor_desktop.sync.keys.invitations import Invitation, new_invitation
from mentor_desktop.sync.line import Line
from mentor_desktop.sync.status import State, SyncStatus
from mentor_desktop.sync.steps import JSON, Response
from tests import factories
from tests.server.conftest import open_service
from tests.server.world import running
from tests.sync.pair import Pair, add_people
from tests.workspaces import PASSPHRASE, Template

# The pauses that a laptop makes by itself, one after the other, are 14 s together: who does not
# wait as told has given up before the next request is free.
SECONDS_FOR_ONE = 16
AT_ONCE = 4  # fewer than a sync needs
BUSY_FOR_AN_HOUR = Response(
    429, b'{"code":"too_many"}', {"content-type": JSON, "retry-after": "3600"}
)


@dataclass
class WaitingRoom:
    """The time that the server's limit goes by: it passes only while a laptop waits."""

    waits: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return sum(self.waits)


@dataclass
class Laptop:
    """A workspace, and where its program waits."""

    workspace: Workspace
    room: WaitingRoom

    def sync(self, address: str) -> SyncStatus:
        engine = Engine(self.workspace, random.Random(1), now_ms=lambda: time.time_ns() // 10**6)
        with Client(address, pause=self.room.waits.append) as client:
            return client.drive(engine.sync())

    def people(self) -> list[str]:
        with self.workspace.reader() as uow:
            rows = uow.raw.execute("SELECT given_name FROM person ORDER BY given_name")
            return [name for (name,) in rows.fetchall()]

    def add(self, *names: str) -> None:
        with self.workspace.unit_of_work() as uow:
            for name in names:
                factories.person(uow.session, given_name=name)
            uow.describe("Added people")
            uow.commit()


def bring(template: Template, root: Path, invitation: Invitation, room: WaitingRoom) -> Laptop:
    """Bring a workspace to the server."""
    workspace = Workspace.open(template.copy_to(root), template.key, clock=system_clock)
    with Client(invitation.server) as client:
        line = Line(random.Random(1))
        client.drive(joining.claim(line, workspace, invitation, invitation.server))
    return Laptop(workspace, room)


def join(root: Path, invitation: Invitation, room: WaitingRoom) -> Laptop:
    """Join it with a new laptop, which is empty until it syncs."""
    new = joining.new_device()

    def make(newcomer: Newcomer) -> Workspace:
        made, _code = Workspace.create(
            root, PASSPHRASE, clock=system_clock, actor="Jonas", new=newcomer
        )
        return made

    with Client(invitation.server) as client:
        asked = joining.ask_to_join(Line(random.Random(1)), invitation, new, "Jonas")
        reply = client.drive(asked)
    return Laptop(joining.create(reply, new, make, invitation.server, name="Jonas"), room)


def invite(service: Service, address: str, ws: str = "") -> Invitation:
    invitation = new_invitation(address, ws)
    make_invitation(service, invitation, role="admin", workshops=[], user="", days=14)
    return invitation


def test_laptops_that_ask_too_often_wait_as_told_and_end_with_everything(
    tmp_path: Path, workspace_template: Template
) -> None:
    room = WaitingRoom()
    service = open_service(f"sqlite:///{tmp_path / 'server.db'}", tmp_path)
    migrate(service.database)
    service.by_device = RateLimit(1 / SECONDS_FOR_ONE, AT_ONCE, room)
    with running(service) as address:
        first = bring(workspace_template, tmp_path / "first", invite(service, address), room)
        ws = joining.workspace_id(first.workspace)
        second = join(tmp_path / "second", invite(service, address, ws), room)
        first.add("Ona", "Rasa")
        second.add("Jonas")
        states = [one.sync(address) for one in (first, second, first)]
        figures = service.meter.exposition({})
    service.close()

    assert [(one.state, one.waiting_changes) for one in states] == [(State.IDLE, 0)] * 3
    assert first.people() == second.people() == ["Jonas", "Ona", "Rasa"]
    refusals = sum(
        int(line.rpartition(" ")[2]) for line in figures.splitlines() if 'status="429"' in line
    )
    assert len(room.waits) == refusals > 0  # nobody asks again before waiting
    for one in (first, second):
        one.workspace.close(with_backup=False)


def test_who_is_asked_to_come_back_in_an_hour_does_not_wait_for_that(pair: Pair) -> None:
    pair.exchange()
    add_people(pair.first)
    before = pair.time.now_ms
    pair.network.orders = [("push", BUSY_FOR_AN_HOUR)] * 6
    status = pair.first.sync()
    assert (status.state, status.retry_after_s) == (State.OFFLINE, 3600)
    assert pair.time.now_ms - before < 60_000
