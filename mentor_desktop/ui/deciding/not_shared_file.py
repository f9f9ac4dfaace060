"""What was not shared as a file: a table for people, JSON for programs."""

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QWidget

from mentor_desktop.i18n import _
from mentor_desktop.services.not_shared import (
    NotSharedCard,
    not_shared_json,
    not_shared_table,
)
from mentor_desktop.ui.printing import save_file

_JSON = ".json"
_SUFFIXES = (".xlsx", ".csv", _JSON)


def choose_file(parent: QWidget) -> Path | None:
    """Ask where to save; None when the person thinks better of it. The name says what kind it is."""
    kinds = ((_("Excel"), "*.xlsx"), (_("Plain text"), "*.csv"), ("JSON", "*.json"))
    filters = ";;".join(f"{name} ({pattern})" for name, pattern in kinds)
    name = Path.home() / (_("not shared") + _SUFFIXES[0])
    chosen, kind = QFileDialog.getSaveFileName(
        parent, _("Save what was not shared (the file is not encrypted)"), str(name), filters
    )
    if not chosen:
        return None
    path = Path(chosen)
    if path.suffix.lower() in _SUFFIXES:
        return path
    wanted = next((one for one in _SUFFIXES if one in kind), _SUFFIXES[0])
    return path.with_name(path.name + wanted)


# Any: see `jobs.Store`.
def save_card(uow: Any, *, card: NotSharedCard, path: Path, language: str) -> None:
    """Write a card's changes to a file.

    Raises:
        UserFacingError: it was dealt with meanwhile, or the place cannot be written.
    """
    from mentor_desktop.services.exports import table_file  # spreadsheets: not before the first

    if path.suffix.lower() == _JSON:
        content = not_shared_json(uow, card).encode()
    else:
        table = not_shared_table(uow, card)
        content = table_file(table, path.suffix.lower(), language=language)
    save_file(path, content)
