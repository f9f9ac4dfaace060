"""Many deletions wait for somebody to agree, however small the parts they come in."""

from pathlib import Path

import pytest

from mentor_desktop.store.unit_of_work import UnitOfWork
from mentor_desktop.sync.handing_over import hand_round
from mentor_desktop.sync.replica.happenings import What
from mentor_desktop.sync.replica.mass_deletions import Decision
from mentor_desktop.sync.status import State
from mentor_desktop.sync.taking_in import take_in
from tests import factories
from tests.cheap import CHEAP
from tests.sync.pair import Pair, count, seal
from tests.sync.test_giving_way import MANY, act_on_many

PEOPLE = 100
DELETED = 60
# A fifth of the stream: what may go before anybody is asked.
MOST_UNASKED = PEOPLE // 5


def delete_one_by_one(pair: Pair, number: int = DELETED) -> None:
    """Delete many people on the first laptop, each in an action and a batch of its own."""
    people = pair.first.act(
        lambda uow: [factories.person(uow.session).id for _number in range(PEOPLE)]
    )
    pair.exchange()
    for person in people[:number]:
        with pair.first.workspace.unit_of_work() as uow:
            uow.describe("Deleted")
            uow.raw.execute("DELETE FROM person WHERE id = ?", (person,))
            uow.commit()
        seal(pair.first)


@pytest.mark.parametrize("has_window", [True, False])
def test_none_of_many_small_deletions_is_applied_before_all_are_counted(
    pair: Pair, has_window: bool
) -> None:
    delete_one_by_one(pair)
    # What the same laptop did besides waits with it; what others did does not.
    pair.exchange(pair.first)
    pair.open_window(pair.second, has_window)
    status = pair.second.sync()
    assert status.state is State.NEEDS_CONSENT
    assert count(pair.second, "person") == PEOPLE
    (mass,) = status.mass_changes
    assert (mass.deletions, mass.of_rows) == (DELETED, PEOPLE)
    # It is not applied by little and little with every sync either.
    pair.second.sync()
    assert count(pair.second, "person") == PEOPLE
    agreed = pair.second.sync(consent=[mass.stream])
    assert (agreed.state, count(pair.second, "person")) == (State.IDLE, PEOPLE - DELETED)
    assert pair.second.rows() == pair.first.rows()
    assert [one.what for one in agreed.happenings] == [What.DELETIONS_TAKEN]


@pytest.mark.parametrize("has_window", [True, False])
def test_as_many_as_may_go_unasked_go_with_one_sync(pair: Pair, has_window: bool) -> None:
    delete_one_by_one(pair, MOST_UNASKED)
    pair.exchange(pair.first)
    pair.open_window(pair.second, has_window)
    status = pair.second.sync()
    assert (status.state, status.mass_changes, status.happenings) == (State.IDLE, (), ())
    assert pair.second.rows() == pair.first.rows()


def test_an_answer_is_not_asked_for_again_after_a_restart(pair: Pair) -> None:
    delete_one_by_one(pair)
    pair.exchange(pair.first)
    (mass,) = pair.second.sync().mass_changes
    pair.second.reopen()
    assert pair.second.engine.status().mass_changes == (mass,)
    shown = {mass.stream: mass.deletions}
    assert pair.second.engine.decide(Decision.KEEP, shown).mass_changes == ()
    pair.second.reopen()
    status = pair.exchange(pair.second)
    assert (status.state, status.mass_changes) == (State.IDLE, ())
    assert count(pair.second, "person") == PEOPLE
    # When they delete more it is another question, and the answer may be another one.
    (rest,) = pair.first.act(
        lambda uow: uow.raw.execute("SELECT id FROM person LIMIT 1").fetchone()
    )
    pair.first.act(lambda uow: uow.raw.execute("DELETE FROM person WHERE id = ?", (rest,)))
    pair.exchange(pair.first)
    (mass,) = pair.exchange(pair.second).mass_changes
    assert mass.deletions == DELETED + 1
    pair.second.engine.decide(Decision.TAKE, {mass.stream: mass.deletions})
    pair.second.reopen()
    assert pair.second.engine.wants_backup()
    assert pair.exchange(pair.second).mass_changes == ()
    assert count(pair.second, "person") == PEOPLE  # not before the backup
    pair.second.engine.note_backup()
    pair.second.reopen()
    assert not pair.second.engine.wants_backup()
    pair.exchange(pair.second)
    assert pair.second.rows() == pair.first.rows()
    assert [one.what for one in pair.second.engine.status().happenings] == [
        What.DELETIONS_TAKEN,
        What.DELETIONS_KEPT,
    ]


def test_consent_is_for_what_was_shown_and_no_more(pair: Pair) -> None:
    delete_one_by_one(pair)
    pair.exchange(pair.first)
    (mass,) = pair.second.sync().mass_changes
    # It said less when it was answered.
    fewer = {mass.stream: mass.deletions - 1}
    assert pair.second.engine.decide(Decision.TAKE, fewer).mass_changes == (mass,)
    pair.second.engine.decide(Decision.TAKE, {mass.stream: mass.deletions})
    pair.second.engine.note_backup()
    pair.first.act(lambda uow: uow.raw.execute("DELETE FROM person"))
    pair.exchange(pair.first)
    (more,) = pair.exchange(pair.second).mass_changes
    assert (more.deletions, count(pair.second, "person")) == (PEOPLE, PEOPLE)


def test_what_was_made_and_deleted_elsewhere_takes_nothing_away_here(pair: Pair) -> None:
    delete_one_by_one(pair)
    pair.exchange(pair.first)
    third = pair.join("Ines", "organiser")
    status = pair.exchange(third)
    assert (status.state, count(third, "person")) == (State.IDLE, PEOPLE - DELETED)


