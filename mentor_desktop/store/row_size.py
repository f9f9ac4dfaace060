"""How large one record may get: what is too large for the exchange is refused where it is typed.

A change travels whole, in a batch of at most 1 MiB. One that fits into none would hold back
everything that comes after it on this computer.
"""

from collections.abc import Collection

from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import _
from mentor_desktop.store.connection import StoreConnection

# Written as JSON. Half of what a batch holds: names of columns and of the action come on top.
MOST_BYTES = 500_000
# A control character takes six bytes in JSON; every other byte takes fewer.
_LONGEST_ESCAPE = 6


def require_room(raw: StoreConnection, txn: int, entities: Collection[str]) -> None:
    """Look at everything an action wrote, in its transaction.

    Raises:
        ValidationError: one record is larger than a batch can carry.
    """
    changed = raw.execute(
        "SELECT coalesce(max(octet_length(new)), 0) FROM change WHERE txn = ?", (txn,)
    ).fetchone()[0]
    largest = max([changed, *(_largest_created(raw, txn, entity) for entity in entities)])
    if largest > MOST_BYTES:
        raise ValidationError(
            _(
                "A text here is too long: the record would take {count} bytes, {limit} are "
                "possible. Shorten it; nothing was saved."
            ).format(count=largest, limit=MOST_BYTES)
        )


def _largest_created(raw: StoreConnection, txn: int, entity: str) -> int:
    """Return the size of the largest row that was created, 0 where all are small by far."""
    names = [row[1] for row in raw.execute(f'PRAGMA table_info("{entity}")')]
    plain = " + ".join(f'coalesce(octet_length(t."{name}"), 0)' for name in names)
    quoted = " + ".join(f'octet_length(json_quote(t."{name}"))' for name in names)
    rows = (
        f'FROM change c CROSS JOIN "{entity}" t ON t.id = c.row '
        "WHERE c.txn = ? AND c.entity = ? AND c.kind = 'create'"
    )
    # Lengths are read without the texts; only where they are large do the texts count.
    found = raw.execute(
        f"SELECT max({quoted}) {rows} AND {plain} > ?",
        (txn, entity, MOST_BYTES // _LONGEST_ESCAPE),
    ).fetchone()
    return int(found[0] or 0)
