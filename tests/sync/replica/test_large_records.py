"""A record that fits into no batch is refused where it is typed; all that is saved can be sent."""

import pytest

from mentor_desktop.errors import ValidationError
from mentor_desktop.store.row_size import MOST_BYTES
from tests import factories
from tests.sync.replica.devices import Devices, same

# What takes most room in JSON for what it takes in the store.
WORST = "\x01"
WORST_BYTES = 6
OVERHEAD = 2_000  # the other columns of a person


@pytest.mark.parametrize("text", ["x", WORST, '"', "ž", "\U0001f600"])
def test_a_record_beyond_the_limit_is_refused_and_the_next_one_goes_on(
    devices: Devices, text: str
) -> None:
    a, b = devices(2)
    person = a.act(lambda uow: factories.person(uow.session).id)
    before = a.rows()
    with pytest.raises(ValidationError, match="too long"):
        a.set("person", person, note=text * MOST_BYTES)
    with pytest.raises(ValidationError, match="too long"):
        a.act(lambda uow: factories.person(uow.session, note=text * MOST_BYTES))
    assert a.rows() == before
    a.set("person", person, note="short")
    b.receive_all(a)
    assert b.value("person", person, "note") == "short"


@pytest.mark.parametrize("text", ["x", WORST])
def test_the_largest_record_that_is_saved_travels(devices: Devices, text: str) -> None:
    a, b = devices(2)
    size = MOST_BYTES - OVERHEAD
    note = text * (size // (WORST_BYTES if text == WORST else 1))
    person = a.act(lambda uow: factories.person(uow.session, note=note).id)
    a.set("person", person, note=note[1:])
    b.receive_all(a)
    assert b.value("person", person, "note") == note[1:]
    a.delete("person", person)
    b.receive_all(a)
    same(a, b)
