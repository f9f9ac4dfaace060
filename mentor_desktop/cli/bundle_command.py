"""`bundle export|import FILE`: changes on a stick, as the page *Second laptop* writes and reads them."""

from pathlib import Path

from sqlalchemy import select

from mentor_desktop.cli.parser import Invocation
from mentor_desktop.cli.result import CommandResult
from mentor_desktop.cli.session import (
    asked,
    name_needed,
    new_passphrase,
    opened,
    terminal_progress,
    workspace_path,
)
from mentor_desktop.clock import system_clock
from mentor_desktop.errors import NotFoundError
from mentor_desktop.i18n import _
from mentor_desktop.models import Workshop
from mentor_desktop.services.second_laptop import (
    Handed,
    NameNeeded,
    begin_on_this_laptop,
    file_in,
    hand_over_choices,
    hand_round,
    hand_to_known_laptop,
    hand_to_new_laptop,
    named,
    needs_words,
    receive,
)
from mentor_desktop.services.second_laptop_words import more, summary, what_next
from mentor_desktop.services.workspaces import read_passphrase
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.store.workspace import Workspace


def run(invocation: Invocation) -> CommandResult:
    """Write the file and show its words, or ask for the words and take the file in."""
    if invocation.direction == "export":
        with opened(invocation) as workspace:
            return _exported(workspace, invocation)
    if not WorkspaceFolder(workspace_path(invocation)).is_workspace():
        return _begun(invocation)
    with opened(invocation) as workspace:
        return _imported(workspace, invocation)


def _exported(workspace: Workspace, invocation: Invocation) -> CommandResult:
    path, code = invocation.files[0], invocation.workshop
    if path.is_dir():
        path = file_in(workspace, path, code)
    path = named(path)
    handed = _handed(workspace, path, invocation)
    lines = [what_next(handed, str(handed.path))]
    if handed.words:
        lines.append(
            _("Words to type on the other computer: {words}").format(words=handed.words),
        )
    return CommandResult(
        facts={
            "file": str(handed.path),
            "words": handed.words,
            "batches": handed.batches,
            "files": handed.files,
        },
        lines=tuple(lines),
    )


def _handed(workspace: Workspace, path: Path, invocation: Invocation) -> Handed:
    progress = terminal_progress(_("Exporting"))
    if invocation.for_device:
        device = _device(workspace, invocation.for_device)
        return hand_to_known_laptop(
            workspace,
            path,
            device=device,
            with_everything=invocation.with_everything,
            progress=progress,
        )
    workshop = _workshop_id(workspace, invocation.workshop) if invocation.workshop else ""
    write = hand_to_new_laptop if invocation.is_new_device else hand_round
    return write(workspace, path, workshop_id=workshop, progress=progress)


def _begun(invocation: Invocation) -> CommandResult:
    """Make the folder that was named a further laptop's workspace."""
    file, root = invocation.files[0], workspace_path(invocation)
    try:
        made = begin_on_this_laptop(
            root,
            file,
            _words(invocation, file),
            passphrase=new_passphrase(invocation),
            actor=invocation.name,
            clock=system_clock,
            progress=terminal_progress(_("Importing")),
        )
    except NameNeeded as error:
        raise name_needed() from error
    tag = made.workspace.device
    made.workspace.close()
    return CommandResult(
        facts={
            "file": str(file),
            "workspace": str(root),
            "tag": tag,
            "recovery_code": made.recovery_code,
        },
        lines=(
            _("This computer is device {tag} of the workspace.").format(tag=tag),
            _("Recovery code, shown this once; keep it on paper: {code}").format(
                code=made.recovery_code
            ),
        ),
    )


def _imported(workspace: Workspace, invocation: Invocation) -> CommandResult:
    file = invocation.files[0]
    words, progress = _words(invocation, file), terminal_progress(_("Importing"))
    received = receive(
        workspace,
        file,
        words,
        accepts_deletions=invocation.accepts_deletions,
        progress=progress,
    )
    troubles: tuple[str, ...] = ()
    if received.waiting:
        troubles = (
            _(
                "The file deletes many records at once. Nothing of that was done here: look at it "
                "in the window, or import it again with --accept-deletions."
            ),
        )
    return CommandResult(
        facts={
            "file": str(file),
            "sender": received.sender,
            "changes": received.operations,
            "equal": received.equal,
            "new": received.new,
            "to_decide": received.to_decide,
            "others": received.others,
            "waiting": received.waiting,
            "early": received.early,
            "is_newcomer": received.is_newcomer,
            "has_become_whole": received.has_become_whole,
            "put_back": list(received.put_back),
            "has_gap": received.has_gap,
            "batches": received.batches,
            "files": received.files,
        },
        lines=(summary(received), more(received)),
        troubles=troubles,
    )


def _words(invocation: Invocation, file: Path) -> str:
    """Return the six words where the file wants them."""
    if not needs_words(file):
        return ""
    if invocation.words_file:
        return read_passphrase(invocation.words_file)
    return asked(
        _("The six words from the other screen: "),
        _("Nobody is here to type the six words. Name a file with --words-file."),
    )


def _device(workspace: Workspace, tag: str) -> str:
    with workspace.reader() as uow:
        laptops = hand_over_choices(uow).laptops
    for one in laptops:
        if one.tag == tag.upper():
            return one.device
    raise NotFoundError(
        _("There is no device {tag} to write for; known are: {tags}").format(
            tag=tag, tags=", ".join(one.tag for one in laptops) or "–"
        )
    )


def _workshop_id(workspace: Workspace, code: str) -> str:
    with workspace.reader() as uow:
        found = uow.session.scalars(select(Workshop.id).where(Workshop.code == code)).first()
    if found is None:
        raise NotFoundError(_("There is no workshop {code} here.").format(code=code))
    return found
