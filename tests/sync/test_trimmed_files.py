"""What a file leaves out: what its reader told that it holds, and what is not for it."""

import shutil
from contextlib import closing

import msgspec
import pytest

from mentor_desktop.errors import StoreError
from mentor_desktop.services.register import register_grid
from mentor_desktop.services.second_laptop import (
    hand_over_choices,
    hand_to_known_laptop,
    hand_to_new_laptop,
    receive,
)
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.handing_over import Handed, hand_round
from mentor_desktop.sync.inventory import believe, told_by
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.special import Author, purge_row
from tests import factories
from tests.cheap import CHEAP
from tests.sync.laptops import TwoLaptops, everything_in


def file_for(sender: Workspace, receiver: Workspace, laptops: TwoLaptops, name: str) -> Handed:
    with sender.reader() as uow:
        known = hand_over_choices(uow).laptops
    device = next(one.device for one in known if one.tag == receiver.device)
    return hand_to_known_laptop(sender, laptops.stick / name, device=device)


def rows_of(workspace: Workspace, laptops: TwoLaptops) -> object:
    with workspace.reader() as uow:
        return register_grid(uow, laptops.sample.workshop_id).rows


def marked(workspace: Workspace, laptops: TwoLaptops) -> int:
    with workspace.reader() as uow:
        grid = register_grid(uow, laptops.sample.workshop_id)
    return sum(cell.mark is not None for row in grid.rows for cell in row.cells)


def test_first_file_back_holds_what_was_done_there_alone(laptops: TwoLaptops) -> None:
    handed = laptops.hand_over()
    b = laptops.begin(handed)
    laptops.mark(b, "P001", "present")
    back = file_for(b, laptops.a, laptops, "back")
    # Its entry among the members, and the mark.
    assert (back.batches, handed.batches > 2) == (2, True)
    assert receive(laptops.a, back.path).new == 1


def test_file_for_a_whole_laptop_that_told_holds_what_is_new_alone(laptops: TwoLaptops) -> None:
    b = laptops.second(workshop_id="")
    laptops.bring(b, laptops.a)
    laptops.mark(laptops.a, "P001", "present")
    file = file_for(laptops.a, b, laptops, "on")
    # B's entry, which A put among the members too, and the mark.
    assert file.batches == 2
    receive(b, file.path)
    assert rows_of(b, laptops) == rows_of(laptops.a, laptops)


def test_file_that_was_lost_is_in_the_next_one(laptops: TwoLaptops) -> None:
    b = laptops.second()
    laptops.bring(b, laptops.a)
    laptops.mark(laptops.a, "P001", "present")
    file_for(laptops.a, b, laptops, "lost").path.unlink()
    laptops.mark(laptops.a, "P002", "present")
    receive(b, file_for(laptops.a, b, laptops, "next").path)
    assert marked(b, laptops) == 2


@pytest.mark.parametrize("order", [(2, 0, 1), (1, 2, 0)])
def test_files_in_any_order_and_twice_come_to_the_same(
    laptops: TwoLaptops, order: tuple[int, ...]
) -> None:
    b = laptops.second()
    files = []
    for number, person in enumerate(("P001", "P002", "P003")):
        laptops.bring(b, laptops.a)  # so that each file is cut at another place
        laptops.mark(laptops.a, person, "present")
        laptops.mark(b, person, "absent")
        files.append(file_for(laptops.a, b, laptops, f"file {number}").path)
    for number in (*order, *order):
        receive(b, files[number])
    laptops.bring(b, laptops.a)
    assert rows_of(b, laptops) == rows_of(laptops.a, laptops)
    assert marked(b, laptops) == 3


def test_somebody_known_before_who_registers_late_comes_with_a_name(laptops: TwoLaptops) -> None:
    with laptops.a.unit_of_work() as uow:
        late = factories.person(uow.session, given_name="Late", family_name="Comer").id
        uow.commit()
    b = laptops.second()
    laptops.bring(b, laptops.a)
    with laptops.a.unit_of_work() as uow:
        workshop_id = laptops.sample.workshop_id
        factories.registration(uow.session, workshop_id=workshop_id, person_id=late)
        uow.commit()
    laptops.bring(laptops.a, b)
    assert rows_of(b, laptops) == rows_of(laptops.a, laptops)
    with b.reader() as uow:
        found = uow.raw.execute("SELECT given_name FROM person WHERE id = ?", (late,)).fetchone()
    assert found == ("Late",)


