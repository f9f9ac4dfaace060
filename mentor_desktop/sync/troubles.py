"""Why a sync ended early, as the one sentence a person is shown.

The server's own words never reach the screen: they may come from somebody else.
"""

from collections.abc import Mapping
from typing import Any

from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import N_, _
from mentor_desktop.sync.steps import Trouble

NO_ROOM = "quota"


class SyncTrouble(UserFacingError):
    """A sync that ended early; what was done until then is kept, and nothing is lost."""


class Unreachable(SyncTrouble):
    """No server of ours answered: being offline is normal. `retry_after_s` is the server's wish.

    The sentence may name the `server`, by its address, where it is known.
    """

    def __init__(
        self,
        sentence: str,
        *,
        trouble: Trouble | None = None,
        retry_after_s: float = 0.0,
        server: str = "",
    ) -> None:
        name = server.partition("://")[2] or server
        super().__init__(sentence.format(server=name or _("The server")))
        self._sentence = sentence
        self.trouble = trouble
        self.retry_after_s = retry_after_s

    @property
    def is_passing(self) -> bool:
        """Whether it may be over at the next try, with nobody doing anything."""
        return self.trouble not in {Trouble.CERTIFICATE, Trouble.STRANGER}

    def at(self, server: str) -> "Unreachable":
        """Return the same, said of the server with this address."""
        return Unreachable(
            self._sentence, trouble=self.trouble, retry_after_s=self.retry_after_s, server=server
        )


class SignInNeeded(SyncTrouble):
    """The server does not know this device, or no longer."""


class AccessEnded(SignInNeeded):
    """Somebody ended the access of this device or of its user."""


class Refused(SyncTrouble):
    """The server said no; `code` says to programs what, `facts` are its further members."""

    def __init__(self, status: int, code: str, facts: Mapping[str, Any]) -> None:
        super().__init__(_(_SENTENCES.get(code, _SENTENCES[""])).format(code=code or status))
        self.status, self.code, self.facts = status, code, facts


_SENTENCES = {
    "": N_("The server did not accept what was sent ({code}). Update the program, then try again."),
    "no_right": N_("Your account has no right to this on the server. Ask an administrator."),
    "too_large": N_("The server takes no piece of this size. Ask an administrator."),
    "invitation": N_("This invitation is used up, out of date or mistyped. Ask for a new one."),
    "has_workspace": N_(
        "This workspace is on that server already. The invitation is for another workspace, and "
        "stays unused; ask for one that names this workspace."
    ),
    NO_ROOM: N_("There is no more room on the server. Ask an administrator."),
}
_TROUBLES = {
    Trouble.OFFLINE: N_("{server} cannot be reached. Check the address and the network."),
    Trouble.TIMEOUT: N_("{server} did not answer in time. Check the network, or try again later."),
    Trouble.BROKEN: N_("{server}: the connection broke off. Check the network, or try again."),
    Trouble.CERTIFICATE: N_(
        "Somebody else answers in the name of the server, or this computer's date is wrong. "
        "Nothing was sent."
    ),
    Trouble.STRANGER: N_(
        "Something else answers in place of the server. Perhaps this network wants you to sign in: "
        "open a page in your browser."
    ),
}


def unreachable(trouble: Trouble) -> Unreachable:
    """Return the end of a sync that found no server."""
    return Unreachable(_(_TROUBLES[trouble]), trouble=trouble)


def busy(retry_after_s: float = 0.0) -> Unreachable:
    """Return the end of a sync that the server sent away for now."""
    return Unreachable(_("{server} is busy. Try again in a while."), retry_after_s=retry_after_s)


def sign_in_needed() -> SignInNeeded:
    """Return the end of a sync of a device without access."""
    return SignInNeeded(
        _(
            "The server does not know this computer. Nothing is lost: ask an administrator for an "
            "invitation and join with it here, then everything goes to the others."
        )
    )


def access_ended() -> AccessEnded:
    """Return the end of a sync of a device whose access somebody ended."""
    return AccessEnded(
        _(
            "An administrator ended this computer's access. What was not shared is kept under To "
            "decide; it goes to the others when you join here with a new invitation."
        )
    )
