"""The window: the only Qt code besides `app`."""

import builtins

import PySide6.QtCore  # noqa: F401  it replaces the import statement, which is put right below


def _give_imports_back() -> None:
    """Undo PySide6's replacement of `__import__`, which only `from __feature__ import` needs.

    It reads the source of every module that is imported, to see if it uses PySide6: a third
    of the time and 20 MB when SQLAlchemy is loaded behind the first page, where it would
    hold up the window.
    """
    plain = getattr(builtins, "__orig_import__", None)
    if plain and builtins.__import__ is getattr(builtins, "__feature_import__", None):
        builtins.__import__ = plain


_give_imports_back()
