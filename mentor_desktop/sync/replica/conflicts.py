"""What needs a person: fields with several values, and rows whose parent is gone.

Reads and decides over the connection of a unit of work, so that a decision is an action like any
other: it is undone, travels, and names everything that was seen.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.settings import setting
from mentor_desktop.sync.protocol.batches import open_batch
from mentor_desktop.sync.protocol.operations import Action, OpId, Value
from mentor_desktop.sync.replica import log, state
from mentor_desktop.sync.replica.digests import Digests, Key
from mentor_desktop.sync.replica.entities import entities
from mentor_desktop.sync.replica.leaving import left_streams
from mentor_desktop.sync.replica.rows import Book, OpenRow, conflicts_of, encode_values, told
from mentor_desktop.sync.replica.state import Numbers


@dataclass(frozen=True)
class Side:
    """One of several values, and who gave it: `at` is in milliseconds since 1970."""

    op: OpId
    values: Mapping[str, Value]
    at: int
    actor: str
    device_tag: str
    device_name: str


@dataclass(frozen=True)
class Conflict:
    """A field group of a row that several people changed without seeing each other's change."""

    entity: str
    row: str
    group: str
    shown: Side
    others: tuple[Side, ...]


@dataclass(frozen=True)
class Deed:
    """Who did something on which device, and when, in milliseconds since 1970."""

    actor: str
    device_tag: str
    at: int
    is_own: bool


@dataclass(frozen=True)
class Recovered:
    """A row that is alive and in no table, because what it belongs to is not there.

    `is_deleted` says that the parent was deleted (and can be brought back); else it has not come.
    `lacking` is what the first parent said, where that is known. `deleted` is None where that
    happened before anything was recorded here.
    """

    entity: str
    row: str
    values: Mapping[str, Value]
    parents: tuple[Key, ...]
    is_deleted: bool
    lacking: Mapping[str, Value]
    deleted: Deed | None
    changed: Deed | None


class StaleError(Exception):
    """What was to be decided is not as it was shown."""


def list_conflicts(raw: StoreConnection) -> list[Conflict]:
    """Return the conflicts nobody decided, by table and row; those of absent rows wait with them."""
    numbers = Numbers(raw)
    keys = raw.execute("SELECT entity, row FROM sync_row WHERE conflicts > 0").fetchall()
    decided = set(
        raw.execute(
            'SELECT c.entity, c.row, c."group" FROM sync_resolution r JOIN change c ON c.seq = r.change'
        ).fetchall()
    )
    telling = _Telling(raw, numbers)
    found = []
    for row in _opened(raw, numbers, keys):
        if row.shown is None:
            continue
        for group, losers in conflicts_of(row).items():
            winner = row.state.winner(group)
            columns = entities()[row.entity].groups.get(group)
            if winner is None or columns is None or (row.entity, row.row, group) in decided:
                continue
            sides = [telling.side(row, op, columns) for op in (winner, *losers)]
            found.append(Conflict(row.entity, row.row, group, sides[0], tuple(sides[1:])))
    return found


def decide(raw: StoreConnection, txn: int, conflict: Conflict, chosen: OpId) -> None:
    """Give the group the value that was chosen, in the unit of work `txn`.

    Raises:
        StaleError: the conflict is not as it was shown, or was decided already.
    """
    now = next(
        (
            one
            for one in list_conflicts(raw)
            if (one.entity, one.row, one.group) == (conflict.entity, conflict.row, conflict.group)
        ),
        None,
    )
    if now is None or now.shown.values != conflict.shown.values:
        raise StaleError
    side = next((one for one in (now.shown, *now.others) if one.op == chosen), None)
    if side is None:
        raise StaleError
    if side is now.shown:
        # Nothing changes in the table, so capture hears nothing; the decision is a change all the same.
        same = encode_values(side.values)
        raw.execute(
            'INSERT INTO change (txn, entity, row, kind, "group", old, new) '
            "VALUES (?, ?, ?, 'set', ?, ?, ?)",
            (txn, now.entity, now.row, now.group, same, same),
        )
    else:
        assignments = ", ".join(f'"{name}" = ?' for name in side.values)
        raw.execute(
            f'UPDATE "{now.entity}" SET {assignments} WHERE id = ?',
            (*side.values.values(), now.row),
        )
    heads = [list(one.op) for one in (now.shown, *now.others)]
    raw.execute(
        "INSERT INTO sync_resolution (change, bases) "
        'SELECT max(seq), ? FROM change WHERE txn = ? AND entity = ? AND row = ? AND "group" = ?',
        (json.dumps(heads), txn, now.entity, now.row, now.group),
    )


def list_recovered(raw: StoreConnection) -> list[Recovered]:
    """Return the parked rows with what they say, by table and row.

    What waits for a right to come back is told as not shared.
    """
    numbers = Numbers(raw)
    parents: dict[Key, list[Key]] = {}
    for entity, row, parent_entity, parent in raw.execute(
        "SELECT entity, row, parent_entity, parent FROM sync_parked ORDER BY entity, row"
    ):
        parents.setdefault((entity, row), []).append((parent_entity, parent))
    found = []
    telling = _Telling(raw, numbers)
    gone = {numbers.stream(stream) for stream in left_streams(raw)}
    for row in _opened(raw, numbers, parents):
        if row.stream in gone:
            continue
        # Brought back by an action that is not sealed yet.
        if row.shown is None and row.is_complete:
            lacking = tuple(parents[row.entity, row.row])
            is_deleted = all(_can_come_back(raw, numbers, parent) for parent in lacking)
            found.append(
                Recovered(
                    row.entity,
                    row.row,
                    row.merged(),
                    lacking,
                    is_deleted,
                    lacking=_said_by(raw, numbers, lacking[0]),
                    deleted=_deleted(raw, lacking),
                    changed=_changed(row, telling),
                )
            )
    return found


