"""Inviting somebody: a role, the workshops it is for, and a link that is shown this one time."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from mentor_desktop.i18n import _
from mentor_desktop.services.devices import role_name
from mentor_desktop.services.workshops import WorkshopRow
from mentor_desktop.ui.sync_controller.team_acts import TeamActs
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.field import ChoiceField
from mentor_desktop.ui.widgets.layout import STRETCH, row
from mentor_desktop.ui.widgets.small_form import SmallForm
from mentor_desktop.ui.widgets.text import Text

_ALL = "*"
# Those who see every workshop anyway.
_OF_EVERYTHING = ("admin", "organiser")
_LIKELY = "trainer"


class InviteForm(SmallForm):
    """Makes one invitation; whoever has its link may join, once."""

    def __init__(
        self, theme: Theme, acts: TeamActs, roles: Sequence[str], workshops: Sequence[WorkshopRow]
    ) -> None:
        super().__init__(theme, _("Make the invitation"), self._make)
        self._theme = theme
        self._acts = acts
        likely = _LIKELY if _LIKELY in roles else roles[-1]
        self._role = self.add(
            ChoiceField(
                theme,
                _("Role"),
                [(one, role_name(one)) for one in roles],
                likely,
                self._on_role,
                in_place=False,
            )
        )
        offered = [(_ALL, _("All workshops")), *((one.id, one.title) for one in workshops)]
        self._workshop = self.add(ChoiceField(theme, _("Workshop"), offered, _ALL, in_place=False))
        self.add_words(
            _("The invitation is for one person and one computer. It is good for 14 days.")
        )
        self._on_role(likely)

    def _on_role(self, chosen: str) -> None:
        self._workshop.setVisible(chosen not in _OF_EVERYTHING)

    def _make(self) -> None:
        chosen = self._role.choice.value
        workshops = [] if chosen in _OF_EVERYTHING else [self._workshop.choice.value]
        self._acts.invite(chosen, workshops, self._show, self.refuse, self)

    def _show(self, invitation: object) -> None:
        link, code = invitation.link, invitation.code  # type: ignore[attr-defined]
        while (old := self.below.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.deleteLater()
        shown = Text(self._theme, link, "body", "accent")
        shown.setAccessibleName(_("Link of the invitation"))
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        letters = Text(self._theme, code, "strong")
        letters.setAccessibleName(code)
        words = _("It is shown this one time. Send it so that nobody else reads it.")
        copy = Button(
            self._theme,
            _("Copy the link"),
            lambda: QGuiApplication.clipboard().setText(link),
            icon="copy",
        )
        for one in (shown, letters, Text(self._theme, words, "small", "muted")):
            self.below.addWidget(one)
        self.below.addLayout(row(self._theme, copy, STRETCH))
