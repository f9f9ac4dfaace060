"""The key file of a workspace: its random key, wrapped by passphrase and by recovery code.

It travels in the workspace folder and in every backup. Without the passphrase or the
code it says nothing.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mentor_desktop.errors import StoreError, ValidationError
from mentor_desktop.i18n import _
from mentor_desktop.store.refusals import explained

if TYPE_CHECKING:
    from mentor_desktop.crypto import Argon2Cost

_FORMAT = 1
_FINGERPRINT_CHARACTERS = 16
# Above what any program of ours writes: a damaged or forged file must not freeze the computer.
_LEAST_SALT_BYTES = 8
_KIB_PER_LANE = 8  # RFC 9106
_MOST = {"iterations": 20, "lanes": 16, "memory_kib": 2 * 1024 * 1024}


@dataclass(frozen=True)
class KeyFile:
    """What is written to disk: nothing in it opens anything by itself.

    `fingerprint` belongs to the key: it tells whether file and key fit together.
    """

    workspace_id: str
    fingerprint: str
    salt: str
    iterations: int
    lanes: int
    memory_kib: int
    by_passphrase: str
    by_recovery_code: str
    format: int = _FORMAT

    @staticmethod
    def make(
        workspace_id: str, key: bytes, passphrase: str, cost: Argon2Cost | None = None
    ) -> tuple[KeyFile, str]:
        """Return the key file of a new workspace and its recovery code (shown once, printed).

        `cost` is that of each try of a passphrase, from now on.

        Raises:
            ValidationError: the passphrase is empty.
        """
        from mentor_desktop import crypto  # 40 ms, and not needed with a key from the keyring

        cost = cost or crypto.Argon2Cost()
        draft = KeyFile(
            workspace_id=workspace_id,
            fingerprint=fingerprint_of(key),
            salt="",
            iterations=cost.iterations,
            lanes=cost.lanes,
            memory_kib=cost.memory_kib,
            by_passphrase="",
            by_recovery_code="",
        )
        return draft.with_passphrase(key, passphrase).with_recovery_code(key)

    def with_passphrase(self, key: bytes, passphrase: str) -> KeyFile:
        """Return the key file with the key wrapped by another passphrase.

        Raises:
            ValidationError: the passphrase is empty.
        """
        from mentor_desktop import crypto  # 40 ms, see make()

        if not passphrase.strip():
            raise ValidationError(_("A workspace needs a passphrase. Type one."))
        salt = crypto.new_salt()
        wrapping_key = crypto.key_from_passphrase(passphrase, salt, self._cost())
        wrapped = crypto.wrap(wrapping_key, key, self.workspace_id)
        return replace(self, salt=salt.hex(), by_passphrase=wrapped)

    def with_recovery_code(self, key: bytes) -> tuple[KeyFile, str]:
        """Return the key file with a new recovery code, and the code; the old sheet is void."""
        from mentor_desktop import crypto  # 40 ms, see make()

        code = crypto.new_recovery_code()
        wrapping_key = crypto.key_from_recovery_code(code, self.workspace_id)
        wrapped = crypto.wrap(wrapping_key, key, self.workspace_id)
        return replace(self, by_recovery_code=wrapped), code

    def open_with_passphrase(self, passphrase: str) -> bytes:
        """Return the workspace key.

        Raises:
            StoreError: the passphrase is another one.
        """
        from mentor_desktop import crypto  # 40 ms, see make()

        wrapping_key = crypto.key_from_passphrase(
            passphrase, bytes.fromhex(self.salt), self._cost()
        )
        try:
            return crypto.unwrap(wrapping_key, self.by_passphrase, self.workspace_id)
        except crypto.WrongSecretError as exc:
            raise StoreError(
                _(
                    "That passphrase does not open this workspace. Check Caps Lock and the keyboard "
                    "language, or use the recovery sheet."
                )
            ) from exc

    def open_with_recovery_code(self, code: str) -> bytes:
        """Return the workspace key.

        Raises:
            StoreError: mistyped, or the sheet of another workspace.
        """
        from mentor_desktop import crypto  # 40 ms, see make()

        try:
            wrapping_key = crypto.key_from_recovery_code(code, self.workspace_id)
            return crypto.unwrap(wrapping_key, self.by_recovery_code, self.workspace_id)
        except crypto.WrongSecretError as exc:
            raise StoreError(
                _(
                    "That recovery code does not open this workspace. Type all nine groups from its "
                    "own newest sheet."
                )
            ) from exc

    def fits(self, key: bytes) -> bool:
        """Say whether this file is about `key`."""
        return self.fingerprint == fingerprint_of(key)

    def as_bytes(self) -> bytes:
        """Return what is written to disk."""
        return json.dumps(asdict(self), indent=1).encode()

    def save(self, path: Path) -> None:
        """Write the file so that a power cut leaves the old or the new one.

        Raises:
            OSError: the disk refused; the old file is still there.
        """
        from mentor_desktop.store.atomic import write_file  # only here

        write_file(path, self.as_bytes())

    @staticmethod
    def load(path: Path) -> KeyFile:
        """Read a key file.

        Raises:
            StoreError: there is none, it is damaged, or made by a newer program.
        """
        try:
            return KeyFile.parse(path.read_bytes(), path)
        except FileNotFoundError as exc:
            raise no_workspace(path.parent) from exc
        except OSError as exc:
            raise StoreError(
                _("The key file {path} cannot be read. Check its permissions.").format(path=path)
            ) from exc

    @staticmethod
    def parse(content: bytes, path: Path) -> KeyFile:
        """Return the key file written in `content`; `path` is for the sentence only.

        Raises:
            StoreError: damaged, or made by a newer program.
        """
        try:
            stored = json.loads(content)
            if stored["format"] > _FORMAT:
                raise StoreError(
                    _(
                        "This workspace was made by a newer version of the program. Update the program to open it."
                    )
                )
            key_file = KeyFile(**stored)
            key_file._check()
        except (ValueError, TypeError, KeyError) as exc:
            raise StoreError(
                _("The key file {path} is damaged. Restore the workspace from a backup.").format(
                    path=path
                )
            ) from exc
        return key_file

    def _check(self) -> None:
        stored: dict[str, Any] = asdict(self)  # Any: checked right here
        for field in fields(self):
            if type(stored[field.name]) is not (int if field.type == "int" else str):
                raise TypeError(field.name)
        if len(bytes.fromhex(self.salt)) < _LEAST_SALT_BYTES:
            raise ValueError("salt")
        for name, most in _MOST.items():
            if not 1 <= stored[name] <= most:
                raise ValueError(name)
        if self.memory_kib < self.lanes * _KIB_PER_LANE:
            raise ValueError("memory_kib")

    def _cost(self) -> Argon2Cost:
        from mentor_desktop import crypto  # 40 ms, see make()

        return crypto.Argon2Cost(
            iterations=self.iterations, lanes=self.lanes, memory_kib=self.memory_kib
        )


def change_passphrase(path: Path, key: bytes, passphrase: str) -> None:
    """Let another passphrase open the workspace; backups made before keep the old one.

    Raises:
        ValidationError: the passphrase is empty.
        StoreError: the key file is damaged, of another key, or cannot be written.
    """
    changed = _own(path, key).with_passphrase(key, passphrase)
    _save_if_it_opens(changed, path, key, changed.open_with_passphrase(passphrase))


def renew_recovery_code(path: Path, key: bytes) -> str:
    """Return a new recovery code, to be printed now; the old sheet opens older backups only.

    Raises:
        StoreError: the key file is damaged, of another key, or cannot be written.
    """
    changed, code = _own(path, key).with_recovery_code(key)
    _save_if_it_opens(changed, path, key, changed.open_with_recovery_code(code))
    return code


def no_workspace(root: Path) -> StoreError:
    """Return the refusal of a folder without a workspace."""
    return StoreError(
        _(
            "There is no workspace in {path}. Make one with “demo”, or choose another folder."
        ).format(path=root)
    )


def _own(path: Path, key: bytes) -> KeyFile:
    key_file = KeyFile.load(path)
    if not key_file.fits(key):
        raise StoreError(
            _("The key file {path} belongs to another workspace. Restore a backup.").format(
                path=path
            )
        )
    return key_file


def _save_if_it_opens(key_file: KeyFile, path: Path, key: bytes, found: bytes) -> None:
    """Write a key file only when it really gives the key: nobody could open the workspace else."""
    assert found == key
    try:
        key_file.save(path)
    except OSError as exc:
        raise explained(exc, path.parent) or exc from exc


def fingerprint_of(key: bytes) -> str:
    """Return 64 bits that tell one key from another and say nothing about it."""
    from mentor_desktop import crypto  # 40 ms, see KeyFile.make()

    return crypto.derive(key, "fingerprint").hex()[:_FINGERPRINT_CHARACTERS]
