"""`make bench`: run every benchmark, one after the other, and sum them up.

Usage: python benchmarks/run.py [NAME …]   (a name is a file name without .py, or part of it)

A benchmark is a file here that prints one JSON line (see report.py); files that others
import (report.py) and this one are not. The lines are kept in build/bench/results.jsonl.
Exits 1 when a benchmark fails or a promise is not kept.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "build" / "bench" / "results.jsonl"
NOT_BENCHMARKS = {"run.py", "report.py"}
# A run of the load (MENTOR_LOAD_S) takes as long as it is told, and its set-up and check besides.
TIME_LIMIT_S = 900 + float(os.environ.get("MENTOR_LOAD_S", "0"))

Line = dict[str, Any]  # Any: parsed JSON, each benchmark adds figures of its own


def benchmarks(wanted: list[str]) -> list[Path]:
    """Return the benchmark files to run, in the order of their names."""
    files = sorted(path for path in HERE.glob("*.py") if not path.name.startswith("_"))
    files = [path for path in files if path.name not in NOT_BENCHMARKS]
    return [path for path in files if not wanted or any(name in path.stem for name in wanted)]


def run(path: Path) -> Line:
    """Run one benchmark in a process of its own and return its line."""
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    done = subprocess.run(
        [sys.executable, str(path)],
        env=environment,
        cwd=HERE.parent,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        timeout=TIME_LIMIT_S,
    )
    try:
        line: Line = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        line = {"promise": path.stem, "checks": []}
    if done.returncode or not line["checks"]:
        line.update(holds=False, failed=f"exit code {done.returncode}")
    return {"file": path.name, "load": os.getloadavg()[0], **line}


def show(line: Line) -> None:
    """Print one benchmark's checks as a person reads them."""
    print(f"\n{line['promise']} ({line['file']})")
    if "failed" in line:
        print(f"  FAILED: {line['failed']}")
    for check in line["checks"]:
        mark = "✓" if check["holds"] else "✗"
        print(f"  {mark} {check['what']}: {check['measured']:.4g} (at most {check['at_most']:g})")


def main(wanted: list[str]) -> int:
    """Run and show the wanted benchmarks."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    chosen = benchmarks(wanted)
    if not chosen:
        print(f"No benchmark is called {' or '.join(wanted)}.", file=sys.stderr)
        return 2
    kept = True
    for path in chosen:
        line = run(path)
        show(line)
        kept &= bool(line["holds"])
        with RESULTS.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"at": round(time.time()), **line}, ensure_ascii=False) + "\n")
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
