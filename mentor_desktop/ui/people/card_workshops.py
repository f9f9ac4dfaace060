"""What somebody took part in."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtWidgets import QWidget

from mentor_desktop.i18n import _, current_language
from mentor_desktop.services.choices import REGISTRATION_ROLES, REGISTRATION_STATES, label
from mentor_desktop.services.people import PersonWorkshop
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.widgets.layout import column
from mentor_desktop.ui.widgets.line_list import Line, LineList
from mentor_desktop.ui.widgets.text import Text


class CardWorkshops(QWidget):
    """The workshops of a person, newest first; one opens by a click or Enter."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        theme = desk.theme
        heading = Text(theme, _("Took part in"), "strong")
        self._none = Text(theme, _("Registered in no workshop yet."), "body", "muted")
        self._list = LineList(theme, _("Workshops"), is_strong=False)
        self._list.opened.connect(lambda key: desk.frame.go("workshop", workshop_id=key))
        for text in (heading, self._none):
            text.setContentsMargins(theme.size("indent"), 0, 0, 0)
        self.setLayout(column(theme, heading, self._none, self._list, gap="xs"))

    def show_workshops(self, workshops: Sequence[PersonWorkshop]) -> None:
        """Show them."""
        self._none.setVisible(not workshops)
        self._list.setVisible(bool(workshops))
        self._list.set_lines([_line(one) for one in workshops])


def _line(one: PersonWorkshop) -> Line:
    day = current_language().date(date.fromisoformat(one.starts_on), "medium")
    role = "" if one.role == "participant" else label(REGISTRATION_ROLES, one.role)
    number = _("No. {number}").format(number=one.list_number) if one.list_number else ""
    state = label(REGISTRATION_STATES, one.state)
    return Line(
        one.title or one.code,
        " · ".join(part for part in (day, one.code, number, role, state) if part),
        key=one.workshop_id,
        icon="workshops",
    )
