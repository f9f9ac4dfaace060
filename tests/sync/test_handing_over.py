"""A workshop on two laptops and a stick: handed over, worked on apart, brought together."""

import json
import shutil
import string
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mentor_desktop.errors import Cancelled, StoreError, ValidationError
from mentor_desktop.progress import Progress
from mentor_desktop.services.attendance_history import choose_mark, conflicts_of
from mentor_desktop.services.conflicts import conflict_cards, recovered_cards
from mentor_desktop.services.history import recent_actions
from mentor_desktop.services.people import change_person
from mentor_desktop.services.register import register_grid
from mentor_desktop.services.second_laptop import (
    file_in,
    hand_over_choices,
    hand_to_known_laptop,
    hand_to_new_laptop,
    receive,
)
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.settings import remember
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.replica import succession
from tests import factories
from tests.cheap import CHEAP
from tests.sync.laptops import PASSPHRASE, TwoLaptops, everything_in


def grid_of(workspace: Workspace, workshop_id: str) -> Any:
    with workspace.reader() as uow:
        return register_grid(uow, workshop_id)


def count(workspace: Workspace, table: str) -> int:
    with workspace.reader() as uow:
        return int(uow.raw.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])


def test_second_laptop_has_the_register_of_the_workshop_and_a_letter_of_its_own(
    laptops: TwoLaptops,
) -> None:
    b = laptops.second()
    assert b.device == "AA"
    ours, theirs = (grid_of(one, laptops.sample.workshop_id) for one in (laptops.a, b))
    assert theirs.rows == ours.rows
    assert len(theirs.rows) == 57


def test_second_laptop_gets_nobody_who_is_not_in_the_workshop(laptops: TwoLaptops) -> None:
    with laptops.a.unit_of_work() as uow:
        stranger = factories.person(uow.session, given_name="Sekret", family_name="Person")
        factories.consent(uow.session, person_id=stranger.id)
        uow.describe("Added {name}", name="Sekret Person")
        uow.commit()
    b = laptops.second()
    assert count(b, "person") == count(laptops.a, "person") - 1
    assert "Sekret" in everything_in(laptops.a)
    assert "Sekret" not in everything_in(b)
    with b.reader() as uow:
        assert recovered_cards(uow) == []


def test_marks_of_both_laptops_come_together_with_one_to_decide(laptops: TwoLaptops) -> None:
    b = laptops.second()
    people = sorted(laptops.sample.registrations)
    for person in people[:54]:
        laptops.mark(laptops.a, person, "present")
        laptops.mark(b, person, "present")
    for person in people[54:56]:
        laptops.mark(b, person, "present")
    laptops.mark(laptops.a, people[56], "present")
    laptops.mark(b, people[56], "absent")

    found = laptops.bring(b, laptops.a)

    assert (found.equal, found.new, found.to_decide, found.others) == (54, 2, 1, 0)
    assert found.sender == "Jana · AA"
    with laptops.a.reader() as uow:
        (conflict,) = conflicts_of(uow, laptops.sample.workshop_id)
    with laptops.a.unit_of_work() as uow:
        choose_mark(uow, mark_id=conflict.marks[0].id)
    assert grid_of(laptops.a, laptops.sample.workshop_id).conflicts == 0


def test_file_taken_in_twice_changes_nothing_and_says_so(laptops: TwoLaptops) -> None:
    b = laptops.second()
    laptops.mark(b, "P001", "present")
    first = laptops.bring(b, laptops.a)
    before = count(laptops.a, "change")
    again = laptops.bring(b, laptops.a)
    assert (first.is_new, again.is_new) == (True, False)
    assert (again.equal, again.new, again.to_decide, again.others) == (0, 0, 0, 0)
    assert count(laptops.a, "change") == before


def test_after_there_and_back_both_laptops_show_the_same(laptops: TwoLaptops) -> None:
    b = laptops.second()
    laptops.mark(laptops.a, "P001", "present")
    laptops.mark(b, "P002", "late")
    laptops.bring(b, laptops.a)
    laptops.mark(laptops.a, "P003", "absent")
    laptops.bring(laptops.a, b)
    ours, theirs = (grid_of(one, laptops.sample.workshop_id) for one in (laptops.a, b))
    assert theirs.rows == ours.rows


def test_walk_in_and_corrected_name_come_back(laptops: TwoLaptops) -> None:
    b = laptops.second()
    with b.unit_of_work() as uow:
        newcomer = factories.person(uow.session, given_name="Nova", family_name="Walk")
        factories.registration(
            uow.session, workshop_id=laptops.sample.workshop_id, person_id=newcomer.id
        )
        uow.commit()
    with b.unit_of_work() as uow:
        person_id = uow.raw.execute("SELECT id FROM person ORDER BY id LIMIT 1").fetchone()[0]
        change_person(uow, person_id=person_id, given_name="Renamed")
    laptops.bring(b, laptops.a)
    with laptops.a.reader() as uow:
        names = {row[0] for row in uow.raw.execute("SELECT given_name FROM person").fetchall()}
        assert {"Nova", "Renamed"} <= names
        assert conflict_cards(uow) == []


