"""The real window in a process of its own, with canaries typed into everything there is.

Usage: python window_program.py FOLDER OUTSIDE
FOLDER becomes the workspace; OUTSIDE is where files lie that a person asked for. At the
end one JSON object on standard output says what was seen of the process itself.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from mentor_desktop import config, logs
from mentor_desktop.app import Program
from mentor_desktop.progress import NO_PROGRESS
from mentor_desktop.services.attendance import mark
from mentor_desktop.services.door import DoorPerson, door_people
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.ui import printing
from mentor_desktop.ui.application import make_application
from mentor_desktop.ui.door.results import DoorResults
from mentor_desktop.ui.entrance import Entrance
from mentor_desktop.ui.main_window import MainWindow
from mentor_desktop.ui.pages.import_page import ImportPage
from mentor_desktop.ui.report_dialog import ReportDialog
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.command_palette import CommandPalette
from mentor_desktop.ui.widgets.field import NoteField
from mentor_desktop.ui.widgets.inputs import LineEdit
from tests.canaries import CANARIES
from tests.journeys.morning import PASSPHRASE, MorningClock, make_morning

_LONGEST_S = 30.0
W = TypeVar("W", bound=QWidget)


def until(is_so: Callable[[], object]) -> None:
    """Let the window work until something is so."""
    deadline = time.monotonic() + _LONGEST_S
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError("the window did not get there")
        QTest.qWait(5)


def shown(kind: type[W], name: str = "") -> W | None:
    """Return the visible widget of this kind and accessible name."""
    for top in QApplication.topLevelWidgets():
        for one in (top, *top.findChildren(kind)):
            if isinstance(one, kind) and one.isVisible() and name in {"", one.accessibleName()}:
                return one
    return None


def wait_for(kind: type[W], name: str = "") -> W:
    """Wait for a visible widget and return it."""
    until(lambda: shown(kind, name))
    found = shown(kind, name)
    assert found is not None
    return found


def type_in(line: QWidget, text: str, *, enter: bool = True) -> None:
    """Type letters as a keyboard does; they may be of any script."""
    line.setFocus()
    for letter in text:
        QTest.sendKeyEvent(
            QTest.KeyAction.Click, line, Qt.Key.Key_unknown, letter, Qt.KeyboardModifier.NoModifier
        )
    if enter:
        QTest.keyClick(line, Qt.Key.Key_Return)


class Morning:
    """The steps, in the order of a day."""

    def __init__(self, program: Program, root: Path, outside: Path, workshop_id: str) -> None:
        self._program, self._root, self._outside = program, root, outside
        self._workshop_id = workshop_id
        self.seen: dict[str, object] = {}

    @property
    def window(self) -> MainWindow:
        return wait_for(MainWindow)

    def settle(self) -> None:
        until(lambda: self.window.desk.jobs.pending == 0)
        QTest.qWait(50)
        until(lambda: self.window.desk.jobs.pending == 0)

    def go(self, place: str, **where: str) -> None:
        self.window.navigator.go(place, where)
        self.settle()

    def unlock(self) -> None:
        """Type a wrong passphrase five times, then the right one."""
        self._program.begin(self._root, None, None)
        line = wait_for(LineEdit, "Passphrase")
        for number in range(5):
            type_in(line, f"{PASSPHRASE} {number}")
            until(lambda: not line.isReadOnly())
            line.clear()
        type_in(line, PASSPHRASE)
        wait_for(MainWindow)
        until(lambda: shown(Entrance) is None)
        self.settle()

    def check_in(self) -> None:
        """Type a name nobody has at the door, then let its owner walk in."""
        self.go("door", workshop_id=self._workshop_id)
        box = wait_for(LineEdit, "Name, list number or badge")
        type_in(box, CANARIES["given name"], enter=False)
        QTest.keyClick(self.window.windowHandle(), Qt.Key.Key_F4)
        wait_for(LineEdit, "Given name").clear()
        for name, words in (
            ("Given name", CANARIES["given name"]),
            ("Family name", CANARIES["family name"]),
            ("Organisation", CANARIES["organisation"]),
            ("Country (two letters or its name)", "LT"),
        ):
            type_in(wait_for(LineEdit, name), words)
        until(lambda: self._guest() is not None)
        self.settle()
        type_in(wait_for(LineEdit, "Name, list number or badge"), "zvirb", enter=False)
        results = wait_for(DoorResults)
        until(lambda: len(results.people) == 1)

    def note_mark(self) -> None:
        """Write a note to a mark, and open its cell in the register."""
        guest = self._guest()
        assert guest is not None

        def note(uow: object) -> object:
            slot = door_people(uow, self._workshop_id).slot  # type: ignore[arg-type]  # a unit of work
            return mark(
                uow,  # type: ignore[arg-type]  # as above
                registration_id=guest.registration_id,
                slot_id=slot.id,
                status="present",
                note=CANARIES["mark note"],
            )

        self.window.desk.jobs.command(note)  # type: ignore[arg-type]  # as above
        self.settle()
        self.go("register", workshop_id=self._workshop_id)

    def fill_card(self) -> None:
        """Put contact and a note on the person's card."""
        guest = self._guest()
        assert guest is not None
        self.go("people", person_id=guest.person_id)
        for name in ("E-mail", "Phone"):
            wait_for(Button, name).click()
            type_in(wait_for(LineEdit, name), CANARIES[name.lower()])
            self.settle()
        wait_for(Button, "Note").click()
        note = wait_for(NoteField)
        type_in(note.area, CANARIES["note"], enter=False)
        note.save()
        self.settle()
        self.seen["card"] = self._stored("note") + self._stored("email") + self._stored("phone")

    def look(self) -> None:
        """Find by Ctrl+K, and who is present now."""
        self.window.frame.find()
        palette = wait_for(CommandPalette)
        line = palette.findChildren(QLineEdit)[0]
        type_in(line, "kanar", enter=False)
        self.settle()
        QTest.keyClick(line, Qt.Key.Key_Escape)
        self.go("presence", workshop_id=self._workshop_id)
        self.go("history")

    def read_in(self) -> None:
        """Import a table through the page."""
        rows = [
            f"{CANARIES['given name']},{CANARIES['family name']} {number},{number}"
            f"{CANARIES['e-mail']},{CANARIES['organisation']},{CANARIES['support request']}"
            for number in range(600)
        ]
        file = self._outside / "people.csv"
        head = "given_name,family_name,email,organisation,access_needs"
        file.write_text("\n".join([head, *rows]), "utf-8")
        self.go("import", kind="participants", workshop_id=self._workshop_id)
        page = self.window.navigator.page
        assert isinstance(page, ImportPage)
        page.take_file(file)
        until(lambda: page.primary is not None and page.primary.is_enabled)
        assert page.primary is not None
        page.primary.act()
        self.settle()
        with self._workspace().reader() as reader:
            count = reader.raw.execute("SELECT count(*) FROM person").fetchone()[0]
        self.seen["people"] = count

    def draw(self) -> None:
        """Preview the list, send it to a printer that writes a file."""
        self.go("papers", workshop_id=self._workshop_id)
        page = self.window.navigator.page
        until(lambda: page is not None and page.primary is not None)
        self.settle()
        paper = page._paper  # type: ignore[union-attr]  # the page of papers
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(self._outside / "printed.pdf"))
        printer.setResolution(72)
        self.seen["pages"] = printing.send_to_printer(printer, paper.data, NO_PROGRESS)

    def crash(self) -> None:
        """Run into bugs in a slot, in a job, and in a destructor, each naming somebody."""
        QTimer.singleShot(0, _fail)
        until(lambda: shown(ReportDialog))
        dialog = shown(ReportDialog)
        assert dialog is not None
        dialog.accept()
        until(lambda: shown(ReportDialog) is None)
        self.window.desk.jobs.command(lambda _uow: _fail())
        until(lambda: shown(ReportDialog))
        _Failing()

    def look_at_oneself(self) -> None:
        """Note what others on this computer can see of the process, and what it still holds."""
        lines = [one for one in QApplication.allWidgets() if isinstance(one, QLineEdit)]
        self.seen["kept in a field"] = any(PASSPHRASE in one.text() for one in lines)
        self.seen["clipboard"] = QApplication.clipboard().text()
        process = Path("/proc/self")
        if process.exists():
            key = self._workspace().key
            told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            self.seen["told to others"] = PASSPHRASE.encode() in told or key.hex().encode() in told
        self.seen["key"] = self._workspace().key.hex()

    def leave(self) -> None:
        """Lock, unlock and close."""
        self.window.lock_wanted.emit()
        type_in(wait_for(LineEdit, "Passphrase"), PASSPHRASE)
        wait_for(MainWindow)
        self.settle()
        self.window.close()

    def _guest(self) -> DoorPerson | None:
        with self._workspace().reader() as reader:
            people = door_people(reader, self._workshop_id).people
        return next((one for one in people if CANARIES["family name"] in one.name), None)

    def _stored(self, column: str) -> str:
        guest = self._guest()
        assert guest is not None
        with self._workspace().reader() as reader:
            row = reader.raw.execute(
                f"SELECT {column} FROM person WHERE id = ?", (guest.person_id,)
            ).fetchone()
        return str(row[0])

    def _workspace(self) -> Workspace:
        workspace = self._program._workspace
        assert workspace is not None
        return workspace


class _Failing:
    def __del__(self) -> None:
        _fail()


def _fail() -> NoReturn:
    raise RuntimeError(CANARIES["family name"])


def main(root: Path, outside: Path) -> int:
    """Live through the morning and print what was seen."""
    _key, workshop_id = make_morning(root)
    application = make_application(sys.argv)
    application.setApplicationName("Mentor Desktop")
    application.setQuitOnLastWindowClosed(False)
    program = Program(application, MorningClock("09:15", is_running=True))
    logs.start(config.log_dir(), program.report)
    morning = Morning(program, root, outside, workshop_id)
    for step in (
        morning.unlock, morning.check_in, morning.note_mark, morning.fill_card, morning.look,
        morning.read_in, morning.draw, morning.crash, morning.look_at_oneself, morning.leave,
    ):  # fmt: skip
        step()
    sys.stdout.write(json.dumps(morning.seen))
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
