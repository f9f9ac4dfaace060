"""The rows of users in the stream `members`, merged up to the end of the log.

What a user may do follows from what everybody is shown of them, not from which word came last:
a colleague may carry an old one, whose author or others said something else since.
"""

from collections import defaultdict

from sqlalchemy import Connection, select

from mentor_desktop.server import change_log
from mentor_desktop.server.merged_rows import state_of
from mentor_desktop.server.merging import is_rejected, known_rejections
from mentor_desktop.server.tables import folding
from mentor_desktop.sync.keys.members import Said
from mentor_desktop.sync.merge.fold import fold_op
from mentor_desktop.sync.merge.row_state import RowState
from mentor_desktop.sync.protocol.operations import SET, Op, expand
from mentor_desktop.sync.protocol.streams import MEMBERS

USER_ENTITY = "member"


class UserRows:
    """Rows of users in one transaction; each is read when the first operation on it comes."""

    def __init__(self, connection: Connection, ws: str) -> None:
        self._connection, self._ws = connection, ws
        self._states: dict[str, RowState] = {}
        self._unmerged: dict[str, list[Op]] | None = None

    def copy(self) -> "UserRows":
        """Return rows that are the same, and from now on take operations of their own."""
        copied = UserRows(self._connection, self._ws)
        copied._states, copied._unmerged = dict(self._states), self._unmerged
        return copied

    def take(self, op: Op) -> set[str]:
        """Take a create or set; return the columns of which its value is the one that is shown."""
        before = self._state(op.row)
        # Another object each time: a copy may have the one before.
        state = self._states[op.row] = RowState.from_text(before.to_text())
        fold_op(state, op, {})
        return {
            name
            for name in op.values
            if state.winner(op.group if op.kind == SET else name) == op.id
        }

    def said(self, row: str) -> Said:
        """Return when a user's row was told what is shown of role and workshops."""
        state = self._state(row)
        times = {name: state.heads_of(name) for name in ("role", "workshops")}
        shown = {name: heads[op] for name, heads in times.items() if (op := state.winner(name))}
        return Said(**shown)

    def _state(self, row: str) -> RowState:
        found = self._states.get(row)
        if found is None:
            found = self._states[row] = self._read(row)
        return found

    def _read(self, row: str) -> RowState:
        if self._unmerged is None:
            self._unmerged = self._read_unmerged()
        state = state_of(self._connection, self._ws, MEMBERS, (USER_ENTITY, row))
        for op in self._unmerged.get(row, ()):
            fold_op(state, op, {})
        return state

    def _read_unmerged(self) -> dict[str, list[Op]]:
        connection, ws = self._connection, self._ws
        # Before the rows: what is merged in between changes nothing when it is taken again.
        folded = connection.execute(
            select(folding.c.folded).where(folding.c.ws == ws, folding.c.stream == MEMBERS)
        ).scalar()
        found: dict[str, list[Op]] = defaultdict(list)
        ranges = known_rejections(connection, ws, MEMBERS)
        head = change_log.stream_head(connection, ws, MEMBERS)
        for _number, batch in change_log.scanned(connection, ws, MEMBERS, head, folded or 0):
            for op in expand(change_log.content_of(batch)):
                if op.entity == USER_ENTITY and not is_rejected(ranges, op):
                    found[op.row].append(op)
        return found
