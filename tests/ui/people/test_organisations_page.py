"""Organisations: found, put right on their card, refused with a sentence."""

from functools import partial

from mentor_desktop.services.organisations import (
    OrganisationCard,
    organisation_card,
    organisation_rows,
)
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.inputs import Choice, SearchBox
from mentor_desktop.ui.widgets.table import Table
from tests.services.sample_workshop import Sample
from tests.ui.workshop.office import Office

HOST = "Vzorové centrum mládeže, z. s."


def _names(office: Office) -> list[str]:
    model = office.find(Table, "Organisations").columns_model()
    return [model.cell(row, 0).text for row in range(model.rowCount())]


def _card(office: Office, name: str) -> OrganisationCard:
    rows = office.read(organisation_rows)
    wanted = next(row.id for row in rows if row.name == name)
    card: OrganisationCard = office.read(partial(organisation_card, organisation_id=wanted))
    return card


def _open(office: Office, name: str) -> None:
    office.go("organisations", organisation_id=_card(office, name).id)


def test_kind_and_letters_narrow_the_list(office: Office, sample: Sample) -> None:
    office.go("organisations")
    everything = len(_names(office))
    choice = office.find(Choice, "Which are shown")
    choice.set_value("own")
    choice.chosen.emit("own")
    assert _names(office) == [HOST]
    choice.set_value("")
    choice.chosen.emit("")
    assert len(_names(office)) == everything
    office.find(SearchBox, "Search organisations").setText("vsi")
    assert _names(office) == ["VšĮ „Pavyzdžio tiltai“"]


def test_a_card_names_the_legal_representative_and_what_it_hosts(
    office: Office, sample: Sample
) -> None:
    _open(office, HOST)
    assert office.find_line("Legal representative", office.panel).text() == "Jana Vzorná"
    assert any("host of WS-2026-01" in word for word in office.texts(office.panel))
    assert not [
        one
        for one in office.panel.findChildren(Button)
        if one.text() == "Remove" and one.isVisible()
    ]


def test_a_wrong_oid_and_pic_say_what_they_should_look_like(office: Office, sample: Sample) -> None:
    _open(office, HOST)
    office.type_into("OID", "E123", office.panel)
    office.type_into("PIC", "12 34", office.panel)
    office.settle()
    words = office.texts(office.panel)
    assert "“E123” is not an OID. An OID is the letter E and eight digits." in words
    assert "“12 34” is not a PIC. A PIC has nine digits." in words
    office.type_into("PIC", "912345678", office.panel)
    office.settle()
    card = _card(office, HOST)
    assert (card.oid, card.pic) == ("E10000001", "912345678")


def test_an_organisation_is_added_and_removed_again(office: Office) -> None:
    page = office.go("organisations")
    page.primary.act()
    office.type_into("Name, as on its own paper", "Mokykla", office.panel)
    office.find(Choice, "Relation to us", office.panel)
    office.press("Add", office.panel)
    assert _names(office) == ["Mokykla"]
    office.press("Remove", office.panel)
    assert page.counter == "0 organisations"


def test_a_namesake_is_warned_about_but_not_refused(office: Office, sample: Sample) -> None:
    page = office.go("organisations")
    page.primary.act()
    office.type_into("Name, as on its own paper", "zavod PRIMER", office.panel)
    assert "One of this name is here already." in office.texts(office.panel)
    assert office.find(Button, "Add all the same", office.panel)


def test_the_same_card_opens_again_after_it_was_closed(office: Office, sample: Sample) -> None:
    _open(office, HOST)
    office.window.frame.close_panel()
    office.go("history")
    _open(office, HOST)
    assert office.panel.isVisible()
