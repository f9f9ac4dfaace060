"""The people in the building on paper, for a fire alarm. Nothing is noted: it is no evidence."""

from dataclasses import dataclass

from mentor_desktop.documents.roll_call import RollCall, RollCallRow
from mentor_desktop.documents.roll_call import render_roll_call as draw
from mentor_desktop.i18n import (
    PSEUDO_LANGUAGE,
    SOURCE_LANGUAGE,
    Language,
    current_language,
    text_in,
)
from mentor_desktop.models import Workshop
from mentor_desktop.services.edits import found
from mentor_desktop.services.presence import present_now
from mentor_desktop.store.unit_of_work import Reader


@dataclass(frozen=True)
class RollCallPaper:
    """A PDF ready to be looked at, printed or saved."""

    data: bytes
    pages: int
    people: int
    file_name: str


def render_roll_call(uow: Reader, workshop_id: str, *, language: str = "") -> RollCallPaper:
    """Return who is in the building now, in the window's language unless another is named.

    Raises:
        NotFoundError: no such workshop.
        FontError: a character is in no print font.
    """
    workshop = found(uow, Workshop, workshop_id)
    now = present_now(uow, workshop_id)
    code = language or current_language().code
    code = SOURCE_LANGUAGE if code == PSEUDO_LANGUAGE else code
    country = Language(code).country(workshop.country) if workshop.country else ""
    city = "" if workshop.city in workshop.address else workshop.city
    place = (workshop.venue_name, workshop.address, city, country)
    sheet = RollCall(
        activity_title=" ".join(text_in(workshop.title, code).split()),
        place=", ".join(part for part in place if part),
        at=now.at,
        time_zone=workshop.time_zone,
        rows=tuple(
            RollCallRow(person.list_number, person.name, person.organisation, person.since)
            for person in now.people
        ),
        language=code,
    )
    return RollCallPaper(
        data=draw(sheet, created_at=uow.clock()),
        pages=sheet.pages,
        people=now.count,
        file_name=f"{workshop.code}-present-now.pdf",
    )
