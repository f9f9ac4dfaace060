"""`check`: look for damage everywhere."""

import argparse

from mentor_desktop.i18n import _
from mentor_desktop.server.command_line import Report
from mentor_desktop.server.inspection import check_everything
from mentor_desktop.server.migrations import require_current
from mentor_desktop.server.service import Service


def run(found: argparse.Namespace) -> Report:
    """Check and say what was looked at; troubles are the exit code's."""
    service = Service.open(found.folder)
    try:
        require_current(service.database)
        findings = check_everything(service)
    finally:
        service.close()
    return Report(
        facts={
            "workspaces": findings.workspaces,
            "batches": findings.batches,
            "files": findings.files,
            "troubles": findings.troubles,
        },
        lines=(
            _("Looked at {workspaces} workspaces, {batches} batches and {files} files.").format(
                workspaces=findings.workspaces, batches=findings.batches, files=findings.files
            ),
        ),
        troubles=tuple(findings.troubles),
    )
