"""Fingerprints as two people compare them: by sight, by ear or by camera.

Sixteen letters are 80 bits. Each device's fingerprint is compared by itself, so that whoever wants
to stand between two of them must find a second key for a given one, not any pair that agrees.
"""

from mentor_desktop.crypto.letters import from_letters, grouped, plain, to_letters
from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import _

_LETTERS, _BITS = 16, 80
_PREFIX = "mentor-device:"


def short_code(fingerprint: str) -> str:
    """Return the first 80 bits as four groups of four letters."""
    return grouped(to_letters(int(fingerprint, 16) >> (4 * len(fingerprint) - _BITS), _LETTERS))


def qr_text(fingerprint: str) -> str:
    """Return the text of a QR code with the whole fingerprint."""
    return f"{_PREFIX}{fingerprint}"


def is_code_of(fingerprint: str, typed: str) -> bool:
    """Tell whether a short code or the text of a QR code is that of a device.

    Raises:
        ValidationError: it is neither.
    """
    text = typed.strip()
    if text.startswith(_PREFIX):
        return text == qr_text(fingerprint)
    letters = plain(text)
    if from_letters(letters, _LETTERS) is None:
        raise ValidationError(
            _(
                "The code of a device has four groups of four letters and digits. "
                "Compare it with the other screen and type it again."
            )
        )
    return letters == plain(short_code(fingerprint))
