"""HTTP over real sockets on this computer: portals, broken answers, foreign certificates."""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from mentor_desktop.errors import Cancelled, ValidationError
from mentor_desktop.progress import Progress
from mentor_desktop.sync.client import Client, checked_url
from mentor_desktop.sync.steps import (
    BYTES,
    Failure,
    Reply,
    Request,
    Response,
    Steps,
    Trouble,
    Wait,
)

Answer = Callable[[socket.socket, bytes], None]


def _read_head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        part = connection.recv(4096)
        if not part:
            break
        head += part
    return head


class _Listener:
    """Answers each connection with `answer`, one after the other, and keeps the heads it read."""

    def __init__(self, answer: Answer, context: ssl.SSLContext | None = None) -> None:
        self.heads: list[bytes] = []
        self._answer, self._context = answer, context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                try:
                    if self._context is not None:
                        connection = self._context.wrap_socket(connection, server_side=True)
                    head = _read_head(connection)
                    self.heads.append(head)
                    self._answer(connection, head)
                except OSError:
                    continue
                finally:
                    connection.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@pytest.fixture
def listen() -> Iterator[Callable[..., _Listener]]:
    """Return a function that starts a listener; all of them end with the test."""
    listeners: list[_Listener] = []

    def start(answer: Answer, context: ssl.SSLContext | None = None) -> _Listener:
        listeners.append(_Listener(answer, context))
        return listeners[-1]

    yield start
    for one in listeners:
        one.close()


def _saying(content: bytes) -> Answer:
    return lambda connection, _head: connection.sendall(content)


def _once(request: Request) -> Steps[Reply]:
    reply = yield request
    return reply


def _asked(url: str, request: Request) -> Reply:
    with Client(url) as client:
        return client.drive(_once(request))


def _answer(listener: _Listener, request: Request | None = None) -> Reply:
    return _asked(f"http://127.0.0.1:{listener.port}", request or Request("GET", "/v1/x"))


