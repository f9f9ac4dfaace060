"""A laptop that is on a server hands over to one that never saw it; the server hears of both."""

from pathlib import Path

import pytest

from mentor_desktop.services.second_laptop import (
    begin_on_this_laptop,
    hand_over_choices,
    hand_to_known_laptop,
    hand_to_new_laptop,
    receive,
)
from tests import factories
from tests.sync.simulation.base import Base, make_base
from tests.sync.simulation.world import World


@pytest.fixture
def base(tmp_path: Path) -> Base:
    return make_base(tmp_path / "base")


def test_what_a_laptop_without_server_did_reaches_the_server_by_the_other(
    base: Base, tmp_path: Path
) -> None:
    world = World(base, tmp_path / "world", 2026)
    stick = tmp_path / "stick"
    stick.mkdir()
    try:
        a = world.laptops["ana"]
        other = world.laptops["ben"]
        for name in ("ana", "ben"):
            world.sync(name)
        handed = hand_to_new_laptop(a.workspace, stick / "to b")
        b = begin_on_this_laptop(
            tmp_path / "laptop",
            handed.path,
            handed.words,
            passphrase="a passphrase without a server",
            actor="Jana",
            clock=a.workspace.clock,
        ).workspace
        try:
            with b.unit_of_work() as uow:
                person = factories.person(uow.session, given_name="Offline").id
                uow.commit()
            with b.reader() as uow:
                device = next(
                    one.device
                    for one in hand_over_choices(uow).laptops
                    if one.tag == a.workspace.device
                )
            file = hand_to_known_laptop(b, stick / "to a", device=device)
        finally:
            b.close(with_backup=False)
        assert receive(a.workspace, file.path).others == 1
        for name in ("ana", "ben"):
            world.sync(name)
        with other.workspace.reader() as uow:
            found = uow.raw.execute("SELECT given_name FROM person WHERE id = ?", (person,))
            assert found.fetchone() == ("Offline",)
    finally:
        world.close()
