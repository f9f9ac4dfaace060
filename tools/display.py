"""A display without a screen, with a window manager, and eyes and hands for it.

Usage: python -m tools.display COMMAND …   (runs it on such a display, with Qt's xcb platform)
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCREEN = "1600x1000x24"
_STEP_S = 0.1
_GRAB = """
import sys
from PySide6.QtGui import QGuiApplication
app = QGuiApplication([])
picture = app.primaryScreen().grabWindow(int(sys.argv[1]))
assert picture.save(sys.argv[2]), "the picture could not be written"
image = picture.toImage()
wide, high = range(0, image.width(), 7), range(0, image.height(), 7)
print(len({image.pixel(x, y) for x in wide for y in high}))
"""


@contextmanager
def display() -> Iterator[str]:
    """Start Xvfb and openbox; give the name of the display."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as stream:
        name = f":{stream.readline().strip()}"
    environment = {**os.environ, "DISPLAY": name}
    manager = subprocess.Popen(
        ["openbox"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield name
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait(timeout=10)


def window_named(
    name: str,
    display_name: str,
    program: subprocess.Popen[bytes],
    timeout_s: float,
    at_least_wide: int = 0,
) -> str:
    """Return the id of the visible window with this name in its title, and of this width.

    Raises:
        RuntimeError: the program ended, or no such window came in time.
    """
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if program.poll() is not None:
            raise RuntimeError(
                f"the program ended with {program.returncode} before its window came"
            )
        for window in _xdotool(display_name, "search", "--onlyvisible", "--name", name).split():
            shape = _xdotool(display_name, "getwindowgeometry", "--shell", window)
            found = re.search(r"^WIDTH=(\d+)$", shape, re.MULTILINE)
            if found and int(found[1]) >= at_least_wide:
                return window
        time.sleep(_STEP_S)
    raise RuntimeError(f"no window named {name!r} within {timeout_s:g} s")


def _xdotool(display_name: str, *arguments: str) -> str:
    """Return what xdotool prints; "" when it finds nothing, or the window has just gone."""
    environment = {**os.environ, "DISPLAY": display_name}
    command = ["xdotool", *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False
    ).stdout


def colours_shown(window: str, display_name: str, picture: Path) -> int:
    """Save a picture of a window and return how many colours are in it."""
    done = subprocess.run(
        [sys.executable, "-c", _GRAB, window, str(picture)],
        env={**os.environ, "DISPLAY": display_name, "QT_QPA_PLATFORM": "xcb"},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def close(window: str, display_name: str) -> None:
    """Close a window by the window manager's own key, as a person would."""
    subprocess.run(
        ["xdotool", "windowactivate", "--sync", window, "key", "--clearmodifiers", "alt+F4"],
        env={**os.environ, "DISPLAY": display_name},
        check=True,
    )


def main(command: list[str]) -> int:
    """Run a command on a display of its own; return its exit code."""
    with display() as name:
        environment = {**os.environ, "DISPLAY": name, "QT_QPA_PLATFORM": "xcb"}
        environment.pop("WAYLAND_DISPLAY", None)
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
