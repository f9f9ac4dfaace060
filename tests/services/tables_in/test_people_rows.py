"""Participants and marks: good rows are exact, bad rows name their line and reason."""

import gc
from collections import Counter
from datetime import time

import pytest

from mentor_desktop.errors import Cancelled, ValidationError
from mentor_desktop.progress import Progress
from mentor_desktop.services.tables_in.columns import STEP
from mentor_desktop.services.tables_in.headers import propose_mapping
from mentor_desktop.services.tables_in.parsed_rows import (
    AttendanceRow,
    ParsedRows,
    ParticipantRow,
)
from mentor_desktop.services.tables_in.people_rows import (
    part_name,
    read_attendance,
    read_participants,
)
from mentor_desktop.services.tables_in.reading import read_table
from tests.services.tables_in.sample_rows import SAMPLES, misread


def participants(text: str, *, keep_damaged: bool = False) -> ParsedRows[ParticipantRow]:
    table = read_table(text.encode(), "list.csv")
    mapping = propose_mapping(table.headers, "participants")
    return read_participants(table, mapping, keep_damaged=keep_damaged)


def marks(text: str) -> ParsedRows[AttendanceRow]:
    table = read_table(text.encode(), "marks.csv")
    return read_attendance(table, propose_mapping(table.headers, "attendance"))


def sample_participants() -> ParsedRows[ParticipantRow]:
    return participants((SAMPLES / "participants.csv").read_text("utf-8"))


def test_the_sample_participants_come_to_the_expected_sums() -> None:
    parsed = sample_participants()

    assert not parsed.bad
    assert not parsed.warnings
    rows = parsed.rows
    assert Counter(row.state for row in rows) == {
        "confirmed": 53, "attending": 4, "cancelled": 2, "waiting_list": 1
    }  # fmt: skip
    assert Counter(row.source for row in rows) == {"form_import": 56, "walk_in": 4}
    assert Counter(row.gender for row in rows) == {
        "female": 33, "male": 24, "undisclosed": 2, "non_binary": 1
    }  # fmt: skip
    assert Counter(row.photo_choice for row in rows) == {
        "yes_all": 40, "group_only": 9, "no": 7, "not_asked": 4
    }  # fmt: skip
    assert sum(1 for row in rows if row.support_needs) == 11


def test_awkward_names_are_kept_as_written() -> None:
    by_number = {row.participant_id: row for row in sample_participants().rows}

    assert by_number["P051"].family_name == ""
    assert by_number["P055"].family_name == "O'Hanrahan"
    assert by_number["P058"].family_name == "D’Arcy-Quinnell"
    assert by_number["P056"].family_name == "Adéṣínà-Ọ̀nà"
    assert by_number["P059"].organisation == 'Asociación "Ejemplo Joven"'
    assert by_number["P016"].name_latin == "Tsvetelina Kraycheva"
    assert by_number["P001"] == ParticipantRow(
        line=2,
        participant_id="P001",
        given_name="Ștefania",
        family_name="Mărgineanu",
        name_latin="",
        badge_name="Ștefania",
        name_on_certificate="",
        email="stefania.margineanu@example.org",
        phone="",
        organisation="Asociația Punte Exemplu",
        sector="ngo",
        country="RO",
        gender="female",
        birth_year=1988,
        role="trainer",
        preferred_language="ro",
        support_needs="",
        state="confirmed",
        source="form_import",
        photo_choice="yes_all",
        note="",
    )


def test_rows_made_in_bulk_are_real_frozen_rows() -> None:
    row = participants("given name\nAna\n").rows[0]

    assert hash(row) == hash(row)
    with pytest.raises(AttributeError):
        row.given_name = "Bea"  # type: ignore[misc]


def test_columns_that_are_not_there_get_their_defaults() -> None:
    row = participants("given name\nAna\n").rows[0]

    assert (row.gender, row.photo_choice, row.birth_year) == ("undisclosed", "not_asked", None)
    assert (row.state, row.source, row.country, row.note) == ("registered", "form_import", "", "")


def test_words_of_a_language_become_codes() -> None:
    parsed = participants(
        "Vardas;Pavardė;Šalis;Lytis;Būsena;Fotografavimas;Kalba;Sektorius\n"
        "Šarūnas;Žemgulys;Lietuva;vyras;patvirtinta;tik grupinės;lietuvių;švietimas\n"
    )

    row = parsed.rows[0]
    assert (row.country, row.gender, row.state) == ("LT", "male", "confirmed")
    assert (row.photo_choice, row.preferred_language, row.sector) == (
        "group_only", "lt", "education"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("letters", "genders"),
    [
        (["M", "V"], ["female", "male"]),
        (["M", "F"], ["male", "female"]),
        (["Ž", "M"], ["female", "male"]),
    ],
)
def test_letters_for_the_gender_are_read_together(letters: list[str], genders: list[str]) -> None:
    parsed = participants("name,gender\n" + "".join(f"Ana B,{one}\n" for one in letters))

    assert [row.gender for row in parsed.rows] == genders


