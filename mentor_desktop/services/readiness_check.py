"""One line of the readiness list."""

from dataclasses import dataclass

from mentor_desktop.i18n import _


@dataclass(frozen=True)
class ReadinessCheck:
    """What was looked at and what came out.

    `state` is ok, warn, fail or not_checked. `link` names where it is put right: workshop, agenda,
    participants, project, organisation, papers, backup, or "" when not inside the program.
    """

    key: str
    title: str
    state: str
    sentence: str
    link: str


def check(key: str, title: str, state: str, sentence: str, link: str = "") -> ReadinessCheck:
    """Return the line; `title` is marked with `N_` and translated here."""
    return ReadinessCheck(key, _(title), state, sentence, link)
