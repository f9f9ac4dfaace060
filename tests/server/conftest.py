"""Fixtures: the same server on SQLite and on PostgreSQL, answering on this computer."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from mentor_desktop.server.folder import ServerKeys, ServerSettings
from mentor_desktop.server.limits import RateLimit
from mentor_desktop.server.migrations import migrate, require_current
from mentor_desktop.server.service import Service
from tests.server.postgres import cluster
from tests.server.world import World, running

SECRET = b"s" * 32


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Give the address of an empty PostgreSQL database that lives as long as the tests."""
    with cluster() as url:
        yield url


def open_service(url: str, folder: Path) -> Service:
    """Return a service with tables, and with more patience than a public one."""
    return Service(
        ServerSettings(database=url, blobs=str(folder / "blobs")),
        ServerKeys.from_secret(SECRET),
        by_device=RateLimit(100_000, 100_000),
        by_address=RateLimit(100_000, 100_000),
    )


@pytest.fixture(scope="session")
def sqlite_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a running server on SQLite; each test makes workspaces of its own on it."""
    folder = tmp_path_factory.mktemp("sqlite")
    with running_world(f"sqlite:///{folder / 'server.db'}", folder) as world:
        yield world


@pytest.fixture(scope="session")
def postgresql_world(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a running server on PostgreSQL."""
    with running_world(postgresql, tmp_path_factory.mktemp("postgresql")) as world:
        yield world


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest) -> World:
    """Give a running server, on one and then on the other database."""
    found = request.getfixturevalue(f"{request.param}_world")
    assert isinstance(found, World)
    return found


@contextmanager
def running_world(url: str, folder: Path) -> Iterator[World]:
    """Give a running server with fresh tables."""
    service = open_service(url, folder)
    migrate(service.database)
    require_current(service.database)
    with running(service) as address, httpx2.Client(base_url=address, timeout=30) as http:
        yield World(service, http)
    service.close()
