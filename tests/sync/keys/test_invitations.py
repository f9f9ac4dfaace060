"""Invitations: links and letters that people copy, and what a mistyped one says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_desktop.errors import ValidationError
from mentor_desktop.sync.keys.invitations import (
    Invitation,
    is_secret_of,
    new_invitation,
    parse_invitation,
)
from tests.sync.keys.people import WS

HOST = "https://sync.example.org"
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@given(number=st.integers(0, 2**40 - 1), secret=st.binary(min_size=16, max_size=16))
def test_link_and_letters_give_the_invitation_back(number: int, secret: bytes) -> None:
    letters = "".join(LETTERS[(number >> 5 * i) & 31] for i in range(8))
    invitation = Invitation(HOST, WS, letters, secret)
    assert parse_invitation(invitation.link) == invitation
    spoken = parse_invitation(invitation.code, HOST)
    assert (spoken.id, spoken.secret, spoken.ws) == (letters, secret, "")


def test_an_invitation_survives_mail_and_handwriting() -> None:
    invitation = new_invitation(HOST, WS)
    assert parse_invitation(f"\n  {invitation.link} \n") == invitation
    head, rest = invitation.link.split("#")
    ws, letters = rest.split(".", 1)
    assert parse_invitation(f"{head}#{ws}.{letters.lower()}") == invitation
    written = invitation.code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert parse_invitation(written, HOST).secret == invitation.secret
    assert [len(group) for group in invitation.code.split("-")] == [4] * 9


def test_a_new_workspace_has_no_id_yet() -> None:
    invitation = new_invitation(HOST, "")
    assert parse_invitation(invitation.link) == invitation


def test_every_single_mistyped_letter_is_noticed() -> None:
    code = new_invitation(HOST, WS).code.replace("-", "")
    for at, right in enumerate(code):
        for wrong in LETTERS:
            if wrong != right:
                with pytest.raises(ValidationError, match="mistyped character"):
                    parse_invitation(code[:at] + wrong + code[at + 1 :], HOST)


def test_two_neighbours_swapped_are_noticed() -> None:
    code = new_invitation(HOST, WS).code.replace("-", "")
    for at in range(len(code) - 1):
        swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
        if swapped != code:
            with pytest.raises(ValidationError, match="mistyped character"):
                parse_invitation(swapped, HOST)


def test_every_shortened_link_says_one_sentence() -> None:
    link = new_invitation(HOST, WS).link
    for length in range(len(link)):
        with pytest.raises(ValidationError):
            parse_invitation(link[:length])


@pytest.mark.parametrize(
    "server",
    [
        "", "sync.example.org", "http://sync.example.org", "ftp://sync.example.org",
        "https://", "https://user@host", "https://host/path", "https://host?x", "https://[::1",
        "https://host:99999", "https://ho st", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_an_address_that_is_none_says_so(server: str) -> None:
    with pytest.raises(ValidationError, match="address"):
        parse_invitation(new_invitation(HOST, WS).code, server)


@pytest.mark.parametrize(
    "server", ["https://Host:8443", "http://127.0.0.1:8000", "http://localhost/", "http://[::1]:80"]
)
def test_plain_http_is_for_this_computer_only(server: str) -> None:
    assert parse_invitation(new_invitation(HOST, WS).code, server).server == (
        server.rstrip("/").lower()
    )


def test_the_server_knows_the_secret_again_by_its_hash() -> None:
    invitation = new_invitation(HOST, WS)
    assert is_secret_of(invitation.hash, invitation.secret)
    assert not is_secret_of(invitation.hash, new_invitation(HOST, WS).secret)
    assert not is_secret_of("ą", invitation.secret)
    assert invitation.secret.hex() not in invitation.hash


def test_secrets_are_random_and_not_shown() -> None:
    many = [new_invitation(HOST, WS) for _ in range(50)]
    assert len({one.secret for one in many}) == len({one.id for one in many}) == 50
    one = many[0]
    for shown in (one.secret.hex(), repr(one.secret), one.code, one.link):
        assert shown not in repr(one)
