"""What the engine promises, one rule a test, each with the one misfortune it is about."""

from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path
from shutil import copytree

import pytest

from mentor_desktop.changes import Changes
from mentor_desktop.services.not_shared import (
    dismiss,
    list_again,
    not_shared_cards,
    not_shared_json,
    not_shared_table,
)
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.engine import Engine
from mentor_desktop.sync.handing_over import hand_round
from mentor_desktop.sync.membership import USER_ENTITY
from mentor_desktop.sync.protocol.streams import MEMBERS, MOST_OPS
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.special import Author, add_record
from mentor_desktop.sync.replica.transactions import writing
from mentor_desktop.sync.status import State
from mentor_desktop.sync.taking_in import take_in
from tests import factories
from tests.cheap import CHEAP
from tests.sync.pair import Pair, count, seal, value
from tests.sync.simulation.devices import Laptop, LaptopClock, claim
from tests.sync.simulation.network import Fault, Stopped

TWO_HOURS_MS = 2 * 3_600_000
PICTURE = b"\x89PNG of a logo" * 100


def add_people(laptop: Laptop, number: int = 1) -> list[str]:
    """Add people, each in a batch of its own."""
    made = []
    for _one in range(number):
        made.append(str(laptop.act(lambda uow: factories.person(uow.session).id)))
        seal(laptop)
    return made


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


def test_what_a_restored_server_forgot_is_given_back(pair: Pair, tmp_path: Path) -> None:
    pair.exchange()
    backup = pair.server.back_up(tmp_path / "backup")
    add_people(pair.first)
    pair.exchange()
    pair.server.restore(backup, pair.ws)
    # The one who wrote it stays at home; the other one gives it back in their name.
    pair.exchange(pair.second)
    third = pair.join("Ona", "organiser")
    pair.exchange(third)
    assert count(third, "person") == 1


@pytest.mark.parametrize("is_known", [True, False])
def test_a_server_that_fell_back_in_the_middle_of_a_sync_gets_everything(
    pair: Pair, tmp_path: Path, is_known: bool
) -> None:
    """It answers that something is missing before what was sent, and where it ends.

    That end is this laptop's own, and it goes on from there; or it was made by a copy of this
    laptop, and what the server has another one for is made anew.
    """
    pair.exchange()
    standby = copytree(pair.server.folder, tmp_path / "standby")
    twin = pair.twin(pair.first)
    add_people(pair.first, 2)
    pair.exchange(pair.first)
    add_people(pair.first)

    def fail_over() -> None:
        pair.server.stop()
        copytree(standby, pair.server.folder, dirs_exist_ok=True)
        pair.server.start()
        if not is_known:
            add_people(twin)
            twin.sync()
        pair.network.before.append(("push", look))

    def look() -> None:
        sql = "SELECT count(*) FROM sync_batch b JOIN sync_stream s ON s.no = b.stream "
        own = sql + "WHERE s.stream = 'people' AND b.is_acked = 1"
        held.append(value(pair.first, own))

    held: list[int] = []
    pair.network.before = [("push", fail_over)]
    pair.exchange()
    pair.exchange(twin, pair.first, pair.second)
    assert held == [0], "what the server does not hold counts as held"
    assert count(pair.second, "person") == (3 if is_known else 4)
    assert pair.first.rows() == pair.second.rows() == twin.rows()


def test_a_server_in_its_next_life_is_believed(pair: Pair, tmp_path: Path) -> None:
    backup = pair.server.back_up(tmp_path / "backup")
    pair.server.restore(backup, pair.ws)
    pair.exchange()
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


class TestFiles:
    """The scans and logos that records refer to."""

    def add_logo(self, laptop: Laptop) -> str:
        address = laptop.workspace.blobs().add(PICTURE)
        assert address == sha256(PICTURE).hexdigest()
        laptop.act(lambda uow: factories.project(uow.session, logos=[address]))
        return str(address)

    def test_a_file_goes_once_and_comes_whole(self, pair: Pair) -> None:
        address = self.add_logo(pair.first)
        assert pair.exchange(pair.first).waiting_files == 0
        pair.exchange(pair.second)
        assert pair.second.workspace.blobs().read(address) == PICTURE
        pair.network.asked.clear()
        pair.exchange(pair.first, pair.second)
        assert not [one for one in pair.network.asked if "blob" in one.path]

    def test_a_file_that_came_damaged_is_not_kept_and_fetched_later(self, pair: Pair) -> None:
        address = self.add_logo(pair.first)
        pair.exchange(pair.first)
        pair.network.garbled = f"blob/{address}"
        status = pair.second.sync()
        assert (status.state, status.waiting_files) == (State.IDLE, 1)
        assert not set(pair.second.workspace.blobs().addresses())
        pair.time.pass_by(7 * 3600)
        assert pair.second.sync().waiting_files == 0
        assert pair.second.workspace.blobs().read(address) == PICTURE

    def test_a_restored_server_gets_its_files_back(self, pair: Pair, tmp_path: Path) -> None:
        backup = pair.server.back_up(tmp_path / "backup")
        address = self.add_logo(pair.first)
        pair.exchange(pair.first)
        pair.server.restore(backup, pair.ws)
        pair.exchange(pair.first)
        pair.exchange(pair.second)
        assert pair.second.workspace.blobs().read(address) == PICTURE


