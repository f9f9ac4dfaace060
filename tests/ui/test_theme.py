import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mentor_desktop.ui.appearance import system_reduces_motion
from mentor_desktop.ui.icons import ROLES, svg_source
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.text import Text


def test_dark_colours_reach_palette_and_style_sheet(qapp: QApplication) -> None:
    theme = Theme(qapp, scheme="dark")
    assert theme.is_dark
    assert qapp.palette().window().color().name().upper() == "#161A18"
    assert "#5CC9B4" in qapp.styleSheet()


def test_changing_the_scheme_tells_everybody_once(theme: Theme, qtbot: QtBot) -> None:
    told: list[bool] = []
    theme.changed.connect(lambda: told.append(theme.is_dark))
    theme.set_scheme("dark")
    theme.set_scheme("dark")
    assert told == [True]


def test_system_that_names_no_scheme_is_light(qapp: QApplication) -> None:
    assert qapp.styleHints().colorScheme() == Qt.ColorScheme.Unknown
    assert not Theme(qapp, scheme="system").is_dark


def test_text_at_200_per_cent_is_twice_as_large(theme: Theme, qtbot: QtBot) -> None:
    label = Text(theme, "Brno", role="title")
    qtbot.addWidget(label)
    before = label.font().pointSizeF()
    theme.set_text_scale(200)
    assert label.font().pointSizeF() == pytest.approx(2 * before)


def test_numbers_are_tabular_in_every_role(theme: Theme) -> None:
    for role in theme.tokens.fonts:
        assert theme.font(role).featureValue(QFont.Tag("tnum")) == 1


def test_icon_is_drawn_in_the_colour_of_its_token(theme: Theme) -> None:
    image = theme.pixmap("add", "absent", 48).toImage()
    strongest = max(
        (image.pixelColor(x, y) for x in range(48) for y in range(48)), key=lambda c: c.alpha()
    )
    assert strongest.alpha() > 200
    assert strongest.getRgb()[:3] == theme.color("absent").getRgb()[:3]


def test_icon_follows_the_scheme(theme: Theme) -> None:
    light = theme.pixmap("people", "text").toImage()
    theme.set_scheme("dark")
    assert theme.pixmap("people", "text").toImage() != light


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_its_drawing(role: str) -> None:
    source = svg_source(role, "#123456")
    assert source.startswith(b"<svg")
    assert b"#123456" in source
    assert b"currentColor" not in source


def test_unknown_role_is_refused() -> None:
    with pytest.raises(KeyError):
        svg_source("unicorn", "#123456")


def test_reduced_motion_takes_no_time(qapp: QApplication) -> None:
    assert Theme(qapp, reduced_motion=True).duration() == 0
    assert Theme(qapp).duration() == 150


@pytest.mark.parametrize(("answer", "is_still"), [("false", True), ("true", False), ("", False)])
@pytest.mark.skipif(sys.platform != "linux", reason="asks the tool of Linux desktops")
def test_motion_stops_where_the_desktop_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, is_still: bool
) -> None:
    tool = tmp_path / "gsettings"
    tool.write_text(f"#!/bin/sh\necho {answer}\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    assert system_reduces_motion() is is_still


def test_motion_goes_on_where_nobody_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert not system_reduces_motion()
