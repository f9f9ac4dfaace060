import json
import re
from itertools import product

import pytest

from mentor_desktop.config import resource_path
from mentor_desktop.ui.tokens import Scheme, contrast, load_tokens

SCHEMES: tuple[Scheme, ...] = ("light", "dark")
STATUSES = ("present", "late", "absent", "excused", "remote")
GROUNDS = ("background", "surface", "rail", "hover")
AA_TEXT, AA_SHAPE = 4.5, 3.0


@pytest.mark.parametrize(("scheme", "ground"), [*product(SCHEMES, GROUNDS)])
def test_words_can_be_read_on_every_ground(scheme: Scheme, ground: str) -> None:
    colors = load_tokens(scheme).colors
    for token in ("text", "muted", "accent", *STATUSES):
        assert contrast(colors[token], colors[ground]) >= AA_TEXT, token


@pytest.mark.parametrize("scheme", SCHEMES)
def test_words_can_be_read_on_coloured_grounds(scheme: Scheme) -> None:
    colors = load_tokens(scheme).colors
    pairs = [
        ("accent_text", "accent"),
        ("accent_text", "accent_hover"),
        ("accent_text", "accent_pressed"),
        ("accent", "accent_soft"),
        ("text", "accent_soft"),
        ("muted", "accent_soft"),
        ("text", "pressed"),
        ("inverse_text", "inverse"),
        ("inverse_accent", "inverse"),
        ("inverse_accent", "inverse_hover"),
        *((status, f"{status}_soft") for status in STATUSES),
        *(("text", f"{status}_soft") for status in STATUSES),
    ]
    for text, ground in pairs:
        assert contrast(colors[text], colors[ground]) >= AA_TEXT, f"{text} on {ground}"


@pytest.mark.parametrize(("scheme", "ground"), [*product(SCHEMES, ("background", "surface"))])
def test_edges_of_boxes_and_the_focus_ring_can_be_seen(scheme: Scheme, ground: str) -> None:
    colors = load_tokens(scheme).colors
    for token in ("line_strong", "accent"):
        assert contrast(colors[token], colors[ground]) >= AA_SHAPE, token


def test_contrast_of_black_on_white_is_the_largest() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_both_schemes_have_the_same_tokens() -> None:
    assert load_tokens("light").colors.keys() == load_tokens("dark").colors.keys()


def test_every_colour_is_six_digits() -> None:
    stored = json.loads(resource_path("theme", "tokens.json").read_text("utf-8"))
    for scheme in SCHEMES:
        assert all(re.fullmatch(r"#[0-9A-F]{6}", color) for color in stored[scheme].values())


def test_style_sheet_has_a_token_for_each_placeholder() -> None:
    template = resource_path("theme", "app.qss").read_text("utf-8")
    filled = load_tokens("dark", 200).fill(template)
    assert "{accent" not in filled
    assert not re.search(r"\{[a-z0-9_]+\}", filled)


def test_style_sheet_names_no_colour_itself() -> None:
    template = resource_path("theme", "app.qss").read_text("utf-8")
    without_selectors = re.sub(r"#[a-z_]+", "", template)
    assert not re.search(r"#[0-9A-Fa-f]{3,8}\b", without_selectors)
    assert "rgb" not in template


def test_unknown_placeholder_is_refused() -> None:
    with pytest.raises(KeyError):
        load_tokens("light").fill("QLabel { color: {acent} }")


@pytest.mark.parametrize(("asked", "got"), [(50, 100), (100, 100), (175, 175), (400, 200)])
def test_text_scale_stays_between_100_and_200(asked: int, got: int) -> None:
    assert load_tokens("light", asked).scale == got


def test_lengths_grow_with_the_text_and_gaps_half_as_fast() -> None:
    tokens = load_tokens("light", 200)
    assert tokens.size("row") == 80
    assert tokens.px(20) == 40
    assert tokens.space("l") == 24


def test_points_make_the_same_pixels_on_every_density() -> None:
    tokens = load_tokens("light")
    assert tokens.points("door", 96) * 96 / 72 == pytest.approx(44)
    assert tokens.points("door", 72) * 72 / 72 == pytest.approx(44)
