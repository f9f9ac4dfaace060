"""What a sync asks of the world, as values: requests, waits, and what came of them.

The engine is a generator of steps; whoever drives it sends back one reply for each
(`sync.client` over HTTP, the simulation in tests without a network). No I/O here.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias, TypeVar

T = TypeVar("T")

JSON, BYTES, MSGPACK = "application/json", "application/octet-stream", "application/msgpack"

# What an answer in JSON may measure: the states of one bucket of a large stream are the longest.
_MOST_JSON_BYTES = 16 * 1024 * 1024
# A batch on a mobile line of the second generation takes half a minute.
_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Request:
    """One request that stands alone; sending it twice does what sending it once does.

    `expects` is the media type of a good answer, `most_bytes` what it may measure at most.
    """

    method: str
    path: str
    query: Mapping[str, str | int] = field(default_factory=dict)
    content: bytes = b""
    media_type: str = JSON
    expects: str = JSON
    token: str = ""
    range: str = ""
    most_bytes: int = _MOST_JSON_BYTES
    timeout_s: float = _TIMEOUT_S


@dataclass(frozen=True, slots=True)
class Response:
    """An answer that came whole; the names of `headers` are in small letters."""

    status: int
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Trouble(Enum):
    """Why there is no answer."""

    OFFLINE = "offline"  # no way to the server
    TIMEOUT = "timeout"  # it may have been heard, or not
    BROKEN = "broken"  # the answer ended early or was garbled
    CERTIFICATE = "certificate"  # somebody else answers under its name
    STRANGER = "stranger"  # an answer no server of ours gives: a portal, a proxy


@dataclass(frozen=True, slots=True)
class Failure:
    """A request without an answer; the server may have done what was asked all the same."""

    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do for so long; no reply."""

    seconds: float


Step: TypeAlias = Request | Wait
Reply: TypeAlias = Response | Failure | None
Steps: TypeAlias = Generator[Step, Reply, T]
