"""`verify FILE…`: is this certificate genuine? Works without a workspace, as far as one can know."""

import sys
from contextlib import ExitStack
from pathlib import Path

from mentor_desktop.cli.parser import Invocation
from mentor_desktop.cli.result import CommandResult
from mentor_desktop.cli.session import is_key_kept, opened, workspace_path
from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.services.verification import Verdict, verify_file
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.store.unit_of_work import Reader


def run(invocation: Invocation) -> CommandResult:
    """Judge each file by its visible page; exit 0 only when all are genuine."""
    judged = _judged(invocation)
    said = [(verdict.is_genuine, f"{path}: {verdict.sentence}") for path, verdict in judged]
    return CommandResult(
        facts={
            "genuine": all(is_genuine for is_genuine, _sentence in said),
            "files": [
                {
                    "file": str(path),
                    "verdict": verdict.kind,
                    "sentence": verdict.sentence,
                    "altered": list(verdict.altered),
                    **verdict.facts,
                }
                for path, verdict in judged
            ],
        },
        lines=tuple(sentence for is_genuine, sentence in said if is_genuine),
        troubles=tuple(sentence for is_genuine, sentence in said if not is_genuine),
    )


def _judged(invocation: Invocation) -> list[tuple[Path, Verdict]]:
    with ExitStack() as stack:
        uow = _register(stack, invocation)
        return [(path, verify_file(uow, path.name, _content(path))) for path in invocation.files]


def _register(stack: ExitStack, invocation: Invocation) -> Reader | None:
    """Open the register that was named, or this computer's own when it can be opened; else None."""
    if not invocation.workspace:
        has_register = WorkspaceFolder(workspace_path(invocation)).is_workspace()
        can_open = invocation.passphrase_file is not None or sys.stdin.isatty()
        if not has_register or not (can_open or is_key_kept(invocation)):
            return None
    return stack.enter_context(stack.enter_context(opened(invocation)).reader())


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise StoreError(
            _("{path} cannot be read ({reason}).").format(path=path, reason=exc.strerror)
        ) from exc
