"""Joining a server with an invitation: first what it gives, then the joining itself."""

from collections.abc import Callable

from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _
from mentor_desktop.services.devices import leaving_words, role_name
from mentor_desktop.ui.sync_controller import Offer
from mentor_desktop.ui.sync_controller.operations import needs_server
from mentor_desktop.ui.sync_controller.team_acts import TeamActs
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.field import TextField
from mentor_desktop.ui.widgets.small_form import SmallForm


class JoinForm(SmallForm):
    """Takes an invitation to bring the open workspace to a server; `actor` is who works here."""

    def __init__(
        self, theme: Theme, acts: TeamActs, actor: str, on_joined: Callable[[], object]
    ) -> None:
        super().__init__(theme, _("Look at the invitation"), self._look_or_join)
        self._acts, self._on_joined = acts, on_joined
        self._offer: Offer | None = None
        self._is_busy = False
        self._asked = ""
        self._invitation = self.add(
            TextField(theme, _("Invitation"), placeholder="https://…", in_place=False)
        )
        self._server = self.add(
            TextField(
                theme, _("Server"), placeholder=_("as written on the invitation"), in_place=False
            )
        )
        self._name = self.add(TextField(theme, _("Your name"), actor, in_place=False))
        self._said = self.add_words("")
        self._begin_anew()
        self._name.setVisible(not actor)
        for field in (self._invitation, self._server):
            field.line.textChanged.connect(self._begin_anew)

    def _begin_anew(self) -> None:
        """Promise nothing of another invitation than the one that is written here."""
        self._offer = None
        self._server.setVisible(needs_server(self._invitation.line.text()))
        self._said.setText(_("Paste the link you were sent, or type the nine groups of its code."))
        self._said.set_tone("muted")
        self.show_trouble("")
        self.set_verb(_("Look at the invitation"))

    def _look_or_join(self) -> None:
        if self._is_busy:
            return
        name = self._name.line.text().strip()
        if self._name.isVisibleTo(self) and not name:
            self.show_trouble(_("Write your name, so that colleagues know who corrected what."))
            return
        self._is_busy = True
        if self._offer is None:
            self.set_verb(_("Asking the server …"))
            self._asked = self._written
            self._acts.look_at(
                self._invitation.line.text(),
                self._server.line.text(),
                self._show,
                self.refuse,
                self,
            )
        else:
            self.set_verb(_("Joining …"))
            self._acts.join(self._offer, name, self._leave, self.refuse, self)

    def refuse(self, error: UserFacingError) -> None:
        """Say why it was not done; what was typed stays."""
        self._is_busy = False
        self.set_verb(_verb(self._offer))
        super().refuse(error)

    def _show(self, offer: Offer) -> None:
        self._is_busy = False
        if self._asked != self._written:
            return
        self._offer = offer
        self._said.setText(offer_words(offer))
        self._said.set_tone("text")
        self.set_verb(_verb(offer))

    @property
    def _written(self) -> str:
        return f"{self._invitation.line.text()} {self._server.line.text()}"

    def _leave(self) -> None:
        self._is_busy = False
        self._on_joined()


def _verb(offer: Offer | None) -> str:
    if offer is None:
        return _("Look at the invitation")
    return _("Leave and join") if offer.leaving else _("Join")


def offer_words(offer: Offer) -> str:
    """Return where an invitation leads, as whom, what goes there, and who is left behind."""
    if offer.leaving:
        goes = leaving_words(offer.leaving, offer.invitation.server)
    elif offer.begins_workspace:
        goes = _("What is in this workspace is sent there, and is its beginning.")
    else:
        goes = _("It is the server of this workspace already.")
    return " ".join(
        (
            _("{server} takes this computer as a device of yours; your role is {role}.").format(
                server=offer.server, role=role_name(offer.role)
            ),
            goes,
        )
    )
