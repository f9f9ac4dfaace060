"""The real window on an encrypted workspace, as for the pages of workshops."""

from tests.ui.conftest import settings, theme
from tests.ui.workshop.conftest import office, sample

__all__ = ["office", "sample", "settings", "theme"]
