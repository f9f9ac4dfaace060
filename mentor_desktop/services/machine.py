"""What the computer itself can tell before a workshop: free disk and battery.

What it cannot tell is None, and readiness then says "not checked" instead of guessing.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_POWER_SUPPLIES = Path("/sys/class/power_supply")
_SECONDS_TO_ANSWER = 5


@dataclass(frozen=True)
class Battery:
    """Charge in per cent, and whether the mains is plugged in."""

    percent: int
    is_plugged_in: bool


@dataclass(frozen=True)
class Machine:
    """How to ask this computer; tests hand down their own answers."""

    free_bytes: Callable[[Path], int | None]
    battery: Callable[[], Battery | None]


def free_bytes(folder: Path) -> int | None:
    """Return the free space where `folder` lies; None when the system does not say."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def battery_of_linux(supplies: Path = _POWER_SUPPLIES) -> Battery | None:
    """Return the first battery the kernel knows; None without one."""
    for folder in sorted(supplies.glob("*")):
        try:
            if (folder / "type").read_text().strip() != "Battery":
                continue
            percent = int((folder / "capacity").read_text())
            status = (folder / "status").read_text().strip()
        except (OSError, ValueError):
            continue
        return Battery(percent, is_plugged_in=status in ("Charging", "Full", "Not charging"))
    return None


def battery_from_pmset(answer: str) -> Battery | None:
    """Return what macOS' `pmset -g batt` answered; None when it names no battery."""
    percent = re.search(r"(\d{1,3})%", answer)
    if percent is None:
        return None
    return Battery(int(percent[1]), is_plugged_in="'AC Power'" in answer)


def battery_from_windows(ac_line: int, flag: int, percent: int) -> Battery | None:
    """Return what Windows' SYSTEM_POWER_STATUS says; None for no battery (128) or unknown (255)."""
    no_battery, unknown, highest = 128, 255, 100
    if flag & no_battery or unknown in (flag, percent) or percent > highest:
        return None
    return Battery(percent, is_plugged_in=ac_line == 1)


if sys.platform == "win32":
    import ctypes

    class _PowerStatus(ctypes.Structure):
        _fields_ = (
            ("ac_line", ctypes.c_ubyte),
            ("flag", ctypes.c_ubyte),
            ("percent", ctypes.c_ubyte),
            ("saver", ctypes.c_ubyte),
            ("seconds_left", ctypes.c_ulong),
            ("seconds_full", ctypes.c_ulong),
        )

    def battery() -> Battery | None:
        """Return the battery of this computer; None when there is none or it does not say."""
        status = _PowerStatus()
        if not ctypes.windll.kernel32.GetSystemPowerStatus(ctypes.byref(status)):
            return None
        return battery_from_windows(status.ac_line, status.flag, status.percent)

elif sys.platform == "darwin":

    def battery() -> Battery | None:
        """Return the battery of this computer; None when there is none or it does not say."""
        try:
            answer = subprocess.run(
                ["/usr/bin/pmset", "-g", "batt"],
                capture_output=True,
                text=True,
                timeout=_SECONDS_TO_ANSWER,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return battery_from_pmset(answer.stdout)

else:

    def battery() -> Battery | None:
        """Return the battery of this computer; None when there is none or it does not say."""
        return battery_of_linux()


THIS_MACHINE = Machine(free_bytes, battery)
