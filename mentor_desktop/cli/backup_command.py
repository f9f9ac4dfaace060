"""`backup DIR`: a verified, encrypted copy of the workspace in one file."""

from mentor_desktop.cli.parser import Invocation
from mentor_desktop.cli.result import CommandResult
from mentor_desktop.cli.session import opened, terminal_progress
from mentor_desktop.i18n import _
from mentor_desktop.services.backups import back_up_now


def run(invocation: Invocation) -> CommandResult:
    """Back up into the given folder and say where the file is."""
    with opened(invocation) as workspace:
        backup = back_up_now(workspace, invocation.out, progress=terminal_progress(_("Backing up")))
    return CommandResult(
        facts={"file": str(backup.path), "size_bytes": backup.size_bytes, "verified": True},
        lines=(_("Backup written and read back: {path}").format(path=backup.path),),
    )
