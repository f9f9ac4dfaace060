"""Settings: the look, privacy, the workspace's key, its backups."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QSizePolicy, QVBoxLayout, QWidget

from mentor_desktop import __version__
from mentor_desktop.i18n import _, current_language
from mentor_desktop.progress import Progress
from mentor_desktop.services import workspaces
from mentor_desktop.services.backups import BackupRow, back_up_now, backup_rows
from mentor_desktop.services.integrity import CheckReport, check_workspace
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.pages.base import Page
from mentor_desktop.ui.settings.choices import LOOK, PRIVACY, Setting
from mentor_desktop.ui.settings.key_panels import PassphrasePanel, RecoveryPanel
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.field import ChoiceField, TextField
from mentor_desktop.ui.widgets.flow import flowing
from mentor_desktop.ui.widgets.inputs import CheckBox
from mentor_desktop.ui.widgets.layout import STRETCH, ScrollColumn, column, holder, row
from mentor_desktop.ui.widgets.line_list import Line, LineList
from mentor_desktop.ui.widgets.text import Text

_MOST_BACKUPS = 5
_MEGABYTE = 1_000_000
_FIELD_WIDTH = 320


class SettingsPage(Page):
    """Everything saves as it is chosen."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._backups = LineList(self.theme, _("Backups"), is_strong=False)
        self._backups_said = _words(self, "")
        self._actor = TextField(self.theme, _("Your name"), "", self._save_actor)
        self._actor.setMaximumWidth(self.theme.px(_FIELD_WIDTH))
        self._lay_out()

    def refresh(self) -> None:
        """Read what the workspace knows."""
        self.jobs.query(lambda uow: uow.actor, self._actor.set_value, key="actor")
        self.jobs.work(_list_backups, _("Looking for backups"), self._show_backups)

    def _lay_out(self) -> None:
        theme = self.theme
        scroll = ScrollColumn(theme, gap="xxl")
        for part in (
            self._part(_("Look"), self._choices(LOOK)),
            self._part(_("Privacy"), self._choices(PRIVACY)),
            self._part(
                _("You"),
                column(theme, self._actor, _words(self, _("Signs corrections and the history."))),
            ),
            self._part(_("Key"), self._key_part()),
            self._part(_("Backups"), self._backup_part()),
            self._part(
                _("About"),
                column(theme, _words(self, f"Mentor Desktop {__version__}")),
            ),
        ):
            scroll.column.addLayout(part)
        scroll.column.addStretch(1)
        self.content.addWidget(scroll)

    def _part(self, title: str, body: QVBoxLayout) -> QVBoxLayout:
        heading = Text(self.theme, title, "section")
        heading.setContentsMargins(self.theme.size("indent"), 0, 0, 0)
        return column(self.theme, heading, body, gap="m")

    def _choices(self, settings: Sequence[Setting]) -> QVBoxLayout:
        return column(self.theme, *(self._choice(one) for one in settings), gap="m")

    def _choice(self, setting: Setting) -> QVBoxLayout:
        live = self.desk.settings
        if setting.options is None:
            box = CheckBox(
                self.theme, _(setting.label), checked=bool(getattr(live.value, setting.key))
            )
            box.toggled.connect(partial(self._choose, setting))
            editor: QWidget = holder(row(self.theme, box, STRETCH))
            # The box itself, not the room for its focus ring, stands below the words.
            editor.setContentsMargins(self.theme.size("indent") - self.theme.px(4), 0, 0, 0)
        else:
            value = setting.value_of(live.value)
            editor = ChoiceField(
                self.theme,
                _(setting.label),
                setting.options(),
                value,
                lambda text: self._choose(setting, setting.read(text)),
            )
            editor.setMaximumWidth(self.theme.px(_FIELD_WIDTH))
            # A wrapped sentence below it must not take its height away.
            editor.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        parts = [editor]
        if setting.explanation:
            parts.append(_words(self, _(setting.explanation)))
        return column(self.theme, *parts, gap="xs")

    def _choose(self, setting: Setting, value: Any) -> None:  # Any: the field's own type
        self.desk.settings.change(**{setting.key: value})
        if setting.key == "remember_key":
            op = partial(_remember, remember=bool(value))
            self.jobs.work(op, _("Keyring"), self._say_remembered)

    def _say_remembered(self, is_done: bool) -> None:
        if not is_done and self.desk.settings.value.remember_key:
            self.frame.toast(
                _("This computer has no keyring. The passphrase is asked for at each start.")
            )

    def _key_part(self) -> QVBoxLayout:
        theme = self.theme
        verbs = flowing(
            theme,
            Button(theme, _("Change the passphrase"), self._open_passphrase, icon="key"),
            Button(theme, _("Make a new recovery sheet"), self._make_sheet, icon="document"),
        )
        words = _(
            "The passphrase and the sheet on paper are the only two ways into this workspace."
        )
        return column(theme, _words(self, words), verbs, gap="s")

    def _backup_part(self) -> QVBoxLayout:
        theme = self.theme
        verbs = flowing(
            theme,
            Button(theme, _("Back up now"), partial(self._back_up, None), icon="backup"),
            Button(theme, _("Back up to a stick"), self._back_up_elsewhere),
            Button(theme, _("Check the workspace"), self._check, icon="readiness"),
        )
        return column(theme, self._backups_said, self._backups, verbs, gap="m")

    # ---- key

    def _open_passphrase(self) -> None:
        panel = PassphrasePanel(self.theme, self.desk.jobs)
        panel.chosen.connect(self._change_passphrase)
        self.frame.open_panel(panel, _("Change the passphrase"))

    def _change_passphrase(self, passphrase: str) -> None:
        def done(_nothing: None) -> None:
            self.frame.close_panel()
            self.frame.toast(
                _("The new passphrase holds from now on. Backups made before keep the old one.")
            )

        self.jobs.work(
            partial(_change_passphrase, passphrase=passphrase), _("Changing the passphrase"), done
        )

    def _make_sheet(self) -> None:
        self.jobs.work(_new_sheet, _("Making the sheet"), self._show_sheet)

    def _show_sheet(self, made: tuple[str, bytes]) -> None:
        panel = RecoveryPanel(self.theme, *made)
        self.frame.open_panel(panel, _("Recovery sheet"))

    def _save_actor(self, name: str) -> None:
        self.jobs.work(partial(_remember_actor, name=name), _("Saving your name"))

    # ---- backups

    def _show_backups(self, rows: Sequence[BackupRow]) -> None:
        language = current_language()
        lines = [
            Line(
                language.date(one.made_at.astimezone().date(), "full"),
                detail=one.reason,
                lead=language.time(one.made_at),
                tail=_("{size} MB").format(size=language.number(one.size_bytes / _MEGABYTE, 1)),
            )
            for one in rows[:_MOST_BACKUPS]
        ]
        self._backups.set_lines(lines)
        self._backups.setVisible(bool(lines))
        self._backups_said.setText(
            _(
                "Made by themselves when the program closes and before large changes; each is read back."
            )
            if lines
            else _("No backup yet. The first is made when the program closes.")
        )

    def _back_up(self, folder: Path | None) -> None:
        def done(made: BackupRow) -> None:
            self.frame.toast(_("Backup written and read back: {path}").format(path=made.path))
            self.refresh()

        self.jobs.work(partial(_back_up, folder=folder), _("Backing up"), done)

    def _back_up_elsewhere(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, _("Where to put the backup"))
        if chosen:
            self._back_up(Path(chosen))

    def _check(self) -> None:
        self.jobs.work(_check, _("Checking"), self._show_check)

    def _show_check(self, report: CheckReport) -> None:
        if report.is_good:
            self.frame.toast(
                _(
                    "All is whole: {people} people, {marks} marks, {certificates} certificates."
                ).format(people=report.people, marks=report.marks, certificates=report.certificates)
            )
        else:
            self.frame.show_banner("damage", " ".join(report.problems), "danger", closable=True)


def _words(page: SettingsPage, sentence: str) -> Text:
    words = Text(page.theme, sentence, "small", "muted")
    words.setContentsMargins(page.theme.size("indent"), 0, 0, 0)
    return words


# Operations of the page. Any: the workspace; see `jobs.Store`.


def _list_backups(store: Any, _progress: Progress) -> list[BackupRow]:
    return backup_rows(store)


def _back_up(store: Any, progress: Progress, *, folder: Path | None) -> BackupRow:
    return back_up_now(store, folder, progress=progress)


def _check(store: Any, progress: Progress) -> CheckReport:
    return check_workspace(store, progress=progress)


def _change_passphrase(store: Any, _progress: Progress, *, passphrase: str) -> None:
    workspaces.change_passphrase(store, passphrase)


def _new_sheet(store: Any, _progress: Progress) -> tuple[str, bytes]:
    return workspaces.new_recovery_sheet(store, language=current_language().code)


def _remember(store: Any, _progress: Progress, *, remember: bool) -> bool:
    return workspaces.remember_key(store, remember=remember)


def _remember_actor(store: Any, _progress: Progress, *, name: str) -> None:
    store.remember_actor(name)
