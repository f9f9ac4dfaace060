"""Connections that do nothing: closed in time, and not all of them from one address.

uvicorn closes a line that answered and hears nothing more. It waits for ever for one that never
sends the whole head of a request, and answers 503 to everybody when there are too many lines.
"""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from mentor_desktop.server.limits import line_of
from mentor_desktop.server.service import Service

HEAD_SECONDS = 30
MOST_OF_ADDRESS = 500  # a whole school behind one; a quarter of what a process takes


class Line(H11Protocol):
    """One line to a server; made by uvicorn, of the class that `protocol_of` returns."""

    service: Service
    _from_where = ""
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for a head, or close the line at once where its address has too many."""
        assert isinstance(transport, asyncio.Transport)
        super().connection_made(transport)
        peer = self.client[0] if self.client else ""
        if peer not in self.service.settings.trusted_proxies:
            self._from_where = line_of(peer)
            if self._siblings() > MOST_OF_ADDRESS:
                transport.close()
                return
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """Let a request begin with its head; what is no whole one yet has no more time for that."""
        super().data_received(data)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the deadline go with the line."""
        super().connection_lost(exc)
        self._stop_waiting()

    def _siblings(self) -> int:
        return sum(getattr(one, "_from_where", "") == self._from_where for one in self.connections)

    def _wait_for_head(self) -> None:
        cycle: RequestResponseCycle | None = self.cycle  # none before the first request
        if cycle and not cycle.response_complete:
            self._stop_waiting()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def protocol_of(service: Service) -> type[Line]:
    """Return the protocol of lines to this service."""
    return type("LineOfService", (Line,), {"service": service})
