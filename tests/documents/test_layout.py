"""Fitting text: it shrinks, then wraps, and loses nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_desktop.documents.layout import Style, fit, fit_block, width_mm, wrap
from tests.documents.paper import full_name, participants

STYLE = Style(size=12)
LONGEST = "Mac Giolla Phádraig-Featherstonehaugh"


def test_a_text_that_fits_keeps_its_size() -> None:
    found = fit("Ana", STYLE, 50, smallest=6)

    assert found.lines == ("Ana",)
    assert found.style.size == 12


def test_a_text_shrinks_before_it_wraps() -> None:
    width = width_mm(LONGEST, STYLE.sized(9))

    found = fit(LONGEST, STYLE, width, smallest=8, max_lines=2)

    assert found.lines == (LONGEST,)
    assert found.style.size == 9


def test_a_text_too_long_for_the_smallest_size_wraps_between_words() -> None:
    found = fit(LONGEST, STYLE, 45, smallest=9, max_lines=2)

    assert found.lines == ("Mac Giolla", "Phádraig-Featherstonehaugh")


def test_a_word_wider_than_the_line_breaks_after_its_hyphen() -> None:
    assert wrap("Phádraig-Featherstonehaugh", STYLE, 45) == ("Phádraig-", "Featherstonehaugh")


def test_a_block_takes_the_largest_size_that_fits() -> None:
    texts = [LONGEST, LONGEST]

    found = fit_block(texts, STYLE, 40, 16, smallest=5)

    assert found.height_mm <= 16
    larger = STYLE.sized(found.style.size + 0.25)
    assert sum(len(wrap(text, larger, 40)) for text in texts) * larger.line_mm > 16


@pytest.mark.parametrize("width", [8.0, 20.0, 60.0])
def test_no_line_of_any_sample_name_is_wider_than_asked(width: float) -> None:
    for person in participants():
        for line in wrap(full_name(person), STYLE, width):
            assert width_mm(line, STYLE) <= width


@given(st.text(alphabet="aĄ -./Ж", max_size=80), st.floats(5, 80))
def test_wrapping_loses_no_letter(text: str, width: float) -> None:
    lines = wrap(text, STYLE, width)

    assert "".join("".join(lines).split()) == "".join(text.split())
