"""How hard a passphrase is to guess, said in the language of the window."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from mentor_desktop.i18n import N_, _
from mentor_desktop.services.passphrase_words import WORDS
from mentor_desktop.store.folding import fold

# What zxcvbn calls "safely unguessable" begins here; Argon2id makes each guess cost 0.1 s more.
ENOUGH = 3
# zxcvbn takes time with the square of the length; what follows only makes it stronger.
_LOOKED_AT = 72
_LEAST_PART = 3

_SENTENCES: Mapping[int, str] = {
    0: N_("Guessed at once. Take five or more words that do not belong together."),
    1: N_("Guessed within minutes. Take five or more words that do not belong together."),
    2: N_("Guessed within days. Add one or two more words that do not belong together."),
    3: N_("Good. Write it down only where nobody finds it with the computer."),
    4: N_("Very good. Write it down only where nobody finds it with the computer."),
}


@dataclass(frozen=True)
class Strength:
    """`score` goes from 0 (guessed at once) to 4; from 3 on it `is_enough`."""

    score: int
    sentence: str

    @property
    def is_enough(self) -> bool:
        """Say whether it protects the data of other people."""
        return self.score >= ENOUGH


def strength_of(passphrase: str, *, names: Iterable[str] = ()) -> Strength:
    """Return how strong a passphrase is; off the window's thread the first time (0.1 s).

    `names` are those of the person, the workspace, the organisation: anybody guesses them first.
    """
    from zxcvbn import zxcvbn  # 60 ms, only where a passphrase is chosen

    if not passphrase.strip():
        return Strength(0, _("Type a passphrase."))
    known = [*_parts(names), *_common_words()]
    looked_at = passphrase[:_LOOKED_AT]
    # Both spellings: „slaptazodis” is „slaptažodis” to whoever guesses.
    score = min(
        int(zxcvbn(spelling, user_inputs=known)["score"])
        for spelling in {looked_at, fold(looked_at)[:_LOOKED_AT]}
    )
    return Strength(score, _(_SENTENCES[score]))


def _parts(names: Iterable[str]) -> list[str]:
    words = [word for name in names for word in (name, *name.split())]
    return _both_spellings(word for word in words if len(word) >= _LEAST_PART)


@cache
def _common_words() -> tuple[str, ...]:
    # The first words of each language stand before the second ones: zxcvbn goes by rank.
    columns = [text.split() for text in WORDS.values()]
    longest = max(map(len, columns))
    ranked = (words[i] for i in range(longest) for words in columns if i < len(words))
    return tuple(_both_spellings(ranked))


def _both_spellings(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(form for word in words for form in (word.lower(), fold(word))))
