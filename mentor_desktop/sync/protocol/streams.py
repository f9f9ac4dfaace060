"""The streams of a workspace: their names, the order they are pulled in, and limits of size."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

MEMBERS: Final = "members"
PEOPLE: Final = "people"
PROGRAMME: Final = "programme"
SECRETS: Final = "secrets"
WORKSHOP: Final = "w"
USER: Final = "u"

ID_LENGTH: Final = 32  # hexadecimal digits of every id
MOST_OPS: Final = 1_000  # of a batch
MOST_RAW_BYTES: Final = 1 << 20  # of a batch before compression, what is held once counted in full
MOST_READ_BYTES: Final = 2 * MOST_RAW_BYTES  # of one that is read: a purge may make it larger
MOST_BASES: Final = 64  # of one operation
MOST_NAMED: Final = 4 * MOST_OPS  # by all bases and `seen` of a batch together
MOST_NAME_LENGTH: Final = 128  # of entities, groups, kinds and columns
MOST_COLUMNS: Final = 256  # of one run
MOST_BATCHES: Final = 1_000  # of one request, reply or part of a bundle

# The parents of rows come first, so that nothing has to wait for them.
_ORDER = {MEMBERS: 0, PEOPLE: 1, PROGRAMME: 2, SECRETS: 3, WORKSHOP: 4, USER: 5}
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream by its kind and, for a workshop's or a user's, whose it is."""

    kind: str
    owner: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.owner}" if self.owner else self.kind

    @property
    def is_sealed(self) -> bool:
        """Whether the server and other people see ciphertext only."""
        return self.kind == USER


def is_id(text: str) -> bool:
    """Say whether this is an id: 32 lower-case hexadecimal digits."""
    return _ID.fullmatch(text) is not None


def workshop_stream(workshop: str) -> str:
    """Return the name of the stream of this workshop."""
    return str(parse_stream(f"{WORKSHOP}:{workshop}"))


def workshop_of(stream: str) -> str:
    """Return the workshop whose stream this is; empty for any other."""
    parsed = parse_stream(stream)
    return parsed.owner if parsed.kind == WORKSHOP else ""


def user_stream(user: str) -> str:
    """Return the name of the sealed stream of this user."""
    return str(parse_stream(f"{USER}:{user}"))


def parse_stream(name: str) -> Stream:
    """Return what this name says; raise ValueError when it is no stream's name."""
    kind, colon, owner = name.partition(":")
    if (kind in (WORKSHOP, USER) and is_id(owner)) or (
        kind in (MEMBERS, PEOPLE, PROGRAMME, SECRETS) and not colon
    ):
        return Stream(kind, owner)
    raise ValueError(f"no stream has this name: {name[:80]!r}")


def is_stream(name: str) -> bool:
    """Say whether this is the name of a stream."""
    try:
        parse_stream(name)
    except ValueError:
        return False
    return True


def pull_order(names: Iterable[str]) -> list[str]:
    """Return the streams in the order to pull them: what others refer to comes first."""
    return sorted(names, key=lambda name: (_ORDER[parse_stream(name).kind], name))
