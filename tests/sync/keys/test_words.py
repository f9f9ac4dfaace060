"""The six words: made once for ever, and a mistyped one is named."""

from hashlib import sha256

import pytest

from mentor_desktop.errors import ValidationError
from mentor_desktop.sync.keys.words import SIZE, all_words, new_words, plain_words

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def test_the_words_are_the_same_for_ever() -> None:
    words = all_words()
    assert len(set(words)) == len(words) == SIZE == 2**11
    # A bundle written by a released program must open in every later one.
    assert sha256(" ".join(words).encode()).hexdigest() == (
        "d849b1593e5f713f46f6a6a797f609c33e9f41c9216873f1237de0b1e05b5bad"
    )


def test_four_letters_tell_which_word_it_is() -> None:
    assert len({word[:4] for word in all_words()}) == SIZE


def test_no_wrong_letter_and_no_swap_of_neighbours_gives_another_word() -> None:
    known = set(all_words())
    for word in known:
        for at in range(len(word)):
            for letter in LETTERS:
                assert letter == word[at] or word[:at] + letter + word[at + 1 :] not in known
        for at in range(len(word) - 1):
            swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            assert swapped == word or swapped not in known


def test_words_are_drawn_at_random() -> None:
    drawn = [new_words() for _ in range(200)]
    assert len(set(drawn)) == 200
    assert len({word for words in drawn for word in words.split()}) > 700


def test_words_survive_how_people_type() -> None:
    words = new_words()
    for typed in (
        words.upper(),
        words.replace(" ", "  \n"),
        words.replace(" ", ", "),
        f" {words}. ",
    ):
        assert plain_words(typed) == words
    assert plain_words(words.replace(" ", "-")) == words


def test_a_wrong_word_is_named_by_its_number() -> None:
    words = new_words().split()
    for at in range(6):
        wrong = [*words[:at], words[at][:-1] + "x", *words[at + 1 :]]
        with pytest.raises(ValidationError, match=f"Word {at + 1} of the six") as caught:
            plain_words(" ".join(wrong))
        assert not any(word in str(caught.value) for word in words)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "0 were typed"), ("babab", "1 was typed"), ("x " * 7, "7 were typed")],
)
def test_too_few_and_too_many_are_counted(typed: str, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        plain_words(typed)
