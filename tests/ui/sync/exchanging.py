"""What tests do and see around an exchange."""

from collections.abc import Callable
from typing import Any

from mentor_desktop.services.people import add_person
from tests.ui.workshop.office import Office


def adding(given: str, family: str) -> Callable[[Any], Any]:
    """Return an operation that adds a person."""
    return lambda uow: add_person(uow, given_name=given, family_name=family)


def status_words(office: Office) -> str:
    """Return what stands at the left end of the status line."""
    return str(office.window._status._state.text())


def rest(office: Office) -> None:
    """Wait until an exchange has ended and its news are shown."""
    controller = office.window.desk.sync.controller
    office.qtbot.waitUntil(lambda: not controller.is_syncing, timeout=20_000)
    office.settle()
