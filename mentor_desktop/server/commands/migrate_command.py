"""`migrate`: bring the tables to the version of this program."""

import argparse

from mentor_desktop.i18n import _
from mentor_desktop.server.command_line import Report
from mentor_desktop.server.database import Database
from mentor_desktop.server.folder import ServerFolder
from mentor_desktop.server.migrations import CURRENT, migrate


def run(found: argparse.Namespace) -> Report:
    """Migrate and say from where to where."""
    database = Database(ServerFolder(found.folder).settings().database)
    try:
        before = migrate(database)
    finally:
        database.close()
    return Report(
        facts={"from": before, "to": CURRENT},
        lines=(
            _("The tables are at version {version}.").format(version=CURRENT)
            if before == CURRENT
            else _("Brought the tables from version {before} to {version}.").format(
                before=before, version=CURRENT
            ),
        ),
    )
