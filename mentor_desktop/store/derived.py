"""Tables computed from others, kept up by triggers, rebuilt at will, never exchanged.

* `person_order`: every person in the order of the list's language (a covering index), and that
  order packed (`store.person_order`).
* `person_search`: full-text index over folded names and e-mail (`store.folding`).
* `superseded`: marks of attendance that another mark takes the place of.
"""

import hashlib
from typing import Final

from sqlalchemy import Connection

from mentor_desktop.store import person_order
from mentor_desktop.store.bulk import Batch, insert_batch, insert_many, next_number
from mentor_desktop.store.collation import person_sort_key, person_sort_keys
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.folding import fold_people, fold_person

TABLES: Final = (
    "person_order",
    "person_order_part",
    "person_order_touched",
    "person_search",
    "superseded",
)

_STATEMENTS: Final = (
    """CREATE TABLE person_order (
        sort_key BLOB NOT NULL, person INTEGER NOT NULL, PRIMARY KEY (sort_key, person)
    ) WITHOUT ROWID""",
    *person_order.STATEMENTS,
    """CREATE VIRTUAL TABLE person_search USING fts5(
        folded, content='', contentless_delete=1, tokenize='unicode61', prefix='2 3', detail='none'
    )""",
    "CREATE TABLE superseded (mark TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID",
)

# Names that show whether folding and sorting are still those the tables were made with.
_PROBE: Final = (
    ("Ștefania", "Mărgineanu"),
    ("Žaneta", "Čížková-Chalupová"),
    ("Ивайло", "Щърбанов"),
    ("Åsa", "Öström"),
    ("Giedrė", "Ąžuolynienė"),
    ("Jean d’Arcy", "Łukaszewicz 10"),
    ("Ọ̀ṣun", "ẞ İı Æø"),
)

_FOLDED_COLUMNS = ("given_name", "family_name", "badge_name", "name_latin", "email")
_FOLDED = f"fold_person({', '.join(f'{{side}}.{name}' for name in _FOLDED_COLUMNS)})"
_NAMES = "given_name, family_name, badge_name, name_latin, email, alias_of"


def _enter(side: str) -> str:
    return (
        "INSERT INTO person_order (sort_key, person) "
        f"SELECT person_sort_key({side}.given_name, {side}.family_name), {side}.rowid WHERE {side}.alias_of IS NULL; "
        f"INSERT INTO person_search (rowid, folded) SELECT {side}.rowid, {_FOLDED.format(side=side)} "
        f"WHERE {side}.alias_of IS NULL; " + person_order.TOUCH.format(side=side)
    )


def _leave() -> str:
    return (
        "DELETE FROM person_order WHERE sort_key = person_sort_key(OLD.given_name, OLD.family_name) "
        "AND person = OLD.rowid; "
        "DELETE FROM person_search WHERE rowid = OLD.rowid; "
        + person_order.TOUCH.format(side="OLD")
    )


_TRIGGERS: Final = {
    "derived_person_insert": (
        f"AFTER INSERT ON person WHEN NOT derived_silent() BEGIN {_enter('NEW')} END"
    ),
    "derived_person_update": f"AFTER UPDATE OF {_NAMES} ON person BEGIN {_leave()} {_enter('NEW')} END",
    "derived_person_delete": f"AFTER DELETE ON person BEGIN {_leave()} END",
    # Nearly all marks supersede none, and opening a list costs half as much as the mark itself.
    "derived_superseded": (
        "AFTER INSERT ON attendance_mark WHEN NEW.supersedes <> '[]' BEGIN "
        "INSERT OR IGNORE INTO superseded (mark) SELECT value FROM json_each(NEW.supersedes); END"
    ),
    # Marks go only with their registration, so all marks of one place go together.
    "derived_superseded_delete": (
        "AFTER DELETE ON attendance_mark BEGIN DELETE FROM superseded "
        "WHERE mark = OLD.id OR mark IN (SELECT value FROM json_each(OLD.supersedes)); END"
    ),
}


def trigger_statements() -> dict[str, str]:
    """Return the name and the SQL of every trigger that keeps a derived table."""
    return {name: f"CREATE TRIGGER {name} {body}" for name, body in _TRIGGERS.items()}


def is_current(connection: Connection) -> bool:
    """Say whether the tables were made by these triggers and by today's folding and sorting."""
    made_by = connection.exec_driver_sql(
        "SELECT value FROM local_setting WHERE key = 'derived'"
    ).scalar()
    return made_by == _signature(connection)


def drop(connection: Connection) -> None:
    """Drop the derived tables and their triggers, those of an older program too."""
    found = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'derived\\_%' ESCAPE '\\'"
    )
    for (name,) in found.fetchall():
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    for name in TABLES:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")


def create(connection: Connection) -> None:
    """Create the derived tables with their triggers and fill them from what is stored."""
    for sql in (*_STATEMENTS, *trigger_statements().values()):
        connection.exec_driver_sql(sql)
    connection.exec_driver_sql(
        "INSERT INTO person_order (sort_key, person) "
        "SELECT person_sort_key(given_name, family_name), rowid FROM person WHERE alias_of IS NULL"
    )
    person_order.pack(_raw(connection))
    connection.exec_driver_sql(
        f"INSERT INTO person_search (rowid, folded) SELECT rowid, {_FOLDED.format(side='person')} "
        "FROM person WHERE alias_of IS NULL"
    )
    connection.exec_driver_sql(
        "INSERT OR IGNORE INTO superseded (mark) "
        "SELECT each.value FROM attendance_mark, json_each(attendance_mark.supersedes) AS each"
    )
    connection.exec_driver_sql(
        "INSERT OR REPLACE INTO local_setting (key, value) VALUES ('derived', ?)",
        (_signature(connection),),
    )


def insert_people(raw: StoreConnection, batch: Batch) -> None:
    """Insert people who are no merged duplicates, and fill the tables as the triggers would.

    Sorted and in few statements it costs two thirds of what row by row costs.
    """
    first = next_number(raw, "person")
    raw.is_derived_silent = True
    try:
        insert_batch(raw, batch)
    finally:
        raw.is_derived_silent = False
    given, family, badge, latin, email = map(batch.column, _FOLDED_COLUMNS)
    numbers = range(first, first + len(batch))
    keys = person_sort_keys(given, family, raw.sort_language)
    places = sorted(zip(keys, numbers, strict=True))
    insert_many(raw, "person_order", ("sort_key", "person"), places)
    raw.executemany(
        "INSERT INTO person_search (rowid, folded) VALUES (?, ?)",
        zip(numbers, fold_people(given, family, badge, latin, email), strict=True),
    )
    raw.execute(
        "INSERT OR IGNORE INTO person_order_touched (person) "
        "SELECT rowid FROM person WHERE rowid >= ?",
        (first,),
    )


def rebuild(connection: Connection) -> None:
    """Make the tables anew from what is stored."""
    drop(connection)
    create(connection)


def _signature(connection: Connection) -> str:
    raw = _raw(connection)
    digest = hashlib.sha256(repr((_STATEMENTS, _TRIGGERS)).encode())
    for given, family in _PROBE:
        digest.update(person_sort_key(given, family, raw.sort_language))
        digest.update(fold_person(given, family, "", "", "a.b@example.org").encode())
    return f"{raw.sort_language} {digest.hexdigest()}"


def _raw(connection: Connection) -> StoreConnection:
    raw = connection.connection.driver_connection
    assert isinstance(raw, StoreConnection)
    return raw
