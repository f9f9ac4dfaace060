"""A workshop that begins at 09:30 on 10 March in Prague, and a clock to live through it."""

import csv
import io
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from mentor_desktop.services.demo import sample
from mentor_desktop.services.edits import created_id
from mentor_desktop.services.imports.run import ImportRequest, run_import
from mentor_desktop.services.tables_in.fields import TableOf
from mentor_desktop.services.workshops import add_workshop
from mentor_desktop.store.keyfile import KeyFile
from mentor_desktop.store.workspace import Workspace
from tests.cheap import CHEAP

PASSPHRASE = "a passphrase of the morning"
CODE = "WS-2026-01"
EXPECTED = 53
ZONE = ZoneInfo("Europe/Prague")
_FIRST_HALF_DAY = {
    ("10:00", "10:30"): ("09:00", "09:30"),
    ("10:30", "11:00"): ("09:30", "10:00"),
    ("11:00", "12:30"): ("10:00", "12:30"),
}


def at(clock: str) -> datetime:
    """Return a time of the first day: "09:05" or "10:42:07" in Prague."""
    local = datetime.fromisoformat(f"2026-03-10T{clock}").replace(tzinfo=ZONE)
    return local.astimezone(UTC)


class MorningClock:
    """Stands still until somebody moves it, or runs from a time on."""

    def __init__(self, clock: str, *, is_running: bool = False) -> None:
        self.now = at(clock)
        self._started = time.monotonic() if is_running else None

    def __call__(self) -> datetime:
        if self._started is None:
            return self.now
        return self.now + timedelta(seconds=time.monotonic() - self._started)

    def set(self, clock: str) -> None:
        """It is this time now."""
        self.now = at(clock)


def make_morning(root: Path) -> tuple[bytes, str]:
    """Make the workspace; return its key and the workshop's id."""
    workspace, _code = Workspace.create(root, PASSPHRASE, clock=MorningClock("08:00"), cost=CHEAP)
    _bring(workspace, "organisations", sample("organisations.csv"))
    _bring(workspace, "project", sample("project.csv"))
    with workspace.unit_of_work() as uow:
        changes = add_workshop(
            uow,
            code=CODE,
            title="Mentoring and Peer Coaching",
            starts_on=date(2026, 3, 10),
            ends_on=date(2026, 3, 12),
            time_zone="Europe/Prague",
            venue_name="Dům mládeže Vzor",
            address="Vzorová 12, 602 00 Brno",
            city="Brno",
            country="CZ",
            grace_min=10,
            status="open",
        )
    _bring(workspace, "plan", _plan_from_half_past_nine())
    _bring(workspace, "participants", _people_without_walk_ins())
    key = KeyFile.load(workspace.folder.key_file).open_with_passphrase(PASSPHRASE)
    workspace.close(with_backup=False)
    return key, created_id(changes, "workshop")


def _bring(workspace: Workspace, kind: TableOf, content: bytes) -> None:
    request = ImportRequest(kind=kind, file_name=f"{kind}.csv", content=content, workshop=CODE)
    run_import(workspace, request)


def _plan_from_half_past_nine() -> bytes:
    rows = _rows("workshop_plan.csv")
    for row in rows:
        if row["slot"] == "D1-AM":
            row["start"], row["end"] = _FIRST_HALF_DAY[row["start"], row["end"]]
            minutes = datetime.fromisoformat(f"2026-01-01T{row['end']}") - datetime.fromisoformat(
                f"2026-01-01T{row['start']}"
            )
            row["minutes"] = str(int(minutes.total_seconds() // 60))
    return _table(rows)


def _people_without_walk_ins() -> bytes:
    return _table([row for row in _rows("participants.csv") if row["registration"] != "walk_in"])


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(sample(name).decode())))


def _table(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
