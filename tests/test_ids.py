"""Ids made by the device: ordered in time, or equal on every device."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from random import Random

from mentor_desktop.ids import (
    IdSource,
    derived_id,
    derived_ids,
    drawn_from,
    id_noise,
    new_id,
    new_ids,
)


def test_a_new_id_is_a_uuid_of_version_7_as_hex() -> None:
    made = new_id()
    assert uuid.UUID(made).version == 7
    assert uuid.UUID(made).variant == uuid.RFC_4122
    assert made == uuid.UUID(made).hex


def test_later_ids_sort_later_within_one_millisecond_too() -> None:
    made = [new_id() for _ in range(10_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_many_at_once_are_like_one_by_one_and_come_before_the_next() -> None:
    made = [new_id(), *new_ids(10_000), new_id(), *new_ids(3)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {uuid.UUID(one).version for one in made} == {7}
    assert {uuid.UUID(one).variant for one in made} == {uuid.RFC_4122}
    assert new_ids(0) == []


def test_threads_never_make_the_same_id() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = [
            one
            for part in pool.map(lambda _: [new_id() for _ in range(2_000)], range(8))
            for one in part
        ]
    assert len(set(made)) == len(made)


def test_what_two_devices_can_create_has_one_id() -> None:
    one = derived_id("registration", "workshop", "person")
    assert one == derived_id("registration", "workshop", "person")
    assert uuid.UUID(one).version == 5
    assert one != derived_id("registration", "workshopperson", "")
    # Stored in every workspace: the namespace never changes.
    assert derived_id("setting", "retention") == "bf969517de1d528f93362ae0c55c7d05"


def test_ids_of_a_block_may_come_from_elsewhere_and_those_after_it_do_not() -> None:
    def drawn() -> list[str]:
        with drawn_from(IdSource(lambda: 1_773_129_900_000, Random(7).randbytes)):
            return [*new_ids(3), id_noise(4).hex()]

    before, first, again, after = new_id(), drawn(), drawn(), new_id()
    assert first == again
    assert first[:3] == sorted(first[:3])
    assert before < after
    assert after not in first


def test_many_derived_at_once_are_those_of_one_by_one() -> None:
    people = [new_id() for _ in range(50)]
    made = derived_ids(("registration", "w"), people)
    assert made == [derived_id("registration", "w", person) for person in people]
    assert {uuid.UUID(one).version for one in made} == {5}
    assert {uuid.UUID(one).variant for one in made} == {uuid.RFC_4122}
