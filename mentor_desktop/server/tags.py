"""The letters a server gives to a device that joins; serial numbers carry them."""

from collections.abc import Collection, Iterator
from itertools import product
from string import ascii_uppercase

from sqlalchemy import Connection, select

from mentor_desktop.ids import id_noise
from mentor_desktop.server.tables import audit

_LONGEST = 4
_BY_LOT = 2


def free_tag(connection: Connection, ws: str, taken: Collection[str]) -> str:
    """Return the first of A, B … Z, AA, AB … that no device has; empty when all of them are taken.

    A server that was brought back forgot to whom it gave letters since its backup, and they come
    back with them. From then on two letters by lot stand behind those in order, as with copies.
    """
    tag = next(_in_order(taken), "")
    restored = select(audit.c.id).where(audit.c.ws == ws, audit.c.action == "restored").limit(1)
    if connection.execute(restored).first() is None or len(tag) > _LONGEST - _BY_LOT:
        return tag
    drawn = tag + "".join(ascii_uppercase[one % len(ascii_uppercase)] for one in id_noise(_BY_LOT))
    return tag if drawn in taken else drawn


def _in_order(taken: Collection[str]) -> Iterator[str]:
    for length in range(1, _LONGEST + 1):
        for letters in product(ascii_uppercase, repeat=length):
            if (tag := "".join(letters)) not in taken:
                yield tag
