"""The actions of this device as the others are told of them, and where large ones end."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.protocol.operations import Action
from mentor_desktop.sync.protocol.streams import MOST_NAME_LENGTH
from mentor_desktop.sync.replica.entities import FIXED_STREAMS, Entity, entities


@dataclass(frozen=True, slots=True)
class OwnAction:
    """One action; `undoes` is the id of the one it took back, empty when it took back none."""

    uid: str
    at: int
    actor: str
    text: str
    values: Mapping[str, str]
    undoes: str

    def told(self, last_seq: int) -> Action:
        """Return it as it travels, ending with an operation; its id is the link between streams.

        A name of who did it may be longer than a batch takes one: it is told shortened.
        """
        return Action(
            last_seq=last_seq,
            at=self.at,
            actor=self.actor[:MOST_NAME_LENGTH],
            text=self.text,
            values=self.values,
            undoes=self.undoes,
            link=self.uid,
        )


def read_actions(raw: StoreConnection, txns: Collection[int]) -> dict[int, OwnAction]:
    """Return the actions with these numbers."""
    rows = raw.execute(
        "SELECT t.id, t.uid, t.at, t.actor, t.action, t.\"values\", coalesce(u.uid, '') "
        "FROM json_each(?) j CROSS JOIN txn t ON t.id = j.value LEFT JOIN txn u ON u.id = t.undoes",
        (json.dumps(sorted(txns)),),
    )
    return {
        number: OwnAction(uid, at, actor, text, json.loads(values), undoes)
        for number, uid, at, actor, text, values, undoes in rows
    }


def streams_after(raw: StoreConnection, txn: int) -> dict[str, int]:
    """Return the last change of an action in each stream it touches."""
    rows = raw.execute("SELECT DISTINCT entity FROM change WHERE txn = ?", (txn,)).fetchall()
    last: dict[str, int] = {}
    for (name,) in rows:
        for stream, seq in _last_changes(raw, txn, entities()[name]):
            last[stream] = max(seq, last.get(stream, 0))
    return last


def _last_changes(raw: StoreConnection, txn: int, entity: Entity) -> list[tuple[str, int]]:
    if entity.stream in FIXED_STREAMS:
        sql = "SELECT max(seq) FROM change WHERE txn = ? AND entity = ?"
        return [(entity.stream, raw.execute(sql, (txn, entity.name)).fetchone()[0])]
    # A row that is gone by now was written down whole when it went.
    found = (
        "c.row"
        if entity.stream == "id"
        else (
            f"coalesce(t.\"{entity.stream}\", json_extract(c.new, '$.{entity.stream}'), "
            f"(SELECT json_extract(d.old, '$.{entity.stream}') FROM change d WHERE d.entity = c.entity "
            "AND d.row = c.row AND d.kind = 'delete' AND d.seq >= c.seq LIMIT 1))"
        )
    )
    rows = raw.execute(
        f'SELECT {found}, max(c.seq) FROM change c LEFT JOIN "{entity.name}" t ON t.id = c.row '
        "WHERE c.txn = ? AND c.entity = ? GROUP BY 1",
        (txn, entity.name),
    ).fetchall()
    return [(f"w:{workshop}", seq) for workshop, seq in rows]