class TestRoles:
    """What somebody did offline while their rights ended."""

    def change_role(self, pair: Pair, laptop: Laptop, role: str) -> None:
        """Let the administrator give somebody another role."""
        with closing(laptop.workspace.exchange_connection()) as raw:
            user = state.identity(raw).user
        with closing(pair.first.workspace.exchange_connection()) as raw, writing(raw):
            author = Author("Rasa", pair.time.now_ms)
            add_record(raw, MEMBERS, (USER_ENTITY, user), {"role": role}, "Changed", author)

    def test_what_a_role_no_longer_allows_is_not_shared_and_the_rest_is(self, pair: Pair) -> None:
        pair.exchange()
        self.change_role(pair, pair.second, "trainer")
        pair.exchange(pair.first)
        # Made offline, before anybody heard of it: a trainer may add people and no projects.
        project = pair.second.act(lambda uow: factories.project(uow.session).id)
        (person,) = add_people(pair.second)
        status = pair.exchange(pair.second)
        assert (status.state, status.waiting_changes, status.not_shared) == (State.IDLE, 0, 1)
        pair.exchange(pair.first)
        assert (count(pair.first, "person"), count(pair.first, "project")) == (1, 0)
        assert pair.second.rows() == pair.first.rows()
        with pair.second.workspace.reader() as uow:
            (card,) = not_shared_cards(uow)
            assert project in not_shared_json(uow, card)
            assert person not in not_shared_json(uow, card)

    def test_a_stream_that_may_not_even_be_read_holds_up_no_other(self, pair: Pair) -> None:
        pair.exchange()
        self.change_role(pair, pair.second, "reader")
        pair.exchange(pair.first)
        (own,) = add_people(pair.second)
        pair.first.act(lambda uow: factories.programme(uow.session))
        pair.exchange(pair.first)
        status = pair.exchange(pair.second)
        assert (status.state, status.waiting_changes, status.not_shared) == (State.IDLE, 0, 1)
        assert count(pair.second, "programme") == 1
        # It is kept here, and nobody else hears of it.
        assert value(pair.second, "SELECT id FROM person") == own
        pair.exchange(pair.first)
        assert count(pair.first, "person") == 0

    def test_what_is_set_aside_is_told_and_goes_when_the_right_is_back(self, pair: Pair) -> None:
        pair.exchange()
        self.change_role(pair, pair.second, "reader")
        pair.exchange(pair.first)
        names = {"given_name": "Ona", "email": "old@example.org"}
        person = pair.second.act(lambda uow: factories.person(uow.session, **names).id)
        pair.second.act(
            lambda uow: uow.raw.execute("UPDATE person SET email = 'o@example.org'"), "Changed"
        )
        pair.exchange(pair.second)
        # Told by the store alone: another engine, as after a restart.
        pair.open_window(pair.second)
        status = pair.second.engine.status()
        assert (status.waiting_changes, status.not_shared) == (0, 2)
        with pair.second.workspace.reader() as uow:
            (card,) = not_shared_cards(uow)
            rows = not_shared_table(uow, card).rows
        assert (card.reason, card.is_waiting, card.count) == ("no_stream", True, 2)
        made, changed = card.changes
        assert (made.kind, made.deed, "Ona" in made.name) == ("a person", "added", True)
        (field,) = changed.fields
        assert (field.label, field.old, field.new) == (
            "E-mail",
            "old@example.org",
            "o@example.org",
        )
        assert rows[-1][3:] == ("changed", "E-mail", "old@example.org", "o@example.org")
        self.change_role(pair, pair.second, "organiser")
        pair.exchange(pair.first)
        status = pair.exchange(pair.second)
        assert (status.waiting_changes, status.not_shared) == (0, 0)
        pair.exchange(pair.first)
        assert value(pair.first, "SELECT email FROM person WHERE id = ?", person) == "o@example.org"
        add_people(pair.second)
        seal(pair.second)
        status = pair.second.engine.status()
        assert (status.waiting_changes, status.not_shared) == (1, 0)

    def test_what_is_dismissed_comes_back_by_undo_and_later_changes_are_told(
        self, pair: Pair
    ) -> None:
        pair.exchange()
        self.change_role(pair, pair.second, "reader")
        pair.exchange(pair.first)
        add_people(pair.second)
        pair.exchange(pair.second)
        with pair.second.workspace.unit_of_work() as uow:
            (card,) = not_shared_cards(uow)
            at_ms = dismiss(uow, card)
        assert pair.exchange(pair.second).not_shared == 0
        with pair.second.workspace.unit_of_work() as uow:
            assert not_shared_cards(uow) == []
            list_again(uow, card, at_ms)
            assert not_shared_cards(uow) == [card]
            dismiss(uow, card)
        add_people(pair.second)
        assert pair.exchange(pair.second).not_shared == 1
        with pair.second.workspace.reader() as uow:
            (later,) = not_shared_cards(uow)
        assert later.key != card.key


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
