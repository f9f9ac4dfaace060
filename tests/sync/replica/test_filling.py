"""Values that were kept from a device come later: proven, and shown like any others."""

from dataclasses import replace

from mentor_desktop.sync.protocol.batches import Batch, make_batch, open_batch, purged
from mentor_desktop.sync.protocol.operations import CREATE, Content, expand, runs_of
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.recompute import check_stream
from mentor_desktop.sync.withholding import only
from tests import factories
from tests.sync.replica.devices import Device, Devices, same


def named(device: Device, *names: str) -> list[str]:
    """Add people in one action; return their ids."""
    return [
        str(one)
        for one in device.act(
            lambda uow: [factories.person(uow.session, given_name=name).id for name in names]
        )
    ]


def without(batches: list[Batch]) -> list[Batch]:
    """Return the batches as one gets them who is given nobody."""
    return list(only(batches, set()))


def test_values_that_come_later_are_shown_as_if_they_had_been_there(devices: Devices) -> None:
    a, b = devices(2)
    (person,) = named(a, "Ona")
    a.set("person", person, given_name="Ona Marija")
    b.receive("people", without(a.batches("people")))
    assert not b.has("person", person)
    assert b.digest() == a.digest()  # known but for the values
    told: list[int] = []
    filled = b.receive("people", a.batches("people"), at_end=lambda some: told.append(len(some)))
    assert (filled.operations, told) == (2, [1])
    assert filled.changes.touches({"person"})
    same(a, b)
    assert check_stream(b.raw, "people").was_right
    assert b.receive("people", a.batches("people")).operations == 0


def test_parts_that_come_one_after_the_other_add_up(devices: Devices) -> None:
    a, b = devices(2)
    people = named(a, "Ona", "Jonas", "Petras")
    batches = a.batches("people")
    for one in people:
        b.receive("people", list(only(batches, {("person", one)})))
    same(a, b)
    assert b.batches("people", of=a.id) == batches


def test_what_waited_for_a_withheld_parent_comes_with_it(devices: Devices) -> None:
    a, b = devices(2)
    (person,) = named(a, "Ona")
    registration = a.act(lambda uow: factories.registration(uow.session, person_id=person).id)
    b.receive("people", without(a.batches("people")))
    for stream in a.streams():
        if stream != "people":
            b.receive(stream, a.batches(stream))
    assert not b.has("registration", registration)
    b.receive("people", a.batches("people"))
    assert b.has("registration", registration)
    same(a, b)


def test_values_the_author_did_not_sign_fill_nothing(devices: Devices) -> None:
    a, b = devices(2)
    (person,) = named(a, "Ona")
    (batch,) = a.batches("people")
    b.receive("people", without([batch]))
    forged = _with_another_name(a, batch)
    refused = b.receive("people", [Batch(batch.header, forged.body)])
    assert [one.code for one in refused.refused] == ["hash"]
    assert not b.has("person", person)
    b.receive("people", [batch])
    assert b.value("person", person, "given_name") == "Ona"


def test_fewer_values_than_are_here_take_none_away(devices: Devices) -> None:
    a, b = devices(2)
    named(a, "Ona")
    b.receive("people", a.batches("people"))
    assert b.receive("people", without(a.batches("people"))).operations == 0
    same(a, b)


def test_own_batch_that_comes_back_without_values_keeps_them(devices: Devices) -> None:
    (a,) = devices(1)
    named(a, "Ona")
    batches = a.batches("people")
    a.receive("people", [purged(one, [1]) for one in batches])
    assert a.batches("people") == batches


def _with_another_name(author: Device, batch: Batch) -> Batch:
    content = open_batch(batch)
    ops = [
        replace(op, values={**op.values, "given_name": "Mallory"}) if op.kind == CREATE else op
        for op in expand(content)
    ]
    header, own = batch.header, state.identity(author.raw)
    return make_batch(
        header.ws, header.stream, header.device, header.from_seq, header.prev_hash,
        Content(runs_of(ops), content.actions), header.schema, own.signer(),
    )  # fmt: skip
