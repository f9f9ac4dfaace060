"""When deletions of others wait for somebody to agree, and that they wait until then.

What waits, and what a person decided of it, is written down beside the settings of this copy: a
restart asks nobody twice and forgets no answer.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.settings import setting, settings_under
from mentor_desktop.sync.protocol.operations import SET, Run
from mentor_desktop.sync.replica.digests import Key
from mentor_desktop.sync.replica.entities import entities
from mentor_desktop.sync.replica.parked import in_table
from mentor_desktop.sync.replica.state import Numbers

# More deletions than these of a stream are not applied before somebody agrees.
MASS_ROWS = 500
MASS_SHARE = 0.2
# Fewer are everyday work, whatever share of a small workshop they are.
_FEW_ROWS = 20
_WAITING = "sync_mass_deletion:"


class Decision(StrEnum):
    """What a person said about deletions that wait."""

    TAKE = "take"
    KEEP = "keep"


class Waiting(msgspec.Struct):
    """Rows of a stream that would go, of how many; `decision` is empty until somebody decides.

    It is about just so many: where more wait later, somebody is asked again. `is_backed_up`: the
    backup before they are taken was made.
    """

    rows: int
    of_rows: int
    decision: str = ""
    is_backed_up: bool = False


@dataclass(frozen=True)
class MassDeletion:
    """What waits for consent: how many rows of a stream would go, of how many."""

    stream: str
    devices: tuple[str, ...]
    rows: int
    of_rows: int


def mass_deletion(
    raw: StoreConnection,
    numbers: Numbers,
    stream: str,
    deleting: Mapping[int, set[Key]],
    before: Collection[Key],
) -> MassDeletion | None:
    """Return what has to wait, and write it down; None where it is everyday work.

    `deleting` are the rows that are here and would go, by the number of the device; `before` those
    that went before in the same sync or file. Once some wait, none go any more, so that the rest
    cannot slip through.
    """
    waiting: set[Key] = set().union(*deleting.values())
    total = raw.execute(
        "SELECT count(*) FROM sync_row WHERE stream = ?", (numbers.stream(stream),)
    ).fetchone()[0]
    rows = len(waiting.union(before))
    is_much = rows >= _FEW_ROWS and (rows > MASS_ROWS or rows > MASS_SHARE * total)
    if not waiting or not (is_much or is_waiting(raw, stream)):
        return None
    _note(raw, stream, len(waiting), total)
    devices = tuple(sorted(numbers.device_of(device) for device in deleting))
    return MassDeletion(stream, devices, len(waiting), total)


def of_rows_here(raw: StoreConnection, keys: Iterable[Key]) -> set[Key]:
    """Return those of these rows that are in their tables: a deletion of others takes nothing away.

    What has no table here, of a newer program or a journal, is in none.
    """
    wanted: dict[str, set[str]] = {}
    for entity, row in keys:
        if entity in entities():
            wanted.setdefault(entity, set()).add(row)
    return {(entity, row) for entity, rows in wanted.items() for row in in_table(raw, entity, rows)}


def with_children(raw: StoreConnection, stream: int, keys: set[Key], moved: set[Key]) -> set[Key]:
    """Return rows with those of their stream that refer to them, and so leave their tables too.

    Whoever deleted them had not seen these. `moved` get another parent at the same time.
    """
    found, new = set(keys), keys
    while new:
        new = _referring(raw, stream, new) - moved - found
        found |= new
    return found


def gives_a_parent(run: Run) -> bool:
    """Say whether the operations of a run say what rows belong to."""
    entity = entities().get(run.entity)
    return (
        entity is not None
        and run.kind == SET
        and any(entity.group_of[column] == run.group for column, _parent in entity.parents)
    )


def has_rows(raw: StoreConnection, stream: str) -> bool:
    """Say whether anything of a stream is known here that deletions could take away."""
    row = raw.execute(
        "SELECT 1 FROM sync_row WHERE stream = (SELECT no FROM sync_stream WHERE stream = ?) LIMIT 1",
        (stream,),
    ).fetchone()
    return row is not None


def waiting_deletions(raw: StoreConnection) -> dict[str, Waiting]:
    """Return what waits, by stream."""
    kept = settings_under(raw, _WAITING)
    return {stream: msgspec.json.decode(value, type=Waiting) for stream, value in kept.items()}


def decide(raw: StoreConnection, decision: Decision, rows: Mapping[str, int]) -> int:
    """Write down what a person said about what was shown; return how many rows that is about.

    `rows` is how many of each stream were shown: it is not about more that came meanwhile.
    """
    decided = 0
    for stream, one in waiting_deletions(raw).items():
        if stream in rows and one.rows <= rows[stream]:
            one.decision, one.is_backed_up = decision, False
            decided += one.rows
            _keep(raw, stream, one)
    return decided


def is_taken(raw: StoreConnection, stream: str) -> bool:
    """Say whether somebody agreed to the deletions that wait, and a backup was made."""
    one = waiting_deletions(raw).get(stream)
    return one is not None and one.decision == Decision.TAKE and one.is_backed_up


def note_backup(raw: StoreConnection) -> None:
    """Write down that the backup was made before deletions that were agreed to."""
    for stream, one in waiting_deletions(raw).items():
        if one.decision == Decision.TAKE:
            one.is_backed_up = True
            _keep(raw, stream, one)


def agree(raw: StoreConnection, stream: str) -> None:
    """Let go what waits, and count anew from here on."""
    raw.execute("DELETE FROM local_setting WHERE key = ?", (_WAITING + stream,))


def is_waiting(raw: StoreConnection, stream: str) -> bool:
    """Say whether deletions wait for somebody to agree."""
    return bool(setting(raw, _WAITING + stream))


def _referring(raw: StoreConnection, stream: int, keys: Iterable[Key]) -> set[Key]:
    parents: dict[str, list[str]] = {}
    for entity, row in keys:
        parents.setdefault(entity, []).append(row)
    found: set[Key] = set()
    for entity, rows in parents.items():
        for child, column in entities()[entity].children:
            referring = raw.execute(
                f'SELECT t.id FROM json_each(?) j CROSS JOIN "{child}" t ON t."{column}" = j.value '
                "CROSS JOIN sync_row r ON r.entity = ? AND r.row = t.id AND r.stream = ?",
                (json.dumps(rows), child, stream),
            )
            found.update((child, row) for (row,) in referring)
    return found


def _note(raw: StoreConnection, stream: str, rows: int, of_rows: int) -> None:
    """Write down what waits; a decision stays as long as it is about no more than before."""
    known = waiting_deletions(raw).get(stream)
    if known is not None and rows <= known.rows:
        _keep(raw, stream, Waiting(rows, of_rows, known.decision, known.is_backed_up))
    else:
        _keep(raw, stream, Waiting(rows, of_rows))


def _keep(raw: StoreConnection, stream: str, one: Waiting) -> None:
    raw.execute(
        "INSERT OR REPLACE INTO local_setting (key, value) VALUES (?, ?)",
        (_WAITING + stream, msgspec.json.encode(one).decode()),
    )
