"""Giving somebody a part of the stream `people`: whole batches, in which most values are left out.

Whoever helps at one workshop gets the people of that workshop. Their records travel in the batches
their authors signed; of all others the header, id and hash stay, and the values go, as with what was
purged. So the signatures hold, nothing is made anew, and nobody can add to what was signed.
"""

import json
from collections.abc import Collection, Iterable, Iterator

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.protocol.batches import Batch, open_batch
from mentor_desktop.sync.protocol.erasing import Eraser
from mentor_desktop.sync.protocol.streams import PEOPLE
from mentor_desktop.sync.replica.digests import Key
from mentor_desktop.sync.replica.log import stored_batch
from mentor_desktop.sync.replica.state import is_purged

# The rows of `people` that workshops refer to, also through others of them. Settings are small,
# tell of nobody, and papers need them.
_ROWS_OF_WORKSHOPS = """
WITH RECURSIVE
  given (id) AS (SELECT value FROM json_each(?)),
  near (id) AS (
    SELECT person_id FROM registration WHERE workshop_id IN given
    UNION SELECT person_id FROM certificate WHERE workshop_id IN given
  ),
  known (id) AS (
    SELECT id FROM near
    UNION SELECT p.alias_of FROM person p JOIN known k ON p.id = k.id WHERE p.alias_of IS NOT NULL
    UNION SELECT p.id FROM person p JOIN known k ON p.alias_of = k.id
  )
SELECT 'person', id FROM known
UNION SELECT 'consent', c.id FROM consent c JOIN known k ON c.person_id = k.id
UNION SELECT 'organisation', p.organisation_id FROM person p JOIN known k ON p.id = k.id
UNION SELECT 'organisation', sending_org_id FROM registration WHERE workshop_id IN given
UNION SELECT 'organisation', host_org_id FROM workshop WHERE id IN given
UNION SELECT 'organisation', id FROM organisation WHERE kind = 'own'
UNION SELECT 'project', project_id FROM workshop WHERE id IN given
UNION SELECT 'workspace_setting', id FROM workspace_setting
"""


def people_of(raw: StoreConnection, workshops: Iterable[str]) -> set[Key]:
    """Return the rows of the stream `people` that whoever works in these workshops needs."""
    rows = raw.execute(_ROWS_OF_WORKSHOPS, (json.dumps(sorted(workshops)),))
    return {(entity, row) for entity, row in rows.fetchall() if row is not None}


def files_of(raw: StoreConnection, rows: set[Key] | None) -> list[str]:
    """Return the addresses of the files that these rows refer to; of all rows with None."""
    found = raw.execute(
        "SELECT 'consent', id, scan FROM consent WHERE scan <> '' "
        "UNION SELECT 'project', p.id, each.value "
        "FROM project p, json_each(iif(json_valid(p.logos), p.logos, '[]')) AS each"
    ).fetchall()
    return sorted({one for *key, one in found if rows is None or tuple(key) in rows})


def only(
    batches: Iterable[Batch], rows: set[Key], going_on: Collection[str] = ()
) -> Iterator[Batch]:
    """Give batches of `people` in which only these rows have values, and what does not count.

    Each device's come in their order; what is told of the action that the first one of those in
    `going_on` ends is left out too.
    """
    eraser = Eraser(lambda row: row not in rows, going_on)
    return (eraser.without(batch, open_batch(batch)) for batch in batches)


def values_left(batch: Batch) -> bool:
    """Say whether any operation of a batch has its values."""
    return any(run.columns for run in open_batch(batch).runs)


def passed_on(raw: StoreConnection, stream: str, batches: Iterable[Batch]) -> Iterator[Batch]:
    """Leave out what this copy itself was given without values: others must not take it for whole."""
    return (one for one in batches if not is_withheld(raw, stream, one))


def has_withheld(raw: StoreConnection) -> bool:
    """Say whether values of some batch of people were kept from this copy."""
    rows = raw.execute(
        "SELECT b.header, b.body FROM sync_batch b JOIN sync_stream s ON s.no = b.stream "
        "WHERE s.stream = ?",
        (PEOPLE,),
    )
    return any(is_withheld(raw, PEOPLE, stored_batch(row)) for row in rows.fetchall())


def is_withheld(raw: StoreConnection, stream: str, batch: Batch) -> bool:
    """Say whether values of a batch were kept from this copy."""
    if stream != PEOPLE:
        return False
    erased = {(run.entity, row) for run in open_batch(batch).runs if run.erased for row in run.rows}
    return any(not is_purged(raw, key) for key in erased)
