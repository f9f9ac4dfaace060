"""What every test may rely on: no real home, no network, no noise.

Qt draws offscreen unless the caller names a platform (the journeys run under Xvfb).
"""

import gc
import ipaddress
import logging
import os
import re
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
pytest_plugins = ("pytester", "tests.workspaces")

# Before anything of Qt or of ours is imported: tests never read or write a person's own folders.
_HOME = tempfile.TemporaryDirectory(prefix="mentor-tests-")
os.environ["HOME"] = _HOME.name
for _name, _folder in {
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_CACHE_HOME": "cache",
    "XDG_STATE_HOME": "state",
    "XDG_RUNTIME_DIR": "run",
}.items():
    _path = Path(_HOME.name, _folder)
    _path.mkdir(mode=0o700)
    os.environ[_name] = str(_path)
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
os.environ["LC_ALL"] = "C.UTF-8"
os.environ["TZ"] = "Europe/Prague"
time.tzset()
for _name in ("LANGUAGE", "DBUS_SESSION_BUS_ADDRESS", "QT_STYLE_OVERRIDE", "QT_SCALE_FACTOR"):
    os.environ.pop(_name, None)

settings.register_profile("project", deadline=None, derandomize=True, database=None)
settings.load_profile("project")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of this project."""
    parser.addoption(
        "--update-references",
        action="store_true",
        help="rewrite the stored references of printed documents; read the diff before committing",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers that live in this file."""
    config.addinivalue_line(
        "markers", "expects_log(pattern): each warning logged matches, and at least one is logged"
    )


@pytest.fixture(scope="session")
def update_references(pytestconfig: pytest.Config) -> bool:
    """Tell whether stored references are to be rewritten."""
    return bool(pytestconfig.getoption("--update-references"))


def _is_local(address: object) -> bool:
    if not isinstance(address, tuple):
        return True  # a path of a unix socket
    host = str(address[0]).partition("%")[0]
    if host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse(address: object) -> None:
    if not _is_local(address):
        pytest.fail(f"a test reached for the network: {address!r}")


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Let sockets reach this computer only, names included."""
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex"):
        original = getattr(socket.socket, name)

        def guarded(self: socket.socket, address: object, _original: object = original) -> object:
            _refuse(address)
            return _original(self, address)  # type: ignore[operator]  # the socket's own method

        patch.setattr(socket.socket, name, guarded)
    lookup = socket.getaddrinfo

    def guarded_lookup(host: object, *args: object, **kwargs: object) -> object:
        name = host.decode() if isinstance(host, bytes) else host
        _refuse((name or "", 0))
        return lookup(host, *args, **kwargs)  # type: ignore[arg-type]  # passed on as they came

    patch.setattr(socket, "getaddrinfo", guarded_lookup)
    yield
    patch.undo()


class _Warnings(logging.Handler):
    """Keep every record from WARNING up."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(autouse=True)
def _no_unexpected_log_lines(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that logs a warning it did not announce with `expects_log`."""
    handler = _Warnings()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    logged = [f"{one.name}: {one.getMessage()}" for one in handler.records]
    marker = request.node.get_closest_marker("expects_log")
    if marker is None:
        assert not logged, f"unexpected log lines: {logged}"
        return
    pattern = re.compile(marker.args[0])
    strangers = [line for line in logged if not pattern.search(line)]
    assert not strangers, f"unexpected log lines: {strangers}"
    assert logged, f"nothing was logged that matches {pattern.pattern!r}"


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    """Leave the interface in English for the next test."""
    yield
    words = sys.modules.get("mentor_desktop.i18n")
    if words is not None:
        words.set_language("en")


@pytest.fixture(autouse=True)
def _collector_again() -> Iterator[None]:
    """Let the collector work in the next test: a window rests it until it has warmed up."""
    yield
    gc.enable()
    gc.unfreeze()
