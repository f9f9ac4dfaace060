"""A passphrase is judged in every language of the interface, not in English alone."""

import pytest

from mentor_desktop.i18n import DOCUMENT_LANGUAGES
from mentor_desktop.services.passphrase import strength_of
from mentor_desktop.services.passphrase_words import WORDS


@pytest.mark.parametrize(
    "weak",
    [
        "password",
        "qwerty123",
        "slaptazodis1",
        "Slaptažodis1",
        "мояпарола1",
        "lösenord1",
        "losenord1",
        "salasana123",
        "heslo2026",
        "parola123",
        "geslogeslo",
        "parole1",
        "Žalgiris",
        "mīlestība",
    ],
)
def test_what_everybody_guesses_first_is_weak(weak: str) -> None:
    found = strength_of(weak)
    assert found.score <= 1
    assert not found.is_enough
    assert "five or more words" in found.sentence


@pytest.mark.parametrize(
    "strong",
    [
        "correct horse battery staple",
        "arbatinukas šviestuvas debesis traukinys pelė",
        "чайник облак влак прозорец молив",
        "kastrull granne moln tidtabell penna",
    ],
)
def test_several_words_that_do_not_belong_together_are_enough(strong: str) -> None:
    assert strength_of(strong).is_enough


@pytest.mark.parametrize("own", ["Ona Onaitė", "onaite", "onaonaite1", "Vilnius School 1"])
def test_the_person_s_own_names_are_no_secret(own: str) -> None:
    assert not strength_of(own, names=["Ona Onaitė", "Vilnius School"]).is_enough


def test_own_names_make_a_longer_passphrase_weaker() -> None:
    passphrase = "Onaitė Vilnius School"
    own = strength_of(passphrase, names=["Ona Onaitė", "Vilnius School"])
    assert own.score < strength_of(passphrase).score


@pytest.mark.parametrize("nothing", ["", "   "])
def test_nothing_is_no_passphrase(nothing: str) -> None:
    assert strength_of(nothing).score == 0
    assert strength_of(nothing).sentence == "Type a passphrase."


def test_a_very_long_passphrase_is_judged_at_once() -> None:
    assert strength_of("žodis po žodžio be galo " * 200).score >= 1
    assert strength_of("ﷺ" * 300).score <= 4


def test_every_language_has_its_words() -> None:
    assert set(WORDS) == set(DOCUMENT_LANGUAGES) - {"en"}
    assert all(len(text.split()) >= 40 for text in WORDS.values())
