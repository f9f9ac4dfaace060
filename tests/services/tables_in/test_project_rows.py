"""Organisations, projects, agendas and programmes: sums, trees, and what does not fit."""

from collections import Counter
from datetime import date, time
from decimal import Decimal

import pytest

from mentor_desktop.services.tables_in.headers import propose_mapping
from mentor_desktop.services.tables_in.parsed_rows import (
    OrganisationRow,
    ParsedRows,
    Plan,
    ProgrammeTree,
    ProjectRow,
)
from mentor_desktop.services.tables_in.reading import read_table
from mentor_desktop.services.tables_in.rows import (
    read_organisations,
    read_plan,
    read_programme,
    read_projects,
)
from tests.services.tables_in.sample_rows import SAMPLES


def sample(name: str) -> str:
    return (SAMPLES / name).read_text("utf-8")


def organisations(text: str) -> ParsedRows[OrganisationRow]:
    table = read_table(text.encode(), "x.csv")
    return read_organisations(table, propose_mapping(table.headers, "organisations"))


def projects(text: str) -> ParsedRows[ProjectRow]:
    table = read_table(text.encode(), "x.csv")
    return read_projects(table, propose_mapping(table.headers, "project"))


def plan(text: str) -> Plan:
    table = read_table(text.encode(), "x.csv")
    return read_plan(table, propose_mapping(table.headers, "plan"))


def programme(text: str) -> ProgrammeTree:
    table = read_table(text.encode(), "x.csv")
    return read_programme(table, propose_mapping(table.headers, "programme"))


# ------------------------------------------------------------ organisations


def test_the_sample_organisations_are_read() -> None:
    parsed = organisations(sample("organisations.csv"))

    assert len(parsed.rows) == 30
    assert not parsed.bad
    assert not parsed.warnings
    kinds = Counter(row.kind for row in parsed.rows)
    assert kinds["own"] == 1
    assert set(kinds) == {"own", "partner", "external"}
    assert all(row.address and row.country for row in parsed.rows)


def test_odd_identifiers_and_repeated_names_are_warnings() -> None:
    parsed = organisations(
        "name,country,oid,pic\nPunte,RO,E12345678,123456789\nTiltai,LT,E1,1\nPUNTE,RO,,\n,RO,,\n"
    )

    assert [row.name for row in parsed.rows] == ["Punte", "Tiltai", "PUNTE"]
    assert [note.line for note in parsed.warnings] == [3, 3, 4]
    assert [bad.line for bad in parsed.bad] == [5]


# ----------------------------------------------------------------- projects


def test_the_sample_project_is_read() -> None:
    parsed = projects(sample("project.csv"))

    assert not parsed.bad
    assert not parsed.warnings
    row = parsed.rows[0]
    assert row.programme == "erasmus_plus"
    assert row.funding_model == "lump_sum"
    assert row.starts_on == date(2025, 9, 1)
    assert set(row.funding_statement) == {"en"}


def test_texts_of_a_project_by_language() -> None:
    parsed = projects(
        "title,number,funding_statement,funding_statement_lt,disclaimer (ro)\n"
        "A,NPHZ-2014/10078,in English,lietuviškai,\n"
    )

    assert parsed.rows[0].funding_statement == {"en": "in English", "lt": "lietuviškai"}
    assert parsed.rows[0].disclaimer == {}
    assert not parsed.warnings


def test_a_project_that_ends_before_it_starts_is_bad() -> None:
    parsed = projects("title,number,start,end\nA,101000000,2026-02-01,2026-01-31\nB,x-1,,\n")

    assert [bad.line for bad in parsed.bad] == [2]
    assert [row.number for row in parsed.rows] == ["x-1"]
    assert "no usual project number" in parsed.warnings[0].sentence


# ------------------------------------------------------------------- agenda


