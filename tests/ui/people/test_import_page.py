"""A file is looked at, put right and brought in whole; one key takes it back."""

from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from mentor_desktop.services.people import add_person, person_order
from mentor_desktop.services.registrations import RegistrationRow, registration_rows
from mentor_desktop.services.workshops import add_workshop
from mentor_desktop.ui.pages.import_page import ImportPage
from mentor_desktop.ui.widgets.inputs import CheckBox, Choice
from mentor_desktop.ui.widgets.line_list import LineList
from mentor_desktop.ui.widgets.segments import Segments
from tests.services.sample_workshop import SAMPLES, Sample
from tests.ui.workshop.office import Office

HEADINGS = "Vardas;Pavardė;El. paštas;Organizacija;Šalis;Gimimo metai\n"


def _workshop(office: Office, code: str = "WS-1") -> None:
    office.write(
        partial(
            add_workshop,
            code=code,
            title="Mentoring",
            starts_on=date(2026, 3, 10),
            ends_on=date(2026, 3, 12),
            time_zone="Europe/Prague",
        )
    )


def _take(office: Office, path: Path, kind: str = "participants") -> ImportPage:
    page = office.go("import", kind=kind)
    assert isinstance(page, ImportPage)
    page.take_file(path)
    office.settle()
    return page


def _write(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "people.csv"
    path.write_bytes(text.encode(encoding))
    return path


def _verb(page: ImportPage) -> tuple[str, bool]:
    assert page.primary is not None
    return page.primary.text, page.primary.is_enabled


def _import(office: Office, page: ImportPage) -> None:
    assert page.primary is not None
    page.primary.act()
    office.settle()


def _everybody(office: Office) -> int:
    return len(office.read(person_order))


def _registered(office: Office, sample: Sample) -> list[RegistrationRow]:
    rows: list[RegistrationRow] = office.read(
        partial(registration_rows, workshop_id=sample.workshop_id)
    )
    return rows


def test_sixty_people_are_looked_at_imported_and_taken_back(office: Office) -> None:
    _workshop(office)
    page = _take(office, SAMPLES / "participants.csv")
    assert _verb(page) == ("Import 60 participants", True)
    assert "60 people come on the list of WS-1." in office.texts()
    assert _everybody(office) == 0
    _import(office, page)
    assert _everybody(office) == 60
    assert "60 participants are imported." in office.texts()
    assert office.window.frame.last_toast == "Imported 60 participants"
    office.window._undo.undo()
    office.settle()
    assert _everybody(office) == 0


def test_the_same_file_again_brings_nobody_twice(office: Office) -> None:
    _workshop(office)
    _import(office, _take(office, SAMPLES / "participants.csv"))
    page = _take(office, SAMPLES / "participants.csv")
    assert any("stand on this list already" in word for word in office.texts())
    assert _verb(page) == ("Import", False)
    assert _everybody(office) == 60


def test_a_mark_at_the_door_lands_while_a_file_is_brought_in(
    office: Office, sample: Sample, tmp_path: Path
) -> None:
    rows = "".join(f"Ana{at},Kovač{at},\n" for at in range(2_000))
    page = _take(office, _write(tmp_path, "given_name,family_name,email\n" + rows))
    landed: list[int] = []
    assert page.primary is not None
    page.primary.act()
    office.jobs.command(
        partial(add_person, given_name="Zita"), lambda _changes: landed.append(_everybody(office))
    )
    office.settle()
    assert landed
    assert _everybody(office) == 60 + 1 + 2_000


def test_a_cancelled_import_leaves_nothing_and_can_be_begun_again(
    office: Office, tmp_path: Path
) -> None:
    _workshop(office)
    # Long enough for the wish to arrive.
    rows = "".join(f"Ana{at},Kovač{at},\n" for at in range(5_000))
    page = _take(office, _write(tmp_path, "given_name,family_name,email\n" + rows))
    office.jobs.work_started.connect(lambda work: work.cancel())
    _import(office, page)
    assert _everybody(office) == 0
    assert office.window.frame.last_toast == "Cancelled: nothing was imported."
    assert _verb(page) == ("Import 5000 participants", True)


def test_a_projector_hides_the_rows_of_a_file(office: Office) -> None:
    _workshop(office)
    _take(office, SAMPLES / "participants.csv")
    office.page.desk.settings.change(presentation=True)
    assert not any("example.org" in word for word in office.texts())
    office.press("Leave presentation mode", office.page)
    assert any("example.org" in word for word in office.texts())


def test_a_dropped_file_is_taken(office: Office) -> None:
    _workshop(office)
    page = office.go("import", kind="participants")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(SAMPLES / "participants.csv"))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    page._target.dragEnterEvent(QDragEnterEvent(QPoint(9, 9), copy, data, left, none))
    page._target.dropEvent(QDropEvent(QPointF(9, 9), copy, data, left, none))
    office.settle()
    assert _verb(page) == ("Import 60 participants", True)


def test_bad_lines_stop_the_import_until_they_are_left_out(office: Office, tmp_path: Path) -> None:
    _workshop(office)
    rows = "Rūta;Šėtienė;ruta(at)example.org;Mokykla;LT;1991\nJonas;Ąžuolas;;;LT;1990\n"
    page = _take(office, _write(tmp_path, HEADINGS + rows))
    assert _verb(page) == ("Import 1 participant", False)
    (bad,) = office.find(LineList, "Lines that cannot be taken").lines
    assert bad.lead == "line 2"
    assert "is no e-mail address" in bad.text
    office.find(CheckBox, "Leave them out and import the others").click()
    office.settle()
    assert _verb(page) == ("Import 1 participant", True)
    _import(office, page)
    assert _everybody(office) == 1


