"""Who may do what: each role in each stream, judged for every operation at the server's order."""

import itertools

import msgspec
import pytest

from mentor_desktop.ids import new_id
from mentor_desktop.server.rights import ROLES, Access
from mentor_desktop.sync.protocol.batches import open_batch, read_batch
from mentor_desktop.sync.protocol.messages import PushReply, Refusal
from mentor_desktop.sync.protocol.operations import expand
from mentor_desktop.sync.protocol.streams import user_stream, workshop_stream
from tests.server.world import Device, World

GRANTED, OTHER, SOMEBODY = "1" * 32, "2" * 32, "3" * 32
MARK = {"entity": "attendance_mark", "kind": "create", "values": {"status": "P"}}
CERTIFICATE = {"entity": "certificate", "kind": "create", "values": {"serial": "1"}}
STREAMS = ("members", "people", "programme", f"w:{GRANTED}", f"w:{OTHER}", f"u:{SOMEBODY}", "u:own")

# What each role reads of STREAMS, written out once more by hand.
READS = {
    "admin": "members people programme secrets w:granted w:other u:own",
    "organiser": "members people programme secrets w:granted w:other u:own",
    "trainer": "members people programme w:granted u:own",
    "mentor": "members people programme w:granted u:own",
    "reader": "members people programme w:granted u:own",
}
# Entity, kind and stream: the roles whose operation counts.
WRITES = {
    ("person", "create", "people"): "admin organiser trainer",
    ("person", "set", "people"): "admin organiser trainer",
    ("person", "delete", "people"): "admin organiser",
    ("person", "purge", "people"): "admin",
    ("organisation", "create", "people"): "admin organiser trainer",
    ("project", "create", "people"): "admin organiser",
    ("workspace_setting", "set", "people"): "admin organiser",
    ("programme", "create", "programme"): "admin organiser",
    ("secret_setting", "create", "secrets"): "admin organiser",
    ("workshop", "set", "w:granted"): "admin organiser trainer",
    ("workshop", "create", "w:granted"): "admin organiser",
    ("attendance_mark", "create", "w:granted"): "admin organiser trainer",
    ("attendance_mark", "create", "w:other"): "admin organiser",
    ("attendance_mark", "delete", "w:granted"): "admin organiser",
    ("attendance_mark", "set", "w:granted"): "admin",
    ("certificate", "create", "w:granted"): "admin organiser",
    ("certificate", "purge", "w:granted"): "admin",
    ("later_entity", "create", "w:granted"): "admin organiser trainer",
    ("later_entity", "later_kind", "w:granted"): "admin",
    ("operation", "reject", "w:granted"): "admin",
    ("note", "create", "u:own"): "admin organiser trainer mentor reader",
    ("note", "purge", "u:own"): "admin organiser trainer mentor reader",
    ("operation", "reject", "u:own"): "",
    ("note", "create", "u:other"): "",
    ("member_record", "create", "members"): "admin organiser trainer mentor reader",
    ("member", "set", "members"): "admin organiser",
}
NAMES = {
    "w:granted": f"w:{GRANTED}",
    "w:other": f"w:{OTHER}",
    "u:other": f"u:{SOMEBODY}",
    "u:own": "u:" + "4" * 32,
}


def _access(role: str) -> Access:
    return Access("4" * 32, role, frozenset({GRANTED}))


@pytest.mark.parametrize("role", ROLES)
def test_role_reads_its_streams_and_no_other(role: str) -> None:
    fixed = ("members", "people", "programme", "secrets")
    names = dict(zip(fixed, fixed, strict=True)) | NAMES
    readable = {short for short, name in names.items() if _access(role).may_read(name)}
    assert readable == set(READS[role].split())


@pytest.mark.parametrize(("what", "role"), list(itertools.product(WRITES, ROLES)))
def test_role_writes_what_the_table_says(what: tuple[str, str, str], role: str) -> None:
    entity, kind, stream = what
    access, name = _access(role), NAMES.get(stream, stream)
    seens = [{"9" * 32: 1}] if kind == "delete" else []
    is_refused = access.refuses(name, entity, kind, seens, {"8" * 32}) != []
    may = access.may_write(name) and not is_refused
    assert may == (role in WRITES[what].split())


def test_trainer_deletes_what_only_own_devices_wrote() -> None:
    access, own = _access("trainer"), {"a" * 32, "b" * 32}
    seens = [{"a" * 32: 1}, {"a" * 32: 1, "c" * 32: 2}, {}, {"b" * 32: 4, "a" * 32: 1}]
    assert access.refuses(f"w:{GRANTED}", "attendance_mark", "delete", seens, own) == [1, 2]


def test_role_of_a_later_version_has_no_rights() -> None:
    access = Access("4" * 32, "examiner", frozenset({GRANTED}))
    assert not any(access.may_read(name) for name in STREAMS if name != "u:own")


# ---------------------------------------------------------------- over HTTP


@pytest.fixture
def ana(world: World) -> Device:
    return world.founder()


