"""`backup DIR`: a verified backup of everything, also while the server answers."""

import argparse

from mentor_desktop.i18n import _
from mentor_desktop.server.backups import back_up
from mentor_desktop.server.command_line import Report
from mentor_desktop.server.folder import ServerFolder
from mentor_desktop.server.service import Service


def run(found: argparse.Namespace) -> Report:
    """Back up and say where the file is."""
    service = Service.open(found.folder)
    try:
        backup = back_up(service, ServerFolder(found.folder), found.out)
    finally:
        service.close()
    return Report(
        facts={
            "file": str(backup.path),
            "size_bytes": backup.size_bytes,
            "workspaces": backup.workspaces,
            "batches": backup.batches,
            "new_files": backup.files,
            "verified": True,
            "troubles": list(backup.troubles),
        },
        lines=(
            _("Backup written and read back: {path}").format(path=backup.path),
            _("Keep this folder as safe as the server: it holds the server's secret too."),
        ),
        troubles=backup.troubles,
    )