def test_every_reason_of_a_bad_row_is_named_with_its_line() -> None:
    parsed = participants(
        "given name,family name,country,gender,e-mail,birth year\n"
        "Ana,A,RO,female,ana@example.org,1990\n"
        ",B,Narnia,female,no address,1\n"
        "Cy,C,FI,male,,\n"
    )

    assert [row.given_name for row in parsed.rows] == ["Ana", "Cy"]
    assert len(parsed.bad) == 1
    bad = parsed.bad[0]
    assert bad.line == 3
    assert bad.cells == ("", "B", "Narnia", "female", "no address", "1")
    text = " ".join(bad.reasons)
    assert "“Given name” is empty." in text
    assert "Country: “Narnia”" in text
    assert "E-mail: “no address”" in text
    assert "Year of birth: “1”" in text


def test_bad_rows_are_found_in_every_step() -> None:
    lines = [f"Ana{number},RO" for number in range(3 * STEP)]
    for line in (0, STEP - 1, STEP, 3 * STEP - 1):
        lines[line] = ",RO"

    parsed = participants("given name,country\n" + "\n".join(lines) + "\n")

    assert [bad.line for bad in parsed.bad] == [2, STEP + 1, STEP + 2, 3 * STEP + 1]
    assert len(parsed.rows) == 3 * STEP - 4
    assert parsed.rows[0].line == 3


def test_names_are_composed_and_lose_only_blanks_around_them() -> None:
    parsed = participants("given name,family name\n  S\u030carūnas  ,Mac  Giolla \n")

    assert parsed.rows[0].given_name == "Šarūnas"
    assert parsed.rows[0].family_name == "Mac  Giolla"


def test_line_breaks_stay_in_notes_and_leave_names() -> None:
    parsed = participants('given name,note\n"Ana\nMaria","one\ntwo"\n')

    assert parsed.rows[0].given_name == "Ana Maria"
    assert parsed.rows[0].note == "one\ntwo"


def test_a_name_longer_than_any_name_is_bad() -> None:
    parsed = participants("given name\n" + "x" * 301 + "\nAna\n")

    assert [row.given_name for row in parsed.rows] == ["Ana"]
    assert "301 characters" in parsed.bad[0].reasons[0]


def test_a_keyboard_slip_between_alphabets_is_a_warning() -> None:
    parsed = participants("given name,family name\nЦвeтелина,Крайчева\nЮлия,Chakarova\n")

    assert [(note.line, "Цвeтелина" in note.sentence) for note in parsed.warnings] == [(2, True)]
    assert len(parsed.rows) == 2


def test_a_number_used_twice_is_bad_the_second_time() -> None:
    parsed = participants("id,given name\n1,Ana\n,Bea\n,Cy\n1,Dan\n")

    assert [row.given_name for row in parsed.rows] == ["Ana", "Bea", "Cy"]
    assert [(bad.line, "line 2" in bad.reasons[0]) for bad in parsed.bad] == [(5, True)]


@pytest.mark.parametrize(
    ("name", "given_first", "family_first"),
    [
        ("Elena Munteanu", ("Elena", "Munteanu"), ("Munteanu", "Elena")),
        ("Munteanu, Elena", ("Elena", "Munteanu"), ("Elena", "Munteanu")),
        ("Wulandari", ("Wulandari", ""), ("Wulandari", "")),
        ("Thị Lan Anh Nguyễn", ("Thị Lan Anh", "Nguyễn"), ("Lan Anh Nguyễn", "Thị")),
        ("Wulandari,", ("Wulandari", ""), ("Wulandari", "")),
        ("", ("", ""), ("", "")),
    ],
)
def test_whole_names_are_parted(
    name: str, given_first: tuple[str, str], family_first: tuple[str, str]
) -> None:
    assert part_name(name, "given_first") == given_first
    assert part_name(name, "family_first") == family_first


def test_long_whole_names_are_parted_with_a_warning() -> None:
    parsed = participants("name\nElena Munteanu\nThị Lan Anh Nguyễn\n\n")

    assert parsed.rows[1].family_name == "Nguyễn"
    assert [note.line for note in parsed.warnings] == [3]


def test_damaged_letters_are_never_taken_in_silence() -> None:
    spoilt = f"given name,country,shoe\n{misread('Šarūnas', 'cp1252')},LT,x\nAna,RO,{misread('š', 'cp1252')}\n"

    refused = participants(spoilt)
    kept = participants(spoilt, keep_damaged=True)

    assert [row.given_name for row in refused.rows] == ["Ana"]
    assert [bad.line for bad in refused.bad] == [2]
    assert "probably it was “Šarūnas”" in refused.bad[0].reasons[0]
    assert [row.given_name for row in kept.rows] == [misread("Šarūnas", "cp1252"), "Ana"]


