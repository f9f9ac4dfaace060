"""A workspace for pictures after a second laptop came back: something of every kind waits."""

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from mentor_desktop.services.attendance import mark
from mentor_desktop.services.people import add_person
from mentor_desktop.services.second_laptop import (
    begin_on_this_laptop,
    file_in,
    hand_over_choices,
    hand_to_known_laptop,
    hand_to_new_laptop,
    receive,
)
from mentor_desktop.services.workshops import change_workshop
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.unit_of_work import Reader
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.replica.refusals import Rejection
from mentor_desktop.sync.replica.special import Author, reject_operations

_STATUSES = (("present", "absent"), ("late", "present"))
_ALIKE = 9


def meet(workspace: Workspace, workshop_id: str, folder: Path, passphrase: str) -> None:
    """Let a second laptop work on everything and come back; what it wrote last is left in a file."""
    folder.mkdir(parents=True)
    workspace.remember_actor("Rasa")
    handed = hand_to_new_laptop(workspace, file_in(workspace, folder))
    other = begin_on_this_laptop(
        folder / "laptop",
        handed.path,
        handed.words,
        passphrase=passphrase,
        actor="Jana",
        clock=lambda: workspace.clock() + timedelta(minutes=-4),
    ).workspace
    try:
        for number, one in enumerate((workspace, other)):
            _differ(one, workshop_id, number)
        _bring(workspace, other, folder)
        with workspace.unit_of_work() as uow:
            add_person(uow, given_name="Eva", family_name="Nesdílená", phone="+420 600 000 000")
        _bring(other, workspace, folder)
        with closing(other.exchange_connection()) as raw:
            _reject(raw, workspace.clock())
        _bring(workspace, other, folder)
        _mark(workspace, workshop_id, _ALIKE, "present", first=20)
        _mark(other, workshop_id, _ALIKE + 2, "present", first=20)
        _mark(workspace, workshop_id, 1, "present", first=40)
        _mark(other, workshop_id, 1, "absent", first=40)
        _file(other, workspace.device, folder / "for A")
    finally:
        other.close(with_backup=False)


def _differ(workspace: Workspace, workshop_id: str, number: int) -> None:
    with workspace.unit_of_work() as uow:
        change_workshop(uow, workshop_id=workshop_id, city=("Zlín", "Praha")[number])
    for place, statuses in enumerate(_STATUSES):
        _mark(workspace, workshop_id, 1, statuses[number], first=50 + place)
    with workspace.unit_of_work() as uow:
        add_person(uow, given_name="Nova", family_name="Walkin", email="nova@example.org")
    if number == 0:
        with workspace.unit_of_work() as uow:
            uow.describe("Removed the last half-day")
            slot = _last_slot(uow, workshop_id)
            uow.raw.execute("DELETE FROM attendance_mark WHERE slot_id = ?", (slot,))
            uow.raw.execute("DELETE FROM agenda_item WHERE slot_id = ?", (slot,))
            uow.raw.execute("DELETE FROM slot WHERE id = ?", (slot,))
            uow.commit()
    else:
        with workspace.reader() as uow:
            slot = _last_slot(uow, workshop_id)
        _mark(workspace, workshop_id, 1, "present", first=5, slot_id=slot)


def _last_slot(uow: Reader, workshop_id: str) -> str:
    sql = "SELECT id FROM slot WHERE workshop_id = ? ORDER BY starts_at DESC LIMIT 1"
    return str(uow.raw.execute(sql, (workshop_id,)).fetchone()[0])


def _mark(
    workspace: Workspace,
    workshop_id: str,
    count: int,
    status: str,
    *,
    first: int,
    slot_id: str = "",
) -> None:
    with workspace.reader() as reader:
        rows = reader.raw.execute(
            "SELECT id FROM registration WHERE workshop_id = ? AND list_number > ? "
            "ORDER BY list_number LIMIT ?",
            (workshop_id, first, count),
        ).fetchall()
        slot = reader.raw.execute(
            "SELECT id FROM slot WHERE workshop_id = ? ORDER BY starts_at LIMIT 1 OFFSET 1",
            (workshop_id,),
        ).fetchone()[0]
    for (registration,) in rows:
        with workspace.unit_of_work() as uow:
            mark(uow, registration_id=registration, slot_id=slot_id or slot, status=status)


def _file(sender: Workspace, tag: str, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    with sender.reader() as uow:
        device = next(one.device for one in hand_over_choices(uow).laptops if one.tag == tag)
    return hand_to_known_laptop(sender, file_in(sender, folder), device=device).path


def _bring(receiver: Workspace, sender: Workspace, folder: Path) -> None:
    receive(receiver, _file(sender, receiver.device, folder))


def _reject(raw: StoreConnection, now: datetime) -> None:
    """Reject the first laptop's last change of people, as a server would."""
    device, stream, last = raw.execute(
        "SELECT p.device, s.stream, a.seq FROM sync_applied a JOIN sync_peer p ON p.no = a.device "
        "JOIN sync_stream s ON s.no = a.stream WHERE p.tag = 'A' AND s.stream = 'people'"
    ).fetchone()
    author = Author("Jana", round(now.timestamp() * 1000))
    reject_operations(raw, stream, Rejection(device, last, last, "no_right"), author=author)
