"""Every value is either understood or refused with a sentence that names it."""

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_desktop.services.tables_in import value_words, values
from mentor_desktop.services.tables_in.lists import parse_languages, parse_list
from mentor_desktop.services.tables_in.places import COUNTRY_CODES
from mentor_desktop.services.tables_in.values import Refusal
from mentor_desktop.services.tables_in.words import LANGUAGES, key_of, words_by_language

PARSERS_OF_WORDS: dict[str, Callable[[str], object]] = {
    "PHOTO_CHOICES": values.parse_photo_choice,
    "SECTORS": values.parse_sector,
    "REGISTRATIONS": values.parse_registration,
    "ATTENDANCE": values.parse_attendance,
    "RELATIONS": values.parse_relation,
    "ITEM_TYPES": values.parse_item_type,
    "FUNDERS": values.parse_funder,
    "FUNDING_MODELS": values.parse_funding_model,
    "ROW_TYPES": values.parse_row_type,
    "OUTCOME_TYPES": values.parse_outcome_type,
    "DELIVERY_MODES": values.parse_delivery_mode,
}
ALL_PARSERS = [
    *PARSERS_OF_WORDS.values(),
    values.parse_gender,
    values.parse_yes_no,
    values.parse_country,
    values.parse_language,
    values.parse_email,
    values.parse_date,
    values.parse_time,
    values.parse_span,
    values.parse_birth_year,
    values.parse_whole_number,
    values.parse_eqf_level,
    values.parse_hours,
]


@pytest.mark.parametrize("name", PARSERS_OF_WORDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_every_language_is_understood(name: str, language: str) -> None:
    for code, entry in vars(value_words)[name].items():
        words = words_by_language(entry)[language]
        assert all(words), f"{name} {code} has a blank word in {language}"
        for word in [code, *words, words[0].upper()]:
            assert PARSERS_OF_WORDS[name](f" {word} ") == code, word


@pytest.mark.parametrize("name", [*PARSERS_OF_WORDS, "GENDERS", "YES_NO"])
def test_no_word_means_two_things(name: str) -> None:
    meaning: dict[str, str] = {}
    for code, entry in vars(value_words)[name].items():
        for words in words_by_language(entry).values():
            for word in words:
                assert meaning.setdefault(key_of(word), code) == code, word


@pytest.mark.parametrize("parse", ALL_PARSERS)
@given(text=st.text(max_size=30))
def test_any_text_is_understood_or_refused(parse: Callable[[str], object], text: str) -> None:
    result = parse(text)

    if isinstance(result, Refusal):
        assert result.sentence.endswith(".")
        assert text.strip() in result.sentence


@pytest.mark.parametrize("letter", ["P", "L", "V", "T", "R", "E", "A", "N"])
def test_the_letters_of_the_register_are_marks(letter: str) -> None:
    statuses = dict(
        zip(
            "PLVTREAN",
            [
                "present",
                "late",
                "left_early",
                "partial",
                "remote",
                "excused",
                "absent",
                "not_required",
            ],
            strict=True,
        )
    )

    assert values.parse_attendance(letter) == statuses[letter]
    assert values.parse_attendance(letter.lower()) == statuses[letter]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("female", "female"),
        ("Moteris", "female"),
        ("мъж", "male"),
        ("vīrietis", "male"),
        ("Žena", "female"),
        ("ž", "female"),
        ("V", "male"),
        ("K", "female"),
        ("prefer not to say", "undisclosed"),
        ("ei-binäärinen", "non_binary"),
    ],
)
def test_genders_in_many_languages(text: str, code: str) -> None:
    assert values.parse_gender(text) == code


@pytest.mark.parametrize(
    ("letters", "code"),
    [({"m", "f"}, "male"), ({"m", "v"}, "female"), ({"m", "k"}, "male"), ({"m", "zh"}, "male")],
)
def test_the_letter_m_is_read_beside_the_others(letters: set[str], code: str) -> None:
    assert values.parse_gender("M", frozenset(letters)) == code


def test_the_letter_m_alone_is_refused() -> None:
    refusal = values.parse_gender("M", frozenset({"m"}))

    assert isinstance(refusal, Refusal)
    assert "whole word" in refusal.sentence


@pytest.mark.parametrize("text", ["yes", "TRUE", "1", "x", "✓", "taip", "Да", "jā", "kyllä", "ano"])
def test_yes(text: str) -> None:
    assert values.parse_yes_no(text) is True


@pytest.mark.parametrize("text", ["no", "FALSE", "0", "-", "не", "nē", "nej", "ei", "nu"])
def test_no(text: str) -> None:
    assert values.parse_yes_no(text) is False


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("RO", "RO"),
        ("ro", "RO"),
        ("România", "RO"),
        ("Romania", "RO"),
        ("Rumunsko", "RO"),
        ("Румъния", "RO"),
        ("Tšekki", "CZ"),
        ("Czech Republic", "CZ"),
        ("Čekija", "CZ"),
        ("LTU", "LT"),
        ("Lietuva", "LT"),
        ("Zviedrija", "SE"),
        ("Suomi", "FI"),
        ("UK", "GB"),
        ("EL", "GR"),
        ("USA", "US"),
    ],
)
def test_countries_by_code_and_by_name_in_nine_languages(text: str, code: str) -> None:
    assert values.parse_country(text) == code


