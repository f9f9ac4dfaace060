"""The thread that merges behind the pushes, and takes snapshots when a stream has grown."""

import time
from collections.abc import Callable, Iterable
from functools import partial

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from mentor_desktop.server import journal, snapshots
from mentor_desktop.server.earlier import Earlier, EarlierWantedError, look_back
from mentor_desktop.server.merging import GIVEN_UP, merge_step
from mentor_desktop.server.refusals import Refusal
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import folding, stream

_LOOKS = 3  # at what was merged before; then somebody always rejected or merged more meanwhile
_LOOK_EVERY_S = 15.0  # for what other processes took in and did not merge


class Folder:
    """Merges until told to stop; what pushes leave in `unfolded` of the service wakes it."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._is_stopping = False

    def run(self) -> None:
        """Merge, and wait for more, until `stop`."""
        service, look_at = self._service, 0.0
        while not self._is_stopping:
            names, now = service.unfolded.take(), time.monotonic()
            try:
                if now >= look_at:
                    look_at = now + _LOOK_EVERY_S
                    names = service.database.read_everywhere(_behind)
                fold(service, names, lambda: self._is_stopping)
                service.cursors.write(service.database, service.now_ms())
            except (SQLAlchemyError, Refusal):
                # The database went away or is busy: what is left is found with the next look.
                journal.log.warning("merging was interrupted", exc_info=True)
            except Exception:  # noqa: BLE001  # the edge: a bug here must not end all merging
                journal.log.exception("bug", extra={"facts": {"route": "merging"}})
            if not self._is_stopping:
                service.unfolded.wait(max(0.0, look_at - time.monotonic()))

    def stop(self) -> None:
        """Let `run` return after the step it is at."""
        self._is_stopping = True
        self._service.unfolded.wake()


def fold_all(service: Service) -> int:
    """Merge all that is there and return in how many steps."""
    return fold(service, service.database.read_everywhere(_behind))


def fold(
    service: Service,
    names: Iterable[tuple[str, str]],
    is_stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Merge these streams (workspace and name) and return in how many steps.

    Each step is short and whole. A stream that cannot be merged is counted and tried again with the
    next look; it holds up no other.
    """
    steps = 0
    for ws, name in names:
        try:
            while not is_stopping() and _step(service, ws, name):
                steps += 1
            if not is_stopping():
                snapshots.take_when_due(service, ws, name)
        except Refusal:
            # The database is busy, or this stream's rows are: what is left is found later.
            service.meter.add("merge_failures_total")
            journal.log.warning("merging was interrupted", exc_info=True)
        except Exception:  # noqa: BLE001  # the edge: what one stream holds must not end all merging
            service.meter.add("merge_failures_total")
            journal.log.exception("bug", extra={"facts": {"route": "merging"}})
    service.meter.add("merge_steps_total", steps)
    return steps


def _step(service: Service, ws: str, name: str) -> bool:
    """Merge the next batches; what that needs of those before is read while others may write."""
    earlier: Earlier | None = None
    for tries in range(_LOOKS + 1):
        step = partial(_merge, service, ws, name, earlier, may_ask=tries < _LOOKS)
        try:
            return service.database.write(ws, step)
        except EarlierWantedError as error:
            look = partial(look_back, ws=ws, stream=name, wanted=error.wanted)
            earlier = service.database.read(ws, look)
    raise AssertionError("the last try asks for nothing")


def _merge(
    service: Service,
    ws: str,
    name: str,
    earlier: Earlier | None,
    connection: Connection,
    *,
    may_ask: bool,
) -> bool:
    return merge_step(service, connection, ws, name, earlier, may_ask=may_ask)


def _behind(connection: Connection) -> list[tuple[str, str]]:
    """Return workspace and name of the streams whose rows are to be merged up to their head."""
    rows = connection.execute(
        select(stream.c.ws, stream.c.stream)
        .outerjoin(folding, (folding.c.ws == stream.c.ws) & (folding.c.stream == stream.c.stream))
        .where(func.coalesce(folding.c.folded, 0) < stream.c.head)
        .where(func.coalesce(folding.c.fresh, 0) != GIVEN_UP)
        .order_by(stream.c.ws, stream.c.stream)
    )
    return [(row.ws, row.stream) for row in rows]