def test_field_changed_on_both_laptops_becomes_a_card_with_both_names(
    laptops: TwoLaptops,
) -> None:
    b = laptops.second()
    for workspace, city in ((laptops.a, "Zlín"), (b, "Praha")):
        with workspace.unit_of_work() as uow:
            uow.raw.execute("UPDATE workshop SET city = ?", (city,))
            uow.commit()
    found = laptops.bring(b, laptops.a)
    with laptops.a.reader() as uow:
        (card,) = conflict_cards(uow)
    assert found.to_decide == 1
    assert {choice.lines for choice in card.choices} == {(("Town", "Zlín"),), (("Town", "Praha"),)}
    assert {choice.who for choice in card.choices} == {"Rasa", "Jana"}


def test_later_file_brings_the_second_laptop_who_registered_meanwhile(
    laptops: TwoLaptops,
) -> None:
    b = laptops.second()
    with laptops.a.unit_of_work() as uow:
        late = factories.person(uow.session, given_name="Late", family_name="Comer")
        factories.registration(
            uow.session, workshop_id=laptops.sample.workshop_id, person_id=late.id
        )
        uow.commit()
    laptops.bring(b, laptops.a)
    laptops.bring(laptops.a, b)
    assert len(grid_of(b, laptops.sample.workshop_id).rows) == 58


def test_whole_workspace_can_be_handed_over(laptops: TwoLaptops) -> None:
    with laptops.a.unit_of_work() as uow:
        factories.workshop(uow.session, code="WS-2026-02")
        uow.commit()
    b = laptops.second(workshop_id="")
    assert count(b, "workshop") == count(laptops.a, "workshop") == 2


def test_two_more_laptops_never_get_the_same_letter(laptops: TwoLaptops) -> None:
    first = laptops.begin(laptops.hand_over(), "Jana")
    second = laptops.begin(laptops.hand_over(), "Petr")
    assert [first.device, second.device] == ["AA", "AB"]


def test_letters_that_are_used_up_are_drawn_by_lot(laptops: TwoLaptops) -> None:
    with closing(laptops.a.exchange_connection()) as raw:
        remember(raw, handed_tags=json.dumps([f"A{letter}" for letter in string.ascii_uppercase]))
    first, second = (laptops.begin(laptops.hand_over(), name).device for name in ("Jana", "Petr"))
    assert first != second
    assert {len(first), len(second)} == {3}


def test_two_more_laptops_come_together_on_the_first(laptops: TwoLaptops) -> None:
    b = laptops.begin(laptops.hand_over(), "Jana")
    c = laptops.begin(laptops.hand_over(), "Petr")
    laptops.mark(b, "P001", "present")
    laptops.mark(c, "P002", "present")
    for one in (b, c):
        laptops.bring(one, laptops.a)
    laptops.bring(laptops.a, b)
    ours, theirs = (grid_of(one, laptops.sample.workshop_id) for one in (laptops.a, b))
    assert ours.rows == theirs.rows


def test_history_of_the_second_laptop_names_nobody_it_was_not_given(laptops: TwoLaptops) -> None:
    with laptops.a.unit_of_work() as uow:
        factories.person(uow.session, given_name="Sekret")
        uow.describe("Added {name}", name="Sekret")
        uow.commit()
    b = laptops.second()
    with b.reader() as uow:
        assert not [one for one in recent_actions(uow) if "Sekret" in one.sentence]
        assert not [one for one in recent_actions(uow) if "{" in one.sentence]


def test_wrong_words_open_nothing_and_leave_no_folder(laptops: TwoLaptops) -> None:
    handed = laptops.hand_over()
    other = laptops.hand_over()
    with pytest.raises(ValidationError):
        laptops.begin(replace(handed, words=other.words))
    root = laptops.folder / "laptop of Jana"
    assert not root.exists() or not any(root.iterdir())


