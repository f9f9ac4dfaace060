"""What the engine promises, one rule a test, each with the one misfortune it is about."""

from contextlib import closing, suppress
from pathlib import Path

import pytest

from mentor_desktop.changes import Changes
from mentor_desktop.ids import new_id
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync import joining
from mentor_desktop.sync.engine import Engine
from mentor_desktop.sync.handing_over import hand_round
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.keys.entries import NO_SIGNATURE, DeviceEntry, signed
from mentor_desktop.sync.membership import learn_members
from mentor_desktop.sync.protocol.streams import MOST_OPS
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.recompute import check_stream
from mentor_desktop.sync.replica.special import Author, purge_row
from mentor_desktop.sync.sharing import add_member
from mentor_desktop.sync.status import State
from mentor_desktop.sync.taking_in import take_in
from tests import factories
from tests.cheap import CHEAP
from tests.sync.pair import Pair, add_people, count, value
from tests.sync.simulation.devices import Laptop, LaptopClock, claim
from tests.sync.simulation.network import Fault, Stopped
from tests.sync.simulation.unusual import set_role

TWO_HOURS_MS = 2 * 3_600_000


def test_a_program_ended_between_two_parts_of_a_page_goes_on_where_it_was(pair: Pair) -> None:
    add_people(pair.first, 5)
    pair.exchange(pair.first)

    def stop(changes: Changes) -> None:
        if "person" in changes.entities:
            raise Stopped

    pair.second.engine = Engine(
        pair.second.workspace,
        pair.network.source,
        now_ms=pair.second.clock.now_ms,
        has_window=True,
        on_changes=stop,
    )
    with pytest.raises(Stopped):
        pair.second.sync()
    assert 0 < count(pair.second, "person") < 5
    pair.network.asked.clear()
    pair.open_window(pair.second)
    pair.second.sync()
    assert pair.second.rows() == pair.first.rows()
    # Nothing had to be compared and fetched from the beginning for it.
    assert not [one for one in pair.network.asked if "digest" in one.path]


@pytest.mark.parametrize(
    "fault", [Fault.LOST_REPLY, Fault.LOST_REQUEST, Fault.TRUNCATED, Fault.TWICE]
)
def test_a_push_that_goes_astray_leaves_nothing_waiting_lost_or_twice(
    pair: Pair, fault: Fault
) -> None:
    add_people(pair.first, 3)
    pair.network.orders = [("push", fault)]
    status = pair.exchange(pair.first)
    assert (status.state, status.waiting_changes) == (State.IDLE, 0)
    pair.exchange(pair.second)
    assert count(pair.second, "person") == 3
    assert pair.second.rows() == pair.first.rows()


def test_a_push_that_is_too_large_goes_in_smaller_parts(pair: Pair) -> None:
    add_people(pair.first, 8)
    pair.network.orders = [("push", Fault.TOO_LARGE), ("push", Fault.TOO_LARGE)]
    status = pair.first.sync()
    assert (status.state, status.reason, status.waiting_changes) == (State.IDLE, "", 0)
    sizes = [len(one.content) for one in pair.network.asked if "push" in one.path]
    assert sizes[-5] > 1.5 * sizes[-4] > 2 * sizes[-3]


def test_a_clock_two_hours_off_is_told_and_hinders_nothing(pair: Pair) -> None:
    pair.second.clock.error_ms = TWO_HOURS_MS
    add_people(pair.second)
    status = pair.second.sync()
    assert (status.state, status.waiting_changes) == (State.IDLE, 0)
    assert status.is_clock_wrong
    assert status.skew_s == pytest.approx(TWO_HOURS_MS / 1000, abs=2)


def test_only_a_sync_that_came_to_its_end_counts_as_one(pair: Pair) -> None:
    before = pair.exchange(pair.first).last_success_at
    pair.time.pass_by(60)
    pair.network.orders = [("hello", Fault.OFFLINE)] * 20
    status = pair.first.sync()
    assert (status.state, status.last_success_at) == (State.OFFLINE, before)
    pair.network.orders = []
    after = pair.first.sync().last_success_at
    assert after is not None
    assert before is not None
    assert after > before


def test_who_joins_later_is_believed_by_all(pair: Pair) -> None:
    third = pair.join("Ona", "organiser")
    add_people(third)
    pair.exchange(third)
    pair.exchange(pair.second)
    assert count(pair.second, "person") == 1


def test_what_came_by_a_stick_is_handed_on_to_the_server(pair: Pair, tmp_path: Path) -> None:
    pair.exchange()
    add_people(pair.first)
    handed = hand_round(pair.first.workspace, tmp_path / "stick", cost=CHEAP)
    take_in(pair.second.workspace, handed.path, handed.words)
    pair.exchange(pair.second)
    third = pair.join("Ona", "organiser")
    pair.exchange(third)
    assert count(third, "person") == 1


