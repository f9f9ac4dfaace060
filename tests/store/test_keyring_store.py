"""The key in the system's keyring; a computer without one is normal."""

import os

import pytest
from keyring.errors import KeyringLocked, PasswordDeleteError

from mentor_desktop.store.keyring_store import forget_key, keep_key, recall_key, system_backend

KEY = bytes(range(32))


class MemoryKeyring:
    """A keyring in memory that can be locked."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._require_open()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._require_open()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._require_open()
        if (service, username) not in self.kept:
            raise PasswordDeleteError
        del self.kept[service, username]

    def _require_open(self) -> None:
        if self.is_locked:
            raise KeyringLocked("locked")


def test_a_kept_key_is_recalled_until_it_is_forgotten() -> None:
    keyring = MemoryKeyring()
    assert keep_key("w1", KEY, keyring)
    assert recall_key("w1", keyring) == KEY
    assert recall_key("w2", keyring) is None
    assert forget_key("w1", keyring)
    assert recall_key("w1", keyring) is None
    assert not keyring.kept


def test_forgetting_what_was_never_kept_is_fine() -> None:
    assert forget_key("w1", MemoryKeyring())


def test_a_locked_keyring_is_like_none_and_is_not_said_to_have_forgotten() -> None:
    keyring = MemoryKeyring()
    keep_key("w1", KEY, keyring)
    keyring.is_locked = True
    assert recall_key("w1", keyring) is None
    assert not keep_key("w1", KEY, keyring)
    assert not forget_key("w1", keyring)


@pytest.mark.parametrize("damage", ["", "not hex", "00ff"])
def test_a_damaged_entry_is_no_key(damage: str) -> None:
    keyring = MemoryKeyring()
    keep_key("w1", KEY, keyring)
    keyring.kept = dict.fromkeys(keyring.kept, damage)
    assert recall_key("w1", keyring) is None


@pytest.mark.skipif(os.name == "nt", reason="Windows always has a vault")
def test_a_computer_without_a_session_bus_has_no_keyring() -> None:
    assert system_backend() is None
    assert recall_key("w1") is None
    assert not keep_key("w1", KEY)
    assert forget_key("w1")


@pytest.mark.skipif(os.name == "nt", reason="D-Bus is not of Windows")
def test_a_bus_without_a_secret_service_is_like_no_keyring(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    assert recall_key("w1") is None
    assert not keep_key("w1", KEY)
