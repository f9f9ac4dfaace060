"""What a person sees of the exchange: one frozen value, and when to try again."""

import math
import random
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mentor_desktop.sync.replica.happenings import Happening

_EVERY_S, _FIRST_PAUSE_S, _LONGEST_PAUSE_S = 60.0, 15.0, 15 * 60.0
_MOST_DOUBLINGS = 8


class State(StrEnum):
    """Where the exchange stands."""

    NOT_JOINED = "not joined"
    IDLE = "idle"
    SYNCING = "syncing"
    OFFLINE = "offline"
    NEEDS_SIGN_IN = "needs sign-in"
    ACCESS_ENDED = "access ended"
    NEEDS_CONSENT = "needs consent"


@dataclass(frozen=True)
class MassChange:
    """A pull that would take away so much that a person is asked first."""

    stream: str
    deletions: int
    of_rows: int


@dataclass(frozen=True)
class SyncStatus:
    """How the exchange stands. `reason` is one sentence, empty when all is well.

    `skew_s` is how far this computer's clock is ahead of the server's; it is shown and never
    a reason to refuse. `not_shared` counts changes that were rejected or set aside. `kept_changes`
    are mass changes that a person decided against. `happenings` are what a person should hear
    of, newest first.
    """

    state: State = State.NOT_JOINED
    reason: str = ""
    last_success_at: datetime | None = None
    waiting_changes: int = 0
    waiting_files: int = 0
    not_shared: int = 0
    conflicts: int = 0
    parked: int = 0
    skew_s: int = 0
    mass_changes: tuple[MassChange, ...] = ()
    kept_changes: tuple[MassChange, ...] = ()
    retry_after_s: float = 0.0
    happenings: tuple[Happening, ...] = ()

    @property
    def is_clock_wrong(self) -> bool:
        """Say whether the skew is worth telling the person."""
        return abs(self.skew_s) > _EVERY_S


def pause_before_next(status: SyncStatus, failures: int, source: random.Random) -> float:
    """Return how many seconds to wait before the next sync, also when nobody edits anything.

    `failures` counts the syncs that ended early in a row. Devices that lost the same server
    do not come back in step.
    """
    if status.state is State.IDLE or not failures:
        longest = _EVERY_S
    else:
        doublings = min(failures - 1, _MOST_DOUBLINGS)
        longest = min(_LONGEST_PAUSE_S, math.ldexp(_FIRST_PAUSE_S, doublings))
    return max(status.retry_after_s, longest * (0.5 + source.random() / 2))
