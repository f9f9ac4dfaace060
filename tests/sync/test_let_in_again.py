"""A server that knows a laptop no more, or whose administrator ended its access: nothing is lost."""

from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, select

from mentor_desktop.crypto import Argon2Cost
from mentor_desktop.server.members_log import revoke_device
from mentor_desktop.server.tables import metadata, quarantine
from mentor_desktop.services.not_shared import not_shared_cards, not_shared_json
from mentor_desktop.sync import team
from mentor_desktop.sync.handing_over import hand_round
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.special import Author
from mentor_desktop.sync.status import State
from mentor_desktop.sync.steps import JSON, Response
from mentor_desktop.sync.taking_in import take_in
from mentor_desktop.sync.troubles import Unreachable
from tests import factories
from tests.sync.pair import Pair, count, seal, value
from tests.sync.simulation.devices import Laptop, claim
from tests.sync.simulation.network import Fault

CHEAP = Argon2Cost(iterations=1, lanes=1, memory_kib=64)
MORE_THAN_ONE_PUSH = 11
REFUSED = Response(403, b'{"code":"no_right"}', {"content-type": JSON})


def add_person(laptop: Laptop) -> str:
    """Add a person, in a batch of its own."""
    person = str(laptop.act(lambda uow: factories.person(uow.session).id))
    seal(laptop)
    return person


def people(laptop: Laptop) -> set[str]:
    """Return who is in the tables of a laptop."""
    return {row[0] for row in laptop.look.execute("SELECT id FROM person")}


def own_device(laptop: Laptop) -> tuple[str, str]:
    """Return device and user of a laptop."""
    with closing(laptop.workspace.exchange_connection()) as raw:
        own = state.identity(raw)
    return own.device, own.user


def end_access(pair: Pair, laptop: Laptop) -> None:
    """Let an administrator of the server end a laptop's access."""
    device, _user = own_device(laptop)
    assert revoke_device(pair.server.services[0], pair.ws, device) == 1


def forget_workspace(pair: Pair) -> None:
    """Let the server be as it was before anybody brought the workspace to it."""

    def work(connection: Connection) -> None:
        for table in metadata.sorted_tables:
            if "ws" in table.c:
                connection.execute(delete(table).where(table.c.ws == pair.ws))

    pair.server.services[0].database.write(pair.ws, work)
    pair.server.restart()


