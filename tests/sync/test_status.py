"""When a laptop exchanges next, also when nobody edits anything."""

import random

import pytest

from mentor_desktop.sync.status import State, SyncStatus, pause_before_next

MINUTE_S = 60


def _pauses(status: SyncStatus, failures: int) -> list[float]:
    source = random.Random(7)
    return [pause_before_next(status, failures, source) for _each in range(200)]


def test_a_laptop_at_rest_asks_again_within_about_a_minute() -> None:
    pauses = _pauses(SyncStatus(state=State.IDLE), 0)
    assert min(pauses) > 0
    assert max(pauses) <= 2 * MINUTE_S


@pytest.mark.parametrize("failures", [1, 2, 5, 10, 1_000_000])
def test_without_a_network_it_asks_again_for_ever_and_at_least_each_quarter_of_an_hour(
    failures: int,
) -> None:
    assert 0 < max(_pauses(SyncStatus(state=State.OFFLINE), failures)) <= 15 * MINUTE_S


def test_laptops_do_not_come_back_in_step() -> None:
    assert len(set(_pauses(SyncStatus(state=State.OFFLINE), 3))) > 100


def test_a_server_that_asks_for_time_gets_it() -> None:
    assert min(_pauses(SyncStatus(state=State.OFFLINE, retry_after_s=900), 1)) >= 900
