"""Whatever the bytes are: a table, or one sentence; never anything else, and soon."""

import random
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentor_desktop.errors import UserFacingError
from mentor_desktop.services.tables_in.damage import repaired
from mentor_desktop.services.tables_in.headers import CATALOGUES, propose_mapping
from mentor_desktop.services.tables_in.raw_table import RawTable
from mentor_desktop.services.tables_in.reading import read_table
from mentor_desktop.services.tables_in.rows import (
    read_attendance,
    read_organisations,
    read_participants,
    read_plan,
    read_programme,
    read_projects,
)
from tests.services.tables_in.sample_rows import SAMPLES, as_csv, misread, sample_rows

READERS = {
    "participants": read_participants,
    "attendance": read_attendance,
    "organisations": read_organisations,
    "project": read_projects,
    "plan": read_plan,
    "programme": read_programme,
}
SAMPLE_BYTES = {
    "participants": "participants.csv",
    "attendance": "attendance.csv",
    "organisations": "organisations.csv",
    "project": "project.csv",
    "plan": "workshop_plan.csv",
    "programme": "programme.csv",
}
ENOUGH_S = 20  # a blow-up takes hours; a slow computer takes a second


def check(table: RawTable) -> None:
    """A table keeps its promises: square, lines rising, damage where it says."""
    assert all(len(row) == len(table.headers) for row in table.rows)
    assert len(table.lines) == len(table.rows)
    assert list(table.lines) == sorted(set(table.lines))
    for cell in table.damaged:
        held = table.headers if cell.row < 0 else table.rows[cell.row]
        assert held[cell.column] == cell.text
    repaired(table)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_a_sentence(data: bytes) -> None:
    with suppress(UserFacingError):
        check(read_table(data, "x.csv"))


@given(st.text(alphabet="aš=+'\"\n\r,;\t 1Ã¡\u2028\x85\ufeff", max_size=60))
def test_any_text_is_a_table_or_a_sentence(text: str) -> None:
    with suppress(UserFacingError):
        check(read_table(text.encode(), "x.csv"))


@pytest.mark.parametrize("kind", CATALOGUES)
def test_damaged_samples_are_read_or_refused(kind: str) -> None:
    data = (SAMPLES / SAMPLE_BYTES[kind]).read_bytes()
    for seed in range(60):
        chance = random.Random(seed)
        spoilt = bytearray(data)
        for _ in range(chance.randint(1, 40)):
            place = chance.randrange(len(spoilt))
            spoilt[place] = chance.choice([*b'",;\n\r=', chance.randrange(256)])
        with suppress(UserFacingError):
            table = read_table(bytes(spoilt), "x.csv")
            check(table)
            parsed = READERS[kind](table, propose_mapping(table.headers, kind))  # type: ignore[operator, arg-type]
            lines = [row.line for row in parsed.rows] + [bad.line for bad in parsed.bad]
            assert len(set(lines)) == len(table.rows) + len(table.refused)


@pytest.mark.parametrize("kind", CATALOGUES)
@settings(max_examples=40)
@given(data=st.data())
def test_any_cells_are_taken_or_refused_row_by_row(kind: str, data: st.DataObject) -> None:
    fields = [field.name for field in CATALOGUES[kind].fields]  # type: ignore[index]
    cell = st.one_of(
        st.sampled_from(["", "1", "present", "2026-03-10", "10:30", "unit", "yes", "RO"]),
        st.text(max_size=5),
    )
    rows = data.draw(
        st.lists(st.lists(cell, min_size=len(fields), max_size=len(fields)), max_size=4)
    )
    with suppress(UserFacingError):
        table = read_table(as_csv([fields, *rows]).encode("utf-8", "replace"), "x.csv")
        parsed = READERS[kind](table, propose_mapping(table.headers, kind))  # type: ignore[operator, arg-type]
        taken = {row.line for row in parsed.rows} | {bad.line for bad in parsed.bad}
        assert taken >= set(table.lines)


@pytest.mark.parametrize(
    "data",
    [
        b"name\n" + b"'" * 130_000 + b"\n",
        b"name\n" + b"' " * 60_000 + b"\n",
        b"name\n" + (b"a" * 130_000 + b"\n") * 20 + b"\xe9\n",
        b"name\n" + b"\xe9" * 130_000 + b"\n",
        ("name\n" + "”" * 130_000 + "\n").encode(),
        b"name\n" + (b'"a' + b" " * 120_000 + b'\n b"\n') * 5,
        b"first name " * 11_000 + b"\nAna\n",
        ("name\n" + misread("Š", "cp1252") * 60_000 + "\n").encode(),
    ],
    ids=["quotes", "blanks", "letters", "bytes", "marks", "breaks", "heading", "damage"],
)
def test_hostile_cells_take_no_time(data: bytes) -> None:
    start = time.monotonic()

    with suppress(UserFacingError):
        table = read_table(data, "x.csv")
        read_participants(table, propose_mapping(table.headers, "participants"))

    assert time.monotonic() - start < ENOUGH_S


def test_reading_twice_gives_the_same_table() -> None:
    data = as_csv(sample_rows()).encode("utf-16")

    assert read_table(data, "x.csv") == read_table(data, "x.csv")
