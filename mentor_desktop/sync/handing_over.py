"""Handing a workspace, or one workshop of it, to other laptops in one file; no server is needed.

The first file for a laptop opens with six words and invites it. From then on both know each
other's keys: a file that is closed for one device alone needs no words. A file for several laptops
of the workspace opens with six words too, and invites nobody.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from mentor_desktop.crypto import Argon2Cost
from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.ids import new_id
from mentor_desktop.models.base import to_milliseconds
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.incarnation import LONGEST_TAG, new_tag
from mentor_desktop.store.settings import remember, setting
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.bundle_sections import Contents, Offer
from mentor_desktop.sync.carrying import Load, write_file
from mentor_desktop.sync.handed import ends_here, handed_at, note_handed, since_handed
from mentor_desktop.sync.inventory import told_by
from mentor_desktop.sync.joining import anchors
from mentor_desktop.sync.keys.entries import NO_SIGNATURE, Grant, SignedInvitation, signed
from mentor_desktop.sync.keys.invitations import new_invitation, sign_invitation
from mentor_desktop.sync.keys.members import ALL_WORKSHOPS, INVITING_ROLES, ROLES, Members
from mentor_desktop.sync.keys.words import new_words
from mentor_desktop.sync.membership import read_members
from mentor_desktop.sync.protocol.operations import first_ms, tick
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.transactions import connected
from mentor_desktop.sync.sealed_file import lid_for_key, lid_for_words
from mentor_desktop.sync.shares import Share, kept_share, share_of, share_of_workshop
from mentor_desktop.sync.sharing import (
    add_member,
    learn,
    own_entry,
    ready_to_go_on,
    ready_to_share,
)

SUFFIX: Final = ".mentor"
_GIVEN_TAGS = "handed_tags"
_TRAINER: Final = "trainer"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALID_MS: Final = (
    14 * 86_400_000
)  # from a file to its laptop; a stick that was lost opens nothing later


@dataclass(frozen=True)
class KnownLaptop:
    """Another device of the workspace that a file can be closed for.

    `is_limited` says that it is given some workshops alone. `handed_at` is when a file was written
    for it last, in milliseconds, `since_then` what was done here since (`handed`).
    """

    device: str
    tag: str
    name: str
    is_limited: bool = False
    handed_at: int | None = None
    since_then: int = 0


@dataclass(frozen=True)
class Handed:
    """A file for other laptops; `words` open it, "" where it is closed for one laptop alone.

    `is_invitation` says that it makes a new laptop one of the workspace. `batches` and `files`
    count what is in it.
    """

    path: Path
    words: str
    is_invitation: bool
    batches: int = 0
    files: int = 0


def hand_over(
    workspace: Workspace,
    path: Path,
    *,
    workshop_id: str = "",
    cost: Argon2Cost | None = None,
    progress: Progress = NO_PROGRESS,
) -> Handed:
    """Write the file for a new laptop, and read it back.

    With `workshop_id` the other laptop gets that workshop, its people and the programme alone.

    Raises:
        StoreError: the disk refused, or this copy cannot invite; nothing is left at `path`.
        Cancelled: the person pressed Cancel.
    """
    words = new_words()
    with connected(workspace) as raw:
        members = ready_to_share(workspace, raw)
        share = _narrowed(raw, share_of_workshop(workshop_id))
        if members.role_of(own_entry(raw, members).device) not in INVITING_ROLES:
            share = replace(share, has_secrets=False)
        offer = _offer(workspace, raw, members, share)
        load = Load(lid_for_words(words, cost), share, offer)
        contents = write_file(workspace, raw, path, load, progress)
    return _handed(path, words, contents)


def hand_to(
    workspace: Workspace,
    path: Path,
    *,
    device: str,
    with_everything: bool = False,
    progress: Progress = NO_PROGRESS,
) -> Handed:
    """Write the file for a laptop that is known already: it alone can open it, without words.

    It gets what it was given before; `with_everything` makes one that has some workshops a
    laptop of the whole workspace from now on, with the rights of this one.

    Raises:
        StoreError: the disk refused, the laptop is not known, or this one may not give it
            everything; nothing is left at `path`.
        Cancelled: the person pressed Cancel.
    """
    with connected(workspace) as raw:
        members = ready_to_go_on(workspace, raw)
        entry = members.entries.get(device)
        if entry is None or not members.has_access(device):
            raise StoreError(_("This laptop does not belong to the workspace any more."))
        if with_everything and not share_of(raw, members, device).is_whole:
            members = _grant_everything(workspace, raw, members, device)
        share = share_of(raw, members, device)
        load = Load(
            lid_for_key(entry.seal_key),
            share,
            answer=own_entry(raw, members),
            reader=device,
            told=told_by(raw, device),
            with_journal=entry.user == state.identity(raw).user,
        )
        ends = ends_here(raw)
        contents = write_file(workspace, raw, path, load, progress)
        note_handed(raw, device, to_milliseconds(workspace.clock()), ends, share)
    return _handed(path, "", contents)


def hand_round(
    workspace: Workspace,
    path: Path,
    *,
    workshop_id: str = "",
    cost: Argon2Cost | None = None,
    progress: Progress = NO_PROGRESS,
) -> Handed:
    """Write a file that six words open on any laptop of the workspace, everything or one workshop.

    Raises:
        StoreError: the disk refused, or the workspace is shared with nobody; nothing is left.
        Cancelled: the person pressed Cancel.
    """
    words = new_words()
    with connected(workspace) as raw:
        members = ready_to_go_on(workspace, raw)
        load = Load(
            lid_for_words(words, cost),
            _narrowed(raw, share_of_workshop(workshop_id)),
            answer=own_entry(raw, members),
        )
        contents = write_file(workspace, raw, path, load, progress)
    return _handed(path, words, contents)


def known_laptops(raw: StoreConnection) -> list[KnownLaptop]:
    """Return the other devices with access that can be given a file, in the order they were met."""
    if not state.is_joined(raw):
        return []
    own = state.identity(raw)
    members = read_members(raw, own.workspace, anchors(raw))
    return [
        _known(raw, peer, share_of(raw, members, peer.device))
        for peer in state.peers(raw)
        if peer.device != own.device and members.has_access(peer.device)
    ]


def _known(raw: StoreConnection, peer: state.Peer, share: Share) -> KnownLaptop:
    return KnownLaptop(
        device=peer.device,
        tag=peer.tag,
        name=peer.name,
        is_limited=not share.is_whole,
        handed_at=handed_at(raw, peer.device),
        since_then=since_handed(raw, peer.device, share),
    )


def _grant_everything(
    workspace: Workspace, raw: StoreConnection, members: Members, device: str
) -> Members:
    """Put among the members that a device has the whole workspace from now on."""
    own = state.identity(raw)
    role = members.role_of(own_entry(raw, members).device)
    if role not in INVITING_ROLES or not kept_share(raw).is_whole:
        raise StoreError(
            _(
                "Only a laptop of an administrator or organiser that has everything "
                "can hand everything on."
            )
        )
    now = to_milliseconds(workspace.clock())
    draft = Grant(
        ws=own.workspace,
        device=device,
        role=role,
        workshops=(ALL_WORKSHOPS,),
        granted_by=own.device,
        # Later than all that is known here of the rights of its user, whatever this clock says.
        made_at=first_ms(tick(own.last_hlc, now + own.clock_offset_ms)),
        signature=NO_SIGNATURE,
    )
    add_member(workspace, raw, signed(draft, own.signer()))
    return learn(workspace, raw)


def _handed(path: Path, words: str, contents: Contents) -> Handed:
    return Handed(path, words, contents.has_offer, contents.batches, contents.files)


def _narrowed(raw: StoreConnection, wanted: Share) -> Share:
    """Return what is asked for, or all that this copy was given where that is less."""
    kept = kept_share(raw)
    return kept if wanted.is_whole else wanted


def _offer(workspace: Workspace, raw: StoreConnection, members: Members, share: Share) -> Offer:
    sender, own = own_entry(raw, members), state.identity(raw)
    own_role = members.role_of(sender.device)
    # Who may not invite others can still work on a second laptop.
    is_inviting = own_role in INVITING_ROLES
    role = own_role if share.is_whole else max(own_role, _TRAINER, key=ROLES.index)
    now = to_milliseconds(workspace.clock())
    invitation = new_invitation("", own.workspace)
    draft = SignedInvitation(
        ws=own.workspace,
        id=invitation.id,
        user=new_id() if is_inviting else own.user,
        name="",
        role=role,
        workshops=(ALL_WORKSHOPS,) if share.workshops is None else tuple(sorted(share.workshops)),
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
    """Return a tag for the new laptop, never the same twice: the own one and a letter.

    Drawn by lot, as for copies, where the letters are used up or the own tag is long.
    """
    given = json.loads(setting(raw, _GIVEN_TAGS) or "[]")
    taken = {*given, *(peer.tag for peer in state.peers(raw))}
    taken |= {row[0] for row in raw.execute("SELECT DISTINCT device FROM txn").fetchall()}
    free = (own_tag + letter for letter in _LETTERS if own_tag + letter not in taken)
    tag = next(free, "")
    if not tag or len(tag) > LONGEST_TAG:
        tag = new_tag(own_tag, taken)
    remember(raw, **{_GIVEN_TAGS: json.dumps([*given, tag])})
    return tag
