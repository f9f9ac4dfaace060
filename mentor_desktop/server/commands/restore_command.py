"""`restore FILE`: bring a backup back; devices send again what it lacks."""

import argparse

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _, ngettext
from mentor_desktop.server.backups import Restored, begin_new_epochs, restore
from mentor_desktop.server.command_line import Report
from mentor_desktop.server.folder import ServerFolder
from mentor_desktop.server.service import Service


def run(found: argparse.Namespace) -> Report:
    """Restore, or only begin new epochs, and say for how many workspaces."""
    if (found.file is None) == (not found.new_epochs):
        raise StoreError(_("Name a backup, or say --new-epochs: one of the two."))
    service = Service.open(found.folder)
    try:
        if found.file is None:
            restored = Restored(begin_new_epochs(service))
        else:
            restored = restore(service, ServerFolder(found.folder), found.file)
    finally:
        service.close()
    count = restored.workspaces
    return Report(
        facts={"workspaces": count, "troubles": list(restored.troubles)},
        lines=(
            ngettext(
                "{count} workspace begins a new epoch. Start the server again.",
                "{count} workspaces begin a new epoch. Start the server again.",
                count,
            ).format(count=count),
        ),
        troubles=restored.troubles,
    )
