"""Answering requests: the sockets, the processes, and the thread that merges behind the pushes."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from sqlalchemy.exc import SQLAlchemyError

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.server import journal
from mentor_desktop.server.endpoints import ENDPOINTS
from mentor_desktop.server.folding import Folder
from mentor_desktop.server.lines import protocol_of
from mentor_desktop.server.refusals import Refusal
from mentor_desktop.server.service import Service
from mentor_desktop.server.web import make_app

_BACKLOG = 1_024
_KEEP_ALIVE_S = (
    75  # longer than the 60 of usual proxies: they close, never a request meets a closed one
)
_GRACE_S = 20
_MOST_CONNECTIONS = 2_000
_NOTE_EVERY_S = 15.0
# glibc gives each thread a heap of its own, which only grows: with a dozen threads that take
# turns at the interpreter these are megabytes for nothing. Of a single process: the unit file.
_FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}
_SETTLE_S = 1.0  # a worker that ends sooner than this after its start will not do better at once


@dataclass(frozen=True)
class Tls:
    """A certificate chain and its key, as PEM files."""

    certificate: Path
    key: Path


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket.

    Raises:
        StoreError: the address is in use, or not of this computer.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With proto 0 asyncio leaves TCP_NODELAY off and each answer waits 40 ms for an ACK.
    server = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind((host, port))
    except (OSError, OverflowError) as error:
        server.close()
        raise StoreError(
            _(
                "Nothing can listen at {host}, port {port}: {reason}. Choose another with --port."
            ).format(
                host=host, port=port, reason=getattr(error, "strerror", "") or _("no such address")
            )
        ) from error
    server.listen(_BACKLOG)
    return server


def make_server(service: Service, tls: Tls | None = None) -> uvicorn.Server:
    """Return a server for one process; `run(sockets=[…])` answers until it is told to stop."""
    config = uvicorn.Config(
        make_app(service, ENDPOINTS),
        http=protocol_of(service),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
        limit_concurrency=_MOST_CONNECTIONS,
        ssl_certfile=str(tls.certificate) if tls else None,
        ssl_keyfile=str(tls.key) if tls else None,
    )
    return uvicorn.Server(config)


@contextmanager
def folding(service: Service) -> Iterator[None]:
    """Merge behind the pushes in a thread of its own while the block runs."""
    folder = Folder(service)
    with _in_a_thread(folder.run, folder.stop):
        yield


@contextmanager
def noting(service: Service) -> Iterator[None]:
    """Write down how far devices have read, where others merge, while the block runs."""
    notes = _Noting(service)
    with _in_a_thread(notes.run, notes.stop):
        yield


@contextmanager
def _in_a_thread(run: Callable[[], None], stop: Callable[[], None]) -> Iterator[None]:
    thread = threading.Thread(target=run, name="behind", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join()


class _Noting:
    """Writes down how far devices have read, until told to stop."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.wait(_NOTE_EVERY_S):
            self._service.unfolded.take()  # others find these by looking; here they would pile up
            try:
                self._service.cursors.write(self._service.database, self._service.now_ms())
            except (SQLAlchemyError, Refusal):
                journal.log.warning("noting was interrupted", exc_info=True)

    def stop(self) -> None:
        self._stopping.set()


def serve_here(
    service: Service, listening: socket.socket, tls: Tls | None, *, is_merging: bool
) -> None:
    """Answer in this process until SIGTERM or Ctrl+C."""
    for name in (signal.SIGTERM, signal.SIGINT):
        # uvicorn answers what is under way and then sends itself the signal once more.
        signal.signal(name, lambda *_of: None)
    journal.note("started", process=os.getpid())
    with folding(service) if is_merging else noting(service):
        make_server(service, tls).run(sockets=[listening])
    journal.note("stopped", process=os.getpid())


def serve_in_processes(command: list[str], count: int, listening: socket.socket) -> None:
    """Keep `count` processes answering at one socket until SIGTERM or Ctrl+C.

    `command` is run with `--socket N`; one that ended is started again.
    """
    os.set_inheritable(listening.fileno(), True)
    whole = [sys.executable, "-m", "mentor_desktop.server", *command]
    whole += ["--socket", str(listening.fileno())]
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_of: stopping.set())

    environment = {**_FEW_ARENAS, **os.environ}

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(whole, pass_fds=(listening.fileno(),), env=environment)

    workers = [start() for _number in range(count)]
    while not stopping.wait(_SETTLE_S):
        for number, worker in enumerate(workers):
            if worker.poll() is not None:
                journal.log.warning("a process ended", extra={"facts": {"code": worker.returncode}})
                workers[number] = start()
    for worker in workers:
        worker.terminate()
    for worker in workers:
        try:
            worker.wait(_GRACE_S + _SETTLE_S)
        except subprocess.TimeoutExpired:
            worker.kill()
