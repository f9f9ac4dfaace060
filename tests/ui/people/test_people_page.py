"""Everybody found while typing, and each as a card that is put right where it stands."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from mentor_desktop.services.consents import record_consent
from mentor_desktop.services.people import PersonCard, add_person, person_card, search_people
from mentor_desktop.ui.people.card import PersonCardPanel
from mentor_desktop.ui.people.new_person import NewPersonForm
from mentor_desktop.ui.widgets.buttons import Button, IconButton
from mentor_desktop.ui.widgets.field import NoteField
from mentor_desktop.ui.widgets.inputs import CheckBox, Choice, SearchBox
from mentor_desktop.ui.widgets.line_list import LineList
from mentor_desktop.ui.widgets.table import Table
from tests.services.sample_workshop import Sample
from tests.ui.workshop.office import Office


def _id(office: Office, text: str) -> str:
    found: str = office.read(partial(search_people, text=text))[0].id
    return found


def _card(office: Office, person_id: str) -> PersonCard:
    card: PersonCard = office.read(partial(person_card, person_id=person_id))
    return card


def _open_card(office: Office, person_id: str) -> PersonCardPanel:
    office.go("people", person_id=person_id)
    panel = office.panel
    assert isinstance(panel, PersonCardPanel)
    return panel


def _titles(table: Table) -> list[str]:
    return [column.title for column in table.columns_model().columns]


def _names(office: Office) -> list[str]:
    model = office.find(Table, "People").columns_model()
    model.cell(0, 0)
    office.settle()
    return [model.cell(row, 0).text for row in range(model.rowCount())]


def _search(office: Office, text: str) -> SearchBox:
    box = office.find(SearchBox, "Search people")
    box.clear()
    QTest.keyClicks(box, text)
    office.settle()
    return box


def test_everybody_is_listed_and_counted(office: Office, sample: Sample) -> None:
    page = office.go("people")
    assert len(_names(office)) == 60
    assert page.counter == "60 people"


def test_letters_without_accents_find_a_person_and_enter_opens_the_card(
    office: Office, sample: Sample
) -> None:
    office.go("people")
    box = _search(office, "sarunas")
    assert _names(office) == ["Šarūnas Žemgulys"]
    QTest.keyClick(box, Qt.Key.Key_Return)
    office.settle()
    assert "Šarūnas Žemgulys" in office.texts(office.panel)


def test_an_empty_box_shows_everybody_again(office: Office, sample: Sample) -> None:
    office.go("people")
    _search(office, "zzzz")
    assert any(word.startswith("Nobody fits.") for word in office.texts())
    _search(office, "")
    assert len(_names(office)) == 60


def test_an_empty_workspace_offers_the_import(office: Office) -> None:
    page = office.go("people")
    assert any(word.startswith("Nobody is here yet.") for word in office.texts())
    assert page.counter == "0 people"


def test_a_card_says_where_somebody_is_from_and_what_they_took_part_in(
    office: Office, sample: Sample
) -> None:
    panel = _open_card(office, _id(office, "sarunas"))
    assert "VšĮ „Pavyzdžio tiltai“ · Lithuania" in office.texts(panel)
    (line,) = office.find(LineList, "Workshops", panel).lines
    assert line.text == "Mentoring and Peer Coaching for Youth Training"
    assert "WS-2026-01" in line.detail


def test_a_name_put_right_on_the_card_is_right_in_the_list_and_undone(
    office: Office, sample: Sample
) -> None:
    person_id = _id(office, "sarunas")
    panel = _open_card(office, person_id)
    office.press("Correct the name", panel)
    office.type_into("Family name", "Zemgulis", panel)
    office.settle()
    assert _card(office, person_id).name == "Šarūnas Zemgulis"
    assert "Šarūnas Zemgulis" in _names(office)
    office.window._undo.undo()
    office.settle()
    assert _card(office, person_id).name == "Šarūnas Žemgulys"
    assert "Šarūnas Žemgulys" in office.texts(panel)


def test_a_word_of_two_alphabets_is_warned_about(office: Office) -> None:
    # The "о" of the family name is Latin.
    office.write(partial(add_person, given_name="Юлия", family_name="Стоянoва"))
    panel = _open_card(office, _id(office, "yuliya"))
    assert any("mixes Latin and Cyrillic letters" in word for word in office.texts(panel))


def test_empty_facts_take_no_room_until_their_verb_is_pressed(
    office: Office, sample: Sample
) -> None:
    person_id = _id(office, "sarunas")
    panel = _open_card(office, person_id)
    assert "Phone" not in office.texts(panel)
    office.press("Phone", panel)
    office.type_into("Phone", "+370 612 34567", panel)
    office.settle()
    assert _card(office, person_id).phone == "+370 612 34567"
    assert any("+370 612 34567" in word for word in office.texts(panel))


def test_a_refused_fact_says_why_where_it_stands(office: Office, sample: Sample) -> None:
    panel = _open_card(office, _id(office, "sarunas"))
    office.type_into("E-mail", "no address", panel)
    office.settle()
    assert any("is not an e-mail address" in word for word in office.texts(panel))


def test_no_photos_is_one_click_and_ends_consents_to_photos(office: Office, sample: Sample) -> None:
    person_id = _id(office, "sarunas")
    office.write(
        partial(
            record_consent,
            person_id=person_id,
            purpose="photo_website",
            text_version="1",
            language="en",
            how="ticked",
        )
    )
    panel = _open_card(office, person_id)
    office.press("No photos", panel)
    card = _card(office, person_id)
    assert card.photo_choice == "no"
    assert card.consents[0].withdrawn_at is not None
    assert office.find(Button, "No photos", panel).isChecked()
    assert any("withdrawn on" in word for word in office.texts(panel))


def test_a_consent_is_recorded_and_withdrawn_on_the_card(office: Office, sample: Sample) -> None:
    person_id = _id(office, "sarunas")
    panel = _open_card(office, person_id)
    office.press("Record a consent", panel)
    office.press("Record the consent", panel)
    assert "Choose what the person agreed to." in office.texts(panel)
    office.find(Choice, "What for", panel).set_value("contact_later")
    office.type_into("Version of the text", "2026-01", panel)
    office.press("Record the consent", panel)
    assert [one.purpose for one in _card(office, person_id).consents] == ["contact_later"]
    office.press("Withdraw: Being contacted about later events", panel)
    assert _card(office, person_id).consents[0].withdrawn_at is not None


def test_roles_are_boxes_only_when_asked_for(office: Office, sample: Sample) -> None:
    person_id = _id(office, "sarunas")
    panel = _open_card(office, person_id)
    assert not [box for box in panel.findChildren(CheckBox) if box.isVisible()]
    office.find(IconButton, "Change the roles", panel).click()
    office.find(CheckBox, "Mentor", panel).click()
    office.settle()
    assert _card(office, person_id).roles == ("mentor",)


def test_the_history_of_a_card_names_old_and_new(office: Office, sample: Sample) -> None:
    person_id = _id(office, "sarunas")
    panel = _open_card(office, person_id)
    office.press("Correct the name", panel)
    office.type_into("Family name", "Zemgulis", panel)
    office.settle()
    office.press("Show the history", panel)
    lines = office.find(LineList, "History", panel).lines
    assert lines[0].text == "Family name: Žemgulys → Zemgulis"
    assert "Rasa" in lines[0].detail


def test_a_projector_hides_contact_note_and_history(office: Office, sample: Sample) -> None:
    office.write(
        partial(
            add_person,
            given_name="Rūta",
            family_name="Kalnė",
            email="ruta@example.org",
            phone="+37061234567",
            note="Call in the evening",
        )
    )
    panel = _open_card(office, _id(office, "ruta kalne"))
    assert "ruta@example.org · +37061234567" in office.texts(panel)
    office.page.desk.settings.change(presentation=True)
    office.settle()
    assert "E-mail" not in _titles(office.find(Table, "People"))
    words = " ".join(office.texts(panel))
    assert "ruta@example.org" not in words
    assert "+37061234567" not in words
    assert not [note for note in panel.findChildren(NoteField) if note.isVisible()]
    assert not _shown_buttons(panel, "Show the history")
    office.page.desk.settings.change(presentation=False)
    office.settle()
    assert "E-mail" in _titles(office.find(Table, "People"))
    assert "ruta@example.org · +37061234567" in office.texts(panel)


def test_somebody_new_is_added_and_their_card_opens(office: Office, sample: Sample) -> None:
    page = office.go("people")
    page.primary.act()
    office.type_into("Given name", "Zita", office.panel)
    office.type_into("Organisation", "Mokykla", office.panel)
    office.press("Add", office.panel)
    assert "Zita" in office.texts(office.panel)
    assert page.counter == "61 people"
    assert _card(office, _id(office, "zita")).organisation == "Mokykla"


def test_a_namesake_is_hinted_at_before_adding(office: Office, sample: Sample) -> None:
    page = office.go("people")
    page.primary.act()
    form = office.panel
    assert isinstance(form, NewPersonForm)
    office.type_into("Given name", "Elena", form)
    office.type_into("Family name", "Munteanu", form)
    similar = form._similar
    office.qtbot.waitUntil(lambda: len(similar.lines) == 2)
    assert _shown_buttons(form, "Add all the same")
    similar.opened.emit(similar.lines[0].key)
    office.settle()
    assert isinstance(office.panel, PersonCardPanel)
    assert page.counter == "60 people"


def test_only_somebody_without_a_workshop_can_be_removed(office: Office, sample: Sample) -> None:
    panel = _open_card(office, _id(office, "sarunas"))
    assert not _shown_buttons(panel, "Remove this person")
    office.write(partial(add_person, given_name="Mistake"))
    panel = _open_card(office, _id(office, "mistake"))
    office.press("Remove this person", panel)
    assert office.page.counter == "60 people"
    office.window._undo.undo()
    office.settle()
    assert office.page.counter == "61 people"


def _shown_buttons(within: QWidget, name: str) -> list[Button]:
    return [
        one
        for one in within.findChildren(Button)
        if one.accessibleName() == name and one.isVisible()
    ]


def test_the_same_card_opens_again_after_it_was_closed(office: Office, sample: Sample) -> None:
    person_id = _id(office, "munteanu")
    _open_card(office, person_id)
    office.window.frame.close_panel()
    office.go("history")
    assert _open_card(office, person_id).isVisible()
