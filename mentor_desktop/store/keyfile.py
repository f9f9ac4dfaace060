"""The key file of a workspace: its random key, wrapped by passphrase and recovery code.

It travels in the workspace folder and in every backup. Without the passphrase or the
code it says nothing.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _

if TYPE_CHECKING:
    from mentor_desktop.crypto import Argon2Cost

_FORMAT = 1


@dataclass(frozen=True)
class KeyFile:
    """What is written to disk: nothing in it opens anything by itself."""

    workspace_id: str
    salt: str
    iterations: int
    lanes: int
    memory_kib: int
    by_passphrase: str
    by_recovery_code: str
    format: int = _FORMAT

    @staticmethod
    def make(workspace_id: str, key: bytes, passphrase: str) -> tuple[KeyFile, str]:
        """Return the key file of a new workspace and its recovery code (shown once, printed)."""
        from mentor_desktop import crypto  # 40 ms, and not needed when the key comes from the keyring

        code = crypto.new_recovery_code()
        cost = crypto.Argon2Cost()
        draft = KeyFile(
            workspace_id=workspace_id,
            salt="",
            iterations=cost.iterations,
            lanes=cost.lanes,
            memory_kib=cost.memory_kib,
            by_passphrase="",
            by_recovery_code=crypto.wrap(crypto.key_from_recovery_code(code, workspace_id), key, workspace_id),
        )
        return draft.with_passphrase(key, passphrase), code

    def with_passphrase(self, key: bytes, passphrase: str) -> KeyFile:
        """Return the key file with the key wrapped by another passphrase."""
        from mentor_desktop import crypto  # 40 ms, see make()

        salt = crypto.new_salt()
        wrapping_key = crypto.key_from_passphrase(passphrase, salt, self._cost())
        return replace(
            self, salt=salt.hex(), by_passphrase=crypto.wrap(wrapping_key, key, self.workspace_id)
        )

    def with_recovery_code(self, key: bytes) -> tuple[KeyFile, str]:
        """Return the key file with a new recovery code, and the code; the old sheet opens nothing more."""
        from mentor_desktop import crypto  # 40 ms, see make()

        code = crypto.new_recovery_code()
        wrapping_key = crypto.key_from_recovery_code(code, self.workspace_id)
        return replace(self, by_recovery_code=crypto.wrap(wrapping_key, key, self.workspace_id)), code

    def open_with_passphrase(self, passphrase: str) -> bytes:
        """Return the workspace key.

        Raises:
            StoreError: the passphrase is another one.
        """
        from mentor_desktop import crypto  # 40 ms, see make()

        wrapping_key = crypto.key_from_passphrase(passphrase, bytes.fromhex(self.salt), self._cost())
        try:
            return crypto.unwrap(wrapping_key, self.by_passphrase, self.workspace_id)
        except crypto.WrongSecretError as exc:
            raise StoreError(
                _("That passphrase does not open this workspace. Check Caps Lock and the keyboard language, or use the recovery sheet.")
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
                _("That recovery code does not open this workspace. Type all nine groups from its own sheet.")
            ) from exc

    def save(self, path: Path) -> None:
        """Write the file so that a power cut leaves the old or the new one."""
        draft = path.with_suffix(".new")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)

    @staticmethod
    def load(path: Path) -> KeyFile:
        """Read a key file.

        Raises:
            StoreError: there is none, it is damaged, or made by a newer program.
        """
        try:
            stored = json.loads(path.read_text("utf-8"))
            if stored["format"] > _FORMAT:
                raise StoreError(
                    _("This workspace was made by a newer version of the program. Update the program to open it.")
                )
            return KeyFile(**stored)
        except FileNotFoundError as exc:
            raise StoreError(
                _("There is no workspace in {path}. Make one with “demo”, or choose another folder.").format(
                    path=path.parent
                )
            ) from exc
        except (OSError, ValueError, TypeError, KeyError) as exc:
            raise StoreError(
                _("The key file {path} is damaged. Restore the workspace from a backup.").format(path=path)
            ) from exc

    def _cost(self) -> Argon2Cost:
        from mentor_desktop import crypto  # 40 ms, see make()

        return crypto.Argon2Cost(iterations=self.iterations, lanes=self.lanes, memory_kib=self.memory_kib)
