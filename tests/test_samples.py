"""The sample files and their sums agree; counted here without any code of the program."""

import csv
import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).parent.parent / "resources" / "samples"
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected_sums.json").read_text(encoding="utf-8"))
GRACE_MIN = 10


def rows(name: str) -> list[dict[str, str]]:
    with (SAMPLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


PEOPLE = rows("participants.csv")
ATTENDING = [row for row in PEOPLE if row["registration"] in ("confirmed", "walk_in")]


def counted(people: list[dict[str, str]], column: str) -> dict[str, int]:
    return dict(Counter(row[column] for row in people))


def age_group(row: dict[str, str]) -> str:
    age = 2026 - int(row["birth_year"])
    groups = (
        ("60+", 60),
        ("50-59", 50),
        ("40-49", 40),
        ("30-39", 30),
        ("25-29", 25),
        ("18-24", 18),
    )
    return next(name for name, youngest in groups if age >= youngest)


def minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def counted_minutes() -> dict[str, set[int]]:
    slots: dict[str, set[int]] = defaultdict(set)
    for row in rows("workshop_plan.csv"):
        if row["counts_for_attendance"] == "yes":
            slots[row["slot"]].update(range(minute(row["start"]), minute(row["end"])))
    return slots


def credited(row: dict[str, str], slot: set[int]) -> int:
    """Count minute by minute, with the grace given to arriving and to leaving."""
    if row["status"] in ("excused", "absent", "not_required"):
        return 0
    before = {m for m in slot if row["arrived_at"] and m < minute(row["arrived_at"])}
    after = {m for m in slot if row["left_at"] and m >= minute(row["left_at"])}
    lost = {m for part in (before, after) if len(part) > GRACE_MIN for m in part}
    return len(slot - lost)


def test_the_people_add_up() -> None:
    expected = EXPECTED["participants"]
    assert len(PEOPLE) == expected["rows"]
    assert len(ATTENDING) == expected["attending"] == expected["list_rows_at_the_end"]
    assert counted(PEOPLE, "registration") == expected["registration"]
    assert expected["registration"]["confirmed"] == expected["list_rows_before_the_day"]
    assert counted(PEOPLE, "gender") == expected["gender_all"]
    assert counted(ATTENDING, "gender") == expected["gender_attending"]
    assert counted(ATTENDING, "sector") == expected["sector_attending"]
    assert counted(PEOPLE, "photo_consent") == expected["photo_consent_all"]
    assert dict(Counter(map(age_group, ATTENDING))) == expected["age_group_2026_attending"]
    assert (
        min(2026 - int(row["birth_year"]) for row in ATTENDING)
        == expected["youngest_age_2026_attending"]
    )
    assert sum(bool(row["support_needs"]) for row in PEOPLE) == expected["support_notes"]


def test_the_countries_add_up() -> None:
    countries: dict[str, dict[str, int]] = defaultdict(lambda: {"female": 0, "male": 0, "other": 0})
    for row in ATTENDING:
        gender = row["gender"] if row["gender"] in ("female", "male") else "other"
        countries[row["country"]][gender] += 1
    assert countries == EXPECTED["participants"]["country_attending"]


def test_the_programme_adds_up() -> None:
    expected = EXPECTED["programme"]
    programme = rows("programme.csv")
    assert len(programme) == expected["rows"]
    kinds = counted(programme, "row_type")
    assert kinds == {kind: expected[kind] for kind in kinds}
    for level in ("programme", "module", "unit"):
        for hours in ("hours_f2f", "hours_online", "hours_self", "hours_total"):
            found = sum(float(row[hours]) for row in programme if row["row_type"] == level)
            assert found == expected[hours], (level, hours)


def test_the_plan_adds_up() -> None:
    expected = EXPECTED["workshop_plan"]
    assert len(rows("workshop_plan.csv")) == expected["rows"]
    slots = {slot: len(minutes) for slot, minutes in counted_minutes().items()}
    assert slots == expected["slots"]
    assert sum(slots.values()) == expected["counted_minutes"]
    assert 10 * expected["required_minutes"] == 8 * expected["counted_minutes"]
    assert float(expected["counted_hours"]) == expected["counted_minutes"] / 60


def test_everybody_attending_has_one_row_in_every_slot() -> None:
    marks = rows("attendance.csv")
    assert len(marks) == EXPECTED["attendance"]["rows"] == 57 * 6
    assert {(row["participant_id"], row["slot"]) for row in marks} == {
        (person["participant_id"], slot) for person in ATTENDING for slot in counted_minutes()
    }


def test_the_marks_add_up() -> None:
    expected = EXPECTED["attendance"]
    slots = counted_minutes()
    statuses: dict[str, Counter[str]] = defaultdict(Counter)
    minutes: Counter[str] = Counter()
    for row in rows("attendance.csv"):
        statuses[row["slot"]][row["status"]] += 1
        minutes[row["slot"]] += credited(row, slots[row["slot"]])
    assert statuses == expected["status_by_slot"]
    assert minutes == expected["credited_minutes_by_slot"]
    assert minutes.total() == expected["credited_minutes"]


def test_the_certificates_add_up() -> None:
    expected = EXPECTED["attendance"]
    slots = counted_minutes()
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in rows("attendance.csv"):
        if row["status"] != "not_required":
            slot = slots[row["slot"]]
            found[row["participant_id"]].append((credited(row, slot), len(slot)))
    too_few = [
        person
        for person, slots_of_person in found.items()
        if 100 * sum(got for got, _ in slots_of_person) < 80 * sum(of for _, of in slots_of_person)
    ]
    half_days = {
        person: sum(got > 0 for got, _ in of_person) for person, of_person in found.items()
    }
    assert too_few == expected["not_eligible_by_minutes"]
    assert expected["eligible"] == {
        "minutes_pct": len(found) - len(too_few),
        "slots_pct": sum(100 * half_days[p] >= 80 * len(found[p]) for p in found),
        "all_slots": sum(half_days[p] == len(found[p]) for p in found),
        "none": len(found),
    }
    assert sum(half_days.values()) == expected["attended_half_days"]
    for case in expected["cases"].values():
        person = case["participant_id"]
        assert sum(got for got, _ in found[person]) == case["credited_minutes"]
        assert half_days[person] == case["half_days"]
        assert (person not in too_few) == case["eligible"]


def test_walk_ins_came_late_on_the_first_day() -> None:
    walk_ins = {row["participant_id"] for row in PEOPLE if row["registration"] == "walk_in"}
    first = [row for row in rows("attendance.csv") if row["slot"] == "D1-AM"]
    assert {r["status"] for r in first if r["participant_id"] in walk_ins} == {"late"}


def test_times_stand_where_the_status_promises_them() -> None:
    promised = {"late": (True, False), "left_early": (False, True), "partial": (True, True)}
    for row in rows("attendance.csv"):
        times = bool(row["arrived_at"]), bool(row["left_at"])
        assert times == promised.get(row["status"], (False, False)), row


def test_every_organisation_of_the_people_is_described() -> None:
    organisations = rows("organisations.csv")
    assert len(organisations) == EXPECTED["participants"]["organisations"]
    assert {(o["name"], o["sector"], o["country"]) for o in organisations} == {
        (row["organisation"], row["sector"], row["country"]) for row in PEOPLE
    }
    assert {o["kind"] for o in organisations} == {"own", "partner", "external"}
    assert [o["name"] for o in organisations if o["kind"] == "own"] == [
        row["host_org"] for row in rows("workshop.csv")
    ]
    for organisation in organisations:
        assert organisation["address"]
        assert organisation["legal_representative"]
        assert organisation["website"].endswith(".example.org")
        assert re.fullmatch(r"(E\d{8})?", organisation["oid"])
        assert re.fullmatch(r"(\d{9})?", organisation["pic"])


def test_the_workshop_belongs_to_the_project_and_to_the_plan() -> None:
    (workshop,), (project,) = rows("workshop.csv"), rows("project.csv")
    assert workshop["project_number"] == project["number"]
    assert {row["workshop_code"] for row in rows("workshop_plan.csv")} == {workshop["code"]}
    for row in rows("workshop_plan.csv"):
        assert project["starts_on"] <= row["date"] <= project["ends_on"]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.csv")), ids=lambda path: path.name)
def test_files_are_plain_utf8_with_full_rows(path: Path) -> None:
    content = path.read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    with path.open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file, strict=True)
    assert {len(line) for line in lines} == {len(header)}
