"""What is declared, locked, explained and imported is one and the same set of packages."""

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-package.lock", "requirements-dev.lock")
# They overwrite each other on disk, or bring parts of Qt that must not come along.
RIVALS = {"sqlcipher3-binary", "sqlcipher3-wheels", "pysqlcipher3", "pyside6", "pyside6-addons"}
# Used without an import of ours: drawings found by path, zones found by the standard library,
# marks placed through reportlab.
USED_BY_OTHERS = {"lucide", "tzdata", "uharfbuzz"}
# Required by a declared package, and part of how it is used.
COMPANIONS = {"shiboken6", "secretstorage", "win32ctypes"}  # of PySide6, keyring, keyring
# The optional part; in it alone is the extra of the same name imported.
SERVER = "server/"
# Run by set-up alone, in an environment that has the build tools.
BUILD_ONLY = {"documents/build_fonts.py"}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _declared() -> dict[str, set[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    groups = {"": project["dependencies"], **project["optional-dependencies"]}
    return {
        group: {_normal(re.split(r"[<>=~\[; ]", one)[0]) for one in wanted}
        for group, wanted in groups.items()
    }


def _locked(lock: str) -> set[str]:
    text = (ROOT / lock).read_text("utf-8")
    return {_normal(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)}


def _imported(folder: str, under: str = "") -> dict[str, str]:
    """Return the distribution of each third-party import in a folder, with one place of it.

    `under` keeps it to the files below a folder of that one, or with "!" before it to all others.
    """
    owners = packages_distributions()
    own = {path.stem for path in ROOT.iterdir()} | {path.stem for path in (ROOT / folder).iterdir()}
    found = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        where = path.relative_to(ROOT / folder).as_posix()
        is_under = where.startswith(under.removeprefix("!"))
        if where in BUILD_ONLY or is_under == under.startswith("!"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [one.name for one in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            for top in {name.partition(".")[0] for name in names} - sys.stdlib_module_names - own:
                found[_normal(owners[top][0]) if top in owners else top] = where
    return found


def test_every_import_is_declared() -> None:
    strangers = _imported("mentor_desktop", f"!{SERVER}").keys() - _declared()[""]
    assert strangers <= COMPANIONS, strangers


def test_the_server_imports_its_extra_and_nothing_else() -> None:
    strangers = _imported("mentor_desktop", SERVER).keys() - _declared()[""]
    assert strangers <= _declared()["server"] | COMPANIONS, strangers
    # psycopg is loaded by SQLAlchemy from the address of the database.
    assert _declared()["server"] - strangers == {"psycopg"}


@pytest.mark.parametrize("folder", ["benchmarks", "installer", "tests", "tools"])
def test_every_import_of_scripts_and_tests_is_declared(folder: str) -> None:
    strangers = _imported(folder).keys() - set().union(*_declared().values())
    assert strangers <= COMPANIONS, strangers


def test_every_declared_package_is_used() -> None:
    used = _imported("mentor_desktop", f"!{SERVER}").keys()
    assert _declared()[""] - used == USED_BY_OTHERS


def test_every_declared_package_is_locked() -> None:
    groups = _declared()
    assert groups[""] <= _locked("requirements.lock")
    assert groups[""] | groups["package"] <= _locked("requirements-package.lock")
    assert set().union(*groups.values()) <= _locked("requirements-dev.lock")


def test_the_locks_agree() -> None:
    pins = [
        set(re.findall(r"^[A-Za-z0-9._-]+==\S+", (ROOT / lock).read_text("utf-8"), re.MULTILINE))
        for lock in LOCKS
    ]
    assert pins[0] <= pins[1] <= pins[2]


def test_the_locks_name_no_host_and_hash_every_package() -> None:
    for lock in LOCKS:
        text = (ROOT / lock).read_text("utf-8")
        assert "://" not in text, lock
        packages = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)
        assert len(packages) > 30
        assert all("--hash=sha256:" in package for package in packages), lock


def test_packages_that_overwrite_each_other_are_not_locked() -> None:
    assert not _locked("requirements-dev.lock") & RIVALS


def test_every_declared_package_has_its_reason_written_down() -> None:
    reasons = (ROOT / "docs" / "dependencies.md").read_text("utf-8").lower()
    declared = set().union(*_declared().values())
    assert [name for name in sorted(declared) if f"| {name} | " not in reasons] == []
