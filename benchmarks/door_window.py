"""The real door page with 2,000 registrations and 20,000 people: typing, Enter, and an import beside.

A key stroke is measured from the key event to the end of the painting of the answer; a mark from
Enter until the window hears that it is durable (`synchronous = FULL`). Then the same while files
of 10,000 participants are imported into other workshops as work beside it.
"""

import random
import tempfile
import time
from datetime import timedelta
from functools import partial
from pathlib import Path

from _crowd import Clock, Crowd, add_workshop, make_crowd
from _window import Paints, Window
from import_participants import table
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from report import Check, percentile, report

from mentor_desktop.progress import Progress
from mentor_desktop.services.imports.run import ImportOutcome, ImportRequest, Store, run_import
from mentor_desktop.ui.door.box import DoorBox
from mentor_desktop.ui.door.results import DoorResults

PAINTED_MS = 50.0
DURABLE_MS = 100.0
PEOPLE = 300
IMPORTS = 4


class Door:
    """The door page and what is measured at it."""

    def __init__(self, window: Window, crowd: Crowd) -> None:
        self._window = window
        window.go("door", workshop_id=crowd.workshop_id)
        found = [window.page.findChild(kind) for kind in (DoorBox, DoorResults)]
        box, results = found
        assert isinstance(box, DoorBox)
        assert isinstance(results, DoorResults)
        self._box = box
        self._paints = Paints(results.viewport())
        self.painted: list[float] = []
        self.durable: list[float] = []

    def check_in(self, registration_number: int) -> None:
        """Type a list number digit by digit, then Enter."""
        self._type(str(registration_number))
        heard: list[float] = []
        # What an exchange brought is no action of this window.
        link = self._window.jobs.changed.connect(
            lambda changes: heard.append(time.perf_counter()) if changes.txn else None
        )
        started = time.perf_counter()
        QTest.keyClick(self._box, Qt.Key.Key_Return)
        self._window.wait(lambda: bool(heard))
        self._window.jobs.changed.disconnect(link)
        self.durable.append((heard[0] - started) * 1000)

    def look_for(self, name: str) -> None:
        """Type the first letters of a name and empty the box again."""
        self._type(name[:4])
        self._box.empty()

    def _type(self, text: str) -> None:
        for letter in text:
            stroke = partial(QTest.keyClicks, self._box, letter)
            self.painted.append(self._window.frame_ms(stroke, self._paints))


def _import(request: ImportRequest, store: Store, progress: Progress) -> ImportOutcome:
    return run_import(store, request, progress=progress)


def main() -> None:
    """Measure and print."""
    clock, dice = Clock(), random.Random(5)
    with tempfile.TemporaryDirectory(prefix="mentor-bench-") as folder:
        crowd = make_crowd(Path(folder) / "w", clock, marked_slots=1)
        clock.now += timedelta(days=1)
        codes = [f"WS-OTHER-{number}" for number in range(IMPORTS)]
        for code in codes:
            add_workshop(crowd.workspace, code)
        window = Window(crowd.workspace, clock)
        quiet = Door(window, crowd)
        numbers = iter(dice.sample(range(1, len(crowd.registrations)), PEOPLE * 4))
        for _person in range(PEOPLE):
            quiet.look_for(dice.choice(("sarunas", "jurate", "peter", "durdica", "ines")))
            quiet.check_in(next(numbers))
        window.settle()
        busy = Door(window, crowd)
        for number, code in enumerate(codes):
            request = ImportRequest(
                kind="participants",
                file_name="people.csv",
                content=table(seed=number, domain=f"import{number}.example.org"),
                workshop=code,
            )
            done: list[object] = []
            window.jobs.work(partial(_import, request), "import", done.append)
            while not done:
                busy.look_for("jurate")
                busy.check_in(next(numbers))
        window.settle()
        window.close()
        crowd.workspace.close(with_backup=False)
    report(
        "door page with 2,000 registrations",
        [
            Check("key stroke painted, p99 ms", percentile(quiet.painted, 99), PAINTED_MS),
            Check("mark durable, p99 ms", percentile(quiet.durable, 99), DURABLE_MS),
            Check("during imports: painted, p99 ms", percentile(busy.painted, 99), PAINTED_MS),
            Check("during imports: durable, p99 ms", percentile(busy.durable, 99), DURABLE_MS),
        ],
        painted_median_ms=round(percentile(quiet.painted, 50), 2),
        durable_median_ms=round(percentile(quiet.durable, 50), 2),
        during_imports={
            "painted_median_ms": round(percentile(busy.painted, 50), 2),
            "durable_median_ms": round(percentile(busy.durable, 50), 2),
            "durable_slowest_ms": round(max(busy.durable)),
            "marks": len(busy.durable),
        },
    )


if __name__ == "__main__":
    main()
