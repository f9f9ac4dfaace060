"""The real people page with 100,000 and 1,000,000 people: opened, and scrolled.

Each size in a process of its own, on a workspace nobody has read from yet (`people_list` makes
them). Opening is measured from the wish to the painted names, with the modules and the words of
the language loaded as they are behind the first page. A frame is one scroll step, or a jump to anywhere, and its painting;
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

from _window import Paints, Window, scroll_frames
from people_list import clock, make, rss_mb
from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QTableView
from report import Check, percentile, report

from mentor_desktop.i18n import current_language
from mentor_desktop.store.workspace import Workspace

SIZES = {100_000: 60.0, 1_000_000: 300.0}  # people: CPU milliseconds to open the page
MEMORY_MB = 25.0
FRAME_MS = 16.0
STEPS = 600
JUMPS = 300


def measure(root: Path, key: bytes) -> dict[str, float]:
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
    paints = Paints(table.viewport())
    window.wait(lambda: _has_names(table))
    window.frame_ms(table.viewport().update, paints)
    figures = {
        "open_cpu_ms": (time.process_time() - cpu) * 1000,
        "open_ms": (time.perf_counter() - wall) * 1000,
        "open_mb": rss_mb() - before_mb,
    }
    window.settle()
    bar, dice = table.verticalScrollBar(), random.Random(5)
    steps = scroll_frames(table, range(STEPS), window.settle)
    jumps = scroll_frames(
        table, [dice.randrange(bar.maximum()) for _ in range(JUMPS)], window.settle
    )
    figures["frame_p50_ms"], figures["jump_p50_ms"] = percentile(steps, 50), percentile(jumps, 50)
    figures["frame_p99_ms"] = percentile(steps + jumps, 99)
    figures["scrolled_mb"] = rss_mb() - before_mb
    filled = []
    for _again in range(50):
        started = time.perf_counter()
        bar.setValue(dice.randrange(bar.maximum()))
        window.wait(lambda: _has_names(table))
        filled.append((time.perf_counter() - started) * 1000)
    figures["jump_filled_p99_ms"] = percentile(filled, 99)
    window.close()
    workspace.close(with_backup=False)
    return {name: round(value, 2) for name, value in figures.items()}


def _has_names(table: QTableView) -> bool:
    model = table.model()
    row = table.rowAt(table.viewport().height() // 2)
    return row >= 0 and bool(model.index(row, 0, QModelIndex()).data())


def main() -> None:
    """Measure each size and print the line."""
    checks: list[Check] = []
    figures: dict[str, object] = {}
    for count, limit_ms in SIZES.items():
        with tempfile.TemporaryDirectory(prefix="people-window-") as folder:
            root = Path(folder) / "workspace"
            key = make(root, count)
            command = [sys.executable, __file__, str(root), key.hex()]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        got = json.loads(done.stdout.splitlines()[-1])
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
        print(json.dumps(measure(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]))))
    else:
        main()
