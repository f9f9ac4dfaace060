"""The key in the system's own keyring, for "remember on this computer".

The backend of each system is named here: keyring's own search over all backends costs
50 ms more. A computer without a keyring is normal: the passphrase is asked for then.
Reading may ask the person to unlock the keyring, so call it off the window's thread.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Protocol

from mentor_desktop.config import APP_NAME

_KEY_BYTES = 32
_BUS = "DBUS_SESSION_BUS_ADDRESS"


class Backend(Protocol):
    """What is used of a keyring backend."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


def keep_key(workspace_id: str, key: bytes, backend: Backend | None = None) -> bool:
    """Put a workspace's key into the keyring; False where that cannot be done."""
    backend = backend or system_backend()
    if backend is None:
        return False
    try:
        backend.set_password(APP_NAME, workspace_id, key.hex())
    except _refusals():
        return False
    return recall_key(workspace_id, backend) == key


def recall_key(workspace_id: str, backend: Backend | None = None) -> bytes | None:
    """Return the key kept for a workspace; None where none is kept or no keyring answers."""
    backend = backend or system_backend()
    if backend is None:
        return None
    try:
        kept = bytes.fromhex(backend.get_password(APP_NAME, workspace_id) or "")
    except _refusals():
        return None
    return kept if len(kept) == _KEY_BYTES else None


def forget_key(workspace_id: str, backend: Backend | None = None) -> bool:
    """Remove a workspace's key from the keyring; False where it may still be there."""
    backend = backend or system_backend()
    if backend is None:
        return True
    try:
        if backend.get_password(APP_NAME, workspace_id) is not None:
            backend.delete_password(APP_NAME, workspace_id)
    except _refusals():
        return False
    return recall_key(workspace_id, backend) is None


def system_backend() -> Backend | None:
    """Return this system's keyring; None where there is none, without loading anything."""
    if sys.platform == "win32":
        from keyring.backends.Windows import WinVaultKeyring  # keyring: 80 ms

        return WinVaultKeyring()
    if sys.platform == "darwin":
        from keyring.backends.macOS import Keyring as MacKeyring  # keyring: 80 ms

        return MacKeyring()
    if not _has_session_bus():
        return None
    from keyring.backends.SecretService import Keyring  # keyring and D-Bus: 100 ms

    return Keyring()  # type: ignore[no-untyped-call]  # keyring leaves it untyped


def _has_session_bus() -> bool:
    if os.environ.get(_BUS):
        return True
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return bool(runtime) and Path(runtime, "bus").exists()


def _refusals() -> tuple[type[Exception], ...]:
    """Return what a keyring raises when it is locked, absent, damaged, or a person said no."""
    from keyring.errors import KeyringError  # loaded by the backend already

    found: list[type[Exception]] = [KeyringError, RuntimeError, OSError, ValueError]
    if sys.platform == "win32":
        from win32ctypes.pywin32.pywintypes import error as windows_error

        found.append(windows_error)
    elif sys.platform == "linux":
        from secretstorage.exceptions import SecretStorageException

        found.append(SecretStorageException)
    return tuple(found)
