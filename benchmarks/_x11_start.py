"""How long a program takes from exec to its first painted window on an X server.

Used by `cold_start`. A window is painted when its picture is no longer one flat
colour; the X server itself (damage reports) says when to look.
"""

import ctypes
import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psutil
from Xlib import X, display, error
from Xlib.ext import damage

_LINES_LOOKED_AT = 24
_COLOURS_OF_A_PAGE = 4
_POLL_S = 0.002
_TIMEOUT_S = 60.0
_END_S = 5.0
_SMALLEST = (300, 200)
_LIBC = ctypes.CDLL(None)


@dataclass(frozen=True)
class Start:
    """One start: milliseconds to the mapped and to the painted window, CPU until then, memory."""

    mapped_ms: float
    painted_ms: float
    cpu_ms: float
    peak_mb: float


class NoWindowError(RuntimeError):
    """The program ended or showed nothing in time."""


def measure(command: Sequence[str], title: str, environment: Mapping[str, str]) -> Start:
    """Start `command` once, wait for a painted window whose title matches, end it.

    Raises:
        NoWindowError: it ended before, or showed nothing within a minute.
    """
    server = display.Display(environment["DISPLAY"])
    root = server.screen().root
    root.change_attributes(event_mask=X.SubstructureNotifyMask)
    server.damage_query_version()
    began = time.monotonic()
    process = subprocess.Popen(
        list(command),
        env=dict(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return _Watch(server, process, re.compile(title), began).run()
    finally:
        _end(process)
        server.close()


class _Watch:
    """Follows one start from the first window to the first picture."""

    def __init__(
        self, server: Any, process: subprocess.Popen[bytes], title: re.Pattern[str], began: float
    ) -> None:
        # Any: python-xlib has no types.
        self._server = server
        self._process = process
        self._title = title
        self._began = began

    def run(self) -> Start:
        window, mapped_ms = None, 0.0
        while time.monotonic() - self._began < _TIMEOUT_S:
            if self._process.poll() is not None and window is None:
                raise NoWindowError(f"ended with {self._process.returncode}")
            is_drawn_on = self._was_drawn_on()
            if window is None:
                window = self._find(self._server.screen().root)
                if window is not None:
                    mapped_ms = self._now_ms()
                    window.damage_create(damage.DamageReportRawRectangles)
                    is_drawn_on = True  # perhaps before anybody listened
            if window is not None and is_drawn_on:
                # Dated when the server told: a look takes some milliseconds, in which a program
                # goes on with what it does behind its first picture.
                painted = self._now_ms(), self._cpu_ms()
                try:
                    is_painted = self._is_painted(window)
                except error.XError:  # a splash or a first dialogue that is gone again
                    window = None
                    continue
                if is_painted and self._was_drawn_on():  # in the middle of the look, perhaps
                    painted = self._now_ms(), self._cpu_ms()
                if is_painted:
                    return Start(mapped_ms, *painted, self._peak_mb())
            select.select([self._server.fileno()], [], [], _POLL_S)
        raise NoWindowError("nothing was painted in time")

    def _was_drawn_on(self) -> bool:
        """Tell whether the server has reported that something was drawn since it was asked."""
        kinds = []
        while self._server.pending_events():
            kinds.append(self._server.next_event().type)
        return self._server.extension_event.DamageNotify in kinds

    def _now_ms(self) -> float:
        return (time.monotonic() - self._began) * 1000

    def _find(self, parent: Any, depth: int = 0) -> Any:  # Any: see __init__
        for window in parent.query_tree().children:
            try:
                attributes, geometry = window.get_attributes(), window.get_geometry()
                is_big = geometry.width >= _SMALLEST[0] and geometry.height >= _SMALLEST[1]
                if attributes.map_state == X.IsViewable and is_big:
                    if self._title.search(self._name(window)):
                        return window
                    # A window manager puts the program's window inside a frame of its own.
                    if depth < 2 and (found := self._find(window, depth + 1)) is not None:
                        return found
            except error.XError:
                continue
        return None

    def _name(self, window: Any) -> str:  # Any: see __init__
        for atom in ("_NET_WM_NAME", "WM_NAME"):
            found = window.get_full_property(self._server.intern_atom(atom), X.AnyPropertyType)
            if found is not None and found.value:
                value = found.value
                return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        return ""

    def _is_painted(self, window: Any) -> bool:  # Any: see __init__
        seen: set[int] = set()
        geometry = window.get_geometry()
        for line in range(1, _LINES_LOOKED_AT):
            y = geometry.height * line // _LINES_LOOKED_AT
            raw = window.get_image(0, y, geometry.width, 1, X.ZPixmap, 0xFFFFFFFF).data
            seen.update(memoryview(raw).cast("I"))
            if len(seen) >= _COLOURS_OF_A_PAGE:
                return True
        return False

    def _tree(self) -> list[psutil.Process]:
        main = psutil.Process(self._process.pid)
        return [main, *main.children(recursive=True)]

    def _cpu_ms(self) -> float:
        return sum(_cpu_s(one.pid) for one in self._tree()) * 1000

    def _peak_mb(self) -> float:
        return float(sum(one.memory_info().rss for one in self._tree())) / 1e6


def _cpu_s(pid: int) -> float:
    """Return what all threads of a process have used, those that ended too, by the nanosecond.

    `/proc/PID/stat` counts in steps of 10 ms, an eighth of what a bare window costs.
    """
    clock = ctypes.c_int()
    failure = _LIBC.clock_getcpuclockid(pid, ctypes.byref(clock))
    if failure:
        raise ProcessLookupError(failure, os.strerror(failure))
    return time.clock_gettime(clock.value)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it started, by their own ids."""
    try:
        children = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        children = []
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for child in children:
        try:
            os.kill(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
