"""Opening the workspace a command works on, and telling how far it is."""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mentor_desktop import config
from mentor_desktop.cli.parser import Invocation
from mentor_desktop.clock import system_clock
from mentor_desktop.errors import StoreError, ValidationError
from mentor_desktop.i18n import _
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.services.workspaces import read_passphrase
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.store.keyfile import KeyFile
from mentor_desktop.store.keyring_store import recall_key
from mentor_desktop.store.workspace import Workspace

_PERCENT = 100


def workspace_path(invocation: Invocation) -> Path:
    """Return the folder named on the command line, the last one used, or the default."""
    if invocation.workspace:
        return invocation.workspace
    last = config.load_settings(config.config_dir()).last_workspace
    return Path(last) if last else config.default_workspace_dir()


def name_needed() -> ValidationError:
    """Return that somebody has to say by which name colleagues know them, and how."""
    return ValidationError(
        _("Write your name with --name, so that colleagues know who corrected what.")
    )


@contextmanager
def opened(invocation: Invocation) -> Iterator[Workspace]:
    """Open the workspace for one command and close it after.

    Raises:
        StoreError: no workspace, no way to its key, open elsewhere, or damaged.
    """
    root = workspace_path(invocation)
    key_file = KeyFile.load(WorkspaceFolder(root).key_file)
    workspace = Workspace.open(root, _key(invocation, key_file), clock=system_clock)
    try:
        yield workspace
    finally:
        if trouble := workspace.close():  # what the command did is kept: no reason to fail
            print(trouble, file=sys.stderr)


def new_passphrase(invocation: Invocation) -> str:
    """Return the passphrase for a workspace about to be made, from the file or typed twice.

    Raises:
        StoreError: no file and no terminal, or the two do not agree.
    """
    if invocation.passphrase_file:
        return read_passphrase(invocation.passphrase_file)
    first = asked(_("New passphrase: "))
    if first != asked(_("Again: ")):
        raise StoreError(_("The two passphrases differ. Nothing was made; try again."))
    if not first:
        raise StoreError(_("A workspace needs a passphrase. Nothing was made; try again."))
    return first


def terminal_progress(label: str) -> Progress:
    """Return a progress that writes "label 40 %" to standard error, at most once a percent.

    Only a person at a terminal sees it; each line is written over by what comes next.
    """
    last = [-1]

    def on_step(done: int, total: int) -> None:
        percent = done * _PERCENT // total if total else _PERCENT
        if percent != last[0]:
            last[0] = percent
            print(f"{label} {percent} % ", end="\r", file=sys.stderr, flush=True)

    return Progress(on_step) if sys.stderr.isatty() else NO_PROGRESS


def secret_for(invocation: Invocation) -> str:
    """Return the passphrase of an existing workspace or backup, from the file or typed.

    Raises:
        StoreError: no file and nobody at a terminal.
    """
    if invocation.passphrase_file:
        return read_passphrase(invocation.passphrase_file)
    return asked(_("Passphrase: "))


def is_key_kept(invocation: Invocation) -> bool:
    """Say whether this computer's keyring opens the workspace, so that nobody need be asked."""
    key_file = KeyFile.load(WorkspaceFolder(workspace_path(invocation)).key_file)
    return recall_key(key_file.workspace_id) is not None


def _key(invocation: Invocation, key_file: KeyFile) -> bytes:
    kept = None if invocation.passphrase_file else recall_key(key_file.workspace_id)
    return kept or key_file.open_with_passphrase(secret_for(invocation))


def asked(prompt: str, if_nobody: str = "") -> str:
    """Return what a person types, unseen; `if_nobody` is the sentence for when nobody can.

    Raises:
        StoreError: nobody is at a terminal.
    """
    if not sys.stdin.isatty():
        raise StoreError(
            if_nobody
            or _(
                "The workspace is locked and nobody is here to type the passphrase. Name a file with --passphrase-file."
            )
        )
    return getpass.getpass(prompt)
