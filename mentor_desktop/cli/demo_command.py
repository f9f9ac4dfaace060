"""`demo`: a new workspace with the sample workshop in it."""

import sys

from mentor_desktop import i18n
from mentor_desktop.cli.parser import Invocation
from mentor_desktop.cli.result import CommandResult
from mentor_desktop.cli.session import new_passphrase, terminal_progress, workspace_path
from mentor_desktop.clock import system_clock
from mentor_desktop.i18n import _
from mentor_desktop.services.demo import DEMO_WORKSHOP, fill_with_samples
from mentor_desktop.store.workspace import Workspace


def run(invocation: Invocation) -> CommandResult:
    """Make the workspace; on any trouble its folder is left empty."""
    root = workspace_path(invocation)
    passphrase = new_passphrase(invocation)
    workspace, code = Workspace.create(
        root, passphrase, clock=system_clock, language=i18n.current_language().code
    )
    try:
        fill_with_samples(
            workspace, starts_on=invocation.starts_on, progress=terminal_progress(_("Filling"))
        )
    except BaseException:
        workspace.discard()
        raise
    if trouble := workspace.close():
        print(trouble, file=sys.stderr)
    return CommandResult(
        facts={"workspace": str(root), "workshop": DEMO_WORKSHOP, "recovery_code": code},
        lines=(
            _("The sample workshop {workshop} is in {path}.").format(
                workshop=DEMO_WORKSHOP, path=root
            ),
            _("Recovery code, shown this once; keep it on paper: {code}").format(code=code),
        ),
    )
