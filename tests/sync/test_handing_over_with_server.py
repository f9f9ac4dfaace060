"""A laptop that is on a server hands over to one that never saw it; the server hears of both."""

from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from mentor_desktop.models import Person, Registration
from mentor_desktop.services.history import recent_actions
from mentor_desktop.services.second_laptop import (
    begin_on_this_laptop,
    hand_over_choices,
    hand_to_known_laptop,
    hand_to_new_laptop,
    receive,
)
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync import file_pages
from mentor_desktop.sync.handing_over import hand_round, known_laptops
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.special import Author
from mentor_desktop.sync.taking_in import take_in
from mentor_desktop.sync.team import revoke
from tests import factories
from tests.cheap import CHEAP
from tests.sync.simulation.devices import Laptop, join
from tests.sync.simulation.world import World


@pytest.fixture
def newcomer(world: World, tmp_path: Path) -> Iterator[Workspace]:
    """Return the workspace of a laptop that began with a file of the first; no server knows it."""
    with _begun(world.laptops["ana"].workspace, tmp_path, "newcomer") as workspace:
        yield workspace


@contextmanager
def _begun(
    first: Workspace, tmp_path: Path, name: str, *, workshop_id: str = ""
) -> Iterator[Workspace]:
    """Let a new laptop begin with a file of another one."""
    handed = hand_to_new_laptop(first, _stick(tmp_path) / f"to {name}", workshop_id=workshop_id)
    begun = begin_on_this_laptop(
        tmp_path / name,
        handed.path,
        handed.words,
        passphrase="a passphrase without a server",
        actor="Jana",
        clock=first.clock,
    ).workspace
    try:
        yield begun
    finally:
        begun.close(with_backup=False)


def _stick(tmp_path: Path) -> Path:
    stick = tmp_path / "stick"
    stick.mkdir(exist_ok=True)
    return stick


def _add_person(workspace: Workspace) -> str:
    with workspace.unit_of_work() as uow:
        person = factories.person(uow.session, given_name="Offline").id
        uow.commit()
    return str(person)


def _shows(laptop: Laptop, row: str, *, table: str = "person") -> bool:
    found = laptop.look.execute(f"SELECT 1 FROM {table} WHERE id = ?", (row,))
    return found.fetchone() is not None


def test_what_a_laptop_without_server_did_reaches_the_server_by_the_other(
    world: World, newcomer: Workspace, tmp_path: Path
) -> None:
    first = world.laptops["ana"].workspace
    person = _add_person(newcomer)
    with newcomer.reader() as uow:
        laptops = hand_over_choices(uow).laptops
        device = next(one.device for one in laptops if one.tag == first.device)
    file = hand_to_known_laptop(newcomer, _stick(tmp_path) / "to first", device=device)
    assert receive(first, file.path).others == 1
    for name in ("ana", "ben"):
        world.sync(name)
    assert _shows(world.laptops["ben"], person)


def test_a_workshop_that_the_server_never_heard_of_reaches_it_by_the_other(
    world: World, newcomer: Workspace, tmp_path: Path
) -> None:
    with newcomer.unit_of_work() as uow:
        workshop = factories.workshop(uow.session).id
        uow.commit()
    handed = hand_round(newcomer, _stick(tmp_path) / "to first", cost=CHEAP)
    take_in(world.laptops["ana"].workspace, handed.path, handed.words)
    for name in ("ana", "ben"):
        world.sync(name)
    assert _shows(world.laptops["ben"], workshop, table="workshop")


