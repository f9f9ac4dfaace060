"""The first start with an invitation: what it gives, name and folder, passphrase, first exchange."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from mentor_desktop import i18n
from mentor_desktop.clock import Clock
from mentor_desktop.errors import Cancelled, UserFacingError
from mentor_desktop.i18n import _
from mentor_desktop.services.devices import role_name
from mentor_desktop.services.workspaces import NewWorkspace
from mentor_desktop.ui.entrance.sheet import Sheet, link
from mentor_desktop.ui.entrance.sheet_stack import (
    SheetStack,
    WhoSheet,
    passphrase_of_this_computer,
)
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.sync_controller import Offer
from mentor_desktop.ui.sync_controller.newcomer import Newcomer
from mentor_desktop.ui.sync_controller.operations import needs_server
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.inputs import LineEdit
from mentor_desktop.ui.widgets.text import Text
from mentor_desktop.ui.work import Work

_TICK_MS, _BAR_STEPS = 100, 1_000


class InvitationSheet(Sheet):
    """Takes an invitation and asks its server what it gives.

    Emits:
        understood: `Offer`.
        back_wanted: the person has no invitation after all.
    """

    understood = Signal(object)
    back_wanted = Signal()

    def __init__(self, theme: Theme, jobs: Jobs, newcomer: Newcomer) -> None:
        super().__init__(
            theme,
            _("Join a workspace"),
            _("Paste the link you were sent, or type the nine groups of its code."),
            icon="mail",
        )
        self._jobs, self._newcomer = jobs, newcomer
        self.invitation = LineEdit(_("Invitation"), "https://…")
        self._server_name = _("Server, as written on the invitation")
        self._server = LineEdit(self._server_name, "https://…")
        self._verb = Button(theme, _("Continue"), self._look, kind="primary")
        self.invitation.textChanged.connect(self._on_typed)
        for line in (self.invitation, self._server):
            line.returnPressed.connect(self._verb.click)
        self.add_field(_("Invitation"), self.invitation)
        self.add_field(self._server_name, self._server)
        self._server_caption = self._caption_of(self._server)
        self.add_verbs(self._verb, link(theme, _("Back"), self.back_wanted.emit))
        self._on_typed("")

    def _caption_of(self, line: LineEdit) -> Text:
        return next(one for one in self.findChildren(Text) if one.buddy() is line)

    def _on_typed(self, text: str) -> None:
        for one in (self._server, self._server_caption):
            one.setVisible(needs_server(text))

    def _look(self) -> None:
        self.show_trouble("")
        self._set_busy(is_busy=True)
        op = partial(self._newcomer.look_at, self.invitation.text(), self._server.text())
        self._jobs.work(
            op, "", self._leave, self._refuse, owner=self, on_cancel=self._newcomer.abort
        )

    def _leave(self, offer: Offer) -> None:
        self._set_busy(is_busy=False)
        self.understood.emit(offer)

    def _refuse(self, error: UserFacingError) -> None:
        self._set_busy(is_busy=False)
        self.show_trouble(str(error))
        self.invitation.setFocus()

    def _set_busy(self, *, is_busy: bool) -> None:
        self._verb.set_busy(is_busy=is_busy)
        self._verb.set_text(_("Asking the server …") if is_busy else _("Continue"))


class JoinStart(SheetStack):
    """Leads to a workspace that is on a server already.

    Emits:
        opened: the workspace of this new device, after its recovery sheet was seen.
        back_wanted: the person wants the first start instead.
    """

    back_wanted = Signal()

    def __init__(self, theme: Theme, jobs: Jobs, clock: Clock, root: Path) -> None:
        super().__init__(theme)
        self._jobs, self._root = jobs, root
        self._actor = ""
        self._newcomer = Newcomer(clock)
        self._work: Work | None = None
        self._tick = QTimer(self, interval=_TICK_MS)
        jobs.ended.connect(self._newcomer.close)
        self._ask_invitation()

    def first_focus(self) -> QWidget | None:
        """Return the widget the keyboard goes to."""
        shown = self.currentWidget()
        return shown.findChild(LineEdit) if shown else None

    def _ask_invitation(self) -> None:
        sheet = InvitationSheet(self.theme, self._jobs, self._newcomer)
        sheet.understood.connect(self._ask_who)
        sheet.back_wanted.connect(self.back_wanted)
        self.show_sheet(sheet, sheet.invitation)

    def _ask_who(self, offer: Offer) -> None:
        sheet = WhoSheet(
            self.theme,
            offer.server,
            _(
                "You join its workspace as {role}. The folder on this computer holds a copy of it."
            ).format(role=role_name(offer.role)),
            actor=self._actor,
            root=self._root,
        )
        sheet.answered.connect(partial(self._ask_passphrase, offer))
        sheet.back_wanted.connect(self._ask_invitation)
        self.show_sheet(sheet, sheet.name)

    def _ask_passphrase(self, offer: Offer, actor: str, root: Path) -> None:
        self._actor, self._root = actor, root
        sheet = passphrase_of_this_computer(self.theme, self._jobs, _("Join the workspace"))
        sheet.chosen.connect(partial(self._join, offer))
        sheet.back_wanted.connect(partial(self._ask_who, offer))
        self.show_sheet(sheet)
        sheet.focus_first()

    def _join(self, offer: Offer, passphrase: str) -> None:
        op = partial(
            self._newcomer.join, offer, self._root, passphrase, self._actor,
            i18n.current_language().code,
        )  # fmt: skip
        self._show_progress(offer)
        self._work = self._jobs.work(
            op, "", self._show_code, partial(self._refuse, offer), owner=self,
            on_cancel=self._newcomer.abort,
        )  # fmt: skip

    def _show_progress(self, offer: Offer) -> None:
        sheet = Sheet(
            self.theme,
            _("Fetching the workspace"),
            _("Everything that is on {server} for you comes to this computer.").format(
                server=offer.server
            ),
            icon="sync",
        )
        bar = QProgressBar(textVisible=False, minimum=0, maximum=0)
        bar.setAccessibleName(_("Progress"))
        sheet.fields.addWidget(bar)
        cancel = Button(self.theme, _("Cancel"), self._cancel)
        sheet.add_verbs(cancel)
        self._tick.timeout.connect(partial(self._show_fraction, bar))
        self._tick.start()
        self.show_sheet(sheet, cancel)

    def _show_fraction(self, bar: QProgressBar) -> None:
        fraction = self._work.fraction if self._work else None
        bar.setMaximum(0 if fraction is None else _BAR_STEPS)
        bar.setValue(round((fraction or 0) * _BAR_STEPS))

    def _cancel(self) -> None:
        if self._work is not None:
            self._work.cancel()

    def _refuse(self, offer: Offer, error: UserFacingError) -> None:
        self._end_progress()
        self._ask_who(offer)
        sheet = self.currentWidget()
        if isinstance(sheet, Sheet) and not isinstance(error, Cancelled):
            sheet.show_trouble(str(error))

    def _show_code(self, made: NewWorkspace) -> None:
        self._end_progress()
        self.show_recovery_code(made)

    def _end_progress(self) -> None:
        self._tick.stop()
        self._tick.timeout.disconnect()
        self._work = None
