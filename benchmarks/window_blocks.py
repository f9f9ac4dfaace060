"""The longest time in which the window does not answer, while what is needed soon is loaded.

The program itself, started on the demo workspace with the key at hand, from the first paint until
the warm-up is over. A timer of 5 ms in the window's thread notes its silences: of each the program's
CPU, which is what it lasts where no other program wants the processor (the window waits for the
interpreter that the importing thread holds), wall time, and CPU of the window's own thread.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from cold_start import demo_workspace, environment
from report import Check, percentile, report

LONGEST_MS = 50.0
RUNS = 5
START_LIMIT_S = 60

PROGRAM = """
import gc, json, os, sys, time
gc.disable()
from pathlib import Path
from PySide6.QtCore import QTimer
from mentor_desktop import app
from mentor_desktop.ui.jobs import Jobs

class Watch:
    def __init__(self):
        self.timer = QTimer(interval=5)
        self.timer.timeout.connect(self.tick)
        self.silences = []
        self.jobs = None

    def begin(self, jobs):
        self.jobs, self.at, self.began = jobs, time.perf_counter(), time.perf_counter()
        self.own, self.cpu = time.thread_time(), time.process_time()
        self.timer.start()

    def tick(self):
        now, own, cpu = time.perf_counter(), time.thread_time(), time.process_time()
        spans = (cpu - self.cpu, now - self.at, own - self.own)
        self.silences.append([round(span * 1000, 1) for span in spans])
        self.at, self.own, self.cpu = now, own, cpu
        if gc.isenabled() and not self.jobs.pending:
            took = round((now - self.began) * 1000)
            print(json.dumps({"silences": sorted(self.silences)[-5:], "warm_after_ms": took}))
            sys.stdout.flush()
            os._exit(0)

watch, warm_up = Watch(), Jobs.warm_up

def begin(jobs, *what):
    watch.begin(jobs)
    warm_up(jobs, *what)

Jobs.warm_up = begin
app.open_window(
    workspace=Path(os.environ["BENCH_WORKSPACE"]), key=bytes.fromhex(os.environ["BENCH_KEY"])
)
"""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="mentor-bench-") as folder:
        home = Path(folder)
        offscreen = {**environment("", home), "QT_QPA_PLATFORM": "offscreen"}
        workspace, key, _ms = demo_workspace(home, offscreen)
        offscreen |= {"BENCH_WORKSPACE": str(workspace), "BENCH_KEY": key}
        runs = []
        for _run in range(RUNS):
            (workspace / "workspace.open").unlink(missing_ok=True)
            done = subprocess.run(
                [sys.executable, "-c", PROGRAM],
                env=offscreen,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
                timeout=START_LIMIT_S,
            )
            runs.append(json.loads(done.stdout.splitlines()[-1]))
    longest = [run["silences"][-1][0] for run in runs]
    report(
        "window after the first paint",
        [
            Check(
                "longest silence, CPU, median of 5 starts, ms", percentile(longest, 50), LONGEST_MS
            )
        ],
        runs=runs,
        load=round(os.getloadavg()[0], 1),
    )


if __name__ == "__main__":
    main()
