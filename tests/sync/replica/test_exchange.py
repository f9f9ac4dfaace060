"""What one device did is there on the other, whole and once."""

import pytest

from mentor_desktop.models import Person
from mentor_desktop.sync.protocol.batches import open_batch
from mentor_desktop.sync.protocol.operations import MOST_INTEGER
from mentor_desktop.sync.protocol.streams import MOST_NAME_LENGTH
from tests import factories
from tests.sync.replica.devices import Devices, same


def test_rows_of_every_kind_travel(devices: Devices) -> None:
    a, b = devices(2)
    with a.acting() as uow:
        factories.one_of_each(uow.session)
    results = b.receive_all(a)
    assert (
        sum(one.operations for one in results)
        == a.raw.execute("SELECT count(*) FROM change").fetchone()[0]
    )
    assert all(rows for rows in b.rows().values())
    same(a, b)


def test_edits_and_deletes_travel(devices: Devices) -> None:
    a, b = devices(2)
    person = a.act(lambda uow: factories.person(uow.session).id)
    other = a.act(lambda uow: factories.person(uow.session).id)
    b.receive_all(a)
    a.set("person", person, given_name="Ona", family_name="Onaitė", note="new")
    a.delete("person", other)
    b.receive_all(a)
    assert b.value("person", person, "given_name") == "Ona"
    assert not b.has("person", other)
    same(a, b)


def test_an_edit_of_both_is_a_conflict_that_both_show_alike(devices: Devices) -> None:
    a, b = devices(2)
    person = a.act(lambda uow: factories.person(uow.session).id)
    b.receive_all(a)
    a.set("person", person, email="a@example.org")
    b.clock.advance(minutes=1)
    b.set("person", person, email="b@example.org")
    a.receive_all(b)
    b.receive_all(a)
    assert a.value("person", person, "email") == "b@example.org"
    assert [row[2:3] + row[5:] for row in a.shelf()] == [("email", '{"email":"a@example.org"}')]
    same(a, b)


def test_fields_of_one_row_that_both_changed_differently_both_stay(devices: Devices) -> None:
    a, b = devices(2)
    person = a.act(lambda uow: factories.person(uow.session).id)
    b.receive_all(a)
    a.set("person", person, email="a@example.org")
    b.set("person", person, phone="123")
    a.receive_all(b)
    b.receive_all(a)
    assert (a.value("person", person, "email"), a.value("person", person, "phone")) == (
        "a@example.org",
        "123",
    )
    assert a.shelf() == []
    same(a, b)
    assert Person.__tablename__ == "person"


@pytest.mark.parametrize("left", [0, 2])
def test_behind_a_clock_at_the_end_of_time_many_rows_travel(devices: Devices, left: int) -> None:
    a, b = devices(2)
    a.seal()
    a.raw.execute("UPDATE sync_self SET last_hlc = ?", (MOST_INTEGER - left,))
    people = a.act(lambda uow: [factories.person(uow.session).id for _one in range(5)])
    b.receive_all(a)
    b.set("person", people[0], note="after the end")
    a.receive_all(b)
    same(a, b)


def test_a_long_name_of_who_works_is_told_shortened(devices: Devices) -> None:
    a, b = devices(2)
    a.workspace.remember_actor("Jonas " * 40)
    a.act(lambda uow: factories.person(uow.session))
    b.receive_all(a)
    same(a, b)
    (action,) = open_batch(b.batches("people", of=a.id)[0]).actions
    assert action.actor == ("Jonas " * 40)[:MOST_NAME_LENGTH]
