"""Ids and names as they may come from outside: anything else never reaches SQL or a path."""

import re

from mentor_desktop.server import refusals
from mentor_desktop.sync.protocol.streams import is_stream

_WORKSPACE = _DEVICE = re.compile(r"[0-9a-f]{32}")
_ADDRESS = re.compile(r"[0-9a-f]{64}")


def workspace_id(text: str) -> str:
    """Return a workspace id as it came; 32 hexadecimal digits.

    Raises:
        Refusal: 400 for anything else.
    """
    return _matching(_WORKSPACE, text)


def device_id(text: str) -> str:
    """Return a device id as it came; 32 hexadecimal digits."""
    return _matching(_DEVICE, text)


def stream_name(text: str) -> str:
    """Return a stream's name as it came."""
    if not is_stream(text):
        raise refusals.bad_request("name")
    return text


def blob_address(text: str) -> str:
    """Return the SHA-256 of a file as it came; 64 hexadecimal digits."""
    return _matching(_ADDRESS, text)


def _matching(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise refusals.bad_request("name")
    return text
