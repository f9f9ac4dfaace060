"""The window on a workspace, a server on this computer, and a colleague's laptop."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mentor_desktop.clock import Clock
from mentor_desktop.sync.keys.invitations import Invitation
from tests.ui.sync.company import Colleague, Relay, Server
from tests.ui.sync.exchanging import rest
from tests.ui.workshop.conftest import office, sample
from tests.ui.workshop.office import Office

__all__ = ["office", "sample"]


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[Server]:
    server = Server(tmp_path / "server", clock)
    yield server
    server.close()


@pytest.fixture
def relay(server: Server) -> Iterator[Relay]:
    relay = Relay(server)
    yield relay
    relay.close()


@pytest.fixture
def hire(tmp_path: Path, server: Server, clock: Clock) -> Iterator[Callable[..., Colleague]]:
    """Return a function that gives a further laptop of a workspace on the server."""
    hired: list[Colleague] = []

    def hire(invitation: Invitation, name: str = "Jonas") -> Colleague:
        one = Colleague.new(tmp_path / f"laptop-{len(hired)}", invitation, name, clock)
        hired.append(one)
        return one

    yield hire
    for one in hired:
        one.close()


@pytest.fixture
def joined(office: Office, server: Server) -> Office:
    """Return the window on the Sync page of a workspace that just joined, all exchanged."""
    office.go("sync")
    office.press("Join a server")
    office.type_into("Invitation", server.invite().link, office.panel)
    office.press("Look at the invitation", office.panel)
    office.press("Join", office.panel)
    rest(office)
    return office