def test_what_a_killed_program_took_in_reaches_the_server(
    world: World, newcomer: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = world.laptops["ana"]
    person = _add_person(newcomer)
    handed = hand_round(newcomer, _stick(tmp_path) / "to first", cost=CHEAP)

    def killed(_raw: StoreConnection, places: Collection[tuple[str, str, int]]) -> None:
        if any(stream == "people" for stream, _device, _seq in places):
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(file_pages, "_offer_later", killed)
        with pytest.raises(KeyboardInterrupt):
            take_in(first.workspace, handed.path, handed.words)
    first.reopen()
    take_in(first.workspace, handed.path, handed.words)
    for name in ("ana", "ben"):
        world.sync(name)
    assert _shows(world.laptops["ben"], person)


def test_who_never_met_a_laptop_tells_the_server_who_it_is(
    world: World, newcomer: Workspace, tmp_path: Path
) -> None:
    """Nor the laptop that invited it; both are lost before they tell anybody."""
    with _begun(newcomer, tmp_path, "friend of newcomer") as stranger:
        person = _add_person(stranger)
        handed = hand_round(stranger, _stick(tmp_path) / "to anybody", cost=CHEAP)
    take_in(world.laptops["ben"].workspace, handed.path, handed.words)
    for name in ("ben", "cia"):
        world.sync(name)
    assert _shows(world.laptops["cia"], person)


def test_who_is_vouched_for_by_one_that_is_vouched_for_is_known_at_once(
    world: World, newcomer: Workspace, tmp_path: Path
) -> None:
    first = world.laptops["ana"].workspace
    person = _add_person(newcomer)
    handed = hand_round(newcomer, _stick(tmp_path) / "to first", cost=CHEAP)
    take_in(first, handed.path, handed.words)
    handed = hand_round(first, _stick(tmp_path) / "to second", cost=CHEAP)
    take_in(world.laptops["ben"].workspace, handed.path, handed.words)
    assert _shows(world.laptops["ben"], person)
    world.sync("ana")
    invitation = world.server.invite("organiser", world.base.ws)
    joined = join("new", world.root / "new", invitation, world.network, world.time)
    world.laptops[joined.name] = joined
    world.sync(joined.name)
    assert _shows(joined, person)


def test_who_was_vouched_for_stays_whatever_clock_was_wrong_when_its_voucher_began(
    world: World, tmp_path: Path
) -> None:
    first = world.laptops["ana"]
    first.clock.error_ms = 2 * 3_600_000
    with _begun(first.workspace, tmp_path, "voucher") as voucher:
        first.clock.error_ms = 0
        with _begun(voucher, tmp_path, "friend of voucher") as friend:
            for number, sender in enumerate((friend, voucher)):
                handed = hand_round(sender, _stick(tmp_path) / f"from {number}", cost=CHEAP)
                take_in(first.workspace, handed.path, handed.words)
            with closing(voucher.exchange_connection()) as raw:
                device = state.identity(raw).device
            with closing(first.workspace.exchange_connection()) as raw:
                revoke(raw, device, Author("Ana", world.time.now_ms))
            world.sync("ana")
            invitation = world.server.invite("organiser", world.base.ws)
            joined = join("new", world.root / "new", invitation, world.network, world.time)
            world.laptops[joined.name] = joined
            world.sync(joined.name)
            with closing(friend.exchange_connection()) as raw:
                device = state.identity(raw).device
    assert device in {one.device for one in known_laptops(joined.look)}


def test_history_names_whoever_joined_and_was_added(
    world: World, newcomer: Workspace, tmp_path: Path
) -> None:
    first = world.laptops["ana"]
    invitation = world.server.invite("organiser", world.base.ws)
    world.laptops["Eva"] = join("Eva", world.root / "Eva", invitation, world.network, world.time)
    handed = hand_round(newcomer, _stick(tmp_path) / "to first", cost=CHEAP)
    take_in(first.workspace, handed.path, handed.words)
    world.sync("ana")
    with first.workspace.reader() as uow:
        sentences = {one.sentence for one in recent_actions(uow)}
    assert {"The computer of Eva joined", "Added the computer of Jana"} <= sentences


def test_a_file_that_is_refused_leaves_nothing(world: World) -> None:
    world.end_access("cia")
    world.enter()
    world.carry(next(one for one in world.laptops if one.startswith("new-")), "cia")
    reader = world.laptops["ana"].look
    before = reader.execute("SELECT count(*) FROM sync_batch").fetchone()
    world.sync("ana")  # it hears that the access was ended
    known = reader.execute("SELECT count(*) FROM sync_batch").fetchone()
    assert known > before
    world.carry("cia", "ana")
    assert "refused" in world.story[-1]
    assert reader.execute("SELECT count(*) FROM sync_batch").fetchone() == known


def test_what_the_server_rejected_counts_for_nobody_with_one_workshop_either(
    world: World, tmp_path: Path
) -> None:
    first, trainer = world.laptops["ana"], world.laptops["cia"]
    workshop = first.look.execute("SELECT id FROM workshop").fetchone()[0]
    # Settings are not a trainer's to write.
    trainer.act(lambda uow: factories.workspace_setting(uow.session, name="greeting"))
    with _begun(first.workspace, tmp_path, "helper", workshop_id=workshop) as helper:
        for laptop, expected in ((trainer, 1), (first, 0)):
            path = _stick(tmp_path) / f"from {laptop.name}"
            handed = hand_round(laptop.workspace, path, workshop_id=workshop, cost=CHEAP)
            take_in(helper, handed.path, handed.words)
            with helper.reader() as uow:
                found = uow.raw.execute("SELECT 1 FROM workspace_setting WHERE name = 'greeting'")
                assert len(found.fetchall()) == expected
            for name in ("cia", "ana"):
                world.sync(name)


def test_what_a_file_tells_in_part_is_no_damage_until_the_rest_comes(
    world: World, tmp_path: Path
) -> None:
    """A file of one workshop, for anybody: who is not in that has no name in it."""
    first, other = world.laptops["ana"], world.laptops["ben"]
    workshop = first.look.execute("SELECT id FROM workshop").fetchone()[0]
    person = _add_person(first.workspace)
    path = _stick(tmp_path) / "to anybody"
    handed = hand_round(first.workspace, path, workshop_id=workshop, cost=CHEAP)
    take_in(other.workspace, handed.path, handed.words)
    for _time in range(2):
        world.server.fold()
        world.sync("ben")
    assert world.warnings.buffer == []
    assert not _shows(other, person)
    # What it says it holds is not all of it.
    for source, target in ((other, first), (first, other)):
        device = state.identity(target.look).device
        path = _stick(tmp_path) / f"to {target.name}"
        take_in(target.workspace, hand_to_known_laptop(source.workspace, path, device=device).path)
    assert _shows(other, person)


def test_what_is_here_in_part_is_never_carried_to_the_server(world: World, tmp_path: Path) -> None:
    """The server would keep it without its values, and take those of their author for known."""
    first, other = world.laptops["ana"], world.laptops["ben"]
    workshop = first.look.execute("SELECT id FROM workshop").fetchone()[0]
    for number, given in enumerate(("", workshop)):
        person = _add_person(first.workspace)
        path = _stick(tmp_path) / f"file {number}"
        handed = hand_round(first.workspace, path, workshop_id=given, cost=CHEAP)
        take_in(other.workspace, handed.path, handed.words)
    for name in ("ben", "ana", "cia"):
        world.sync(name)
    assert _shows(world.laptops["cia"], person)


def test_what_a_laptop_with_one_workshop_wrote_goes_to_whoever_reads_its_file(
    world: World, tmp_path: Path
) -> None:
    """Of people who are not in that workshop too: nobody else may have it."""
    first, other = world.laptops["ana"], world.laptops["ben"]
    workshop = first.look.execute("SELECT id FROM workshop").fetchone()[0]
    listed = first.look.execute("SELECT person_id, id FROM registration").fetchone()
    with _begun(first.workspace, tmp_path, "helper", workshop_id=workshop) as helper:
        person = _add_person(helper)
        with helper.unit_of_work() as uow:
            uow.session.get_one(Person, listed[0]).note = "asked to be taken off the list"
            uow.session.delete(uow.session.get_one(Registration, listed[1]))
            uow.commit()
        handed = hand_round(helper, _stick(tmp_path) / "to anybody", cost=CHEAP)
    take_in(other.workspace, handed.path, handed.words)
    for name in ("ben", "ana"):
        world.sync(name)
    assert _shows(first, person)
    noted = first.look.execute("SELECT note FROM person WHERE id = ?", (listed[0],)).fetchone()
    assert noted == ("asked to be taken off the list",)


@pytest.mark.parametrize("for_anybody", [False, True])
def test_nobody_loses_a_name_by_a_file(world: World, tmp_path: Path, for_anybody: bool) -> None:
    """Somebody whom a laptop with one workshop entered, and who is not in that, is renamed elsewhere."""
    first = world.laptops["ana"]
    workshop = first.look.execute("SELECT id FROM workshop").fetchone()[0]
    with _begun(first.workspace, tmp_path, "helper", workshop_id=workshop) as helper:
        person = _add_person(helper)
        with closing(helper.exchange_connection()) as raw:
            device = state.identity(raw).device
        own = state.identity(first.look).device
        file = hand_to_known_laptop(helper, _stick(tmp_path) / "to first", device=own)
        take_in(first.workspace, file.path)
        first.act(lambda uow: setattr(uow.session.get_one(Person, person), "given_name", "Anew"))
        if for_anybody:
            path = _stick(tmp_path) / "to anybody"
            handed = hand_round(first.workspace, path, workshop_id=workshop, cost=CHEAP)
        else:
            path = _stick(tmp_path) / "to helper"
            handed = hand_to_known_laptop(first.workspace, path, device=device)
        take_in(helper, handed.path, handed.words)
        with helper.reader() as uow:
            sql = "SELECT given_name FROM person WHERE id = ?"
            found = uow.raw.execute(sql, (person,)).fetchall()
        assert found == ([] if for_anybody else [("Anew",)])
