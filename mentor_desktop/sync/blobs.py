"""The queue of files: what records refer to travels after them, on its own.

Small files first. A file is sent in chunks that the server checks one by one; what it holds
already is not sent again. A file that came is kept only when it is what its address says.
Each file has its own patience: one that cannot travel holds up no other.
"""

import hashlib
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

from mentor_desktop.errors import StoreError
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.store.blobs import Blobs, Stamp
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.line import Line
from mentor_desktop.sync.protocol.messages import PATHS, MissingReply, SealRequest, to_json
from mentor_desktop.sync.replica.transactions import writing
from mentor_desktop.sync.replica.wanted_files import (
    forget_unwanted,
    unwanted_files,
    wanted_files,
)
from mentor_desktop.sync.steps import BYTES, Request, Steps
from mentor_desktop.sync.troubles import NO_ROOM, Refused

CHUNK_BYTES = 4 * 1024 * 1024
STREAM = "people"

_FIRST_PAUSE_MS, _LONGEST_PAUSE_MS = 60_000, 6 * 3_600_000
_MOST_DOUBLINGS = 9
_MISSING = "missing"
# Whatever else was said may be over at the next try.
_TOLD = (NO_ROOM, "too_large")
# Of what is looked at once after each start of the program, whether it is whole, in one sync.
_LOOKED_AT_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Files:
    """Where the files are: waiting to be sent, waiting to be fetched, only on another device."""

    to_send: int = 0
    to_fetch: int = 0
    elsewhere: int = 0

    @property
    def waiting(self) -> int:
        """How many files are not everywhere yet."""
        return self.to_send + self.to_fetch + self.elsewhere


@dataclass
class Notes:
    """What is known of files while the program runs.

    `whole` are those that were looked at, as they were then; `troubles` why one still waits.
    """

    whole: dict[str, Stamp] = field(default_factory=dict)
    troubles: dict[str, StoreError | Refused] = field(default_factory=dict)


