"""`restore FILE`: a backup back in its place; what is there now is kept as a backup first."""

from mentor_desktop.cli.parser import Invocation
from mentor_desktop.cli.result import CommandResult
from mentor_desktop.cli.session import secret_for, workspace_path
from mentor_desktop.clock import system_clock
from mentor_desktop.i18n import _
from mentor_desktop.store.backup import restore


def run(invocation: Invocation) -> CommandResult:
    """Restore into the workspace folder and say where the replaced one is kept."""
    root = workspace_path(invocation)
    restored = restore(invocation.files[0], root, secret_for(invocation), clock=system_clock)
    lines = [
        _("Restored {path} as it was at {moment}.").format(
            path=root, moment=restored.made_at.isoformat(timespec="seconds")
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
