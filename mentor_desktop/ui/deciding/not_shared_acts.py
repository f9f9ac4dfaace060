"""What can be done with changes that were not shared: sent again, saved as a file, dismissed."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog

from mentor_desktop.changes import Changes
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _, current_language
from mentor_desktop.services.not_shared import (
    NotSharedCard,
    dismiss,
    list_again,
    not_shared_json,
    not_shared_table,
    share_again,
)
from mentor_desktop.ui.pages.base import Page
from mentor_desktop.ui.printing import save_file

_JSON = ".json"
_SUFFIXES = (".xlsx", ".csv", _JSON)

Refuse = Callable[[str, UserFacingError], None]


class NotSharedActs:
    """The buttons of these cards on a page; `refuse` shows on a card why something was not done."""

    def __init__(self, page: Page, refuse: Refuse) -> None:
        self._page, self._refuse = page, refuse

    def send(self, card: NotSharedCard) -> None:
        """Make rejected changes again; what waits is offered with an exchange at once."""
        if card.is_waiting:
            self._page.desk.sync.controller.sync_now(_("Syncing"))
        else:
            self._do(card, partial(share_again, card=card), lambda _changes: None)

    def save(self, card: NotSharedCard) -> None:
        """Ask for a file and save all changes of a card: a table for people, JSON for programs."""
        path = self._chosen_file()
        if path is None:
            return

        def tell(_done: None) -> None:
            self._page.frame.toast(_("Saved as {path}.").format(path=path))

        op = partial(_save, card=card, path=path, language=current_language().code)
        self._page.jobs.query(op, tell, partial(self._refuse, _key(card)))

    def dismiss(self, card: NotSharedCard) -> None:
        """List it no more, with Undo."""
        at: list[int] = []

        def let_go(uow: Any) -> Changes:  # Any: see `jobs.Store`
            at.append(dismiss(uow, card))
            return Changes()

        def tell(_changes: Changes) -> None:
            undo = partial(self._list_again, card, at[0])
            self._page.frame.toast(_("Dismissed. The changes stay in the log."), _("Undo"), undo)

        self._do(card, let_go, tell)

    def _list_again(self, card: NotSharedCard, at_ms: int) -> None:
        def listed(uow: Any) -> Changes:  # Any: see `jobs.Store`
            list_again(uow, card, at_ms)
            return Changes()

        self._do(card, listed, lambda _changes: None)

    # Any: see `jobs.Store`.
    def _do(
        self, card: NotSharedCard, op: Callable[[Any], Changes], tell: Callable[[Changes], None]
    ) -> None:
        def done(changes: Changes) -> None:
            self._page.mark_stale()
            tell(changes)

        self._page.jobs.command(op, done, partial(self._refuse, _key(card)))

    def _chosen_file(self) -> Path | None:
        """Ask where to save; the name says what kind of file, else the kind that was chosen."""
        kinds = ((_("Excel"), "*.xlsx"), (_("Plain text"), "*.csv"), ("JSON", "*.json"))
        filters = ";;".join(f"{name} ({pattern})" for name, pattern in kinds)
        name = Path.home() / (_("not shared") + _SUFFIXES[0])
        title = _("Save what was not shared (the file is not encrypted)")
        chosen, kind = QFileDialog.getSaveFileName(self._page, title, str(name), filters)
        if not chosen:
            return None
        path = Path(chosen)
        if path.suffix.lower() in _SUFFIXES:
            return path
        return path.with_name(path.name + next((one for one in _SUFFIXES if one in kind), ".xlsx"))


def _key(card: NotSharedCard) -> str:
    return f"not shared {card.key}"


# Any: see `jobs.Store`.
def _save(uow: Any, *, card: NotSharedCard, path: Path, language: str) -> None:
    """Write a card's changes to a file.

    Raises:
        UserFacingError: it was dealt with meanwhile, or the place cannot be written.
    """
    from mentor_desktop.services.exports import table_file  # spreadsheets: not before the first

    suffix = path.suffix.lower()
    if suffix == _JSON:
        content = not_shared_json(uow, card).encode()
    else:
        content = table_file(not_shared_table(uow, card), suffix, language=language)
    save_file(path, content)
