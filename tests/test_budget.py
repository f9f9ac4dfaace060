"""House rules that no linter knows: sizes, who may use what, and words that must be translated."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "mentor_desktop"
# Written by Alembic, read once, never changed after a release.
REVISIONS = PACKAGE / "store" / "migrations" / "versions"

MAX_FILE_LINES = 400
MAX_TEST_FILE_LINES = 600  # tables of worked figures are long and easy to read
MAX_CLASS_METHODS = 20
MAX_FUNCTION_LINES = 60
PRODUCT = "Mentor Desktop"  # the same in every language
VAGUE_NAMES = {"utils", "helpers", "helper", "common", "misc", "manager", "data", "info"}

# Qt's setters and constructors whose string argument a person reads.
SHOWING_METHODS = {
    "addAction", "addButton", "addMenu", "addRow", "addTab", "drawText",
    "insertTab", "setAccessibleDescription", "setAccessibleName", "setCancelButtonText",
    "setDetailedText", "setHeaderLabels", "setInformativeText", "setLabelText",
    "setPlaceholderText", "setPrefix", "setStatusTip", "setSuffix", "setTabText", "setText",
    "setTitle", "setToolTip", "setWhatsThis", "setWindowTitle", "showMessage",
}  # fmt: skip
SHOWING_CLASSES = {
    "QAction", "QCheckBox", "QGroupBox", "QLabel", "QMenu", "QPushButton", "QRadioButton",
    "QToolButton",
}  # fmt: skip
THREAD_MODULES = {"threading", "concurrent", "multiprocessing", "asyncio", "_thread"}
THREAD_CLASSES = {"QThread", "QThreadPool", "QRunnable"}
# Qt Charts and its kin are GPL only; the splash screen sleeps for a second (desktop measurements).
UNWANTED_QT = {"QtCharts", "QtGraphs", "QtDataVisualization", "QtVirtualKeyboard", "QSplashScreen"}
CLOCK_READS = {"now", "utcnow", "today"}

Rule = Callable[[Path, ast.Module], Iterator[str]]


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _sources(*folders: Path) -> list[Path]:
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, one.name) for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{one.name}") for one in node.names)


def _calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield _name(node.func), node


def _under(path: Path, *parts: str) -> bool:
    return path.is_relative_to(PACKAGE.joinpath(*parts))


def files_are_short(path: Path, _tree: ast.Module) -> Iterator[str]:
    lines = len(path.read_text("utf-8").splitlines())
    limit = MAX_TEST_FILE_LINES if path.is_relative_to(ROOT / "tests") else MAX_FILE_LINES
    if lines > limit and not path.is_relative_to(REVISIONS):
        yield f"{lines} lines"


def classes_are_small(_path: Path, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            methods = [one for one in node.body if isinstance(one, ast.FunctionDef)]
            if len(methods) > MAX_CLASS_METHODS:
                yield f"{node.lineno}: {node.name} has {len(methods)} methods"


def functions_fit_a_screen(path: Path, tree: ast.Module) -> Iterator[str]:
    if path.is_relative_to(REVISIONS):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MAX_FUNCTION_LINES:
                yield f"{node.lineno}: {node.name} has {lines} lines"


def modules_are_named_for_a_subject(path: Path, _tree: ast.Module) -> Iterator[str]:
    if path.stem in VAGUE_NAMES:
        yield "a name that says nothing"


def style_is_set_in_the_theme_only(path: Path, tree: ast.Module) -> Iterator[str]:
    if path != PACKAGE / "ui" / "theme.py":
        yield from (
            f"{call.lineno}: {name}" for name, call in _calls(tree) if name == "setStyleSheet"
        )


def threads_live_in_jobs_only(path: Path, tree: ast.Module) -> Iterator[str]:
    if _under(path, "ui", "jobs") or not (_under(path, "ui") or path.name == "app.py"):
        return
    for line, name in _imports(tree):
        if name.split(".")[0] in THREAD_MODULES or name.split(".")[-1] in THREAD_CLASSES:
            yield f"{line}: {name}"


def the_window_never_waits(path: Path, tree: ast.Module) -> Iterator[str]:
    if _under(path, "ui") or path.name == "app.py":
        for name, call in _calls(tree):
            if name in {"processEvents", "sleep", "msleep"}:
                yield f"{call.lineno}: {name}"


def folders_come_from_config_only(path: Path, tree: ast.Module) -> Iterator[str]:
    if path != PACKAGE / "config.py":
        for line, name in _imports(tree):
            if name.split(".")[0] in {"appdirs", "platformdirs"}:
                yield f"{line}: {name}"


def only_wanted_parts_of_qt_are_used(_path: Path, tree: ast.Module) -> Iterator[str]:
    for line, name in _imports(tree):
        if UNWANTED_QT & set(name.split(".")):
            yield f"{line}: {name}"


def the_time_comes_from_the_clock(path: Path, tree: ast.Module) -> Iterator[str]:
    if path == PACKAGE / "clock.py":
        return
    for name, call in _calls(tree):
        owner = _name(call.func.value) if isinstance(call.func, ast.Attribute) else ""
        if (owner in {"datetime", "date"} and name in CLOCK_READS) or (owner, name) == (
            "time",
            "time",
        ):
            yield f"{call.lineno}: {owner}.{name}()"


def _has_words(node: ast.expr) -> bool:
    """Tell whether an argument is a literal with a word in it (not `_("…")`, not "%p%")."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = re.sub(r"<[^>]*>", "", node.value).replace(PRODUCT, "")
        return re.search(r"[^\W\d_]{2}", text) is not None
    if isinstance(node, ast.JoinedStr):
        return any(_has_words(part) for part in node.values)
    if isinstance(node, ast.List | ast.Tuple):
        return any(_has_words(part) for part in node.elts)
    if isinstance(node, ast.BinOp):
        return _has_words(node.left) or _has_words(node.right)
    return isinstance(node, ast.IfExp) and (_has_words(node.body) or _has_words(node.orelse))