def bring_back(raw: StoreConnection, key: Key) -> list[Key]:
    """Put a parked row back, and before it the deleted rows it belongs to; return all of them.

    Raises:
        StaleError: it is not parked any more, or what it belongs to has not come or was erased.
    """
    numbers = Numbers(raw)
    back: dict[Key, Mapping[str, Value]] = {}
    _collect(raw, numbers, key, back)
    if key not in back:
        raise StaleError
    for (entity, row), values in back.items():
        names = ", ".join(f'"{name}"' for name in ("id", *values))
        holes = ", ".join("?" * (len(values) + 1))
        raw.execute(f'INSERT INTO "{entity}" ({names}) VALUES ({holes})', (row, *values.values()))
    return list(back)


def makers(raw: StoreConnection, entity: str, rows: Iterable[str]) -> dict[str, set[str]]:
    """Return the devices that made each of these rows."""
    opened = _opened(raw, Numbers(raw), [(entity, row) for row in rows])
    return {one.row: {op.device for op in one.state.creates} for one in opened}


class _Telling:
    """Finds who made an operation, in the actions of the log."""

    def __init__(self, raw: StoreConnection, numbers: Numbers) -> None:
        self._raw = raw
        self._numbers = numbers
        self._peers = {peer.device: peer for peer in state.peers(raw)}

    def side(self, row: OpenRow, op: OpId, columns: Iterable[str]) -> Side:
        """Return what an operation says of some columns, and who said it."""
        peer = self._peers.get(op.device, state.Peer(op.device))
        action = self._action(row.stream, op)
        return Side(
            op=op,
            values=dict(told(row, op, columns)),
            at=action.at if action else 0,
            actor=action.actor if action else "",
            device_tag=peer.tag,
            device_name=peer.name,
        )

    def deed(self, row: OpenRow, op: OpId) -> Deed:
        """Return who did an operation, and when."""
        side = self.side(row, op, ())
        is_own = op.device == state.identity(self._raw).device
        return Deed(side.actor, side.device_tag or side.device_name, side.at, is_own)

    def _action(self, stream: int, op: OpId) -> Action | None:
        device = self._numbers.device(op.device)
        ends = self._raw.execute(
            "SELECT min(from_seq) FROM sync_batch WHERE stream = ? AND device = ? AND ends_at >= ?",
            (stream, device, op.seq),
        ).fetchone()[0]
        if ends is None:
            return None
        for batch in log.batches_of(self._raw, stream, device, ends, ends):
            for action in open_batch(batch).actions:
                if action.last_seq >= op.seq:
                    return action
        return None


def _opened(raw: StoreConnection, numbers: Numbers, keys: Iterable[Key]) -> Iterator[OpenRow]:
    book = Book(raw, numbers, Digests(raw))
    book.open(keys, 0)
    for key in sorted(book.rows):
        yield book.rows[key]


def _can_come_back(raw: StoreConnection, numbers: Numbers, key: Key) -> bool:
    (row,) = _opened(raw, numbers, [key])
    return bool(row.state.creates) and not row.state.purged


def _said_by(raw: StoreConnection, numbers: Numbers, key: Key) -> Mapping[str, Value]:
    """Return what a row that is gone said last; nothing of one that never came."""
    for row in _opened(raw, numbers, [key]):
        if row.entity in entities() and row.state.creates and not row.state.purged:
            return row.merged()
    return {}


def _deleted(raw: StoreConnection, keys: Iterable[Key]) -> Deed | None:
    """Return who deleted the first of these rows whose end is recorded here, the last time."""
    own = setting(raw, "device")
    for entity, row in keys:
        done = raw.execute(
            "SELECT t.actor, t.device, t.at FROM change c JOIN txn t ON t.id = c.txn "
            "WHERE c.entity = ? AND c.row = ? AND c.kind = 'delete' ORDER BY c.seq DESC LIMIT 1",
            (entity, row),
        ).fetchone()
        if done is not None:
            actor, tag, at = done
            return Deed(actor, tag, at, is_own=tag == own)
    return None


def _changed(row: OpenRow, telling: _Telling) -> Deed | None:
    """Return who gave the row what it says last."""
    winners = [one for group in ("", *row.state.heads) if (one := row.state.winner(group))]
    if not winners:
        return None
    hlcs = {op: hlc for heads in row.state.heads.values() for op, hlc in heads.items()}
    hlcs |= row.state.creates
    return telling.deed(row, max(winners, key=lambda op: (hlcs[op], op)))


def _collect(
    raw: StoreConnection, numbers: Numbers, key: Key, back: dict[Key, Mapping[str, Value]]
) -> None:
    """Find what must be put back for a row, parents before children."""
    (row,) = _opened(raw, numbers, [key])
    if row.shown is not None or key in back:
        return
    if not row.state.creates or row.state.purged or key[0] not in entities():
        raise StaleError
    values = row.merged()
    for column, parent in entities()[key[0]].parents:
        if values[column] is not None:
            _collect(raw, numbers, (parent, str(values[column])), back)
    back[key] = values
