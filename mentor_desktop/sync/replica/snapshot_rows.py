"""What the rows of a part of a snapshot come to: columns, states, and what a table shows."""

from collections.abc import Iterator, Mapping, Sequence

from mentor_desktop.sync.merge.row_state import RowState, plain_state
from mentor_desktop.sync.protocol.operations import OpId, Value
from mentor_desktop.sync.replica.entities import Entity
from mentor_desktop.sync.replica.merging import Folded
from mentor_desktop.sync.replica.snapshot_part import BadPartError, PartRows


def filled(values: Sequence[Value] | None, default: Value, length: int) -> list[Value]:
    """Return a column; where nobody's program knew it, of the default."""
    return [default] * length if values is None else list(values)


def empty(entity: Entity) -> dict[str, list[Value]]:
    """Return no values, by column."""
    return {name: [] for name in entity.columns}


def plain_folded(rows: PartRows) -> Iterator[tuple[str, Folded]]:
    """Give the rows that were only created, as if they had been folded from a log."""
    for at, row in enumerate(rows.rows):
        op = OpId(rows.devices[at], rows.seqs[at])
        values = {name: column[at] for name, column in rows.columns.items()}
        yield row, Folded(plain_state(*op, rows.hlcs[at]), {op: values})


def read_state(text: str) -> RowState:
    """Return a state; raise BadPartError when the text is none."""
    try:
        return RowState.from_text(text)
    except ValueError as error:
        raise BadPartError from error


def shown(
    entity: Entity, read: RowState, values: Mapping[OpId, Mapping[str, Value]]
) -> dict[str, Value] | None:
    """Return what the table shows of a row; None where it cannot show all there is of it."""
    if len(read.creates) != 1 or not read.is_alive:
        return None
    (created,) = read.creates
    said = values.get(created)
    if not said or not entity.fits(said):
        return None
    values_shown = {
        name: said[name] if name in said else entity.defaults[name] for name in entity.columns
    }
    for group, heads in read.heads.items():
        columns = entity.groups.get(group)
        if columns is None or len(heads) != 1:
            return None
        (head,) = heads
        said = values.get(head)
        if said is None or not entity.fits(said):
            return None
        for name in columns:
            values_shown[name] = said[name] if name in said else entity.defaults[name]
    return values_shown
