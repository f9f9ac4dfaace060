"""Several of a few roles: mentor, teacher, volunteer. Words first; the boxes only when asked for."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from mentor_desktop.i18n import _
from mentor_desktop.services.choices import PERSON_ROLES, Choices, label
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import IconButton
from mentor_desktop.ui.widgets.flow import flowing
from mentor_desktop.ui.widgets.inputs import CheckBox
from mentor_desktop.ui.widgets.layout import column, row
from mentor_desktop.ui.widgets.text import Text


class RolesLine(QWidget):
    """Shows roles in words; `on_save` gets all codes when a box was pressed."""

    def __init__(
        self,
        theme: Theme,
        on_save: Callable[[list[str]], object],
        choices: Choices = PERSON_ROLES,
        name: str = "",
    ) -> None:
        super().__init__()
        self._known = choices
        self._theme, self._on_save = theme, on_save
        self._roles: tuple[str, ...] = ()
        self._label = Text(theme, name or _("Roles"), "label", "muted")
        self._words = Text(theme)
        self._change = IconButton(theme, "edit", _("Change the roles"), self._open)
        self._boxes = {code: CheckBox(theme, _(words)) for code, words in choices.items()}
        self._boxes_shown = flowing(theme, *self._boxes.values(), gap="m")
        self._boxes_shown.hide()
        for box in self._boxes.values():
            box.clicked.connect(self._on_clicked)
        line = row(theme, self._words, self._change)
        line.setStretch(0, 1)
        for text in (self._label, self._words):
            text.setContentsMargins(theme.size("indent"), 0, 0, 0)
        self._boxes_shown.setContentsMargins(theme.size("indent"), 0, 0, 0)
        self.setLayout(column(theme, self._label, line, self._boxes_shown, gap="none"))

    def show_roles(self, roles: Sequence[str]) -> None:
        """Show what is kept."""
        self._roles = tuple(roles)
        words = ", ".join(label(self._known, role) for role in roles)
        self._words.setText(words or "–")
        for code, box in self._boxes.items():
            box.setChecked(code in roles)

    def _open(self) -> None:
        self._boxes_shown.setVisible(self._boxes_shown.isHidden())
        if not self._boxes_shown.isHidden():
            next(iter(self._boxes.values())).setFocus()

    def _on_clicked(self) -> None:
        """Keep the order, and codes this program has no words for."""
        kept = [
            one for one in self._roles if one not in self._boxes or self._boxes[one].isChecked()
        ]
        new = [one for one, box in self._boxes.items() if box.isChecked() and one not in kept]
        self._on_save([*kept, *new])
