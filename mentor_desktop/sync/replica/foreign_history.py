"""The record of what others did, so that history, cards and undo know it: `txn` and `change`.

Only what really changed in the tables of this device is recorded, in the form that capture
gives it (`store.capture`): created rows without their values, the others with old and new ones.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat

from mentor_desktop.i18n import N_
from mentor_desktop.ids import new_id
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.settings import setting
from mentor_desktop.sync.protocol.operations import Action, Value
from mentor_desktop.sync.replica.digests import Key
from mentor_desktop.sync.replica.purging import ERASED, fields_of
from mentor_desktop.sync.replica.rows import encode_values
from mentor_desktop.sync.replica.state import Numbers

REPAIRED = N_("Put right what differed from what the devices exchanged")


class ForeignHistory:
    """Collects actions and changes of a page, and writes them at once."""

    def __init__(self, raw: StoreConnection, numbers: Numbers) -> None:
        self._raw = raw
        self._own_tag = setting(raw, "device")
        self._tags = {
            numbers.device(device): tag or device[:_SHORT]
            for device, tag in raw.execute("SELECT device, tag FROM sync_peer").fetchall()
        }
        last = raw.execute("SELECT coalesce(max(id), 0) FROM txn").fetchone()[0]
        self._next = int(last) + 1
        # The action of each device that goes on in the next part, by its number here.
        self._going_on: dict[int, int] = {}
        self._ends: dict[int, tuple[list[int], list[int]]] = {}
        self._txns: list[tuple[object, ...]] = []
        self._changes: list[tuple[object, ...]] = []
        self._same: list[tuple[int, int]] = []
        self._ids: dict[str, int] = {}
        self._silent: set[int] = set()

    @property
    def last_txn(self) -> int:
        """Return the action that was begun last."""
        return self._next - 1

    def begin(self, device: int, actions: Sequence[Action]) -> None:
        """Take up the actions that end in the next operations of a device."""
        self._find([action.link for action in actions] + [action.undoes for action in actions])
        ids: list[int] = []
        for action in actions:
            number = self._going_on.pop(device, 0)
            other = self._ids.get(action.link)
            if other is not None and number:
                # Its other half, in another stream, came first: both are one action.
                self._same.append((other, number))
            elif other is None:
                number = number or self._number()
                self._txns.append(self._row(number, device, action))
                if action.link:
                    self._ids[action.link] = number
            ids.append(number if other is None else other)
        self._ends[device] = ([action.last_seq for action in actions], ids)

    def begin_silent(self) -> int:
        """Take up an action of the program itself, which nobody reads about unless it changes something."""
        number = self._number()
        self._silent.add(number)
        return number

    def txns_of(self, device: int, first: int, count: int) -> list[int]:
        """Return the action of each operation of a device, in order."""
        ends, ids = self._ends[device]
        txns: list[int] = []
        last = first + count - 1
        seq = first
        for end, number in zip(ends, ids, strict=True):
            if seq > last:
                break
            if end >= seq:
                txns += [number] * (min(end, last) - seq + 1)
                seq = end + 1
        if seq <= last:
            number = self._going_on.get(device) or self._number()
            self._going_on[device] = number
            txns += [number] * (last - seq + 1)
        return txns

    def created(self, key: Key, txn: int) -> None:
        """Record a row that came into its table."""
        self._changes.append((txn, *key, "create", "", None, None))

    def created_many(self, entity: str, rows: Iterable[str], txns: Iterable[int]) -> None:
        """Record many rows that came into a table, at once."""
        self._raw.executemany(
            "INSERT INTO change (txn, entity, row, kind, \"group\") VALUES (?, ?, ?, 'create', '')",
            zip(txns, repeat(entity), rows, strict=False),
        )

    def changed(
        self, key: Key, txn: int, group: str, old: Mapping[str, Value], new: Mapping[str, Value]
    ) -> None:
        """Record a group that holds something else now."""
        self._changes.append((txn, *key, "set", group, encode_values(old), encode_values(new)))

    def deleted(self, key: Key, txn: int, old: Mapping[str, Value]) -> None:
        """Record a row that left its table."""
        self._changes.append((txn, *key, "delete", "", encode_values(old), None))

    def forget(self) -> None:
        """Write nothing down of what was collected."""
        self._txns.clear()
        self._changes.clear()
        self._same.clear()

    def write(self) -> None:
        """Write down what was collected; an action that goes on is written when it ends."""
        for txn in self._silent & {int(str(change[0])) for change in self._changes}:
            self._silent.discard(txn)
            self._txns.append(
                (txn, new_id(), _last_at(self._raw), self._own_tag, "", REPAIRED, "{}", None)
            )
        self._raw.executemany(
            'INSERT INTO txn (id, uid, at, device, actor, action, "values", undoes, undoable) '
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
            self._txns,
        )
        self._raw.executemany(
            'INSERT INTO change (txn, entity, row, kind, "group", old, new) '
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            self._changes,
        )
        self._raw.executemany("UPDATE change SET txn = ? WHERE txn = ?", self._same)
        self.forget()

    def _number(self) -> int:
        self._next += 1
        return self._next - 1

    def _row(self, number: int, device: int, action: Action) -> tuple[object, ...]:
        return (
            number,
            action.link,
            action.at,
            self._tags[device],
            action.actor,
            *_told(action),
            self._ids.get(action.undoes),
        )

    def _find(self, uids: Iterable[str]) -> None:
        """Look up the actions that were recorded before, in this page or long ago."""
        wanted = [uid for uid in uids if uid and uid not in self._ids]
        if wanted:
            rows = self._raw.execute(
                "SELECT t.uid, t.id FROM json_each(?) j CROSS JOIN txn t ON t.uid = j.value",
                (json.dumps(wanted),),
            )
            self._ids |= dict(rows.fetchall())


def _told(action: Action) -> tuple[str, str]:
    """Return the sentence and what fills it, whatever a stranger's program sent."""
    names = fields_of(action.text)
    if names is None:
        return action.text.replace("{", "{{").replace("}", "}}"), "{}"
    # What was erased, or came short, shows as such.
    values = {name: action.values.get(name, ERASED) for name in names}
    return action.text, json.dumps(values, ensure_ascii=False)


def _last_at(raw: StoreConnection) -> int:
    """Return when something was done last: the exchange asks no clock."""
    return int(raw.execute("SELECT coalesce(max(at), 0) FROM txn").fetchone()[0])


# Of a device nobody told us the tag of.
_SHORT = 4
