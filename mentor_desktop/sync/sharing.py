"""What a copy must be before it exchanges files: a device that others know, with all it did sealed."""

import json
from hashlib import sha256

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.ids import new_id
from mentor_desktop.models.base import to_milliseconds
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.device import key_seed
from mentor_desktop.store.settings import remember, setting
from mentor_desktop.store.staging import has_unfinished
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.joining import FOUNDERS, anchors, descent, succeed_alone, workspace_id
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.entries import (
    NO_SIGNATURE,
    SERVER,
    DeviceEntry,
    Grant,
    signed,
    to_bytes,
)
from mentor_desktop.sync.keys.members import ROLES, Members
from mentor_desktop.sync.membership import (
    RECORD_COLUMN,
    RECORD_ENTITY,
    learn_members,
    read_members,
)
from mentor_desktop.sync.protocol.operations import begun_at
from mentor_desktop.sync.protocol.streams import ID_LENGTH, MEMBERS
from mentor_desktop.sync.replica import special, state
from mentor_desktop.sync.replica.sealing import Sealer
from mentor_desktop.sync.replica.succession import is_another_copy
from mentor_desktop.sync.replica.transactions import UnfinishedImportError, writing

_ADMIN = ROLES[0]


def ready_to_share(workspace: Workspace, raw: StoreConnection) -> Members:
    """Make this copy a device if it is none yet, and do as `ready_to_go_on`."""
    if not state.is_joined(raw):
        finish_imports(workspace, raw)
        _found(workspace, raw)
    return ready_to_go_on(workspace, raw)


def ready_to_go_on(workspace: Workspace, raw: StoreConnection) -> Members:
    """Seal what is not sealed, and learn the members.

    A copy that was copied or restored becomes a device of its own, vouched for by the one it was.

    Raises:
        StoreError: this copy takes part in no exchange, nobody vouches for it, or the disk refuses.
    """
    require_shared(raw)
    finish_imports(workspace, raw)
    if is_another_copy(raw):
        members = learn(workspace, raw)
        role = members.role_of(own_entry(raw, members).device)
        with workspace.gate.closed():
            succeed_alone(raw, role, to_milliseconds(workspace.clock()))
    _tell_descent(workspace, raw)
    seal(workspace, raw)
    return learn(workspace, raw)


def require_shared(raw: StoreConnection) -> None:
    """Return when this copy takes part in an exchange.

    Raises:
        StoreError: it does not.
    """
    if not state.is_joined(raw):
        raise StoreError(
            _(
                "This workspace is shared with nobody yet. Hand it to a new laptop, "
                "or join a server, first."
            )
        )


def finish_imports(workspace: Workspace, raw: StoreConnection) -> None:
    """Write what a full disk left of an import: until then nothing may be sealed or applied.

    Raises:
        StoreError: the disk refuses still.
    """
    if has_unfinished(raw):
        workspace.finish_staged()


def own_entry(raw: StoreConnection, members: Members) -> DeviceEntry:
    """Return what makes this copy a device of the workspace.

    Raises:
        StoreError: nobody has vouched for it yet.
    """
    own = state.identity(raw).device
    entry = members.entries.get(own)
    if entry is None:
        first = members.first_instead_of(own)
        if first is not None:
            raise StoreError(
                _(
                    "The file for a new laptop was used on the laptop of {name} already. Open a "
                    "new one on this laptop; nothing that was done here is lost."
                ).format(name=first.name or first.tag)
            )
        raise StoreError(_("Sync this laptop once; then it can hand on what it has."))
    return entry


def learn(workspace: Workspace, raw: StoreConnection) -> Members:
    """Fold what is known of the members, and keep the keys of those that count.

    What made this copy a device is known here before any sync brings it back.
    """
    with workspace.gate.closed(), writing(raw):
        members = learn_members(raw, workspace_id(workspace), anchors(raw))
    for entry in descent(raw, members):
        if entry.device not in members.entries:
            members.add(entry)
    return members


def seal(workspace: Workspace, raw: StoreConnection) -> None:
    """Seal what was done here, in steps that keep nobody at the door waiting.

    Raises:
        UnfinishedImportError: an import is written in parts and has not come to its end.
    """
    sealer = Sealer(raw)
    sealed = 1
    while sealed:
        with workspace.gate.closed():
            sealed = sealer.seal_step()
    if sealer.has_more():
        raise UnfinishedImportError


def _tell_descent(workspace: Workspace, raw: StoreConnection) -> None:
    """Put among the members how this copy got its name, where that was not done with the name."""
    members = read_members(raw, workspace_id(workspace), anchors(raw))
    for entry in descent(raw, members):
        known = "SELECT 1 FROM sync_row WHERE entity = ? AND row = ?"
        is_told = raw.execute(known, _key(entry)).fetchone() is not None
        if not is_told and entry.vouched_by != SERVER:  # that is the server's to tell
            add_member(workspace, raw, entry)


def add_member(workspace: Workspace, raw: StoreConnection, record: DeviceEntry | Grant) -> None:
    """Put a signed entry or grant among the members, for every device that hears of it."""
    with workspace.gate.closed(), writing(raw):
        _add(workspace, raw, record)


def _add(workspace: Workspace, raw: StoreConnection, record: DeviceEntry | Grant) -> None:
    values = {RECORD_COLUMN: to_bytes(record).decode()}
    author = special.Author(workspace.actor, to_milliseconds(workspace.clock()))
    if isinstance(record, DeviceEntry):
        text, name = special.ADDED, record.name or record.tag
    else:
        text, name = special.GRANTED, state.called(raw, record.device)
    if isinstance(record, Grant):  # so that whoever knows of it has a later word
        raw.execute("UPDATE sync_self SET last_hlc = max(last_hlc, ?)", (begun_at(record.made_at),))
    special.add_record(raw, MEMBERS, _key(record), values, text, author, name)


def _key(record: DeviceEntry | Grant) -> tuple[str, str]:
    return RECORD_ENTITY, sha256(to_bytes(record)).hexdigest()[:ID_LENGTH]


def _found(workspace: Workspace, raw: StoreConnection) -> None:
    """Become the first device of a workspace that is shared from now on; it vouches for itself.

    In one transaction: nobody else could vouch for a device that is none of the members.

    Raises:
        UnfinishedImportError: an import is written in parts and has not come to its end.
    """
    keys, user = DeviceKeys.from_bytes(key_seed(raw)), new_id()
    device = setting(raw, "incarnation")
    remember(raw, **{FOUNDERS: json.dumps({device: keys.sign_key.hex()})})
    draft = DeviceEntry(
        ws=workspace_id(workspace),
        device=device,
        user=user,
        name=workspace.actor,
        role=_ADMIN,
        tag=workspace.device,
        sign_key=keys.sign_key,
        seal_key=keys.seal_key,
        made_at=to_milliseconds(workspace.clock()),
        vouched_by=device,
        signature=NO_SIGNATURE,
    )
    with workspace.gate.closed(), writing(raw):
        state.begin(
            raw,
            workspace=draft.ws,
            device=device,
            user=user,
            sign_key=keys.signing,
            seal_key=keys.receiving,
            tag=workspace.device,
            name=workspace.actor,
        )
        _add(workspace, raw, signed(draft, keys.sign))