class BlobQueue:
    """Sends and fetches the files of one workspace.

    `raw` is the connection of the exchange, `notes` are kept from one sync to the next;
    `is_paused` says that the person wants no large transfers now (a metered network).
    """

    def __init__(
        self,
        raw: StoreConnection,
        workspace_id: str,
        blobs: Blobs,
        source: random.Random,
        *,
        now_ms: Callable[[], int],
        notes: Notes,
        is_paused: Callable[[], bool] = lambda: False,
    ) -> None:
        self._ws = workspace_id
        self._blobs = blobs
        self._raw = raw
        self._source = source
        self._now_ms = now_ms
        self._is_paused = is_paused
        self._notes = notes

    def steps(self, line: Line, progress: Progress = NO_PROGRESS) -> Steps[Files]:
        """Send and fetch what is due; return what waits after that.

        Raises:
            Unreachable, SignInNeeded: as `Line.ask`; files done until then are kept.
        """
        self._drop_damaged()
        due = self._due()
        for done, (address, is_here) in enumerate(due):
            if self._is_paused():
                break
            progress.step(done, len(due))
            self._notes.troubles.pop(address, None)
            try:
                if is_here:
                    yield from self._send(line, address)
                else:
                    yield from self._fetch(line, address)
            except (StoreError, Refused) as trouble:
                if isinstance(trouble, StoreError) or trouble.code in _TOLD:
                    self._notes.troubles[address] = trouble
                self._postpone(address)
        return self.files()

    @property
    def trouble(self) -> StoreError | Refused | None:
        """Return why a file that is wanted waits, where a person can do something about it."""
        troubles = self._notes.troubles
        for address in troubles.keys() - wanted_files(self._raw):
            del troubles[address]
        return next(iter(troubles.values()), None)

    def files(self) -> Files:
        """Return how many files wait."""
        here = set(self._blobs.addresses())
        wanted, sealed = wanted_files(self._raw), sealed_files(self._raw)
        failed = self._raw.execute("SELECT address FROM sync_blob WHERE tries > 0")
        tried = {row[0] for row in failed.fetchall()}
        absent = wanted - here
        return Files(
            to_send=len((wanted & here) - sealed),
            to_fetch=len(absent - tried),
            elsewhere=len(absent & tried),
        )

    def evict(self, address: str) -> bool:
        """Free the room of a file that the server holds; False where it does not."""
        if address not in sealed_files(self._raw):
            return False
        self._blobs.remove(address)
        return True

    def _due(self) -> list[tuple[str, bool]]:
        """Return the files to move now and whether they are here, small ones first."""
        here = self._blobs.sizes()
        wanted, sealed = wanted_files(self._raw), sealed_files(self._raw)
        # A time further away was written by a clock that was ahead, and is no rest.
        later = "SELECT address FROM sync_blob WHERE next_at > ?1 AND next_at <= ?1 + ?2"
        rest = (self._now_ms(), _LONGEST_PAUSE_MS)
        resting = {row[0] for row in self._raw.execute(later, rest).fetchall()}
        waiting = {one for one in wanted if one not in here or one not in sealed} - resting
        sizes = {one: here.get(one, 0) for one in waiting}
        return [(one, one in here) for one in sorted(waiting, key=lambda one: (sizes[one], one))]

    def _drop_damaged(self) -> None:
        """Let go of files that are not what they were and that the server holds: they come again.

        A file that others changed since is looked at again; of all others a few in each sync.
        """
        looked_at, sealed, whole = 0, sealed_files(self._raw), self._notes.whole
        for address, stamp in self._blobs.stamps().items():
            if address not in sealed or whole.get(address) == stamp:
                continue
            if self._blobs.is_damaged(address):
                with suppress(OSError):  # somebody reads it: with the next sync
                    self._blobs.remove(address)
            else:
                whole[address] = stamp
            looked_at += stamp.size
            if looked_at > _LOOKED_AT_BYTES:
                break

    def _send(self, line: Line, address: str) -> Steps[None]:
        try:
            chunks = list(_chunks(self._read(address)))
        except StoreError as damaged:
            try:
                yield from self._fetch(line, address)  # another laptop may have sent it
            except Refused:
                raise damaged from None
            return
        known = yield from line.ask_json(
            self._request("GET", f"{address}/missing", chunks=len(chunks)), MissingReply
        )
        for number in known.missing:
            if 0 <= number < len(chunks):
                yield from line.ask(self._chunk(address, number, chunks[number]))
        try:
            yield from line.ask(self._seal(address, len(chunks)))
        except Refused as refused:
            if refused.code != _MISSING:
                raise
            # The server forgot chunks meanwhile (restored, cleaned up): all of it once more.
            for number, chunk in enumerate(chunks):
                yield from line.ask(self._chunk(address, number, chunk))
            yield from line.ask(self._seal(address, len(chunks)))
        self._read(address)  # it counts as safe only while the file here is whole, too
        self._note(address)

    def _fetch(self, line: Line, address: str) -> Steps[None]:
        digest, parts, size = hashlib.sha256(), [], 0
        while True:
            request = Request(
                "GET",
                f"{PATHS['blob']}/{address}",
                {"ws": self._ws},
                expects=BYTES,
                range=f"bytes={size}-{size + CHUNK_BYTES - 1}",
                most_bytes=CHUNK_BYTES,
            )
            part = (yield from line.ask(request)).content
            digest.update(part)
            parts.append(part)
            size += len(part)
            if len(part) < CHUNK_BYTES or digest.hexdigest() == address:
                break
        if digest.hexdigest() != address:
            self._postpone(address)
            return
        self._blobs.add(b"".join(parts))
        self._note(address)

    def _read(self, address: str) -> bytes:
        content = self._blobs.read(address)
        if hashlib.sha256(content).hexdigest() != address:
            raise StoreError
        return content

    def _request(self, method: str, place: str, **query: int) -> Request:
        named: dict[str, str | int] = {"ws": self._ws, "stream": STREAM, **query}
        return Request(method, f"{PATHS['blob']}/{place}", named)

    def _seal(self, address: str, chunks: int) -> Request:
        request = self._request("POST", f"{address}/seal")
        return replace(request, content=to_json(SealRequest(chunks=chunks)))

    def _chunk(self, address: str, number: int, content: bytes) -> Request:
        return Request(
            "PUT",
            f"{PATHS['blob']}/{address}/chunk/{number}",
            {"ws": self._ws, "stream": STREAM, "sha256": hashlib.sha256(content).hexdigest()},
            content,
            media_type=BYTES,
        )

    def _note(self, address: str) -> None:
        """Write down that the server and this computer hold a file."""
        self._write(address, is_sealed=True, tries=0, next_at=0)

    def _postpone(self, address: str) -> None:
        row = self._raw.execute(
            "SELECT tries, is_sealed FROM sync_blob WHERE address = ?", (address,)
        ).fetchone()
        tries, is_sealed = (row[0] + 1, bool(row[1])) if row else (1, False)
        longest = min(_LONGEST_PAUSE_MS, _FIRST_PAUSE_MS << min(tries, _MOST_DOUBLINGS))
        pause = int(longest * (0.5 + self._source.random() / 2))
        self._write(address, is_sealed=is_sealed, tries=tries, next_at=self._now_ms() + pause)

    def _write(self, address: str, *, is_sealed: bool, tries: int, next_at: int) -> None:
        with writing(self._raw):
            self._raw.execute(
                "INSERT OR REPLACE INTO sync_blob (address, is_sealed, tries, next_at) "
                "VALUES (?, ?, ?, ?)",
                (address, is_sealed, tries, next_at),
            )


def forget_seals(raw: StoreConnection) -> None:
    """Ask anew which files the server holds: it was restored and may know fewer."""
    raw.execute("UPDATE sync_blob SET is_sealed = 0, tries = 0, next_at = 0")


def sealed_files(raw: StoreConnection) -> set[str]:
    """Return the addresses of the files that the server said it holds."""
    rows = raw.execute("SELECT address FROM sync_blob WHERE is_sealed = 1")
    return {row[0] for row in rows.fetchall()}


def remove_unwanted(raw: StoreConnection, blobs: Blobs) -> None:
    """Remove the files that were written down to leave, but for those that a record refers to."""
    noted = unwanted_files(raw)
    if not noted:
        return
    done = noted & wanted_files(raw)
    for address in sorted(noted - done):
        with suppress(OSError):  # somebody reads it: with the next sync
            blobs.remove(address)
            done.add(address)
    with writing(raw):
        forget_unwanted(raw, done)


def _chunks(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), CHUNK_BYTES):
        yield content[start : start + CHUNK_BYTES]
