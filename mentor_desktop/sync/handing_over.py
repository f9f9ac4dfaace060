"""Handing a workspace, or one workshop of it, to another laptop in one file; no server is needed.

The first file for a laptop opens with six words and invites it. From then on both know each
other's keys: what goes back and forth is closed for the other device, and nobody types anything.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.ids import new_id
from mentor_desktop.models.base import to_milliseconds
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.refusals import explained
from mentor_desktop.store.settings import remember, setting
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.bundle import write_bundle
from mentor_desktop.sync.bundle_sections import MOST_FILE_BYTES, Offer, read_sections
from mentor_desktop.sync.carrying import streams_of
from mentor_desktop.sync.joining import FOUNDERS, anchors, succeed_alone, workspace_id
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.entries import (
    NO_SIGNATURE,
    DeviceEntry,
    SignedInvitation,
    signed,
    to_bytes,
)
from mentor_desktop.sync.keys.invitations import new_invitation, sign_invitation
from mentor_desktop.sync.keys.members import INVITING_ROLES, ROLES, Members
from mentor_desktop.sync.keys.words import new_words
from mentor_desktop.sync.membership import RECORD_COLUMN, RECORD_ENTITY, learn_members
from mentor_desktop.sync.protocol.batches import Batch
from mentor_desktop.sync.protocol.streams import ID_LENGTH, MEMBERS, PEOPLE
from mentor_desktop.sync.replica import log, special, state
from mentor_desktop.sync.replica.sealed_streams import ONLY_WORKSHOP
from mentor_desktop.sync.replica.sealing import Sealer
from mentor_desktop.sync.replica.state import Identity, Numbers
from mentor_desktop.sync.replica.succession import is_another_copy
from mentor_desktop.sync.replica.transactions import writing
from mentor_desktop.sync.sealed_file import Lid, lid_for_key, lid_for_words, read_parts
from mentor_desktop.sync.withholding import files_of, only, passed_on, people_of_workshop

SUFFIX: Final = ".mentor"
EVERYTHING: Final = "*"
_GIVEN_TAGS = "handed_tags"
_ADMIN, _TRAINER = ROLES[0], "trainer"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LONGEST_TAG = 4
_VALID_MS: Final = (
    14 * 86_400_000
)  # from a file to its laptop; a stick that was lost opens nothing later


@dataclass(frozen=True)
class KnownLaptop:
    """Another device of the workspace that a file can be closed for; newest last."""

    device: str
    tag: str
    name: str


def hand_over(
    workspace: Workspace, path: Path, *, workshop_id: str = "", progress: Progress = NO_PROGRESS
) -> str:
    """Write the file for a new laptop, read it back, and return the six words that open it.

    With `workshop_id` the other laptop gets that workshop, its people and the programme alone.

    Raises:
        StoreError: the disk refused, or this copy cannot invite; nothing is left at `path`.
        Cancelled: the person pressed Cancel.
    """
    words = new_words()
    with closing(workspace.exchange_connection()) as raw:
        members = ready_to_share(workspace, raw)
        own = state.identity(raw)
        scope = workshop_id or setting(raw, ONLY_WORKSHOP)
        offer = _offer(workspace, raw, members, own, scope)
        _write(workspace, raw, path, _Way(lid_for_words(words), scope, offer), progress)
    return words


def hand_to(
    workspace: Workspace, path: Path, *, device: str, progress: Progress = NO_PROGRESS
) -> None:
    """Write the file for a laptop that is known already: it alone can open it, without words.

    Raises:
        StoreError: the disk refused, or the laptop is not known; nothing is left at `path`.
        Cancelled: the person pressed Cancel.
    """
    with closing(workspace.exchange_connection()) as raw:
        members = ready_to_share(workspace, raw)
        entry = members.entries.get(device)
        if entry is None or not members.has_access(device):
            raise StoreError(_("This laptop does not belong to the workspace any more."))
        answer = own_entry(raw, members)
        is_own = entry.user == state.identity(raw).user
        way = _Way(
            lid_for_key(entry.seal_key), _scope_of(entry), answer=answer, with_journal=is_own
        )
        _write(workspace, raw, path, way, progress)


def known_laptops(raw: StoreConnection) -> list[KnownLaptop]:
    """Return the other devices with access that can be given a file, in the order they were met."""
    if not state.is_joined(raw):
        return []
    own = state.identity(raw).device
    return [
        KnownLaptop(peer.device, peer.tag, peer.name)
        for peer in state.peers(raw)
        if peer.device != own and peer.seal_key is not None and peer.revoked_at is None
    ]


def own_entry(raw: StoreConnection, members: Members) -> DeviceEntry:
    """Return what makes this copy a device of the workspace.

    Raises:
        StoreError: nobody has vouched for it yet.
    """
    entry = members.entries.get(state.identity(raw).device)
    if entry is None:
        raise StoreError(_("Sync this laptop once; then it can hand on what it has."))
    return entry


def ready_to_share(workspace: Workspace, raw: StoreConnection) -> Members:
    """Make this copy a device if it is none yet, seal what is not sealed, and learn the members.

    A copy that was copied or restored becomes a device of its own, vouched for by the one it was.
    """
    if not state.is_joined(raw):
        _found(workspace, raw)
    elif is_another_copy(raw):
        role = own_entry(raw, learn(workspace, raw)).role
        with workspace.gate.closed():
            entry = succeed_alone(raw, role, to_milliseconds(workspace.clock()))
        add_member(workspace, raw, entry)
    seal(workspace, raw)
    return learn(workspace, raw)


def learn(workspace: Workspace, raw: StoreConnection) -> Members:
    """Fold what is known of the members, and keep the keys of those that count."""
    with workspace.gate.closed(), writing(raw):
        return learn_members(raw, workspace_id(workspace), anchors(raw))


def seal(workspace: Workspace, raw: StoreConnection) -> None:
    """Seal what was done here, in steps that keep nobody at the door waiting."""
    sealer = Sealer(raw)
    has_more = True
    while has_more:
        with workspace.gate.closed():
            sealer.seal_within()
            has_more = sealer.has_more()


def _found(workspace: Workspace, raw: StoreConnection) -> None:
    """Become the first device of a workspace that is shared from now on; it vouches for itself."""
    keys, device = DeviceKeys.make(), setting(raw, "incarnation")
    remember(raw, **{FOUNDERS: json.dumps({device: keys.sign_key.hex()})})
    now = to_milliseconds(workspace.clock())
    with workspace.gate.closed(), writing(raw):
        own = state.begin(
            raw,
            workspace=workspace_id(workspace),
            device=device,
            user=new_id(),
            sign_key=keys.signing,
            seal_key=keys.receiving,
            tag=workspace.device,
            name=workspace.actor,
        )
    draft = DeviceEntry(
        ws=own.workspace,
        device=device,
        user=own.user,
        name=workspace.actor,
        role=_ADMIN,
        tag=workspace.device,
        sign_key=keys.sign_key,
        seal_key=keys.seal_key,
        made_at=now,
        vouched_by=device,
        signature=NO_SIGNATURE,
    )
    add_member(workspace, raw, signed(draft, keys.sign))


def add_member(workspace: Workspace, raw: StoreConnection, entry: DeviceEntry) -> None:
    """Put a device among the members, for every device that hears of it."""
    content = to_bytes(entry)
    key = (RECORD_ENTITY, sha256(content).hexdigest()[:ID_LENGTH])
    values = {RECORD_COLUMN: content.decode()}
    author = special.Author(workspace.actor, to_milliseconds(workspace.clock()))
    with workspace.gate.closed(), writing(raw):
        special.add_record(raw, MEMBERS, key, values, special.ADDED, author)


def _offer(
    workspace: Workspace, raw: StoreConnection, members: Members, own: Identity, scope: str
) -> Offer:
    sender = own_entry(raw, members)
    # Who may not invite others can still work on a second laptop.
    is_inviting = sender.role in INVITING_ROLES
    role = max(sender.role, _TRAINER if scope else sender.role, key=ROLES.index)
    now = to_milliseconds(workspace.clock())
    invitation = new_invitation("", own.workspace)
    draft = SignedInvitation(
        ws=own.workspace,
        id=invitation.id,
        user=new_id() if is_inviting else own.user,
        name="",
        role=role,
        workshops=(scope or EVERYTHING,),
        invited_by=own.device,
        key=invitation.public_key,
        made_at=now,
        expires_at=now + _VALID_MS,
        signature=NO_SIGNATURE,
    )
    believed = anchors(raw)
    return Offer(
        invitation=sign_invitation(invitation, draft, own.signer()),
        secret=invitation.secret,
        sender=sender,
        tag=_next_tag(raw, workspace.device),
        server_key=believed.server_key or b"",
        founders=dict(believed.founders),
    )


def _next_tag(raw: StoreConnection, own_tag: str) -> str:
    """Return a tag for the new laptop: the own one and a letter, never the same twice."""
    given = json.loads(setting(raw, _GIVEN_TAGS) or "[]")
    taken = {*given, *(peer.tag for peer in state.peers(raw))}
    taken |= {row[0] for row in raw.execute("SELECT DISTINCT device FROM txn").fetchall()}
    free = (own_tag + letter for letter in _LETTERS if own_tag + letter not in taken)
    tag = next(free, "")
    if not tag or len(tag) > _LONGEST_TAG:
        raise StoreError(
            _("This laptop cannot hand on to more laptops. Use the one it came from for that.")
        )
    remember(raw, **{_GIVEN_TAGS: json.dumps([*given, tag])})
    return tag


def _scope_of(entry: DeviceEntry) -> str:
    """Return the one workshop a device was given, "" for everything."""
    if entry.invitation is None or entry.invitation.workshops == (EVERYTHING,):
        return ""
    return next(iter(entry.invitation.workshops), "")


@dataclass(frozen=True)
class _Way:
    """How a file is closed, which workshop it is limited to ("" for none), and what rides along.

    The journal does `with_journal`, closed for another device of its author; never with words.
    """

    lid: Lid
    scope: str
    offer: Offer | None = None
    answer: DeviceEntry | None = None
    with_journal: bool = False


def _write(
    workspace: Workspace, raw: StoreConnection, path: Path, way: _Way, progress: Progress
) -> None:
    own = state.identity(raw)
    raw.execute("BEGIN")  # one moment of the workspace, however long the stick takes
    try:
        # A copy that was given a part has no more than that, and hands it on as it is.
        is_part = bool(way.scope) and not setting(raw, ONLY_WORKSHOP)
        rows = people_of_workshop(raw, way.scope) if is_part else None
        write_bundle(
            path,
            way.lid,
            ws=own.workspace,
            made_by=own.device,
            made_at=to_milliseconds(workspace.clock()),
            batches=_batches(raw, way, rows, progress),
            files=_files(workspace, raw, rows),
            offer=way.offer,
            answer=way.answer,
            progress=progress,
        )
    finally:
        raw.execute("ROLLBACK")
    _read_back(path, way.lid, progress)


def _batches(
    raw: StoreConnection, way: _Way, rows: set[tuple[str, str]] | None, progress: Progress
) -> Iterator[Batch]:
    numbers, scope = Numbers(raw), way.scope
    streams = streams_of(raw, scope, with_journal=way.with_journal)
    places = raw.execute("SELECT DISTINCT stream, device FROM sync_batch ORDER BY 1, 2").fetchall()
    done, total = 0, raw.execute("SELECT count(*) FROM sync_batch").fetchone()[0]
    for stream in streams:
        for number, device in places:
            if number != numbers.stream(stream):
                continue
            found = log.batches_of(raw, number, device, 1, 1 << 60)
            if not scope:
                found = passed_on(raw, stream, found)
            elif rows is not None and stream == PEOPLE:
                found = only(found, rows)
            for batch in found:
                done += 1
                progress.step(done, total)
                yield batch


def _files(
    workspace: Workspace, raw: StoreConnection, rows: set[tuple[str, str]] | None
) -> Iterator[bytes]:
    """Give the files that the records refer to and that are here; very large ones stay."""
    blobs = workspace.blobs()
    sizes = blobs.sizes()
    for address in files_of(raw, rows):
        if sizes.get(address, MOST_FILE_BYTES) < MOST_FILE_BYTES:
            yield blobs.read(address)


def _read_back(path: Path, lid: Lid, progress: Progress) -> None:
    """Read what was written to its end; a stick that lies is found here, while the data is near."""
    try:
        with path.open("rb") as file:
            file.seek(len(lid.start))  # bound to every part behind it
            for _section in read_sections(read_parts(file, lid)):
                progress.check()
    except OSError as exc:
        path.unlink(missing_ok=True)
        raise explained(exc, path.parent) or exc from exc
    except BaseException:
        path.unlink(missing_ok=True)
        raise
