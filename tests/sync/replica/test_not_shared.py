"""What was rejected is listed, made again as far as that is possible, or let go with undo."""

from dataclasses import replace

import pytest

from mentor_desktop.errors import ConflictError
from mentor_desktop.services import not_shared as cards
from tests import factories
from tests.sync.replica.devices import Devices, make_admin, reject, same


def test_what_is_not_shared_can_be_made_again(devices: Devices) -> None:
    a, b, admin = devices(3)
    make_admin(admin, a, b)
    person = b.act(lambda uow: factories.person(uow.session, given_name="Ona").id)
    admin.receive_all(b)
    reject(admin, b, 1, 1)
    b.receive_all(admin)
    with b.workspace.unit_of_work() as uow:
        (card,) = cards.not_shared_cards(uow)
        assert cards.share_again(uow, card)
    with b.workspace.reader() as uow:
        assert cards.not_shared_cards(uow) == []
    for one in (a, admin):
        one.receive_all(b, *(other for other in (admin,) if other is not one))
        assert one.value("person", person, "given_name") == "Ona"
    same(a, b, admin)


def test_what_cannot_be_made_again_stays_listed(devices: Devices) -> None:
    a, b, admin = devices(3)
    make_admin(admin, a, b)
    gone, there = (a.act(lambda uow: factories.person(uow.session).id) for _number in range(2))
    b.receive_all(a)
    b.set("person", gone, note="of somebody who goes")
    b.set("person", there, note="of somebody who stays")
    admin.receive_all(a, b)
    reject(admin, b, 1, 2)
    b.receive_all(admin)
    b.act(lambda uow: uow.raw.execute("DELETE FROM person WHERE id = ?", (gone,)))
    with b.workspace.unit_of_work() as uow:
        (card,) = cards.not_shared_cards(uow)
        assert card.count == 2
        assert cards.share_again(uow, card)
    assert b.value("person", there, "note") == "of somebody who stays"
    with b.workspace.unit_of_work() as uow:
        (left,) = cards.not_shared_cards(uow)
        assert left.count == 1
        with pytest.raises(ConflictError, match="not here any more"):
            cards.share_again(uow, left)
    with b.workspace.reader() as uow:
        assert cards.not_shared_cards(uow) == [left]


def test_what_hangs_on_something_that_is_gone_is_not_made_again(devices: Devices) -> None:
    a, b, admin = devices(3)
    make_admin(admin, a, b)
    home = a.act(lambda uow: factories.organisation(uow.session).id)
    b.receive_all(a)
    b.act(lambda uow: factories.person(uow.session, organisation_id=home))
    admin.receive_all(a, b)
    reject(admin, b, 1, 1)
    b.receive_all(admin)
    b.act(lambda uow: uow.raw.execute("DELETE FROM organisation WHERE id = ?", (home,)))
    with b.workspace.unit_of_work() as uow:
        (card,) = cards.not_shared_cards(uow)
        with pytest.raises(ConflictError, match="not here any more"):
            cards.share_again(uow, card)


def test_rejections_in_a_row_are_told_together_and_dismissed_with_undo(devices: Devices) -> None:
    a, b, admin = devices(3)
    make_admin(admin, a, b)
    people = [b.act(lambda uow: factories.person(uow.session).id) for _number in range(3)]
    admin.receive_all(b)
    for seq in (1, 2, 3):
        reject(admin, b, seq, seq)
    b.receive_all(admin)
    with b.workspace.unit_of_work() as uow:
        (card,) = cards.not_shared_cards(uow)
        assert (card.count, len(cards.not_shared_table(uow, card).rows)) >= (len(people), 3)
        at_ms = cards.dismiss(uow, card)
    with b.workspace.unit_of_work() as uow:
        assert cards.not_shared_cards(uow) == []
        cards.list_again(uow, card, at_ms)
        assert cards.not_shared_cards(uow) == [card]


def test_an_undo_lists_only_what_it_dismissed(devices: Devices) -> None:
    a, b, admin = devices(3)
    make_admin(admin, a, b)
    for _number in range(2):
        b.act(lambda uow: factories.person(uow.session).id)
    admin.receive_all(b)
    reject(admin, b, 1, 1)
    b.receive_all(admin)
    with b.workspace.unit_of_work() as uow:
        (first,) = cards.not_shared_cards(uow)
        cards.dismiss(uow, first)
    b.clock.advance(minutes=1)
    reject(admin, b, 2, 2)
    b.receive_all(admin)
    with b.workspace.unit_of_work() as uow:
        (second,) = cards.not_shared_cards(uow)
        at_ms = cards.dismiss(uow, second)
        cards.list_again(uow, replace(second, key=f"{second.key[:-3]}1 2"), at_ms)
        assert cards.not_shared_cards(uow) == [second]
