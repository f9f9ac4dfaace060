"""The same batches by a stick: written to one sealed file, and taken from one.

What came by a file and no server is known to hold is offered to the server at the next sync, in
its author's name: a signed batch needs no author to carry it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from mentor_desktop.changes import Changes
from mentor_desktop.crypto import Argon2Cost
from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.blobs import wanted_files
from mentor_desktop.sync.bundle import Bundle, open_bundle, write_bundle
from mentor_desktop.sync.joining import anchors
from mentor_desktop.sync.membership import learn_members
from mentor_desktop.sync.protocol.batches import Batch
from mentor_desktop.sync.protocol.streams import (
    MEMBERS,
    PEOPLE,
    PROGRAMME,
    USER,
    parse_stream,
    pull_order,
    workshop_stream,
)
from mentor_desktop.sync.replica import log, state, succession
from mentor_desktop.sync.replica.applying import apply_page
from mentor_desktop.sync.replica.beginning import require_whole_log
from mentor_desktop.sync.replica.digests import Key
from mentor_desktop.sync.replica.sealed_streams import may_hold
from mentor_desktop.sync.replica.sealing import Sealer
from mentor_desktop.sync.replica.state import Numbers
from mentor_desktop.sync.replica.transactions import writing
from mentor_desktop.sync.sealed_file import lid_for_words
from mentor_desktop.sync.withholding import passed_on

BATCHES_A_PAGE = 10


@dataclass(frozen=True)
class Carried:
    """What a file held, and how many operations of it were new here."""

    batches: int
    files: int
    operations: int = 0
    held_back: tuple[str, ...] = ()


def export_bundle(
    workspace: Workspace,
    raw: StoreConnection,
    path: Path,
    words: str,
    *,
    now_ms: int,
    workshop: str = "",
    cost: Argon2Cost | None = None,
    progress: Progress = NO_PROGRESS,
) -> Carried:
    """Write everything this copy holds, or what one workshop needs, under six words.

    Raises:
        StoreError: the disk refused, or this is a copy that has no name of its own yet; a file
            that was there before is as it was.
        Cancelled: the person pressed Cancel.
    """
    _check_has_own_name(raw)
    sealer = Sealer(raw)
    while _sealed(workspace, sealer):
        progress.check()
    own = state.identity(raw)
    blobs = workspace.blobs()
    here = sorted(wanted_files(raw) & set(blobs.addresses()))
    contents = write_bundle(
        path,
        lid_for_words(words, cost),
        ws=own.workspace,
        made_by=own.device,
        made_at=now_ms,
        batches=_batches(raw, streams_of(raw, workshop)),
        files=(blobs.read(one) for one in here),
        progress=progress,
    )
    return Carried(contents.batches, contents.files)


def import_bundle(
    workspace: Workspace,
    raw: StoreConnection,
    path: Path,
    words: str,
    *,
    progress: Progress = NO_PROGRESS,
) -> tuple[Carried, list[Changes]]:
    """Take a file in; what is here already changes nothing.

    Raises:
        ValidationError: the words do not open it.
        StoreError: it is not whole, or of another workspace; or the disk refused; or this is a
            copy that has no name of its own yet.
        Cancelled: the person pressed Cancel; what was taken in until then is kept.
    """
    _check_has_own_name(raw)
    own = state.identity(raw)
    bundle = open_bundle(path, words, ws=own.workspace, progress=progress)
    operations, held_back, changes = 0, set(), []
    deleted: dict[str, set[Key]] = {}
    for stream, page in pages_of(bundle):
        progress.check()
        with workspace.gate.closed():
            fresh = unknown_places(raw, page)
            applied = apply_page(raw, stream, page, deleted=deleted.get(stream, ()))
            offer_later(raw, fresh)
        operations += applied.operations
        deleted.setdefault(stream, set()).update(applied.deleted)
        if applied.needs_consent:
            held_back.add(stream)
        if applied.changes:
            changes.append(applied.changes)
        if stream == MEMBERS:
            with workspace.gate.closed(), writing(raw):
                learn_members(raw, own.workspace, anchors(raw))
    for _address, content in bundle.files():
        workspace.blobs().add(content)
    counted = bundle.contents
    return Carried(counted.batches, counted.files, operations, tuple(sorted(held_back))), changes


def _check_has_own_name(raw: StoreConnection) -> None:
    """Refuse to seal what was done on a copy under the name of the device it was copied from."""
    if succession.is_another_copy(raw):
        raise StoreError(
            _(
                "This workspace is a copy or was restored. Sync it with the server once; "
                "then it can exchange files again."
            )
        )


def _sealed(workspace: Workspace, sealer: Sealer) -> int:
    with workspace.gate.closed():
        return sealer.seal_step()


def streams_of(raw: StoreConnection, workshop: str, *, with_journal: bool = False) -> list[str]:
    """Return the streams to hand on, parents first; with `workshop` those that it needs.

    The sealed stream of this copy's user is among them `with_journal`, nobody else's ever.

    Raises:
        LogIncompleteError: the log of one begins behind a snapshot: nobody could apply it.
    """
    own = state.identity(raw)
    known = [
        one
        for one in state.streams(raw)
        if parse_stream(one).kind != USER or (with_journal and may_hold(raw, one, own))
    ]
    if workshop:
        needed = {MEMBERS, PEOPLE, PROGRAMME, workshop_stream(workshop)}
        known = [one for one in known if one in needed]
    for one in known:
        require_whole_log(raw, one)
    return pull_order(known)


def _batches(raw: StoreConnection, streams: Collection[str]) -> Iterator[Batch]:
    numbers = Numbers(raw)
    for stream in streams:
        rows = raw.execute(
            "SELECT header, body FROM sync_batch WHERE stream = ? ORDER BY id",
            (numbers.stream(stream),),
        )
        stored = (log.stored_batch(row) for row in rows.fetchall())
        yield from passed_on(raw, stream, stored)


def pages_of(bundle: Bundle, most: int = BATCHES_A_PAGE) -> Iterator[tuple[str, list[Batch]]]:
    """Give the batches a few at a time, each time of one stream."""
    for stream, batches in groupby(bundle.batches(), key=lambda one: one.header.stream):
        page: list[Batch] = []
        for batch in batches:
            page.append(batch)
            if len(page) == most:
                yield stream, page
                page = []
        if page:
            yield stream, page


def unknown_places(raw: StoreConnection, page: Collection[Batch]) -> list[tuple[str, str, int]]:
    """Return the places of the batches that are not here."""
    sql = (
        "SELECT 1 FROM sync_batch b JOIN sync_stream s ON s.no = b.stream "
        "JOIN sync_peer p ON p.no = b.device WHERE s.stream = ? AND p.device = ? AND b.from_seq = ?"
    )
    places = [place_of(one) for one in page]
    return [place for place in places if raw.execute(sql, place).fetchone() is None]


def place_of(batch: Batch) -> tuple[str, str, int]:
    """Return the stream, device and first operation of a batch: no two batches share them."""
    return batch.header.stream, batch.header.device, batch.header.from_seq


def offer_later(raw: StoreConnection, places: Collection[tuple[str, str, int]]) -> None:
    """Let the next sync carry these to the server: it is not known to hold them."""
    with writing(raw):
        raw.executemany(
            "UPDATE sync_batch SET is_acked = 0 "
            "WHERE stream = (SELECT no FROM sync_stream WHERE stream = ?) "
            "AND device = (SELECT no FROM sync_peer WHERE device = ?) AND from_seq = ?",
            places,
        )
