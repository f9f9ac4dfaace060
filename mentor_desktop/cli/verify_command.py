"""`verify FILE…`: is this certificate genuine? Works without a workspace, as far as one can know."""

from contextlib import nullcontext
from pathlib import Path

from mentor_desktop.cli.parser import Invocation
from mentor_desktop.cli.result import CommandResult
from mentor_desktop.cli.session import opened, workspace_path
from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.services.verification import Verdict, verify_file
from mentor_desktop.store.folder import WorkspaceFolder


def run(invocation: Invocation) -> CommandResult:
    """Judge each file by its visible page; exit 0 only when all are genuine."""
    judged = list(_judged(invocation))
    return CommandResult(
        facts={
            "genuine": all(verdict.is_genuine for _path, verdict in judged),
            "files": [
                {"file": str(path), "verdict": verdict.kind, **verdict.facts}
                for path, verdict in judged
            ],
        },
        lines=tuple(f"{path}: {verdict.sentence}" for path, verdict in judged),
        is_good=all(verdict.is_genuine for _path, verdict in judged),
    )


def _judged(invocation: Invocation) -> list[tuple[Path, Verdict]]:
    has_register = WorkspaceFolder(workspace_path(invocation)).is_workspace()
    if invocation.workspace and not has_register:
        raise StoreError(_("There is no workspace in {path}.").format(path=invocation.workspace))
    with opened(invocation) if has_register else nullcontext() as workspace:
        with workspace.reader() if workspace else nullcontext() as uow:
            return [
                (path, verify_file(uow, path.name, _content(path))) for path in invocation.files
            ]


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise StoreError(
            _("{path} cannot be read ({reason}).").format(path=path, reason=exc.strerror)
        ) from exc
