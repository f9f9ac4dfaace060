"""HTTP around the handlers: bodies read within limits, tokens, refusals as JSON, log and headers.

A handler is a plain function that runs in a worker thread: `Call` in, `Answer` out. It
knows nothing of Starlette.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from mentor_desktop.server import journal, refusals
from mentor_desktop.server.limits import MOST_JSON_BYTES, line_of
from mentor_desktop.server.refusals import Refusal
from mentor_desktop.server.service import Service
from mentor_desktop.sync.keys.sessions import BadToken, Session, read_token
from mentor_desktop.sync.protocol import messages
from mentor_desktop.sync.protocol.messages import AUTHORIZATION, BadMessage, from_json

THREADS = 12
_BODY_SECONDS = 60
JSON, BYTES = "application/json", "application/octet-stream"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
# Over TLS only: RFC 6797, 7.2.
_TLS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}
_THIS_COMPUTER = {"127.0.0.1", "::1"}
_MOST_DIGITS = 18  # of a number: below 2**63
_COST_PER_BYTES = 256 * 1024  # a body of this size counts as one more request

M = TypeVar("M", bound=msgspec.Struct)


@dataclass(frozen=True)
class Call:
    """One request, read whole. `caller` is None only where no token is asked for."""

    caller: Session | None
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    range: str = ""

    @property
    def known(self) -> Session:
        """The device a token was given to."""
        assert self.caller is not None  # the route asks for a token
        return self.caller

    def message(self, kind: type[M]) -> M:
        """Return the JSON body.

        Raises:
            Refusal: 400 where it is not what it should be.
        """
        try:
            return from_json(self.body, kind)
        except BadMessage as error:
            raise refusals.bad_request("body") from error

    def word(self, name: str, default: str | None = None) -> str:
        """Return one value of the query."""
        value = self.query.get(name, default)
        if value is None:
            raise refusals.bad_request("query")
        return value

    def number(self, name: str, default: int | None = None) -> int:
        """Return one whole number of the query, 0 to 2**63-1."""
        value = self.word(name, None if default is None else str(default))
        if not (value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS):
            raise refusals.bad_request("number")
        return int(value)


@dataclass(frozen=True)
class Answer:
    """What a handler gives back; `content` is bytes, an iterator of bytes, or a JSON value."""

    content: Any  # Any: JSON values
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = ""


Handler = Callable[[Service, Call], Answer]


@dataclass(frozen=True)
class Endpoint:
    """One method and path. `most_bytes` bounds the body, `cost` is what one request counts.

    `is_local`: answered to this computer alone, and not through a proxy.
    """

    method: str
    path: str
    handler: Handler
    most_bytes: int = MOST_JSON_BYTES
    needs_token: bool = True
    cost: float = 1.0
    is_local: bool = False


def make_app(
    service: Service, endpoints: tuple[Endpoint, ...], pool: Executor | None = None
) -> Starlette:
    """Return the ASGI application; its threads end with it, unless it is given others."""
    pool = pool or ThreadPoolExecutor(THREADS, thread_name_prefix="request")
    routes = [
        Route(one.path, _route(service, one, pool), methods=[one.method]) for one in endpoints
    ]
    return Starlette(
        routes=routes,
        exception_handlers={HTTPException: _unknown_address},
    )


def _route(service: Service, endpoint: Endpoint, pool: Executor) -> Any:  # Any: ASGI
    async def answer(request: Request) -> Response:
        started = time.monotonic()
        try:
            response = await _answered(service, endpoint, request, pool)
        except ClientDisconnect:
            response = Response(status_code=499)
        if _is_encrypted(service, request):
            response.headers.update(_TLS_HEADERS)
        took = time.monotonic() - started
        label = f'{{route="{endpoint.method} {endpoint.path}",status="{response.status_code}"}}'
        service.meter.add(f"requests_total{label}")
        service.meter.observe("request_s", took)
        journal.note(
            "request",
            route=f"{endpoint.method} {endpoint.path}",
            status=response.status_code,
            ms=round(took * 1_000, 1),
        )
        return response

    return answer


async def _answered(
    service: Service, endpoint: Endpoint, request: Request, pool: Executor
) -> Response:
    try:
        service.by_address.take(_address(service, request), endpoint.cost)
        _require_local(endpoint, request)
        caller = _caller(service, request) if endpoint.needs_token else None
        stated, charge = _stated(request, endpoint.most_bytes), _free
        if caller:
            # Of both: a device may choose its id, also that of one in another workspace.
            charge = partial(service.by_device.take, f"{caller.ws}:{caller.device}")
            charge(endpoint.cost + stated / _COST_PER_BYTES)
        body = await _body(request, endpoint.most_bytes, charge)
        call = Call(
            caller,
            request.path_params,
            dict(request.query_params),
            body,
            request.headers.get("range", ""),
        )
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(pool, endpoint.handler, service, call)
    except Refusal as refusal:
        return _refused(refusal, is_endless="transfer-encoding" in request.headers)
    except (ClientDisconnect, HTTPException):
        raise
    except Exception:  # noqa: BLE001  # the edge: a bug is logged by its place, and told by nothing
        journal.log.exception("bug", extra={"facts": {"route": endpoint.path}})
        return _refused(Refusal("bug", "The server could not do that. It was noted."))
    return _response(answer)


def _response(answer: Answer) -> Response:
    headers = {**_HEADERS, **answer.headers}
    if isinstance(answer.content, Iterator):
        return StreamingResponse(answer.content, answer.status, headers, media_type=BYTES)
    if isinstance(answer.content, bytes):
        content, media_type = answer.content, answer.media_type or BYTES
    else:
        content, media_type = msgspec.json.encode(answer.content), JSON
    return Response(
        content,
        status_code=answer.status,
        headers=headers,
        media_type=media_type,
    )


def _refused(refusal: Refusal, *, is_endless: bool = False) -> Response:
    headers = {"Retry-After": str(refusal.retry_after_s)} if refusal.retry_after_s else {}
    if refusal.code == "too_large" or is_endless:
        headers["Connection"] = "close"  # else the rest of the body is read to its end
    content = messages.Refusal(
        code=refusal.code,
        sentence=refusal.sentence,
        detail=refusal.detail,
        last_seq=refusal.last_seq,
        last_hash=refusal.last_hash,
        epoch=refusal.epoch,
        server_time=refusal.server_time,
        most_bytes=refusal.most_bytes,
    )
    return _response(Answer(content, refusal.status, headers))


async def _unknown_address(_request: Request, _error: Exception) -> Response:
    return _refused(refusals.not_found())


def _caller(service: Service, request: Request) -> Session:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind != AUTHORIZATION:
        raise refusals.token_needed()
    try:
        return read_token((service.keys.token_key,), token, now=service.now_ms())
    except BadToken as error:
        raise refusals.token_needed() from error


def _address(service: Service, request: Request) -> str:
    """Return the line a request comes from; a proxy is believed only when it is a trusted one."""
    peer = request.client.host if request.client else ""
    if peer in service.settings.trusted_proxies:
        # What a proxy adds stands last, be it in the line that came or in one of its own.
        forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
        return line_of(forwarded.rpartition(",")[2].strip() or peer)
    return line_of(peer)


def _is_encrypted(service: Service, request: Request) -> bool:
    """Tell whether TLS was spoken with the device: here, or by a trusted proxy."""
    peer = request.client.host if request.client else ""
    proxied = peer in service.settings.trusted_proxies
    forwarded = request.headers.get("x-forwarded-proto", "") if proxied else ""
    return "https" in {request.url.scheme, forwarded}


def _require_local(endpoint: Endpoint, request: Request) -> None:
    """Return for what anybody may ask, and for this computer's own without a proxy in between."""
    peer = request.client.host if request.client else ""
    is_direct = "x-forwarded-for" not in request.headers
    if endpoint.is_local and not (is_direct and peer in _THIS_COMPUTER):
        raise refusals.not_found()


