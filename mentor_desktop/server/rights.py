"""Who may do what with which rows: one table, asked for every operation.

Who may read a stream at all is told by `sync.protocol.reading`, for devices too.

Letters: c create, s set, d delete, r restore, p purge, x reject; D deletes what one's own
devices wrote and nobody else touched: a deletion kills exactly what it names as seen, so that
naming only own operations is the proof. The row of `*` is for all entities not named, also
such as a newer program brings.

`w` stands for the streams of workshops; a trainer, mentor or reader has those that were
granted, an administrator and an organiser all of them. Streams of one user are their
own affair: all kinds but `reject`, and nobody else's device reads or writes there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mentor_desktop.sync.protocol.reading import (
    ALL_WORKSHOPS,
    may_read,
    parsed_table,
    stream_kind,
)

__all__ = ["ALL_WORKSHOPS", "ROLES", "WRITES", "Access", "ServerAccess"]

ROLES = ("admin", "organiser", "trainer", "mentor", "reader")

_TABLE = """
stream     entity           admin   organiser  trainer  mentor  reader
members    *                csdrpx  csdr       -        -       -
members    member_record    c       c          c        c       c
people     *                csdrpx  csdr       -        -       -
people     person           csdrpx  csdr       csD      -       -
people     consent          csdrpx  csdr       csD      -       -
people     organisation     csdrpx  csdr       csD      -       -
programme  *                csdrpx  csdr       -        -       -
secrets    *                csdrpx  csdr       -        -       -
w          *                csdrpx  csdr       csDr     -       -
w          workshop         csdrpx  csdr       s        -       -
w          attendance_mark  csdrpx  cdr        cDr      -       -
w          certificate      csdrpx  csdr       -        -       -
"""
_LETTERS = {
    "create": "c",
    "set": "s",
    "delete": "d",
    "restore": "r",
    "purge": "p",
    "reject": "x",
}
_OWN_DELETE = "D"


WRITES = parsed_table(_TABLE, 2)


@dataclass(frozen=True)
class Access:
    """What one user's devices may do; `workshops` are ids, or `*` alone for all."""

    user: str
    role: str
    workshops: frozenset[str] = frozenset()

    def may_read(self, stream: str) -> bool:
        """Tell whether the stream, its files and its merged rows may be read."""
        return may_read(stream, user=self.user, role=self.role, workshops=self.workshops)

    def may_write(self, stream: str) -> bool:
        """Tell whether any operation at all may be written into the stream."""
        kind, _rest = stream_kind(stream)
        if not self.may_read(stream):
            return False
        return kind == "u" or any(
            WRITES[key] != "-" for key in WRITES if key[0] == kind and key[-1] == self.role
        )

    def refuses(
        self, stream: str, entity: str, kind: str, seens: Sequence[Mapping[str, int]], own: set[str]
    ) -> list[int] | None:
        """Return which operations of a run have no right; None when all of them have none.

        `seens` are those of a run of deletions; `own` are the devices of the same user.
        """
        place, _rest = stream_kind(stream)
        if place == "u":
            return None if kind == "reject" else []
        letters = WRITES.get((place, entity, self.role)) or WRITES.get((place, "*", self.role), "")
        letter = _LETTERS.get(kind)
        if letter is None:  # a kind of a newer program: whoever may do everything may do that
            return [] if _LETTERS["reject"] in letters else None
        if letter in letters:
            return []
        if kind == "delete" and _OWN_DELETE in letters:
            return [number for number, seen in enumerate(seens) if not seen or seen.keys() - own]
        return None


@dataclass(frozen=True)
class ServerAccess(Access):
    """What the server's own batches may: everything. Devices carry them to a restored server."""

    def may_read(self, stream: str) -> bool:
        return True

    def may_write(self, stream: str) -> bool:
        return True

    def refuses(
        self, stream: str, entity: str, kind: str, seens: Sequence[Mapping[str, int]], own: set[str]
    ) -> list[int] | None:
        return []
