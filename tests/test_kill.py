"""A program killed at any moment loses nothing that it said was saved, and opens again unasked."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mentor_desktop.clock import system_clock
from mentor_desktop.services.integrity import check_workspace
from mentor_desktop.store.workspace import Workspace
from tests import factories
from tests.killed_program import ROWS_AN_IMPORT
from tests.workspaces import Template

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = int(os.environ.get("MENTOR_KILL_ROUNDS", "20"))
SLOWEST_START_S = 60


@dataclass
class Life:
    """What one run of the program said before it was killed."""

    saved: list[dict[str, object]] = field(default_factory=list)
    recovery_note: str = ""


@pytest.fixture
def root(workspace_root: Path, workspace_template: Template) -> Path:
    """Return a closed workspace with a workshop of ten people and one half-day."""
    workspace = Workspace.open(workspace_root, workspace_template.key, clock=system_clock)
    with workspace.unit_of_work() as uow:
        workshop = factories.workshop(uow.session, code="WS-KILL")
        slot = factories.slot(uow.session, workshop_id=workshop.id)
        factories.agenda_item(uow.session, slot_id=slot.id)
        for _ in range(10):
            factories.registration(uow.session, workshop_id=workshop.id)
        uow.commit()
    workspace.close(with_backup=False)
    return workspace_root


@pytest.mark.soak
@pytest.mark.slow
def test_nothing_shown_as_saved_is_lost(
    root: Path,
    workspace_template: Template,
    record_testsuite_property: Callable[[str, object], None],
) -> None:
    key = workspace_template.key
    actions = 0
    for number in range(ROUNDS):
        life = _live_and_die(root, key, how=number % 4)
        actions += len(life.saved)
        workspace = Workspace.open(root, key, clock=system_clock)
        try:
            if not workspace.was_clean and actions:
                assert workspace.recovery_note.startswith("Restored. Last saved ")
            _require_saved(workspace, life)
            _require_whole_actions(workspace)
            report = check_workspace(workspace)
            assert (report.problems, report.repaired) == ((), ()), f"round {number}"
        finally:
            # As killed: the next life starts from a clean close in half of the rounds only.
            if number % 2:
                workspace.close(with_backup=False)
            else:
                workspace.engine().dispose()
                workspace._lock.release()
    assert actions > ROUNDS
    record_testsuite_property("kills", ROUNDS)
    record_testsuite_property("actions saved, none lost", actions)


def _live_and_die(root: Path, key: bytes, *, how: int) -> Life:
    """Start the program and kill it: at work (0, 1), while it opens (2), while it closes (3)."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "killed_program.py"), str(root), key.hex()],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    said = b""
    if how == 2:
        time.sleep(random.uniform(0.1, 1.5))
    else:
        wanted = random.randint(2, 4)  # by what it has done: a slow computer is killed no earlier
        while said.count(b"saved ") < wanted:
            line = process.stdout.readline()
            assert line, process.communicate()[1].decode()
            said += line
        time.sleep(random.uniform(0, 0.5))
        if how == 3:
            process.stdin.write(b"close\n")
            process.stdin.flush()
            time.sleep(random.uniform(0, 0.25))
    process.send_signal(signal.SIGKILL)
    rest, errors = process.communicate(timeout=SLOWEST_START_S)
    assert errors == b"", errors.decode()
    return _heard(said + rest)


def _heard(said: bytes) -> Life:
    life = Life()
    # The last line may be cut off: only a whole one was shown.
    for line in said.decode().splitlines(keepends=True):
        word, _space, content = line.partition(" ")
        if word == "saved" and line.endswith("\n"):
            life.saved.append(json.loads(content))
        elif word == "open" and line.endswith("\n"):
            life.recovery_note = json.loads(content)
    return life


def _require_saved(workspace: Workspace, life: Life) -> None:
    with closing(workspace.plain_connection()) as connection:
        for action in life.saved:
            assert connection.execute(
                "SELECT 1 FROM txn WHERE id = ?", (action["txn"],)
            ).fetchone(), f"action {action['txn']} is lost"
            rows = action["rows"]
            assert isinstance(rows, dict)
            for table, ids in rows.items():
                found = connection.execute(
                    f"SELECT count(*) FROM {table} WHERE id IN (SELECT value FROM json_each(?))",
                    (json.dumps(ids),),
                ).fetchone()
                assert found == (len(ids),), f"rows of action {action['txn']} are lost"


def _require_whole_actions(workspace: Workspace) -> None:
    """Look that every import is there whole and every change has its action."""
    with closing(workspace.plain_connection()) as connection:
        sizes = connection.execute(
            "SELECT DISTINCT count(*) FROM change WHERE entity = 'person' AND txn > 1 GROUP BY txn"
        ).fetchall()
        assert sizes in ([], [(ROWS_AN_IMPORT,)])
        orphans = connection.execute(
            "SELECT count(*) FROM change WHERE txn NOT IN (SELECT id FROM txn)"
        ).fetchone()
        assert orphans == (0,)
