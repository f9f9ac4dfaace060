"""Messages: what one side writes the other reads, and what is none of them is refused."""

import pytest

from mentor_desktop.sync.protocol.batches import NO_HASH
from mentor_desktop.sync.protocol.messages import (
    BadMessage,
    HelloReply,
    HelloRequest,
    PullReply,
    StreamHead,
    from_json,
    pull_reply_bytes,
    read_pull_reply,
    to_json,
)
from tests.sync.histories import STREAM, USER, WS


def _hello() -> HelloReply:
    head = StreamHead(head=4, last_seq=2, last_hash=b"h" * 32, archived_seq=0)
    return HelloReply(
        server_time=1, epoch="e1", min_schema=0, role="mentor", user=USER, workshops=[WS],
        server_device=WS,
        streams={STREAM: head},
    )  # fmt: skip


def test_message_comes_back_as_it_was() -> None:
    assert from_json(to_json(_hello()), HelloReply) == _hello()


def test_reply_of_a_later_version_is_read() -> None:
    later = to_json(_hello())[:-1] + b',"motd":{"deep":[1]}}'
    assert from_json(later, HelloReply) == _hello()


def test_pull_brings_frames_untouched() -> None:
    reply = PullReply(next=5, head=9, more=True, at=[3, 5], frames=b"\x00\xff")
    assert read_pull_reply(pull_reply_bytes(reply)) == reply


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>Sign in to this network</html>",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"ws":"' + b"a" * 31 + b'","schema":1}',
        b'{"ws":"' + b"a" * 32 + b'\\n","schema":1}',
        b'{"ws":"' + b"a" * 32 + b'","schema":-1}',
        b'{"ws":"' + b"a" * 32 + b'","schema":9223372036854775808}',
        b'{"ws":"' + b"a" * 32 + b'","schema":1,"streams":["w:other"]}',
        b'{"ws":"' + b"a" * 32 + b'","schema":1,"x":' + b"[" * 100_000,
    ],
)
def test_bytes_that_are_no_such_message_are_refused(data: bytes) -> None:
    with pytest.raises(BadMessage):
        from_json(data, HelloRequest)


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x91" * 100_000, b"not msgpack"])
def test_bytes_that_are_no_pull_are_refused(data: bytes) -> None:
    with pytest.raises(BadMessage):
        read_pull_reply(data)


def test_device_without_operations_has_the_hash_a_chain_begins_with() -> None:
    head = StreamHead(head=0, last_seq=0, last_hash=NO_HASH, archived_seq=0)
    assert from_json(to_json(head), StreamHead).last_hash == NO_HASH
