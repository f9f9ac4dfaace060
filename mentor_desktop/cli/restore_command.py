"""`restore FILE`: a backup back in its place; what is there now is kept as a backup first."""

from mentor_desktop.cli.parser import Invocation
from mentor_desktop.cli.result import CommandResult
from mentor_desktop.cli.session import secret_for, terminal_progress, workspace_path
from mentor_desktop.clock import system_clock
from mentor_desktop.i18n import _, current_language
from mentor_desktop.services.backups import describe_backup, restore_backup


def run(invocation: Invocation) -> CommandResult:
    """Restore into the workspace folder and say where the replaced one is kept."""
    root, path = workspace_path(invocation), invocation.files[0]
    describe_backup(path)  # a file that is no backup is refused before anybody types a passphrase
    restored = restore_backup(
        path,
        root,
        secret_for(invocation),
        clock=system_clock,
        progress=terminal_progress(_("Restoring")),
    )
    made_at, language = restored.made_at.astimezone(), current_language()
    lines = [
        _("Restored {path} as it was on {date} at {time}.").format(
            path=root,
            date=language.date(made_at.date(), "medium"),
            time=language.time(made_at, seconds=True),
        )
    ]
    if restored.replaced:
        lines.append(_("What was there before is kept in {path}.").format(path=restored.replaced))
    return CommandResult(
        facts={
            "workspace": str(root),
            "made_at": restored.made_at.isoformat(),
            "replaced": str(restored.replaced or ""),
        },
        lines=tuple(lines),
    )
