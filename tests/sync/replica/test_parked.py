"""Rows without their parents are kept aside and come back with them; much deleting waits."""

from mentor_desktop.services import conflicts as cards
from mentor_desktop.sync.replica import conflicts
from tests import factories
from tests.sync.replica.devices import Device, Devices, same


def _registered(device: Device) -> tuple[str, str, str]:
    """Register somebody; return the person, the workshop and the registration."""
    with device.acting() as uow:
        place = factories.registration(uow.session)
        found = (place.person_id, place.workshop_id, place.id)
    device.seal()
    return found


def test_a_workshop_without_its_people_shows_nobody_until_they_come(devices: Devices) -> None:
    a, b = devices(2)
    person, workshop, place = _registered(a)
    b.receive(f"w:{workshop}", a.batches(f"w:{workshop}"))
    assert (b.has("workshop", workshop), b.has("registration", place)) == (True, False)
    assert b.parked() == [("registration", place, "person", person)]
    changes = b.receive("people", a.batches("people")).changes
    assert changes.entities["registration"] == {place}
    assert b.has("registration", place)
    same(a, b)


def test_marks_come_with_the_registration_that_waited(devices: Devices) -> None:
    a, b = devices(2)
    with a.acting() as uow:
        mark = factories.attendance_mark(uow.session)
        ids = (mark.workshop_id, mark.id)
    workshop, mark_id = ids
    b.receive(f"w:{workshop}", a.batches(f"w:{workshop}"))
    assert not b.has("attendance_mark", mark_id)
    b.receive("people", a.batches("people"))
    assert b.has("attendance_mark", mark_id)
    same(a, b)


def test_what_is_added_to_a_deleted_workshop_is_recovered(devices: Devices) -> None:
    a, b = devices(2)
    with a.acting() as uow:
        workshop = factories.workshop(uow.session).id
        person = factories.person(uow.session).id
    b.receive_all(a)
    a.delete("workshop", workshop)
    place = b.act(
        lambda uow: factories.registration(uow.session, workshop_id=workshop, person_id=person).id
    )
    a.receive_all(b)
    b.receive_all(a)
    same(a, b)
    assert not b.has("registration", place)
    assert b.parked() == [("registration", place, "workshop", workshop)]
    with b.workspace.reader() as uow:
        (card,) = cards.recovered_cards(uow)
    assert (card.row, card.can_be_restored) == (place, True)
    with b.workspace.unit_of_work() as uow:
        changes = cards.restore_record(uow, card)
    assert changes.undoable
    with b.workspace.reader() as uow:
        assert cards.recovered_cards(uow) == []
    a.receive_all(b)
    assert a.has("workshop", workshop)
    assert a.has("registration", place)
    same(a, b)
    assert a.parked() == []


def test_bringing_back_a_parent_brings_back_everything_that_waited(devices: Devices) -> None:
    a, b = devices(2)
    with a.acting() as uow:
        workshop = factories.workshop(uow.session).id
    b.receive_all(a)
    a.delete("workshop", workshop)
    slots = [
        b.act(lambda uow: factories.slot(uow.session, workshop_id=workshop).id) for _ in range(3)
    ]
    b.receive_all(a)
    assert len(conflicts.list_recovered(b.raw)) == 3
    b.act(lambda uow: conflicts.bring_back(uow.raw, ("slot", slots[0])))
    b.seal()
    assert all(b.has("slot", one) for one in slots)
    a.receive_all(b)
    same(a, b)


