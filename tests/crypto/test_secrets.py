"""Keys, seals and recovery codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_desktop import crypto

CHEAP = crypto.Argon2Cost(iterations=1, lanes=1, memory_kib=64)


def test_argon2id_gives_the_bytes_of_the_reference_implementation() -> None:
    # Argon2id, version 0x13, t=2, m=256 KiB, p=1: from the test suite of phc-winner-argon2.
    cost = crypto.Argon2Cost(iterations=2, lanes=1, memory_kib=256)
    assert crypto.key_from_passphrase("password", b"somesalt", cost).hex() == (
        "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"
    )


def test_salt_and_case_matter() -> None:
    key = crypto.key_from_passphrase("password", b"somesalt", CHEAP)
    assert len(key) == crypto.KEY_BYTES
    assert key != crypto.key_from_passphrase("password", b"somesalt2", CHEAP)
    assert key != crypto.key_from_passphrase("Password", b"somesalt", CHEAP)


def test_compatible_letters_give_the_same_key() -> None:
    salt = crypto.new_salt()
    for one, other in (("é", "é"), ("ﬁ", "fi"), ("Ａ", "A")):
        assert crypto.key_from_passphrase(one, salt, CHEAP) == crypto.key_from_passphrase(
            other, salt, CHEAP
        )


@given(content=st.binary(max_size=200), context=st.text(max_size=20))
def test_what_is_sealed_opens_in_its_own_context_only(content: bytes, context: str) -> None:
    key = crypto.new_key()
    sealed = crypto.seal(key, content, context)
    assert crypto.unseal(key, sealed, context) == content
    with pytest.raises(crypto.WrongSecretError):
        crypto.unseal(key, sealed, context + "x")
    with pytest.raises(crypto.WrongSecretError):
        crypto.unseal(crypto.new_key(), sealed, context)


@given(content=st.binary(max_size=50), data=st.data())
def test_a_changed_byte_does_not_open(content: bytes, data: st.DataObject) -> None:
    key = crypto.new_key()
    sealed = bytearray(crypto.seal(key, content, "c"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(crypto.WrongSecretError):
        crypto.unseal(key, bytes(sealed), "c")


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(12), bytes(27)])
def test_too_little_to_be_a_seal_does_not_open(sealed: bytes) -> None:
    with pytest.raises(crypto.WrongSecretError):
        crypto.unseal(crypto.new_key(), sealed, "c")


def test_sealing_twice_looks_different() -> None:
    key = crypto.new_key()
    assert crypto.seal(key, b"x", "c") != crypto.seal(key, b"x", "c")


@pytest.mark.parametrize("wrapped", ["", "not base64!", "ąč", "AAAA"])
def test_a_damaged_wrapped_key_does_not_open(wrapped: str) -> None:
    with pytest.raises(crypto.WrongSecretError):
        crypto.unwrap(crypto.new_key(), wrapped, "c")


def test_keys_for_other_purposes_are_other_keys() -> None:
    key = crypto.new_key()
    derived = {crypto.derive(key, purpose) for purpose in ("blobs", "fingerprint", "recovery:w")}
    assert len(derived | {key}) == 4


def test_recovery_codes_are_nine_groups_that_read_well_aloud() -> None:
    codes = {crypto.new_recovery_code() for _ in range(50)}
    assert len(codes) == 50
    for code in codes:
        assert [len(group) for group in code.split("-")] == [4] * 9
        assert not set(code) & set("ILOU")


def test_a_recovery_code_survives_paper() -> None:
    code = crypto.new_recovery_code()
    key = crypto.key_from_recovery_code(code, "w")
    for typed in (code.lower(), code.replace("-", ""), code.replace("-", " – "), f"\t{code} "):
        assert crypto.key_from_recovery_code(typed, "w") == key
    assert crypto.key_from_recovery_code(code, "other") != key


@given(position=st.integers(0, 35), letter=st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_mistyped_letter_is_noticed(position: int, letter: str) -> None:
    code = crypto.new_recovery_code().replace("-", "")
    if code[position] == letter:
        return
    typed = code[:position] + letter + code[position + 1 :]
    with pytest.raises(crypto.WrongSecretError):
        crypto.key_from_recovery_code(typed, "w")
