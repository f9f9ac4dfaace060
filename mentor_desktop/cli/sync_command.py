"""`sync`: send what is new here and fetch what is new elsewhere, once."""

import random
import time
from contextlib import closing

from mentor_desktop.cli.parser import Invocation
from mentor_desktop.cli.result import CommandResult
from mentor_desktop.cli.session import opened, terminal_progress
from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _, ngettext
from mentor_desktop.progress import Progress
from mentor_desktop.services.deletions import agree_to_deletions
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.client import Client
from mentor_desktop.sync.engine import Engine
from mentor_desktop.sync.joining import server_of
from mentor_desktop.sync.status import State, SyncStatus

_NANOSECONDS = 1_000_000


def run(invocation: Invocation) -> CommandResult:
    """Sync once and say how things stand."""
    with opened(invocation) as workspace:
        progress = terminal_progress(_("Syncing"))
        return told(synced(workspace, progress, accepts_deletions=invocation.accepts_deletions))


def synced(
    workspace: Workspace, progress: Progress, *, accepts_deletions: bool = False
) -> SyncStatus:
    """Sync once with the server the workspace joined.

    Raises:
        StoreError: it joined none, or the disk refused.
    """
    with closing(workspace.plain_connection()) as raw:
        server = server_of(raw)
    if not server:
        raise StoreError(
            _(
                "This workspace is on no server yet. Get an invitation and type: "
                "mentor-desktop join URL INVITATION"
            )
        )
    agree_to_deletions(workspace, accepts=accepts_deletions, progress=progress)
    engine = Engine(workspace, random.SystemRandom(), now_ms=lambda: time.time_ns() // _NANOSECONDS)
    with Client(server) as client:
        return client.drive(engine.sync(progress), progress)


def told(status: SyncStatus) -> CommandResult:
    """Return how things stand in words and as facts; what keeps changes here is a trouble."""
    lines, troubles = [], []
    is_all_there = not (status.waiting_changes or status.waiting_files or status.not_shared)
    if status.state is State.IDLE and not status.reason and is_all_there:
        lines.append(_("Everything is exchanged."))
    if status.reason:
        troubles.append(status.reason)
    if status.state in {State.NEEDS_SIGN_IN, State.ACCESS_ENDED}:
        troubles.append(_("With the invitation type: mentor-desktop join URL INVITATION"))
    troubles += [
        _(
            "Others deleted {count} of {total} records at once. Nothing of that was done here: "
            "look at it in the window, or agree with: mentor-desktop sync --accept-deletions"
        ).format(count=one.deletions, total=one.of_rows)
        for one in status.mass_changes
    ]
    lines += _counts(status)
    return CommandResult(facts=_facts(status), lines=tuple(lines), troubles=tuple(troubles))


def _counts(status: SyncStatus) -> list[str]:
    lines = []
    if status.waiting_changes:
        lines.append(
            ngettext(
                "{count} change waits on this computer.",
                "{count} changes wait on this computer.",
                status.waiting_changes,
            ).format(count=status.waiting_changes)
        )
    if status.waiting_files:
        lines.append(
            ngettext(
                "{count} file is not everywhere yet.",
                "{count} files are not everywhere yet.",
                status.waiting_files,
            ).format(count=status.waiting_files)
        )
    if status.not_shared:
        lines.append(
            ngettext(
                "{count} change was not shared: the server did not accept it.",
                "{count} changes were not shared: the server did not accept them.",
                status.not_shared,
            ).format(count=status.not_shared)
        )
    if status.conflicts:
        lines.append(
            ngettext(
                "{count} record was changed by two people; both values are kept.",
                "{count} records were changed by two people; both values are kept.",
                status.conflicts,
            ).format(count=status.conflicts)
        )
    if status.is_clock_wrong:
        lines.append(
            _("The clock of this computer is wrong by {seconds} seconds.").format(
                seconds=abs(status.skew_s)
            )
        )
    return lines


def _facts(status: SyncStatus) -> dict[str, object]:
    last = status.last_success_at
    return {
        "state": status.state.value,
        "reason": status.reason,
        "last_success_at": last.isoformat(timespec="seconds") if last else None,
        "waiting_changes": status.waiting_changes,
        "waiting_files": status.waiting_files,
        "not_shared": status.not_shared,
        "conflicts": status.conflicts,
        "parked": status.parked,
        "skew_s": status.skew_s,
        "mass_changes": [
            {"stream": one.stream, "deletions": one.deletions, "of_rows": one.of_rows}
            for one in status.mass_changes
        ],
    }