def _http(status: str, content: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + content


Listen = Callable[..., _Listener]


def test_an_answer_comes_as_it_was_sent(listen: Listen) -> None:
    listener = listen(_saying(_http("200 OK", b'{"a":1}', "Content-Type: application/json")))
    reply = _answer(listener)
    assert isinstance(reply, Response)
    assert (reply.status, reply.content) == (200, b'{"a":1}')
    assert reply.headers["content-type"] == "application/json"


def test_a_redirect_is_never_followed(listen: Listen) -> None:
    elsewhere = listen(_saying(_http("200 OK", b"{}")))
    moved = _http("302 Found", b"", f"Location: http://127.0.0.1:{elsewhere.port}/login")
    reply = _answer(listen(_saying(moved)))
    assert isinstance(reply, Response)
    assert reply.status == 302
    assert elsewhere.heads == []


def test_a_token_travels_in_its_header_alone(listen: Listen) -> None:
    listener = listen(_saying(_http("200 OK", b"{}")))
    _answer(listener, Request("GET", "/v1/x", {"ws": "w1"}, token="secret-token"))
    (head,) = listener.heads
    assert b"Device secret-token" in head
    assert b"secret-token" not in head.partition(b"\r\n")[0]


def test_a_compressed_answer_is_unpacked(listen: Listen) -> None:
    packed = _http("200 OK", gzip.compress(b"{}" * 1_000), "Content-Encoding: gzip")
    reply = _answer(listen(_saying(packed)))
    assert isinstance(reply, Response)
    assert reply.content == b"{}" * 1_000


@pytest.mark.parametrize(
    "answer",
    [
        _http("200 OK", b'{"a":1}')[:-3],
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"",
        b"\x00\x01\x02\r\n\r\n",
        _http("200 OK", b"no gzip at all", "Content-Encoding: gzip"),
        _http("200 OK", gzip.compress(b"{}")[:-9], "Content-Encoding: gzip"),
        _http("200 OK", gzip.compress(b" " * 20_000_000), "Content-Encoding: gzip"),
        _http("200 OK", b"{}", "Content-Encoding: zstd"),
    ],
    ids=["short", "head", "nothing", "garbage", "wrong gzip", "cut gzip", "bomb", "zstd"],
)
def test_a_broken_answer_is_no_answer(listen: Listen, answer: bytes) -> None:
    assert _answer(listen(_saying(answer))) == Failure(Trouble.BROKEN)


def test_no_answer_is_longer_than_its_request_allows(listen: Listen) -> None:
    listener = listen(_saying(_http("200 OK", b"x" * 2_000)))
    request = Request("GET", "/v1/pull", expects=BYTES, most_bytes=1_999)
    assert _answer(listener, request) == Failure(Trouble.BROKEN)


def test_a_silent_server_runs_out_of_time(listen: Listen) -> None:
    over = threading.Event()
    listener = listen(lambda _connection, _head: over.wait(5) and None)
    reply = _answer(listener, Request("GET", "/v1/x", timeout_s=0.2))
    over.set()
    assert reply == Failure(Trouble.TIMEOUT)


def test_nobody_at_the_address_is_being_offline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert _asked(f"http://127.0.0.1:{port}", Request("GET", "/")) == Failure(Trouble.OFFLINE)


def _foreign_certificate(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    start = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        certificate.public_bytes(Encoding.PEM)
        + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def test_a_certificate_nobody_vouches_for_is_refused_before_anything_is_sent(
    listen: Listen, tmp_path: Path
) -> None:
    listener = listen(_saying(_http("200 OK", b"{}")), _foreign_certificate(tmp_path))
    reply = _asked(f"https://localhost:{listener.port}", Request("GET", "/", token="secret"))
    assert reply == Failure(Trouble.CERTIFICATE)
    assert listener.heads == []


def test_waiting_is_left_to_whoever_drives() -> None:
    def steps() -> Steps[str]:
        yield Wait(3)
        yield Wait(4)
        return "done"

    waits: list[float] = []
    with Client("http://127.0.0.1:1", pause=waits.append) as client:
        assert client.drive(steps()) == "done"
    assert waits == [3, 4]


def test_abort_ends_a_request_that_nobody_answers(listen: Listen) -> None:
    asked = threading.Event()
    ended = threading.Event()

    def be_silent(_connection: socket.socket, _head: bytes) -> None:
        asked.set()
        ended.wait(10)

    def ask_twice() -> Steps[list[Reply]]:
        return [(yield Request("GET", "/")), (yield Request("GET", "/"))]

    with Client(f"http://127.0.0.1:{listen(be_silent).port}") as client:
        thread = threading.Thread(target=lambda: (asked.wait(10), client.abort()))
        thread.start()
        began = time.monotonic()
        replies = client.drive(ask_twice())
        thread.join()
    ended.set()
    assert replies == [Failure(Trouble.BROKEN), Failure(Trouble.OFFLINE)]
    assert time.monotonic() - began < 5


def test_abort_ends_a_wait() -> None:
    def wait() -> Steps[str]:
        yield Wait(30)
        return "awake"

    with Client("http://127.0.0.1:9") as client:
        client.abort()
        began = time.monotonic()
        assert client.drive(wait()) == "awake"
    assert time.monotonic() - began < 5


def test_cancel_ends_a_wait_however_long() -> None:
    def wait() -> Steps[None]:
        yield Wait(float("9" * 25))

    began = time.monotonic()
    progress = Progress(is_cancelled=lambda: time.monotonic() - began > 0.5)
    with Client("http://127.0.0.1:9") as client, pytest.raises(Cancelled):
        client.drive(wait(), progress)
    assert time.monotonic() - began < 5


def test_cancel_ends_between_two_steps_and_closes_the_sync() -> None:
    closed = []

    def steps() -> Steps[None]:
        try:
            while True:
                yield Wait(0)
        finally:
            closed.append(True)

    with (
        Client("http://127.0.0.1:1", pause=lambda _seconds: None) as client,
        pytest.raises(Cancelled),
    ):
        client.drive(steps(), Progress(is_cancelled=lambda: True))
    assert closed == [True]


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("https://sync.example.org/", "https://sync.example.org"),
        (" https://example.org/mentor/ ", "https://example.org/mentor"),
        ("http://127.0.0.1:8750", "http://127.0.0.1:8750"),
        ("http://localhost:8750", "http://localhost:8750"),
        ("http://[::1]:8750", "http://[::1]:8750"),
    ],
)
def test_an_address_is_taken_without_its_last_slash(typed: str, url: str) -> None:
    assert checked_url(typed) == url


@pytest.mark.parametrize(
    "typed",
    ["", "example.org", "ftp://example.org", "https://", "https://a:b@example.org", "http://x:y"],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="https://"):
        checked_url(typed)


@pytest.mark.parametrize("typed", ["http://example.org", "http://192.168.1.5:8750"])
def test_nothing_leaves_this_computer_in_the_clear(typed: str) -> None:
    with pytest.raises(ValidationError, match="read by others"):
        checked_url(typed)
