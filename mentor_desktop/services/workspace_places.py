"""What a folder is as a home for a workspace: looked at without opening anything.

The lock page is painted from this alone, before the encrypted store is loaded.
"""

from pathlib import Path
from typing import NamedTuple

from mentor_desktop.store.folder import WorkspaceFolder, cloud_service_of


class Place(NamedTuple):
    """A folder as a home for a workspace; `cloud_service` names who synchronises it, or is ""."""

    root: Path
    is_workspace: bool
    cloud_service: str


def look_at(root: Path) -> Place:
    """Return what a folder is."""
    return Place(root, WorkspaceFolder(root).is_workspace(), cloud_service_of(root))
