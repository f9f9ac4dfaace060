"""HTTP for the engine: drives its steps over one connection, and nothing else.

Certificates are the system's. Redirects are never followed and compressed answers never
unpacked beyond the limit of their request. Nothing of a request or an answer is logged.
"""

import ipaddress
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpx2

from mentor_desktop import __version__
from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import _
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.sync.steps import JSON, Failure, Reply, Request, Response, Steps, Trouble, Wait
from mentor_desktop.sync.troubles import Unreachable

T = TypeVar("T")
Pause = Callable[[float], object]

_CONNECT_S = 10.0
_LOOK_S = 0.1  # between two looks whether somebody pressed Cancel
_GZIP = "gzip"
_GZIP_WINDOW = 31  # zlib's number for a gzip stream
_THIS_COMPUTER = "localhost"
# Events of the transport that bring a stream with a new socket in it.
_CONNECTED = ("connection.connect_tcp.complete", "connection.start_tls.complete")


class Client:
    """Answers the steps of a sync; close it, or use it with `with`.

    `pause` waits so many seconds, by itself until `abort` or Cancel; `transport` is another than
    the network in tests.
    """

    def __init__(
        self,
        url: str,
        *,
        pause: Pause | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._url = checked_url(url)
        self._is_aborted = threading.Event()
        self._pause = pause
        self._socket: socket.socket | None = None
        self._http = httpx2.Client(
            base_url=self._url,
            transport=transport,
            headers={"User-Agent": f"mentor-desktop/{__version__}"},
            follow_redirects=False,
            limits=httpx2.Limits(max_connections=1, max_keepalive_connections=1),
        )
        del self._http.headers["Connection"]  # HTTP/1.1 keeps it anyway; each byte may be paid for

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        self._http.close()

    def abort(self) -> None:
        """End a wait or a request that is under way in another thread; nothing is asked after it.

        Looking up a name and connecting cannot be ended; they have limits of their own.
        """
        self._is_aborted.set()
        if self._socket is not None:
            with suppress(OSError):
                # Not the method of an SSL socket: that takes the object away from its reader.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def drive(self, steps: Steps[T], progress: Progress = NO_PROGRESS) -> T:
        """Run a sync to its end and return what it returns; between steps it may be cancelled.

        Raises:
            Cancelled: the person pressed Cancel; what was done is kept.
            SyncTrouble: as the steps do.
        """
        reply: Reply = None
        try:
            while True:
                step = steps.send(reply)
                progress.check()
                if isinstance(step, Wait):
                    self._wait(step.seconds, progress)
                    reply = None
                else:
                    reply = self._answer(step)
                progress.check()
        except StopIteration as end:
            value: T = end.value
            return value
        except Unreachable as trouble:
            raise trouble.at(self._url) from trouble
        finally:
            steps.close()

    def _wait(self, seconds: float, progress: Progress) -> None:
        if self._pause is not None:
            self._pause(seconds)
            return
        end = monotonic() + seconds
        while (left := end - monotonic()) > 0 and not self._is_aborted.wait(min(left, _LOOK_S)):
            progress.check()

    def _answer(self, request: Request) -> Response | Failure:
        if self._is_aborted.is_set():
            return Failure(Trouble.OFFLINE)
        try:
            with self._http.stream(
                request.method,
                request.path,
                params=dict(request.query),
                content=request.content or None,
                headers=_headers(request),
                timeout=httpx2.Timeout(request.timeout_s, connect=_CONNECT_S),
                extensions={"trace": self._watch},
            ) as response:
                content = _content(response, request.most_bytes)
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Response(response.status_code, content, headers)
        except (httpx2.HTTPError, httpx2.InvalidURL, _Garbled, ssl.SSLError, OSError) as error:
            return Failure(_trouble(error))

    def _watch(self, event: str, told: Mapping[str, Any]) -> None:  # Any: the transport's objects
        if event in _CONNECTED:
            self._socket = told["return_value"].get_extra_info("socket")


def checked_url(text: str) -> str:
    """Return the address of a server without a slash at its end.

    Raises:
        ValidationError: it is none, or would carry a token in the clear.
    """
    parts = urlsplit(text.strip())
    try:
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or parts.username:
        raise ValidationError(
            _("{url} is not the address of a server. It begins with https://").format(url=text)
        )
    if parts.scheme == "http" and not _is_here(parts.hostname or ""):
        raise ValidationError(
            _(
                "{url} would be read by others on the way. Use its address that begins with https://"
            ).format(url=text)
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")


def _is_here(host: str) -> bool:
    """Say whether a host is this very computer."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == _THIS_COMPUTER


class _Garbled(Exception):
    """The answer is longer than it may be, or not what its headers say."""


def _headers(request: Request) -> dict[str, str]:
    headers = {
        "Accept": request.expects,
        # Batches are compressed already.
        "Accept-Encoding": _GZIP if request.expects == JSON else "identity",
    }
    if request.method == "GET":
        headers["Cache-Control"] = "no-store"  # some proxies keep it all the same
    if request.content:
        headers["Content-Type"] = request.media_type
    if request.token:
        headers["Authorization"] = f"Device {request.token}"
    if request.range:
        headers["Range"] = request.range
    return headers


def _content(response: httpx2.Response, most: int) -> bytes:
    parts, size = [], 0
    for part in response.iter_raw():
        size += len(part)
        if size > most:
            raise _Garbled
        parts.append(part)
    content = b"".join(parts)
    encoding = response.headers.get("content-encoding", "identity").lower()
    if encoding == "identity":
        return content
    if encoding != _GZIP:
        raise _Garbled
    unpacker = zlib.decompressobj(_GZIP_WINDOW)
    try:
        unpacked = unpacker.decompress(content, most)
    except zlib.error as error:
        raise _Garbled from error
    if not unpacker.eof:
        raise _Garbled
    return unpacked


def _trouble(error: BaseException) -> Trouble:
    if isinstance(error, httpx2.TimeoutException):
        return Trouble.TIMEOUT
    if isinstance(error, _Garbled | httpx2.RemoteProtocolError | httpx2.ReadError):
        return Trouble.BROKEN
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY" in str(link):
            return Trouble.CERTIFICATE
        link = link.__cause__ or link.__context__
    return Trouble.OFFLINE
