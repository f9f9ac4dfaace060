"""`print list|certificates --workshop CODE --out DIR`: papers as PDF files."""

from mentor_desktop import i18n
from mentor_desktop.cli.files import write_file
from mentor_desktop.cli.parser import Invocation
from mentor_desktop.cli.result import CommandResult
from mentor_desktop.cli.session import opened
from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import _, ngettext
from mentor_desktop.services import papers
from mentor_desktop.services.certificates import issue_certificates
from mentor_desktop.services.workshops import find_workshop
from mentor_desktop.store.workspace import Workspace


def run(invocation: Invocation) -> CommandResult:
    """Write the papers, note in the workspace that they were printed, name the files."""
    assert invocation.out is not None
    with opened(invocation) as workspace:
        if invocation.kind == "list":
            made = _lists(workspace, invocation)
        else:
            made = _certificates(workspace, invocation)
        files = []
        for paper in made:
            target = invocation.out / paper.file_name
            write_file(target, paper.data)
            files.append({"file": str(target), "pages": paper.pages})
        with workspace.unit_of_work() as uow:
            papers.record_print(uow, made)
    lines = tuple(
        ngettext("{path} ({pages} page)", "{path} ({pages} pages)", paper.pages).format(
            path=one["file"], pages=paper.pages
        )
        for one, paper in zip(files, made, strict=True)
    )
    return CommandResult(
        facts={"workshop": invocation.workshop, "kind": invocation.kind, "files": files},
        lines=lines,
    )


def _lists(workspace: Workspace, invocation: Invocation) -> list[papers.Paper]:
    language = invocation.language or i18n.current_language().code
    with workspace.reader() as uow:
        workshop_id = find_workshop(uow, invocation.workshop)
        return [papers.render_attendance_list(uow, workshop_id, language=language)]


def _certificates(workspace: Workspace, invocation: Invocation) -> list[papers.Paper]:
    if invocation.is_issuing:
        with workspace.unit_of_work() as uow:
            issue_certificates(uow, find_workshop(uow, invocation.workshop))
    with workspace.reader() as uow:
        workshop_id = find_workshop(uow, invocation.workshop)
        made = papers.certificate_papers(uow, workshop_id, single_file=invocation.is_single_file)
    if not made:
        raise ValidationError(
            _(
                "No certificate has been issued for {workshop} yet. Run “issue certificates” first, or add --issue."
            ).format(workshop=invocation.workshop)
        )
    return made
