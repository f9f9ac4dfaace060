"""Taking in a file from another laptop: as a new device of its workspace, or what was done since."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mentor_desktop.changes import Changes
from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.models.base import to_milliseconds
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.device import Newcomer
from mentor_desktop.store.settings import remember
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync import shares
from mentor_desktop.sync.blobs import remove_unwanted
from mentor_desktop.sync.bundle import Bundle, open_bundle
from mentor_desktop.sync.bundle_sections import Offer
from mentor_desktop.sync.file_pages import apply_file, early_operations
from mentor_desktop.sync.inventory import believe
from mentor_desktop.sync.joining import (
    FOUNDERS,
    NewDevice,
    anchors,
    new_device,
)
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.entries import NO_SIGNATURE, DeviceEntry, signed
from mentor_desktop.sync.keys.members import ALL_WORKSHOPS, Members
from mentor_desktop.sync.membership import read_members, records_in
from mentor_desktop.sync.other_lives import go_on_apart
from mentor_desktop.sync.protocol.batches import BadBatch, Batch, read_batch
from mentor_desktop.sync.protocol.streams import MEMBERS
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.log import missing
from mentor_desktop.sync.replica.sealed_streams import ONLY_WORKSHOP
from mentor_desktop.sync.replica.servers import SERVER_KEY, learn_server
from mentor_desktop.sync.replica.state import Peer
from mentor_desktop.sync.replica.succession import former, is_another_copy
from mentor_desktop.sync.replica.transactions import connected, writing
from mentor_desktop.sync.replica.wanted_files import files_once_named, wanted_files
from mentor_desktop.sync.sealed_file import is_opened_by_words
from mentor_desktop.sync.sharing import add_member, learn, ready_to_go_on, require_shared


@dataclass(frozen=True)
class TakenIn:
    """What a file brought. `is_new` is false when nothing of it is in force here that was not before.

    `waiting` counts rows whose removal somebody has to agree to first, `early` operations that are
    kept and wait for others, `batches` and `files` what is in the file. `is_newcomer`: the sender
    takes part from now on. `has_become_whole`: this copy had one workshop before and has
    everything now. `put_back` are laptops of which something else is here than in the file: one
    of them is an older state of the other. `has_gap`: something is missing before what came.
    """

    sender: Peer
    made_at: int
    operations: int
    changes: Changes
    waiting: int
    early: int
    batches: int
    files: int
    is_newcomer: bool
    has_become_whole: bool
    put_back: tuple[Peer, ...]
    has_gap: bool

    @property
    def is_new(self) -> bool:
        return self.operations > 0


def needs_words(path: Path) -> bool:
    """Tell whether the file opens with six words; else it was closed for one laptop.

    Raises:
        StoreError: it cannot be read, or is no such file.
    """
    try:
        with path.open("rb") as file:
            return is_opened_by_words(file)
    except OSError as exc:
        raise StoreError(
            _(
                "The file {path} cannot be read. Check that the stick is still in, and copy the "
                "file to this computer."
            ).format(path=path)
        ) from exc


def begin_from_file(
    path: Path,
    words: str,
    *,
    name: str,
    now_ms: int,
    make_workspace: Callable[[Newcomer], Workspace],
    progress: Progress = NO_PROGRESS,
) -> Workspace:
    """Make a workspace of this laptop from the first file of another one.

    Raises:
        ValidationError: the words do not open it.
        StoreError: it is damaged, invites nobody, is too old, or the folder cannot be written.
        Cancelled: the person pressed Cancel; the folder is empty again.
    """
    bundle = open_bundle(path, words, progress=progress)
    offer = bundle.offer
    if offer is None:
        raise StoreError(
            _("This file does not invite a new laptop. Open it on a laptop of its workspace.")
        )
    _require_fresh(offer, now_ms)
    new = new_device()
    workspace = make_workspace(Newcomer(offer.invitation.ws, offer.tag, new.device))
    try:
        with connected(workspace) as raw:
            entry = _begin(raw, new, offer, name, now_ms)
            _believe_server(workspace, raw, bundle)
            apply_file(workspace, raw, bundle, progress, has_window=False)
            _require_access(learn(workspace, raw), offer.sender.device)
            add_member(workspace, raw, entry)
            _believe_stock(raw, bundle)
            _keep_files(workspace, raw, bundle, progress)
    except BaseException:
        workspace.discard()
        raise
    return workspace


def take_in(
    workspace: Workspace,
    path: Path,
    words: str = "",
    *,
    has_window: bool = False,
    progress: Progress = NO_PROGRESS,
) -> TakenIn:
    """Apply what another laptop of this workspace did; a second time changes nothing.

    `has_window` says that somebody may work meanwhile, and is to wait for no more than one batch.

    Raises:
        ValidationError: the words do not open it.
        StoreError: it is damaged, of another workspace, or of a laptop nobody invited.
        Cancelled: the person pressed Cancel; what was applied until then is kept.
    """
    with connected(workspace) as raw:
        require_shared(raw)
        # A copy that gets another name now opens what was written for the one it was.
        own = state.identity(raw)
        opener = words or DeviceKeys(own.sign_key, own.seal_key)
        bundle = open_bundle(path, opener, ws=own.workspace, progress=progress)
        if is_another_copy(raw):  # nobody else vouches for it
            _begin_again(workspace, raw, bundle)
        ready_to_go_on(workspace, raw)
        is_newcomer = _learn_sender(workspace, raw, bundle)
        go_on_apart(workspace, raw, bundle.batches())
        pages = apply_file(workspace, raw, bundle, progress, has_window=has_window)
        _begin_again(workspace, raw, bundle)
        _keep_files(workspace, raw, bundle, progress)
        remove_unwanted(raw, workspace.blobs())
        _believe_stock(raw, bundle)
        early = early_operations(raw, bundle.contents.spans)
        has_become_whole = shares.has_become_whole(raw, learn(workspace, raw))
        peers = {peer.device: peer for peer in state.peers(raw)}
        # Another life of this laptop that is not told from its beginning yet lacks that.
        own_lives = pages.forked & {*former(raw), state.identity(raw).device}
        has_gap = bool(own_lives) or _has_gap(raw, bundle)
    return TakenIn(
        sender=peers[bundle.contents.made_by],
        made_at=bundle.contents.made_at,
        operations=pages.operations,
        changes=pages.changes(),
        waiting=sum(pages.waiting.values()),
        early=early,
        batches=bundle.contents.batches,
        files=bundle.contents.files,
        is_newcomer=is_newcomer,
        has_become_whole=has_become_whole,
        put_back=tuple(peers[device] for device in sorted(pages.forked - own_lives)),
        has_gap=has_gap,
    )


def _begin(
    raw: StoreConnection, new: NewDevice, offer: Offer, name: str, now_ms: int
) -> DeviceEntry:
    """Become the device that was invited, and know the one that invites; return the entry."""
    invitation, sender = offer.invitation, offer.sender
    entry = _entry_of(offer, new, name, now_ms)
    scope = "" if ALL_WORKSHOPS in invitation.workshops else invitation.workshops[0]
    founders = {device: key.hex() for device, key in offer.founders.items()}
    remember(
        raw,
        **{
            FOUNDERS: json.dumps(founders),
            SERVER_KEY: offer.server_key.hex(),
            ONLY_WORKSHOP: scope,
        },
    )
    with writing(raw):
        state.begin(
            raw,
            workspace=invitation.ws,
            device=new.device,
            user=invitation.user,
            sign_key=new.keys.signing,
            seal_key=new.keys.receiving,
            tag=offer.tag,
            name=name,
        )
        # What they did among the members says who else there is: their keys are known before.
        for founder, key in offer.founders.items():
            state.learn(raw, Peer(founder, sign_key=key))
        state.learn(raw, _peer(sender))
    return entry


def _entry_of(offer: Offer, new: NewDevice, name: str, now_ms: int) -> DeviceEntry:
    """Return what makes a device one of the workspace, signed with the secret of the offer."""
    invitation = offer.invitation
    draft = DeviceEntry(
        ws=invitation.ws,
        device=new.device,
        user=invitation.user,
        name=name,
        role=invitation.role,
        tag=offer.tag,
        sign_key=new.keys.sign_key,
        seal_key=new.keys.seal_key,
        made_at=max(now_ms, invitation.made_at),
        vouched_by=offer.sender.device,
        signature=NO_SIGNATURE,
        invitation=invitation,
    )
    return signed(draft, offer.signer().sign)


def _require_fresh(offer: Offer, now_ms: int) -> None:
    if now_ms > offer.invitation.expires_at:
        raise StoreError(
            _(
                "This file is too old to begin with, or the date of one of the laptops is wrong. "
                "Compare both dates, and make a new file on the other laptop."
            )
        )


def _believe_server(workspace: Workspace, raw: StoreConnection, bundle: Bundle) -> None:
    """Know the server under every id it wrote by: what its key signed among the members is its own."""
    key = anchors(raw).server_key
    if key is None:
        return
    server = Ed25519PublicKey.from_public_bytes(key)
    for batch in _of_members(bundle):
        with suppress(BadBatch):
            read_batch(batch, server)
            with workspace.gate.closed():
                learn_server(raw, batch.header.device)


def _learn_sender(workspace: Workspace, raw: StoreConnection, bundle: Bundle) -> bool:
    """Require that the sender belongs here; put it among the members where only its file says so.

    Say whether that was so. Of a file that is refused nothing is kept: nobody but this laptop would ever have it.
    """
    sender, known = bundle.contents.made_by, learn(workspace, raw)
    if known.has_access(sender):
        return False
    told = [*records_in(_of_members(bundle)), *([bundle.answer] if bundle.answer else [])]
    members = read_members(raw, state.identity(raw).workspace, anchors(raw), told)
    _require_access(members, sender)
    # With those who vouch for it: what they sign themselves says nothing to who lacks their keys.
    unknown: dict[str, DeviceEntry] = {}
    device = sender
    while device in members.entries and device not in {*known.entries, *unknown}:
        unknown[device] = members.entries[device]
        device = unknown[device].vouched_by
    for entry in reversed(unknown.values()):
        add_member(workspace, raw, entry)
    _require_access(learn(workspace, raw), sender)
    return True


def _begin_again(workspace: Workspace, raw: StoreConnection, bundle: Bundle) -> None:
    """Be let in by the invitation in this file where another laptop used the former one first.

    It stays the device it is, with the same keys: what it did meanwhile is signed already.
    """
    own, offer = state.identity(raw), bundle.offer
    if offer is None or learn(workspace, raw).first_instead_of(own.device) is None:
        return
    name = next(one.name for one in state.peers(raw) if one.device == own.device)
    keys = DeviceKeys(own.sign_key, own.seal_key)
    now = to_milliseconds(workspace.clock())
    _require_fresh(offer, now)
    entry = _entry_of(offer, NewDevice(own.device, keys), name, now)
    # A journal is kept under the user it was begun as.
    has_journal = f"u:{own.user}" in state.streams(raw)
    with workspace.gate.closed(), writing(raw):
        state.take_over(
            raw,
            device=own.device,
            sign_key=own.sign_key,
            seal_key=own.seal_key,
            tag=offer.tag,
            name=name,
            user="" if has_journal else entry.user,
        )
    workspace.write_as(offer.tag)
    add_member(workspace, raw, entry)
    learn(workspace, raw)


def _of_members(bundle: Bundle) -> Iterator[Batch]:
    return (one for one in bundle.batches() if one.header.stream == MEMBERS)


def _require_access(members: Members, device: str) -> None:
    first = members.first_instead_of(device)
    if first is not None:
        raise StoreError(
            _(
                "The file for a new laptop was used on the laptop of {name} already. Write a new "
                "one for the laptop this comes from, and open it there; nothing is lost."
            ).format(name=first.name or first.tag)
        )
    if device in members.revoked_at:
        raise StoreError(_("The access of the laptop that wrote this file was ended."))
    if not members.has_access(device):
        raise StoreError(
            _("This file comes from a laptop that nobody invited into this workspace.")
        )


def _has_gap(raw: StoreConnection, bundle: Bundle) -> bool:
    """Say whether anything of the streams in the file waits for what came before it."""
    numbers = state.Numbers(raw)
    known = {span.stream for span in bundle.contents.spans} & set(state.streams(raw))
    return any(missing(raw, numbers, stream) for stream in known)


def _believe_stock(raw: StoreConnection, bundle: Bundle) -> None:
    """Keep what the sender holds, for the next file it gets."""
    if bundle.told is not None:
        believe(raw, bundle.told)


def _keep_files(
    workspace: Workspace, raw: StoreConnection, bundle: Bundle, progress: Progress
) -> None:
    """Keep the files that ride along, but not of a record that was erased since they were sent."""
    blobs, named, is_all = workspace.blobs(), wanted_files(raw), False
    for address, content in bundle.files():
        progress.check()
        if address not in named and not is_all:
            named, is_all = named | files_once_named(raw), True
        if address in named:
            blobs.add(content)


def _peer(entry: DeviceEntry) -> Peer:
    return Peer(
        device=entry.device,
        user=entry.user,
        sign_key=entry.sign_key,
        seal_key=entry.seal_key,
        tag=entry.tag,
        name=entry.name,
        is_admin=entry.role == "admin",
    )
