"""Fixtures: a frozen clock, and a fresh, opened workspace in a few milliseconds."""

import shutil
from collections.abc import Iterator
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


@dataclass(frozen=True)
class Template:
    """An empty workspace on disk, its key and its recovery code."""

    root: Path
    key: bytes
    recovery_code: str


@pytest.fixture
def clock() -> FrozenClock:
    """Return a clock that stands still."""
    return FrozenClock()


@pytest.fixture(scope="session")
def workspace_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Make the workspace that others are copied from: once, because keys are slow to derive."""
    from mentor_desktop.store.workspace import Workspace

    root = tmp_path_factory.mktemp("template") / "workspace"
    workspace, code = Workspace.create(root, PASSPHRASE, clock=FrozenClock(), actor="Rasa")
    key = workspace.key
    workspace.close()
    return Template(root, key, code)


@pytest.fixture
def workspace_root(workspace_template: Template, tmp_path: Path) -> Path:
    """Return the folder of a closed, empty workspace (key and code: `workspace_template`)."""
    root = tmp_path / "workspace"
    shutil.copytree(workspace_template.root, root)
    return root


@pytest.fixture
def workspace(
    workspace_root: Path, workspace_template: Template, clock: FrozenClock
) -> Iterator["Workspace"]:
    """Return an opened, empty workspace on device A, actor "Rasa"."""
    from mentor_desktop.store.workspace import Workspace

    opened = Workspace.open(workspace_root, workspace_template.key, clock=clock)
    yield opened
    opened.close()
