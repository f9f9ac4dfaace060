"""The addresses of protocol version 1: what each takes and gives (docs/sync.md, 5)."""

from mentor_desktop.server import blobs, health, names, refusals, snapshots
from mentor_desktop.server.blobs import Place
from mentor_desktop.server.comparing import bucket_rows, differing
from mentor_desktop.server.hello import hello
from mentor_desktop.server.joining import invite, join, look_at_invitation, succeed
from mentor_desktop.server.limits import MOST_BODY_BYTES, MOST_CHUNK_BYTES
from mentor_desktop.server.pull import pull
from mentor_desktop.server.push import push
from mentor_desktop.server.service import Service
from mentor_desktop.server.sessions import open_session
from mentor_desktop.server.web import Answer, Call, Endpoint
from mentor_desktop.sync.keys.entries import BadRecord, DeviceEntry, read_record
from mentor_desktop.sync.protocol.messages import (
    DigestRequest,
    HelloRequest,
    InvitationRequest,
    InviteRequest,
    JoinRequest,
    MissingReply,
    RowsRequest,
    SealReply,
    SealRequest,
    SessionReply,
    SessionRequest,
    pull_reply_bytes,
)

_MOST_DIGITS = 5  # of the number of a chunk
_PARTIAL = 206
_MOST_RANGE = 40  # characters


def _session(service: Service, call: Call) -> Answer:
    asked = call.message(SessionRequest)
    token, expires_at = open_session(service, asked.ws, asked.device, asked.at, asked.signature)
    return Answer(SessionReply(token=token, expires_at=expires_at))


def _join(service: Service, call: Call) -> Answer:
    return Answer(join(service, call.message(JoinRequest)))


def _look_at_invitation(service: Service, call: Call) -> Answer:
    return Answer(look_at_invitation(service, call.message(InvitationRequest)))


def _invite(service: Service, call: Call) -> Answer:
    return Answer(invite(service, call.known, call.message(InviteRequest)))


def _succeed(service: Service, call: Call) -> Answer:
    try:
        entry = read_record(call.body)
    except BadRecord as error:
        raise refusals.bad_request("body") from error
    if not isinstance(entry, DeviceEntry):
        raise refusals.bad_request("body")
    succeed(service, entry)
    return Answer({"ok": True})


def _hello(service: Service, call: Call) -> Answer:
    asked = call.message(HelloRequest)
    return Answer(hello(service, call.known, asked.ws, asked.streams))


def _push(service: Service, call: Call) -> Answer:
    return Answer(push(service, call.known, _ws(call), _stream(call), call.body))


def _pull(service: Service, call: Call) -> Answer:
    reply = pull(
        service,
        call.known,
        _ws(call),
        _stream(call),
        call.word("epoch"),
        call.number("since"),
        call.number("most", 0),
        call.number("held", 0),
    )
    return Answer(pull_reply_bytes(reply), media_type="application/msgpack")


def _snapshot(service: Service, call: Call) -> Answer:
    return Answer(snapshots.manifest(service, call.known, _ws(call), _stream(call)))


def _snapshot_part(service: Service, call: Call) -> Answer:
    address = names.blob_address(call.word("hash"))
    content = snapshots.part(service, call.known, _ws(call), _stream(call), address)
    start, end, status = _range(call.range, len(content))
    return Answer(content[start:end], status, _range_headers(start, end, len(content), status))


def _digest(service: Service, call: Call) -> Answer:
    return Answer(differing(service, call.known, call.message(DigestRequest)))


def _rows(service: Service, call: Call) -> Answer:
    return Answer(bucket_rows(service, call.known, call.message(RowsRequest)))


def _put_chunk(service: Service, call: Call) -> Answer:
    number = call.path["number"]
    if not (number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS):
        raise refusals.bad_request("number")
    digest = names.blob_address(call.word("sha256"))
    blobs.put_chunk(service, call.known, _place(call), int(number), digest, call.body)
    return Answer({})


def _missing(service: Service, call: Call) -> Answer:
    found = blobs.missing(service, call.known, _place(call), call.number("chunks"))
    return Answer(MissingReply(missing=found))


def _seal(service: Service, call: Call) -> Answer:
    count = call.message(SealRequest).chunks
    return Answer(SealReply(size=blobs.seal(service, call.known, _place(call), count)))


def _get_blob(service: Service, call: Call) -> Answer:
    ws, address = _ws(call), names.blob_address(call.path["address"])
    size = blobs.size_of(service, call.known, ws, address)
    start, end, status = _range(call.range, size)
    headers = {**_range_headers(start, end, size, status), "ETag": f'"{address}"'}
    return Answer(blobs.content(service, ws, address, start, end), status, headers)


def _range_headers(start: int, end: int, size: int, status: int) -> dict[str, str]:
    headers = {"Accept-Ranges": "bytes", "Content-Length": str(end - start)}
    if status == _PARTIAL:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return headers


def _range(wanted: str, size: int) -> tuple[int, int, int]:
    """Return start, end and status for a Range header; one range, or the whole."""
    unit, _, span = wanted.partition("=")
    first, dash, last = span.partition("-")
    digits = first + last
    if (
        not wanted
        or unit != "bytes"
        or not dash
        or not (digits.isascii() and digits.isdigit())
        or len(span) > _MOST_RANGE
    ):
        return 0, size, 200
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    if start >= end:
        raise refusals.Refusal("range", "The file has no such part.")
    return start, end, _PARTIAL


def _ws(call: Call) -> str:
    return names.workspace_id(call.word("ws"))


def _stream(call: Call) -> str:
    return names.stream_name(call.word("stream"))


def _place(call: Call) -> Place:
    return Place(_ws(call), _stream(call), names.blob_address(call.path["address"]))


def _health(service: Service, _call: Call) -> Answer:
    return Answer(health.state(service))


def _metrics(service: Service, _call: Call) -> Answer:
    return Answer(health.figures(service).encode(), media_type="text/plain; version=0.0.4")


_BLOB = "/v1/blob/{address}"

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("POST", "/v1/session", _session, needs_token=False, cost=4),
    Endpoint("POST", "/v1/join", _join, needs_token=False, cost=20),
    Endpoint("POST", "/v1/succeed", _succeed, needs_token=False, cost=20),
    Endpoint("POST", "/v1/invitation", _look_at_invitation, needs_token=False, cost=20),
    Endpoint("POST", "/v1/invite", _invite),
    Endpoint("POST", "/v1/hello", _hello),
    Endpoint("POST", "/v1/push", _push, most_bytes=MOST_BODY_BYTES),
    Endpoint("GET", "/v1/pull", _pull),
    Endpoint("GET", "/v1/snapshot", _snapshot),
    Endpoint("GET", "/v1/snapshot/part", _snapshot_part),
    Endpoint("POST", "/v1/digest", _digest),
    Endpoint("POST", "/v1/rows", _rows),
    Endpoint("PUT", _BLOB + "/chunk/{number}", _put_chunk, most_bytes=MOST_CHUNK_BYTES),
    Endpoint("GET", _BLOB + "/missing", _missing),
    Endpoint("POST", _BLOB + "/seal", _seal),
    Endpoint("GET", _BLOB, _get_blob),
    Endpoint("GET", "/health", _health, needs_token=False),
    Endpoint("GET", "/metrics", _metrics, needs_token=False, is_local=True),
)