def test_letters_read_in_a_baltic_code_page_are_right_and_can_be_read_otherwise(
    office: Office, tmp_path: Path
) -> None:
    _workshop(office)
    rows = "Šarūnas;Žemgulys;;VšĮ „Tiltai“;LT;1990\nŪla;Čepkutė;;Kolegija;LT;1999\n"
    page = _take(office, _write(tmp_path, HEADINGS + rows, "cp1257"))
    assert any("Šarūnas" in word for word in office.texts())
    assert any("Baltic (Windows-1257)" in word for word in office.texts())
    page._looked.reading.encoding_chosen.emit("cp1252")
    office.settle()
    assert any("Western European" in word for word in office.texts())
    assert not any("Šarūnas" in word for word in office.texts())


def test_spoilt_letters_are_never_imported_silently(office: Office, tmp_path: Path) -> None:
    _workshop(office)
    rows = "".join(
        f"{name};Ąžuolas{at};;;LT;19{at}\n"
        for at, name in enumerate(("Šarūnas", "Giedrė", "Ūla", "Jūratė", "Rūta", "Žydrė"), 70)
    )
    spoilt = rows.encode().decode("cp1252", "replace")
    page = _take(office, _write(tmp_path, HEADINGS + spoilt))
    assert _verb(page)[1] is False
    office.find(CheckBox, "Put the letters right as shown").click()
    office.settle()
    words = [line.text for line in office.find(LineList, "Spoilt letters").lines]
    assert any(word.endswith("→  Giedrė") for word in words)


def test_a_missing_heading_is_named_and_chosen_by_hand(office: Office, tmp_path: Path) -> None:
    _workshop(office)
    page = _take(office, _write(tmp_path, "a,b\nAna,Kovač\nIvo,Novak\n"))
    assert _verb(page)[1] is False
    assert any(word.startswith("There is no column for") for word in office.texts())
    for header, field in (("a", "given_name"), ("b", "family_name")):
        choice = office.find(Choice, f"“{header}” is taken for")
        choice.set_value(field)
        choice.chosen.emit(field)
        office.settle()
    assert _verb(page) == ("Import 2 participants", True)
    _import(office, page)
    assert _everybody(office) == 2


def test_a_person_decides_who_is_the_same(office: Office, tmp_path: Path) -> None:
    _workshop(office)
    office.write(
        partial(add_person, given_name="Ana", family_name="Kovač", email="ana@example.org")
    )
    text = "given_name,family_name,email\nAna,Kovač,kovac@example.org\n"
    page = _take(office, _write(tmp_path, text))
    answer = office.find(Segments, "Is Ana Kovač the same person?")
    assert answer.value == "separate"
    answer.setCurrentIndex(0)
    office.settle()
    assert answer.value == "same"
    _import(office, page)
    assert _everybody(office) == 1


def test_cells_that_look_like_formulas_come_in_as_text(office: Office, tmp_path: Path) -> None:
    _workshop(office)
    text = "given_name,family_name,phone\n=cmd|x,@Kovač,+37061234567\n"
    _import(office, _take(office, _write(tmp_path, text)))
    name = office.read(
        lambda uow: uow.raw.execute("SELECT given_name, family_name, phone FROM person").fetchone()
    )
    assert tuple(name) == ("=cmd|x", "@Kovač", "+37061234567")


def test_a_picture_is_refused_with_a_sentence(office: Office, tmp_path: Path) -> None:
    _workshop(office)
    path = tmp_path / "people.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    page = _take(office, path)
    assert "The file is a picture, not a table: save it as XLSX, ODS or CSV." in office.texts()
    assert page.primary is None


def test_a_file_that_is_gone_is_named(office: Office, tmp_path: Path) -> None:
    _workshop(office)
    _take(office, tmp_path / "gone.csv")
    assert any("“gone.csv” cannot be read" in word for word in office.texts())


def test_attendance_becomes_marks_of_the_workshop(office: Office, sample: Sample) -> None:
    page = _take(office, SAMPLES / "attendance.csv", "attendance")
    text, is_enabled = _verb(page)
    assert text.startswith("Import ")
    assert is_enabled, [
        line.text for line in office.find(LineList, "Lines that cannot be taken").lines
    ]
    _import(office, page)
    marks = office.read(
        lambda uow: uow.raw.execute("SELECT count(*) FROM attendance_mark").fetchone()[0]
    )
    assert marks > 300


def test_organisations_are_completed_not_doubled(office: Office) -> None:
    page = _take(office, SAMPLES / "organisations.csv", "organisations")
    _import(office, page)
    count = "SELECT count(*) FROM organisation"
    first = office.read(lambda uow: uow.raw.execute(count).fetchone()[0])
    _import(office, _take(office, SAMPLES / "organisations.csv", "organisations"))
    assert office.read(lambda uow: uow.raw.execute(count).fetchone()[0]) == first


def test_the_kind_and_the_workshop_of_the_way_here_are_chosen(
    office: Office, sample: Sample
) -> None:
    page = office.go("import", kind="plan", workshop_id=sample.workshop_id)
    assert office.find(Choice, "What the file holds").value == "plan"
    assert office.find(Choice, "For the workshop").value == sample.workshop_id
    assert page.crumbs[1].text == "Mentoring and Peer Coaching for Youth Training"
