"""Who may issue certificates: the key behind their codes is not on every computer that helps."""

from contextlib import closing

import pytest

from mentor_desktop.errors import ConflictError, ValidationError
from mentor_desktop.services.certificate_checks import certificate_checks
from mentor_desktop.services.certificate_numbering import ISSUER_KEY, issuer_key
from mentor_desktop.services.certificates import issue_certificates
from mentor_desktop.services.issuing_rights import require_issuing
from mentor_desktop.services.second_laptop import (
    hand_over_choices,
    hand_round,
    hand_to_known_laptop,
    receive,
)
from mentor_desktop.services.settings import put_secret
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.bundle import open_bundle
from mentor_desktop.sync.handing_over import hand_to
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.replica import state
from tests.cheap import CHEAP
from tests.sync.laptops import TwoLaptops, everything_in
from tests.sync.pair import Pair, count
from tests.sync.simulation.devices import join

KEY = "5ec2e7" * 10


def make_key(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        put_secret(uow, ISSUER_KEY, KEY)
        uow.describe("Issued")
        uow.commit()


def key_of(workspace: Workspace) -> str:
    with workspace.reader() as uow:
        key = issuer_key(uow)
    return key.hex() if key else ""


def right_of(workspace: Workspace, workshop_id: str) -> str:
    with workspace.reader() as uow:
        checks = certificate_checks(uow, workshop_id)
    return next(one.state for one in checks if one.key == "right")


def test_laptop_of_one_workshop_has_no_key_and_says_so(laptops: TwoLaptops) -> None:
    make_key(laptops.a)
    workshop_id = laptops.sample.workshop_id
    b = laptops.second()
    assert KEY in everything_in(laptops.a)
    assert KEY not in everything_in(b)
    assert (right_of(laptops.a, workshop_id), right_of(b, workshop_id)) == ("ok", "fail")
    with b.unit_of_work() as uow, pytest.raises(ValidationError, match="issues no certificates"):
        issue_certificates(uow, workshop_id)
    with b.reader() as uow, pytest.raises(ConflictError, match="issues no certificates"):
        require_issuing(uow)


def test_whole_laptop_issues_with_the_same_key(laptops: TwoLaptops) -> None:
    make_key(laptops.a)
    b = laptops.second(workshop_id="")
    assert key_of(b) == KEY
    assert right_of(b, laptops.sample.workshop_id) == "ok"


def test_key_comes_with_everything_and_not_with_a_file_for_others(laptops: TwoLaptops) -> None:
    b = laptops.second()
    laptops.bring(b, laptops.a)
    make_key(laptops.a)
    handed = hand_round(laptops.a, laptops.stick / "round", cost=CHEAP)
    receive(b, handed.path, handed.words)
    assert key_of(b) == ""
    with laptops.a.reader() as uow:
        (known,) = hand_over_choices(uow).laptops
    file = laptops.stick / "everything"
    hand_to_known_laptop(laptops.a, file, device=known.device, with_everything=True)
    receive(b, file)
    assert key_of(b) == KEY
    assert right_of(b, laptops.sample.workshop_id) == "ok"


def test_server_gives_the_key_to_organisers_alone(pair: Pair) -> None:
    make_key(pair.first.workspace)
    trainer = pair.join("Ona", "trainer")
    pair.exchange(pair.first, pair.second, trainer)
    assert [count(one, "secret_setting") for one in (pair.second, trainer)] == [1, 0]
    for one, may in ((pair.first, True), (pair.second, True), (trainer, False)):
        with one.workspace.reader() as uow:
            if may:
                require_issuing(uow)
            else:
                with pytest.raises(ConflictError):
                    require_issuing(uow)


def test_file_for_a_trainer_of_everything_holds_no_key(pair: Pair) -> None:
    make_key(pair.first.workspace)
    invitation = pair.server.invite("trainer", pair.ws, ["*"])
    trainer = join("Ona", pair.folder / "ona", invitation, pair.network, pair.time)
    pair.laptops.append(trainer)
    pair.exchange(pair.first, trainer)
    with closing(trainer.workspace.exchange_connection()) as raw:
        own = state.identity(raw)
    file = pair.folder / "file"
    hand_to(pair.first.workspace, file, device=own.device)
    streams = {
        span.stream
        for span in open_bundle(file, DeviceKeys(own.sign_key, own.seal_key)).contents.spans
    }
    assert "secrets" not in streams
