"""The keys of the window, in one place; pages add their own from here too."""

from enum import StrEnum

from PySide6.QtGui import QKeySequence


class Shortcut(StrEnum):
    """A key as Qt writes it."""

    FIND = "Ctrl+K"
    UNDO = "Ctrl+Z"
    REDO = "Ctrl+Shift+Z"
    BACK = "Alt+Left"
    LOCK = "Ctrl+L"
    PRIMARY = "Ctrl+Return"
    MORE = "Ctrl+."
    CORRECT = "F2"
    WALK_IN = "F4"
    PRESENT_NOW = "F8"
    FULL_SCREEN = "F11"
    PRINT = "Ctrl+P"
    FILTER = "Ctrl+F"
    NEW = "Ctrl+N"
    ZOOM_IN = "Ctrl++"
    ZOOM_OUT = "Ctrl+-"
    ZOOM_FIT = "Ctrl+0"
    QUIT = "Ctrl+Q"


def native_keys(keys: str) -> str:
    """Return a key the way this system writes it; empty for none."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
