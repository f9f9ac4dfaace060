"""Signatures and envelopes: what is refused, and the figures of the RFCs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_desktop.crypto import WrongSecretError
from mentor_desktop.crypto.envelopes import (
    close_envelope,
    is_receiving_key,
    new_receiving_key,
    open_envelope,
    public_receiving_key,
)
from mentor_desktop.crypto.signatures import (
    is_signed,
    new_signing_key,
    public_signing_key,
    sign,
)
from mentor_desktop.crypto.symmetric import seal_value, unseal_value


def test_ed25519_gives_the_bytes_of_its_rfc() -> None:
    # RFC 8032, 7.1, TEST 2.
    private = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert public_signing_key(private) == public
    assert sign(private, b"\x72") == signature
    assert is_signed(public, signature, b"\x72")


def test_the_receiver_of_the_rfc_has_its_public_key() -> None:
    # RFC 9180, A.1.1: skRm and pkRm.
    private = bytes.fromhex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8")
    public = bytes.fromhex("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d")
    assert public_receiving_key(private) == public


@given(content=st.binary(max_size=100), context=st.binary(max_size=20))
def test_an_envelope_opens_for_its_receiver_in_its_context_only(
    content: bytes, context: bytes
) -> None:
    private, other = new_receiving_key(), new_receiving_key()
    envelope = close_envelope(public_receiving_key(private), content, context)
    assert open_envelope(private, envelope, context) == content
    with pytest.raises(WrongSecretError):
        open_envelope(other, envelope, context)
    with pytest.raises(WrongSecretError):
        open_envelope(private, envelope, context + b"x")


def test_every_changed_bit_is_refused() -> None:
    private = new_receiving_key()
    envelope = close_envelope(public_receiving_key(private), b"content", b"c")
    key = new_receiving_key()
    value = seal_value(key, b"content", b"c")
    signing = new_signing_key()
    signature = sign(signing, b"content")
    for i in range(8 * len(envelope)):
        with pytest.raises(WrongSecretError):
            open_envelope(private, flipped(envelope, i), b"c")
    for i in range(8 * len(value)):
        with pytest.raises(WrongSecretError):
            unseal_value(key, flipped(value, i), b"c")
    for i in range(8 * len(signature)):
        assert not is_signed(public_signing_key(signing), flipped(signature, i), b"content")


@pytest.mark.parametrize("size", [0, 1, 11, 12, 27, 31, 32, 33, 48, 64])
def test_what_is_no_key_seal_or_signature_is_refused_quietly(size: int) -> None:
    with pytest.raises(WrongSecretError):
        open_envelope(new_receiving_key(), bytes(size), b"")
    with pytest.raises(WrongSecretError):
        unseal_value(new_receiving_key(), bytes(size), b"")
    assert not is_signed(public_signing_key(new_signing_key()), bytes(size), b"")
    assert not is_receiving_key(bytes(size))


def flipped(content: bytes, bit: int) -> bytes:
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << (bit % 8)
    return bytes(changed)