def test_what_came_and_went_between_two_syncs_takes_nothing_away_either(pair: Pair) -> None:
    pair.first.act(lambda uow: [factories.person(uow.session) for _number in range(PEOPLE)])
    pair.exchange()
    before = count(pair.second, "person")
    pair.first.act(lambda uow: [factories.person(uow.session, note="in") for _n in range(DELETED)])
    pair.first.act(lambda uow: uow.raw.execute("DELETE FROM person WHERE note = 'in'"))
    pair.exchange(pair.first)
    status = pair.second.sync()
    assert (status.state, status.mass_changes) == (State.IDLE, ())
    assert count(pair.second, "person") == before


@pytest.mark.parametrize("has_window", [True, False])
def test_deletions_of_a_file_are_counted_before_any_is_applied(
    pair: Pair, tmp_path: Path, has_window: bool
) -> None:
    delete_one_by_one(pair)
    handed = hand_round(pair.first.workspace, tmp_path / "stick", cost=CHEAP)

    def take() -> int:
        return take_in(
            pair.second.workspace, handed.path, handed.words, has_window=has_window
        ).waiting

    assert (take(), count(pair.second, "person")) == (DELETED, PEOPLE)
    engine = pair.second.engine
    engine.decide(Decision.KEEP, {"people": DELETED})
    assert (take(), count(pair.second, "person")) == (0, PEOPLE)
    # What was kept may be decided otherwise; and not before the backup.
    (kept,) = engine.status().kept_changes
    engine.decide(Decision.TAKE, {kept.stream: kept.deletions})
    assert engine.status().kept_changes == ()
    take()
    assert count(pair.second, "person") == PEOPLE
    engine.note_backup()
    assert (take(), count(pair.second, "person")) == (0, PEOPLE - DELETED)
    assert pair.second.rows() == pair.first.rows()
    assert not engine.status().mass_changes


def test_as_many_as_may_go_unasked_go_with_one_file(pair: Pair, tmp_path: Path) -> None:
    delete_one_by_one(pair, MOST_UNASKED)
    handed = hand_round(pair.first.workspace, tmp_path / "stick", cost=CHEAP)
    assert take_in(pair.second.workspace, handed.path, handed.words).waiting == 0
    assert pair.second.rows() == pair.first.rows()


def test_the_last_few_of_many_do_not_slip_through_with_the_next_sync(pair: Pair) -> None:
    delete_one_by_one(pair, MOST_UNASKED + 3)
    pair.exchange(pair.first)
    pair.open_window(pair.second)
    assert pair.second.sync().state is State.NEEDS_CONSENT
    waiting = count(pair.second, "person")
    assert pair.second.sync().state is State.NEEDS_CONSENT
    assert count(pair.second, "person") == waiting
    assert pair.second.sync(consent=["people"]).state is State.IDLE
    assert count(pair.second, "person") == PEOPLE - MOST_UNASKED - 3


def register_people(pair: Pair, workshop: str) -> None:
    """Register many people on the second laptop."""

    def register(uow: UnitOfWork) -> None:
        for _number in range(DELETED):
            person = factories.person(uow.session).id
            factories.registration(uow.session, workshop_id=workshop, person_id=person)

    pair.second.act(register)


def test_what_goes_with_its_parent_is_counted_too(pair: Pair) -> None:
    workshop = pair.first.act(lambda uow: factories.workshop(uow.session).id)
    pair.exchange()
    register_people(pair, workshop)
    # Nobody is registered there as far as the first one knows.
    pair.first.act(lambda uow: uow.raw.execute("DELETE FROM workshop"))
    pair.exchange(pair.first)
    status = pair.second.sync()
    assert status.state is State.NEEDS_CONSENT
    (mass,) = status.mass_changes
    assert mass.deletions == DELETED + 1
    assert count(pair.second, "registration") == DELETED
    pair.second.sync(consent=[mass.stream])
    assert count(pair.second, "registration") == 0


def test_what_gets_another_parent_first_is_not(pair: Pair) -> None:
    organisation = pair.first.act(lambda uow: factories.organisation(uow.session).id)
    pair.first.act(
        lambda uow: [
            factories.person(uow.session, organisation_id=organisation).id
            for _number in range(DELETED)
        ]
    )
    pair.exchange()
    pair.first.act(lambda uow: uow.raw.execute("UPDATE person SET organisation_id = NULL"))
    pair.first.act(lambda uow: uow.raw.execute("DELETE FROM organisation"))
    pair.exchange()
    assert pair.second.engine.status().state is State.IDLE
    assert count(pair.second, "organisation") == 0
    assert pair.second.rows() == pair.first.rows()


@pytest.mark.parametrize("decision", [None, Decision.KEEP])
@pytest.mark.parametrize("by_file", [True, False])
def test_a_large_action_of_somebody_else_comes_beside_a_window_while_deletions_wait(
    pair: Pair, tmp_path: Path, by_file: bool, decision: Decision | None
) -> None:
    third = pair.join("Ilze", "organiser")
    pair.exchange(third)
    delete_one_by_one(pair)
    act_on_many(third)
    pair.exchange(pair.first, third)
    pair.open_window(pair.second)
    if by_file:
        handed = hand_round(third.workspace, tmp_path / "stick", cost=CHEAP)
        take_in(pair.second.workspace, handed.path, handed.words, has_window=True)
    else:
        pair.second.sync()
    if decision is not None:
        pair.second.engine.decide(decision, {"people": DELETED})
        act_on_many(third)
        pair.exchange(third)
        pair.second.sync()
    assert count(pair.second, "person") == PEOPLE + MANY * (1 if decision is None else 2)
