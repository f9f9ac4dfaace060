"""Fixtures: a frozen clock, and a fresh, opened workspace in a few milliseconds."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mentor_desktop.store.workspace import Workspace

PASSPHRASE = "correct horse battery staple"


class FrozenClock:
    """Says the same time until it is set: 09:05 in Prague on the first workshop day."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 10, 8, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **step: float) -> None:
        """Move on, for example `advance(minutes=5)`."""
        self.now += timedelta(**step)


@contextmanager
def files_limited_to(size_bytes: int) -> Iterator[None]:
    """Let no file grow over a size: what a full or failing disk does, at once and for root too."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@dataclass(frozen=True)
class Template:
    """An empty, closed workspace on disk, what opens it, and what it knows itself by."""

    root: Path
    key: bytes
    recovery_code: str
    incarnation: str
    workspace_id: str

    def copy_to(self, root: Path) -> Path:
        """Copy the folder as if it had been made there: it stays device A."""
        from mentor_desktop import config
        from mentor_desktop.store.incarnation import Incarnations, Sighting

        shutil.copytree(self.root, root)
        sighting = Sighting(str(root.resolve()), self.workspace_id, 0)
        Incarnations(config.device_dir()).note(self.incarnation, sighting)
        return root


@pytest.fixture
def clock() -> FrozenClock:
    """Return a clock that stands still."""
    return FrozenClock()


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an exchange that finds no server try again at once, as often as ever."""
    from mentor_desktop.sync import line

    monkeypatch.setattr(line, "_FIRST_PAUSE_S", 0.02)


@pytest.fixture(scope="session")
def workspace_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Make the workspace that others are copied from: once, because tables are slow to make."""
    from mentor_desktop.store.keyfile import KeyFile
    from mentor_desktop.store.settings import setting
    from mentor_desktop.store.workspace import Workspace
    from tests.cheap import CHEAP

    root = tmp_path_factory.mktemp("template") / "workspace"
    workspace, code = Workspace.create(
        root, PASSPHRASE, clock=FrozenClock(), actor="Rasa", cost=CHEAP
    )
    key, key_file = workspace.key, KeyFile.load(workspace.folder.key_file)
    with closing(workspace.plain_connection()) as connection:
        incarnation = setting(connection, "incarnation")
    workspace.close()
    return Template(root, key, code, incarnation, key_file.workspace_id)


@pytest.fixture
def workspace_root(workspace_template: Template, tmp_path: Path) -> Path:
    """Return the folder of a closed, empty workspace (key and code: `workspace_template`)."""
    return workspace_template.copy_to(tmp_path / "workspace")


@pytest.fixture
def workspace(
    workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> Iterator["Workspace"]:
    """Return an opened, empty workspace on device A, actor "Rasa"."""
    from mentor_desktop.store.workspace import Workspace

    opened = Workspace.open(workspace_root, workspace_template.key, clock=clock)
    yield opened
    opened.close(with_backup=False)
