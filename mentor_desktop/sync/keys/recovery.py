"""The recovery sheet of a journal: keys that exist as a printed code only.

The code gives a whole card: it opens every epoch, and it can sign a new device in when no other
is left. A copy under a passphrase is possible; losing devices, code and passphrase loses the
entries, by design.
"""

import msgspec

from mentor_desktop import crypto
from mentor_desktop.crypto.symmetric import WrongSecretError, derive, seal_value, unseal_value
from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import _
from mentor_desktop.sync.keys.canonical import canonical
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.entries import NO_SIGNATURE
from mentor_desktop.sync.keys.key_records import RECOVERY, Holder, PassphraseCopy, make_holder


def holder_of_code(code: str, ws: str, user: str) -> Holder:
    """Return the holder of the sheet with this code; the same code gives the same card.

    Raises:
        ValidationError: the code is mistyped.
    """
    try:
        secret = crypto.key_from_recovery_code(code, f"journal:{ws}:{user}")
    except WrongSecretError:
        # Without the cause: what was typed is nearly a secret and has no place in a report.
        raise ValidationError(
            _(
                "This recovery code is incomplete or has a mistyped character. "
                "Compare the nine groups of four with the sheet."
            )
        ) from None
    keys = DeviceKeys(derive(secret, "sign"), derive(secret, "receive"))
    return make_holder(keys, ws, user, RECOVERY)


def make_copy(
    sheet: Holder, passphrase: str, made_at: int, cost: crypto.Argon2Cost | None = None
) -> PassphraseCopy:
    """Return the private half of a sheet under a passphrase. An older copy opens as before.

    To make an older passphrase worthless, print a new sheet and take the old one out.

    Raises:
        ValidationError: the passphrase is empty.
    """
    if not passphrase.strip():
        raise ValidationError(_("The copy of the recovery code needs a passphrase. Type one."))
    used, salt = cost or crypto.Argon2Cost(), crypto.new_salt()
    draft = PassphraseCopy(
        sheet.card.ws, sheet.card.user, sheet.fingerprint, salt,
        used.iterations, used.lanes, used.memory_kib, b"", made_at, NO_SIGNATURE,
    )  # fmt: skip
    key = crypto.key_from_passphrase(passphrase, salt, used)
    wrapped = seal_value(key, sheet.keys.to_bytes(), _context(draft))
    return sheet.signed(msgspec.structs.replace(draft, wrapped=wrapped))


def holder_of_copy(copy: PassphraseCopy, passphrase: str) -> Holder:
    """Return the holder of the sheet that a copy was made of.

    Raises:
        ValidationError: the passphrase is another one, or the copy is damaged.
    """
    cost = crypto.Argon2Cost(copy.iterations, copy.lanes, copy.memory_kib)
    key = crypto.key_from_passphrase(passphrase, copy.salt, cost)
    try:
        keys = DeviceKeys.from_bytes(unseal_value(key, copy.wrapped, _context(copy)))
    except (WrongSecretError, ValueError):
        keys = None
    holder = make_holder(keys, copy.ws, copy.user, RECOVERY) if keys else None
    if holder is None or holder.fingerprint != copy.by:
        raise ValidationError(
            _(
                "That passphrase does not open the copy of the recovery code. "
                "Check Caps Lock and the keyboard language, or type the code from the sheet."
            )
        )
    return holder


def _context(copy: PassphraseCopy) -> bytes:
    return canonical("recovery copy", copy.ws, copy.user, copy.by)