class TestAfterTheServerWasRestored:
    """It was brought back to before the laptop joined."""

    def test_a_laptop_alone_is_let_in_by_its_own_entry(self, pair: Pair, tmp_path: Path) -> None:
        backup = pair.server.back_up(tmp_path / "backup")
        third = pair.join("Ona", "organiser")
        sent = add_person(third)
        pair.exchange(third)
        waiting = add_person(third)
        before = own_device(third)
        pair.server.restore(backup, pair.ws)
        status = pair.exchange(third)
        assert (status.state, status.reason, status.waiting_changes) == (State.IDLE, "", 0)
        assert own_device(third) == before
        pair.exchange(pair.first)
        assert {sent, waiting} <= people(pair.first)

    def test_nobody_who_joins_meanwhile_gets_its_letters(self, pair: Pair, tmp_path: Path) -> None:
        backup = pair.server.back_up(tmp_path / "backup")
        forgotten = pair.join("Ona", "organiser")
        pair.server.restore(backup, pair.ws)
        fresh = pair.join("Ema", "organiser")
        assert fresh.workspace.device[:1] == forgotten.workspace.device
        assert fresh.workspace.device != forgotten.workspace.device

    def test_it_is_let_in_also_where_it_never_heard_of_its_own_entry(
        self, pair: Pair, tmp_path: Path
    ) -> None:
        backup = pair.server.back_up(tmp_path / "backup")
        third = pair.join("Ona", "organiser")
        add_person(third)
        pair.server.restore(backup, pair.ws)
        assert pair.exchange(third).state is State.IDLE
        pair.exchange(pair.first)
        assert count(pair.first, "person") == 1

    def test_it_keeps_role_and_workshops(self, pair: Pair, tmp_path: Path) -> None:
        workshop = str(pair.first.act(lambda uow: factories.workshop(uow.session).id))
        pair.exchange(pair.first)
        backup = pair.server.back_up(tmp_path / "backup")
        third = pair.join("Ona", "trainer", [workshop])
        pair.exchange(third)
        third.act(lambda uow: factories.slot(uow.session, workshop_id=workshop))
        pair.server.restore(backup, pair.ws)
        pair.exchange(third)
        pair.exchange(third)
        pair.exchange(pair.first)
        assert count(third, "workshop") == 1
        assert count(pair.first, "slot") == 1

    def test_a_copy_comes_back_whose_original_was_shut_out(
        self, pair: Pair, tmp_path: Path
    ) -> None:
        pair.exchange()
        backup = pair.server.back_up(tmp_path / "backup")
        copy = pair.twin(pair.second)
        copy.workspace.become_another_device()
        add_person(copy)
        pair.exchange(copy, pair.first)
        with closing(pair.first.workspace.exchange_connection()) as raw:
            author = Author("Rasa", pair.time.now_ms)
            team.revoke(raw, own_device(pair.second)[0], author)
        pair.exchange(pair.first)
        pair.server.restore(backup, pair.ws)
        # The end of the original's access comes back before what it vouched for.
        pair.exchange(pair.first)
        assert pair.second.sync().state is State.ACCESS_ENDED
        status = pair.exchange(copy)
        assert (status.state, status.reason, status.not_shared) == (State.IDLE, "", 0)
        pair.exchange(pair.first)
        assert count(pair.first, "person") == 1
        assert pair.first.rows() == copy.rows()
        waiting = value(pair.first, "SELECT count(*) FROM sync_batch WHERE is_acked = 0")
        assert waiting == 0

    def test_a_workspace_brought_to_the_server_since_comes_back(self, pair: Pair) -> None:
        pair.exchange()
        add_person(pair.first)
        add_person(pair.second)
        pair.exchange()
        forget_workspace(pair)
        for _round in range(2):
            pair.exchange(pair.second)
            pair.exchange(pair.first)
        third = pair.join("Ona", "organiser")
        pair.exchange(third)
        assert count(third, "person") == 2
        assert pair.first.rows() == pair.second.rows() == third.rows()

    @pytest.mark.parametrize("is_told", [True, False])
    def test_who_is_let_in_by_an_invitation_stays_who_they_were_and_loses_nothing(
        self, pair: Pair, tmp_path: Path, is_told: bool
    ) -> None:
        backup = pair.server.back_up(tmp_path / "backup")
        third = pair.join("Ona", "organiser")
        sent = add_person(third)
        pair.exchange(third)
        before = own_device(third)
        pair.server.restore(backup, pair.ws)
        waiting = add_person(third)
        # Without its entry it is somebody new to the server.
        pair.network.orders = [] if is_told else [("succeed", REFUSED)]
        claim(third, pair.server.invite("organiser", pair.ws), pair.network)
        pair.exchange(third)
        pair.exchange(pair.first, pair.second)
        assert own_device(third) == before
        assert {sent, waiting} <= people(pair.first)
        assert pair.first.rows() == pair.second.rows() == third.rows()


