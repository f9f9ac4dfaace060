"""Making, opening and leaving a workspace: what happens before and after everything else.

Nothing here needs SQLAlchemy until a workspace is made or filled. What a folder is before
anything is opened, `workspace_places` says.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from mentor_desktop.clock import Clock
from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.store import keyfile
from mentor_desktop.store.device import Newcomer
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.store.keyfile import KeyFile
from mentor_desktop.store.workspace import Workspace


class NewWorkspace(NamedTuple):
    """A workspace just made; the recovery code is shown and printed now or never."""

    workspace: Workspace
    recovery_code: str
    recovery_sheet: bytes


def create_workspace(
    root: Path,
    *,
    passphrase: str,
    actor: str,
    language: str,
    clock: Clock,
    with_samples: bool = False,
    progress: Progress = NO_PROGRESS,
    new: Newcomer | None = None,
) -> NewWorkspace:
    """Make a workspace, with the sample workshop in it if wanted.

    `new` is given for a further device of a workspace that exists elsewhere.

    Raises:
        StoreError: the folder is not empty or cannot be written.
        Cancelled: the person pressed Cancel; the folder is empty again.
    """
    workspace, code = Workspace.create(
        root, passphrase, clock=clock, actor=actor, language=language, new=new
    )
    try:
        if with_samples:
            from mentor_desktop.services.demo import fill_with_samples  # SQLAlchemy, table readers

            fill_with_samples(workspace, starts_on=clock().date(), progress=progress)
        sheet = _recovery_sheet(workspace, code, language)
    except BaseException:
        workspace.discard()
        raise
    return NewWorkspace(workspace, code, sheet)


def read_passphrase(path: Path) -> str:
    """Return the first line of a passphrase file.

    Raises:
        StoreError: it cannot be read, or its first line is empty.
    """
    try:
        passphrase = path.read_text("utf-8-sig").split("\n", 1)[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as exc:
        raise StoreError(_("The passphrase file {path} cannot be read.").format(path=path)) from exc
    if not passphrase:
        raise StoreError(
            _("The passphrase file {path} is empty. Put the passphrase on its first line.").format(
                path=path
            )
        )
    return passphrase


def open_with_key(root: Path, key: bytes, *, clock: Clock) -> Workspace:
    """Open a workspace with its raw key.

    Raises:
        StoreError: another key, open elsewhere, damaged, or made by a newer program.
    """
    return Workspace.open(root, key, clock=clock)


def open_with_passphrase(
    root: Path, passphrase: str, *, clock: Clock, remember: bool = False, forget: bool = False
) -> Workspace:
    """Open a workspace; deriving the key takes about 0.15 s.

    `remember` keeps the key in this computer's keyring, where it has one; `forget` takes it out.

    Raises:
        StoreError: another passphrase, open elsewhere, damaged, or made by a newer program.
    """
    key_file = _key_file(root)
    key = key_file.open_with_passphrase(passphrase)
    workspace = Workspace.open(root, key, clock=clock)
    if remember:
        from mentor_desktop.store.keyring_store import keep_key  # 50 ms, and only when asked for

        keep_key(key_file.workspace_id, key)
    elif forget:
        from mentor_desktop.store.keyring_store import forget_key  # 50 ms, and only where one was

        forget_key(key_file.workspace_id)
    return workspace


def open_with_recovery_code(
    root: Path, code: str, *, new_passphrase: str, clock: Clock
) -> Workspace:
    """Open a workspace with its printed sheet and give it a new passphrase.

    Raises:
        StoreError: another code, open elsewhere, damaged, or made by a newer program.
    """
    key_file = _key_file(root)
    key = key_file.open_with_recovery_code(code)
    workspace = Workspace.open(root, key, clock=clock)
    key_file.with_passphrase(key, new_passphrase).save(workspace.folder.key_file)
    return workspace


def open_with_kept_key(root: Path, *, clock: Clock) -> Workspace | None:
    """Open a workspace whose key this computer remembers; None when it does not.

    Raises:
        StoreError: open elsewhere, damaged, or made by a newer program.
    """
    from mentor_desktop.store.keyring_store import (
        recall_key,
    )  # 50 ms, and only where a key was kept

    key = recall_key(_key_file(root).workspace_id)
    return Workspace.open(root, key, clock=clock) if key else None


def _key_file(root: Path) -> KeyFile:
    return KeyFile.load(WorkspaceFolder(root).key_file)


def change_passphrase(workspace: Workspace, passphrase: str) -> None:
    """Let another passphrase open the workspace from now on; older backups keep theirs.

    Raises:
        StoreError: the key file cannot be written; the old passphrase still holds.
    """
    keyfile.change_passphrase(workspace.folder.key_file, workspace.key, passphrase)


def new_recovery_sheet(workspace: Workspace, *, language: str) -> tuple[str, bytes]:
    """Return a new recovery code and its sheet as a PDF; the old sheet opens nothing any more.

    Raises:
        StoreError: the key file cannot be written; the old sheet still holds.
    """
    code = keyfile.renew_recovery_code(workspace.folder.key_file, workspace.key)
    return code, _recovery_sheet(workspace, code, language)


def _recovery_sheet(workspace: Workspace, code: str, language: str) -> bytes:
    from mentor_desktop.documents.recovery_sheet import (  # reportlab: 100 ms
        RecoverySheet,
        render_recovery_sheet,
    )

    now = workspace.clock()
    name = workspace.folder.root.name
    sheet = RecoverySheet(name=name, code=code, made_on=now.date(), language=language)
    return render_recovery_sheet(sheet, created_at=now)


def remember_key(workspace: Workspace, *, remember: bool) -> bool:
    """Keep the workspace's key in this computer's keyring, or take it out; False without one."""
    from mentor_desktop.store.keyring_store import forget_key, keep_key  # 50 ms, when asked for

    workspace_id = KeyFile.load(workspace.folder.key_file).workspace_id
    return keep_key(workspace_id, workspace.key) if remember else forget_key(workspace_id)
