"""Requests and replies of the protocol (docs/sync.md, 5), as both sides read them.

Bodies are JSON (bytes in them as base64), but for frames of batches, pulls and parts of files.
What a message has beyond these fields is ignored, so that a later version may add some.
A device succeeds another by its signed entry (`sync.keys.entries`), which is the whole body.
"""

from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta

from mentor_desktop.sync.protocol.batches import NO_HASH, Sha256, Signature
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
    "invitation": "/v1/invitation",
    "invite": "/v1/invite",
    "succeed": "/v1/succeed",
    "blob": "/v1/blob",
}

MOST_BLOB_CHUNKS = 64  # of one file, of 4 MiB: 256 MiB

Id = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
StreamName = Annotated[
    str, Meta(pattern=r"\A(?:members|people|programme|secrets|[uw]:[0-9a-f]{32})\Z")
]
WorkshopId = Annotated[str, Meta(pattern=r"\A(?:\*|[0-9a-f]{32})\Z")]  # * for all of them
Key = Annotated[bytes, Meta(min_length=32, max_length=32)]  # Ed25519 or X25519, public
Count = Annotated[int, Meta(ge=0, le=MOST_INTEGER)]
Text = Annotated[str, Meta(max_length=2_000)]
Token = Annotated[str, Meta(max_length=4_096)]
Role = Annotated[str, Meta(max_length=64)]
Reason = Annotated[str, Meta(max_length=64)]
Epoch = Annotated[str, Meta(min_length=1, max_length=64)]  # random, new with every restore
Bucket = Annotated[int, Meta(ge=0, le=255)]
Sums = Annotated[bytes, Meta(min_length=8_192, max_length=8_192)]

Message = TypeVar("Message", bound=msgspec.Struct)


# ---------------------------------------------------------------- who is asking


class SessionRequest(msgspec.Struct, kw_only=True):
    """POST /v1/session: a device proves that it has its key (`sync.keys.sessions`)."""

    ws: Id
    device: Id
    at: Count  # milliseconds since 1970, by the device's clock
    signature: Signature


class SessionReply(msgspec.Struct, kw_only=True):
    """A token for `Authorization: Device`, good until then (milliseconds since 1970)."""

    token: Token
    expires_at: Count


class JoinRequest(msgspec.Struct, kw_only=True):
    """POST /v1/join: a new device shows the secret of its invitation.

    `ws` is empty when only the server knows it; `founders` are the first devices of a
    workspace that this server does not know yet.
    """

    id: Annotated[str, Meta(pattern=r"\A[0-9A-Z]{8}\Z")]
    secret: Annotated[bytes, Meta(min_length=16, max_length=16)]
    device: Id
    name: Text
    sign_key: Key
    seal_key: Key
    ws: Annotated[str, Meta(pattern=r"\A(?:[0-9a-f]{32})?\Z")] = ""
    founders: Annotated[dict[Id, Key], Meta(max_length=100)] = {}


class JoinReply(msgspec.Struct, kw_only=True):
    """What a new device needs to begin; `role` may be one of a later version.

    `entry` is the device's entry, for a server that is brought back to before it joined.
    """

    ws: Id
    user: Id
    role: Role
    workshops: list[str]
    tag: Text
    server_device: Id
    server_key: Key
    streams: list[StreamName]
    entry: str = ""


class InvitationRequest(msgspec.Struct, kw_only=True):
    """POST /v1/invitation: what would somebody with this secret join? Nothing is used up."""

    id: Annotated[str, Meta(pattern=r"\A[0-9A-Z]{8}\Z")]
    secret: Annotated[bytes, Meta(min_length=16, max_length=16)]


class InvitationReply(msgspec.Struct, kw_only=True):
    """The workspace (empty: whatever the first device brings), the role, and whose device it is.

    `user` is empty for somebody new.
    """

    ws: Annotated[str, Meta(pattern=r"\A(?:[0-9a-f]{32})?\Z")]
    role: Role
    user: Annotated[str, Meta(pattern=r"\A(?:[0-9a-f]{32})?\Z")] = ""


class InviteRequest(msgspec.Struct, kw_only=True):
    """POST /v1/invite: the server learns the hash of an invitation's secret, never the secret.

    `user` is given for a further device of that user, who keeps role and workshops. One that is
    good for more than 30 days is refused.
    """

    ws: Id
    id: Annotated[str, Meta(pattern=r"\A[0-9A-Z]{8}\Z")]
    hash: Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
    role: Role
    expires_at: Annotated[int, Meta(ge=0, lt=2**53)]
    workshops: Annotated[list[WorkshopId], Meta(max_length=100)] = []
    user: Annotated[str, Meta(pattern=r"\A(?:[0-9a-f]{32})?\Z")] = ""


