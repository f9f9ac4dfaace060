"""The fields of the overview, in the groups in which people think of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from zoneinfo import available_timezones

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import DOCUMENT_LANGUAGES, _, current_language
from mentor_desktop.services.agenda import Agenda
from mentor_desktop.services.choices import EVENT_KINDS, RULE_KINDS, WORKSHOP_STATUSES, offered
from mentor_desktop.services.organisations import OrganisationRow
from mentor_desktop.services.projects import ProjectRow
from mentor_desktop.services.workshops import WorkshopCard
from mentor_desktop.ui.countries import country_options
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.field import ChoiceField
from mentor_desktop.ui.widgets.flow import FieldGrid, flowing
from mentor_desktop.ui.widgets.inputs import CheckBox
from mentor_desktop.ui.widgets.layout import STRETCH, column, holder, row
from mentor_desktop.ui.widgets.text import Text
from mentor_desktop.ui.workshop.facts import Facts
from mentor_desktop.ui.workshop.language_texts import LanguageTexts
from mentor_desktop.ui.workshop.rule_words import grace_sentence, rule_sentence

# Fields have their words 10 px inside; headings and free texts stand on the same line.
_OTHER_PARTS = frozenset({"Africa", "America", "Asia", "Atlantic", "Australia", "Pacific"})
_MOST_HOSTS = 300
_PERCENT_RULES = frozenset({"minutes_pct", "slots_pct"})


def _time_zones() -> list[tuple[str, str]]:
    """Return the time zones to choose from: Europe's first, then the others."""
    names = available_timezones()  # reads 600 files
    europe = sorted(name for name in names if name.startswith("Europe/"))
    others = sorted(name for name in names if name.split("/")[0] in _OTHER_PARTS)
    return [(name, name.replace("_", " ")) for name in ("UTC", *europe, *others)]


# Both are worked out where this module is imported, which is not on the window's thread.
_TIME_ZONES = _time_zones()
country_options()


@dataclass(frozen=True)
class Around:
    """What stands around the workshop's own facts."""

    agenda: Agenda
    projects: tuple[ProjectRow, ...]
    organisations: tuple[OrganisationRow, ...]