def test_the_sample_plan_comes_to_1020_counted_minutes() -> None:
    parsed = plan(sample("workshop_plan.csv"))

    assert not parsed.bad
    assert len(parsed.rows) == 22
    assert [(slot.code, slot.counted_minutes) for slot in parsed.slots] == [
        ("D1-AM", 120), ("D1-PM", 210), ("D2-AM", 195),
        ("D2-PM", 195), ("D3-AM", 195), ("D3-PM", 105),
    ]  # fmt: skip
    assert parsed.counted_minutes == 1020
    assert parsed.rows[0].materials == ("badges", "attendance list", "consent forms")


def test_a_plan_needs_only_dates_times_and_titles() -> None:
    parsed = plan(
        "Data,Nuo,Iki,Tema,Tipas\n"
        "2026-03-11,9.00,10.30,Klausymasis,mokymai\n"
        "2026-03-11,10.30,10.50,Kava,pertrauka\n"
        "2026-03-11,13.00,14.00,Triados,praktika\n"
        "2026-03-10,10:00,12:30,Atidarymas,\n"
    )

    assert not parsed.bad
    assert [(slot.code, slot.held_on.day, slot.counted_minutes) for slot in parsed.slots] == [
        ("D1-AM", 10, 150), ("D2-AM", 11, 90), ("D2-PM", 11, 60)
    ]  # fmt: skip
    assert parsed.rows[0].title == {"en": "Klausymasis"}
    assert parsed.slots[1].items[1].counts is False
    assert parsed.slots[1].ends == time(10, 50)


HEAD = "workshop,day,date,slot,start,end,minutes,counts,title\n"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("W,1,2026-03-10,D1-AM,11:00,11:00,,yes,X", "not after it starts"),
        ("W,1,2026-03-10,D1-AM,11:00,12:20,90,yes,X", "has 90 minutes"),
        ("W,1,2026-03-10,D1-AM,11:00,12:20,80,perhaps,X", "neither yes nor no"),
        ("W,1,2026-03-10,D1-AM,11:00,12:00,,yes,", "no title"),
        ("W,1,2026-03-11,D1-AM,11:00,12:00,,yes,X", "two dates"),
        ("W,2,2026-03-11,D1-AM,11:00,12:00,,yes,X", "on day 1 and on day 2"),
        ("V,1,2026-03-10,D1-AM,11:00,12:00,,yes,X", "for workshop V"),
        ("W,1,2026-03-10,D1-AM,09:30,10:30,,yes,X", "overlaps with the one in line 2"),
        ("W,1,2026-03-10,D1-AM,09:15,09:30,,yes,X", "overlaps with the one in line 2"),
        ("W,1,10.3.26,D1-AM,11:00,12:00,,yes,X", "short year"),
        ("W,1,2026-03-10,D1-AM,,12:00,,yes,X", "“From” is empty"),
    ],
)
def test_agenda_items_that_do_not_fit_are_bad(row: str, reason: str) -> None:
    parsed = plan(f"{HEAD}W,1,2026-03-10,D1-AM,09:00,10:00,60,yes,First\n{row}\n")

    assert [bad.line for bad in parsed.bad] == [3]
    assert reason in " ".join(parsed.bad[0].reasons)
    assert parsed.counted_minutes == 60


def test_items_that_do_not_count_may_overlap() -> None:
    parsed = plan(
        f"{HEAD}W,1,2026-03-10,D1-AM,09:00,10:00,60,yes,First\n"
        "W,1,2026-03-10,D1-AM,09:30,09:45,15,no,Photos\n"
    )

    assert not parsed.bad
    assert parsed.counted_minutes == 60


def test_an_overlap_with_a_long_item_before_the_last_is_found() -> None:
    parsed = plan(
        f"{HEAD}W,1,2026-03-10,D1-AM,09:00,12:00,,yes,Long\n"
        "W,1,2026-03-10,D1-AM,12:00,12:30,,yes,Next\n"
        "W,1,2026-03-10,D1-AM,12:15,12:45,,yes,Third\n"
    )

    assert [bad.line for bad in parsed.bad] == [4]


# ---------------------------------------------------------------- programme


