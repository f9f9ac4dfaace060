"""Tokens and what is signed for them."""

import pytest

from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.sessions import (
    TOLERANCE_MS,
    BadToken,
    Session,
    make_token,
    read_token,
    sign_session,
    why_no_session,
)
from tests.sync.keys.people import WS, hex_id

NOW = 1_800_000_000_000
SESSION = Session(WS, hex_id(1), hex_id(2), NOW + 1)
OLD, NEW = b"o" * 32, b"n" * 32


def test_a_token_opens_until_it_ends() -> None:
    token = make_token(NEW, SESSION)
    assert read_token([NEW], token, now=NOW) == SESSION
    with pytest.raises(BadToken, match="expired"):
        read_token([NEW], token, now=NOW + 1)


def test_a_token_of_the_old_secret_opens_while_that_is_kept() -> None:
    token = make_token(OLD, SESSION)
    assert read_token([NEW, OLD], token, now=NOW) == SESSION
    with pytest.raises(BadToken, match="token"):
        read_token([NEW], token, now=NOW)


def test_every_changed_letter_of_a_token_is_refused() -> None:
    token = make_token(NEW, SESSION)
    for at, letter in enumerate(token):
        for other in "AQgw.-_":
            if other != letter:
                with pytest.raises(BadToken):
                    read_token([NEW], token[:at] + other + token[at + 1 :], now=NOW)


@pytest.mark.parametrize("token", ["", ".", "a.b", "a.b.c", "ą.č", "====.====", "A" * 9_999])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(BadToken, match="token"):
        read_token([NEW], token, now=NOW)


def test_a_token_is_for_its_workspace_device_and_user_only() -> None:
    whole = make_token(NEW, SESSION)
    payload, mac = whole.split(".")
    other = make_token(NEW, Session(WS, hex_id(3), hex_id(2), NOW + 1)).split(".")
    assert payload != other[0]
    for mixed in (f"{payload}.{other[1]}", f"{other[0]}.{mac}"):
        with pytest.raises(BadToken, match="token"):
            read_token([NEW], mixed, now=NOW)


def test_a_device_gets_a_session_by_its_own_signature_only() -> None:
    keys, other = DeviceKeys.make(), DeviceKeys.make()
    device = hex_id(1)
    signature = sign_session(keys, WS, device, NOW)

    def why(key: bytes = keys.sign_key, ws: str = WS, device: str = device, at: int = NOW) -> str:
        return why_no_session(key, ws, device, at, signature, now=NOW)

    assert why() == ""
    assert why(key=other.sign_key) == "signature"
    assert why(ws="b" * 32) == "signature"
    assert why(device=hex_id(2)) == "signature"
    assert why(at=NOW + 1) == "signature"


@pytest.mark.parametrize("skew_ms", [-(10**12), -TOLERANCE_MS - 1, TOLERANCE_MS + 1, 10**12])
def test_a_wrong_clock_is_told_and_the_servers_time_helps(skew_ms: int) -> None:
    keys, device = DeviceKeys.make(), hex_id(1)
    at = NOW + skew_ms
    signature = sign_session(keys, WS, device, at)
    assert why_no_session(keys.sign_key, WS, device, at, signature, now=NOW) == "clock"
    again = sign_session(keys, WS, device, NOW)
    assert why_no_session(keys.sign_key, WS, device, NOW, again, now=NOW) == ""
