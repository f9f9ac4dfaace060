"""Cold start to the painted page, beside a bare PySide6 window and three peers.

Real windows on an X server of its own. From source: the Today page with the key at hand,
the lock page without it. Packaged, when `make package` was run: the lock page. What deriving the
key and asking the keyring cost is told apart. Peers (Vorta, Picard, Anki)
are started when their environments are in build/peers (`python benchmarks/_peers.py`).
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from _x11_start import Start, measure
from report import Check, report

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "build" / "peers"
PACKAGED = ROOT / "build" / "dist" / "mentor-desktop" / "mentor-desktop"
RUNS = 7
WARM_UP = 2
MOST_TIMES_FLOOR = 2.0
PASSPHRASE = "five calm words for benchmarks"

FLOOR = """
import sys
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
app = QApplication(sys.argv)
window = QMainWindow(); window.setWindowTitle("Floor"); window.resize(1000, 700)
window.setCentralWidget(QLabel("One label in one window")); window.show()
sys.exit(app.exec())
"""

# What `python -m mentor_desktop` does, with the key given.
KEY_AT_HAND = """
import gc, os, sys
gc.disable()
from pathlib import Path
from mentor_desktop.app import open_window
sys.exit(open_window(workspace=Path(os.environ["BENCH_WORKSPACE"]), key=bytes.fromhex(os.environ["BENCH_KEY"])))
"""


@contextmanager
def x_server() -> Iterator[str]:
    """Start Xvfb with a window manager on a free display; end both by their ids."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            str(writing),
            "-screen",
            "0",
            "1600x1000x24",
            "-noreset",
            "-nolisten",
            "tcp",
        ],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as stream:
        display = ":" + stream.readline().strip()
    manager = subprocess.Popen(
        ["openbox", "--sm-disable"],
        env={**os.environ, "DISPLAY": display},
        stderr=subprocess.DEVNULL,
    )
    time.sleep(0.5)
    try:
        yield display
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait()


def environment(display: str, home: Path, **more: str) -> dict[str, str]:
    """Return an environment with a home of its own, bytecode on, drawing on `display`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHONDONTWRITEBYTECODE", "QT_QPA_PLATFORM"}
    }
    return {
        **kept,
        "DISPLAY": display,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "PYTHONPATH": str(ROOT),
        **more,
    }


@dataclass(frozen=True)
class Program:
    """What is started, and how its window is called; `before` makes each start the same."""

    command: Sequence[str]
    title: str
    surroundings: Mapping[str, str]
    before: Callable[[], object] = lambda: None


def medians(programs: Mapping[str, Program]) -> dict[str, Start]:
    """Return the medians of several starts of each, after warm ones.

    All are started in turn: when the load of the machine changes, it changes for each.
    """
    starts: dict[str, list[Start]] = {name: [] for name in programs}
    for _run in range(WARM_UP + RUNS):
        for name, program in programs.items():
            program.before()
            starts[name].append(measure(program.command, program.title, program.surroundings))
    return {name: _median(found[WARM_UP:]) for name, found in starts.items()}


def _median(starts: Sequence[Start]) -> Start:
    return Start(*(statistics.median(values) for values in zip(*map(astuple, starts), strict=True)))


def put_back(workspace: Path, kept: Path) -> None:
    """Make the workspace one that was closed well: the last start was ended by a signal."""
    shutil.rmtree(workspace, ignore_errors=True)
    shutil.copytree(kept, workspace)


def demo_workspace(folder: Path, surroundings: Mapping[str, str]) -> tuple[Path, str, float]:
    """Make the demo workspace; return its folder, its key in hex, and ms of deriving the key."""
    secret = folder / "passphrase"
    secret.write_text(PASSPHRASE + "\n")
    workspace = folder / "workspace"
    command = [
        sys.executable,
        "-m",
        "mentor_desktop",
        "demo",
        "--workspace",
        str(workspace),
        "--passphrase-file",
        str(secret),
    ]
    subprocess.run(command, env=dict(surroundings), check=True, stdout=subprocess.DEVNULL)
    from mentor_desktop.store.keyfile import KeyFile  # after the path is known to hold

    key_file = KeyFile.load(workspace / "workspace.key.json")
    began = time.perf_counter()
    key = key_file.open_with_passphrase(PASSPHRASE)
    return workspace, key.hex(), (time.perf_counter() - began) * 1000


def keyring_ms() -> float:
    """Return the ms of asking the system's keyring for a key it does not have."""
    from mentor_desktop.store.keyring_store import recall_key  # its import is part of the cost

    began = time.perf_counter()
    recall_key("benchmark")
    return (time.perf_counter() - began) * 1000


