"""The packed order of people always says what the sort keys say."""

import random

import pytest

from mentor_desktop.models import Person
from mentor_desktop.store import person_order
from tests import factories

NAMES = ["Ek", "Žemgulys", "Äijälehto", "Ånäs", "Novák", "Дюлгярски", "", "Zupan", "Ek"]


def orders(workspace):
    """Return the packed order and the order of the keys."""
    with workspace.reader() as uow:
        return list(person_order.read(uow.raw)), list(person_order.scan(uow.raw))


def touched(workspace):
    with workspace.reader() as uow:
        return uow.raw.execute("SELECT count(*) FROM person_order_touched").fetchone()[0]


def add(workspace, count, start=0):
    with workspace.unit_of_work() as uow:
        for number in range(start, start + count):
            factories.person(
                uow.session, given_name=f"P{number % 7}", family_name=NAMES[number % len(NAMES)]
            )
        uow.commit()


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
def test_added_people_stand_in_their_places(workspace, count) -> None:
    add(workspace, count)
    packed, keyed = orders(workspace)
    assert packed == keyed
    assert len(packed) == count


def test_many_at_once_are_packed_and_few_are_put_in_place(workspace) -> None:
    add(workspace, 150)
    assert touched(workspace) == 0
    add(workspace, 5, start=150)
    assert touched(workspace) == 5
    packed, keyed = orders(workspace)
    assert packed == keyed


@pytest.mark.parametrize("seed", range(4))
def test_renamed_removed_and_merged_people_keep_the_order_right(workspace, seed) -> None:
    dice = random.Random(seed)
    add(workspace, 160)
    for _step in range(6):
        with workspace.unit_of_work() as uow:
            people = uow.session.query(Person).filter(Person.alias_of.is_(None)).all()
            for person in dice.sample(people, 6):
                person.family_name = dice.choice(NAMES) + dice.choice("aąž")
            gone, merged, kept = dice.sample(people, 3)
            merged.alias_of = kept.id
            uow.session.flush()
            if not uow.session.query(Person).filter(Person.alias_of == gone.id).count():
                uow.session.delete(gone)
            factories.person(uow.session, given_name="New", family_name=dice.choice(NAMES))
            uow.commit()
        packed, keyed = orders(workspace)
        assert packed == keyed
    assert touched(workspace) > 0


def test_another_language_of_the_list_sorts_anew(workspace) -> None:
    with workspace.unit_of_work() as uow:
        for family in ("Chalupa", "Hora", "Cibulka"):
            factories.person(uow.session, given_name="A", family_name=family)
        uow.commit()
    before, _keyed = orders(workspace)
    workspace.remember_sort_language("cs")
    packed, keyed = orders(workspace)
    assert packed == keyed
    assert packed != before
    assert touched(workspace) == 0


def test_what_was_not_committed_is_in_no_order(workspace) -> None:
    add(workspace, 3)
    with workspace.unit_of_work() as uow:
        factories.person(uow.session)
    packed, keyed = orders(workspace)
    assert packed == keyed
    assert len(packed) == 3
