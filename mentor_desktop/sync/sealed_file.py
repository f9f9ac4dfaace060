"""A file of any size in sealed parts, opened by words or by one device's key.

    magic · version · lid · parts

The lid is either salt and cost of Argon2id with a check of the key, or an envelope with a random
key. Each part is 1 MiB, the last one what is left, sealed with AES-256-GCM under a nonce that is its
number and whether it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and
Vizár, 2015), bound to everything before the parts. So a part left out, moved, repeated, taken from
another file or added is noticed, and so is a cut end. Salt or key is new for each file: no nonce
is ever used twice under a key.
"""

from __future__ import annotations

import hmac
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mentor_desktop import crypto
from mentor_desktop.crypto.envelopes import close_envelope
from mentor_desktop.crypto.symmetric import (
    NONCE_BYTES,
    TAG_BYTES,
    WrongSecretError,
    derive,
    new_key,
)
from mentor_desktop.errors import StoreError, ValidationError
from mentor_desktop.i18n import _
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.words import plain_words

PART_BYTES: Final = 1 << 20
_MAGIC = b"MentorBundle\r\n\x1a\n"
_VERSION = 1
_START = struct.Struct(">16sBB")  # magic, version, kind of lid
_BY_WORDS, _BY_KEY = 1, 2
_WORD_LID = struct.Struct(">16sIII8s")  # salt, iterations, lanes, KiB of memory, check
_ENVELOPE_BYTES = 80
# Above what any program of ours writes: a forged file must not freeze the computer.
_MOST_ITERATIONS, _MOST_LANES, _MOST_MEMORY_KIB = 20, 16, 1024 * 1024
_KIB_PER_LANE = 8  # RFC 9106
_ENVELOPE_CONTEXT = b"mentor bundle key 1"


@dataclass(frozen=True)
class Lid:
    """How a file is closed: its first bytes, and the key of its parts."""

    start: bytes
    key: bytes = field(repr=False)


def lid_for_words(words: str, cost: crypto.Argon2Cost | None = None) -> Lid:
    """Return a lid that these six words open.

    Raises:
        ValidationError: these are not six of our words.
    """
    used, salt = cost or crypto.Argon2Cost(), crypto.new_salt()
    key = crypto.key_from_passphrase(plain_words(words), salt, used)
    lid = _WORD_LID.pack(salt, used.iterations, used.lanes, used.memory_kib, _check(key))
    return Lid(_START.pack(_MAGIC, _VERSION, _BY_WORDS) + lid, key)


def lid_for_key(seal_key: bytes) -> Lid:
    """Return a lid that the device with this public key opens."""
    key = new_key()
    envelope = close_envelope(seal_key, key, _ENVELOPE_CONTEXT)
    return Lid(_START.pack(_MAGIC, _VERSION, _BY_KEY) + envelope, key)


def is_opened_by_words(file: IO[bytes]) -> bool:
    """Tell from the first bytes of a file whether six words open it, and leave it at its beginning.

    Raises:
        StoreError: this is no such file.
    """
    start = file.read(_START.size)
    file.seek(0)
    return _kind(start) == _BY_WORDS


def read_lid(file: IO[bytes], opener: str | DeviceKeys) -> Lid:
    """Read the lid at the beginning of a file with the six words or with a device's keys.

    Raises:
        ValidationError: these words do not open it, or are not six of ours.
        StoreError: this is no such file, or it is not for these keys.
    """
    start = file.read(_START.size)
    kind = _kind(start)
    if isinstance(opener, DeviceKeys):
        return _opened_by_key(start, file, opener) if kind == _BY_KEY else _refuse_kind(kind)
    return _opened_by_words(start, file, opener) if kind == _BY_WORDS else _refuse_kind(kind)


def _kind(start: bytes) -> int:
    if len(start) < _START.size or not start.startswith(_MAGIC):
        raise StoreError(
            _(
                "This is not a file of exchanged changes, or its beginning is damaged. Copy it again."
            )
        )
    _magic, version, kind = _START.unpack(start)
    if version != _VERSION or kind not in (_BY_WORDS, _BY_KEY):
        raise StoreError(
            _(
                "This file was written by a newer version of the program. Update this computer first."
            )
        )
    return int(kind)


