"""Bundles: sealed batches, files and an invitation as one encrypted file for a stick or a mail.

Written as a whole or not at all, nothing of it ever readable on the disk. Read once to its end, and
compared with its table of contents, before anything is given out. Which batches go in and what
becomes of them is the engine's affair; it checks their signatures as those of a push.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Final

import msgspec

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.store.atomic import replacing
from mentor_desktop.store.refusals import explained
from mentor_desktop.sync.bundle_sections import (
    ANSWER,
    BATCH,
    CONTENTS,
    FILE,
    HELD,
    OFFER,
    VERSION,
    Contents,
    Offer,
    Tally,
    batch_in,
    damaged,
    decoded,
    read_sections,
    section,
)
from mentor_desktop.sync.inventory import Inventory
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.entries import DeviceEntry, to_bytes
from mentor_desktop.sync.protocol.batches import Batch, frames
from mentor_desktop.sync.sealed_file import Lid, PartWriter, read_lid, read_parts

MOST_BUNDLE_BYTES: Final = 8 << 30


@dataclass(frozen=True)
class Bundle:
    """A bundle that was read to its end and is whole."""

    path: Path
    contents: Contents
    offer: Offer | None
    answer: DeviceEntry | None
    told: Inventory | None
    _lid: Lid = field(repr=False)

    def batches(self) -> Iterator[Batch]:
        """Yield the batches in the order they were put in.

        Raises:
            StoreError: the file went away or was changed since it was opened.
        """
        for kind, content in self._sections():
            if kind == BATCH:
                yield batch_in(content)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield address (SHA-256) and content of the files that ride along.

        Raises:
            StoreError: the file went away or was changed since it was opened.
        """
        for kind, content in self._sections():
            if kind == FILE:
                yield sha256(content).hexdigest(), content

    def _sections(self) -> Iterator[tuple[bytes, bytes]]:
        with _opened(self.path) as file:
            if file.read(len(self._lid.start)) != self._lid.start:
                raise damaged()
            yield from read_sections(read_parts(file, self._lid))


def write_bundle(
    path: Path,
    lid: Lid,
    *,
    ws: str,
    made_by: str,
    made_at: int,
    batches: Iterable[Batch] = (),
    files: Iterable[bytes] = (),
    offer: Offer | None = None,
    answer: DeviceEntry | None = None,
    told: Inventory | None = None,
    progress: Progress = NO_PROGRESS,
) -> Contents:
    """Write a bundle and return what is in it. Batches and files are taken one by one.

    Raises:
        StoreError: the disk refused; a file that was there before is as it was.
        Cancelled: the person pressed Cancel.
    """
    tally = Tally()
    try:
        with replacing(path) as file:
            writer = PartWriter(file, lid)
            for kind, content in _content(tally, batches, files, (offer, answer, told)):
                progress.check()
                tally.count(kind)
                writer.write(section(kind, content))
            if tally.workspaces - {ws}:
                raise ValueError("a bundle holds batches of one workspace")
            contents = tally.contents(ws, made_by, made_at)
            writer.write(section(CONTENTS, msgspec.json.encode(contents)))
            writer.close()
    except OSError as exc:
        raise explained(exc, path.parent) or exc from exc
    return contents


def open_bundle(
    path: Path, opener: str | DeviceKeys, *, ws: str = "", progress: Progress = NO_PROGRESS
) -> Bundle:
    """Return the bundle in a file after reading it to its end.

    `opener` is the six words, or the keys of the device that an answer is for. With `ws` it must be
    of that workspace; a new computer has none yet.

    Raises:
        ValidationError: the words do not open it, or have a mistyped letter.
        StoreError: it is no bundle, not whole, changed, too large, or of another workspace.
        Cancelled: the person pressed Cancel.
    """
    tally = Tally()
    contents: Contents | None = None
    offer: Offer | None = None
    answer: DeviceEntry | None = None
    told: Inventory | None = None
    with _opened(path) as file:
        lid = read_lid(file, opener)
        for kind, content in read_sections(read_parts(file, lid)):
            progress.check()
            if kind == CONTENTS:
                contents = decoded(content, Contents)
                continue
            is_first = tally.count(kind) == 1
            if kind == BATCH:
                tally.add_batch(batch_in(content))
            elif kind == OFFER and is_first:
                offer = decoded(content, Offer)
            elif kind == ANSWER and is_first:
                answer = decoded(content, DeviceEntry)
            elif kind == HELD and is_first:
                told = decoded(content, Inventory)
    if contents is None:
        raise damaged()
    bundle = Bundle(path, contents, offer, answer, told, lid)
    _check(bundle, tally, ws)
    return bundle


def _content(
    tally: Tally,
    batches: Iterable[Batch],
    files: Iterable[bytes],
    told: tuple[Offer | None, DeviceEntry | None, Inventory | None],
) -> Iterator[tuple[bytes, bytes]]:
    offer, answer, held = told
    if offer:
        yield OFFER, msgspec.json.encode(offer)
    if answer:
        yield ANSWER, to_bytes(answer)
    if held:
        yield HELD, msgspec.json.encode(held)
    for batch in batches:
        tally.add_batch(batch)
        yield BATCH, frames([batch])
    for content in files:
        yield FILE, content


def _check(bundle: Bundle, tally: Tally, ws: str) -> None:
    contents, offer, answer, told = bundle.contents, bundle.offer, bundle.answer, bundle.told
    if contents.version != VERSION:
        raise StoreError(
            _(
                "This file was written by a newer version of the program. Update this computer first."
            )
        )
    if tally.contents(contents.ws, contents.made_by, contents.made_at) != contents:
        raise damaged()
    signed = (answer, offer and offer.sender, told)
    mentioned = tally.workspaces | {each.ws for each in signed if each}
    if mentioned - {contents.ws} or (offer is not None and not offer.is_sound):
        raise damaged()
    if told is not None and told.device != contents.made_by:
        raise damaged()
    if ws and contents.ws != ws:
        raise StoreError(
            _("This file belongs to another workspace. Open that workspace, and import it there.")
        )


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > MOST_BUNDLE_BYTES:
                raise StoreError(_("This file is too large to be exchanged changes."))
            yield file
    except OSError as exc:
        raise StoreError(
            _(
                "The file {path} cannot be read. Check that the stick is still in, and copy the "
                "file to this computer."
            ).format(path=path)
        ) from exc
