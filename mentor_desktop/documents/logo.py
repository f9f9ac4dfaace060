"""A logo as the organiser supplies it; drawn by `pictures`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Logo:
    """A picture file as supplied; `is_funder` marks the emblem of who pays.

    The funder's emblem is printed first and at least as large as every other logo.
    """

    content: bytes
    name: str
    is_funder: bool = False
