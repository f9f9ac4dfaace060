"""`bundle export|import FILE`: changes on a stick, sealed under six words."""

import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import select

from mentor_desktop.cli.parser import Invocation
from mentor_desktop.cli.result import CommandResult
from mentor_desktop.cli.session import asked, opened, terminal_progress
from mentor_desktop.errors import NotFoundError, StoreError
from mentor_desktop.i18n import _, ngettext
from mentor_desktop.models import Workshop
from mentor_desktop.services.workspaces import read_passphrase
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.carrying import export_bundle, import_bundle
from mentor_desktop.sync.keys.words import new_words
from mentor_desktop.sync.replica import state

_NANOSECONDS = 1_000_000


def run(invocation: Invocation) -> CommandResult:
    """Write the file and show its words, or ask for the words and take the file in."""
    path = invocation.files[0]
    with opened(invocation) as workspace:
        _require_joined(workspace)
        if invocation.direction == "export":
            return _exported(workspace, path, invocation.workshop)
        words = (
            read_passphrase(invocation.words_file)
            if invocation.words_file
            else asked(
                _("The six words from the other screen: "),
                _("Nobody is here to type the six words. Name a file with --words-file."),
            )
        )
        return _imported(workspace, path, words)


def _exported(workspace: Workspace, path: Path, code: str) -> CommandResult:
    words = new_words()
    workshop = _workshop_id(workspace, code) if code else ""
    with closing(workspace.exchange_connection()) as raw:
        carried = export_bundle(
            workspace,
            raw,
            path,
            words,
            now_ms=time.time_ns() // _NANOSECONDS,
            workshop=workshop,
            progress=terminal_progress(_("Exporting")),
        )
    return CommandResult(
        facts={
            "file": str(path),
            "words": words,
            "batches": carried.batches,
            "files": carried.files,
        },
        lines=(
            _("Everything is in {path}.").format(path=path),
            _("Words to type on the other computer: {words}").format(words=words),
        ),
    )


def _imported(workspace: Workspace, path: Path, words: str) -> CommandResult:
    with closing(workspace.exchange_connection()) as raw:
        carried, _changes = import_bundle(
            workspace, raw, path, words, progress=terminal_progress(_("Importing"))
        )
    troubles: tuple[str, ...] = ()
    if carried.held_back:
        troubles = (
            _(
                "The file deletes many records at once. Nothing of that was done here: "
                "look at it in the window first."
            ),
        )
    return CommandResult(
        facts={
            "file": str(path),
            "changes": carried.operations,
            "batches": carried.batches,
            "files": carried.files,
        },
        lines=(
            ngettext(
                "{count} change was new here.", "{count} changes were new here.", carried.operations
            ).format(count=carried.operations),
        ),
        troubles=troubles,
    )


def _require_joined(workspace: Workspace) -> None:
    with closing(workspace.exchange_connection()) as raw:
        if not state.is_joined(raw):
            raise StoreError(
                _(
                    "This workspace is shared with nobody yet. Get an invitation and type: "
                    "mentor-desktop join URL INVITATION"
                )
            )


def _workshop_id(workspace: Workspace, code: str) -> str:
    with workspace.reader() as uow:
        found = uow.session.scalars(select(Workshop.id).where(Workshop.code == code)).first()
    if found is None:
        raise NotFoundError(_("There is no workshop {code} here.").format(code=code))
    return found
