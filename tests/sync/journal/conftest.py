"""Fixtures of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.journal.mentors import World
from tests.workspaces import Template


@pytest.fixture
def world(tmp_path: Path, workspace_template: Template) -> Iterator[World]:
    """Give a mentor with one computer and a server."""
    made = World(tmp_path, workspace_template)
    yield made
    made.close()
