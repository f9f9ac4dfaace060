"""What tests of members do: entries, grants and changes, pushed by one device or many at once."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import httpx2
import msgspec
from sqlalchemy import event

from mentor_desktop.ids import new_id
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.entries import (
    NO_SIGNATURE,
    DeviceEntry,
    Record,
    SignedInvitation,
    read_record,
    signed,
    to_bytes,
)
from mentor_desktop.sync.keys.invitations import new_invitation, sign_invitation
from mentor_desktop.sync.protocol.batches import open_batch
from mentor_desktop.sync.protocol.messages import Refusal
from mentor_desktop.sync.protocol.operations import expand
from tests.server.world import Device, World


def code(answer: object) -> str:
    return msgspec.json.decode(answer.content, type=Refusal).code  # type: ignore[attr-defined]


def records(device: Device) -> list[object]:
    return [
        read_record(str(op.values["record"]))
        for batch in device.pull_all("members")
        for op in expand(open_batch(batch))
        if op.entity == "member_record"
    ]


def record_op(record: Record) -> dict[str, object]:
    values = {"record": to_bytes(record).decode()}
    return {"entity": "member_record", "kind": "create", "values": values}


def changed(user: str, **values: object) -> dict[str, object]:
    group = next(iter(values))
    return {"entity": "member", "kind": "set", "row": user, "group": group, "values": values}


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def reasons(device: Device, *ops: dict[str, object]) -> list[str]:
    return [one.reason for one in device.write("members", *ops).rejected]


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """Give what the server asks its database while the block lasts."""
    engine, said = world.service.database.engine, []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


def at_once(works: Sequence[Callable[[], httpx2.Response]]) -> list[httpx2.Response]:
    """Do all of these at the same moment; return the answers."""
    answers: list[httpx2.Response] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], httpx2.Response]) -> None:
        start.wait()
        answers.append(work())

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return answers


def entry_by(by: Device, user: str, role: str, **more: object) -> tuple[DeviceEntry, DeviceKeys]:
    keys = DeviceKeys.make()
    draft = DeviceEntry(
        ws=by.ws, device=new_id(), user=user, name="New", role=role, tag="", sign_key=keys.sign_key,
        seal_key=keys.seal_key, made_at=time.time_ns() // 1_000_000,
        vouched_by=str(more.get("vouched_by", by.device)), signature=NO_SIGNATURE,
    )  # fmt: skip
    return signed(draft, by.keys.sign), keys


def invited_entry_by(by: Device, user: str, role: str) -> tuple[DeviceEntry, DeviceKeys]:
    """Return the entry of a device that began with a file of another one."""
    made, now = new_invitation("", by.ws), now_ms()
    draft = SignedInvitation(
        ws=by.ws, id=made.id, user=user, name="", role=role, workshops=(), invited_by=by.device,
        key=made.public_key, made_at=now, expires_at=now + 1_000_000, signature=NO_SIGNATURE,
    )  # fmt: skip
    invitation = sign_invitation(made, draft, by.keys.sign)
    entry, keys = entry_by(by, user, role)
    entry = msgspec.structs.replace(entry, invitation=invitation)
    return signed(entry, made.sign), keys


def as_device(by: Device, entry: DeviceEntry, keys: DeviceKeys) -> Device:
    return Device(by.http, keys, entry.ws, entry.device, entry.user, entry.role)
