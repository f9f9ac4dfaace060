"""`make run`: the demo workshop, in the window or, without a display, on paper.

The workspace and its random passphrase are made once and kept in build/demo/; remove that
folder to begin again. Only the commands of the program are used.
"""

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "build" / "demo"
WORKSPACE = DEMO / "workspace"
PASSPHRASE = DEMO / "passphrase.txt"
ATTENDANCE = ROOT / "resources" / "samples" / "attendance.csv"
WORKSHOP = "WS-2026-01"
_ENTROPY_BYTES = 18


def _mentor_desktop(*arguments: str) -> int:
    command = [
        sys.executable, "-m", "mentor_desktop",
        "--workspace", str(WORKSPACE), "--passphrase-file", str(PASSPHRASE), *arguments,
    ]  # fmt: skip
    return subprocess.run(command, check=False).returncode


def _make_workspace() -> int:
    """Make the demo workspace unless a whole one is there."""
    made = DEMO / ".made"
    if made.exists() and WORKSPACE.is_dir() and PASSPHRASE.is_file():
        return 0
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir(parents=True)
    PASSPHRASE.touch(mode=0o600)
    PASSPHRASE.write_text(secrets.token_urlsafe(_ENTROPY_BYTES) + "\n", "utf-8")
    code = _mentor_desktop("demo")
    if not code:
        made.touch()
    return code


def _do_the_workshop_day() -> int:
    """Import the marks, issue and print; return the first exit code that is not 0."""
    for arguments in (
        ("import", "attendance", str(ATTENDANCE), "--workshop", WORKSHOP),
        ("issue", "certificates", "--workshop", WORKSHOP),
        ("print", "list", "--workshop", WORKSHOP, "--out", str(DEMO)),
        ("print", "certificates", "--workshop", WORKSHOP, "--out", str(DEMO)),
    ):
        code = _mentor_desktop(*arguments)
        if code:
            return code
    papers = sorted(DEMO.rglob("*.pdf"))
    print(
        f"There is no display, so the workshop day was done on paper. In {DEMO.relative_to(ROOT)}/:"
    )
    for paper in papers[:3]:
        print(f"  {paper.relative_to(DEMO)}")
    if len(papers) > len(papers[:3]):
        print(f"  … {len(papers)} files in all")
    return 0


def main() -> int:
    """Make the demo workspace if needed, then show it."""
    os.chdir(ROOT)
    code = _make_workspace()
    if code:
        return code
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform != "linux":
        return _mentor_desktop()
    return _do_the_workshop_day()


if __name__ == "__main__":
    sys.exit(main())
