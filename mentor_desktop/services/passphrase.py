"""How hard a passphrase is to guess, said in a sentence while one types.

zxcvbn knows English; the words that people of the other languages begin with are given
to it here, or "slaptazodis1" would count as strong.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from mentor_desktop.i18n import N_, _
from mentor_desktop.store.folding import fold

# "Password", "hello", "sunshine", "love", "school" and the like, folded; found in leaked lists.
_COMMON: Final = ["slaptazodis", "labas", "saule", "meile", "mokykla", "lietuva", "vilnius", "kaunas", "parola", "salut", "soare", "iubire", "scoala", "romania", "bucuresti", "heslo", "ahoj", "slunicko", "laska", "skola", "cesko", "praha", "brno", "mojata", "parola", "zdravei", "slance", "lyubov", "uchilishte", "balgariya", "sofia", "geslo", "zivjo", "sonce", "ljubezen", "sola", "slovenija", "ljubljana", "parole", "sveiki", "saulite", "milestiba", "latvija", "riga", "losenord", "hejsan", "solsken", "karlek", "sverige", "stockholm", "salasana", "moikka", "aurinko", "rakkaus", "koulu", "suomi", "helsinki", "mentor", "mentordesktop", "workshop", "seminar", "erasmus", "nordplus"]  # fmt: skip
# zxcvbn slows down with length, and nobody guesses that much.
_LONGEST_JUDGED: Final = 72

_SENTENCES: Final = (
    N_("Guessed at once. Take five random words."),
    N_("Guessed in no time. Take five random words."),
    N_("Too weak against somebody patient. Add one or two random words."),
    N_("Strong."),
    N_("Very strong."),
)


@dataclass(frozen=True)
class Strength:
    """`score` is 0 (guessed at once) to 4; 3 holds against somebody with the stolen laptop."""

    score: int
    sentence: str


def strength_of(passphrase: str, known_words: Iterable[str] = ()) -> Strength:
    """Judge a passphrase; `known_words` are what a guesser knows: names, places, the project.

    Takes some milliseconds; worker thread.
    """
    from zxcvbn import zxcvbn  # 50 ms, and only where a passphrase is chosen

    if not passphrase:
        return Strength(0, _("Five random words are strong and easy to keep."))
    words = [*_COMMON, *(word for known in known_words for word in fold(known).split())]
    # Accents hide a common word from the list, not from a guesser.
    guesses = [fold(passphrase)[:_LONGEST_JUDGED], passphrase[:_LONGEST_JUDGED]]
    score = min(int(zxcvbn(guess, user_inputs=words)["score"]) for guess in guesses)
    return Strength(score, _(_SENTENCES[score]))
