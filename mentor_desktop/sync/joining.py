"""Becoming a device of a workspace on a server, and a new one where this is a copy of another.

What a server must not lose with a broken connection is kept here before it is asked: keys
and signed entries are the same at every try, so trying again does no harm.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import _
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.device import Newcomer, key_seed
from mentor_desktop.store.incarnation import new_incarnation
from mentor_desktop.store.keyfile import KeyFile
from mentor_desktop.store.settings import remember, setting
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.entries import (
    NO_SIGNATURE,
    DeviceEntry,
    read_record,
    signed,
    to_bytes,
)
from mentor_desktop.sync.keys.invitations import Invitation
from mentor_desktop.sync.keys.members import ROLES, Anchors, Members
from mentor_desktop.sync.line import Line
from mentor_desktop.sync.membership import read_members
from mentor_desktop.sync.protocol.messages import PATHS, JoinReply, JoinRequest, to_json
from mentor_desktop.sync.replica import state, succession
from mentor_desktop.sync.replica.servers import (
    SERVER_KEY,
    learn_server,
    note_move,
    server_key,
)
from mentor_desktop.sync.replica.transactions import connected, writing
from mentor_desktop.sync.steps import Request, Steps
from mentor_desktop.sync.troubles import Refused

_HEIR, _LINEAGE = "sync_heir_entry", "sync_lineage"
_SERVER = "sync_server"
_ENDED = "sync_access_ended"  # as which device; under that name nobody lets it in again
# Whom a copy believes without another's word (`anchors`), beside the server.
FOUNDERS = "sync_founders"


@dataclass(frozen=True)
class NewDevice:
    """A device about to join: its id and its keys."""

    device: str
    keys: DeviceKeys


def ask_to_join(
    line: Line, invitation: Invitation, new: NewDevice, name: str, ws: str = ""
) -> Steps[JoinReply]:
    """Show the invitation; asking again as the same device gives the same answer.

    Raises:
        Refused: code `invitation`: it is used up, too old, or none of this server.
        Unreachable: as `Line.ask`.
    """
    message = JoinRequest(
        id=invitation.id,
        secret=invitation.secret,
        device=new.device,
        name=name,
        sign_key=new.keys.sign_key,
        seal_key=new.keys.seal_key,
        ws=ws,
        founders={new.device: new.keys.sign_key} if ws else {},
    )
    request = Request("POST", PATHS["join"], content=to_json(message))
    return (yield from line.ask_json(request, JoinReply, with_token=False))


def claim(
    line: Line, workspace: Workspace, invitation: Invitation, server: str
) -> Steps[JoinReply]:
    """Bring an existing workspace to a server, or this device back to a server that forgot it.

    One whose access was ended comes back as another device, with all it never sent.

    Raises:
        ValidationError: the invitation is for another workspace.
        Refused, Unreachable: as `ask_to_join`.
    """
    ws = workspace_id(workspace)
    if invitation.ws not in ("", ws):
        raise _other_workspace()
    with connected(workspace) as raw:
        if state.is_joined(raw):  # the same user on the same device, where the server can tell
            yield from introduce_again(line, raw)
            if has_ended(raw) and not succession.is_another_copy(raw):
                workspace.become_another_device()
        new = _device_of(raw)
        reply = yield from ask_to_join(line, invitation, new, workspace.actor, ws)
        if reply.ws != ws:
            raise _other_workspace()
        begin(raw, new, reply, server, name=workspace.actor, is_founder=not invitation.ws)
    return reply


def begin(
    raw: StoreConnection,
    new: NewDevice,
    reply: JoinReply,
    server: str,
    *,
    name: str,
    is_founder: bool = False,
) -> None:
    """Make this copy the device that just joined, and remember whom to believe."""
    founders = {new.device: new.keys.sign_key.hex()} if is_founder else {}
    entries = dict.fromkeys([*_lineage(raw), *filter(None, [reply.entry])])
    if state.is_joined(raw) and state.identity(raw).device != new.device:
        keys = new.keys
        succession.go_on_as(
            raw,
            succession.NewDevice(
                new.device, keys.signing, keys.receiving, reply.tag, name, reply.user
            ),
            # Others may have what it gave away before it heard that its access had ended. Where
            # it has less rights by now, these hold for that too.
            is_offered=not _has_rights_of_before(raw, reply),
        )
    with writing(raw):
        if not state.is_joined(raw):
            state.begin(
                raw,
                workspace=reply.ws,
                device=new.device,
                user=reply.user,
                sign_key=new.keys.signing,
                seal_key=new.keys.receiving,
                tag=reply.tag,
                name=name,
            )
        before = (server_of(raw), server_key(raw))
        if before[0] and before != (server, reply.server_key):
            note_move(raw, server)
        known = json.loads(setting(raw, FOUNDERS) or "{}")
        _keep(
            raw,
            {
                _SERVER: server,
                SERVER_KEY: reply.server_key.hex(),
                _LINEAGE: json.dumps(list(entries)),
                FOUNDERS: json.dumps(known | founders),
            },
        )
        learn_server(raw, reply.server_device)


def note_ended(raw: StoreConnection) -> None:
    """Keep that the access of this device was ended."""
    remember(raw, **{_ENDED: state.identity(raw).device})


def note_access(raw: StoreConnection) -> None:
    """Keep that this device is let in: a server that was restored forgot that its access ended."""
    if has_ended(raw):
        remember(raw, **{_ENDED: ""})


def has_ended(raw: StoreConnection) -> bool:
    """Say whether the server ended the access of this device when it was last asked."""
    return setting(raw, _ENDED) == state.identity(raw).device


def anchors(raw: StoreConnection) -> Anchors:
    """Return whom this copy believes without another's word."""
    founders = json.loads(setting(raw, FOUNDERS) or "{}")
    return Anchors(
        server_key(raw),
        {device: bytes.fromhex(one) for device, one in founders.items()},
    )