class TestAccessEnded:
    """Somebody's laptop was shut out while it was offline."""

    def test_what_it_never_sent_is_kept_listed_and_handed_in(self, pair: Pair) -> None:
        pair.exchange()
        shared = add_person(pair.second)
        pair.exchange(pair.second)
        end_access(pair, pair.second)
        unsent = {add_person(pair.second) for _one in range(MORE_THAN_ONE_PUSH)}
        for _again in range(2):
            status = pair.second.sync()
            assert (status.state, status.waiting_changes) == (State.ACCESS_ENDED, 0)
            assert status.not_shared == MORE_THAN_ONE_PUSH
        with pair.second.workspace.reader() as uow:
            (card,) = not_shared_cards(uow)
            saved = not_shared_json(uow, card)
        assert card.reason == "revoked"
        assert all(person in saved for person in unsent)
        assert shared not in saved
        with pair.server.services[0].database.engine.connect() as connection:
            kept = connection.execute(select(quarantine.c.device, quarantine.c.reason)).all()
        assert kept == [(own_device(pair.second)[0], "revoked")] * MORE_THAN_ONE_PUSH
        pair.exchange(pair.first)
        assert value(pair.first, "SELECT id FROM person") == shared
        assert count(pair.first, "person") == 1

    @pytest.mark.parametrize("has_restarted", [True, False])
    def test_with_a_new_invitation_all_it_kept_goes_to_the_others(
        self, pair: Pair, has_restarted: bool
    ) -> None:
        pair.exchange()
        shared = add_person(pair.second)
        pair.exchange(pair.second)
        end_access(pair, pair.second)
        unsent = add_person(pair.second)
        assert pair.second.sync().state is State.ACCESS_ENDED
        not_sealed = str(pair.second.act(lambda uow: factories.person(uow.session).id))
        before = own_device(pair.second)
        # The answer is lost, and the program may end: the next try is the same device.
        pair.network.orders = [("join", Fault.LOST_REPLY)] * 10
        invitation = pair.server.invite("organiser", pair.ws)
        with suppress(Unreachable):
            claim(pair.second, invitation, pair.network)
        pair.network.orders = []
        if has_restarted:
            pair.second.reopen()
        claim(pair.second, invitation, pair.network)
        status = pair.exchange(pair.second)
        assert (status.state, status.reason) == (State.IDLE, "")
        assert (status.waiting_changes, status.not_shared) == (0, 0)
        assert all(now != then for now, then in zip(own_device(pair.second), before, strict=True))
        pair.exchange(pair.first)
        assert people(pair.first) == {shared, unsent, not_sealed}
        assert pair.first.rows() == pair.second.rows()
        add_person(pair.second)
        assert pair.exchange(pair.second).state is State.IDLE

    def test_what_a_colleague_has_of_it_by_a_file_reaches_all(
        self, pair: Pair, tmp_path: Path
    ) -> None:
        third = pair.join("Ona", "organiser")
        pair.exchange(third, pair.second)
        person = add_person(pair.second)
        handed = hand_round(pair.second.workspace, tmp_path / "stick", cost=CHEAP)
        take_in(third.workspace, handed.path, handed.words)
        end_access(pair, pair.second)
        status = pair.exchange(third)
        assert (status.state, status.waiting_changes) == (State.IDLE, 0)
        pair.exchange(pair.first)
        assert value(pair.first, "SELECT id FROM person") == person

    def test_what_it_shared_before_comes_back_to_a_restored_server(
        self, pair: Pair, tmp_path: Path
    ) -> None:
        pair.exchange()
        backup = pair.server.back_up(tmp_path / "backup")
        add_person(pair.second)
        pair.exchange()
        end_access(pair, pair.second)
        pair.exchange(pair.first)
        pair.server.restore(backup, pair.ws)
        pair.exchange(pair.first)
        assert pair.second.sync().state is State.ACCESS_ENDED
        third = pair.join("Ona", "organiser")
        pair.exchange(third)
        assert count(third, "person") == 1

    def test_a_copy_of_it_is_told_the_same_and_loses_nothing(self, pair: Pair) -> None:
        pair.exchange()
        twin = pair.twin(pair.second)
        pair.second.workspace.become_another_device()
        end_access(pair, pair.second)
        person = str(pair.second.act(lambda uow: factories.person(uow.session).id))
        for laptop in (pair.second, twin):
            assert laptop.sync().state is State.ACCESS_ENDED
        assert value(pair.second, "SELECT id FROM person") == person


@pytest.mark.parametrize("has_ended", [False, True])
def test_a_person_is_told_what_to_do(pair: Pair, tmp_path: Path, has_ended: bool) -> None:
    backup = pair.server.back_up(tmp_path / "backup")
    third = pair.join("Ona", "organiser")
    if has_ended:
        end_access(pair, third)
    else:
        pair.server.restore(backup, pair.ws)
        pair.network.orders = [("succeed", REFUSED)]
    status = third.sync()
    expected = (
        (State.ACCESS_ENDED, "new invitation") if has_ended else (State.NEEDS_SIGN_IN, "join")
    )
    assert status.state is expected[0]
    assert expected[1] in status.reason
