"""The rows that a page or a sealing touches: read at once, changed in memory, written at once.

Of each row there is the merged state (`sync_row`), what the tables show, and the values of heads
that the tables do not show (`sync_shelf`). Which values lie on the shelf follows from the state
and from whether the row is in its table, so it is worked out anew and never adjusted.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.merge.row_state import UNTOUCHED, RowState, plain_state
from mentor_desktop.sync.protocol.operations import Op, OpId, Value
from mentor_desktop.sync.replica.digests import Digests, Key
from mentor_desktop.sync.replica.entities import Entity, entities
from mentor_desktop.sync.replica.state import Numbers

Shelf = dict[tuple[str, OpId], str]
_NOBODY = OpId("", 0)

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


@dataclass(slots=True)
class OpenRow:
    """One row with everything that is known of it.

    `values` holds, for each head, the values it gave. `before` is what the digest counts now, None
    where the row was not known. `shown` is what its table holds, None where it is absent.
    """

    entity: str
    row: str
    stream: int
    state: RowState
    before: str | None
    shown: dict[str, Value] | None
    shelf: Shelf
    conflicts: int = 0
    values: dict[OpId, dict[str, Value]] = field(default_factory=dict)
    has_unknown: bool = False

    @property
    def is_complete(self) -> bool:
        """Say whether the row can be in a table: alive, created, of a table that is known, told."""
        return (
            self.state.is_alive
            and bool(self.state.creates)
            and self.entity in entities()
            and not self.is_withheld
        )

    @property
    def is_withheld(self) -> bool:
        """Say whether this copy was not told all that the row holds (`sync.withholding`)."""
        groups = entities()[self.entity].groups
        if self.values.get(self.state.winner(UNTOUCHED) or _NOBODY):
            # Somebody with half of what is known would pass for one without a name.
            return any(one in groups and self._is_untold(one) for one in self.state.heads)
        return any(self._is_untold(one) for one in groups)

    def _is_untold(self, group: str) -> bool:
        return not self.values.get(self.state.winner(group) or _NOBODY)

    def learn(self, op: Op) -> None:
        """Keep the values of an operation that was just folded in."""
        self.values[op.id] = dict(op.values)
        known = entities().get(self.entity)
        if known is None or not known.fits(op.values):
            self.has_unknown = True

    def look_for_unknown(self) -> None:
        """Find out anew whether some head says what no table of this program can hold."""
        known = entities().get(self.entity)
        self.has_unknown = known is None or not all(map(known.fits, self.values.values()))

    def shown_by(self, group: str, columns: Iterable[str]) -> dict[str, Value]:
        """Return what the winner of a group says, by column."""
        winner = self.state.winner(group)
        said = self.values.get(winner, {}) if winner is not None else {}
        return entities()[self.entity].shown(said, columns)

    def merged(self) -> dict[str, Value]:
        """Return the values of all winners, by column: what the table shows if the row is there."""
        entity = entities()[self.entity]
        winner = self.state.winner(UNTOUCHED)
        said = self.values.get(winner, {}) if winner is not None else {}
        merged = entity.shown(said, entity.columns)
        for group in self.state.heads:
            columns = entity.groups.get(group)
            if columns is not None:
                merged |= self.shown_by(group, columns)
        return merged


class Book:
    """The rows that are open, by (entity, id); `open` reads them, `write` stores them."""

    def __init__(self, raw: StoreConnection, numbers: Numbers, digests: Digests) -> None:
        self.rows: dict[Key, OpenRow] = {}
        self._raw = raw
        self._numbers = numbers
        self._digests = digests

    def open(self, keys: Iterable[Key], stream: int, *, with_tables: bool = True) -> None:
        """Read rows that are not open yet; those nobody knows begin empty, in `stream`."""
        wanted: dict[str, list[str]] = {}
        for entity, row in keys:
            if (entity, row) not in self.rows:
                wanted.setdefault(entity, []).append(row)
        for entity, rows in wanted.items():
            self._open(entity, list(dict.fromkeys(rows)), stream, with_tables=with_tables)

    def write(self, present: Mapping[Key, bool]) -> set[Key]:
        """Store states, shelf and digest; return the rows of which one is another than before.

        `present` says which rows their tables hold now.
        """
        kept: set[Key] = set()
        states: list[tuple[object, ...]] = []
        forgotten: list[Key] = []
        gone: list[tuple[object, ...]] = []
        shelved: list[tuple[object, ...]] = []
        for key, row in self.rows.items():
            shelf = shelf_of(row, is_present=present[key])
            for grp, op in row.shelf.keys() - shelf.keys():
                gone.append((*key, grp, self._numbers.device(op.device), op.seq))
            for (grp, op), vals in shelf.items():
                if row.shelf.get((grp, op)) != vals:
                    shelved.append((*key, grp, self._numbers.device(op.device), op.seq, vals))
            if row.shelf != shelf:
                kept.add(key)
            row.shelf = shelf
            conflicts = _count_conflicts(row)
            after = row.state.digest_text() if _is_known(row.state) else None
            if (after, conflicts) != (row.before, row.conflicts):
                kept.add(key)
            elif not row.state.early:
                continue
            row.conflicts = conflicts
            if after is None:
                forgotten.append(key)
            else:
                states.append(self._stored(row, after))
            self._digests.change(row.stream, key, row.before, after)
            row.before = after
        self._raw.executemany(
            "INSERT OR REPLACE INTO sync_row (entity, row, stream, device, seq, hlc, state, "
            "conflicts) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            states,
        )
        self._raw.executemany("DELETE FROM sync_row WHERE entity = ? AND row = ?", forgotten)
        self._raw.executemany(
            "DELETE FROM sync_shelf WHERE entity = ? AND row = ? AND grp = ? AND device = ? AND seq = ?",
            gone,
        )
        self._raw.executemany(
            "INSERT OR REPLACE INTO sync_shelf (entity, row, grp, device, seq, vals) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            shelved,
        )
        return kept

    def _stored(self, row: OpenRow, digest_text: str) -> tuple[object, ...]:
        key = (row.entity, row.row, row.stream)
        if row.state.is_plain:
            ((op, hlc),) = row.state.creates.items()
            return (*key, self._numbers.device(op.device), op.seq, hlc, None, row.conflicts)
        # The two texts differ by what is early alone.
        text = row.state.to_text() if row.state.early else digest_text
        return (*key, 0, 0, 0, text, row.conflicts)

    def _open(self, entity: str, rows: list[str], stream: int, *, with_tables: bool) -> None:
        listed = json.dumps(rows)
        known = {
            one[0]: one[1:]
            for one in self._raw.execute(
                "SELECT r.row, r.stream, r.device, r.seq, r.hlc, r.state, r.conflicts "
                "FROM json_each(?) j CROSS JOIN sync_row r ON r.entity = ? AND r.row = j.value",
                (listed, entity),
            )
        }
        shown = (
            table_rows(self._raw, entity, listed) if with_tables and entity in entities() else {}
        )
        shelves = self._shelves(entity, listed) if known else {}
        for row in rows:
            stored = known.get(row)
            if stored is None:
                opened = OpenRow(entity, row, stream, RowState(), None, shown.get(row), {})
            else:
                state = self._state(*stored[1:5])
                opened = OpenRow(
                    entity,
                    row,
                    stored[0],
                    state,
                    stored[4] if stored[4] and not state.early else state.digest_text(),
                    shown.get(row),
                    shelves.get(row, {}),
                    stored[5],
                )
                _fill_values(opened)
            self.rows[entity, row] = opened

    def _state(self, device: int, seq: int, hlc: int, text: str | None) -> RowState:
        if text is not None:
            return RowState.from_text(text)
        return plain_state(self._numbers.device_of(device), seq, hlc)

    def _shelves(self, entity: str, listed: str) -> dict[str, Shelf]:
        found: dict[str, Shelf] = {}
        rows = self._raw.execute(
            "SELECT s.row, s.grp, s.device, s.seq, s.vals FROM json_each(?) j "
            "CROSS JOIN sync_shelf s ON s.entity = ? AND s.row = j.value",
            (listed, entity),
        )
        for row, grp, device, seq, vals in rows:
            found.setdefault(row, {})[grp, OpId(self._numbers.device_of(device), seq)] = vals
        return found


def known_rows(raw: StoreConnection, entity: str, rows: Iterable[str]) -> set[str]:
    """Return which of these ids some operation touched before."""
    found = raw.execute(
        "SELECT r.row FROM json_each(?) j CROSS JOIN sync_row r "
        "ON r.entity = ? AND r.row = j.value",
        (json.dumps(list(rows)), entity),
    )
    return {row for (row,) in found}


def table_rows(raw: StoreConnection, entity: str, listed: str) -> dict[str, dict[str, Value]]:
    """Return the rows of a table whose ids stand in a JSON list."""
    columns = entities()[entity].columns
    names = ", ".join(f't."{name}"' for name in columns)
    rows = raw.execute(
        f'SELECT t.id, {names} FROM json_each(?) j CROSS JOIN "{entity}" t ON t.id = j.value',
        (listed,),
    )
    return {row[0]: dict(zip(columns, row[1:], strict=True)) for row in rows}


def shelf_of(row: OpenRow, *, is_present: bool) -> Shelf:
    """Return the values of heads that no table shows: by group ("" for a create) and operation."""
    state = row.state
    if state.purged:
        return {}
    entity = entities().get(row.entity)
    if is_present and not row.has_unknown and entity is not None and _is_whole(state, entity):
        return {}
    shelf: Shelf = {}
    for op in state.creates:
        kept = _kept_of_create(row, op, entity, is_present=is_present)
        if kept:
            shelf["", op] = _COMPACT(kept)
    for group in state.heads:
        is_shown = is_present and entity is not None and group in entity.groups
        winner = state.winner(group)
        for op in state.heads_of(group):
            values = row.values.get(op, {})
            if op not in state.creates and not (
                is_shown and op == winner and entity is not None and entity.fits(values)
            ):
                shelf[group, op] = _COMPACT(values)
    return shelf


def encode_values(values: Mapping[str, Value]) -> str:
    """Return values as the JSON that is stored."""
    return _COMPACT(values)


def _kept_of_create(
    row: OpenRow, op: OpId, entity: Entity | None, *, is_present: bool
) -> dict[str, Value]:
    values = row.values.get(op, {})
    groups = entity.groups_in(values) if entity else {name: (name,) for name in values}
    kept: dict[str, Value] = {}
    for group, columns in groups.items():
        if op not in row.state.heads_of(group):
            continue
        is_shown = is_present and entity is not None and group in entity.groups
        of_group = {name: values[name] for name in columns if name in values}
        if not (
            is_shown
            and row.state.winner(group) == op
            and entity is not None
            and entity.fits(of_group)
        ):
            kept |= of_group
    return kept


def _is_whole(state: RowState, entity: Entity) -> bool:
    """Say whether a table can show everything: one head each, no group that is unknown."""
    return (
        len(state.creates) == 1
        and state.heads.keys() <= entity.groups.keys()
        and not _has_several(state)
    )


def _fill_values(row: OpenRow) -> None:
    """Find the values of the heads: on the shelf, and in the table where they are shown."""
    for (_grp, op), vals in row.shelf.items():
        row.values.setdefault(op, {}).update(json.loads(vals))
    entity = entities().get(row.entity)
    if entity is not None:
        row.has_unknown = (
            not all(map(entity.fits, row.values.values()))
            or not row.state.heads.keys() <= entity.groups.keys()
        )
    if row.shown is None or entity is None:
        return
    winner = row.state.winner(UNTOUCHED)
    # What is on the shelf comes first: a row that went and came again shows other values by now.
    # A create gets more than it is the winner of, which nobody asks for.
    if winner is not None:
        row.values[winner] = {**row.shown, **row.values.get(winner, {})}
    for group in row.state.heads:
        winner = row.state.winner(group)
        columns = entity.groups.get(group)
        if winner is not None and columns is not None:
            known = row.values.setdefault(winner, {})
            for name in columns:
                known.setdefault(name, row.shown[name])


def _count_conflicts(row: OpenRow) -> int:
    """Count the groups whose heads say different things; equal ones need nobody's decision."""
    return len(conflicts_of(row)) if _has_several(row.state) and not row.state.purged else 0


