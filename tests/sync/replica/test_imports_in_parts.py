"""The exchange leaves an import alone until it is written, and then takes it whole."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mentor_desktop.services.imports.run import ImportRequest, apply_import, preview_import
from mentor_desktop.store.staging import ROWS_A_PART, AtHand, finish, has_unfinished
from mentor_desktop.store.write_gate import WriteGate
from mentor_desktop.sync.protocol.batches import Batch, open_batch
from mentor_desktop.sync.replica.recompute import check_stream
from mentor_desktop.sync.replica.sealing import Sealer
from mentor_desktop.sync.replica.transactions import UnfinishedImportError
from tests import factories
from tests.sync.replica.devices import Device, Devices, same

# More than one step of sealing, and several parts of each table.
PEOPLE = 6 * ROWS_A_PART + 10
CODE = "WS-1"
PROGRAM = Path(__file__).with_name("killed_import.py")
ROOT = Path(__file__).resolve().parents[3]


class BusyWorkspace:
    """A workspace where something happens between any two parts of an import."""

    def __init__(self, device: Device, meanwhile: Callable[[], object]) -> None:
        self._device = device
        self._meanwhile = meanwhile
        self.unit_of_work = device.workspace.unit_of_work
        self.reader = device.workspace.reader

    def finish_staged(self, at_hand: AtHand) -> None:
        meanwhile = self._meanwhile

        class Gate(WriteGate):
            """Somebody always waits, and writes before the next part."""

            is_wanted = True  # type: ignore[assignment]  # as good as a property

            @contextmanager
            def closed(self) -> Iterator[None]:
                meanwhile()
                yield

        finish(self._device.raw, Gate(), lambda: None, at_hand)


def _request() -> ImportRequest:
    lines = [
        f"G{number},Family{number},p{number}@example.org,School {number % 7},LT"
        for number in range(PEOPLE)
    ]
    content = "given_name,family_name,email,organisation,country\n" + "\n".join(lines)
    return ImportRequest("participants", "people.csv", content.encode(), workshop=CODE)


def _with_workshop(device: Device) -> None:
    with device.acting() as uow:
        factories.workshop(uow.session, code=CODE)


def _import(device: Device, meanwhile: Callable[[], object]) -> None:
    store = BusyWorkspace(device, meanwhile)
    apply_import(store, preview_import(store, _request()))


def _registrations(device: Device) -> int:
    return int(device.raw.execute("SELECT count(*) FROM registration").fetchone()[0])


def _links(batches: list[Batch]) -> list[str]:
    """Return the actions of a stream in the order they end."""
    return [action.link for batch in batches for action in open_batch(batch).actions]


def test_an_import_others_wrote_into_arrives_whole_and_in_one_piece(devices: Devices) -> None:
    a, b = devices(2)
    _with_workshop(a)

    def meanwhile() -> None:
        with a.acting("Came in") as uow:
            factories.person(uow.session, given_name="At the door")
        # What is there already is changed too, between two parts.
        with a.acting("Renamed") as uow:
            uow.raw.execute(
                "UPDATE person SET note = note || '.' WHERE rowid = (SELECT max(rowid) FROM person "
                "WHERE given_name <> 'At the door')"
            )

    _import(a, meanwhile)
    for stream in a.streams():
        links = _links(a.batches(stream))
        assert len(links) == len(set(links)), f"an action of {stream} was told in pieces"
    b.receive_all(a)
    same(a, b)
    assert _registrations(b) == PEOPLE
    imported = (
        "SELECT count(*) FROM change c JOIN txn t ON t.id = c.txn WHERE t.action LIKE 'Imported%'"
    )
    assert b.raw.execute(imported).fetchone() == a.raw.execute(imported).fetchone()


def test_nothing_is_sealed_before_an_import_is_written_to_its_end(devices: Devices) -> None:
    a, b = devices(2)
    _with_workshop(a)
    sealed: list[tuple[int, bool]] = []

    def meanwhile() -> None:
        with a.acting("Came in") as uow:
            factories.organisation(uow.session)
        sealer = Sealer(a.raw)
        if has_unfinished(a.raw):
            sealed.append((sealer.seal_all(), sealer.has_more()))

    _import(a, meanwhile)
    assert len(sealed) > PEOPLE // ROWS_A_PART
    assert set(sealed) == {(0, True)}
    b.receive_all(a)
    same(a, b)


def test_nothing_is_applied_before_an_import_is_written_to_its_end(devices: Devices) -> None:
    a, b = devices(2)
    _with_workshop(a)
    with b.acting() as uow:
        factories.organisation(uow.session)
    page = b.batches("people")
    refused: list[bool] = []

    def meanwhile() -> None:
        if has_unfinished(a.raw):
            with pytest.raises(UnfinishedImportError):
                a.receive("people", page)
            refused.append(True)

    _import(a, meanwhile)
    assert len(refused) > PEOPLE // ROWS_A_PART
    a.receive("people", page)
    assert Sealer(a.raw).seal_all() == 0  # applying sealed what was own, before it
    b.receive_all(a)
    same(a, b)
    assert _registrations(b) == PEOPLE


@pytest.mark.parametrize("parts", [0, 3, 8])
def test_an_import_that_was_killed_is_finished_and_then_exchanged_whole(
    devices: Devices, parts: int
) -> None:
    a, b = devices(2)
    _with_workshop(a)
    with a.workspace.unit_of_work() as uow:
        preview_import(a.workspace, _request()).write(uow)
    database, key = a.workspace.folder.database, a.workspace.key.hex()
    order = [sys.executable, str(PROGRAM), str(database), key, str(parts)]
    killed = subprocess.run(order, cwd=ROOT, capture_output=True, check=False)
    assert (killed.returncode, killed.stderr) == (-signal.SIGKILL, b"")
    with a.acting("Came in") as uow:
        factories.person(uow.session)
    assert (Sealer(a.raw).seal_all(), has_unfinished(a.raw)) == (0, True)
    a.workspace.finish_staged()
    b.receive_all(a)
    same(a, b)
    assert check_stream(a.raw, "people").was_right
    assert _registrations(b) == PEOPLE
