"""What a step needs of all that was merged before it, looked up while others write.

A row that is folded anew, or erased, may have operations anywhere in its stream. Which they are is
found out before the step, in a transaction that only reads: the log behind a number stays as it is,
but for values that are erased.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from mentor_desktop.server import change_log
from mentor_desktop.server.erasing import Known, without
from mentor_desktop.sync.protocol.erasing import Eraser, Row
from mentor_desktop.sync.protocol.operations import Op, expand


@dataclass(frozen=True)
class Wanted:
    """The rows that a step of so many batches, behind a number, folds anew and erases."""

    upto: int
    batches: int
    again: frozenset[Row]
    gone: frozenset[Row]

    def __bool__(self) -> bool:
        return bool(self.again or self.gone)


class EarlierWantedError(Exception):
    """A step was undone: what it needs is to be looked up first."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__("look up first what was before")
        self.wanted = wanted


@dataclass(frozen=True)
class Earlier:
    """The operations of the rows that are folded anew, and where there are values of the others."""

    wanted: Wanted
    ops: tuple[Op, ...]
    known: Known


def look_back(connection: Connection, ws: str, stream: str, wanted: Wanted) -> Earlier:
    """Return what a step needs of the log up to where it begins."""
    ops: list[Op] = []
    found: list[tuple[int, bool]] = []
    eraser = Eraser(wanted.gone.__contains__)
    for number, batch in change_log.scanned(connection, ws, stream, wanted.upto):
        content = change_log.content_of(batch)
        if wanted.again:
            ops += [op for op in expand(content) if (op.entity, op.row) in wanted.again]
        is_begun = batch.header.device in eraser.going_on
        if wanted.gone and without(batch, eraser) is not batch:
            found.append((number, is_begun))
    known = Known(wanted.upto, tuple(found), frozenset(eraser.going_on))
    return Earlier(wanted, tuple(ops), known)
