"""What the row of a user says of role, workshops and access, and who may write it."""

import json
from dataclasses import replace

import pytest

from mentor_desktop.ids import new_id
from mentor_desktop.server.folding import fold
from mentor_desktop.server.members_log import revoke_user
from mentor_desktop.server.workspaces import users
from mentor_desktop.sync.keys.entries import (
    NO_SIGNATURE,
    Grant,
    signed,
)
from mentor_desktop.sync.keys.members import Anchors, members_of
from mentor_desktop.sync.protocol.operations import tick
from tests.server.members import (
    as_device,
    changed,
    entry_by,
    now_ms,
    reasons,
    record_op,
    records,
)
from tests.server.world import Device, World


@pytest.fixture
def ana(world: World) -> Device:
    return world.founder()


def test_role_and_workshops_follow_the_members_stream(world: World, ana: Device) -> None:
    ben, workshop = world.colleague(ana, "reader"), new_id()
    stream = f"w:{workshop}"
    mark = {"entity": "attendance_mark", "kind": "create", "values": {"status": "P"}}
    assert stream not in ben.hello().streams
    for group, value in (("role", "trainer"), ("workshops", json.dumps([workshop]))):
        change = {"entity": "member", "kind": "set", "row": ben.user, "group": group}
        assert ana.write("members", {**change, "values": {group: value}}).rejected == []
    assert ben.hello().role == "trainer"
    assert ben.write(stream, mark).rejected == []


@pytest.mark.parametrize(
    "values", [{"role": "admin"}, {"role": "emperor"}, {"workshops": "no list"}]
)
def test_organiser_raises_nobody_above_and_writes_no_nonsense(
    world: World, ana: Device, values: dict[str, str]
) -> None:
    ben, eva = world.colleague(ana, "organiser"), world.colleague(ana, "reader")
    change = {"entity": "member", "kind": "set", "row": eva.user, "group": "g", "values": values}
    assert ben.write("members", change).rejected
    assert eva.hello().role == "reader"


def test_organiser_takes_nothing_from_an_administrator(world: World, ana: Device) -> None:
    ben = world.colleague(ana, "organiser")
    values = {"is_disabled": True}
    change = {"entity": "member", "kind": "set", "row": ana.user, "group": "g", "values": values}
    assert [one.reason for one in ben.write("members", change).rejected] == ["above_own_role"]
    assert ana.hello().role == "admin"


def test_administrators_revocation_is_told_to_every_replica(world: World, ana: Device) -> None:
    ben = world.colleague(ana, "trainer")
    world.revoke(ben)
    assert ana.joined is not None
    members = members_of(ana.ws, Anchors(ana.joined.server_key), records(ana))  # type: ignore[arg-type]
    assert members.has_access(ana.device)
    assert not members.has_access(ben.device)


def test_user_without_access_has_none_with_any_device(world: World, ana: Device) -> None:
    ben = world.colleague(ana, "trainer")
    second = world.join(world.invitation(ana.ws, user=ben.user))
    assert revoke_user(world.service, ana.ws, ben.user) == 2
    for device in (ben, second):
        assert device.post("/v1/hello", {"ws": ben.ws, "schema": 2}).status_code == 403
    assert revoke_user(world.service, ana.ws, new_id()) is None


@pytest.mark.parametrize("role", ["admin", "organiser"])
def test_nobody_grants_themselves_a_role_that_was_taken(
    world: World, ana: Device, role: str
) -> None:
    eve = world.colleague(ana, role)
    assert reasons(ana, changed(eve.user, role="reader")) == []
    draft = Grant(ana.ws, eve.device, role, ("*",), eve.device, 5, NO_SIGNATURE)
    assert reasons(eve, record_op(signed(draft, eve.keys.sign))) == ["above_own_role"]
    assert (eve.hello().role, eve.hello().workshops) == ("reader", [])


@pytest.mark.parametrize("is_merged", [False, True])
def test_old_word_gives_no_role_back_that_was_taken_since(
    world: World, ana: Device, is_merged: bool
) -> None:
    """Ben has Ana's word by a file and takes the role again; it is Eve who brings it here."""
    ben, eve = world.colleague(ana, "admin"), world.colleague(ana, "reader")
    given = ana.ops("members", changed(eve.user, role="admin"))
    old = ana.batch("members", given)
    assert reasons(ben, {**changed(eve.user, role="reader"), "base": (given[0].id,)}) == []
    if is_merged:
        fold(world.service, [(ana.ws, "members")])
    assert eve.send("members", old).json()["rejected"] == []
    assert eve.hello().role == "reader"
    assert reasons(ana, {**changed(eve.user, role="trainer"), "base": (given[0].id,)}) == []
    assert eve.hello().role == "trainer"