class PartWriter:
    """Takes bytes in any portions and writes them as sealed parts; `close` writes the last one."""

    def __init__(self, file: IO[bytes], lid: Lid, part_bytes: int = PART_BYTES) -> None:
        self._file = file
        self._part_bytes = part_bytes
        self._cipher = _PartCipher(lid)
        self._pending = bytearray()
        self._number = 0
        file.write(lid.start)

    def write(self, content: bytes) -> None:
        self._pending += content
        while len(self._pending) > self._part_bytes:
            self._write_part(bytes(self._pending[: self._part_bytes]), is_last=False)
            del self._pending[: self._part_bytes]

    def close(self) -> None:
        """Write the last part; nothing may follow."""
        self._write_part(bytes(self._pending), is_last=True)
        self._pending.clear()

    def _write_part(self, content: bytes, *, is_last: bool) -> None:
        self._file.write(self._cipher.seal(self._number, content, is_last=is_last))
        self._number += 1


def read_parts(file: IO[bytes], lid: Lid, part_bytes: int = PART_BYTES) -> Iterator[bytes]:
    """Yield the content of every part; `file` stands behind the lid.

    Only when the last one came is it sure that nothing was cut off.

    Raises:
        StoreError: the file is damaged, cut off, or was changed.
    """
    cipher = _PartCipher(lid)
    number, sealed = 0, file.read(part_bytes + TAG_BYTES)
    while True:
        following = file.read(part_bytes + TAG_BYTES)
        yield cipher.open(number, sealed, is_last=not following)
        if not following:
            return
        number, sealed = number + 1, following


class _PartCipher:
    def __init__(self, lid: Lid) -> None:
        self._aead = AESGCM(derive(lid.key, "bundle parts"))
        self._start = lid.start

    def seal(self, number: int, content: bytes, *, is_last: bool) -> bytes:
        return self._aead.encrypt(_nonce(number, is_last=is_last), content, self._start)

    def open(self, number: int, sealed: bytes, *, is_last: bool) -> bytes:
        content = self._try(number, sealed, is_last=is_last)
        if content is not None:
            return content
        if is_last and self._try(number, sealed, is_last=False) is not None:
            raise StoreError(
                _("The end of this file is missing. Copy it again from the other computer.")
            )
        raise _damaged()

    def _try(self, number: int, sealed: bytes, *, is_last: bool) -> bytes | None:
        try:
            return self._aead.decrypt(_nonce(number, is_last=is_last), sealed, self._start)
        except (InvalidTag, ValueError):
            return None


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(NONCE_BYTES - 1) + bytes([is_last])


def _opened_by_words(start: bytes, file: IO[bytes], words: str) -> Lid:
    rest = file.read(_WORD_LID.size)
    if len(rest) < _WORD_LID.size:
        raise _damaged()
    salt, iterations, lanes, memory_kib, check = _WORD_LID.unpack(rest)
    is_sane = (
        1 <= iterations <= _MOST_ITERATIONS
        and 1 <= lanes <= _MOST_LANES
        and _KIB_PER_LANE * lanes <= memory_kib <= _MOST_MEMORY_KIB
    )
    if not is_sane:
        raise _damaged()
    cost = crypto.Argon2Cost(iterations, lanes, memory_kib)
    key = crypto.key_from_passphrase(plain_words(words), salt, cost)
    if not hmac.compare_digest(_check(key), check):
        raise ValidationError(
            _(
                "These six words do not open this file. "
                "Compare their order, and that they belong to this very file."
            )
        )
    return Lid(start + rest, key)


def _opened_by_key(start: bytes, file: IO[bytes], keys: DeviceKeys) -> Lid:
    envelope = file.read(_ENVELOPE_BYTES)
    try:
        return Lid(start + envelope, keys.open(envelope, _ENVELOPE_CONTEXT))
    except WrongSecretError as exc:
        raise StoreError(
            _(
                "It was written for another laptop of this workspace, or is damaged. "
                "Choose this laptop under For when it is written."
            )
        ) from exc


def _refuse_kind(kind: int) -> Lid:
    if kind == _BY_WORDS:
        raise StoreError(_("This file opens with six words. Type those the other computer showed."))
    raise StoreError(
        _(
            "This file was written for one laptop that has the workspace already. "
            "Open it in the workspace there."
        )
    )


def _check(key: bytes) -> bytes:
    return derive(key, "bundle check")[:8]


def _damaged() -> StoreError:
    return StoreError(
        _("This file was damaged or changed on its way. Copy it again from the other computer.")
    )
