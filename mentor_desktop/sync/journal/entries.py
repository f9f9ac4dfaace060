"""What the operations of a journal come to: its entries, opened as far as the keys here go.

Merge works on ciphertext: two devices that wrote without seeing each other leave two versions of
an entry, and both are kept. What does not open is told with its reason, never shown as empty.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from mentor_desktop.sync.journal.reading import Made
from mentor_desktop.sync.keys.journal import (
    Finding,
    Link,
    Place,
    UnreadableEntry,
    check_links,
    is_written_late,
    open_entry,
)
from mentor_desktop.sync.keys.keyring import Keyring
from mentor_desktop.sync.keys.standing import Standing
from mentor_desktop.sync.merge.fold import fold_op
from mentor_desktop.sync.merge.row_state import RowState
from mentor_desktop.sync.protocol.operations import CREATE, PURGE, SET, Op, OpId

ENTRY: Final = "journal_entry"
CONTENT: Final = "content"  # the one group of an entry: ciphertext, epoch and link are never parted
_CLOCK_COUNTER_BITS = 16

Trouble: TypeAlias = Literal["", "key", "changed", "withheld"]


@dataclass(frozen=True)
class Version:
    """One version of an entry; `content` is None when it does not open, and `trouble` says why.

    "key": its key is not here yet. "changed": it is not what its author wrote. "withheld": its
    author's signature is here and its text is not. `written_at` is in milliseconds since 1970;
    `is_late` when its author did not know yet that somebody had been taken out.
    """

    op: OpId
    written_at: int
    content: bytes | None
    trouble: Trouble
    is_late: bool = False


@dataclass(frozen=True)
class Entry:
    """An entry: the version that is shown, and those written without having seen it."""

    id: str
    shown: Version
    others: tuple[Version, ...] = ()


@dataclass(frozen=True)
class Owner:
    """Whose journal it is."""

    ws: str
    user: str

    def place(self, op: Op, schema: int) -> Place:
        """Return the place that the ciphertext of an operation is bound to."""
        return Place(self.ws, self.user, self.user, op.row, op.device, op.seq, schema)


class Entries:
    """The entries of one journal, from operations in the order of each device.

    Whose device an operation is of is the server's word; whom to believe is not. What a device did
    that was never compared is kept beside the rest, and writes over nothing.
    """

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._authors: frozenset[str] = frozenset()
        self._ops: list[Op] = []
        self._states: dict[str, RowState] = {}
        self._made: dict[OpId, Made] = {}
        self._links: list[Link] = []
        self._last: dict[str, str] = {}
        self._opened: dict[OpId, bytes] = {}

    def believe(self, authors: frozenset[str]) -> None:
        """Let what these devices did count in full."""
        if authors == self._authors:
            return
        self._authors = authors
        self._states.clear()
        for op in self._ops:
            self._fold(op)

    def take(self, made: Made) -> None:
        """Take up an operation on an entry."""
        self._ops.append(made.op)
        self._fold(made.op)
        if made.op.kind in (CREATE, SET):
            self._made[made.op.id] = made
            self._link(made)

    def erasing(self) -> list[Op]:
        """Return the operations by which entries are to be erased from the log."""
        return [op for op in self._ops if op.kind == PURGE and op.device in self._authors]

    def last_hash(self, device: str) -> str:
        """Return the hash of a device's last operation with a text; "" where there is none."""
        return self._last.get(device, "")

    def state_of(self, entry: str) -> RowState:
        """Return the merged state of an entry; an empty one where there is none."""
        return self._states.get(entry, RowState())

    def heads(self, entry: str) -> tuple[OpId, ...]:
        """Return the versions that nobody wrote over, sorted."""
        return tuple(sorted(self.state_of(entry).heads_of(CONTENT)))

    def read(self, keyring: Keyring, standing: Standing) -> list[Entry]:
        """Return all entries that are not deleted, sorted by id."""
        found = []
        for row in sorted(self._states):
            state = self._states[row]
            winner = state.winner(CONTENT)
            if not state.is_alive or winner is None:
                continue
            heads = [winner, *state.losers(CONTENT)]
            heads.sort(key=lambda one: one.device not in self._authors)
            shown, *others = (self._version(one, keyring, standing) for one in heads)
            found.append(Entry(row, shown, tuple(_unlike(shown, others))))
        return found

    def findings(self) -> list[Finding]:
        """Return what is missing before, at or behind operations that are here, sorted."""
        found = set(check_links(self._links))
        for state in self._states.values():
            # Somebody wrote over what never came: its author's device is shown cut short.
            found |= {Finding(op.device, op.seq, "truncated") for _group, op in state.early}
        return sorted(found, key=place_of)

    def _fold(self, op: Op) -> None:
        if op.device not in self._authors:
            if op.kind not in (CREATE, SET):
                return
            op = replace(op, base=())
        fold_op(self._states.setdefault(op.row, RowState()), op, {})

    def _link(self, made: Made) -> None:
        op, before = made.op, self._last.get(made.op.device, "")
        # What was erased cannot say what it followed; the chain of batches still does.
        prev = before if op.erased else str(op.values.get("prev"))
        self._links.append(Link(op.device, op.seq, made.hash, prev))
        self._last[op.device] = made.hash

    def _version(self, op: OpId, keyring: Keyring, standing: Standing) -> Version:
        made = self._made[op]
        written_at = made.op.hlc >> _CLOCK_COUNTER_BITS
        if made.op.erased or not made.op.values:
            return Version(op, written_at, None, "withheld")
        if op not in self._opened:
            place = self._owner.place(made.op, made.schema)
            try:
                self._opened[op] = open_entry(keyring, place, made.op.values)
            except UnreadableEntry as exc:
                return Version(op, written_at, None, exc.reason)
        epoch = str(made.op.values["epoch"])
        is_late = is_written_late(standing, self._owner.user, epoch, written_at)
        return Version(op, written_at, self._opened[op], "", is_late)


def place_of(finding: Finding) -> tuple[str, int, str]:
    """Return what findings are sorted by."""
    return finding.device, finding.seq, finding.flaw


def _unlike(shown: Version, others: Iterable[Version]) -> list[Version]:
    """Return the versions that say something else: equal ones need nobody's decision."""
    kept: list[Version] = []
    for one in others:
        said = [known.content for known in (shown, *kept)]
        if one.content is None or one.content not in said:
            kept.append(one)
    return kept
