"""While a projector is on, no page shows an e-mail, a telephone number, a note or a need."""

from functools import partial

import pytest
from PySide6.QtCore import QAbstractListModel
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from mentor_desktop.services.attendance import mark
from mentor_desktop.services.people import add_person, change_person
from mentor_desktop.services.register import register_grid
from mentor_desktop.services.registrations import registration_rows
from mentor_desktop.services.search import find_everything
from mentor_desktop.ui.pages.register_page import RegisterPage
from tests.canaries import CANARIES
from tests.services.sample_workshop import Sample
from tests.ui.workshop.office import Office

PRIVATE = ("e-mail", "phone", "note", "mark note", "support request")


def _everything(around: QWidget) -> str:
    """Return every word of a widget and all in it: shown, hinted at, or read aloud."""
    words = []
    for one in (around, *around.findChildren(QWidget)):
        if one is not around and not one.isVisible():
            continue
        words += [one.toolTip(), one.accessibleName(), one.accessibleDescription()]
        if isinstance(one, QLineEdit):
            words.append(one.text())
        elif isinstance(one, QPlainTextEdit | QTextEdit):
            words.append(one.toPlainText())
        elif callable(getattr(one, "text", None)):
            words.append(str(one.text()))  # type: ignore[attr-defined]  # just looked for
        model = getattr(one, "model", lambda: None)()
        if model is not None:
            is_list = isinstance(model, QAbstractListModel)
            words += [
                str(model.index(row, at).data())
                for row in range(min(model.rowCount(), 100))
                for at in range(1 if is_list else model.columnCount())
            ]
    return "\n".join(words).replace("\u200b", "")


@pytest.fixture
def private(office: Office, sample: Sample) -> Sample:
    """Give the first person of the list everything private, and a twin; the projector is on."""
    row = office.read(partial(registration_rows, workshop_id=sample.workshop_id))[0]
    grid = office.read(partial(register_grid, workshop_id=sample.workshop_id))
    office.write(
        partial(
            change_person,
            person_id=row.person_id,
            email=CANARIES["e-mail"],
            phone=CANARIES["phone"],
            note=CANARIES["note"],
        )
    )
    office.write(
        partial(
            add_person,
            given_name=row.given_name,
            family_name=row.family_name,
            email=CANARIES["e-mail"],
            phone=CANARIES["phone"],
            note=CANARIES["note"],
        )
    )
    office.write(
        partial(
            mark,
            registration_id=row.id,
            slot_id=grid.slots[0].id,
            status="present",
            note=CANARIES["mark note"],
        )
    )
    office.window.desk.settings.change(presentation=True)
    return sample


def _found(office: Office) -> list[str]:
    words = _everything(office.window)
    return [what for what in PRIVATE if CANARIES[what] in words]


@pytest.mark.parametrize(
    "place",
    ["today", "workshops", "people", "door", "register", "presence", "duplicates", "history",
     "certificates", "papers", "organisations", "import"],
)  # fmt: skip
def test_no_page_shows_what_is_private(office: Office, private: Sample, place: str) -> None:
    office.go(place, workshop_id=private.workshop_id)
    assert _found(office) == []


@pytest.mark.parametrize("tab", ["overview", "participants", "agenda", "readiness"])
def test_no_part_of_a_workshop_shows_it(office: Office, private: Sample, tab: str) -> None:
    office.go("workshop", workshop_id=private.workshop_id, tab=tab)
    assert _found(office) == []


def test_a_card_shows_it_only_without_the_projector(office: Office, private: Sample) -> None:
    row = office.read(partial(registration_rows, workshop_id=private.workshop_id))[0]
    office.go("people", person_id=row.person_id)
    assert _found(office) == []
    office.window.desk.settings.change(presentation=False)
    office.settle()
    assert {"e-mail", "phone", "note"} <= set(_found(office))


def test_a_cell_of_the_register_shows_its_note_only_without_the_projector(
    office: Office, private: Sample
) -> None:
    page = office.go("register", workshop_id=private.workshop_id)
    assert isinstance(page, RegisterPage)
    row = office.read(partial(registration_rows, workshop_id=private.workshop_id))[0]
    grid = office.read(partial(register_grid, workshop_id=private.workshop_id))
    at = next(i for i, one in enumerate(grid.rows) if one.registration_id == row.id)
    page._table.setCurrentIndex(page._model.index(at, 0))
    page._open_cell(at, 0)
    office.settle()
    assert _found(office) == []
    office.window.desk.settings.change(presentation=False)
    office.settle()
    assert _found(office) == ["mark note"]
    office.window.desk.settings.change(presentation=True)
    office.settle()
    assert _found(office) == []


def test_the_finder_names_no_address(office: Office, private: Sample) -> None:
    hits = office.read(partial(find_everything, text=CANARIES["e-mail"]))
    assert hits
    assert not any(CANARIES["e-mail"] in f"{one.title} {one.subtitle}" for one in hits)
