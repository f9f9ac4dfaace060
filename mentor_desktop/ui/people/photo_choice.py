"""What photographers may do with a person: one click, with the time it was said."""

from datetime import datetime
from functools import partial

from PySide6.QtWidgets import QWidget

from mentor_desktop.i18n import N_, _, current_language
from mentor_desktop.services.choices import PHOTO_CHOICES
from mentor_desktop.services.consents import choose_photo
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.flow import flowing
from mentor_desktop.ui.widgets.layout import column
from mentor_desktop.ui.widgets.text import Text

# Below the heading "Photos" a word is enough; the whole answer is the accessible name.
_SHORT = {"yes_all": N_("Yes"), "group_only": N_("Group only"), "no": N_("No")}


class PhotoChoice(QWidget):
    """Three answers beside each other; the one that holds carries a tick."""

    def __init__(self, theme: Theme, jobs: OwnedJobs, person_id: str) -> None:
        super().__init__()
        self._jobs, self._person_id = jobs, person_id
        self._said = Text(theme, "", "small", "muted")
        heading = Text(theme, _("Photos"), "strong")
        self._buttons = {
            code: Button(theme, _(words), partial(self._choose, code))
            for code, words in _SHORT.items()
        }
        for code, button in self._buttons.items():
            button.setCheckable(True)
            button.setAccessibleName(_(PHOTO_CHOICES[code]))
        for text in (heading, self._said):
            text.setContentsMargins(theme.size("indent"), 0, 0, 0)
        choices = flowing(theme, *self._buttons.values())
        self.setLayout(column(theme, heading, self._said, choices, gap="s"))

    def show_choice(self, choice: str, chosen_at: datetime | None) -> None:
        """Show the choice that holds and since when."""
        for code, button in self._buttons.items():
            button.setChecked(code == choice)
            button.set_icon("checked" if code == choice else "")
        if choice == "not_asked":
            self._said.setText(_("Nobody has asked yet; until then it counts as no."))
        elif chosen_at is None:
            self._said.setText(_("As the list of the organiser says."))
        else:
            day = current_language().date(chosen_at.astimezone().date())
            self._said.setText(_("Said on {date}").format(date=day))

    def _choose(self, choice: str) -> None:
        op = partial(choose_photo, person_id=self._person_id, choice=choice)
        self._jobs.command(op, None, self._refuse)

    def _refuse(self, error: Exception) -> None:
        self._said.setText(str(error))
