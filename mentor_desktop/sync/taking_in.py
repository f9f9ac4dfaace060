"""Taking in a file from another laptop: as a new device of its workspace, or what was done since."""

import json
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mentor_desktop.changes import Changes
from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.device import Newcomer
from mentor_desktop.store.settings import remember
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.bundle import Bundle, open_bundle
from mentor_desktop.sync.bundle_sections import Offer
from mentor_desktop.sync.carrying import (
    BATCHES_A_PAGE,
    offer_later,
    pages_of,
    place_of,
    unknown_places,
)
from mentor_desktop.sync.handing_over import (
    EVERYTHING,
    add_member,
    learn,
    ready_to_share,
)
from mentor_desktop.sync.joining import (
    FOUNDERS,
    NewDevice,
    anchors,
    new_device,
)
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.entries import NO_SIGNATURE, DeviceEntry, signed
from mentor_desktop.sync.protocol.batches import BadBatch, read_batch
from mentor_desktop.sync.protocol.streams import MEMBERS
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.applying import apply_page
from mentor_desktop.sync.replica.digests import Key
from mentor_desktop.sync.replica.sealed_streams import ONLY_WORKSHOP
from mentor_desktop.sync.replica.servers import SERVER_KEY, learn_server
from mentor_desktop.sync.replica.state import Peer
from mentor_desktop.sync.replica.transactions import writing
from mentor_desktop.sync.sealed_file import is_opened_by_words
from mentor_desktop.sync.withholding import passed_on

# In one transaction: about 25 ms each, and a mark at the door waits for no more than that.
_BATCHES_BESIDE_A_WINDOW = 1


@dataclass(frozen=True)
class TakenIn:
    """What a file brought. `is_new` is false when all of it was here before.

    `waiting` counts rows whose removal somebody has to agree to first.
    """

    sender: Peer
    made_at: int
    operations: int
    changes: Changes
    waiting: int

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
    if now_ms > offer.invitation.expires_at:
        raise StoreError(
            _("This file is too old to begin with. Make a new one on the other laptop.")
        )
    new = new_device()
    workspace = make_workspace(Newcomer(offer.invitation.ws, offer.tag, new.device))
    try:
        with closing(workspace.exchange_connection()) as raw:
            entry = _begin(raw, new, offer, name, now_ms)
            _believe_server(workspace, raw, bundle)
            _apply(workspace, raw, bundle, BATCHES_A_PAGE, progress)
            _require_member(workspace, raw, offer.sender.device)
            add_member(workspace, raw, entry)
        _keep_files(workspace, bundle, progress)
    except BaseException:
        workspace.discard()
        raise
    return workspace


def take_in(
    workspace: Workspace, path: Path, words: str = "", *, progress: Progress = NO_PROGRESS
) -> TakenIn:
    """Apply what another laptop of this workspace did; a second time changes nothing.

    Raises:
        ValidationError: the words do not open it.
        StoreError: it is damaged, of another workspace, or of a laptop nobody invited.
        Cancelled: the person pressed Cancel; what was applied until then is kept.
    """
    with closing(workspace.exchange_connection()) as raw:
        if not state.is_joined(raw):
            raise StoreError(
                _("This workspace was never handed to another laptop, so no file can come back.")
            )
        ready_to_share(workspace, raw)
        own = state.identity(raw)
        opener = words or DeviceKeys(own.sign_key, own.seal_key)
        bundle = open_bundle(path, opener, ws=own.workspace, progress=progress)
        _learn_sender(workspace, raw, bundle)
        operations, changes, waiting = _apply(
            workspace, raw, bundle, _BATCHES_BESIDE_A_WINDOW, progress
        )
        _keep_files(workspace, bundle, progress)
        peers = {peer.device: peer for peer in state.peers(raw)}
    return TakenIn(
        sender=peers[bundle.contents.made_by],
        made_at=bundle.contents.made_at,
        operations=operations,
        changes=changes,
        waiting=waiting,
    )


def _begin(
    raw: StoreConnection, new: NewDevice, offer: Offer, name: str, now_ms: int
) -> DeviceEntry:
    """Become the device that was invited, and know the one that invites; return the entry."""
    invitation, sender = offer.invitation, offer.sender
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
        vouched_by=sender.device,
        signature=NO_SIGNATURE,
        invitation=invitation,
    )
    entry = signed(draft, offer.signer().sign)
    scope = "" if invitation.workshops == (EVERYTHING,) else invitation.workshops[0]
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
        state.learn(raw, _peer(sender))
    return entry


def _believe_server(workspace: Workspace, raw: StoreConnection, bundle: Bundle) -> None:
    """Know the server under every id it wrote by: what its key signed among the members is its own."""
    key = anchors(raw).server_key
    if key is None:
        return
    server = Ed25519PublicKey.from_public_bytes(key)
    for batch in bundle.batches():
        if batch.header.stream == MEMBERS:
            with suppress(BadBatch):
                read_batch(batch, server)
                with workspace.gate.closed():
                    learn_server(raw, batch.header.device)


def _learn_sender(workspace: Workspace, raw: StoreConnection, bundle: Bundle) -> None:
    """Let the laptop that answers an invitation in; require that the sender belongs here."""
    answer, sender = bundle.answer, bundle.contents.made_by
    if answer is not None and answer.device not in _members(workspace, raw):
        members = learn(workspace, raw)
        if members.add(answer):
            raise _stranger()
        add_member(workspace, raw, answer)
    if sender in _members(workspace, raw):
        return
    # What the file itself brings of the members may say who it is.
    for batch in bundle.batches():
        if batch.header.stream == MEMBERS:
            with workspace.gate.closed():
                apply_page(raw, MEMBERS, [batch])
    _require_member(workspace, raw, sender)


def _require_member(workspace: Workspace, raw: StoreConnection, device: str) -> None:
    if device not in _members(workspace, raw):
        raise _stranger()


def _apply(
    workspace: Workspace, raw: StoreConnection, bundle: Bundle, size: int, progress: Progress
) -> tuple[int, Changes, int]:
    operations, done = 0, 0
    waiting: dict[str, int] = {}
    touched: dict[str, set[str]] = {}
    deleted: dict[str, set[Key]] = {}
    for stream, page in pages_of(bundle, size):
        with workspace.gate.closed():
            fresh = unknown_places(raw, page)
            applied = apply_page(raw, stream, page, deleted=deleted.get(stream, ()))
            whole = {place_of(one) for one in passed_on(raw, stream, page)}
            offer_later(raw, [place for place in fresh if place in whole])
        operations += applied.operations
        deleted.setdefault(stream, set()).update(applied.deleted)
        if applied.needs_consent is not None:
            waiting[stream] = applied.needs_consent.rows
        for entity, rows in applied.changes.entities.items():
            touched.setdefault(entity, set()).update(rows)
        done += len(page)
        progress.step(done, bundle.contents.batches)
        if stream == MEMBERS:
            learn(workspace, raw)
    changes = Changes({entity: frozenset(rows) for entity, rows in touched.items()})
    return operations, changes, sum(waiting.values())


def _members(workspace: Workspace, raw: StoreConnection) -> set[str]:
    """Return the devices with access, this one too."""
    members = learn(workspace, raw)
    return {one for one in members.entries if members.has_access(one)}


def _keep_files(workspace: Workspace, bundle: Bundle, progress: Progress) -> None:
    blobs = workspace.blobs()
    for _address, content in bundle.files():
        progress.check()
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


def _stranger() -> StoreError:
    return StoreError(_("This file comes from a laptop that nobody invited into this workspace."))
