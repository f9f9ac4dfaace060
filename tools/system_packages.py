"""Install the system libraries that Python packages cannot bring along.

Run by `make setup` with the plain system Python, before there is an environment: standard
library only. On Debian and its children as root it installs what is missing; for anybody
else it names what is missing and the command that helps.
"""

import ctypes.util
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

# Qt's platform plugins (libqxcb, libqwayland) and what they load by name.
WINDOW = (
    "libdbus-1-3",
    "libegl1",
    "libfontconfig1",
    "libgl1",
    "libglib2.0-0",
    "libwayland-client0",
    "libwayland-cursor0",
    "libwayland-egl1",
    "libx11-xcb1",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-sync1",
    "libxcb-xfixes0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
    "libxkbcommon0",
)
# A display without a screen and a window manager for journeys, readers for PDF references,
# the tools that PyInstaller looks into libraries with, and the database of larger servers.
TESTS = (
    "binutils",
    "openbox",
    "poppler-utils",
    "postgresql",
    "tzdata",
    "x11-utils",
    "xdotool",
    "xvfb",
)


def _python_packages() -> list[str]:
    """Return what Debian's own Python lacks; empty for any other build."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    wanted = []
    if importlib.util.find_spec("ensurepip") is None:
        wanted.append(f"{version}-venv")
    folder, name = sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("INSTSONAME")
    beside = Path(str(folder), str(name)).exists()
    if not beside and ctypes.util.find_library(version) is None:
        wanted.append(f"lib{version}")
    return wanted


def _installed(names: tuple[str, ...]) -> set[str]:
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f=${db:Status-Status} ${Package}\n", *names],
        capture_output=True,
        text=True,
        check=False,  # it exits 1 when one of them is unknown
    )
    rows = (line.split() for line in asked.stdout.splitlines())
    return {name for status, name in rows if status == "installed"}


def _install(missing: list[str]) -> int:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(f"Installing system packages: {' '.join(missing)}", flush=True)
    for command in (
        ["apt-get", "-qq", "update"],
        ["apt-get", "-qq", "install", "-y", "--no-install-recommends", *missing],
    ):
        # Progress is dropped, complaints come through on standard error.
        done = subprocess.run(
            command, env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
        )
        if done.returncode:
            print(f"`{' '.join(command)}` failed; see its message above.", file=sys.stderr)
            return 1
    return 0


def main() -> int:
    """Install or name the missing packages; 1 when the environment cannot be made without."""
    essential = _python_packages()
    if shutil.which("dpkg-query") is None:
        if essential:
            print("This Python has no ensurepip; install its venv support.", file=sys.stderr)
        return int(bool(essential))
    there = _installed(WINDOW + TESTS)
    missing = essential + [name for name in WINDOW + TESTS if name not in there]
    if not missing:
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        return _install(missing)
    print(
        "Some system packages seem to be missing. The window or the tests may not start"
        f" until an administrator runs:\n  apt-get install {' '.join(missing)}",
        file=sys.stderr,
    )
    return int(any(name.endswith("-venv") for name in essential))


if __name__ == "__main__":
    sys.exit(main())
