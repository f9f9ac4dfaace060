"""`make run`: the demo workshop, in the window or, without a display, on paper.

The workshop begins on the day this first runs. The workspace and its random passphrase are kept in
build/demo/; remove that folder to begin again. Only the commands of the program are used.

Usage: python tools/run_demo.py [FOLDER]
"""

import os
import secrets
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ATTENDANCE = ROOT / "resources" / "samples" / "attendance.csv"
WORKSHOP = "WS-2026-01"
_ENTROPY_BYTES = 18
_NAMED_PAPERS = 4


def _mentor_desktop(folder: Path, *arguments: str) -> int:
    keys = [
        "--workspace",
        str(folder / "workspace"),
        "--passphrase-file",
        str(folder / "passphrase.txt"),
    ]
    command = [sys.executable, "-m", "mentor_desktop", *keys, *arguments]
    return subprocess.run(command, check=False).returncode


def _make_workspace(folder: Path) -> int:
    """Make the demo workspace unless a whole one is there."""
    made = folder / ".made"
    if made.exists():
        return 0
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    passphrase = folder / "passphrase.txt"
    passphrase.touch(mode=0o600)
    passphrase.write_text(secrets.token_urlsafe(_ENTROPY_BYTES) + "\n", "utf-8")
    today = datetime.now().astimezone().date()
    code = _mentor_desktop(folder, "demo", "--starts-on", today.isoformat())
    if not code:
        made.touch()
    return code


def _do_the_workshop_day(folder: Path) -> int:
    """Import the marks, issue and print; return the first exit code that is not 0.

    Once only: a list printed again is a new list, and says so.
    """
    if (folder / ".printed").exists():
        return 0
    for arguments in (
        ("import", "attendance", str(ATTENDANCE), "--workshop", WORKSHOP),
        ("issue", "certificates", "--workshop", WORKSHOP),
        ("print", "list", "--workshop", WORKSHOP, "--out", str(folder)),
        ("print", "certificates", "--workshop", WORKSHOP, "--out", str(folder)),
    ):
        code = _mentor_desktop(folder, *arguments)
        if code:
            return code
    (folder / ".printed").touch()
    return 0


def _name_the_papers(folder: Path) -> None:
    papers = [path.relative_to(folder) for path in folder.rglob("*.pdf")]
    papers.sort(key=lambda paper: ("list" not in paper.name, paper.name))
    print(f"There is no display, so the workshop day was done on paper. In {folder}:")
    for paper in papers[:_NAMED_PAPERS]:
        print(f"  {paper}")
    if len(papers) > _NAMED_PAPERS:
        print(f"  … {len(papers)} papers in all")


def main(folder: Path) -> int:
    """Make the demo workspace in `folder` if needed, then show it."""
    code = _make_workspace(folder)
    if code:
        return code
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform != "linux":
        return _mentor_desktop(folder)
    code = _do_the_workshop_day(folder)
    if not code:
        _name_the_papers(folder)
    return code


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(Path(sys.argv[1] if sys.argv[1:] else "build/demo")))