def test_rows_that_could_not_be_parted_are_bad() -> None:
    parsed = participants("given name,country\nAna,RO\nBea,SE,x,y\nCy\n")

    assert [bad.line for bad in parsed.bad] == [3]
    assert [note.line for note in parsed.warnings] == [4]


def test_without_a_column_for_names_nothing_is_read() -> None:
    with pytest.raises(ValidationError, match="Given name / Whole name"):
        participants("e-mail,country\na@example.org,RO\n")


def test_a_table_with_headings_only_has_no_rows() -> None:
    parsed = participants("given name,country\n")

    assert (list(parsed.rows), parsed.bad, parsed.warnings) == ([], (), ())


def test_progress_is_told_every_500_rows() -> None:
    steps: list[tuple[int, int]] = []
    table = read_table(b"given name\n" + b"Ana\n" * 1200, "list.csv")

    read_participants(
        table,
        propose_mapping(table.headers, "participants"),
        Progress(lambda done, total: steps.append((done, total))),
    )

    assert steps == [(0, 1200), (500, 1200), (1000, 1200), (1200, 1200)]


def test_a_person_can_cancel_between_steps() -> None:
    steps: list[int] = []
    table = read_table(b"given name\n" + b"Ana\n" * 5000, "list.csv")
    progress = Progress(lambda done, _total: steps.append(done), lambda: len(steps) >= 3)

    with pytest.raises(Cancelled):
        read_participants(table, propose_mapping(table.headers, "participants"), progress)

    assert steps == [0, 500, 1000]
    assert gc.isenabled()


# -------------------------------------------------------------- attendance


def test_the_sample_marks_are_read() -> None:
    parsed = marks((SAMPLES / "attendance.csv").read_text("utf-8"))

    assert not parsed.bad
    assert Counter(row.status for row in parsed.rows) == {
        "present": 300, "late": 12, "absent": 10, "left_early": 7, "excused": 5,
        "partial": 3, "remote": 3, "not_required": 2,
    }  # fmt: skip
    assert all(row.arrived_at for row in parsed.rows if row.status == "late")


def test_marks_in_letters_and_words_with_times() -> None:
    parsed = marks(
        "Dalyvis;Pusdienis;Būsena;Atvyko;Išvyko;Tarpai\n"
        "Šarūnas Žemgulys;D1-AM;L;10.25;;\n"
        "Jūratė Šniaukštaitė;D1-AM;dalyvavo;;;\n"
        "Ūla Čepkutė;D1-AM;iš dalies;;;10:30-10:45; 11:00-11:10\n".replace(
            "10:45; 11", '10:45" ; "11'
        ).replace('"', "")
        + 'Rugilė Žiogelytė;D1-AM;T;;;"10:30-10:45; 11:00-11:10"\n'
    )

    assert [row.status for row in parsed.rows] == ["late", "present", "partial"]
    assert parsed.rows[0].arrived_at == time(10, 25)
    assert (parsed.rows[0].given_name, parsed.rows[0].family_name) == ("Šarūnas", "Žemgulys")
    assert parsed.rows[2].gaps == ((time(10, 30), time(10, 45)), (time(11, 0), time(11, 10)))
    assert [bad.line for bad in parsed.bad] == [4]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("P1,D1-AM,late,,", "late arrival needs the time"),
        ("P1,D1-AM,left_early,,", "Leaving early needs the time"),
        ("P1,D1-AM,partial,10:00,", "Partial attendance needs"),
        ("P1,D1-AM,partial,11:00,10:00", "not after"),
        ("P1,D1-AM,absent,10:00,", "was not there"),
        ("P1,D1-AM,sleepy,,", "no mark of attendance"),
        ("P1,D1-AM,,,", "“Attendance” is empty"),
        ("P1,,present,,", "“Half-day” is empty"),
        (",D1-AM,present,,", "Nobody is named"),
        ("P1,D1-AM,late,25:00,", "time that does not exist"),
    ],
)
def test_marks_that_do_not_fit_are_bad(row: str, reason: str) -> None:
    parsed = marks(f"participant_id,slot,status,arrived_at,left_at\n{row}\nP2,D1-AM,present,,\n")

    assert [bad.line for bad in parsed.bad] == [2]
    assert reason in " ".join(parsed.bad[0].reasons)
    assert len(parsed.rows) == 1


def test_a_person_marked_twice_for_a_half_day_is_bad_the_second_time() -> None:
    parsed = marks(
        "email,slot,status\na@example.org,D1-AM,present\na@example.org,D1-PM,present\n"
        "A@example.org,D1-AM,absent\n"
    )

    assert [bad.line for bad in parsed.bad] == [4]
    assert "line 2" in parsed.bad[0].reasons[0]