def _stated(request: Request, most_bytes: int) -> int:
    """Return how long the body is said to be, in bytes; 0 where that is not said.

    Raises:
        Refusal: 413 over the limit, before anything is counted or read.
    """
    stated = request.headers.get("content-length", "")
    if not (stated.isascii() and stated.isdigit()):
        return 0
    if len(stated) > _MOST_DIGITS or int(stated) > most_bytes:
        raise refusals.too_large(most_bytes)
    return int(stated)


def _free(_cost: float) -> None:
    """Count nothing: where no token is asked for, the address pays for the request alone."""


async def _body(request: Request, most_bytes: int, charge: Callable[[float], None]) -> bytes:
    """Return the body, never more of it in memory than the limit.

    `charge` counts what comes of a body whose length was not said, as it comes.

    Raises:
        Refusal: 413 over the limit, 400 for a compressed body (batches are compressed inside)
            or one that takes too long.
    """
    if request.headers.get("content-encoding", "identity") != "identity":
        raise refusals.bad_request("encoding")
    is_stated = bool(_stated(request, most_bytes))
    parts, size = [], 0
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > most_bytes:
                    raise refusals.too_large(most_bytes)
                if not is_stated:
                    charge(len(part) / _COST_PER_BYTES)
                parts.append(part)
    except TimeoutError as error:
        raise refusals.bad_request("slow") from error
    return b"".join(parts)
