"""Participation figures, on the sample participants with their worked sums."""

import csv
import json
from fractions import Fraction
from pathlib import Path

import pytest

from mentor_desktop.services.attendance import mark
from mentor_desktop.services.participation import (
    Participant,
    Tally,
    age_group,
    no_show_rate,
    participation,
)
from mentor_desktop.services.participation_reading import participation_of
from tests import factories

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"
SAMPLE, SUMS = SAMPLES / "participants.csv", SAMPLES / "expected_sums.json"

BY_COUNTRY = {
    "RO": (6, 2, 0), "CZ": (4, 2, 0), "BG": (3, 4, 0), "SI": (4, 3, 0), "LT": (4, 2, 0),
    "LV": (3, 2, 1), "SE": (3, 3, 0), "FI": (2, 2, 1), "IE": (2, 2, 0), "ES": (1, 0, 0),
    "UA": (1, 0, 0),
}  # fmt: skip


@pytest.fixture(scope="module")
def sample():
    """The figures over the 57 attending of the sample."""
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        rows = [
            row for row in csv.DictReader(file) if row["registration"] in ("confirmed", "walk_in")
        ]
    return participation(
        [
            Participant(
                row["participant_id"],
                country=row["country"],
                gender=row["gender"],
                sector=row["sector"],
                role=row["role"],
                birth_year=int(row["birth_year"]),
            )
            for row in rows
        ],
        event_year=2026,
    )


def persons(tallies):
    return {code: tally.persons for code, tally in tallies.items()}


def test_57_attend_the_sample_workshop(sample) -> None:
    assert sample.total == Tally(57, 0)


def test_the_sample_by_gender(sample) -> None:
    assert persons(sample.by_gender) == {
        "female": 33,
        "male": 22,
        "non_binary": 1,
        "undisclosed": 1,
    }
    assert persons(sample.by_gender_group) == {"female": 33, "male": 22, "other": 2}


def test_the_sample_by_country_and_gender(sample) -> None:
    crossed = {
        country: (counts["female"], counts["male"], counts["other"])
        for country, counts in sample.by_country_and_gender.items()
    }
    assert crossed == BY_COUNTRY
    assert persons(sample.by_country) == {one: sum(counts) for one, counts in BY_COUNTRY.items()}


def test_the_sample_by_sector(sample) -> None:
    assert persons(sample.by_sector) == {"ngo": 22, "education": 18, "business": 16, "public": 1}


def test_the_sample_by_age_in_2026(sample) -> None:
    assert persons(sample.by_age) == {
        "18–24": 11,
        "25–29": 9,
        "30–39": 12,
        "40–49": 11,
        "50–59": 9,
        "60+": 5,
    }
    assert list(sample.by_age) == ["18–24", "25–29", "30–39", "40–49", "50–59", "60+"]


@pytest.mark.parametrize(
    ("birth_year", "group"),
    [
        (2009, "<18"),
        (2008, "18–24"),
        (2002, "18–24"),
        (2001, "25–29"),
        (1996, "30–39"),
        (1966, "60+"),
        (1967, "50–59"),
        (None, "unknown"),
    ],
)
def test_an_age_group_begins_on_its_lowest_age(birth_year, group) -> None:
    assert age_group(birth_year, 2026) == group


def test_the_sums_beside_the_sample_files_are_these(sample) -> None:
    expected = json.loads(SUMS.read_text("utf-8"))["participants"]
    ages = {age.replace("–", "-"): count for age, count in persons(sample.by_age).items()}
    assert sample.total.persons == expected["attending"]
    assert persons(sample.by_gender) == expected["gender_attending"]
    assert sample.by_country_and_gender == expected["country_attending"]
    assert persons(sample.by_sector) == expected["sector_attending"]
    assert ages == expected["age_group_2026_attending"]


def test_half_days_and_persons_are_two_figures() -> None:
    figures = participation(
        [
            Participant("1", country="LT", slots=frozenset({"AM", "PM"}), is_local=True),
            Participant("2", country="LT", slots=frozenset({"AM"}), is_returning=True),
            Participant("3"),
        ],
        event_year=2026,
        slots=["AM", "PM"],
    )
    assert figures.total == Tally(3, 3)
    assert figures.by_country == {"LT": Tally(2, 3), "unknown": Tally(1, 0)}
    assert figures.retention == {"AM": 2, "PM": 1}
    assert persons(figures.by_origin) == {"foreign": 2, "local": 1}
    assert persons(figures.by_visit) == {"first_time": 2, "returning": 1}


def test_a_no_show_rate_needs_somebody_who_confirmed() -> None:
    assert no_show_rate(53, 3) == Fraction(3, 53)
    assert no_show_rate(0, 0) is None


def test_a_workshop_is_summed_up_from_the_store(workspace) -> None:
    with workspace.unit_of_work() as uow:
        session = uow.session
        earlier = factories.workshop(session, starts_on=factories.DAY.replace(year=2025))
        item = factories.agenda_item(session)
        school = factories.organisation(
            session, country="CZ", sector="education", subtype="school", kind="partner"
        )
        local = factories.person(
            session,
            country="LT",
            gender="female",
            birth_year=2000,
            organisation_id=school.id,
            roles=["teacher", "mentor"],
        )
        foreign = factories.person(session, country="SE", gender="self_described")
        cancelled = factories.person(session)
        factories.registration(session, workshop_id=earlier.id, person_id=foreign.id)
        here = factories.registration(session, workshop_id=item.workshop_id, person_id=local.id)
        factories.registration(session, workshop_id=item.workshop_id, person_id=foreign.id)
        factories.registration(
            session, workshop_id=item.workshop_id, person_id=cancelled.id, state="cancelled"
        )
        uow.commit()
    with workspace.unit_of_work() as uow:
        mark(uow, registration_id=here.id, slot_id=item.slot_id, status="present")
    with workspace.reader() as uow:
        figures = participation_of(uow, item.workshop_id)
    assert figures.total == Tally(2, 1)
    assert persons(figures.by_country) == {"CZ": 1, "SE": 1}
    assert persons(figures.by_origin) == {"local": 1, "foreign": 1}
    assert persons(figures.by_visit) == {"first_time": 1, "returning": 1}
    assert persons(figures.by_organisation_type) == {"school": 1, "unknown": 1}
    assert persons(figures.by_organisation_kind) == {"partner": 1, "unknown": 1}
    assert persons(figures.by_role) == {"teacher": 1, "unknown": 1}
    assert figures.retention == {"D1-AM": 1}
