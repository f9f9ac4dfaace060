"""Fixtures of this folder."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.sync.replica.devices import Devices, opened
from tests.workspaces import Template


@pytest.fixture
def devices(workspace_template: Template, tmp_path: Path) -> Iterator[Devices]:
    """Return what makes a number of devices."""
    with ExitStack() as stack:
        yield lambda count: stack.enter_context(opened(workspace_template, tmp_path, count))
