"""The server's folder: its settings, its secret, and by default its database and files.

The secret signs tokens and the server's own batches. All processes that serve the same
database share it; it is never in the database, so a copy of that alone signs nothing.
"""

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mentor_desktop import crypto
from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _

_SETTINGS_FILE, _SECRET_FILE = "settings.json", "secret.key"
_DEVICE_DIGITS = 32


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an administrator chose.

    `blobs` is a folder or an address such as s3://bucket/path. `url` is where devices reach
    the server. `trusted_proxies` are addresses whose X-Forwarded-For is believed. A workspace
    keeps at most so many `workspace_megabytes` of changes and files; 0 is no limit.
    """

    database: str
    blobs: str
    url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    workspace_megabytes: Annotated[int, msgspec.Meta(ge=0)] = 0


@dataclass(frozen=True)
class ServerKeys:
    """What derives from the server's secret."""

    token_key: bytes
    sign_key: Ed25519PrivateKey

    @classmethod
    def from_secret(cls, secret: bytes) -> "ServerKeys":
        """Return the keys; the same on every process with the same secret."""
        return cls(
            crypto.derive(secret, "server token"),
            Ed25519PrivateKey.from_private_bytes(crypto.derive(secret, "server sign")),
        )

    @property
    def public_key(self) -> bytes:
        """The 32 bytes with which devices check the server's batches."""
        return self.sign_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def device_in(self, epoch: str) -> str:
        """Return the id under which the server itself writes: 32 hex digits.

        Another one in each epoch: a restored server has forgotten where its chains ended.
        """
        return sha256(self.public_key + epoch.encode()).hexdigest()[:_DEVICE_DIGITS]


class ServerFolder:
    """The folder on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self, settings: ServerSettings, secret: bytes | None = None) -> None:
        """Write settings and a new secret (or the given one).

        Raises:
            StoreError: there is a server in this folder already, or no room for one.
        """
        if (self.path / _SETTINGS_FILE).exists():
            raise StoreError(_("There is a server in {path} already.").format(path=self.path))
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write_private(self.path / _SECRET_FILE, secret or crypto.new_key())
            _write_private(self.path / _SETTINGS_FILE, msgspec.json.encode(settings))
        except OSError as error:
            raise StoreError(_("{path} cannot be written.").format(path=self.path)) from error

    def remove(self) -> None:
        """Take back what `create` wrote; files of other kinds stay."""
        for name in (_SETTINGS_FILE, _SECRET_FILE):
            (self.path / name).unlink(missing_ok=True)

    def settings(self) -> ServerSettings:
        """Return the settings.

        Raises:
            StoreError: no server here, or a settings file somebody broke.
        """
        try:
            return msgspec.json.decode(
                (self.path / _SETTINGS_FILE).read_bytes(), type=ServerSettings
            )
        except OSError as error:
            raise StoreError(
                _("There is no server in {path}. Make one with mentor-server init.").format(
                    path=self.path
                )
            ) from error
        except msgspec.DecodeError as error:
            raise StoreError(
                _("{path} cannot be understood.").format(path=self.path / _SETTINGS_FILE)
            ) from error

    def secret(self) -> bytes:
        """Return the server's secret.

        Raises:
            StoreError: it is gone; bring it back from a backup.
        """
        try:
            secret = (self.path / _SECRET_FILE).read_bytes()
        except OSError as error:
            raise StoreError(
                _("The server's secret {path} is missing. Bring it back from a backup.").format(
                    path=self.path / _SECRET_FILE
                )
            ) from error
        if len(secret) != crypto.KEY_BYTES:
            raise StoreError(
                _("{path} cannot be understood.").format(path=self.path / _SECRET_FILE)
            )
        return secret

    def copy_secret(self, target: Path) -> None:
        """Put the secret beside a backup: without it devices would not know the server again."""
        _write_private(target / _SECRET_FILE, self.secret())

    def take_secret(self, source: Path) -> None:
        """Make the secret beside a backup this server's own, where there is one."""
        if (source / _SECRET_FILE).exists():
            _write_private(self.path / _SECRET_FILE, ServerFolder(source).secret())

    def keys(self) -> ServerKeys:
        """Return the keys made from the secret."""
        return ServerKeys.from_secret(self.secret())


def _write_private(path: Path, content: bytes) -> None:
    """Write a file only this user may read; it is whole or not there."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    # Made here and now: who may write into the folder of backups put neither a file of their
    # own in this place nor a link to one.
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