class OverviewFacts(QWidget):
    """Groups of fields below each other.

    Emits:
        place_wanted: the key of a place that belongs to this workshop.
    """

    place_wanted = Signal(str)

    def __init__(self, theme: Theme, facts: Facts) -> None:
        super().__init__()
        self._theme, self._facts = theme, facts
        self._card: WorkshopCard | None = None
        self._around: Around | None = None
        self._languages: dict[str, CheckBox] = {}
        self._items: dict[str, CheckBox] = {}
        self._to_build = [self._when, self._about, self._certificate, self._reader]
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._build_next)
        self._groups = QVBoxLayout(self)
        self._groups.setContentsMargins(0, 0, 0, 0)
        self._groups.setSpacing(theme.space("xl"))
        self._soon.start()

    def show_card(self, card: WorkshopCard) -> None:
        """Fill the fields from a workshop."""
        self._card = card
        self._fill()

    def show_around(self, around: Around) -> None:
        """Offer projects and organisations, and say what the rule means for this agenda."""
        self._around = around
        self._fill()

    def forget(self) -> None:
        """Let the next workshop fill every field."""
        self._around = None
        self._facts.forget()

    def _build_next(self) -> None:
        """Build one more group: all at once would hold the window up for a tenth of a second."""
        self._groups.addWidget(self._to_build.pop(0)())
        if self._to_build:
            self._soon.start()
        else:
            self._groups.addStretch(1)
        self._fill()

    def _fill(self) -> None:
        """Show what is known in the groups that are there."""
        card = self._card
        if card is None:
            return
        self._facts.show(card)
        if self._to_build:
            return
        self._title.show_texts(card.titles, card.languages)
        self._notice.show_texts(card.data_notice, card.languages)
        for code, box in self._languages.items():
            box.setChecked(code in card.languages)
        self._percent.setVisible(card.rule_kind in _PERCENT_RULES)
        self._grace_words.setText(grace_sentence(card))
        way_on = _("Open the project") if card.project_id else _("Add a project")
        self._project_page.set_text(way_on)
        self._rule_words.setText("")
        if self._around:
            self._fill_around(card, self._around)

    def _fill_around(self, card: WorkshopCard, around: Around) -> None:
        projects = [(one.id, _called(one)) for one in around.projects]
        near = _near(around.organisations, card.host_org_id)
        organisations = [(one.id, one.name) for one in near]
        self._offer(self._project, "project_id", projects)
        self._offer(self._host, "host_org_id", organisations)
        self._facts.show(card)
        self._rule_words.setText(rule_sentence(card, around.agenda))
        self._show_items(card, around.agenda)

    def _when(self) -> QWidget:
        facts, grid = self._facts, FieldGrid(self._theme)
        grid.add(facts.date("starts_on", _("First day"), read=date.fromisoformat))
        grid.add(facts.date("ends_on", _("Last day"), read=date.fromisoformat))
        grid.add(facts.line("venue_name", _("Venue"), placeholder=_("Name of the house")))
        grid.add(facts.line("city", _("City"), placeholder="–"))
        grid.add(facts.line("address", _("Address"), placeholder="–"))
        grid.add(facts.choice("country", _("Country"), country_options()))
        grid.add(facts.choice("time_zone", _("Time zone"), _TIME_ZONES))
        grid.add(facts.line("online_platform", _("Online platform"), placeholder="–"))
        return self._group(_("When and where"), grid)

    def _about(self) -> QWidget:
        facts, grid = self._facts, FieldGrid(self._theme)
        self._title = LanguageTexts(self._theme, _("Title"), self._save_title, is_long=False)
        self._project = facts.choice("project_id", _("Project"), (), read=_or_none)
        self._project_page = Button(
            self._theme,
            _("Open the project"),
            partial(self.place_wanted.emit, "project"),
            kind="quiet",
        )
        self._host = facts.choice("host_org_id", _("Hosting organisation"), (), read=_or_none)
        grid.add(self._title, is_wide=True)
        grid.add(facts.line("code", _("Code")))
        grid.add(facts.choice("status", _("State"), offered(WORKSHOP_STATUSES)))
        grid.add(facts.choice("event_kind", _("Kind"), offered(EVENT_KINDS)))
        places = facts.line("capacity", _("Places in the room"), placeholder=_("no limit"))
        grid.add(places)
        grid.add(self._host)
        grid.add(
            holder(
                column(
                    self._theme,
                    self._project,
                    row(self._theme, self._project_page, STRETCH),
                    gap="xs",
                )
            )
        )
        return self._group(_("What it is"), grid)

    def _certificate(self) -> QWidget:
        facts, grid = self._facts, FieldGrid(self._theme)
        self._percent = facts.line("rule_percent", _("Share asked for, in per cent"))
        self._rule_words = Text(self._theme, "", "body")
        self._grace_words = Text(self._theme, "", "small", "muted")
        self._item_boxes = QVBoxLayout()
        self._item_boxes.setSpacing(0)
        grid.add(facts.choice("rule_kind", _("A certificate asks for"), offered(RULE_KINDS)))
        grid.add(self._percent)
        grid.add(self._indented(self._rule_words), is_wide=True)
        self._item_holder = holder(self._item_boxes)
        self._item_holder.hide()
        grid.add(self._item_holder, is_wide=True)
        grid.add(facts.line("grace_min", _("Minutes of grace")))
        grid.add(facts.check("remote_counts", _("Taking part online counts")))
        grid.add(self._indented(self._grace_words), is_wide=True)
        grid.add(facts.line("signatory_name", _("Who signs"), placeholder="–"))
        grid.add(facts.line("signatory_function", _("Function"), placeholder="–"))
        return self._group(_("Certificate"), grid)

    def _reader(self) -> QWidget:
        grid = FieldGrid(self._theme)
        for code in DOCUMENT_LANGUAGES:
            box = CheckBox(self._theme, current_language().language_name(code))
            box.clicked.connect(self._save_languages)
            self._languages[code] = box
        self._notice = LanguageTexts(
            self._theme,
            _("Data notice"),
            self._save_notice,
            is_long=True,
            placeholder=_("Who keeps which data, what for, how long, and whom to ask"),
        )
        label = Text(self._theme, _("Languages of the papers"), "label", "muted")
        boxes = flowing(self._theme, *self._languages.values(), gap="m")
        grid.add(self._indented(label, boxes), is_wide=True)
        grid.add(self._notice, is_wide=True)
        return self._group(_("For those who read it"), grid)

    def _group(self, title: str, grid: QWidget) -> QWidget:
        heading = self._indented(Text(self._theme, title, "section"))
        return holder(column(self._theme, heading, grid, gap="s"))

    def _indented(self, *widgets: QWidget) -> QWidget:
        layout = column(self._theme, *widgets, gap="xs")
        layout.setContentsMargins(self._theme.size("indent"), 0, 0, 0)
        return holder(layout)

    def _offer(self, field: ChoiceField, name: str, options: list[tuple[str, str]]) -> None:
        offered_now = [("", "–"), *options]
        choice = field.choice
        shown = [(choice.itemData(i), choice.itemText(i)) for i in range(choice.count())]
        if shown != offered_now:
            choice.set_options(offered_now)
            self._facts.show_again(name)

    def _show_items(self, card: WorkshopCard, agenda: Agenda) -> None:
        """Offer the items that count, for a rule that names some."""
        wanted = {
            item.id: item.title
            for slot in agenda.slots
            for item in slot.items
            if item.counts and card.rule_kind == "named_items"
        }
        if {key: box.text() for key, box in self._items.items()} != wanted:
            for box in self._items.values():
                box.hide()
                box.deleteLater()
            self._items = {key: CheckBox(self._theme, title) for key, title in wanted.items()}
            for box in self._items.values():
                box.clicked.connect(self._save_items)
                self._item_boxes.addWidget(box)
        for key, box in self._items.items():
            box.setChecked(key in card.rule_items)
        self._item_holder.setVisible(bool(self._items))

    def _save_title(self, texts: dict[str, str], refuse: Callable[[UserFacingError], None]) -> None:
        self._facts.save({"title": texts}, refuse)

    def _save_notice(
        self, texts: dict[str, str], refuse: Callable[[UserFacingError], None]
    ) -> None:
        self._facts.save({"data_notice": texts}, refuse)

    def _save_languages(self) -> None:
        chosen = [code for code, box in self._languages.items() if box.isChecked()]
        before = list(self._card.languages) if self._card else []
        kept = [code for code in before if code in chosen or code not in self._languages]
        self._facts.save({"languages": [*kept, *(code for code in chosen if code not in kept)]})

    def _save_items(self) -> None:
        self._facts.save(
            {"rule_items": [key for key, box in self._items.items() if box.isChecked()]}
        )


def _called(project: ProjectRow) -> str:
    return f"{project.acronym or project.title} · {project.number}"


def _near(organisations: Sequence[OrganisationRow], chosen_id: str | None) -> list[OrganisationRow]:
    """Return who can host: our own first, then partners, then others, as many as one can scroll."""
    order = {"own": 0, "partner": 1}
    by_kind = sorted(organisations, key=lambda one: order.get(one.kind, 2))
    others = by_kind[_MOST_HOSTS:]
    return [*by_kind[:_MOST_HOSTS], *(one for one in others if one.id == chosen_id)]


def _or_none(text: str) -> str | None:
    return text or None
