"""In which time zone a time is shown."""

from zoneinfo import ZoneInfo

import pytest

from mentor_desktop.clock import zone_of


def test_a_zone_is_found_by_its_name() -> None:
    assert zone_of("Europe/Vilnius") is ZoneInfo("Europe/Vilnius")


@pytest.mark.parametrize(
    "strange", ["", "Mars/Olympus", "../etc/passwd", "/etc/passwd", "a\0b", "x" * 300, "Europe"]
)
def test_of_a_zone_nobody_knows_the_times_are_those_of_utc(strange: str) -> None:
    assert zone_of(strange) is ZoneInfo("UTC")
