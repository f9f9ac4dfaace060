"""The program that test_canaries.py starts: it puts the canaries into everything there is.

Usage: python canary_program.py FOLDER OUTSIDE [STEP …]
FOLDER becomes the workspace; OUTSIDE is where files go that a person asked for (they are
plain by design). Every step is done unless some are named.
"""

import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from mentor_desktop import config, logs
from mentor_desktop.clock import system_clock
from mentor_desktop.errors import UserFacingError
from mentor_desktop.services import backups, history, search
from mentor_desktop.services.attendance import mark
from mentor_desktop.services.imports.run import ImportRequest, run_import
from mentor_desktop.services.integrity import check_workspace
from mentor_desktop.store.workspace import Workspace
from tests import factories
from tests.canaries import CANARIES

PASSPHRASE = "five calm words for canaries"
CODE = "WS-CANARY"


def enter(workspace: Workspace, _outside: Path) -> None:
    """Enter people, places and marks by hand."""
    with workspace.unit_of_work() as uow:
        school = factories.organisation(uow.session, name=CANARIES["organisation"])
        person = factories.person(
            uow.session,
            given_name=CANARIES["given name"],
            family_name=CANARIES["family name"],
            badge_name=CANARIES["cyrillic name"],
            email=CANARIES["e-mail"],
            phone=CANARIES["phone"],
            note=CANARIES["note"],
            organisation_id=school.id,
        )
        workshop = factories.workshop(uow.session, code=CODE)
        slot = factories.slot(uow.session, workshop_id=workshop.id)
        factories.agenda_item(uow.session, slot_id=slot.id)
        place = factories.registration(
            uow.session,
            workshop_id=workshop.id,
            person_id=person.id,
            support_request=CANARIES["support request"],
        )
        uow.describe("Added {name}", name=CANARIES["family name"])
        uow.blobs.add("\n".join(CANARIES.values()).encode())
        uow.commit()
    with workspace.unit_of_work() as uow:
        changes = mark(
            uow,
            registration_id=place.id,
            slot_id=slot.id,
            status="late",
            note=CANARIES["mark note"],
        )
    assert changes.txn is not None
    with workspace.unit_of_work() as uow:
        history.undo(uow, changes.txn)


def read_in(workspace: Workspace, _outside: Path) -> None:
    """Import a table with enough rows to spill anything that spills."""
    rows = [
        f"{CANARIES['given name']},{CANARIES['family name']} {number},"
        f"{number}{CANARIES['e-mail']},{CANARIES['organisation']},LT"
        for number in range(2_000)
    ]
    content = "given_name,family_name,email,organisation,country\n" + "\n".join(rows)
    name = "people.csv"
    run_import(
        workspace,
        ImportRequest(kind="participants", file_name=name, content=content.encode(), workshop=CODE),
    )


def look(workspace: Workspace, _outside: Path) -> None:
    """Search, sort and read everything back, with enough rows for a temporary table."""
    with workspace.reader() as uow:
        for word in ("zvirb", "kanar", CANARIES["e-mail"]):
            search.find_everything(uow, word)
        uow.raw.execute(
            "SELECT group_concat(note || given_name) FROM (SELECT * FROM person ORDER BY note, email, given_name)"
        ).fetchall()


def save(workspace: Workspace, outside: Path) -> None:
    """Back up, check, restore elsewhere."""
    backups.back_up_now(workspace)
    outside_backup = backups.back_up_now(workspace, workspace.folder.root.parent / "stick")
    restored = workspace.folder.root.parent / "restored"
    backups.restore_backup(outside_backup.path, restored, PASSPHRASE, clock=system_clock)
    assert check_workspace(workspace).is_good


def fail(workspace: Workspace, _outside: Path) -> None:
    """Run into errors whose text could name somebody, and log them as the program does."""
    logger = logging.getLogger("mentor_desktop.canary")
    try:
        with workspace.unit_of_work() as uow:
            for _ in range(2):
                factories.person(uow.session, id="0" * 32, given_name=CANARIES["given name"])
                uow.session.expunge_all()
    except Exception:
        logger.exception("a database error")
    try:
        with workspace.reader() as reader:
            reader.raw.execute(f"SELECT '{CANARIES['note']}' FROM nowhere")
    except Exception:
        logger.exception("a broken query")
    try:
        _refuse()
    except UserFacingError:
        logger.exception("a refusal")


def _refuse() -> None:
    raise UserFacingError(CANARIES["family name"])


def die(workspace: Workspace, _outside: Path) -> None:
    """End in the middle of a large action, as a power cut would."""
    uow = workspace.unit_of_work().__enter__()
    for number in range(3_000):
        factories.person(uow.session, family_name=f"{CANARIES['family name']} {number}")
    os.kill(os.getpid(), signal.SIGKILL)


def crash(_workspace: Workspace, _outside: Path) -> None:
    """End by a bug whose message names somebody."""
    raise RuntimeError(CANARIES["family name"])


Step = Callable[[Workspace, Path], None]
STEPS: tuple[Step, ...] = (enter, read_in, look, save, fail)
ENDINGS: tuple[Step, ...] = (die, crash)


def main(root: Path, outside: Path, *names: str) -> None:
    """Do the steps on a new workspace; the endings only when named."""
    logs.start(config.log_dir())
    workspace, _code = Workspace.create(root, PASSPHRASE, clock=system_clock, actor="Rasa")
    steps = {step.__name__: step for step in (*STEPS, *ENDINGS)}
    for step in [steps[name] for name in names] or STEPS:
        step(workspace, outside)
    workspace.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