def test_what_was_erased_for_ever_is_not_filled_again(laptops: TwoLaptops) -> None:
    with laptops.a.unit_of_work() as uow:
        person = factories.person(uow.session, given_name="Canary").id
        uow.commit()
    b = laptops.second(workshop_id="")
    laptops.bring(b, laptops.a)
    early = hand_round(b, laptops.stick / "early", cost=CHEAP)
    with closing(laptops.a.exchange_connection()) as raw:
        purge_row(raw, "person", person, reason="asked to", author=Author("Rasa", 1))
    assert receive(laptops.a, early.path, early.words).operations == 0
    assert "Canary" not in everything_in(laptops.a)


def test_what_a_stranger_tells_of_a_laptop_is_not_believed(laptops: TwoLaptops) -> None:
    b = laptops.second()
    laptops.bring(b, laptops.a)
    with closing(laptops.a.exchange_connection()) as raw:
        device = next(one.device for one in state.peers(raw) if one.tag == b.device)
        told = told_by(raw, device)
        assert told is not None
        later = msgspec.structs.replace(told, made_at=told.made_at + 1)
        forged = msgspec.structs.replace(
            later, signature=DeviceKeys.make().sign(later.signed_bytes())
        )
        believe(raw, forged)
        assert told_by(raw, device) == told


def test_what_is_held_with_another_hash_is_written_again(laptops: TwoLaptops) -> None:
    b = laptops.second(workshop_id="")
    laptops.bring(b, laptops.a)
    trimmed = file_for(laptops.a, b, laptops, "trimmed").batches
    with closing(b.exchange_connection()) as raw:
        own = state.identity(raw)
    with closing(laptops.a.exchange_connection()) as raw:
        told = told_by(raw, own.device)
        assert told is not None
        held = tuple(msgspec.structs.replace(one, hash=bytes(32)) for one in told.held)
        other = msgspec.structs.replace(told, held=held, made_at=told.made_at + 1)
        signature = own.signer()(other.signed_bytes())
        believe(raw, msgspec.structs.replace(other, signature=signature))
        total = raw.execute("SELECT count(*) FROM sync_batch").fetchone()[0]
    assert trimmed < file_for(laptops.a, b, laptops, "again").batches == total


def test_laptop_of_another_workshop_is_not_given_these_people(laptops: TwoLaptops) -> None:
    with laptops.a.unit_of_work() as uow:
        other = factories.workshop(uow.session, code="WS-2026-02").id
        uow.commit()
    b = laptops.second()
    c = laptops.begin(laptops.hand_over(workshop_id=other), "Petr")
    for sender, receiver in ((c, laptops.a), (b, laptops.a), (laptops.a, b)):
        laptops.bring(sender, receiver)
    with pytest.raises(StoreError, match="works in another workshop"):
        file_for(b, c, laptops, "no")
    assert not (laptops.stick / "no").exists()


def test_restored_laptop_is_still_given_its_workshop_alone(laptops: TwoLaptops) -> None:
    b = laptops.second()
    laptops.bring(b, laptops.a)
    with laptops.a.unit_of_work() as uow:
        stranger = factories.person(uow.session, given_name="Sekret").id
        uow.commit()
    b.close(with_backup=False)
    laptops.others.remove(b)
    root = laptops.folder / "copy of B"
    shutil.copytree(b.folder.root, root)
    copy = Workspace.open(root, b.key, clock=laptops.clock)
    laptops.others.append(copy)
    laptops.bring(copy, laptops.a)
    laptops.bring(laptops.a, copy)
    with copy.reader() as uow:
        sql = "SELECT 1 FROM person WHERE id = ?"
        assert uow.raw.execute(sql, (stranger,)).fetchone() is None


def test_limited_laptop_hands_on_no_more_than_it_has(laptops: TwoLaptops) -> None:
    b = laptops.second()
    handed = hand_to_new_laptop(b, laptops.stick / "on")
    c = laptops.begin(handed, "Petr")
    assert rows_of(c, laptops) == rows_of(b, laptops)
