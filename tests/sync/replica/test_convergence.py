"""Whatever the devices do and however it is delivered, all end with the same, as the oracle says."""

from random import Random

import pytest

from mentor_desktop.sync.replica.recompute import check_stream
from tests.sync import oracle
from tests.sync.replica.devices import Devices, same
from tests.sync.replica.histories import Mail, Work, operations

SEEDS = range(12)
STEPS = 60


@pytest.mark.parametrize("seed", SEEDS)
def test_every_device_ends_with_what_the_oracle_says(devices: Devices, seed: int) -> None:
    dice = Random(seed)
    crowd = devices(3)
    work, mail = Work(dice), Mail(dice, crowd)
    for _ in range(STEPS):
        work.step(dice.choice(crowd))
        if dice.random() < 0.4:
            mail.some()
    mail.everything()
    same(*crowd)
    expected = {
        key: one.digest_text()
        for ops in operations(crowd).values()
        for key, one in oracle.merged(ops).items()
    }
    assert crowd[0].states() == expected
    for one in crowd:
        for stream in one.streams():
            assert check_stream(one.raw, stream).was_right
