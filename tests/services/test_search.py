"""Finding anything by a few letters."""

from datetime import date

from mentor_desktop.services.search import find_everything
from tests import factories


def hits(workspace, text, limit=20):
    with workspace.reader() as uow:
        return [(hit.kind, hit.title, hit.subtitle) for hit in find_everything(uow, text, limit)]


def fill(workspace):
    with workspace.unit_of_work() as uow:
        school = factories.organisation(uow.session, name="Pavyzdžio kolegija")
        factories.person(
            uow.session,
            given_name="Jūratė",
            family_name="Šniaukštaitė",
            organisation_id=school.id,
            country="LT",
        )
        factories.workshop(
            uow.session,
            code="WS-2026-01",
            title={"en": "Mentoring", "lt": "Mentorystė jaunimui"},
            city="Kaunas",
            starts_on=date(2026, 3, 10),
        )
        uow.commit()


def test_people_and_workshops_are_found_together(workspace) -> None:
    fill(workspace)
    assert hits(workspace, "jurat") == [
        ("person", "Jūratė Šniaukštaitė", "Pavyzdžio kolegija · Lithuania")
    ]
    workshop = [("workshop", "Mentoring", "WS-2026-01 · Kaunas · 10 Mar 2026")]
    for text in ("ws-2026", "2026-01", "mentor", "jaunim", "kaun"):
        assert hits(workspace, text) == workshop


def test_nothing_typed_finds_nothing(workspace) -> None:
    fill(workspace)
    assert hits(workspace, " – ") == []


def test_the_limit_holds_for_both_together(workspace) -> None:
    with workspace.unit_of_work() as uow:
        for _number in range(6):
            factories.workshop(uow.session, city="Brno")
            factories.person(uow.session, given_name="Brno")
        uow.commit()
    found = hits(workspace, "brno", 6)
    assert [kind for kind, *_rest in found] == ["workshop"] * 3 + ["person"] * 3
