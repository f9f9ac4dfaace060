"""What slides in beside the list: the summary before issuing, and one person's certificate."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _, ngettext
from mentor_desktop.services.certificate_checks import CertificateCheck
from mentor_desktop.services.certificates import REPLACEMENT_REASONS, REVOCATION_REASONS
from mentor_desktop.services.eligibility import EligibilityRow
from mentor_desktop.ui import words
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.field import ChoiceField
from mentor_desktop.ui.widgets.layout import STRETCH, column, row
from mentor_desktop.ui.widgets.text import Text

_LOOKS = {"ok": ("✓", "present"), "warn": ("!", "late"), "fail": ("✕", "absent")}


class IssuePanel(QWidget):
    """Says what will happen before it does: how many, and what was looked at.

    Emits:
        issue_wanted: the person decided to issue.
    """

    issue_wanted = Signal()

    def __init__(self, theme: Theme, count: int, checks: Sequence[CertificateCheck]) -> None:
        super().__init__()
        self._theme = theme
        self._trouble = Text(theme, "", "body", "absent")
        words = ngettext("Issue {count} certificate", "Issue {count} certificates", count)
        self._verb = Button(theme, words.format(count=count), self._issue, kind="primary")
        self._verb.setEnabled(count > 0 and all(check.state != "fail" for check in checks))
        self.setLayout(
            column(
                theme,
                Text(
                    theme,
                    _(
                        "Each gets a serial number that is never used again. This cannot be undone, only revoked."
                    ),
                    "body",
                    "muted",
                ),
                column(theme, *(self._line(check) for check in checks), gap="s"),
                self._trouble,
                row(theme, self._verb, STRETCH),
                STRETCH,
                gap="l",
            )
        )

    def refuse(self, error: UserFacingError) -> None:
        """Say why nothing was issued."""
        self._trouble.setText(str(error))
        self._verb.set_busy(is_busy=False)

    def _issue(self) -> None:
        self._verb.set_busy(is_busy=True)
        self.issue_wanted.emit()

    def _line(self, check: CertificateCheck) -> QHBoxLayout:
        sign, tone = _LOOKS[check.state]
        mark = Text(self._theme, sign, "strong", tone, wrap=False)
        mark.setFixedWidth(self._theme.px(20))
        line = row(self._theme, mark, Text(self._theme, check.sentence))
        line.setStretch(1, 1)
        return line


class PersonPanel(QWidget):
    """One row of the list in full: why, what would help, and what can be done.

    Emits:
        print_wanted, print_duplicate_wanted: the number of the certificate.
        replace_wanted: (number, reason).
        revoke_wanted: (number, reason).
        person_wanted: the person's id, for a correction of the name.
    """

    print_wanted = Signal(str)
    print_duplicate_wanted = Signal(str)
    replace_wanted = Signal(str, str)
    revoke_wanted = Signal(str, str)
    person_wanted = Signal(str)

    def __init__(self, theme: Theme, person: EligibilityRow) -> None:
        super().__init__()
        self._theme = theme
        self._person = person
        self._trouble = Text(theme, "", "body", "absent")
        says = [Text(theme, person.name, "section"), Text(theme, person.why)]
        says += [
            Text(theme, sentence, "body", "muted")
            for sentence in (person.help, *person.warnings)
            if sentence
        ]
        minutes = _("{credited} of {counted} minutes, {percent} %").format(
            credited=person.credited_minutes,
            counted=person.counted_minutes,
            percent=words.decimal(person.percent),
        )
        says.append(Text(theme, minutes, "small", "muted"))
        name = Button(
            theme,
            _("Correct the name"),
            partial(self.person_wanted.emit, person.person_id),
            icon="edit",
        )
        parts: list[QWidget] = [*says, name]
        if person.outcome == "issued":
            parts += self._certificate_parts()
        self.setLayout(column(theme, *parts, self._trouble, STRETCH, gap="m"))

    def refuse(self, error: UserFacingError) -> None:
        """Say why something was not done."""
        self._trouble.setText(str(error))

    def _certificate_parts(self) -> list[QWidget]:
        theme, number = self._theme, self._person.number
        replacing = self._reason(_("Replace because of"), REPLACEMENT_REASONS)
        revoking = self._reason(_("Revoke because of"), REVOCATION_REASONS)
        return [
            Text(theme, number, "strong"),
            Button(theme, _("Print"), partial(self.print_wanted.emit, number), icon="print"),
            Button(
                theme, _("Print a duplicate"), partial(self.print_duplicate_wanted.emit, number)
            ),
            replacing,
            Button(theme, _("Replace"), self._deed(self.replace_wanted.emit, replacing)),
            revoking,
            Button(
                theme, _("Revoke"), self._deed(self.revoke_wanted.emit, revoking), kind="danger"
            ),
        ]

    def _reason(self, label: str, reasons: dict[str, str]) -> ChoiceField:
        return ChoiceField(
            self._theme, label, [(code, _(words)) for code, words in reasons.items()]
        )

    def _deed(
        self, emit: Callable[[str, str], object], reason: ChoiceField
    ) -> Callable[[], object]:
        return lambda: emit(self._person.number, reason.choice.value)