def test_refused_operation_is_kept_and_rejected_in_the_stream(world: World, ana: Device) -> None:
    trainer = world.colleague(ana, "trainer", GRANTED)
    stream = workshop_stream(GRANTED)
    wanted = trainer.ops(stream, MARK, CERTIFICATE, MARK)
    sent = trainer.batch(stream, wanted, ends=[1, 2, 3])
    answer = trainer.send(stream, sent)
    reply = msgspec.json.decode(answer.content, type=PushReply)
    assert reply.acked_to == 3
    assert [(one.first_seq, one.last_seq, one.reason) for one in reply.rejected] == [
        (2, 2, "no_right")
    ]
    first, rejecting = ana.pull_all(stream)
    assert first == sent
    assert trainer.joined is not None
    assert rejecting.header.device == trainer.joined.server_device
    (op,) = expand(read_batch(rejecting, _key(trainer.joined.server_key)))
    assert op.kind == "reject"
    assert op.values["device"] == trainer.device
    assert (op.values["first"], op.values["last"]) == (2, 2)
    again = msgspec.json.decode(trainer.send(stream, sent).content, type=PushReply)
    assert again.rejected == reply.rejected
    assert len(ana.pull_all(stream)) == 2


def _key(raw: bytes):  # type: ignore[no-untyped-def]  # the library's key
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(raw)


def test_action_with_a_refused_operation_is_rejected_whole(world: World, ana: Device) -> None:
    trainer = world.colleague(ana, "trainer", GRANTED)
    reply = trainer.write(workshop_stream(GRANTED), MARK, CERTIFICATE, MARK)
    assert [(one.first_seq, one.last_seq) for one in reply.rejected] == [(1, 3)]


def test_refusal_reaches_both_halves_of_an_action_in_two_pushes(world: World, ana: Device) -> None:
    trainer, stream = world.colleague(ana, "trainer", GRANTED), workshop_stream(GRANTED)
    assert trainer.send(stream, trainer.batch(stream, trainer.ops(stream, MARK), ends=[]))
    second = trainer.batch(stream, trainer.ops(stream, CERTIFICATE), ends=[])
    reply = msgspec.json.decode(trainer.send(stream, second).content, type=PushReply)
    assert [(one.first_seq, one.last_seq) for one in reply.rejected] == [(1, 2)]
    third = trainer.batch(stream, trainer.ops(stream, MARK))
    reply = msgspec.json.decode(trainer.send(stream, third).content, type=PushReply)
    assert [(one.first_seq, one.last_seq) for one in reply.rejected] == [(1, 3)]
    assert trainer.write(stream, MARK).rejected == []


def test_later_operations_continue_after_a_rejection(world: World, ana: Device) -> None:
    trainer, stream = world.colleague(ana, "trainer", GRANTED), workshop_stream(GRANTED)
    trainer.write(stream, CERTIFICATE)
    assert trainer.write(stream, MARK).rejected == []


def test_who_reads_a_stream_has_what_they_may_not_write_rejected(world: World, ana: Device) -> None:
    reader, stream = world.colleague(ana, "reader", GRANTED), workshop_stream(GRANTED)
    reply = reader.write(stream, MARK)
    assert [(one.first_seq, one.reason) for one in reply.rejected] == [(1, "no_right")]
    assert world.quarantine(ana.ws) == []
    assert next(one.header.device for one in ana.pull_all(stream)) == reader.device


def test_push_without_any_right_is_set_aside_and_told(world: World, ana: Device) -> None:
    trainer = world.colleague(ana, "trainer", GRANTED)
    stream = workshop_stream(OTHER)
    batch = trainer.batch(stream, trainer.ops(stream, MARK))
    for _again in range(2):
        answer = trainer.send(stream, batch)
        refusal = msgspec.json.decode(answer.content, type=Refusal)
        assert answer.status_code == 403
        assert (refusal.code, refusal.detail) == ("quarantined", "no_stream")
    assert ana.pull_all(stream) == []
    assert world.quarantine(ana.ws) == [(trainer.device, stream, 1, "no_stream")]


def test_revoked_device_only_hands_in_what_it_never_sent(world: World, ana: Device) -> None:
    ben = world.colleague(ana, "organiser")
    world.revoke(ben)
    assert ben.sign_in().status_code == 200
    person = {"entity": "person", "kind": "create", "values": {}}
    answer = ben.send("people", ben.batch("people", ben.ops("people", person)))
    assert msgspec.json.decode(answer.content, type=Refusal).detail == "revoked"
    assert world.quarantine(ana.ws) == [(ben.device, "people", 1, "revoked")]
    for answer in (
        ben.post("/v1/hello", {"ws": ben.ws, "schema": 2}),
        ben.get("/v1/pull", stream="people", epoch=ana.hello().epoch, since=0),
    ):
        assert answer.status_code == 403
        assert msgspec.json.decode(answer.content, type=Refusal).code == "revoked"


def test_sealed_stream_is_its_users_alone(world: World, ana: Device) -> None:
    ben = world.colleague(ana, "reader")
    stream = user_stream(ben.user)
    note = {"entity": "note", "kind": "create", "values": {"sealed": "ciphertext"}}
    assert ben.write(stream, note).rejected == []
    assert stream not in ana.hello().streams
    assert ana.get("/v1/pull", stream=stream, epoch=ana.epoch, since=0).status_code == 403
    second = world.join(world.invitation(ana.ws, "reader", user=ben.user))
    assert [one.header.device for one in second.pull_all(stream)] == [ben.device]


def test_administrator_may_reject_what_somebody_made(world: World, ana: Device) -> None:
    ben = world.colleague(ana, "organiser")
    row = new_id()
    ben.write("people", {"entity": "person", "kind": "create", "row": row, "values": {"n": "x"}})
    values = {"device": ben.device, "first": 1, "last": 1, "reason": "mistake"}
    assert not ana.write(
        "people", {"entity": "operation", "kind": "reject", "values": values}
    ).rejected
    assert ben.write(
        "people",
        {"entity": "operation", "kind": "reject", "values": {**values, "device": ana.device}},
    ).rejected
    assert open_batch(ben.pull_all("people")[0]).count == 1