def server_of(raw: StoreConnection) -> str:
    """Return the address of the server this copy joined; empty when it joined none."""
    return setting(raw, _SERVER)


def workspace_id(workspace: Workspace) -> str:
    """Return the id that all devices of the workspace share."""
    return KeyFile.load(workspace.folder.key_file).workspace_id


def create(
    reply: JoinReply,
    new: NewDevice,
    make_workspace: Callable[[Newcomer], Workspace],
    server: str,
    *,
    name: str,
) -> Workspace:
    """Make the folder of a device that just joined.

    Raises:
        StoreError: the folder cannot be written; it is empty again.
    """
    workspace = make_workspace(Newcomer(reply.ws, reply.tag, new.device))
    try:
        with connected(workspace) as raw:
            begin(raw, new, reply, server, name=name)
    except BaseException:
        workspace.discard()
        raise
    return workspace


def new_device() -> NewDevice:
    """Return a device that nobody knows yet."""
    return NewDevice(new_incarnation(), DeviceKeys.make())


def _has_rights_of_before(raw: StoreConnection, reply: JoinReply) -> bool:
    own = state.identity(raw)
    members = read_members(raw, own.workspace, anchors(raw))
    if own.device not in members.entries or reply.role not in ROLES:
        return False
    before = members.role_of(own.device)
    return before in ROLES and ROLES.index(reply.role) <= ROLES.index(before)


def succeed(
    line: Line, raw: StoreConnection, role: str, now_ms: int, *, is_offered: bool
) -> Steps[None]:
    """Become the device that this copy's incarnation names, on the signature of the one it was.

    Where everything sealed was offered to the server, what it does not hold is made anew.

    Raises:
        Refused: the old device has no access. Unreachable: as `Line.ask`.
    """
    keys, entry = _heir(raw, role, now_ms)
    request = Request("POST", PATHS["succeed"], content=to_bytes(entry))
    yield from line.ask(request, with_token=False)
    _go_on(raw, keys, entry, is_offered=is_offered)


def succeed_alone(raw: StoreConnection, role: str, now_ms: int) -> DeviceEntry:
    """Do the same where no server is at hand; others hear of it with the entry that is returned.

    What is sealed keeps its old name until a server can be asked (`succession.former`).
    """
    keys, entry = _heir(raw, role, now_ms)
    _go_on(raw, keys, entry, is_offered=False)
    return entry


