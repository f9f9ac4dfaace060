"""Invitations that devices make: what they give, and that nobody gains by one what was taken."""

import time
from collections.abc import Callable
from dataclasses import replace

import httpx2
import msgspec
import pytest

from mentor_desktop.ids import new_id
from mentor_desktop.server.members_log import revoke_user
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.entries import DeviceEntry, read_record
from mentor_desktop.sync.keys.invitations import Invitation, new_invitation
from mentor_desktop.sync.protocol.messages import InvitationRequest, JoinReply, to_json
from tests.server.world import Device, World

DAY_MS = 86_400_000


@pytest.fixture
def ana(world: World) -> Device:
    return world.founder()


def _ask(by: Device, days: float = 14, **more: object) -> tuple[httpx2.Response, Invitation]:
    made = new_invitation("http://127.0.0.1", by.ws)
    asked = {"ws": by.ws, "id": made.id, "hash": made.hash, "role": "reader"}
    expires_at = time.time_ns() // 1_000_000 + int(days * DAY_MS)
    return by.post("/v1/invite", {**asked, "expires_at": expires_at, **more}), made


def _invited(by: Device, **more: object) -> Invitation:
    answer, made = _ask(by, **more)
    assert answer.status_code == 200, answer.text
    return made


def _take_role(by: Device, of: Device) -> None:
    change = {"entity": "member", "kind": "set", "row": of.user, "group": "role"}
    assert by.write("members", {**change, "values": {"role": "reader"}}).rejected == []


def _looked_at(world: World, invited: Invitation) -> httpx2.Response:
    request = InvitationRequest(id=invited.id, secret=invited.secret)
    return world.http.post("/v1/invitation", content=to_json(request))


def test_nobody_gives_themselves_workshops(world: World, ana: Device) -> None:
    tom = world.colleague(ana, "trainer", new_id())
    before = tom.hello().workshops
    invited = _invited(tom, user=tom.user, workshops=["*"])
    assert world.ask_to_join(invited, device=tom)[0].status_code == 200
    second = world.join(_invited(tom, user=tom.user, workshops=["*"]))
    assert tom.hello().workshops == second.hello().workshops == before


def test_nobody_gives_themselves_back_a_role_that_was_taken(world: World, ana: Device) -> None:
    eve = world.colleague(ana, "admin")
    for_herself, for_another = (_invited(eve, user=eve.user) for _one in range(2))
    _take_role(ana, eve)
    world.ask_to_join(for_herself, device=eve)
    assert eve.hello().role == "reader"
    second = world.join(for_another)
    assert second.joined is not None
    entry = read_record(second.joined.entry)
    assert isinstance(entry, DeviceEntry)
    assert (entry.role, second.hello().role) == ("reader", "reader")


def test_known_device_gets_what_an_invitation_of_somebody_else_gives(
    world: World, ana: Device
) -> None:
    tom, workshop = world.colleague(ana, "reader"), new_id()
    invited = _invited(ana, role="trainer", workshops=[workshop])
    assert world.ask_to_join(invited, device=tom)[0].status_code == 200
    assert (tom.hello().role, tom.hello().workshops) == ("trainer", [workshop])


_ENDS: dict[str, Callable[[World, Device, Device], object]] = {
    "user": lambda world, ana, eve: revoke_user(world.service, ana.ws, eve.user),
    "device": lambda world, _ana, eve: world.revoke(eve),
    "role": lambda _world, ana, eve: _take_role(ana, eve),
}


@pytest.mark.parametrize("what", _ENDS)
def test_invitation_ends_with_the_right_of_who_made_it(
    world: World, ana: Device, what: str
) -> None:
    eve = world.colleague(ana, "admin")
    invited = _invited(eve, role="admin")
    assert _looked_at(world, invited).status_code == 200
    _ENDS[what](world, ana, eve)
    answers = (_looked_at(world, invited), world.ask_to_join(invited)[0])
    assert [one.json()["code"] for one in answers] == ["invitation", "invitation"]


def test_invitation_for_a_user_without_access_gives_nothing(world: World, ana: Device) -> None:
    tom = world.colleague(ana, "trainer")
    invited = world.invitation(ana.ws, user=tom.user)
    revoke_user(world.service, ana.ws, tom.user)
    answers = (_looked_at(world, invited), world.ask_to_join(invited)[0])
    assert [one.json()["code"] for one in answers] == ["invitation", "invitation"]


@pytest.mark.parametrize(("days", "status"), [(29.9, 200), (30.1, 400)])
def test_invitation_is_good_for_thirty_days_at_most(ana: Device, days: float, status: int) -> None:
    assert _ask(ana, days)[0].status_code == status


def test_used_invitation_tells_a_device_without_access_nothing(world: World, ana: Device) -> None:
    invited = world.invitation(ana.ws, "trainer")
    eve = world.join(invited)
    world.revoke(eve)
    answer, _same = world.ask_to_join(invited, device=eve)
    assert answer.json()["code"] == "invitation"


def test_used_invitation_tells_who_has_other_keys_nothing(world: World, ana: Device) -> None:
    invited = world.invitation(ana.ws, "trainer")
    eve = world.join(invited)
    answer, _other = world.ask_to_join(invited, device=replace(eve, keys=DeviceKeys.make()))
    assert answer.json()["code"] == "invitation"
    answer, _same = world.ask_to_join(invited, device=eve)
    assert msgspec.json.decode(answer.content, type=JoinReply) == eve.joined
