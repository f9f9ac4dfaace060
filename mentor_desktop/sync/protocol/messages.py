"""Requests and replies of the protocol (docs/sync.md, 5), as both sides read them.

Bodies are JSON, but for frames of batches and parts of files. What a message has beyond
these fields is ignored, so that a later version may add some.
"""

from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta

from mentor_desktop.sync.protocol.batches import Sha256, Signature
from mentor_desktop.sync.protocol.operations import MOST_INTEGER

AUTHORIZATION: Final = "Device"  # `Authorization: Device <token>`

PATHS: Final = {
    "session": "/v1/session",
    "hello": "/v1/hello",
    "push": "/v1/push",
    "pull": "/v1/pull",
    "snapshot": "/v1/snapshot",
    "snapshot_part": "/v1/snapshot/part",
    "digest": "/v1/digest",
    "rows": "/v1/rows",
    "join": "/v1/join",
    "succeed": "/v1/succeed",
    "blob": "/v1/blob",
}

Id = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
StreamName = Annotated[str, Meta(pattern=r"\A(?:members|people|programme|[uw]:[0-9a-f]{32})\Z")]
Key = Annotated[bytes, Meta(min_length=32, max_length=32)]  # Ed25519 or X25519, public
Count = Annotated[int, Meta(ge=0, le=MOST_INTEGER)]
Text = Annotated[str, Meta(max_length=2_000)]
Token = Annotated[str, Meta(max_length=4_096)]
Role = Annotated[str, Meta(max_length=64)]
Reason = Annotated[str, Meta(max_length=64)]
Bucket = Annotated[int, Meta(ge=0, le=255)]
Sums = Annotated[bytes, Meta(min_length=8_192, max_length=8_192)]

Message = TypeVar("Message", bound=msgspec.Struct)


# ---------------------------------------------------------------- who is asking


class DeviceEntry(msgspec.Struct, kw_only=True):
    """A device as its workspace knows it, signed by itself or by the device that vouches for it."""

    ws: Id
    device: Id
    user: Id
    sign_key: Key
    seal_key: Key
    name: Text
    at: Count  # milliseconds since 1970
    signed_by: Id
    signature: Signature

    def signed_bytes(self) -> bytes:
        """Return what `signed_by` signs of this entry."""
        fields = [self.ws, self.device, self.user, self.sign_key.hex(), self.seal_key.hex()]
        return _signed("mentor device 1", *fields, self.name, self.at, self.signed_by)


class SessionRequest(msgspec.Struct, kw_only=True):
    """POST /v1/session: a device proves that it has its key."""

    ws: Id
    device: Id
    at: Count  # milliseconds since 1970, by the device's clock
    signature: Signature

    def signed_bytes(self) -> bytes:
        """Return what the device signs."""
        return _signed("mentor session 1", self.ws, self.device, self.at)


class SessionReply(msgspec.Struct, kw_only=True):
    """A token for `Authorization: Device`, good until then (milliseconds since 1970)."""

    token: Token
    expires_at: Count


class JoinRequest(msgspec.Struct, kw_only=True):
    """POST /v1/join: a new device shows its invitation."""

    invitation: Token
    entry: DeviceEntry


class JoinReply(msgspec.Struct, kw_only=True):
    """What a new device needs to begin; `role` is one of later versions' too."""

    ws: Id
    user: Id
    role: Role
    tag: Text
    server_key: Key
    streams: list[StreamName]


class SucceedRequest(msgspec.Struct, kw_only=True):
    """POST /v1/succeed: a copied or restored workspace goes on as a new device."""

    entry: DeviceEntry  # `signed_by` is the device it succeeds


class SucceedReply(msgspec.Struct, kw_only=True):
    """The new device is known; `tag` is how people tell it from others."""

    tag: Text


# ---------------------------------------------------------------- changes


class HelloRequest(msgspec.Struct, kw_only=True):
    """POST /v1/hello: what is new? `streams` empty: of all that the device may read."""

    ws: Id
    schema: Count
    streams: list[StreamName] = []


class StreamHead(msgspec.Struct, kw_only=True):
    """How far the server is in a stream.

    `head` counts batches of the workspace; `last_seq`, `last_hash` and `archived_seq` are
    of the asking device's operations; `root` is that of the digest at `root_seq`.
    """

    head: Count
    last_seq: Count
    last_hash: Sha256
    archived_seq: Count
    root: Sha256
    root_seq: Count


class HelloReply(msgspec.Struct, kw_only=True):
    """The server's time (milliseconds since 1970), who one is there, and the streams."""

    server_time: Count
    epoch: Id
    min_schema: Count
    role: Role
    streams: dict[StreamName, StreamHead]


