"""When a right to read ends, the copy leaves this device, with nothing of its own lost."""

import json
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import update

from mentor_desktop.errors import ValidationError
from mentor_desktop.server.tables import account
from mentor_desktop.services.history import recent_actions, undo
from mentor_desktop.services.not_shared import not_shared_cards, not_shared_table
from mentor_desktop.store.blobs import Blobs
from mentor_desktop.sync.inventory import Inventory, take_stock
from mentor_desktop.sync.membership import USER_ENTITY
from mentor_desktop.sync.protocol.batches import open_batch
from mentor_desktop.sync.protocol.streams import MEMBERS
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.conflicts import list_recovered
from mentor_desktop.sync.replica.happenings import What
from mentor_desktop.sync.replica.log import stored_batch
from mentor_desktop.sync.replica.recompute import check_stream
from mentor_desktop.sync.replica.special import Author, add_record
from mentor_desktop.sync.replica.transactions import writing
from mentor_desktop.sync.status import State
from tests import factories
from tests.sync.pair import Pair, count, value
from tests.sync.simulation.devices import Laptop, join
from tests.sync.simulation.network import Stopped

SECRET = "Zdislava-7731"


class Course:
    """A trainer with one of two workshops; both have somebody registered and marked."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.ids = pair.first.act(self._made)
        pair.exchange(pair.first)
        invited = pair.server.invite("trainer", pair.ws, workshops=[self.ids["own"]])
        self.trainer = join("Ines", pair.folder / "Ines", invited, pair.network, pair.time)
        pair.laptops.append(self.trainer)
        pair.exchange(self.trainer, pair.first)

    @staticmethod
    def _made(uow: Any) -> dict[str, str]:
        session, ids = uow.session, {}
        for name in ("own", "other"):
            workshop = factories.workshop(session, code=f"WS-{name}")
            person = factories.person(session, given_name=name, family_name=SECRET)
            registration = factories.registration(
                session, workshop_id=workshop.id, person_id=person.id
            )
            factories.attendance_mark(session, registration_id=registration.id)
            ids |= {name: workshop.id, f"{name} registration": registration.id}
        return ids

    def grant(self, *workshops: str, role: str = "trainer") -> None:
        """Let the administrator say what the trainer may see."""
        with closing(self.trainer.workspace.exchange_connection()) as raw:
            user = state.identity(raw).user
        values = {"role": role, "workshops": json.dumps(list(workshops))}
        with closing(self.pair.first.workspace.exchange_connection()) as raw, writing(raw):
            author = Author("Rasa", self.pair.time.now_ms)
            add_record(raw, MEMBERS, (USER_ENTITY, user), values, "Changed", author)
        self.pair.exchange(self.pair.first)

    def note_on_registration(self, text: str) -> None:
        """Write something offline about who is registered."""
        self.trainer.act(
            lambda uow: uow.raw.execute("UPDATE registration SET support_request = ?", (text,)),
            "Wrote a note",
        )

    @property
    def stream(self) -> str:
        return f"w:{self.ids['own']}"


@pytest.fixture
def course(pair: Pair) -> Course:
    return Course(pair)


def told_by(laptop: Laptop) -> Inventory:
    """Return what a laptop would tell in a file that it holds."""
    return take_stock(laptop.look, (), partly=(), with_journal=False, now_ms=1)


def happened(laptop: Laptop) -> list[str]:
    return [one.what for one in laptop.engine.status().happenings]


def whole_file(laptop: Laptop, stream: str) -> list[Any]:
    """Return what is stored of a stream, in whatever table."""
    sql = "SELECT no FROM sync_stream WHERE stream = ?"
    number = value(laptop, sql, stream)
    found = []
    for table in ("sync_batch", "sync_row", "sync_refused"):
        found += laptop.look.execute(
            f"SELECT * FROM {table} WHERE stream = ?", (number,)
        ).fetchall()
    return found


def test_a_workshop_leaves_with_its_history_and_all_else_stays(course: Course) -> None:
    trainer = course.trainer
    course.note_on_registration("first note")
    course.pair.exchange(trainer)
    assert count(trainer, "workshop") == 1
    course.grant()
    status = course.pair.exchange(trainer)
    assert (status.state, status.not_shared, status.waiting_changes) == (State.IDLE, 0, 0)
    for table in ("workshop", "slot", "registration", "attendance_mark"):
        assert count(trainer, table) == 0, table
    assert count(trainer, "person") == 2
    assert whole_file(trainer, course.stream) == []
    told = "SELECT count(*) FROM change WHERE new LIKE '%first note%' OR old LIKE '%first note%'"
    assert value(trainer, told) == 0
    assert happened(trainer) == [What.ACCESS_ENDED]
    # Told once, although every exchange finds the same.
    course.pair.exchange(trainer)
    assert happened(trainer) == [What.ACCESS_ENDED]
    with trainer.workspace.unit_of_work() as uow:
        (action,) = [one for one in recent_actions(uow) if one.sentence == "Wrote a note"]
        with pytest.raises(ValidationError, match="left this computer"):
            undo(uow, action.txn)


def test_what_left_is_not_told_to_be_held(course: Course) -> None:
    trainer = course.trainer
    course.note_on_registration("first note")
    course.pair.exchange(trainer)
    assert course.stream in {one.stream for one in told_by(trainer).held}
    course.grant()
    course.pair.exchange(trainer)
    assert course.stream not in {one.stream for one in told_by(trainer).held}


def test_what_was_not_shared_is_kept_with_its_names_and_goes_when_access_is_back(
    course: Course,
) -> None:
    trainer = course.trainer
    course.note_on_registration("first note")
    course.pair.exchange(trainer)
    course.grant()
    course.note_on_registration("kept note")
    status = course.pair.exchange(trainer)
    assert (status.not_shared, count(trainer, "registration")) == (1, 0)
    with trainer.workspace.reader() as uow:
        (card,) = not_shared_cards(uow)
        rows = not_shared_table(uow, card).rows
        assert list_recovered(uow.raw) == []
    assert SECRET in rows[0][2]
    assert rows[0][5:] == ("first note", "kept note")
    course.grant(course.ids["own"])
    course.pair.exchange(trainer, course.pair.first, trainer)
    assert happened(trainer)[0] == What.ACCESS_BACK
    sql = "SELECT support_request FROM registration WHERE id = ?"
    for laptop in (trainer, course.pair.first):
        assert value(laptop, sql, course.ids["own registration"]) == "kept note"
    with closing(trainer.workspace.exchange_connection()) as raw:
        assert check_stream(raw, course.stream).was_right
    with trainer.workspace.reader() as uow:
        assert not_shared_cards(uow) == []


def test_what_was_made_in_a_lost_workshop_is_on_no_page_but_on_its_card(course: Course) -> None:
    trainer = course.trainer
    course.grant()

    def walk_in(uow: Any) -> None:
        person = factories.person(uow.session, given_name="Nova")
        factories.registration(uow.session, workshop_id=course.ids["own"], person_id=person.id)

    trainer.act(walk_in, "Walk-in")
    status = course.pair.exchange(trainer)
    assert (status.not_shared, status.parked) == (1, 0)
    with trainer.workspace.reader() as uow:
        (card,) = not_shared_cards(uow)
        assert list_recovered(uow.raw) == []
    assert "Nova" in card.changes[0].name
    course.grant(course.ids["own"])
    course.pair.exchange(trainer, course.pair.first)
    assert count(course.pair.first, "registration") == 3


def test_a_server_that_only_forgot_the_grant_takes_nothing_away(course: Course) -> None:
    pair, trainer = course.pair, course.trainer
    with pair.server.services[0].database.engine.begin() as connection:
        connection.execute(
            update(account).where(account.c.role == "trainer").values(workshops="[]")
        )
    assert pair.exchange(trainer).state is State.IDLE
    assert (count(trainer, "workshop"), happened(trainer)) == (1, [])


def test_what_a_former_life_of_the_server_took_is_kept_as_not_shared(course: Course) -> None:
    pair, trainer = course.pair, course.trainer
    backup = pair.server.back_up(pair.folder / "backup")
    course.note_on_registration("after the backup")
    pair.exchange(trainer)
    pair.server.restore(backup, pair.ws)
    course.grant()
    status = pair.exchange(trainer)
    assert (status.not_shared, count(trainer, "registration")) == (1, 0)
    with trainer.workspace.reader() as uow:
        (card,) = not_shared_cards(uow)
    assert card.changes[0].fields[0].new == "after the backup"


def test_what_was_rejected_before_stays_and_nothing_else_of_its_batch(course: Course) -> None:
    trainer, own = course.trainer, course.ids["own"]
    registration = course.ids["own registration"]
    trainer.act(lambda uow: uow.raw.execute("UPDATE workshop SET city = 'Tajemno'"))
    trainer.act(
        lambda uow: factories.certificate(
            uow.session, workshop_id=own, registration_id=registration, holder_name="Ona"
        )
    )
    course.pair.exchange(trainer, course.pair.first)
    assert value(course.pair.first, "SELECT city FROM workshop WHERE id = ?", own) == "Tajemno"
    course.grant(role="reader")
    status = course.pair.exchange(trainer)
    assert (status.not_shared, count(trainer, "workshop")) == (1, 0)
    with trainer.workspace.reader() as uow:
        (card,) = not_shared_cards(uow)
    (change,) = card.changes
    words = [one.new for one in change.fields]
    assert "Ona" in words
    assert any(SECRET in one for one in words)  # whose registration it is
    kept = trainer.look.execute(
        "SELECT header, body FROM sync_batch WHERE stream = "
        "(SELECT no FROM sync_stream WHERE stream = ?)",
        (course.stream,),
    ).fetchall()
    assert kept
    assert not any("Tajemno" in str(open_batch(stored_batch(one))) for one in kept)


@pytest.mark.parametrize("is_cut_off", [True, False])
def test_files_of_what_left_are_removed_from_the_disk(
    course: Course, monkeypatch: pytest.MonkeyPatch, is_cut_off: bool
) -> None:
    pair, trainer = course.pair, course.trainer
    address = pair.first.workspace.blobs().add(b"a scanned consent")
    pair.first.act(lambda uow: factories.consent(uow.session, scan=address))
    pair.exchange(pair.first, trainer)
    assert trainer.workspace.blobs().addresses() == [address]
    course.grant(role="reader")
    if is_cut_off:
        with monkeypatch.context() as patched:
            patched.setattr(Blobs, "remove", _stop)
            with pytest.raises(Stopped):
                trainer.sync()
        assert count(trainer, "consent") == 0
        trainer.reopen()
    pair.exchange(trainer)
    assert (count(trainer, "person"), count(trainer, "consent")) == (0, 0)
    assert trainer.workspace.blobs().addresses() == []
    assert pair.first.workspace.blobs().addresses() == [address]


def _stop(_blobs: Blobs, _address: str) -> None:
    raise Stopped