def peers(display: str, home: Path) -> dict[str, Program]:
    """Return each peer that is installed."""
    commands = {
        "vorta": ([str(PEERS / "vorta/bin/vorta")], "Vorta"),
        "picard": (
            [str(PEERS / "picard/bin/picard"), "-N", "-P", "-s", "-c", str(home / "picard.ini")],
            "Picard",
        ),
        "anki": (
            [str(PEERS / "aqt/bin/anki"), "-b", str(PEERS / "anki-base"), "-p", "User 1"],
            "Anki",
        ),
    }
    (home / "picard.ini").write_text("[setting]\nshow_new_user_dialog=false\n")
    return {
        name: Program(
            command, title, environment(display, home / name, QTWEBENGINE_DISABLE_SANDBOX="1")
        )
        for name, (command, title) in commands.items()
        if Path(command[0]).exists()
    }


def lock_pages(python: str) -> dict[str, list[str]]:
    """Return the commands that show a lock page: from source, and packaged if that was built."""
    commands = {"lock page": [python, "-m", "mentor_desktop"]}
    if PACKAGED.exists():
        commands["lock page, packaged"] = [str(PACKAGED)]
    return commands


def main() -> None:
    """Measure everything in one run and print the line."""
    python = sys.executable
    with TemporaryDirectory() as temporary, x_server() as display:
        home = Path(temporary)
        workspace, key, derivation_ms = demo_workspace(home, environment(display, home))
        before = partial(put_back, workspace, home / "kept")
        shutil.copytree(workspace, home / "kept")
        surroundings = environment(display, home, BENCH_WORKSPACE=str(workspace), BENCH_KEY=key)
        others = peers(display, home)
        figures = medians(
            {
                "floor": Program([python, "-c", FLOOR], "Floor", surroundings),
                "today, key at hand": Program(
                    [python, "-c", KEY_AT_HAND], "Mentor Desktop", surroundings, before
                ),
                **{
                    name: Program(
                        [*command, "--workspace", str(workspace)],
                        "Mentor Desktop",
                        surroundings,
                        before,
                    )
                    for name, command in lock_pages(python).items()
                },
                **others,
            }
        )
    floor = figures["floor"]
    starts = {name: start for name, start in figures.items() if name not in {"floor", *others}}
    checks = [
        Check(
            f"{name}, painted: times the bare window",
            start.painted_ms / floor.painted_ms,
            MOST_TIMES_FLOOR,
        )
        for name, start in starts.items()
    ]
    checks += [
        Check(
            f"today, key at hand, painted: times {name}",
            starts["today, key at hand"].painted_ms / figures[name].painted_ms,
            1.0,
        )
        for name in others
    ]
    checks += [
        Check(f"{name}: CPU, times the bare window", start.cpu_ms / floor.cpu_ms, MOST_TIMES_FLOOR)
        for name, start in starts.items()
    ]
    report(
        "cold start",
        checks,
        key_derivation_ms=derivation_ms,
        keyring_look_up_ms=keyring_ms(),
        **{name: asdict(start) for name, start in figures.items()},
    )


if __name__ == "__main__":
    main()
