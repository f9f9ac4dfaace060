"""`make run` on a computer without a display: the workshop day ends on paper."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TIME_LIMIT_S = 300


def _run(folder: Path) -> subprocess.CompletedProcess[str]:
    headless = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    return subprocess.run(
        [sys.executable, str(ROOT / "tools" / "run_demo.py"), str(folder)],
        env={**headless, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=TIME_LIMIT_S,
    )


@pytest.mark.slow
def test_without_a_display_the_list_and_the_certificates_are_printed(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    first = _run(folder)
    assert first.returncode == 0, first.stderr
    papers = {path.name for path in folder.rglob("*.pdf")}
    assert papers
    assert str(folder) in first.stdout
    assert any(name in first.stdout for name in papers)
    mode = (folder / "passphrase.txt").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600

    again = _run(folder)
    assert again.returncode == 0, again.stderr
    assert {path.name for path in folder.rglob("*.pdf")} == papers
