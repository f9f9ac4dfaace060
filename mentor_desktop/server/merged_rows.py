"""A merged row as the server keeps it: its state, and apart from it the values that still compete."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import Connection, select

from mentor_desktop.server.tables import merged
from mentor_desktop.sync.merge.fold import fold_op
from mentor_desktop.sync.merge.row_state import RowState
from mentor_desktop.sync.protocol.erasing import Row
from mentor_desktop.sync.protocol.operations import Op, OpId, Value

_NAMES_AT_ONCE = 500  # rows looked up by one statement
NOTHING = RowState()  # of a row whose operations were all rejected

_decode = msgspec.json.Decoder(list[tuple[str, int, dict[str, Value]]]).decode


@dataclass
class Merged:
    """One row: its state, and the values of each operation that still competes."""

    state: RowState = field(default_factory=RowState)
    values: dict[OpId, Mapping[str, Value]] = field(default_factory=dict)
    was: str | None = None  # its digest text before this step; None for a new row
    stored: tuple[str, str] = ("", "")  # state and values, as they were read

    @property
    def is_nothing(self) -> bool:
        """Whether no operation counts: such a row is in no digest."""
        return self.state == NOTHING

    def take(self, op: Op, applied: Mapping[str, int]) -> None:
        """Bring one operation in."""
        fold_op(self.state, op, applied)
        if op.values:
            self.values[op.id] = op.values

    def tidy(self) -> None:
        """Drop the values of everything that nobody will be shown again."""
        state = self.state
        if state.is_plain:
            return
        kept = (
            set()
            if state.purged
            else {*state.creates, *(op for one in state.heads.values() for op in one)}
        )
        self.values = {op: values for op, values in self.values.items() if op in kept}


def load(connection: Connection, ws: str, stream: str, names: Iterable[Row]) -> dict[Row, Merged]:
    """Return those of these rows that something was merged into."""
    by_entity: dict[str, list[str]] = defaultdict(list)
    for entity, row in names:
        by_entity[entity].append(row)
    loaded: dict[Row, Merged] = {}
    for entity, ids in by_entity.items():
        for start in range(0, len(ids), _NAMES_AT_ONCE):
            found = connection.execute(
                select(merged.c.row, merged.c.state, merged.c.vals).where(
                    merged.c.ws == ws,
                    merged.c.stream == stream,
                    merged.c.entity == entity,
                    merged.c.row.in_(ids[start : start + _NAMES_AT_ONCE]),
                )
            )
            for one in found:
                loaded[entity, one.row] = read_merged(one.state, one.vals)
    return loaded


def state_of(connection: Connection, ws: str, stream: str, name: Row) -> RowState:
    """Return the state of a row, as far as all is merged; that of no operation for an unknown one."""
    return load(connection, ws, stream, [name]).get(name, Merged()).state


def purged_rows(connection: Connection, ws: str, stream: str, names: Iterable[Row]) -> set[Row]:
    """Return which of these rows are known to be erased for ever, as far as all is merged."""
    loaded = load(connection, ws, stream, names)
    return {name for name, one in loaded.items() if one.state.purged}


def read_merged(state: str, vals: str) -> Merged:
    """Return a row as it was written."""
    read = RowState.from_text(state)
    was = read.digest_text() if read != NOTHING else None
    return Merged(read, _read_values(vals), was, (state, vals))


def _read_values(vals: str) -> dict[OpId, Mapping[str, Value]]:
    return {OpId(device, seq): values for device, seq, values in _decode(vals)}
