"""Every change of one person, newest first: who, when, from what to what."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from mentor_desktop.i18n import _, current_language
from mentor_desktop.services.history import HistoryLine, row_history
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.widgets.layout import column
from mentor_desktop.ui.widgets.line_list import Line, LineList
from mentor_desktop.ui.widgets.text import Text


class CardHistory(QWidget):
    """Read when it is opened, and again whenever the card changes."""

    def __init__(self, desk: Desk, row_id: str, entity: str = "person") -> None:
        super().__init__()
        self._jobs = OwnedJobs(desk.jobs, self)
        self._row_id, self._entity = row_id, entity
        self.is_open = False
        heading = Text(desk.theme, _("History"), "strong")
        heading.setContentsMargins(desk.theme.size("indent"), 0, 0, 0)
        self._list = LineList(desk.theme, _("History"), is_strong=False)
        self.setLayout(column(desk.theme, heading, self._list, gap="xs"))
        self.setFocusProxy(self._list)

    def open_history(self) -> None:
        """Show it from now on."""
        self.is_open = True
        self.show()
        self.reload()

    def reload(self) -> None:
        """Read the changes again."""
        op = partial(row_history, entity=self._entity, row_id=self._row_id)
        self._jobs.query(op, self._show, key="history")

    def _show(self, changes: Sequence[HistoryLine]) -> None:
        self._list.set_lines([_line(one) for one in changes])


def _line(one: HistoryLine) -> Line:
    language, local = current_language(), one.at.astimezone()
    when = f"{language.date(local.date(), 'medium')} {language.time(one.at)}"
    if not one.field:
        what = one.sentence
    elif not one.old:
        what = f"{one.field}: {one.new}"
    else:
        what = f"{one.field}: {one.old} → {one.new or '–'}"
    return Line(what, " · ".join(part for part in (when, one.actor) if part))