def _go_on(raw: StoreConnection, keys: DeviceKeys, entry: DeviceEntry, *, is_offered: bool) -> None:
    new = succession.NewDevice(entry.device, keys.signing, keys.receiving, entry.tag, entry.name)
    # Before: who was killed in between has the new name, and must show how it came to it.
    entries = dict.fromkeys([*_lineage(raw), to_bytes(entry).decode()])
    remember(raw, **{_LINEAGE: json.dumps(list(entries))})
    succession.go_on_as(raw, new, is_offered=is_offered)
    remember(raw, **{_HEIR: ""})


def introduce_again(line: Line, raw: StoreConnection) -> Steps[bool]:
    """Show a server that was restored how this device came to be; False where nothing is to show.

    Its own entry, the one of the device that vouched for it, and so on up to one that the
    server signed itself: each is believed for its signature.

    Raises:
        Unreachable: as `Line.ask`.
    """
    own = state.identity(raw)
    entries = descent(raw, read_members(raw, own.workspace, anchors(raw)))
    for entry in entries:
        request = Request("POST", PATHS["succeed"], content=to_bytes(entry))
        with suppress(Refused):
            yield from line.ask(request, with_token=False)
    return bool(entries)


def descent(raw: StoreConnection, members: Members) -> list[DeviceEntry]:
    """Return the entries that lead to this device, the one nobody here vouched for first."""
    known = dict(members.entries)
    for record in map(read_record, _lineage(raw)):
        if isinstance(record, DeviceEntry):
            known[record.device] = record
    found: list[DeviceEntry] = []
    entry = known.get(state.identity(raw).device)
    while entry is not None and entry not in found:
        found.append(entry)
        entry = known.get(entry.vouched_by)
    return found[::-1]


def _lineage(raw: StoreConnection) -> list[str]:
    """Return the entries by which this copy became a device and then another, oldest first."""
    kept: list[str] = json.loads(setting(raw, _LINEAGE) or "[]")
    return kept


def _heir(raw: StoreConnection, role: str, now_ms: int) -> tuple[DeviceKeys, DeviceEntry]:
    """Return keys and entry of the new device; it is made once: a lost answer must not make two."""
    device, own = setting(raw, "incarnation"), state.identity(raw)
    keys, kept = DeviceKeys.from_bytes(key_seed(raw)), setting(raw, _HEIR)
    if kept:
        entry = read_record(kept)
        if isinstance(entry, DeviceEntry) and entry.device == device:
            return keys, entry
    before = next(one for one in state.peers(raw) if one.device == own.device)
    draft = DeviceEntry(
        ws=own.workspace,
        device=device,
        user=own.user,
        name=before.name,
        role=role,
        tag=setting(raw, "device"),
        sign_key=keys.sign_key,
        seal_key=keys.seal_key,
        made_at=now_ms,
        vouched_by=own.device,
        signature=NO_SIGNATURE,
    )
    entry = signed(draft, DeviceKeys(own.sign_key, own.seal_key).sign)
    remember(raw, **{_HEIR: to_bytes(entry).decode()})
    return keys, entry


def _device_of(raw: StoreConnection) -> NewDevice:
    """Return who this copy is, or will be."""
    if state.is_joined(raw) and not has_ended(raw):
        own = state.identity(raw)
        return NewDevice(own.device, DeviceKeys(own.sign_key, own.seal_key))
    return NewDevice(setting(raw, "incarnation"), DeviceKeys.from_bytes(key_seed(raw)))


def _keep(raw: StoreConnection, values: Mapping[str, str]) -> None:
    """Keep settings in the transaction that is open."""
    raw.executemany(
        "INSERT OR REPLACE INTO local_setting (key, value) VALUES (?, ?)", list(values.items())
    )


def _other_workspace() -> ValidationError:
    return ValidationError(
        _(
            "This invitation is for another workspace. Name a new folder with --workspace to join it."
        )
    )
