"""What tests do and see around an exchange."""

from collections.abc import Callable
from typing import Any

from mentor_desktop.ids import new_id
from mentor_desktop.services.people import add_person
from mentor_desktop.sync.membership import RECORD_COLUMN, RECORD_ENTITY
from mentor_desktop.sync.protocol.streams import MEMBERS
from mentor_desktop.sync.replica.special import ADDED, Author, add_record
from mentor_desktop.sync.replica.transactions import writing
from tests.ui.workshop.office import Office


def adding(given: str, family: str) -> Callable[[Any], Any]:
    """Return an operation that adds a person."""
    return lambda uow: add_person(uow, given_name=given, family_name=family)


def status_words(office: Office) -> str:
    """Return what stands at the left end of the status line."""
    return str(office.window._status._state.text())


def reject_own_change(office: Office) -> None:
    """Let the server reject something of this laptop that stands in no table: a damaged record."""
    raw = office.workspace.exchange_connection()
    with writing(raw):
        key = (RECORD_ENTITY, new_id())
        add_record(raw, MEMBERS, key, {RECORD_COLUMN: "damaged"}, ADDED, Author("Rasa", 0))
    raw.close()
    office.press("Sync now")
    rest(office)


def rest(office: Office) -> None:
    """Wait until an exchange has ended and its news are shown."""
    controller = office.window.desk.sync.controller
    office.qtbot.waitUntil(lambda: not controller.is_syncing, timeout=20_000)
    office.settle()
