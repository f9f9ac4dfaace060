"""The consents of a person with their dates: given, withdrawn by one click, recorded anew."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from mentor_desktop.changes import Changes
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import DOCUMENT_LANGUAGES, _, current_language
from mentor_desktop.services.choices import CONSENT_PURPOSES, CONSENT_WAYS, label, offered
from mentor_desktop.services.consents import record_consent, withdraw_consent
from mentor_desktop.services.people import PersonConsent
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.field import ChoiceField, TextField
from mentor_desktop.ui.widgets.layout import STRETCH, column, row
from mentor_desktop.ui.widgets.small_form import SmallForm
from mentor_desktop.ui.widgets.text import Text


class ConsentsPart(QWidget):
    """One paragraph for each consent; withdrawing is as easy as giving."""

    def __init__(self, desk: Desk, person_id: str) -> None:
        super().__init__()
        self._theme = desk.theme
        self._jobs = OwnedJobs(desk.jobs, self)
        self._consents: tuple[PersonConsent, ...] | None = None
        heading = Text(desk.theme, _("Consents"), "strong")
        self._none = Text(desk.theme, _("None recorded."), "body", "muted")
        self._trouble = Text(desk.theme, "", "body", "absent")
        self._trouble.hide()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(desk.theme.space("m"))
        self._form = ConsentForm(desk, person_id, self._close_form)
        self._form.hide()
        self._add = Button(
            desk.theme, _("Record a consent"), self._open_form, kind="quiet", icon="add"
        )
        for text in (heading, self._none, self._trouble):
            text.setContentsMargins(desk.theme.size("indent"), 0, 0, 0)
        parts = (heading, self._none, self._rows, self._trouble, self._form)
        self.setLayout(column(desk.theme, *parts, row(desk.theme, self._add, STRETCH), gap="s"))

    def show_consents(self, consents: Sequence[PersonConsent], birth_year: int | None) -> None:
        """Show them, newest first."""
        self._form.set_birth_year(birth_year)
        if self._consents == tuple(consents):
            return
        self._consents = tuple(consents)
        self._none.setVisible(not consents)
        while (item := self._rows.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for one in consents:
            self._rows.addWidget(_ConsentRow(self._theme, one, partial(self._withdraw, one.id)))

    def _withdraw(self, consent_id: str) -> None:
        self._jobs.command(partial(withdraw_consent, consent_id=consent_id), None, self._refuse)

    def _refuse(self, error: UserFacingError) -> None:
        self._trouble.setText(str(error))
        self._trouble.show()

    def _open_form(self) -> None:
        self._trouble.hide()
        self._form.show()
        self._add.hide()
        self._form.setFocus()

    def _close_form(self) -> None:
        self._form.hide()
        self._add.show()
        self._add.setFocus()


class _ConsentRow(QWidget):
    """What was agreed to and when, and the verb that ends it."""

    def __init__(self, theme: Theme, one: PersonConsent, withdraw: Callable[[], object]) -> None:
        super().__init__()
        purpose = label(CONSENT_PURPOSES, one.purpose)
        holds = one.withdrawn_at is None
        head = Text(theme, purpose, "body", "text" if holds else "muted")
        said = column(theme, head, Text(theme, _story(one), "small", "muted"), gap="none")
        line = row(theme, said, gap="s")
        line.setContentsMargins(theme.size("indent"), 0, 0, 0)
        line.setStretch(0, 1)
        if holds:
            verb = Button(theme, _("Withdraw"), withdraw, kind="quiet")
            verb.setAccessibleName(_("Withdraw: {purpose}").format(purpose=purpose))
            line.addWidget(verb)
        self.setLayout(line)


class ConsentForm(SmallForm):
    """One purpose, in one version and language of the text; nothing is ticked before."""

    def __init__(self, desk: Desk, person_id: str, close: Callable[[], object]) -> None:
        super().__init__(desk.theme, _("Record the consent"), self._record)
        self._jobs = OwnedJobs(desk.jobs, self)
        self._person_id, self._close = person_id, close
        theme, language = desk.theme, current_language()
        nothing = ("", "–")
        self._purpose = self.add(
            ChoiceField(theme, _("What for"), [nothing, *offered(CONSENT_PURPOSES)])
        )
        self._how = self.add(ChoiceField(theme, _("Given how"), offered(CONSENT_WAYS)))
        self._version = self.add(
            TextField(theme, _("Version of the text"), placeholder="2026-01", in_place=False)
        )
        languages = [(code, language.language_name(code)) for code in DOCUMENT_LANGUAGES]
        self._language = self.add(
            ChoiceField(theme, _("Language of the text"), languages, language.code)
        )
        self._guardian = self.add(TextField(theme, _("Guardian who signed"), in_place=False))
        self._guardian.hide()
        self.below.addLayout(
            row(theme, Button(theme, _("Leave it"), self._leave, kind="quiet"), STRETCH)
        )
        self.setFocusProxy(self._purpose)

    def set_birth_year(self, birth_year: int | None) -> None:
        """Ask for a guardian where the person may be too young to sign alone."""
        self._is_young = birth_year is not None
        self._guardian.setVisible(self._is_young and bool(self._guardian.value))

    def _leave(self) -> None:
        self.show_trouble("")
        self._close()

    def _record(self) -> None:
        op = partial(
            record_consent,
            person_id=self._person_id,
            purpose=self._purpose.choice.value,
            text_version=self._version.value,
            language=self._language.choice.value,
            how=self._how.choice.value,
            guardian_name=self._guardian.value,
        )
        if not self._purpose.choice.value:
            self._purpose.show_error(_("Choose what the person agreed to."))
            return
        self._purpose.show_error("")
        self._jobs.command(op, self._on_recorded, self._on_refused)

    def _on_recorded(self, _changes: Changes) -> None:
        self._purpose.set_value("")
        self._guardian.set_value("")
        self._close()

    def _on_refused(self, error: UserFacingError) -> None:
        self._guardian.setVisible(self._is_young)
        self.refuse(error)


def _story(one: PersonConsent) -> str:
    language = current_language()
    given = language.date(one.given_at.astimezone().date())
    facts = [
        _("{way} on {date}").format(way=label(CONSENT_WAYS, one.how), date=given),
        _("text {version}").format(version=one.text_version),
    ]
    if one.guardian_name:
        facts.append(_("signed by {guardian}").format(guardian=one.guardian_name))
    if one.withdrawn_at is not None:
        day = language.date(one.withdrawn_at.astimezone().date())
        facts.append(_("withdrawn on {date}").format(date=day))
    return " · ".join(facts)
