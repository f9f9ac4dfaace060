"""The real register page of 2,000 people × 12 half-days: opened, and scrolled.

Opening is measured from the wish to the painted rows, the first time in this process, with its
modules imported as they are behind the first page. A frame is one scroll step and its painting.
"""

import importlib
import random
import tempfile
import time
from pathlib import Path

from _crowd import Clock, make_crowd
from _window import Paints, Window, scroll_frames
from PySide6.QtWidgets import QTableView
from report import Check, percentile, report

OPEN_MS = 300.0
FRAME_MS = 16.0
JUMPS = 300


def main() -> None:
    """Measure and print."""
    clock = Clock()
    with tempfile.TemporaryDirectory(prefix="mentor-bench-") as folder:
        crowd = make_crowd(Path(folder) / "w", clock, marked_slots=12)
        window = Window(crowd.workspace, clock)
        window.go("workshops")
        importlib.import_module("mentor_desktop.ui.pages.register_page")
        cpu, wall = time.process_time(), time.perf_counter()
        window.main.navigator.go("register", {"workshop_id": crowd.workshop_id})
        table = window.page.findChild(QTableView)
        assert table is not None
        window.wait(lambda: table.model().rowCount() > 0)
        window.frame_ms(lambda: None, Paints(table.viewport()))
        opened_ms = (time.perf_counter() - wall) * 1000
        opened_cpu_ms = (time.process_time() - cpu) * 1000
        window.settle()
        bar = table.verticalScrollBar()
        steps = scroll_frames(table, range(0, bar.maximum(), max(1, bar.maximum() // 1_000)))
        dice = random.Random(3)
        jumps = scroll_frames(table, [dice.randrange(bar.maximum()) for _jump in range(JUMPS)])
        window.close()
        crowd.workspace.close(with_backup=False)
    report(
        "register page of 2,000 × 12",
        [
            Check("opened and painted, ms", opened_ms, OPEN_MS),
            Check(
                "scroll frame, jumps included, p99 CPU ms", percentile(steps + jumps, 99), FRAME_MS
            ),
        ],
        opened_cpu_ms=round(opened_cpu_ms, 1),
        frame_median_ms=round(percentile(steps, 50), 2),
        jump_median_ms=round(percentile(jumps, 50), 2),
    )


if __name__ == "__main__":
    main()
