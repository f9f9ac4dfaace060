"""The program that test_kill.py kills: it marks and imports, and says what it saved.

Usage: python killed_program.py FOLDER KEY_IN_HEX
After each commit one line goes out: "saved" and, as JSON, the number of the action, how many
changes it recorded, and the ids of rows that must be there. "close" on standard input ends
it the regular way, which makes a backup.
"""

import json
import random
import select
import sys
from pathlib import Path

from mentor_desktop.clock import system_clock
from mentor_desktop.ids import new_id
from mentor_desktop.services.attendance import mark
from mentor_desktop.services.imports.run import ImportRequest, run_import
from mentor_desktop.store.workspace import Workspace

# More than one part: a kill may fall between two of them.
ROWS_AN_IMPORT = 600
STATUSES = ("present", "late", "absent", "excused", "remote", "expected")


def main(root: str, key: str) -> None:
    """Work until killed or told to close."""
    workspace = Workspace.open(Path(root), bytes.fromhex(key), clock=system_clock)
    say("open", workspace.recovery_note)
    while not select.select([sys.stdin], [], [], 0)[0]:
        if random.random() < 0.12:  # marks are the most frequent thing by far
            import_people(workspace)
        else:
            mark_somebody(workspace)
    workspace.close()
    say("closed")


def mark_somebody(workspace: Workspace) -> None:
    """Mark one registration in one half-day."""
    with workspace.reader() as reader:
        registration_id = pick(reader.raw.execute("SELECT id FROM registration").fetchall())
        slot_id = pick(reader.raw.execute("SELECT id FROM slot").fetchall())
    with workspace.unit_of_work() as uow:
        changes = mark(
            uow,
            registration_id=registration_id,
            slot_id=slot_id,
            status=random.choice(STATUSES),
            note=f"note {random.random()}",
        )
    if changes:
        marks = sorted(changes.entities["attendance_mark"])
        say("saved", {"txn": changes.txn, "rows": {"attendance_mark": marks}})


def import_people(workspace: Workspace) -> None:
    """Import a file of people nobody has seen yet."""
    batch = new_id()
    lines = [
        f"G{batch}{number},F{number},{batch}.{number}@example.org,LT"
        for number in range(ROWS_AN_IMPORT)
    ]
    content = "given_name,family_name,email,country\n" + "\n".join(lines)
    request = ImportRequest(
        kind="participants", file_name="people.csv", content=content.encode(), workshop="WS-KILL"
    )
    changes = run_import(workspace, request).changes
    people = sorted(changes.entities["person"])
    say("saved", {"txn": changes.txn, "rows": {"person": people}})


def pick(rows: list[tuple[str]]) -> str:
    """Return one of the ids."""
    return str(random.choice(rows)[0])


def say(word: str, content: object = None) -> None:
    """Say one line at once: what is said was done."""
    sys.stdout.write(f"{word} {json.dumps(content)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
