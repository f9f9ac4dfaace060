"""The layers of the package, as import-linter sees them (contracts in pyproject.toml)."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TIME_LIMIT_S = 120
_COMMAND = "from importlinter.cli import lint_imports_command as run; run()"


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _COMMAND, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIME_LIMIT_S,
    )


def test_every_contract_is_kept() -> None:
    done = _lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the package that a test may spoil."""
    folder = tmp_path_factory.mktemp("contracts")
    shutil.copy(ROOT / "pyproject.toml", folder)
    skipped = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(ROOT / "mentor_desktop", folder / "mentor_desktop", ignore=skipped)
    return folder


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("services/__init__.py", "from PySide6 import QtCore"),
        ("store/__init__.py", "def f():\n    import PySide6.QtCore"),
        ("models/__init__.py", "import mentor_desktop.services"),
        ("ui/pages/base.py", "import sqlalchemy"),
        ("ui/pages/base.py", "import mentor_desktop.models.people"),
        ("ui/__init__.py", "from mentor_desktop.documents import layout"),
        ("services/__init__.py", "from reportlab.pdfgen import canvas"),
        ("documents/__init__.py", "import mentor_desktop.store"),
        (
            "services/__init__.py",
            "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    import mentor_desktop.ui",
        ),
        ("ui/__init__.py", "import appdirs"),
        ("new_module.py", "X = 1"),
    ],
)
def test_a_wrong_import_breaks_a_contract(copy: Path, module: str, line: str) -> None:
    file = copy / "mentor_desktop" / module
    before = file.read_bytes() if file.exists() else None
    file.write_bytes((before or b"") + b"\n" + line.encode() + b"\n")
    try:
        done = _lint_imports(copy)
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_bytes(before)
    assert done.returncode == 1, done.stdout
    assert "BROKEN" in done.stdout or "new_module" in done.stdout