def test_every_country_is_known_by_its_name_in_every_language() -> None:
    from babel import Locale

    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if code in COUNTRY_CODES:
                assert values.parse_country(name) == code


@pytest.mark.parametrize("text", ["Narnia", "XX", "Europe", "150"])
def test_what_is_no_country_is_refused(text: str) -> None:
    assert isinstance(values.parse_country(text), Refusal)


@pytest.mark.parametrize(
    ("text", "code"),
    [("lt", "lt"), ("Lithuanian", "lt"), ("čeština", "cs"), ("sv-FI", "sv"), ("suomi", "fi")],
)
def test_languages_by_code_and_by_name(text: str, code: str) -> None:
    assert values.parse_language(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-10", "2026-3-10", "2026/03/10", "2026.03.10", "2026.03.10.", "10.03.2026",
        "10.3.2026", "10. 3. 2026", "10.03.2026.", "10.03.2026 г.", "10/03/2026", "10-03-2026",
        "2026-03-10T00:00:00", "2026-03-10 00:00", " 2026-03-10 ",
    ],
)  # fmt: skip
def test_dates_as_people_write_them(text: str) -> None:
    assert values.parse_date(text) == date(2026, 3, 10)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("03/25/2026", "month first"),
        ("10.3.26", "short year"),
        ("31.02.2026", "does not exist"),
        ("2026-13-01", "does not exist"),
        ("tomorrow", "no date"),
        ("2026-03-10 10:30", "no date"),
    ],
)
def test_odd_dates_are_refused_with_the_reason(text: str, reason: str) -> None:
    refusal = values.parse_date(text)

    assert isinstance(refusal, Refusal)
    assert reason in refusal.sentence


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10:30", time(10, 30)),
        ("10.30", time(10, 30)),
        ("9:05", time(9, 5)),
        ("09:05:59", time(9, 5)),
        ("10h30", time(10, 30)),
        ("kl. 10.30", time(10, 30)),
        ("klo 10.30", time(10, 30)),
        ("10:30 ч.", time(10, 30)),
        ("1:05 pm", time(13, 5)),
        ("12:10 AM", time(0, 10)),
        ("2026-03-10 10:30", time(10, 30)),
    ],
)
def test_times_as_people_write_them(text: str, value: time) -> None:
    assert values.parse_time(text) == value


@pytest.mark.parametrize("text", ["24:00", "10:60", "10", "10:5", "0:30 pm", "ten"])
def test_odd_times_are_refused(text: str) -> None:
    assert isinstance(values.parse_time(text), Refusal)


def test_spans_run_forward() -> None:
    assert values.parse_span("10:30 – 11:00") == (time(10, 30), time(11, 0))
    assert isinstance(values.parse_span("11:00-10:30"), Refusal)


@pytest.mark.parametrize(
    ("text", "year"), [("1991", 1991), ("14.05.1991", 1991), ("1991-05-14", 1991)]
)
def test_only_the_year_of_a_birth_date_is_kept(text: str, year: int) -> None:
    assert values.parse_birth_year(text) == year


@pytest.mark.parametrize("text", ["91", "1899", "35", "young", "9999999999999999999"])
def test_what_is_no_year_of_birth_is_refused(text: str) -> None:
    assert isinstance(values.parse_birth_year(text), Refusal)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ana@example.org", "ana@example.org"),
        (" ana.b+c@sub.example.org ", "ana.b+c@sub.example.org"),
        ("Ana B <ana@example.org>", "ana@example.org"),
        ("žana@пример.бг", "žana@пример.бг"),
    ],
)
def test_addresses(text: str, address: str) -> None:
    assert values.parse_email(text) == address


@pytest.mark.parametrize(
    "text", ["ana", "ana@", "ana@example", "a b@example.org", "a@b.org, c@d.org", "a@b.o."]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    assert isinstance(values.parse_email(text), Refusal)


@given(st.lists(st.text(alphabet="ab@.-_ ,;\n", max_size=12), max_size=4))
def test_addresses_taken_all_at_once_are_taken_one_by_one_too(texts: list[str]) -> None:
    if values.PLAIN_EMAILS.fullmatch("\0".join([*texts, ""])):
        assert [values.parse_email(text) for text in texts if text] == [
            text for text in texts if text
        ]


@pytest.mark.parametrize(
    ("text", "hours"),
    [("1.5", "1.5"), ("1,5", "1.5"), ("1:30", "1.5"), ("3 h", "3"), ("0", "0"), ("1.75", "1.75")],
)
def test_hours(text: str, hours: str) -> None:
    assert values.parse_hours(text) == Decimal(hours)


@pytest.mark.parametrize("text", ["-1", "1e9", "NaN", "Infinity", "1:75", "many", "1.2.3"])
def test_odd_hours_are_refused(text: str) -> None:
    assert isinstance(values.parse_hours(text), Refusal)


def test_lists_are_parted_at_semicolons() -> None:
    assert parse_list("slides; card set ;;x") == ("slides", "card set", "x")
    assert parse_languages("en; română, Lithuanian; en") == ("en", "ro", "lt")
    assert isinstance(parse_languages("en; blah"), Refusal)
