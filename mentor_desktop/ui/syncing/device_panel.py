"""One device: whose it is, when it did something last, and ending its access."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QWidget

from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _
from mentor_desktop.services.devices import DeviceRow, called, role_name
from mentor_desktop.services.moments import moment
from mentor_desktop.ui.sync_controller.team_acts import TeamActs
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.flow import flowing
from mentor_desktop.ui.widgets.layout import column
from mentor_desktop.ui.widgets.text import Text


class DevicePanel(QWidget):
    """Revoking asks first and says what it means."""

    def __init__(
        self,
        theme: Theme,
        acts: TeamActs,
        device: DeviceRow,
        now: datetime,
        on_done: Callable[[], object],
    ) -> None:
        super().__init__()
        self._acts, self._device, self._on_done = acts, device, on_done
        self._meaning = Text(theme, _meaning(device))
        self._trouble = Text(theme, "", "body", "absent")
        self._ask = Button(theme, _("Revoke access …"), self._on_asked, kind="danger")
        self._sure = Button(theme, _("Revoke access of {tag}").format(tag=device.tag), self._revoke)
        self._keep = Button(theme, _("Leave it"), self._on_kept, kind="quiet")
        facts = [Text(theme, one, "body", "muted") for one in _facts(device, now)]
        self.setLayout(
            column(
                theme,
                column(theme, *facts, gap="xs"),
                self._meaning,
                self._trouble,
                flowing(theme, self._ask, self._sure, self._keep),
                gap="l",
            )
        )
        self._trouble.hide()
        self._on_kept()

    def _on_asked(self) -> None:
        self._show_question(is_asked=True)
        self._keep.setFocus()

    def _on_kept(self) -> None:
        self._show_question(is_asked=False)

    def _show_question(self, *, is_asked: bool) -> None:
        self._ask.setVisible(self._device.may_be_revoked and not is_asked)
        for one in (self._meaning, self._sure, self._keep):
            one.setVisible(is_asked)

    def _revoke(self) -> None:
        self._sure.set_busy(is_busy=True)
        self._acts.revoke(self._device, self._leave, self._refuse, self)

    def _leave(self) -> None:
        self._on_done()

    def _refuse(self, error: UserFacingError) -> None:
        self._sure.set_busy(is_busy=False)
        self._trouble.setText(str(error))
        self._trouble.show()


def _facts(device: DeviceRow, now: datetime) -> list[str]:
    facts = [_("{person}, {role}").format(person=called(device), role=role_name(device.role))]
    if device.last_change_at is None:
        facts.append(_("Nothing done there has arrived here."))
    else:
        at = moment(device.last_change_at, now)
        facts.append(_("Last change that arrived here: {time}").format(time=at))
    if device.is_own:
        facts.append(_("This is the computer you work on."))
    if device.is_revoked:
        facts.append(_("It has no access any more."))
    return facts


def _meaning(device: DeviceRow) -> str:
    return _(
        "Device {tag} will send and receive nothing any more. What was shared with it stays on that "
        "computer; what it has not sent is set aside. To come back it needs a new invitation."
    ).format(tag=device.tag)
