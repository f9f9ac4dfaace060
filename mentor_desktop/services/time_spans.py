"""Arithmetic with stretches of time in whole minutes.

Seconds are cut off before anything is compared, so that every sum can be worked out again from the
times on screen and on paper.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Span:
    """A stretch of time; empty when it ends before it starts."""

    starts_at: datetime
    ends_at: datetime


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans in whole minutes, touching and overlapping ones joined, empty ones gone."""
    joined: list[Span] = []
    whole = (Span(whole_minute(s.starts_at), whole_minute(s.ends_at)) for s in spans)
    for span in sorted(whole, key=lambda s: (s.starts_at, s.ends_at)):
        if span.ends_at <= span.starts_at:
            continue
        if joined and span.starts_at <= joined[-1].ends_at:
            joined[-1] = Span(joined[-1].starts_at, max(joined[-1].ends_at, span.ends_at))
        else:
            joined.append(span)
    return tuple(joined)


def overlap(span: Span, others: Iterable[Span]) -> int:
    """Return the minutes of `span` inside the others, which must not overlap each other."""
    return sum(
        minutes_of(Span(max(span.starts_at, o.starts_at), min(span.ends_at, o.ends_at)))
        for o in others
    )


def minutes_of(span: Span) -> int:
    """Return the length in whole minutes; 0 for an empty span."""
    return max((span.ends_at - span.starts_at) // MINUTE, 0)


def whole_minute(at: datetime) -> datetime:
    """Return the time with its seconds cut off."""
    return at.replace(second=0, microsecond=0)
