"""Which device this copy of a workspace writes as; a copy of a copy gets a tag of its own.

See `store.incarnation` for why and how a copy is noticed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from mentor_desktop.errors import StoreError
from mentor_desktop.ids import new_id
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.store.incarnation import (
    Incarnations,
    Sighting,
    is_copy,
    new_incarnation,
    new_tag,
)
from mentor_desktop.store.keyfile import KeyFile
from mentor_desktop.store.settings import remember, setting

FIRST_DEVICE = "A"
_SEED = "device_seed"
_SEED_BYTES = 64


@dataclass(frozen=True)
class Newcomer:
    """A further device of a workspace that exists: what all devices share, and its own marks."""

    workspace_id: str
    tag: str
    incarnation: str


def first_of_all() -> Newcomer:
    """Return the first device of a new workspace."""
    return Newcomer(new_id(), FIRST_DEVICE, new_incarnation())


def begin(
    connection: StoreConnection, folder: WorkspaceFolder, known: Incarnations, new: Newcomer
) -> None:
    """Make a workspace that was just created this device."""
    _name(connection, new.tag, new.incarnation)
    known.note(new.incarnation, _sighting(connection, folder))


def become_another(
    connection: StoreConnection, folder: WorkspaceFolder, known: Incarnations
) -> str:
    """Make this copy a device of its own, as `settle` does when it notices one; return its tag."""
    fresh = new_incarnation()
    known.note(fresh, _sighting(connection, folder))
    return _begin_as(connection, setting(connection, "device") or FIRST_DEVICE, fresh)


def key_seed(connection: StoreConnection) -> bytes:
    """Return the 64 random bytes that the keys of this device are made of.

    They are drawn with its name: a copy that nobody notices is this device with the same keys.
    """
    if not setting(connection, _SEED):  # it got its name from an older program
        remember(connection, **{_SEED: os.urandom(_SEED_BYTES).hex()})
    return bytes.fromhex(setting(connection, _SEED))


def settle(connection: StoreConnection, folder: WorkspaceFolder, known: Incarnations) -> str:
    """Return the tag to write as, a new one where this is a copy (restored, copied, put back).

    Where nothing can be noted beside the settings, copies go unnoticed and keep their tag.
    """
    tag = setting(connection, "device") or FIRST_DEVICE
    incarnation = setting(connection, "incarnation")
    now = _sighting(connection, folder)
    seen = known.seen(incarnation) if incarnation else None
    if seen is not None and not is_copy(seen, now, is_workspace_at=_workspaces(seen)):
        if seen.path != now.path:
            known.note(incarnation, now)
        return tag
    fresh = new_incarnation()
    if not known.note(fresh, now) and incarnation:
        return tag
    return _begin_as(connection, tag, fresh)


def note(connection: StoreConnection, folder: WorkspaceFolder, known: Incarnations) -> None:
    """Write down how far this copy is, so that an older state put back is noticed."""
    incarnation = setting(connection, "incarnation")
    now = _sighting(connection, folder)
    if incarnation and known.seen(incarnation) != now:
        known.note(incarnation, now)


def _begin_as(connection: StoreConnection, before: str, incarnation: str) -> str:
    taken = {row[0] for row in connection.execute("SELECT DISTINCT device FROM txn").fetchall()}
    tag = new_tag(before, {before, *taken})
    _name(connection, tag, incarnation)
    return tag


def _name(connection: StoreConnection, tag: str, incarnation: str) -> None:
    remember(
        connection,
        device=tag,
        incarnation=incarnation,
        **{_SEED: os.urandom(_SEED_BYTES).hex()},
    )


def _sighting(connection: StoreConnection, folder: WorkspaceFolder) -> Sighting:
    last = connection.execute("SELECT coalesce(max(id), 0) FROM txn").fetchone()
    return Sighting(str(folder.root.resolve()), _workspace_id(folder), int(last[0]))


def _workspaces(seen: Sighting) -> list[str]:
    """Return the path of the sighting if its workspace still lies there."""
    if _workspace_id(WorkspaceFolder(Path(seen.path))) == seen.workspace_id:
        return [seen.path]
    return []


def _workspace_id(folder: WorkspaceFolder) -> str:
    try:
        return KeyFile.load(folder.key_file).workspace_id
    except StoreError:
        return ""