def _is_known(state: RowState) -> bool:
    """Say whether any operation did something to the row."""
    return bool(state.touched or state.deleted or state.purged)


def _has_several(state: RowState) -> bool:
    """Say whether any group has several heads."""
    return len(state.creates) > 1 or any(len(heads) > 1 for heads in state.heads.values())


def conflicts_of(row: OpenRow) -> dict[str, list[OpId]]:
    """Return the losers that say something else than the winner, by group."""
    groups: set[str] = set(row.state.conflicted_groups)
    if UNTOUCHED in groups:
        entity = entities().get(row.entity)
        groups |= (entity.groups.keys() if entity else set()) - row.state.heads.keys()
        groups.discard(UNTOUCHED)
    found = {group: differing_heads(row, group) for group in sorted(groups)}
    return {group: losers for group, losers in found.items() if losers}


def differing_heads(row: OpenRow, group: str) -> list[OpId]:
    """Return the losers of a group that say something else than the winner."""
    winner = row.state.winner(group)
    if winner is None:
        return []
    entity = entities().get(row.entity)
    columns = entity.groups.get(group) if entity else None
    shown = told(row, winner, columns)
    return [op for op in row.state.losers(group) if told(row, op, columns) != shown]


def told(row: OpenRow, op: OpId, columns: Iterable[str] | None) -> Mapping[str, Value]:
    """Return the same as `said`, but as a table of this program can show it."""
    values = said(row, op, columns)
    return values if columns is None else entities()[row.entity].shown(values, values)


def said(row: OpenRow, op: OpId, columns: Iterable[str] | None) -> Mapping[str, Value]:
    """Return what an operation says of some columns; of all it names, without them."""
    values = row.values.get(op, {})
    if columns is None:
        return values
    return {name: values[name] for name in columns if name in values}
