"""The real window on laptop A after laptop B came back."""

import pytest

from tests.sync.laptops import laptops
from tests.ui.workshop.conftest import office
from tests.workspaces import FrozenClock

__all__ = ["laptops", "office"]


@pytest.fixture
def clock() -> FrozenClock:
    """Return a clock that is moved: 09:05 in Prague."""
    return FrozenClock()