def test_deleting_much_waits_for_consent(devices: Devices) -> None:
    a, b, c = devices(3)
    with a.acting() as uow:
        people = [factories.person(uow.session).id for _ in range(40)]
    b.receive_all(a)
    with a.acting() as uow:
        uow.raw.executemany("DELETE FROM person WHERE id = ?", [(one,) for one in people[:25]])
    other = c.act(lambda uow: factories.person(uow.session).id)
    result = b.receive("people", [*a.batches("people"), *c.batches("people")])
    assert result.needs_consent is not None
    assert (result.needs_consent.rows, result.needs_consent.of_rows) == (25, 40)
    assert result.needs_consent.devices == (a.id,)
    assert b.raw.execute("SELECT count(*) FROM person").fetchone() == (41,)
    assert b.has("person", other)
    # It stays like that until somebody agrees, whatever else comes.
    later = c.act(lambda uow: factories.person(uow.session).id)
    assert b.receive("people", c.batches("people")).needs_consent is not None
    assert b.has("person", later)
    agreed = b.receive("people", [], with_consent=True)
    assert (agreed.needs_consent, agreed.operations) == (None, 25)
    assert b.raw.execute("SELECT count(*) FROM person").fetchone() == (17,)


def test_deleting_a_few_of_a_small_workshop_does_not_wait(devices: Devices) -> None:
    a, b = devices(2)
    with a.acting() as uow:
        people = [factories.person(uow.session).id for _ in range(20)]
    b.receive_all(a)
    with a.acting() as uow:
        uow.raw.executemany("DELETE FROM person WHERE id = ?", [(one,) for one in people[:19]])
    assert b.receive("people", a.batches("people")).needs_consent is None
    same(a, b)


def test_a_delete_that_did_not_see_an_edit_does_not_kill_it(devices: Devices) -> None:
    a, b = devices(2)
    person = a.act(lambda uow: factories.person(uow.session).id)
    b.receive_all(a)
    a.delete("person", person)
    b.set("person", person, note="still needed")
    b.receive_all(a)
    a.receive_all(b)
    assert a.value("person", person, "note") == "still needed"
    same(a, b)


def test_an_undone_delete_brings_the_row_back_for_all(devices: Devices) -> None:
    from mentor_desktop.services.history import undo

    a, b = devices(2)
    person = a.act(lambda uow: factories.person(uow.session, note="old").id)
    b.receive_all(a)
    a.delete("person", person)
    b.receive_all(a)
    assert not b.has("person", person)
    last = a.raw.execute("SELECT max(id) FROM txn").fetchone()[0]
    with a.workspace.unit_of_work() as uow:
        undo(uow, last)
    b.receive_all(a)
    assert b.value("person", person, "note") == "old"
    assert b.raw.execute("SELECT sum(conflicts) FROM sync_row").fetchone() == (0,)
    same(a, b)


def test_a_row_made_again_under_its_id_says_what_is_new(devices: Devices) -> None:
    from mentor_desktop.ids import derived_id

    a, b = devices(2)
    with a.acting() as uow:
        workshop = factories.workshop(uow.session).id
        person = factories.person(uow.session).id
    place = derived_id("registration", workshop, person)
    known = {"id": place, "workshop_id": workshop, "person_id": person}
    a.act(lambda uow: factories.registration(uow.session, **known))
    a.set("registration", place, role="mentor", state="invited")
    a.delete("registration", place)
    b.receive_all(a)
    assert not b.has("registration", place)
    a.act(lambda uow: factories.registration(uow.session, role="participant", **known))
    b.receive_all(a)
    assert b.value("registration", place, "role") == "participant"
    assert b.raw.execute("SELECT sum(conflicts) FROM sync_row").fetchone() == (0,)
    same(a, b)


def test_a_row_that_came_unrecorded_travels_when_it_is_changed(devices: Devices) -> None:
    a, b = devices(2)
    with a.acting() as uow:
        slot = factories.slot(uow.session)
        found = (slot.id, slot.workshop_id)
    slot_id, workshop = found
    # As a migration writes it: nobody hears of it.
    a.raw.execute("DELETE FROM change WHERE row = ?", (slot_id,))
    a.set("slot", slot_id, code="S9")
    a.set("slot", slot_id, code="S10")
    b.receive_all(a)
    assert b.value("slot", slot_id, "code") == "S10"
    assert b.value("slot", slot_id, "workshop_id") == workshop
    same(a, b)
