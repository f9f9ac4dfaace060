"""Projects: data of the agreement, texts in languages, logos."""

from functools import partial
from io import BytesIO
from pathlib import Path

from PIL import Image

from mentor_desktop.services.projects import ProjectCard, project_card, project_rows
from mentor_desktop.ui.widgets.field import NoteField
from mentor_desktop.ui.widgets.inputs import Choice
from mentor_desktop.ui.widgets.line_list import LineList
from mentor_desktop.ui.workshop.language_texts import LanguageTexts
from tests.services.sample_workshop import Sample
from tests.ui.workshop.office import Office


def _card(office: Office) -> ProjectCard:
    (row,) = office.read(project_rows)
    card: ProjectCard = office.read(partial(project_card, project_id=row.id))
    return card


def _open(office: Office) -> None:
    office.go("project", project_id=_card(office).id)


def _texts(office: Office, label: str) -> tuple[LanguageTexts, NoteField]:
    field = next(one for one in office.page.findChildren(LanguageTexts) if one._label == label)
    note = field.findChild(NoteField)
    assert note is not None
    return field, note


def _png(path: Path) -> Path:
    content = BytesIO()
    Image.new("RGB", (120, 40), "teal").save(content, "PNG")
    path.write_bytes(content.getvalue())
    return path


def test_facts_of_the_agreement_are_changed_where_they_stand(
    office: Office, sample: Sample
) -> None:
    _open(office)
    office.type_into("Granting authority", "National agency")
    office.type_into("First day", "1.9.2025")
    office.settle()
    card = _card(office)
    assert card.granting_authority == "National agency"
    assert card.starts_on is not None
    assert card.starts_on.isoformat() == "2025-09-01"


def test_a_number_that_looks_wrong_is_told_but_kept(office: Office, sample: Sample) -> None:
    _open(office)
    office.type_into("Number of the agreement", "17")
    office.settle()
    assert _card(office).number == "17"
    assert any("does not look like a number" in word for word in office.texts())


def test_the_statement_is_kept_in_each_language(office: Office, sample: Sample) -> None:
    _open(office)
    field, note = _texts(office, "Funding statement")
    assert note.area.toPlainText() == "Funded by the programme named in the agreement."
    choice = field.findChild(Choice)
    assert choice is not None
    choice.set_value("lt")
    choice.chosen.emit("lt")
    assert note.area.toPlainText() == ""
    note.area.setPlainText("Finansuoja Europos Sąjunga.")
    note.save()
    office.settle()
    assert _card(office).funding_statement == {
        "en": "Funded by the programme named in the agreement.",
        "lt": "Finansuoja Europos Sąjunga.",
    }
    choice.set_value("en")
    choice.chosen.emit("en")
    assert note.area.toPlainText() == "Funded by the programme named in the agreement."


def test_a_logo_is_added_shown_and_removed(office: Office, sample: Sample, tmp_path: Path) -> None:
    _open(office)
    office.page._logos._ask_file = lambda _parent: str(_png(tmp_path / "eu.png"))
    office.press("Add a logo")
    assert len(_card(office).logos) == 1
    office.press("Remove logo 1")
    assert _card(office).logos == ()


def test_a_file_that_is_no_picture_is_refused_with_a_sentence(
    office: Office, sample: Sample, tmp_path: Path
) -> None:
    (tmp_path / "eu.png").write_text("no picture")
    _open(office)
    for name, sentence in (
        ("eu.png", "no picture that can be printed"),
        ("gone.png", "cannot be read"),
    ):
        office.page._logos._ask_file = lambda _parent, name=name: str(tmp_path / name)
        office.press("Add a logo")
        assert any(sentence in word for word in office.texts())
    assert _card(office).logos == ()


def test_without_a_project_the_page_lists_them_and_adds_the_first(office: Office) -> None:
    office.go("project")
    office.press("Add a project")
    office.type_into("Title", "Mentors", office.panel)
    office.type_into("Number of the agreement", "NPJR-2026/10001", office.panel)
    office.press("Add the project", office.panel)
    assert _card(office).title == "Mentors"
    assert office.page.crumbs[-1].text == "Mentors"
    office.go("project")
    assert [line.text for line in office.find(LineList, "Projects").lines] == ["Mentors"]


def test_a_project_with_workshops_is_not_removed(office: Office, sample: Sample) -> None:
    _open(office)
    (remove,) = office.page.more
    remove.act()
    office.qtbot.waitUntil(lambda: bool(office.failures))
    assert "belongs to" in office.failures.pop()
