"""Draw every page of the program in one language, scheme, text size and window size.

One process per variant, started by `tools/screenshots.py`: language and scheme are the
process's own. Nothing here waits for time, only for the jobs of the window.

Usage: python -m tools.screenshot_scenes VARIANT FOLDER   (FOLDER has the workspaces)
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from mentor_desktop import config, i18n
from mentor_desktop.app import Program
from mentor_desktop.services.second_laptop import Handed
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.store.incarnation import Incarnations, Sighting
from mentor_desktop.store.keyfile import KeyFile
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.status import MassChange, State, SyncStatus
from mentor_desktop.sync.steps import Trouble
from mentor_desktop.sync.troubles import unreachable
from mentor_desktop.ui.application import make_application
from mentor_desktop.ui.entrance import Entrance
from mentor_desktop.ui.entrance.first_start import FirstStart
from mentor_desktop.ui.main_window import MainWindow
from mentor_desktop.ui.pages.hand_over_page import HandOverPage
from mentor_desktop.ui.pages.import_page import ImportPage
from mentor_desktop.ui.widgets.line_list import LineList

# The morning of the first day, four minutes into it; and the end of the last one.
MORNING_AT = datetime(2026, 3, 10, 9, 34, tzinfo=UTC)
EVENING_AT = datetime(2026, 3, 12, 15, 20, tzinfo=UTC)
Window = TypeVar("Window", bound=QWidget)
SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"
_SIX_WORDS = "batob gorul kelim madof nirat sobek"  # opens nothing
_MOST_CARDS = 10
_SETTLE_LIMIT_S = 20.0
_QUIET_STEPS = 6
_STEP_MS = 30


@dataclass(frozen=True)
class Variant:
    """One way of looking at everything."""

    name: str
    language: str = "en"
    scheme: Literal["light", "dark"] = "light"
    text_scale: int = 100
    width: int = 1280
    height: int = 820


VARIANTS = {
    variant.name: variant
    for variant in (
        Variant("light"),
        Variant("dark", scheme="dark"),
        Variant("lithuanian", language="lt"),
        Variant("pseudo", language="en_XA"),
        Variant("bulgarian", language="bg"),
        Variant("large-text", text_scale=200),
        Variant("small-window", width=1024, height=640),
        Variant("large-window", width=1600, height=1000),
    )
}


def _settle(window: QWidget, is_idle: Callable[[], bool] = lambda: True) -> None:
    deadline = time.monotonic() + _SETTLE_LIMIT_S
    quiet, before = 0, window.grab().toImage()
    while quiet < _QUIET_STEPS and time.monotonic() < deadline:
        QTest.qWait(_STEP_MS)
        now = window.grab().toImage()
        quiet, before = (quiet + 1 if is_idle() and now == before else 0), now


class Stage:
    """The window on one workspace, and hands for it."""

    def __init__(self, window: MainWindow, facts: dict[str, str]) -> None:
        self.window = window
        self.facts = facts

    def settle(self) -> None:
        """Let the window work until nothing is under way and the picture stands still."""
        _settle(self.window, self._is_idle)

    def _is_idle(self) -> bool:
        return self.window.navigator.page is not None and self.window.desk.jobs.pending == 0

    def clear(self) -> None:
        """Close what lies over the page."""
        self.window.frame.close_panel()
        if self.window.frame.palette is not None:
            self.window.frame.palette.close_palette()

    def type(self, text: str) -> None:
        """Type into whatever has the keyboard."""
        QTest.keyClicks(QApplication.focusWidget() or self.window, text)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
        """Press one key."""
        target = QApplication.focusWidget() or self.window
        QTest.keyClick(target, key, modifier or Qt.KeyboardModifier.NoModifier)


def _nothing(_stage: Stage) -> None:
    """Leave the page as it opens."""


def _look_for_elena(stage: Stage) -> None:
    stage.type("mun")


def _find(stage: Stage) -> None:
    stage.window.frame.find()
    palette = stage.window.frame.palette
    assert palette is not None
    box = palette.findChild(QLineEdit)
    assert box is not None
    QTest.keyClicks(box, "mun")


def _look_at_a_file(stage: Stage) -> None:
    page = stage.window.navigator.page
    assert isinstance(page, ImportPage)
    page.take_file(SAMPLES / "participants.csv")


def _walk_in(stage: Stage) -> None:
    stage.type("Nova")
    stage.press(Qt.Key.Key_F4)


def _be_offline(stage: Stage) -> None:
    controller = stage.window.desk.sync.controller
    deadline = time.monotonic() + _SETTLE_LIMIT_S
    while controller.status.state is not State.OFFLINE and time.monotonic() < deadline:
        QTest.qWait(_STEP_MS)
    controller.rest()
    waiting = replace(
        controller.status,
        state=State.OFFLINE,
        reason=str(unreachable(Trouble.OFFLINE)),
        waiting_changes=3,
        waiting_files=1,
    )
    controller.show(waiting)


def _exchange(stage: Stage) -> None:
    last = MORNING_AT - timedelta(minutes=1)
    controller = stage.window.desk.sync.controller
    known = controller.status
    controller.show(
        SyncStatus(
            State.IDLE,
            last_success_at=last,
            not_shared=known.not_shared,
            happenings=known.happenings,
        )
    )


def _ask_for_consent(stage: Stage) -> None:
    controller = stage.window.desk.sync.controller
    mass = (MassChange("people", 612, 900),)
    controller.show(
        replace(controller.status, state=State.NEEDS_CONSENT, mass_changes=mass, skew_s=240)
    )


def _look_at_a_device(stage: Stage) -> None:
    _exchange(stage)
    page = stage.window.navigator.page
    assert page is not None
    devices = page.findChild(LineList)
    assert isinstance(devices, LineList)
    devices.opened.emit(devices.lines[1].key)


_STICK = Path("/media/rasa/STICK")


def _walk_to_the_end(stage: Stage) -> None:
    for _card in range(_MOST_CARDS):
        stage.press(Qt.Key.Key_Down)


def _put_a_stick_in(stage: Stage) -> HandOverPage:
    page = stage.window.navigator.page
    assert isinstance(page, HandOverPage)
    page.hand_over.folder.set_value(str(_STICK))  # no stick is in where pictures are drawn
    return page


def _choose_the_laptop_of_b(stage: Stage) -> None:
    choice = _put_a_stick_in(stage).hand_over.reader.choice
    choice.setCurrentIndex(1)
    choice.activated.emit(1)


def _show_words(stage: Stage) -> None:
    page = _put_a_stick_in(stage)
    choice = page.hand_over.reader.choice
    choice.setCurrentIndex(0)
    choice.activated.emit(0)
    # Of no file; real ones are others each time.
    page.hand_over.show_handed(
        Handed(_STICK / "WS-2026-01 2026-03-10 1034.mentor", _SIX_WORDS, is_invitation=True)
    )


def _open_the_file_of_b(stage: Stage) -> None:
    page = _put_a_stick_in(stage)
    (path,) = (Path(sys.argv[2]) / "stick" / "for A").glob("*.mentor")
    page.file_from_other.take_file(path)


@dataclass(frozen=True)
class Scene:
    """One picture: which workspace, which page, and what is done there first."""

    name: str
    workspace: str
    place: str
    where: dict[str, str] = field(default_factory=dict)
    act: Callable[[Stage], object] = _nothing


_OF_WORKSHOP = {"workshop_id": ""}  # filled in from the facts of the workspace

SCENES = (
    Scene("today", "morning", "today"),
    Scene("door", "morning", "door", _OF_WORKSHOP),
    Scene("door-homonyms", "morning", "door", _OF_WORKSHOP, _look_for_elena),
    Scene("door-walk-in", "morning", "door", _OF_WORKSHOP, _walk_in),
    Scene("register", "morning", "register", _OF_WORKSHOP),
    Scene("presence", "morning", "presence", _OF_WORKSHOP),
    Scene("workshops", "morning", "workshops"),
    Scene("workshop", "morning", "workshop", _OF_WORKSHOP),
    Scene("agenda", "morning", "workshop", {**_OF_WORKSHOP, "tab": "agenda"}),
    Scene("participants", "morning", "workshop", {**_OF_WORKSHOP, "tab": "participants"}),
    Scene("readiness", "morning", "workshop", {**_OF_WORKSHOP, "tab": "readiness"}),
    Scene("project", "morning", "project"),
    Scene("people", "morning", "people"),
    Scene("person", "morning", "people", {"person_id": ""}),
    Scene("organisations", "morning", "organisations"),
    Scene("duplicates", "morning", "duplicates"),
    Scene("find", "morning", "people", act=_find),
    Scene("import", "morning", "import", {**_OF_WORKSHOP, "kind": "participants"}),
    Scene("import-preview", "morning", "import", {"kind": "participants"}, _look_at_a_file),
    Scene("papers", "morning", "papers", _OF_WORKSHOP),
    Scene("settings", "morning", "settings"),
    Scene("history", "morning", "history"),
    Scene("decisions", "two-laptops", "decisions"),
    Scene("decisions-below", "two-laptops", "decisions", act=_walk_to_the_end),
    Scene("register-differs", "two-laptops", "register", _OF_WORKSHOP),
    Scene("today-differs", "two-laptops", "today"),
    Scene("hand-over", "two-laptops", "hand_over", _OF_WORKSHOP, _put_a_stick_in),
    Scene("hand-over-known", "two-laptops", "hand_over", _OF_WORKSHOP, _choose_the_laptop_of_b),
    Scene("hand-over-words", "two-laptops", "hand_over", _OF_WORKSHOP, _show_words),
    Scene("hand-over-back", "two-laptops", "hand_over", _OF_WORKSHOP, _open_the_file_of_b),
    Scene("sync-files", "two-laptops", "sync"),
    Scene("certificates-to-issue", "closing", "certificates", _OF_WORKSHOP),
    Scene("today-evening", "evening", "today"),
    Scene("register-evening", "evening", "register", _OF_WORKSHOP),
    Scene("certificates", "evening", "certificates", _OF_WORKSHOP),
    Scene("papers-evening", "evening", "papers", {**_OF_WORKSHOP, "kind": "certificates"}),
    Scene("empty-today", "empty", "today"),
    Scene("empty-workshops", "empty", "workshops"),
    Scene("empty-people", "empty", "people"),
    Scene("empty-decisions", "empty", "decisions"),
    Scene("empty-certificates", "empty", "certificates"),
    Scene("empty-sync", "empty", "sync"),
    Scene("sync-join", "empty", "sync", {"act": "join"}),
    Scene("sync-offline", "shared", "sync", act=_be_offline),
    Scene("sync", "shared", "sync", act=_exchange),
    Scene("sync-decision", "shared", "sync", act=_ask_for_consent),
    Scene("decisions-not-shared", "shared", "decisions"),
    Scene("sync-device", "shared", "sync", act=_look_at_a_device),
)


def _visible(kind: type[Window]) -> Window:
    """Return the shown window of this kind."""
    found = (one for one in QApplication.topLevelWidgets() if isinstance(one, kind))
    return next(one for one in found if one.isVisible())


class Shooting:
    """One run of the program on one workspace after the other, at the time of each."""

    def __init__(self, variant: Variant, folder: Path) -> None:
        self._variant, self._folder = variant, folder
        self._out = folder / "pictures" / variant.name
        self._out.mkdir(parents=True, exist_ok=True)
        self._now = MORNING_AT
        # One program for all of it: its theme loads the fonts of the process once.
        self._program = Program(make_application(sys.argv), lambda: self._now)

    def shoot(self) -> None:
        """Draw the entrance, then every scene in its order."""
        for name, root in {"first-start": "nowhere", "lock": "morning"}.items():
            self._program.begin(self._folder / root, None, None)
            window = _visible(Entrance)
            window.resize(self._variant.width, self._variant.height)
            _settle(window)
            window.grab().save(str(self._out / f"{name}.png"))
            beginning = window.findChild(FirstStart)
            if isinstance(beginning, FirstStart):
                beginning.joining_wanted.emit()
                _settle(window)
                window.grab().save(str(self._out / f"{name}-join.png"))
        for name in dict.fromkeys(scene.workspace for scene in SCENES):
            self._now = EVENING_AT if name in {"closing", "evening"} else MORNING_AT
            with self._stage(name) as stage:
                for scene in (one for one in SCENES if one.workspace == name):
                    self._draw(scene, stage)

    @contextmanager
    def _stage(self, name: str) -> Iterator[Stage]:
        """Open a copy of one workspace in the program's own window."""
        facts: dict[str, str] = json.loads((self._folder / f"{name}.json").read_text("utf-8"))
        root = self._folder / f"{self._variant.name}-{name}"
        shutil.copytree(self._folder / name, root)
        # As if it had been made there: it stays the device it was.
        workspace_id = KeyFile.load(WorkspaceFolder(root).key_file).workspace_id
        sighting = Sighting(str(root.resolve()), workspace_id, 0)
        Incarnations(config.device_dir()).note(facts["incarnation"], sighting)
        key = bytes.fromhex(facts["key"])
        self._program.show_workspace(Workspace.open(root, key, clock=lambda: self._now))
        window = _visible(MainWindow)
        window.resize(self._variant.width, self._variant.height)
        yield Stage(window, facts)
        window.close()

    def _draw(self, scene: Scene, stage: Stage) -> None:
        where = {key: value or stage.facts[key] for key, value in scene.where.items()}
        stage.window.frame.go(scene.place, **where)
        stage.settle()
        scene.act(stage)
        stage.settle()
        stage.window.grab().save(str(self._out / f"{scene.name}.png"))
        stage.clear()


def main(name: str, folder: Path) -> None:
    """Draw one variant with settings of its own."""
    variant = VARIANTS[name]
    os.environ["XDG_CONFIG_HOME"] = str(folder / f"{name}-config")
    settings = config.Settings(
        language=variant.language,
        colour_scheme=variant.scheme,
        text_scale=variant.text_scale,
        reduced_motion=True,
    )
    config.save_settings(config.config_dir(), settings)
    i18n.set_language(variant.language)
    application = make_application(sys.argv)
    application.setQuitOnLastWindowClosed(False)
    application.setCursorFlashTime(0)
    Shooting(variant, folder).shoot()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
