"""Writing a file for other laptops: what goes in, and reading it back.

One way for all files, whoever may open them (`handing_over`). What a reader is not given is left
out (`shares`, `withholding`), and so is what it told that it holds (`inventory`).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.models.base import to_milliseconds
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.refusals import explained
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.bundle import write_bundle
from mentor_desktop.sync.bundle_sections import MOST_FILE_BYTES, Contents, Offer, read_sections
from mentor_desktop.sync.inventory import Inventory, Lacking, take_stock
from mentor_desktop.sync.keys.entries import DeviceEntry
from mentor_desktop.sync.protocol.batches import Batch, open_batch
from mentor_desktop.sync.protocol.operations import CREATE
from mentor_desktop.sync.protocol.streams import (
    MEMBERS,
    PEOPLE,
    PROGRAMME,
    SECRETS,
    USER,
    parse_stream,
    pull_order,
    workshop_stream,
)
from mentor_desktop.sync.replica import log, state
from mentor_desktop.sync.replica.beginning import require_whole_log
from mentor_desktop.sync.replica.digests import Key
from mentor_desktop.sync.replica.merging import CARRYING
from mentor_desktop.sync.replica.sealed_streams import may_hold
from mentor_desktop.sync.replica.state import Numbers
from mentor_desktop.sync.sealed_file import Lid, read_parts
from mentor_desktop.sync.shares import Share, kept_share
from mentor_desktop.sync.withholding import (
    files_of,
    has_withheld,
    only,
    passed_on,
    people_of,
    values_left,
)

_LAST = 1 << 60


@dataclass(frozen=True)
class Load:
    """What a file is for: how it is closed, what its reader is given, and what rides along.

    `told` is what the one `reader` said to hold, where there is one. The journal rides along
    `with_journal`: closed for another device of its author, never with words.
    """

    lid: Lid
    share: Share = field(default_factory=Share)
    offer: Offer | None = None
    answer: DeviceEntry | None = None
    reader: str = ""
    told: Inventory | None = None
    with_journal: bool = False


def write_file(
    workspace: Workspace,
    raw: StoreConnection,
    path: Path,
    load: Load,
    progress: Progress = NO_PROGRESS,
) -> Contents:
    """Write a file, read it back, and return what is in it; everything was sealed before.

    Raises:
        StoreError: the disk refused, or this copy was not given what the reader is to get;
            nothing is left at `path`.
        LogIncompleteError: the log of a stream begins behind a snapshot: nobody could apply it.
        Cancelled: the person pressed Cancel.
    """
    own, now = state.identity(raw), to_milliseconds(workspace.clock())
    raw.execute("BEGIN")  # one moment of the workspace, however long the stick takes
    try:
        picking = _Picking(workspace, raw, load, progress)
        contents = write_bundle(
            path,
            load.lid,
            ws=own.workspace,
            made_by=own.device,
            made_at=now,
            batches=picking.batches(),
            files=picking.files(),
            offer=load.offer,
            answer=load.answer,
            told=picking.stock(now),
            progress=progress,
        )
    finally:
        raw.execute("ROLLBACK")
    _read_back(path, load.lid, progress)
    return contents


class _Picking:
    """Picks what of this copy goes into one file."""

    def __init__(
        self, workspace: Workspace, raw: StoreConnection, load: Load, progress: Progress
    ) -> None:
        self._raw, self._share, self._progress = raw, load.share, progress
        self._with_journal = load.with_journal
        self._blobs = workspace.blobs()
        self._numbers = Numbers(raw)
        # What is damaged here is neither given to others nor said to be held.
        sizes = self._blobs.sizes()
        self._files = {
            one: sizes[one] for one in files_of(raw, None) if one in sizes and self._is_whole(one)
        }
        self._lacking = Lacking(raw, self._numbers, load.told)
        self._kept = kept_share(raw)
        _require_part(self._kept, load.share)
        given = load.share.workshops
        self._rows = None if given is None else people_of(raw, given)
        if self._rows is not None:
            self._rows |= self._written_by(load.reader, {CREATE})  # it knows them anyway
            if not self._kept.is_whole:  # nobody else may have what it wrote
                self._rows |= self._written_by(state.identity(raw).device, CARRYING)

    def stock(self, now_ms: int) -> Inventory:
        """Return what this copy holds, for the reader to know."""
        is_whole = self._kept.is_whole and not has_withheld(self._raw)
        partly = () if is_whole else (PEOPLE,)
        return take_stock(
            self._raw, self._files, partly=partly, with_journal=self._with_journal, now_ms=now_ms
        )

    def batches(self) -> Iterator[Batch]:
        """Give the batches the reader lacks, those of parents first, each device's in order."""
        places = self._raw.execute(
            "SELECT DISTINCT stream, device FROM sync_batch ORDER BY 1, 2"
        ).fetchall()
        streams = self._streams()
        wanted = [self._numbers.stream(one) for one in streams]
        total = self._raw.execute("SELECT count(*) FROM sync_batch").fetchone()[0]
        done = 0
        for stream, number in zip(streams, wanted, strict=True):
            for at, device in places:
                if at != number:
                    continue
                for batch in self._of_device(stream, number, device):
                    done += 1
                    self._progress.step(done, total)
                    yield batch

    def _written_by(self, device: str, kinds: Collection[str]) -> set[Key]:
        """Return the records of people that a laptop wrote by operations of these kinds."""
        if not device:
            return set()
        place = self._numbers.stream(PEOPLE), self._numbers.device(device)
        return {
            (run.entity, row)
            for batch in log.batches_of(self._raw, *place, 1, _LAST)
            for run in open_batch(batch).runs
            if run.kind in kinds
            for row in run.rows
        }

    def files(self) -> Iterator[bytes]:
        """Give the files that the records refer to and the reader lacks; very large ones stay."""
        for address in files_of(self._raw, self._rows):
            is_small = self._files.get(address, MOST_FILE_BYTES) < MOST_FILE_BYTES
            if is_small and address not in self._lacking.files_held:
                yield self._blobs.read(address)

    def _is_whole(self, address: str) -> bool:
        self._progress.check()
        return self._blobs.is_whole(address)

    def _streams(self) -> list[str]:
        own = state.identity(self._raw)
        known = [
            one
            for one in state.streams(self._raw)
            if parse_stream(one).kind != USER
            or (self._with_journal and may_hold(self._raw, one, own))
        ]
        if self._share.workshops is not None:
            workshops = {workshop_stream(one) for one in self._share.workshops}
            known = [one for one in known if one in {MEMBERS, PEOPLE, PROGRAMME} | workshops]
        if not self._share.has_secrets:
            known = [one for one in known if one != SECRETS]
        for one in known:
            require_whole_log(self._raw, one)
        return pull_order(known)

    def _of_device(self, stream: str, number: int, device: int) -> Iterator[Batch]:
        held = self._lacking.held_to(stream, self._numbers.device_of(device))
        # Of values that were kept from a reader it may get more by now: everything, or those of
        # somebody who is in its workshop since it told.
        is_partly = self._lacking.is_partly_held(stream)
        first = 1 if is_partly else held + 1
        found = log.batches_of(self._raw, number, device, first, _LAST)
        if self._rows is None:
            yield from passed_on(self._raw, stream, found)
            return
        if stream == PEOPLE:
            # What it has of an action that goes on may have come without values.
            is_begun = log.open_since(self._raw, number, device, first - 1)
            going_on = [self._numbers.device_of(device)] if is_begun else []
            found = only(found, self._rows, going_on)
        for batch in found:
            if batch.header.to_seq > held or values_left(batch):
                yield batch


def _require_part(kept: Share, wanted: Share) -> None:
    """Look that nothing is asked for that this copy was not given.

    Everything is whatever it has: the reader has the rest already, or gets it from elsewhere.
    """
    if kept.workshops is None or wanted.workshops is None:
        return
    if not wanted.workshops <= kept.workshops:
        raise StoreError(
            _(
                "That laptop works in another workshop than this one. "
                "Bring both to the laptop they came from."
            )
        )


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
