"""`make package`: build the packaged program into build/dist/mentor-desktop/.

Usage: python installer/build.py PYTHON

PYTHON makes an environment of its own in build/package-venv with the run-time packages and
PyInstaller, nothing else: PyInstaller packs what lies around.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
ENVIRONMENT = BUILD / "package-venv"
LOCK = ROOT / "requirements-package.lock"
PROGRAM = BUILD / "dist" / "mentor-desktop"


def _run(*command: str | Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT, env=clean)


def _environment(python: str) -> Path:
    """Make the packaging environment unless it fits the lock; return its interpreter."""
    stamp = ENVIRONMENT / "lock.sha256"
    version = subprocess.run([python, "-VV"], capture_output=True, check=True).stdout
    wanted = hashlib.sha256(LOCK.read_bytes() + version).hexdigest()
    interpreter = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not stamp.exists() or stamp.read_text("ascii") != wanted:
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        _run(python, "-m", "venv", ENVIRONMENT)
        _run(interpreter, "-m", "pip", "install", "-qq", "--disable-pip-version-check",
             "--require-hashes", "-r", LOCK)  # fmt: skip
        stamp.write_text(wanted, "ascii")
    return interpreter


def size_mb(folder: Path) -> float:
    """Return what a folder takes on disk, in units of 1,000,000 bytes."""
    files = (path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())
    return sum(files) / 1e6


def main(python: str) -> int:
    """Build the packaged program."""
    interpreter = _environment(python)
    shutil.rmtree(PROGRAM, ignore_errors=True)
    _run(interpreter, "installer/licences.py", ROOT / "requirements.lock", BUILD / "licences")
    _run(interpreter, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR",
         "--distpath", PROGRAM.parent, "--workpath", BUILD / "pyinstaller",
         "installer/mentor-desktop.spec")  # fmt: skip
    files = sum(1 for path in PROGRAM.rglob("*") if path.is_file())
    print(f"Packaged: {PROGRAM.relative_to(ROOT)}, {size_mb(PROGRAM):.0f} MB in {files} files.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
