"""The power goes at 10:42 in the middle of the queue; the program is started again.

Both programs are processes of their own, driven by the keys of a real keyboard (xdotool).
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import Morning
from tests.journeys.hands import PICTURES
from tests.journeys.morning import EXPECTED
from tools.display import colours_shown, window_named

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="needs an X display"),
]

ROOT = Path(__file__).parents[2]
GUESTS = ("ion", "baltea", "stanci", "margi", "ade")
_LONGEST_S = 30.0
_WHOLE_SCREEN = "0"


class Program:
    """One run of the program: what its window says, and a keyboard for it."""

    def __init__(self, process: subprocess.Popen[bytes], state: Path) -> None:
        self.process = process
        self._state = state
        window_named("Mentor Desktop", os.environ["DISPLAY"], process, _LONGEST_S)

    @property
    def shown(self) -> dict[str, Any]:
        """What the window shows now."""
        try:
            return dict(json.loads(self._state.read_text("utf-8")))
        except FileNotFoundError:
            return {}

    def until(self, **wanted: object) -> dict[str, Any]:
        """Wait until the window shows this."""
        deadline = time.monotonic() + _LONGEST_S
        while time.monotonic() < deadline:
            shown = self.shown
            if all(shown.get(name) == value for name, value in wanted.items()):
                return shown
            time.sleep(0.02)
        raise AssertionError(f"wanted {wanted}, the window shows {self.shown}")

    def keys(self, *keys: str) -> None:
        """Press keys on the keyboard of the display."""
        subprocess.run(["xdotool", "key", "--delay", "30", *keys], check=True, timeout=_LONGEST_S)

    def letters(self, text: str) -> None:
        """Type letters on the keyboard of the display."""
        subprocess.run(["xdotool", "type", "--delay", "30", text], check=True, timeout=_LONGEST_S)

    def see(self, name: str) -> None:
        """Save a picture of the display."""
        folder = PICTURES / "power_cut"
        folder.mkdir(parents=True, exist_ok=True)
        colours_shown(_WHOLE_SCREEN, os.environ["DISPLAY"], folder / f"{name}.png")


@contextmanager
def started(morning: Morning, clock: str, state: Path) -> Iterator[Program]:
    """Start the program; whatever happens, it is gone afterwards."""
    state.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.journeys.morning_program"]
    process = subprocess.Popen(
        [*command, str(morning.root), str(morning.passphrase_file), clock, str(state)], cwd=ROOT
    )
    try:
        yield Program(process, state)
    finally:
        process.kill()
        process.wait()


@pytest.mark.skipif(not shutil.which("xdotool"), reason="needs xdotool")
def test_after_a_power_cut_the_same_screen_is_there_with_every_mark(
    morning: Morning, tmp_path: Path
) -> None:
    state = tmp_path / "state.json"
    with started(morning, "10:41:50", state) as program:
        program.until(place="today", is_page_there=True, pending=0)
        program.keys("Return")
        program.until(place="door", counter=f"0 / {EXPECTED}", focus="Name, list number or badge")
        for done, guest in enumerate(GUESTS, 1):
            program.letters(guest)
            program.until(typed=guest)
            program.keys("Return")
            program.until(counter=f"{done} / {EXPECTED}", pending=0)
        program.letters("mu")
        before = program.until(typed="mu")
        program.see("01 before the power cut")
        program.process.send_signal(signal.SIGKILL)
        program.process.wait()

    with started(morning, "10:44", state) as program:
        after = program.until(place="door", counter=f"5 / {EXPECTED}", pending=0)
        program.see("02 after it")
        assert after["where"] == before["where"]
        assert after["focus"] == "Name, list number or badge"
        assert after["dialogs"] == 0
        (banner,) = after["banners"]
        assert banner.startswith("Restored. Last saved 10:4")
        assert banner.endswith(", 5 marks")
        # Nothing to decide: the next guest is let in at once.
        program.letters("mun")
        program.until(typed="mun")


def test_after_a_clean_close_it_begins_with_today(morning: Morning, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with started(morning, "09:05", state) as program:
        program.until(place="today", is_page_there=True, pending=0)
        program.keys("Return")
        program.until(place="door", counter=f"0 / {EXPECTED}")
        program.keys("ctrl+q")
        assert program.process.wait(timeout=_LONGEST_S) == 0
    with started(morning, "09:06", state) as program:
        shown = program.until(place="today", is_page_there=True, pending=0)
        assert shown["banners"] == []
