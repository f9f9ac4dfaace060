"""`collect`: take away files that nothing refers to."""

import argparse

from mentor_desktop.i18n import _
from mentor_desktop.server.command_line import Report
from mentor_desktop.server.garbage import collect
from mentor_desktop.server.migrations import require_current
from mentor_desktop.server.service import Service

_MEGABYTE = 1_000_000


def run(found: argparse.Namespace) -> Report:
    """Collect and say how much it was."""
    service = Service.open(found.folder)
    try:
        require_current(service.database)
        collected = collect(service, found.days, is_trial=found.is_trial)
    finally:
        service.close()
    sentence = (
        _("Would take away {files} files and {unfinished} unfinished uploads: {megabytes} MB.")
        if found.is_trial
        else _("Took away {files} files and {unfinished} unfinished uploads: {megabytes} MB.")
    )
    return Report(
        facts={
            "files": collected.files,
            "unfinished": collected.unfinished,
            "bytes": collected.bytes,
        },
        lines=(
            sentence.format(
                files=collected.files,
                unfinished=collected.unfinished,
                megabytes=-(-collected.bytes // _MEGABYTE),
            ),
        ),
    )
