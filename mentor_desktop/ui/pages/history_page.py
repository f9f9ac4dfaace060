"""History: what was done, by whom, and one step back or forth."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from mentor_desktop.i18n import _, current_language
from mentor_desktop.services.history import ActionRow, recent_actions
from mentor_desktop.ui import words
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.pages.base import Page
from mentor_desktop.ui.widgets.empty_state import EmptyState
from mentor_desktop.ui.widgets.layout import ScrollColumn, pile
from mentor_desktop.ui.widgets.line_list import Line, LineList, heading

_MOST = 300


class HistoryPage(Page):
    """The actions of this workspace, newest first, by day."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._list = LineList(self.theme, _("History"), is_strong=False)
        self._empty = EmptyState(self.theme, _("Nothing was done here yet."), "calm")
        scroll = ScrollColumn(self.theme)
        scroll.column.addWidget(self._list)
        scroll.column.addStretch(1)
        self._stack = pile(scroll, self._empty)
        self.content.addWidget(self._stack)
        self.track(desk.jobs.changed, self._on_anything)
        self.track(desk.settings.changed, self._on_anything)

    def refresh(self) -> None:
        """Read the newest actions."""
        self.jobs.query(partial(recent_actions, limit=_MOST), self._show, key="actions")

    def first_focus(self) -> QWidget | None:
        return self._list

    def _on_anything(self, _news: object) -> None:
        self.mark_stale()

    def _show(self, rows: Sequence[ActionRow]) -> None:
        self._stack.setCurrentIndex(0 if rows else 1)
        language, lines, day = current_language(), [], None
        is_projected = self.desk.settings.value.presentation
        for one in rows:
            local = one.at.astimezone()
            if local.date() != day:
                day = local.date()
                lines.append(heading(language.date(day, "full")))
            lines.append(_line(one, is_hidden=is_projected and one.is_private))
        self._list.set_lines(lines)


def _line(action: ActionRow, *, is_hidden: bool) -> Line:
    return Line(
        words.action(action.sentence, is_hidden=is_hidden),
        lead=current_language().time(action.at, seconds=True),
        tail=_("undone") if action.is_undone else action.actor,
        tone="muted" if action.is_undone else "text",
    )
