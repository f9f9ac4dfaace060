"""Keeps the theme as the person's settings and the system want it."""

import sys

from PySide6.QtCore import QObject, QTimer

from mentor_desktop.config import Settings
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.theme import Theme

# Longest wait for a settings tool of the system; a desktop answers in 10 ms.
_TOOL_TIMEOUT_S = 2
_CLIENT_AREA_ANIMATION = 0x1042  # SPI_GETCLIENTAREAANIMATION, Windows SystemParametersInfo
_QUESTIONS = {
    "darwin": (["defaults", "read", "com.apple.universalaccess", "reduceMotion"], "1"),
    "linux": (["gsettings", "get", "org.gnome.desktop.interface", "enable-animations"], "false"),
}


class Appearance(QObject):
    """Follows the settings at once, and asks the system about motion after the first paint."""

    def __init__(self, theme: Theme, settings: LiveSettings, jobs: Jobs) -> None:
        super().__init__()
        self._theme, self._settings, self._jobs = theme, settings, jobs
        self._is_system_still = False
        settings.changed.connect(self._follow)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._ask_system)
        self._later.start()

    def _follow(self, settings: Settings) -> None:
        self._theme.set_scheme(settings.colour_scheme)
        self._theme.set_reduced_motion(settings.reduced_motion or self._is_system_still)
        if settings.text_scale != self._theme.text_scale:
            self._theme.set_text_scale(settings.text_scale)

    def _ask_system(self) -> None:
        self._jobs.draw(system_reduces_motion, self._take_answer, owner=self)

    def _take_answer(self, is_still: bool) -> None:
        self._is_system_still = is_still
        if is_still:
            self._theme.set_reduced_motion(is_still)


def system_reduces_motion() -> bool:
    """Say whether the person told the system to avoid movement; False where it can't be known."""
    if sys.platform == "win32":
        return _windows_reduces_motion()
    import shutil  # these two after the first paint, on a thread: 2 ms
    import subprocess

    command, reduced = _QUESTIONS.get(sys.platform, _QUESTIONS["linux"])
    tool = shutil.which(command[0])
    if tool is None:
        return False
    try:
        answer = subprocess.run(
            [tool, *command[1:]],
            capture_output=True,
            text=True,
            timeout=_TOOL_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return answer.stdout.strip() == reduced


def _windows_reduces_motion() -> bool:
    import ctypes  # not on the other systems

    moves = ctypes.c_int(1)
    user32 = getattr(ctypes, "windll").user32  # noqa: B009 the stubs know it on Windows only
    found = user32.SystemParametersInfoW(_CLIENT_AREA_ANIMATION, 0, ctypes.byref(moves), 0)
    return bool(found) and not moves.value
