"""Importing what a page needs: what is of Qt on the window's thread alone, the rest beside it.

A class statement with a Qt class above it makes a QMetaObject, and Qt asks those of the same
parents whenever it lays a window out or sends an event, without the interpreter's lock. A window
that is laid out while another thread defines such a class crashes once in fifty starts (PySide6
6.11, `MetaObjectBuilder::update`).
"""

import importlib
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec, PathFinder
from opcode import opmap
from time import perf_counter
from types import CodeType

_OF_QT = ("mentor_desktop.ui", "PySide6", "shiboken6")
# It makes its classes when they are first named; and all widgets at once, for 30 ms, when it is first
# asked for a widget that Qt made itself, as a list's viewport is.
_WIDGETS = "PySide6.QtWidgets"
# The window's thread does something else at least this often. A module takes 1 or 2 ms, and no class
# more than the 14 of QStyle with its enums.
_STEP_S = 0.004


def prepare(module: str) -> list[str]:
    """Import what a module needs beside Qt; return what is left of it, the needed first.

    That are modules, and classes of Qt as `module:class`. Nothing of them is run: what a module
    imports is read from its code.
    """
    scan = _Scan()
    scan.visit(module)
    if module not in sys.modules and module not in scan.left:
        scan.left.append(module)  # there is none: whoever imports it hears so
    return scan.left


def import_some(names: list[str]) -> bool:
    """Import the first of what is left and take it from the list; say whether there is more."""
    until = perf_counter() + _STEP_S
    while names and perf_counter() < until:
        module, _colon, inside = names.pop(0).partition(":")
        found = importlib.import_module(module)
        if inside:
            getattr(found, inside)
    return bool(names)


class _Scan:
    """The modules of Qt that are not imported yet, found from one of them."""

    def __init__(self) -> None:
        self.left: list[str] = []
        self._specs: dict[str, ModuleSpec | None] = {}
        self._has_widgets = False

    def visit(self, name: str) -> None:
        if name in sys.modules or name in self._specs:
            return
        if not _is_of_qt(name):
            importlib.import_module(name)
            return
        parent = name.rpartition(".")[0]
        self.visit(parent)
        spec = self._specs[name] = self._found(name, parent)
        if spec is None:  # what `from … import` names is no module
            return
        code = getattr(spec.loader, "get_code", lambda _name: None)(name)
        for wanted in _imports(code) if code is not None else ():
            self._visit_wanted(*wanted)
        self.left.append(name)

    def _visit_wanted(self, name: str, inside: tuple[str, ...]) -> None:
        self.visit(name)
        known = sys.modules.get(name)
        if name == _WIDGETS and not self._has_widgets and known is not None:
            self._has_widgets = True
            made = vars(known).copy()
            self.left += [f"{name}:{one}" for one in dir(known) if one not in made]
        for one in inside:
            if _is_of_qt(name) or not (known is None or hasattr(known, one)):
                self.visit(f"{name}.{one}")

    def _found(self, name: str, parent: str) -> ModuleSpec | None:
        if parent in sys.modules:
            path = getattr(sys.modules[parent], "__path__", None)
        else:
            above = self._specs.get(parent)
            path = above.submodule_search_locations if above else None
        return PathFinder.find_spec(name, path) if path is not None else None


def _is_of_qt(name: str) -> bool:
    return name in _OF_QT or name.startswith(tuple(f"{one}." for one in _OF_QT))


def _imports(code: CodeType) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give what a module imports when it is run: each name, and what is taken from inside it."""
    extended, last, steps = 0, None, code.co_code
    for operation, low in zip(steps[::2], steps[1::2], strict=True):
        argument = low | extended
        extended = 0
        if operation == opmap["EXTENDED_ARG"]:
            extended = argument << 8
        elif operation == opmap["LOAD_CONST"]:
            last = code.co_consts[argument]
        elif operation == opmap["IMPORT_NAME"]:
            inside = last if isinstance(last, tuple) else ()
            yield code.co_names[argument], inside