def test_who_joined_a_moment_ago_hands_a_file_on_before_any_sync(
    pair: Pair, tmp_path: Path
) -> None:
    third = pair.join("Ona", "organiser")
    add_people(third)
    handed = hand_round(third.workspace, tmp_path / "stick", cost=CHEAP)
    take_in(pair.first.workspace, handed.path, handed.words)
    assert count(pair.first, "person") == 1
    pair.exchange(pair.first, third, pair.second)
    assert pair.first.rows() == pair.second.rows() == third.rows()


def test_damage_to_a_table_is_found_and_mended(pair: Pair) -> None:
    (person,) = add_people(pair.first)
    pair.exchange()
    pair.server.fold()
    with closing(pair.second.workspace.exchange_connection()) as raw:
        raw.is_capture_silent = True
        raw.execute("DELETE FROM person WHERE id = ?", (person,))
        raw.execute("DELETE FROM sync_row WHERE row = ?", (person,))
        raw.execute("UPDATE sync_digest SET sums = zeroblob(8192)")
    pair.second.sync()
    assert pair.second.rows() == pair.first.rows()


def test_an_answer_to_an_invitation_that_is_lost_does_not_use_it_up(
    pair: Pair, tmp_path: Path
) -> None:
    clock = LaptopClock(pair.time)
    made, _code = Workspace.create(tmp_path / "alone", "a long passphrase", clock=clock, cost=CHEAP)
    laptop = Laptop("Ema", made, clock, pair.network, pair.time)
    pair.laptops.append(laptop)
    invitation = pair.server.invite()
    # As often as one try asks, then the program is closed, and opened again.
    pair.network.orders = [("join", Fault.LOST_REPLY)] * 10
    with suppress(Exception):
        claim(laptop, invitation, pair.network)
    pair.network.orders = []
    laptop.reopen()
    claim(laptop, invitation, pair.network)
    assert laptop.sync().state is State.IDLE


def test_an_action_shows_whole_or_not_at_all(pair: Pair) -> None:
    """Looked at between any two requests of a sync: the large ones come in several batches."""
    pair.exchange()
    size = MOST_OPS + 300
    for name in ("one", "two"):
        with pair.first.workspace.unit_of_work() as uow:
            uow.describe("Imported")
            for _number in range(size):
                factories.person(uow.session, note=name)
            uow.commit()
    pair.exchange(pair.first)
    seen: set[int] = set()

    def look() -> None:
        for name in ("one", "two"):
            seen.add(value(pair.second, "SELECT count(*) FROM person WHERE note = ?", name))

    pair.second.engine = Engine(
        pair.second.workspace,
        pair.network.source,
        now_ms=pair.second.clock.now_ms,
        has_window=True,
        on_changes=lambda _changes: look(),
    )
    pair.network.drive(pair.second.engine.sync(), after_step=look)
    assert seen == {0, size}


def test_nobody_becomes_the_server_by_an_entry(pair: Pair) -> None:
    pair.exchange()
    with closing(pair.first.workspace.exchange_connection()) as raw:
        own = state.identity(raw)
        (server,) = (one for one in state.peers(raw) if one.is_server)
        keys = DeviceKeys.make()
        draft = DeviceEntry(
            ws=own.workspace, device=server.device, user=new_id(), name="Ona", role="admin", tag="",
            sign_key=keys.sign_key, seal_key=keys.seal_key, made_at=1, vouched_by=own.device,
            signature=NO_SIGNATURE,
        )  # fmt: skip
        sign = DeviceKeys(own.sign_key, own.seal_key).sign
        add_member(pair.first.workspace, raw, signed(draft, sign))
        learn_members(raw, own.workspace, joining.anchors(raw))
        assert [one for one in state.peers(raw) if one.is_server] == [server]


@pytest.mark.parametrize("of_author", [True, False])
def test_a_purge_that_the_server_rejects_takes_nothing_away(pair: Pair, of_author: bool) -> None:
    boss = pair.join("Ilze", "admin")
    (person,) = add_people(pair.first if of_author else pair.second)
    pair.exchange(*pair.laptops)
    set_role(boss, value(pair.first, "SELECT user FROM sync_self"), "organiser")
    pair.exchange(boss)
    with closing(pair.first.workspace.exchange_connection()) as raw:
        author = Author("Rasa", pair.time.now_ms)
        purge_row(raw, "person", person, reason="asked to", author=author)
        add_people(pair.first)
    pair.exchange(*pair.laptops)
    assert count(pair.first, "person") == 2
    for one in pair.laptops:
        assert one.rows() == boss.rows()
        with closing(one.workspace.exchange_connection()) as raw:
            assert check_stream(raw, "people").was_right
