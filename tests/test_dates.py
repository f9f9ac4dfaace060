"""Dates with their weekday, the way each language writes them."""

import subprocess
import sys
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


@pytest.mark.parametrize("code", ["", "zz", "x" * 300, "a\0b", "../lt", "%s"])
def test_in_a_language_nobody_knows_words_and_dates_are_english(code: str) -> None:
    assert Language(code).date(date(2026, 3, 10), "weekday") == "Tuesday 10 March"
    assert Language(code).gettext("Certificate of attendance") == "Certificate of attendance"


LOADED = """
import sys
from datetime import date
from mentor_desktop.i18n import Language
Language("lt").load()
loaded = set(sys.modules)
Language("lt").date(date(2026, 3, 10))
Language("lt").number(1234.5, 1)
Language("lt").country("LT")
print(*(set(sys.modules) - loaded))
"""


def test_language_that_was_loaded_has_its_words_at_hand() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == []
