"""Many deletions wait for somebody to agree, however small the parts they come in."""

from pathlib import Path

import pytest

from mentor_desktop.crypto import Argon2Cost
from mentor_desktop.sync.handing_over import hand_round
from mentor_desktop.sync.status import State
from mentor_desktop.sync.taking_in import take_in
from tests import factories
from tests.sync.pair import Pair, count, seal

PEOPLE = 100
CHEAP = Argon2Cost(iterations=1, lanes=1, memory_kib=64)
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
def test_deletions_in_many_small_parts_wait_together(pair: Pair, has_window: bool) -> None:
    delete_one_by_one(pair)
    pair.exchange(pair.first)
    pair.open_window(pair.second, has_window)
    status = pair.second.sync()
    assert status.state is State.NEEDS_CONSENT
    assert count(pair.second, "person") >= PEOPLE - MOST_UNASKED
    (mass,) = status.mass_changes
    assert mass.deletions == count(pair.second, "person") - (PEOPLE - DELETED)
    # It is not applied by little and little with every sync either.
    before = count(pair.second, "person")
    pair.second.sync()
    assert count(pair.second, "person") == before
    agreed = pair.second.sync(consent=[mass.stream])
    assert (agreed.state, count(pair.second, "person")) == (State.IDLE, PEOPLE - DELETED)


def test_deletions_in_the_pages_of_a_file_wait_together(pair: Pair, tmp_path: Path) -> None:
    delete_one_by_one(pair)
    handed = hand_round(pair.first.workspace, tmp_path / "stick", cost=CHEAP)
    taken = take_in(pair.second.workspace, handed.path, handed.words)
    assert taken.waiting
    assert count(pair.second, "person") >= PEOPLE - MOST_UNASKED


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
