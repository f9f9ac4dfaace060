"""Letters: every one we need is there, and one that is not stops the print."""

import hashlib
from pathlib import Path

import pytest

from mentor_desktop.config import resource_path
from mentor_desktop.documents.build_fonts import build_fonts, cut
from mentor_desktop.documents.fonts import (
    BOLD,
    FONT_FILES,
    REGULAR,
    FontError,
    drawable,
    missing_characters,
    printable,
    require_glyphs,
    text_width,
)
from tests.documents.paper import full_name, participants

LETTERS = "ăâîșțřůěčšžďťňóúýđąęėįųūāēģķļņåäöỌọ̀ṣàñïčćŋ’'„“”«»–·…"
CYRILLIC = "".join(map(chr, range(ord("А"), ord("я") + 1))) + "ЄІЇҐєіїґЍѝ"


@pytest.mark.parametrize("letters", [LETTERS, LETTERS.upper(), CYRILLIC], ids=["a", "A", "Я"])
def test_every_letter_of_the_nine_languages_is_in_every_font(letters: str) -> None:
    assert missing_characters(letters) == ""


def test_every_sample_participant_can_be_printed() -> None:
    texts = [value for person in participants() for value in person.values()]

    require_glyphs(texts)


@pytest.mark.parametrize("text", ["Amélie 🎓", "नमस्ते", "山田太郎", "ไทย"])
def test_a_missing_letter_stops_with_the_letter_the_text_and_what_to_do(text: str) -> None:
    with pytest.raises(FontError) as caught:
        require_glyphs(["fine", text])

    sentence = str(caught.value)
    assert text in sentence
    assert "U+" in sentence
    assert "print again" in sentence


def test_a_decomposed_name_becomes_composed_before_it_is_drawn() -> None:
    assert printable("Giedre\u0307 A\u0328z\u030cuolyniene\u0307") == "Giedrė Ąžuolynienė"


def test_only_a_mark_without_a_composed_letter_is_shaped() -> None:
    shaped = [
        full_name(person)
        for person in participants()
        if drawable(full_name(person), BOLD, 24) is not full_name(person)
        and type(drawable(full_name(person), BOLD, 24)) is not str
    ]

    assert shaped == ["Oluwaṣeun Adéṣínà-Ọ̀nà"]


def test_a_mark_stands_above_its_letter_and_takes_no_room() -> None:
    shaped = drawable("Ọ̀", REGULAR, 100)
    letter, mark = shaped.__shapeData__  # type: ignore[attr-defined]  # reportlab's shaped text

    assert text_width("Ọ̀", REGULAR, 100) == text_width("Ọ", REGULAR, 100)
    assert mark.x_advance == 0
    assert mark.y_offset > 100  # thousandths of the size: above a capital letter
    assert letter.y_offset == 0


def test_fonts_that_are_there_are_not_cut_again() -> None:
    assert build_fonts(resource_path("fonts")) == []


@pytest.mark.slow
def test_cutting_a_font_gives_the_same_bytes_each_time(tmp_path: Path) -> None:
    """One of the three, which differ in a number alone: each takes seconds."""
    again = tmp_path / "again.ttf"
    cut(BOLD, again)
    kept = resource_path("fonts", FONT_FILES[BOLD])
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(kept.read_bytes()).digest()