class RejectedOp(msgspec.Struct, kw_only=True):
    """An operation that the server keeps but nobody is shown."""

    seq: Count
    reason: Reason


class PushReply(msgspec.Struct, kw_only=True):
    """POST /v1/push (the body: frames): every operation up to `acked_to` is durable."""

    acked_to: Count
    head: Count
    rejected: list[RejectedOp] = []


class PullReply(msgspec.Struct, kw_only=True):
    """GET /v1/pull, as msgpack: batches after `since`, in the workspace's order.

    `next` is the `since` to ask with next; `at` has the place of each batch in that order.
    """

    next: Count
    head: Count
    more: bool
    at: list[Count]
    frames: bytes


# ---------------------------------------------------------------- comparing, snapshots


class Part(msgspec.Struct, kw_only=True):
    """A piece of a snapshot."""

    hash: Sha256
    size: Count


class SnapshotReply(msgspec.Struct, kw_only=True):
    """GET /v1/snapshot: the stream at `seq`; `applied` is what it has of each device."""

    seq: Count
    parts: list[Part]
    applied: dict[Id, Count]


class DigestRequest(msgspec.Struct, kw_only=True):
    """POST /v1/digest: compare the sums of `merge.digest` at a sequence."""

    ws: Id
    stream: StreamName
    at_seq: Count
    sums: Sums


class DigestReply(msgspec.Struct, kw_only=True):
    """Which buckets differ."""

    differing: list[Bucket]


class RowsRequest(msgspec.Struct, kw_only=True):
    """POST /v1/rows: the rows of a bucket."""

    ws: Id
    stream: StreamName
    bucket: Bucket


class RowText(msgspec.Struct, array_like=True):
    """A row and its state (`RowState.digest_text`)."""

    entity: str
    row: Id
    state: str


class RowsReply(msgspec.Struct, kw_only=True):
    """The rows of the bucket at `at_seq`."""

    at_seq: Count
    rows: list[RowText]


# ---------------------------------------------------------------- files


class MissingReply(msgspec.Struct, kw_only=True):
    """GET /v1/blob/<hash>/missing: the numbers of the chunks that are not there yet."""

    missing: list[Count]
    sealed: bool


class SealRequest(msgspec.Struct, kw_only=True):
    """POST /v1/blob/<hash>/seal: all chunks are there; `chunks` are their hashes, in order."""

    size: Count
    chunk_size: Count
    chunks: list[Sha256]


class SealReply(msgspec.Struct, kw_only=True):
    """The file is durable as a whole."""

    size: Count


# ---------------------------------------------------------------- refusals


STATUS: Final[dict[str, int]] = {
    "malformed": 400,  # `detail`: what
    "bad_batch": 400,  # `detail`: the code of BadBatch
    "not_signed_in": 401,
    "forbidden": 403,
    "revoked": 403,
    "invitation": 403,  # unknown, used or too old
    "not_found": 404,
    "fork": 409,  # other operations under the same numbers: the device must succeed itself
    "gap": 409,  # `last_seq`, `last_hash`: go on from there
    "epoch": 409,  # the server was restored: `epoch` is the new one
    "chunk": 409,  # not what its hash says
    "too_large": 413,
    "slow_down": 429,
    "unavailable": 503,
}


class Refusal(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Why a request was not carried out; a client shows its own sentence for a code.

    `code` is one of STATUS or of a later version. `sentence` is for logs and developers.
    """

    code: Annotated[str, Meta(max_length=64)]
    sentence: Text = ""
    detail: Annotated[str, Meta(max_length=64)] = ""
    last_seq: Count = 0
    last_hash: bytes = b""
    epoch: str = ""
    retry_after_s: Count = 0

    @property
    def status(self) -> int:
        return STATUS.get(self.code, 400)


class BadMessage(Exception):
    """These bytes are not the message that was expected."""


def to_json(message: msgspec.Struct) -> bytes:
    """Return the message as JSON."""
    return msgspec.json.encode(message)


def from_json(data: bytes, kind: type[Message]) -> Message:
    """Return the message; raise BadMessage when it is not one of that kind."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(kind.__name__) from error


def pull_reply_bytes(reply: PullReply) -> bytes:
    """Return the reply as msgpack: its frames are bytes already."""
    return msgspec.msgpack.encode(reply)


def read_pull_reply(data: bytes) -> PullReply:
    """Return the reply; raise BadMessage when it is none."""
    try:
        return msgspec.msgpack.decode(data, type=PullReply)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(PullReply.__name__) from error


def _signed(purpose: str, *fields: str | int) -> bytes:
    """Return canonical bytes that no other purpose's can equal."""
    return msgspec.json.encode([purpose, *fields])
