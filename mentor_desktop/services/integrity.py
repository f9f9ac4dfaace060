"""Is the workspace whole? What `check` and the settings page ask."""

from contextlib import closing
from dataclasses import dataclass

from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.store import integrity
from mentor_desktop.store.blobs import Blobs
from mentor_desktop.store.schema import rebuild_derived
from mentor_desktop.store.workspace import Workspace


@dataclass(frozen=True)
class CheckReport:
    """What a check found: `problems` are sentences, none when everything is whole.

    `repaired` names tables for lists and search that were out of step and were made anew.
    """

    problems: tuple[str, ...]
    repaired: tuple[str, ...]
    people: int
    marks: int
    certificates: int
    files: int

    @property
    def is_good(self) -> bool:
        """Say whether nothing is wrong."""
        return not self.problems


def check_workspace(workspace: Workspace, *, progress: Progress = NO_PROGRESS) -> CheckReport:
    """Read database, blobs, key file and newest backup once; worker thread only.

    Raises:
        Cancelled: the person pressed Cancel.
    """
    with closing(workspace.plain_connection()) as connection:
        problems = tuple(integrity.faults(connection, workspace.folder, workspace.key, progress))
        stale = tuple(integrity.stale_derived_tables(connection))
        counts = integrity.counts(connection)
    if stale and not problems:
        rebuild_derived(workspace.engine())
    return CheckReport(
        problems=problems,
        repaired=stale if not problems else (),
        people=counts.get("people", 0),
        marks=counts.get("marks", 0),
        certificates=counts.get("certificates", 0),
        files=len(Blobs(workspace.folder.blobs, workspace.key).addresses()),
    )
