"""Pair after pair: one person or two, remembered and undone."""

from functools import partial

from mentor_desktop.services.duplicates import possible_duplicates
from mentor_desktop.services.people import add_person, search_people
from mentor_desktop.ui.pages.duplicates_page import DuplicatesPage
from mentor_desktop.ui.widgets.buttons import Button
from tests.services.sample_workshop import Sample
from tests.ui.workshop.office import Office


def _add_twice(office: Office) -> None:
    for organisation, phone in (("Mokykla", "+37061111111"), ("Gimnazija", "")):
        office.write(
            partial(
                add_person,
                given_name="Rūta",
                family_name="Kalnė",
                organisation=organisation,
                birth_year=1990,
                phone=phone,
                note="Same number as the office",
            )
        )


def _open(office: Office) -> DuplicatesPage:
    page = office.go("duplicates")
    assert isinstance(page, DuplicatesPage)
    return page


def _found(office: Office, text: str) -> list[str]:
    return [one.organisation for one in office.read(partial(search_people, text=text))]


def test_nobody_twice_is_said_calmly(office: Office) -> None:
    _open(office)
    assert "Nobody seems to be here twice." in office.texts()


def test_a_pair_is_shown_with_its_reason_and_what_differs(office: Office) -> None:
    _add_twice(office)
    page = _open(office)
    words = office.texts()
    assert page.counter == "1 pair"
    assert "Same name and year of birth" in words
    assert {"Mokykla", "Gimnazija"} <= set(words)


def test_who_is_kept_is_chosen_and_the_merge_is_undone(office: Office) -> None:
    _add_twice(office)
    _open(office)
    (pair,) = office.read(possible_duplicates)
    keep = f"Same person, keep Rūta Kalnė, {pair.second.organisation}"
    office.press(keep, office.page)
    assert _found(office, "ruta kalne") == [pair.second.organisation]
    assert "Nobody seems to be here twice." in office.texts()
    office.window._undo.undo()
    office.settle()
    assert len(_found(office, "ruta kalne")) == 2
    assert office.find(Button, "Different people", office.page)


def test_different_people_are_not_asked_about_again(office: Office) -> None:
    _add_twice(office)
    _open(office)
    office.press("Different people", office.page)
    assert "Nobody seems to be here twice." in office.texts()
    assert office.read(possible_duplicates) == []
    assert len(_found(office, "ruta kalne")) == 2


def test_namesakes_with_a_place_in_one_workshop_can_be_walked_through(
    office: Office, sample: Sample
) -> None:
    _add_twice(office)
    page = _open(office)
    count = len(office.read(possible_duplicates))
    assert count > 1
    assert f"1 of {count}" in office.texts()
    office.press("The next pair", page)
    assert f"2 of {count}" in office.texts()


def test_a_projector_hides_phone_and_note_of_a_pair(office: Office) -> None:
    _add_twice(office)
    _open(office)
    assert "+37061111111" in office.texts()
    office.page.desk.settings.change(presentation=True)
    office.settle()
    assert "+37061111111" not in office.texts()
    assert "Same number as the office" not in office.texts()
