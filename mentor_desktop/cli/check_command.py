"""`check`: is everything that is stored whole?"""

from mentor_desktop.cli.parser import Invocation
from mentor_desktop.cli.result import CommandResult
from mentor_desktop.cli.session import opened, terminal_progress
from mentor_desktop.i18n import _
from mentor_desktop.services.integrity import CheckReport, check_workspace


def run(invocation: Invocation) -> CommandResult:
    """Read everything once; exit 0 only when nothing is wrong."""
    with opened(invocation) as workspace:
        report = check_workspace(workspace, progress=terminal_progress(_("Checking")))
    return CommandResult(
        facts={
            "good": report.is_good,
            "problems": list(report.problems),
            "repaired": list(report.repaired),
            "people": report.people,
            "marks": report.marks,
            "certificates": report.certificates,
            "files": report.files,
        },
        lines=_lines(report),
        troubles=report.problems,
    )


def _lines(report: CheckReport) -> tuple[str, ...]:
    if not report.is_good:
        return ()
    whole = _(
        "Everything is whole. People: {people}, marks: {marks}, certificates: {certificates}, files: {files}."
    ).format(
        people=report.people,
        marks=report.marks,
        certificates=report.certificates,
        files=report.files,
    )
    if report.repaired:
        return (whole, _("The tables for lists and search were made anew."))
    return (whole,)