def test_the_sample_programme_is_one_tree_of_75_hours() -> None:
    parsed = programme(sample("programme.csv"))

    assert not parsed.bad
    assert not parsed.warnings
    assert Counter(row.row_type for row in parsed.rows) == {
        "programme": 1, "module": 6, "unit": 16, "outcome": 18
    }  # fmt: skip
    top = parsed.rows[0]
    assert (top.hours_f2f, top.hours_online, top.hours_self, top.hours_total) == (30, 15, 30, 75)
    assert parsed.children["MPC"] == tuple(f"MPC-M{number}" for number in range(1, 7))
    assert parsed.children["MPC-M1"][:3] == ("MPC-M1-U1", "MPC-M1-U2", "MPC-M1-U3")
    assert top.languages == ("en", "ro", "cs", "bg", "sl", "lt", "lv", "sv", "fi")
    unit = next(row for row in parsed.rows if row.code == "MPC-M2-U2")
    assert unit.hours_f2f == Decimal("1.75")


TREE = (
    "row_type,code,parent_code,title,hours_f2f,hours_online,hours_self,hours_total,"
    "outcome_type,outcome_text\n"
    "programme,P,,Mentoring,\"1,5\",1,0,2.5,,\n"
    "module,M,P,Foundations,1.5,1,0,2.5,,\n"
)  # fmt: skip


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("unit,U,X,Listening,,,,,,", "The parent “X” of “U” is not there"),
        ("unit,U,P,Listening,,,,,,", "wrong kind"),
        ("unit,U,,Listening,,,,,,", "has no parent"),
        ("unit,M,M,Listening,,,,,,", "stands in line 3 already"),
        ("programme,Q,P,Other,,,,,,", "A programme has no parent"),
        ("unit,U,M,,,,,,,", "has no title"),
        ("outcome,K,M,,,,,,knowledge,", "has no text"),
        ("outcome,K,M,,,,,,,Explains", "has no type"),
        ("chapter,C,M,Listening,,,,,,", "no part of a programme"),
        ("unit,,M,Listening,,,,,,", "“Code” is empty"),
        ("unit,U,M,Listening,many,,,,,", "no number of hours"),
    ],
)
def test_rows_that_do_not_fit_the_tree_are_bad(row: str, reason: str) -> None:
    parsed = programme(f"{TREE}{row}\n")

    assert [bad.line for bad in parsed.bad] == [4]
    assert reason in " ".join(parsed.bad[0].reasons)
    assert [one.code for one in parsed.rows] == ["P", "M"]


def test_what_hangs_below_a_bad_row_is_bad_too_whatever_the_order() -> None:
    parsed = programme(
        f"{TREE}outcome,K,U,,,,,,knowledge,Explains\nunit,U,N,Listening,,,,,,\nmodule,N,P,,,,,,,\n"
    )

    assert [bad.line for bad in parsed.bad] == [4, 5, 6]
    assert parsed.children == {"P": ("M",)}


def test_hours_that_do_not_add_up_are_warnings_and_stay() -> None:
    parsed = programme(f"{TREE}unit,U,M,Listening,1,1,1,4,,\n")

    assert not parsed.bad
    assert [note.line for note in parsed.warnings] == [3, 3, 3, 4]
    assert "parts add up to 3" in parsed.warnings[-1].sentence
    assert parsed.rows[-1].hours_total == 4


def test_hours_in_all_are_added_where_the_cell_is_empty() -> None:
    parsed = programme(f"{TREE}unit,U,M,Listening,1.5,1,0,,,\n")

    assert not parsed.warnings
    assert parsed.rows[-1].hours_total == Decimal("2.5")


def test_texts_without_a_language_are_in_the_one_that_is_said() -> None:
    table = read_table(b"data;nuo;iki;tema\n2026-03-10;9.00;10.00;Klausymasis\n", "x.csv")

    parsed = read_plan(table, propose_mapping(table.headers, "plan"), language="lt")

    assert parsed.rows[0].title == {"lt": "Klausymasis"}


def test_titles_in_several_languages() -> None:
    parsed = programme("type,code,title,title_lt\nprogramme,P,Mentoring,Mentorystė\n")

    assert parsed.rows[0].title == {"en": "Mentoring", "lt": "Mentorystė"}
