"""The real people page with 100,000 and 1,000,000 people: opened, and scrolled.

Each size in a process of its own, on a workspace nobody has read from yet (`people_list` makes
them). Opening is measured from the wish to the painted names, with the modules and the words of
the language loaded as they are behind the first page; it is the median of three processes, for it
happens once in each. A frame is one scroll step, or a jump to anywhere, and its painting;
the rows of a place not seen yet come from the store a moment later, which is told apart.
"""

import importlib
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _window import Window, scroll_frames
from people_list import clock, make, rss_mb
from PySide6.QtCore import QEvent, QModelIndex, QObject
from PySide6.QtWidgets import QTableView
from report import Check, percentile, report

from mentor_desktop.i18n import current_language
from mentor_desktop.store.workspace import Workspace

SIZES = {100_000: 60.0, 1_000_000: 300.0}  # people: CPU milliseconds to open the page
MEMORY_MB = 25.0
FRAME_MS = 16.0
STEPS = 600
JUMPS = 300
OPENINGS = 3


class PaintOfNames(QObject):
    """Notes when a table is painted with names in it."""

    def __init__(self, table: QTableView) -> None:
        super().__init__()
        self._table = table
        self.is_done = False
        table.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt calls it so
        if event.type() == QEvent.Type.Paint:
            self.is_done = self.is_done or _has_names(self._table)
        return False


def measure(root: Path, key: bytes, *, scrolling: bool) -> dict[str, float]:
    """Open the page and scroll."""
    workspace = Workspace.open(root, key, clock=clock)
    window = Window(workspace, clock)
    window.go("workshops")
    importlib.import_module("mentor_desktop.ui.pages.people_page")
    current_language().load()
    before_mb, cpu, wall = rss_mb(), time.process_time(), time.perf_counter()
    window.main.navigator.go("people", {})
    table = window.page.findChild(QTableView)
    assert table is not None
    names = PaintOfNames(table)
    window.wait(lambda: names.is_done)
    figures = {
        "open_cpu_ms": (time.process_time() - cpu) * 1000,
        "open_ms": (time.perf_counter() - wall) * 1000,
        "open_mb": rss_mb() - before_mb,
    }
    if scrolling:
        figures |= _scroll(window, table)
    window.close()
    workspace.close(with_backup=False)
    return {name: round(value, 2) for name, value in figures.items()}


def _scroll(window: Window, table: QTableView) -> dict[str, float]:
    before_mb = rss_mb()
    window.settle()
    bar, dice = table.verticalScrollBar(), random.Random(5)
    steps = scroll_frames(table, range(STEPS), window.settle)
    jumps = scroll_frames(
        table, [dice.randrange(bar.maximum()) for _ in range(JUMPS)], window.settle
    )
    scrolled_mb = rss_mb() - before_mb
    filled = []
    for _again in range(50):
        started = time.perf_counter()
        bar.setValue(dice.randrange(bar.maximum()))
        window.wait(lambda: _has_names(table))
        filled.append((time.perf_counter() - started) * 1000)
    return {
        "frame_p50_ms": percentile(steps, 50),
        "jump_p50_ms": percentile(jumps, 50),
        "frame_p99_ms": percentile(steps + jumps, 99),
        "scrolling_adds_mb": scrolled_mb,
        "jump_filled_p99_ms": percentile(filled, 99),
    }


def _has_names(table: QTableView) -> bool:
    model = table.model()
    row = table.rowAt(table.viewport().height() // 2)
    return row >= 0 and bool(model.index(row, 0, QModelIndex()).data())


def _in_a_process(root: Path, key: bytes, how: str) -> dict[str, float]:
    command = [sys.executable, __file__, str(root), key.hex(), how]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    got: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return got


def main() -> None:
    """Measure each size and print the line."""
    checks: list[Check] = []
    figures: dict[str, object] = {}
    for count, limit_ms in SIZES.items():
        with tempfile.TemporaryDirectory(prefix="people-window-") as folder:
            root = Path(folder) / "workspace"
            key = make(root, count)
            got, *others = [
                _in_a_process(root, key, how) for how in ("scroll", *["open"] * (OPENINGS - 1))
            ]
        for name in ("open_cpu_ms", "open_ms", "open_mb"):
            got[name] = percentile([one[name] for one in (got, *others)], 50)
        checks += [
            Check(f"{count:,} people: open the page, CPU ms", got["open_cpu_ms"], limit_ms),
            Check(f"{count:,} people: memory added, MB", got["open_mb"], MEMORY_MB),
            Check(
                f"{count:,} people: frame, jumps included, p99 CPU ms",
                got["frame_p99_ms"],
                FRAME_MS,
            ),
        ]
        figures[str(count)] = got
    report("people page", checks, sizes=figures)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        place, key_, how = sys.argv[1:]
        print(json.dumps(measure(Path(place), bytes.fromhex(key_), scrolling=how == "scroll")))
    else:
        main()