def test_damaged_file_opens_nothing_and_leaves_no_folder(laptops: TwoLaptops) -> None:
    handed = laptops.hand_over()
    content = bytearray(handed.path.read_bytes())
    content[len(content) // 2] ^= 1
    handed.path.write_bytes(content)
    with pytest.raises(StoreError):
        laptops.begin(handed)
    root = laptops.folder / "laptop of Jana"
    assert not root.exists() or not any(root.iterdir())


def test_file_of_another_workspace_is_refused(laptops: TwoLaptops, tmp_path: Path) -> None:
    handed = laptops.hand_over()
    stranger, _code = Workspace.create(
        tmp_path / "stranger", PASSPHRASE, clock=laptops.clock, actor="Eva", cost=CHEAP
    )
    laptops.others.append(stranger)
    hand_to_new_laptop(stranger, laptops.stick / "a file")
    with pytest.raises(StoreError, match="another workspace"):
        receive(stranger, handed.path, handed.words)


def test_file_for_a_known_laptop_opens_on_no_other(laptops: TwoLaptops) -> None:
    b = laptops.begin(laptops.hand_over(), "Jana")
    c = laptops.begin(laptops.hand_over(), "Petr")
    laptops.bring(b, laptops.a)
    with laptops.a.reader() as uow:
        device = next(one for one in hand_over_choices(uow).laptops if one.tag == "AA").device
    handed = hand_to_known_laptop(laptops.a, laptops.stick / "a file", device=device)
    with pytest.raises(StoreError):
        receive(c, handed.path)


def test_file_that_lay_too_long_begins_no_laptop(laptops: TwoLaptops) -> None:
    handed = laptops.hand_over()
    laptops.clock.advance(days=15)
    with pytest.raises(StoreError, match="too old"):
        laptops.begin(handed)


def test_wrong_date_is_told_where_it_makes_every_file_too_old(laptops: TwoLaptops) -> None:
    laptops.clock.advance(days=-300)
    handed = laptops.hand_over()
    laptops.clock.advance(days=300)
    with pytest.raises(StoreError, match="the date of one of the laptops is wrong"):
        laptops.begin(handed)


def test_cancelled_file_is_not_left_on_the_stick(laptops: TwoLaptops) -> None:
    with pytest.raises(Cancelled):
        laptops.hand_over(progress=Progress(is_cancelled=lambda: True))
    assert list(laptops.stick.iterdir()) == []


def test_stick_that_is_not_there_is_said(laptops: TwoLaptops) -> None:
    with pytest.raises(StoreError, match="not there"):
        file_in(laptops.a, laptops.folder / "no stick")


def device_of(sender: Workspace, receiver: Workspace) -> str:
    with sender.reader() as uow:
        laptops = hand_over_choices(uow).laptops
    return next(one.device for one in laptops if one.tag == receiver.device)


def copied(laptops: TwoLaptops) -> Workspace:
    """Return A's workspace as it opens from a copy of its folder."""
    laptops.a.close(with_backup=False)
    root = laptops.folder / "copy of A"
    shutil.copytree(laptops.a.folder.root, root)
    copy = Workspace.open(root, laptops.a.key, clock=laptops.clock)
    laptops.others.append(copy)
    return copy


def test_restored_laptop_goes_on_as_another_device_without_a_server(laptops: TwoLaptops) -> None:
    b = laptops.second()
    laptops.mark(b, "P001", "present")
    laptops.bring(b, laptops.a)
    laptops.mark(laptops.a, "P002", "present")
    copy = copied(laptops)
    assert copy.device not in ("A", "AA")
    laptops.mark(copy, "P003", "present")
    laptops.bring(copy, b)
    laptops.mark(b, "P004", "present")
    laptops.bring(b, copy)
    ours, theirs = (grid_of(one, laptops.sample.workshop_id) for one in (copy, b))
    assert ours.rows == theirs.rows
    assert sum(cell.mark is not None for row in ours.rows for cell in row.cells) == 4


def test_restored_laptop_opens_what_was_written_for_the_one_it_was(laptops: TwoLaptops) -> None:
    a, b = laptops.a, laptops.second()
    laptops.bring(b, a)
    laptops.mark(a, "P001", "present")
    device = device_of(a, b)
    handed = hand_to_known_laptop(a, file_in(a, laptops.stick), device=device)
    b.become_another_device()
    assert receive(b, handed.path).new == 1


def test_restored_laptop_that_is_killed_while_it_gets_its_new_name_goes_on(
    laptops: TwoLaptops, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptops.second()
    copy = copied(laptops)
    go_on_as = succession.go_on_as

    def killed(raw: StoreConnection, new: succession.NewDevice, *, is_offered: bool) -> None:
        go_on_as(raw, new, is_offered=is_offered)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(succession, "go_on_as", killed)
        with pytest.raises(KeyboardInterrupt):
            hand_to_new_laptop(copy, laptops.stick / "a file", cost=CHEAP)
    c = laptops.begin(hand_to_new_laptop(copy, laptops.stick / "another", cost=CHEAP), "Petr")
    laptops.mark(c, "P001", "present")
    assert laptops.bring(c, copy).new == 1


def test_restored_laptop_can_invite(laptops: TwoLaptops) -> None:
    laptops.second()
    copy = copied(laptops)
    handed = hand_to_new_laptop(
        copy, laptops.stick / "a file", workshop_id=laptops.sample.workshop_id
    )
    c = laptops.begin(handed, "Petr")
    laptops.mark(c, "P001", "present")
    assert laptops.bring(c, copy).new == 1