def every_shown_word_is_translated(path: Path, tree: ast.Module) -> Iterator[str]:
    if not (_under(path, "ui") or path.name == "app.py"):
        return
    for name, call in _calls(tree):
        owner = _name(call.func.value) if isinstance(call.func, ast.Attribute) else None
        shows = name in SHOWING_CLASSES or (owner is not None and name in SHOWING_METHODS)
        if (shows or owner == "QMessageBox") and any(map(_has_words, call.args)):
            yield f"{call.lineno}: {ast.unparse(call)[:80]}"


RULES: tuple[Rule, ...] = (
    files_are_short,
    classes_are_small,
    functions_fit_a_screen,
    modules_are_named_for_a_subject,
    style_is_set_in_the_theme_only,
    threads_live_in_jobs_only,
    the_window_never_waits,
    folders_come_from_config_only,
    only_wanted_parts_of_qt_are_used,
    the_time_comes_from_the_clock,
    every_shown_word_is_translated,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.__name__))
def test_the_package_keeps(rule: Rule) -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {fault}"
        for path in _sources(PACKAGE)
        for fault in rule(path, _tree(path))
    ]
    assert not broken, "\n".join(broken)


def test_scripts_and_tests_are_short_too() -> None:
    folders = [ROOT / name for name in ("tools", "benchmarks", "installer", "tests")]
    broken = [
        f"{path.relative_to(ROOT)}: {fault}"
        for path in _sources(*folders)
        for fault in files_are_short(path, _tree(path))
    ]
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (files_are_short, "x.py", "x = 1\n" * 401),
        (
            classes_are_small,
            "x.py",
            "class A:\n" + "".join(f" def m{n}(s): 0\n" for n in range(21)),
        ),
        (functions_fit_a_screen, "x.py", "def f():\n" + " 0\n" * 60),
        (modules_are_named_for_a_subject, "services/utils.py", ""),
        (style_is_set_in_the_theme_only, "ui/pages/x.py", "w.setStyleSheet('')"),
        (threads_live_in_jobs_only, "ui/pages/x.py", "from PySide6.QtCore import QThread"),
        (threads_live_in_jobs_only, "ui/pages/x.py", "import concurrent.futures"),
        (the_window_never_waits, "ui/x.py", "app.processEvents()"),
        (folders_come_from_config_only, "store/x.py", "def f():\n import appdirs"),
        (only_wanted_parts_of_qt_are_used, "ui/x.py", "from PySide6 import QtCharts"),
        (the_time_comes_from_the_clock, "services/x.py", "datetime.now(UTC)"),
        (the_time_comes_from_the_clock, "services/x.py", "date.today()"),
        (every_shown_word_is_translated, "ui/x.py", "label.setText('Saved')"),
        (every_shown_word_is_translated, "ui/x.py", "label.setText(f'{n} people')"),
        (every_shown_word_is_translated, "ui/x.py", "QPushButton('Print')"),
        (every_shown_word_is_translated, "ui/x.py", "b.setText('On' if x else _('Off'))"),
    ],
)
def test_a_rule_sees_what_breaks_it(
    rule: Rule, path: str, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path)
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source, "utf-8")
    assert list(rule(file, ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "label.setText(_('Saved'))",
        "label.setText(name)",
        "label.setText('·')",
        "QLabel(f'{a} – {b}')",
        "bar.setFormat('%p%')",
        "log.warning('only for the log')",
    ],
)
def test_translated_and_wordless_texts_pass(source: str) -> None:
    assert not list(every_shown_word_is_translated(PACKAGE / "ui" / "x.py", ast.parse(source)))
