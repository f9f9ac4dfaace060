"""The choices of one person on one computer, declared: key, label, what it offers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mentor_desktop import i18n
from mentor_desktop.config import Settings
from mentor_desktop.i18n import N_, _, ngettext


@dataclass(frozen=True)
class Setting:
    """One field of `Settings`. Without `options` it is yes or no.

    `options` gives (value as text, words); `read` makes the field's value of the text.
    """

    key: str
    label: str
    explanation: str = ""
    options: Callable[[], Sequence[tuple[str, str]]] | None = None
    read: Callable[[str], Any] = str  # Any: the type of that field

    def value_of(self, settings: Settings) -> str:
        """Return the value in force as text."""
        return str(getattr(settings, self.key))


def _languages() -> Sequence[tuple[str, str]]:
    own = [(code, i18n.Language(code).own_name()) for code in i18n.available_languages()]
    return [("", _("As this computer")), *own]


def _schemes() -> Sequence[tuple[str, str]]:
    return [("system", _("As this computer")), ("light", _("Light")), ("dark", _("Dark"))]


def _scales() -> Sequence[tuple[str, str]]:
    return [(str(percent), f"{percent} %") for percent in (100, 115, 130, 150, 175, 200)]


def _minutes() -> Sequence[tuple[str, str]]:
    later = [
        (
            str(count),
            ngettext("After {count} minute", "After {count} minutes", count).format(count=count),
        )
        for count in (5, 15, 30, 60)
    ]
    return [("0", _("Never")), *later]


LOOK = (
    Setting("language", N_("Language"), N_("Takes effect at the next start."), _languages),
    Setting("colour_scheme", N_("Colours"), options=_schemes),
    Setting("text_scale", N_("Text size"), options=_scales, read=int),
    Setting("reduced_motion", N_("Nothing moves")),
)
PRIVACY = (
    Setting(
        "presentation",
        N_("Presentation mode"),
        N_("Hides e-mails, telephone numbers, notes and needs while a projector is on."),
    ),
    Setting(
        "remember_key",
        N_("Remember on this computer"),
        N_(
            "Keeps the key in the computer's own keyring; whoever logs in there opens the workspace."
        ),
    ),
    Setting("auto_lock_minutes", N_("Lock by itself"), options=_minutes, read=int),
)
