"""The facts of a card. What is empty takes no room; a quiet verb brings its field."""

from functools import partial

from PySide6.QtWidgets import QWidget

from mentor_desktop.i18n import N_, _
from mentor_desktop.services.choices import GENDERS, offered
from mentor_desktop.services.people import PersonCard
from mentor_desktop.ui.countries import country_options
from mentor_desktop.ui.people.languages import language_options
from mentor_desktop.ui.people.roles_line import RolesLine
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.flow import FieldGrid, flowing
from mentor_desktop.ui.widgets.inputs import CheckBox
from mentor_desktop.ui.widgets.layout import column, row
from mentor_desktop.ui.widgets.text import Text
from mentor_desktop.ui.workshop.facts import Facts

# Fields that most people do without: name, and the verb that brings the empty field.
_RARE = {
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "birth_year": N_("Year of birth"),
    "gender": N_("Gender"),
    "note": N_("Note"),
}
_PRIVATE = frozenset({"email", "phone", "birth_year", "gender", "note"})
_NOTHING = frozenset({"", "undisclosed", "None"})


class CardNames(QWidget):
    """All forms of a name, brought by a verb in the head of the card."""

    def __init__(self, theme: Theme, facts: Facts) -> None:
        super().__init__()
        self._given = facts.line("given_name", _("Given name"))
        family = facts.line("family_name", _("Family name"), placeholder="–")
        self._confirmed = CheckBox(theme, _("The holder has confirmed this spelling"))
        self._confirmed.clicked.connect(lambda is_on: facts.save({"name_is_confirmed": is_on}))
        grid = FieldGrid(theme, least_px=140)
        for field in (self._given, family):
            grid.add(field)
        latin = facts.line("name_latin", _("In Latin letters, as in the passport"), placeholder="–")
        grid.add(latin, is_wide=True)
        grid.add(facts.line("badge_name", _("On the badge"), placeholder="–"), is_wide=True)
        printed = facts.line(
            "name_on_certificate", _("On certificates"), placeholder=_("given and family name")
        )
        grid.add(printed, is_wide=True)
        confirmed = row(theme, self._confirmed)
        confirmed.setContentsMargins(theme.size("indent"), 0, 0, 0)
        self.setLayout(column(theme, grid, confirmed, gap="s"))

    def show_card(self, card: PersonCard) -> None:
        """Show what is not a field; the fields are filled by their `Facts`."""
        self._confirmed.setChecked(card.name_confirmed_at is not None)

    def begin_editing(self) -> None:
        """Put the keyboard on the given name."""
        self._given.line.setFocus()
        self._given.line.selectAll()


class CardFacts(QWidget):
    """Fields in place: where from, roles, contact, note."""

    def __init__(self, theme: Theme, facts: Facts) -> None:
        super().__init__()
        self._theme, self._facts = theme, facts
        self._brought: set[str] = set()
        self._fields: dict[str, QWidget] = {}
        self._build_widgets()
        self._lay_out()

    def show_card(self, card: PersonCard, *, is_private: bool) -> None:
        """Fill the fields; while a projector is on, `is_private`, without contact and note."""
        self._language.choice.set_options(language_options(card.preferred_language))
        self._facts.show_again("preferred_language")
        self._facts.show(card)
        self._roles.show_roles(card.roles)
        for name, field in self._fields.items():
            is_filled = str(getattr(card, name)) not in _NOTHING or name in self._brought
            is_shown = is_filled and not (is_private and name in _PRIVATE)
            field.setVisible(is_shown)
            self._verbs[name].setVisible(not is_filled and not (is_private and name in _PRIVATE))
        self._hidden.setVisible(is_private)

    def _build_widgets(self) -> None:
        theme, facts = self._theme, self._facts
        self._organisation = facts.line("organisation", _("Organisation"), placeholder="–")
        self._country = facts.choice("country", _("Country"), country_options())
        self._language = facts.choice("preferred_language", _("Language"), language_options())
        self._roles = RolesLine(theme, lambda roles: facts.save({"roles": roles}))
        self._fields = {
            "email": facts.line("email", _("E-mail")),
            "phone": facts.line("phone", _("Phone")),
            "birth_year": facts.line("birth_year", _("Year of birth")),
            "gender": facts.choice("gender", _("Gender"), offered(GENDERS)),
            "note": facts.note("note", _("Note")),
        }
        self._verbs = {
            name: Button(theme, _(words), partial(self._bring, name), kind="quiet", icon="add")
            for name, words in _RARE.items()
        }
        self._hidden = Text(
            theme, _("Contact and notes are hidden: presentation mode is on."), "small", "muted"
        )
        self._hidden.setContentsMargins(theme.size("indent"), 0, 0, 0)

    def _lay_out(self) -> None:
        theme, fields = self._theme, self._fields
        heading = Text(theme, _("Details"), "strong")
        heading.setContentsMargins(theme.size("indent"), 0, 0, 0)
        rest = FieldGrid(theme, least_px=140)
        rest.add(self._organisation, is_wide=True)
        rest.add(self._country)
        rest.add(self._language)
        parts = (
            heading,
            rest,
            self._roles,
            fields["email"],
            fields["phone"],
            fields["birth_year"],
            fields["gender"],
            fields["note"],
            flowing(theme, *self._verbs.values(), gap="xs"),
            self._hidden,
        )
        self.setLayout(column(theme, *parts, gap="s"))

    def _bring(self, name: str) -> None:
        self._brought.add(name)
        self._verbs[name].hide()
        self._fields[name].show()
        self._fields[name].setFocus()
