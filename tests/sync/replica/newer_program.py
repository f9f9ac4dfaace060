"""A program that knows a table and a column more than this one; run in a process of its own.

Reads {"database", "key", "pages": {stream: message of batches in hex}} from standard input. It
brings the file to its tables, applies the pages if there are any, catches up with what an older
program carried, and prints what the new table and the new column hold, and whether all is right.
"""

import json
import sys
from pathlib import Path

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from mentor_desktop.models import Person, Synced

Person.nickname = mapped_column(String, nullable=False, default="none yet")  # type: ignore[attr-defined]


class Badge(Synced):
    """A table of tomorrow."""

    __tablename__ = "badge"
    stream = "people"
    field_groups = {"look": ("colour", "size")}  # noqa: RUF012  # as models declare it

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    colour: Mapped[str]
    size: Mapped[str] = mapped_column(default="")


def main() -> None:
    """Do what the docstring says."""
    from mentor_desktop.store.connection import connect
    from mentor_desktop.sync.protocol.batches import read_frames
    from mentor_desktop.sync.replica.applying import apply_page
    from mentor_desktop.sync.replica.recompute import catch_up_with_program, check_stream

    order = json.load(sys.stdin)
    raw = connect(Path(order["database"]), bytes.fromhex(order["key"]))
    raw.is_capture_silent = True
    raw.execute("ALTER TABLE person ADD COLUMN nickname TEXT NOT NULL DEFAULT 'none yet'")
    raw.execute(
        "CREATE TABLE badge (id TEXT PRIMARY KEY, person_id TEXT NOT NULL REFERENCES person (id), "
        "colour TEXT NOT NULL, size TEXT NOT NULL)"
    )
    raw.is_capture_silent = False
    for stream, message in order["pages"].items():
        apply_page(raw, stream, read_frames(bytes.fromhex(message)))
    caught_up = catch_up_with_program(raw)
    found = {
        "caught_up": caught_up,
        "again": catch_up_with_program(raw),
        "badges": raw.execute("SELECT * FROM badge ORDER BY id").fetchall(),
        "nicknames": raw.execute("SELECT id, nickname FROM person ORDER BY id").fetchall(),
        "shelf": raw.execute(
            "SELECT entity, row, grp, vals FROM sync_shelf ORDER BY 1, 2"
        ).fetchall(),
        "is_right": check_stream(raw, "people").was_right,
    }
    print(json.dumps(found))  # noqa: T201  # its answer


if __name__ == "__main__":
    main()
