"""`issue certificates`: serial numbers for everybody who is eligible and has none."""

from mentor_desktop.cli.parser import Invocation
from mentor_desktop.cli.result import CommandResult
from mentor_desktop.cli.session import opened
from mentor_desktop.i18n import ngettext
from mentor_desktop.services.certificates import issue_certificates
from mentor_desktop.services.workshops import find_workshop


def run(invocation: Invocation) -> CommandResult:
    """Issue what is missing; a second run issues nothing new."""
    with opened(invocation) as workspace, workspace.unit_of_work() as uow:
        issued = issue_certificates(uow, find_workshop(uow, invocation.workshop))
    count = len(issued.issued)
    lines = [
        ngettext("Issued {count} certificate.", "Issued {count} certificates.", count).format(
            count=count
        )
    ]
    lines += [f"{skipped.name}: {skipped.sentence}" for skipped in issued.skipped]
    return CommandResult(
        facts={
            "workshop": invocation.workshop,
            "issued": [one.serial for one in issued.issued],
            "skipped": [{"name": one.name, "reason": one.sentence} for one in issued.skipped],
        },
        lines=tuple(lines),
    )