def test_of_two_words_in_one_push_the_later_counts(world: World, ana: Device) -> None:
    """Also where an action in between does not count."""
    eve = world.colleague(ana, "reader")
    ops = ana.ops(
        "members",
        changed(eve.user, role="trainer"),
        changed(eve.user, role="mentor"),
        changed(eve.user, role="emperor"),
        changed(eve.user, name="Eve"),
    )
    batch = ana.batch("members", ops, ends=[ops[0].seq, ops[2].seq, ops[3].seq])
    (rejected,) = ana.send("members", batch).json()["rejected"]
    assert (rejected["first_seq"], rejected["last_seq"]) == (2, 3)
    assert eve.hello().role == "trainer"
    assert [one.name for one in users(world.service, ana.ws) if one.user == eve.user] == ["Eve"]


def test_who_has_everything_grants_it_to_a_second_laptop(world: World, ana: Device) -> None:
    ben, workshop = world.colleague(ana, "organiser"), new_id()
    draft = Grant(ana.ws, ben.device, "organiser", (workshop,), ben.device, now_ms(), NO_SIGNATURE)
    assert reasons(ben, record_op(signed(draft, ben.keys.sign))) == []
    assert ben.hello().workshops == [workshop]


@pytest.mark.parametrize("is_first", [False, True])
def test_grant_gives_back_nothing_that_was_taken_since(
    world: World, ana: Device, is_first: bool
) -> None:
    """Ben heard of Ana's grant by a file; whichever comes here first, his is the later word."""
    ben, eve, workshop = world.colleague(ana, "admin"), world.colleague(ana, "reader"), new_id()
    at = now_ms() + 1
    draft = Grant(ana.ws, eve.device, "organiser", (workshop,), ana.device, at, NO_SIGNATURE)
    given = ana.batch("members", ana.ops("members", record_op(signed(draft, ana.keys.sign))))
    words = [changed(eve.user, role="trainer"), changed(eve.user, workshops="[]")]
    taken = ben.batch(
        "members", [replace(one, hlc=tick(one.hlc, at + 1)) for one in ben.ops("members", *words)]
    )
    for who, one in ((eve, given), (ben, taken))[:: 1 if is_first else -1]:
        assert who.send("members", one).json()["rejected"] == []
    assert (eve.hello().role, eve.hello().workshops) == ("trainer", [])


@pytest.mark.parametrize("is_first", [False, True])
def test_grant_that_is_the_later_word_stays(world: World, ana: Device, is_first: bool) -> None:
    ben, eve, workshop = world.colleague(ana, "admin"), world.colleague(ana, "reader"), new_id()
    words = [changed(eve.user, role="trainer"), changed(eve.user, workshops='["*"]')]
    taken = ben.batch("members", ben.ops("members", *words))
    at = now_ms() + 1
    draft = Grant(ana.ws, eve.device, "organiser", (workshop,), ana.device, at, NO_SIGNATURE)
    given = ana.batch("members", ana.ops("members", record_op(signed(draft, ana.keys.sign))))
    for who, one in ((eve, given), (ben, taken))[:: 1 if is_first else -1]:
        assert who.send("members", one).json()["rejected"] == []
    assert (eve.hello().role, eve.hello().workshops) == ("organiser", sorted(["*", workshop]))


def test_who_lost_access_changes_nobody_through_a_colleague(world: World, ana: Device) -> None:
    eve, bob = world.colleague(ana, "admin"), world.colleague(ana, "reader")
    revoke_user(world.service, ana.ws, eve.user)
    signed_since = eve.batch("members", eve.ops("members", changed(bob.user, role="admin")))
    answer = bob.send("members", signed_since)
    assert [one["reason"] for one in answer.json()["rejected"]] == ["above_own_role"]
    assert bob.hello().role == "reader"


@pytest.mark.parametrize("kind", ["delete", "restore"])
def test_organiser_ends_nobody_above_by_the_row(world: World, ana: Device, kind: str) -> None:
    ben = world.colleague(ana, "organiser")
    change = {"entity": "member", "kind": kind, "row": ana.user}
    seen = {"seen": {ana.device: 5}} if kind == "delete" else {}
    assert reasons(ben, change | seen) == ["above_own_role"]


def test_who_is_disabled_before_their_device_is_known_stays_out(world: World, ana: Device) -> None:
    entry, keys = entry_by(ana, new_id(), "reader")
    values = {"name": "Bob", "role": "reader", "workshops": "[]", "is_disabled": True}
    user = {"entity": "member", "kind": "create", "row": entry.user, "values": values}
    assert reasons(ana, user) == []
    assert reasons(ana, record_op(entry)) == []
    bob = as_device(ana, entry, keys)
    bob.sign_in()
    assert bob.post("/v1/hello", {"ws": ana.ws, "schema": 2}).status_code == 403


@pytest.mark.parametrize("name", [None, 5, True, "A\0B", "A" * 201])
def test_name_that_is_none_is_rejected(world: World, ana: Device, name: object) -> None:
    assert reasons(ana, changed(ana.user, name=name)) == ["bad_value"]
