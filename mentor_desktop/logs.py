"""The program's own log: what happened, never to whom. JSON lines, a few small files.

Nothing in it leaves the computer by itself. Names, addresses, notes and keys have no
place in a log call; a test plants canaries and reads every file.
"""

import json
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType

_BYTES = 512_000
_FILES = 3


class _JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, str | list[str]] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S"),
            "level": record.levelname,
            "where": record.name,
            "what": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = _places_only(record.exc_info[2])
            line["kind"] = record.exc_info[0].__name__ if record.exc_info[0] else ""
        return json.dumps(line, ensure_ascii=False)


class _LogFile(logging.Handler):
    """Opens the file with the first record, which seldom comes before the first paint."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._file: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        try:
            if self._file is None:
                self._file = _rotating(self._path)
            self._file.emit(record)
        except OSError:
            self.handleError(record)


def _rotating(path: Path) -> logging.Handler:
    from logging.handlers import RotatingFileHandler  # socket and pickle, 5 ms

    handler = RotatingFileHandler(path, maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8")
    handler.setFormatter(_JsonLines())
    return handler


def _nobody_listens(_report: str) -> None:
    return None


def start(folder: Path, on_crash: Callable[[str], None] = _nobody_listens) -> None:
    """Write the log into `folder`; without a place for it the program runs all the same.

    `on_crash` gets the report of each bug that nobody caught, to show it to the person.
    """
    sys.excepthook = partial(_on_crash, on_crash)
    threading.excepthook = lambda args: _on_crash(
        on_crash, args.exc_type, args.exc_value, args.exc_traceback
    )
    # Nobody can act on what a destructor raised: it is noted, not shown.
    sys.unraisablehook = lambda args: _on_crash(
        _nobody_listens, args.exc_type, args.exc_value, args.exc_traceback
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    root = logging.getLogger("mentor_desktop")
    root.addHandler(_LogFile(folder / "mentor-desktop.log"))
    root.setLevel(logging.INFO)


def _on_crash(
    tell: Callable[[str], None],
    kind: type[BaseException],
    error: BaseException | None,
    trace: TracebackType | None,
) -> None:
    # The message may quote a name that was being worked on: only the kind and the places are kept.
    logging.getLogger("mentor_desktop").critical("crash", exc_info=(kind, error, trace))  # type: ignore[arg-type]  # error is set whenever kind is
    _tell_terminal(kind, error, trace)
    tell("".join(traceback.format_exception(kind, error, trace)))


def _tell_terminal(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    """Say at a terminal what went wrong; a desktop keeps standard error in a file of the session."""
    if sys.stderr is None:  # a windowed program of Windows has none
        return
    if sys.stderr.isatty():
        sys.__excepthook__(kind, error or kind(), trace)
    else:
        sys.stderr.write("\n  ".join((kind.__name__, *_places_only(trace))) + "\n")


def _places_only(trace: TracebackType | None) -> list[str]:
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places