class InviteReply(msgspec.Struct, kw_only=True):
    """The invitation can be used; a further device has the role of its user."""

    role: Role


# ---------------------------------------------------------------- changes


class HelloRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """POST /v1/hello: what is new? Without `streams`: in all that the device may read."""

    ws: Id
    schema: Count
    streams: list[StreamName] | None = None


class StreamHead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How far the server is in a stream; what is as in a new one is left out.

    `head` counts batches of the workspace; `last_seq`, `last_hash` and `archived_seq` are of
    the asking device's operations, `last_hash` is NO_HASH before the first. `root` is that
    of the digest, where it stands for the stream up to `head`; a stream at 0 has nothing in it.
    """

    head: Count = 0
    last_seq: Count = 0
    last_hash: Sha256 = NO_HASH
    archived_seq: Count = 0
    root: Sha256 | None = None


class HelloReply(msgspec.Struct, kw_only=True):
    """The server's time (milliseconds since 1970), what one may do there, and the streams.

    `server_device` is the id under which the server writes in this epoch.
    """

    server_time: Count
    epoch: Epoch
    min_schema: Count
    role: Role
    user: Id
    server_device: Id
    workshops: list[str]
    streams: dict[StreamName, StreamHead]


class Rejected(msgspec.Struct, kw_only=True):
    """Operations that the server keeps but shows to nobody else."""

    first_seq: Count
    last_seq: Count
    reason: Reason


class PushReply(msgspec.Struct, kw_only=True):
    """POST /v1/push (the body: frames): every operation up to `acked_to` is durable."""

    acked_to: Count
    head: Count
    rejected: list[Rejected] = []


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
    """A piece of a snapshot: rows of one entity."""

    hash: Sha256
    size: Count
    entity: str = ""


class SnapshotReply(msgspec.Struct, kw_only=True):
    """GET /v1/snapshot: the stream at `seq` (0, without parts: there is none yet).

    `applied` is what it has of each device, `chains` the hash that its next batch follows, `root`
    what the digest of its rows comes to. Parts are asked for by their hash, whole or in ranges.
    """

    seq: Count
    parts: list[Part]
    applied: dict[Id, Count]
    chains: dict[Id, Sha256]
    root: Sha256 = NO_HASH


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


class SealRequest(msgspec.Struct, kw_only=True):
    """POST /v1/blob/<hash>/seal: all chunks are there, so many."""

    chunks: Annotated[int, Meta(ge=1, le=MOST_BLOB_CHUNKS)]


class SealReply(msgspec.Struct, kw_only=True):
    """The file is durable as a whole."""

    size: Count


# ---------------------------------------------------------------- refusals


STATUS: Final[dict[str, int]] = {
    "bad_request": 400,
    "bad_batch": 400,  # `detail`: the code of BadBatch
    "token": 401,  # missing, foreign or outdated
    "unknown_device": 401,
    "clock": 401,  # `server_time`: sign that
    "no_right": 403,  # also for what is not there
    "revoked": 403,
    "quarantined": 403,  # set aside, shown to nobody; `detail`: revoked, no_stream
    "invitation": 403,  # unknown, used or too old
    "not_found": 404,
    "fork": 409,  # other operations under the same numbers: the device must succeed itself
    "gap": 409,  # `last_seq`, `last_hash`: go on from there
    "epoch": 409,  # the server was restored: `epoch` is the new one
    "missing": 409,  # chunks of a file
    "wrong_hash": 409,  # of a chunk or a file
    "taken": 409,
    "has_workspace": 409,  # an invitation for a workspace that is still to come
    "behind": 409,  # rows are merged up to another number, `last_seq`: ask again soon
    "unknown_author": 409,
    "withheld": 409,  # somebody else's, and values were taken out of it
    "too_large": 413,  # `most_bytes`
    "quarantine_full": 413,
    "quota": 413,  # the workspace keeps as much as it may
    "range": 416,
    "too_many": 429,
    "bug": 500,
    "busy": 503,
}


class Refusal(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Why a request was not carried out; a client shows its own sentence for a code.

    `code` is one of STATUS or of a later version, `sentence` is for logs and developers.
    """

    code: Annotated[str, Meta(max_length=64)]
    sentence: Text = ""
    detail: Annotated[str, Meta(max_length=64)] = ""
    last_seq: Count = 0
    last_hash: bytes = b""
    epoch: str = ""
    server_time: Count = 0
    most_bytes: Count = 0


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
