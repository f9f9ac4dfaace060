"""What the start of the window must not do, looked at in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.workspaces import Template

HEAVY = {
    "sqlalchemy", "reportlab", "alembic", "babel", "cryptography", "pypdfium2", "PIL", "openpyxl",
    "httpx2", "keyring", "segno", "uharfbuzz", "fontTools", "asyncio", "unittest", "subprocess", "uuid",
}  # fmt: skip
LATER = {
    "mentor_desktop.ui.widgets.command_palette",
    "mentor_desktop.ui.widgets.side_panel",
    "mentor_desktop.ui.widgets.toast",
    "mentor_desktop.ui.report_dialog",
    "mentor_desktop.ui.widgets.pdf_view",
    "mentor_desktop.ui.sync_controller",
}
PROGRAM = """
import json, sys
from contextlib import contextmanager
from datetime import UTC, datetime
from mentor_desktop.config import Settings
from mentor_desktop.ui.application import make_application
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.main_window import MainWindow
from mentor_desktop.ui.places import Place
from mentor_desktop.ui.theme import Theme

class Store:
    @contextmanager
    def unit_of_work(self):
        yield None
    reader = unit_of_work

application = make_application(sys.argv)
theme = Theme(application, scheme="light")
clock = lambda: datetime(2026, 3, 10, tzinfo=UTC)
jobs = Jobs(Store(), clock)
places = (Place("today", "today", "Today", "mentor_desktop.ui.pages.base:Page"),)
settings = LiveSettings(Settings(), lambda value: None)
window = MainWindow(jobs, theme, clock, settings, name="x", undo=None, places=places)
window.navigator.go("today", at_once=True)
window.show()
window.grab()
import builtins, threading
assert builtins.__import__ is not builtins.__feature_import__, "imports go through PySide6"
print(json.dumps([sorted(sys.modules), threading.active_count()]))
window.close()
"""


LOCKED = """
import json, sys, threading
from pathlib import Path
from mentor_desktop.app import Program
from mentor_desktop.clock import system_clock
from mentor_desktop.ui.application import make_application

application = make_application(sys.argv)
program = Program(application, system_clock)
program.begin(Path(sys.argv[1]), None, None)
(entrance,) = application.topLevelWidgets()
entrance.grab()
print(json.dumps([sorted(sys.modules), threading.active_count()]))
"""
OPENED = """
import builtins, json, sys, threading
from pathlib import Path
made = {True: [], False: []}
plain = builtins.__build_class__

def build(body, name, *bases, **options):
    found = plain(body, name, *bases, **options)
    if any(one.__module__.startswith("PySide6") for one in getattr(found, "__mro__", ())):
        on_window = threading.current_thread() is threading.main_thread()
        made[on_window].append(f"{found.__module__}.{name}")
    return found

builtins.__build_class__ = build
from PySide6.QtCore import QTimer
from mentor_desktop.app import Program
from mentor_desktop.clock import system_clock
from mentor_desktop.ui.application import make_application
from mentor_desktop.ui.places import PLACES

application = make_application(sys.argv)
program = Program(application, system_clock)
program.begin(Path(sys.argv[1]), None, bytes.fromhex(sys.argv[2]))
window, jobs = program._window, program._jobs
keys = [place.key for place in PLACES if place.group != "inner"]

def go_on():
    if jobs.pending:
        return
    if not keys:
        timer.stop()
        window.close()
        return
    window.navigator.go(keys.pop())

timer = QTimer(interval=20)
timer.timeout.connect(go_on)
timer.start()
application.exec()
print(json.dumps([made[True], made[False]]))
"""
BEHIND_THE_LOCK = {
    "mentor_desktop.ui.main_window",
    "mentor_desktop.ui.pages.today_page",
    "mentor_desktop.ui.entrance.first_start",
    "mentor_desktop.store.workspace",
    "mentor_desktop.store.folding",
    "sqlcipher3",
}


def told(program: str, *arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)


def started(program: str, *arguments: str) -> tuple[set[str], int]:
    modules, threads = told(program, *arguments)
    return set(modules), threads


def test_first_paint_imports_nothing_heavy_and_starts_no_thread() -> None:
    modules, threads = started(PROGRAM)
    assert not {module.split(".")[0] for module in modules} & HEAVY
    assert not modules & LATER
    assert not {module for module in modules if module.startswith("mentor_desktop.sync")}
    assert threads == 1


def test_lock_page_is_painted_before_anything_behind_it_is_imported(tmp_path: Path) -> None:
    for name in ("workspace.db", "workspace.key.json"):
        (tmp_path / name).touch()
    modules, threads = started(LOCKED, str(tmp_path))
    assert "mentor_desktop.ui.entrance.lock_sheet" in modules
    assert not {module.split(".")[0] for module in modules} & HEAVY
    assert not modules & BEHIND_THE_LOCK
    assert threads == 1


def test_every_class_of_qt_is_made_on_the_thread_of_the_window(
    tmp_path: Path, workspace_template: Template
) -> None:
    root = workspace_template.copy_to(tmp_path / "w")
    window, elsewhere = told(OPENED, str(root), workspace_template.key.hex())
    assert {"mentor_desktop.ui.pages.sync_page.SyncPage", "mentor_desktop.ui.desk.Desk"} & set(
        window
    )
    assert elsewhere == []
