"""Dates with their weekday, the way each language writes them."""

from datetime import date

import pytest

from mentor_desktop.i18n import Language


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "Tuesday 10 March"),
        ("ro", "marți, 10 martie"),
        ("cs", "úterý 10. března"),
        ("bg", "вторник, 10 март"),
        ("lt", "kovo 10 d., antradienis"),
        ("lv", "otrdiena, 10. marts"),
        ("sv", "tisdag 10 mars"),
        ("fi", "tiistai 10. maaliskuuta"),
        ("en_XA", "Tuesday 10 March"),
    ],
)
def test_weekday_and_month_are_written_in_full(code: str, text: str) -> None:
    assert Language(code).date(date(2026, 3, 10), "weekday") == text
