"""One person as a card in the side panel: read at a glance, put right where it stands."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mentor_desktop.changes import Changes
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _
from mentor_desktop.services.people import (
    PersonCard,
    change_person,
    person_card,
    remove_person,
)
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.people.card_facts import CardFacts, CardNames
from mentor_desktop.ui.people.card_head import CardHead
from mentor_desktop.ui.people.card_history import CardHistory
from mentor_desktop.ui.people.card_workshops import CardWorkshops
from mentor_desktop.ui.people.consents_part import ConsentsPart
from mentor_desktop.ui.people.photo_choice import PhotoChoice
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.flow import flowing
from mentor_desktop.ui.widgets.layout import STRETCH, column
from mentor_desktop.ui.widgets.text import Text
from mentor_desktop.ui.workshop.facts import Facts
from mentor_desktop.ui.workshop.live_form import LiveForm


class PersonCardPanel(LiveForm):
    """Name, where from, workshops, consents, contact; everything is saved as it is changed."""

    shows = frozenset({"person", "organisation", "registration", "workshop", "consent"})

    def __init__(self, desk: Desk, person_id: str) -> None:
        super().__init__(desk)
        self._person_id = person_id
        self._card: PersonCard | None = None
        self._build_widgets()
        self._lay_out()
        desk.settings.changed.connect(self._on_settings)
        self.reload()

    @property
    def card(self) -> PersonCard | None:
        """What is shown; None until it is here."""
        return self._card

    def reload(self) -> None:
        """Ask for the card again."""
        op = partial(person_card, person_id=self._person_id)
        self._jobs.query(op, self._show, self._on_gone, key="card")

    def begin_editing(self) -> None:
        """Put the keyboard on the given name."""
        self._names.show()
        self._names.begin_editing()

    # ---- widgets

    def _build_widgets(self) -> None:
        desk, theme = self._desk, self._desk.theme
        self._facts = Facts(theme, self._jobs, self._change)
        self._head = CardHead(theme, self._toggle_names)
        self._names = CardNames(theme, self._facts)
        self._facts_part = CardFacts(theme, self._facts)
        self._photos = PhotoChoice(theme, self._jobs, self._person_id)
        self._workshops = CardWorkshops(desk)
        self._consents = ConsentsPart(desk, self._person_id)
        self._history = CardHistory(desk, self._person_id)
        self._trouble = Text(theme, "", "body", "absent")
        self._trouble.hide()
        self._remove = Button(
            theme, _("Remove this person"), self._remove_person, kind="danger", icon="remove"
        )
        self._show_history = Button(
            theme, _("Show the history"), self._open_history, kind="quiet", icon="history"
        )

    def _lay_out(self) -> None:
        theme = self._desk.theme
        self._parts: list[QWidget] = [
            self._head,
            self._names,
            self._workshops,
            self._photos,
            self._consents,
            self._facts_part,
            self._history,
            flowing(theme, self._show_history, self._remove),
            self._trouble,
        ]
        for part in self._parts[1:]:
            part.hide()
        self.setLayout(column(theme, *self._parts, STRETCH, gap="xl"))

    # ---- what is shown

    def _show(self, card: PersonCard) -> None:
        is_first = self._card is None
        self._card = card
        is_private = self._desk.settings.value.presentation
        self._head.show_card(card, is_private=is_private)
        self._names.show_card(card)
        self._facts_part.show_card(card, is_private=is_private)
        self._photos.show_choice(card.photo_choice, card.photo_choice_at)
        self._workshops.show_workshops(card.workshops)
        self._consents.show_consents(card.consents, card.birth_year)
        if self._history.is_open:
            self._history.reload()
        if is_first:
            for part in self._parts[1:-1]:
                part.setVisible(part not in {self._history, self._names})
        self._consents.setHidden(is_private)  # one of them is about diet and access needs
        self._remove.setVisible(not card.workshops and not card.consents)
        self._show_history.setVisible(not is_private and not self._history.is_open)
        self._history.setVisible(not is_private and self._history.is_open)

    def _on_settings(self, _settings: object) -> None:
        if self._card is not None:
            self._show(self._card)

    def _on_gone(self, error: UserFacingError) -> None:
        """The person was removed, perhaps by an undo: say so in place of the card."""
        self._head.show_sentence(str(error))
        for part in self._parts[1:]:
            part.hide()
        self._card = None

    # ---- what is done

    def _change(self, values: Mapping[str, Any]) -> Callable[[Any], Changes]:
        return partial(change_person, person_id=self._person_id, **values)

    def _toggle_names(self) -> None:
        if self._names.isHidden():
            self.begin_editing()
        else:
            self._names.hide()

    def _open_history(self) -> None:
        self._history.open_history()
        self._show_history.hide()
        self._history.setFocus(Qt.FocusReason.OtherFocusReason)

    def _remove_person(self) -> None:
        op = partial(remove_person, person_id=self._person_id)
        self._jobs.command(op, lambda _changes: self._desk.frame.close_panel(), self._refuse)

    def _refuse(self, error: UserFacingError) -> None:
        self._trouble.setText(str(error))
        self._trouble.show()
