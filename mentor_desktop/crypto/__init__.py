"""Keys, seals and codes: the lowest layer, which knows nothing of what is kept.

Here under one name what opening a workspace needs; signatures and envelopes are imported from
their own modules by those who exchange changes.
"""

from mentor_desktop.crypto.passphrase import Argon2Cost, key_from_passphrase, new_salt
from mentor_desktop.crypto.recovery_code import key_from_recovery_code, new_recovery_code
from mentor_desktop.crypto.symmetric import (
    KEY_BYTES,
    WrongSecretError,
    derive,
    new_key,
    seal,
    unseal,
    unwrap,
    wrap,
)

__all__ = [
    "KEY_BYTES",
    "Argon2Cost",
    "WrongSecretError",
    "derive",
    "key_from_passphrase",
    "key_from_recovery_code",
    "new_key",
    "new_recovery_code",
    "new_salt",
    "seal",
    "unseal",
    "unwrap",
    "wrap",
]
