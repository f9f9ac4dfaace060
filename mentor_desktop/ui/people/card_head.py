"""The head of a card: the name as it is printed, its other forms, and what looks wrong in it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mentor_desktop.i18n import _, current_language
from mentor_desktop.services.people import PersonCard
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import IconButton
from mentor_desktop.ui.widgets.layout import column, row
from mentor_desktop.ui.widgets.text import Text


class CardHead(QWidget):
    """Large name, quiet second line, warnings in plain sentences."""

    def __init__(self, theme: Theme, on_correct: Callable[[], object]) -> None:
        super().__init__()
        self._name = Text(theme, "", "title")
        self._correct = IconButton(theme, "edit", _("Correct the name"), on_correct)
        self._correct.hide()
        self._where = Text(theme, "", "body", "muted")
        self._forms = Text(theme, "", "body", "muted")
        self._contact = Text(theme, "", "body", "muted")
        self._warning = Text(theme, "", "body", "late")
        texts = (self._where, self._contact, self._forms, self._warning)
        for text in (self._name, *texts):
            text.setContentsMargins(theme.size("indent"), 0, 0, 0)
            text.hide()
        first = row(theme, self._name, self._correct)
        first.setStretch(0, 1)
        first.setAlignment(self._correct, Qt.AlignmentFlag.AlignTop)
        self.setLayout(column(theme, first, *texts, gap="xs"))

    def show_card(self, card: PersonCard, *, is_private: bool) -> None:
        """Show whose card this is; while a projector is on, `is_private`, without contact."""
        country = current_language().country(card.country) if card.country else ""
        self._fill(
            name=card.certificate_name,
            where=" · ".join(part for part in (card.organisation, country) if part),
            contact=""
            if is_private
            else " · ".join(part for part in (card.email, card.phone) if part),
            forms="\n".join(_other_forms(card)),
            warning="\n".join(card.warnings),
        )
        self._correct.show()

    def show_sentence(self, sentence: str) -> None:
        """Say something in place of a name."""
        self._fill(name="", where=sentence, contact="", forms="", warning="")
        self._correct.hide()

    def _fill(self, *, name: str, where: str, contact: str, forms: str, warning: str) -> None:
        pairs = (
            (self._name, name),
            (self._where, where),
            (self._contact, contact),
            (self._forms, forms),
            (self._warning, warning),
        )
        for label, text in pairs:
            label.setText(text)
            label.setVisible(bool(text))


def _other_forms(card: PersonCard) -> list[str]:
    """Return what the person is called elsewhere, where that differs from the large name."""
    forms = []
    if card.name != card.certificate_name:
        forms.append(_("On lists: {name}").format(name=card.name))
    if card.name_latin and card.name_latin != card.certificate_name:
        forms.append(_("In Latin letters: {name}").format(name=card.name_latin))
    if card.badge_name and card.badge_name != card.name:
        forms.append(_("On the badge: {name}").format(name=card.badge_name))
    if card.name_confirmed_at is not None:
        day = current_language().date(card.name_confirmed_at.astimezone().date())
        forms.append(_("Spelling confirmed on {date}").format(date=day))
    return forms
