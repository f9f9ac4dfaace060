"""The scans and logos that records refer to, from one laptop to the others and back to a server."""

from hashlib import sha256
from pathlib import Path

from mentor_desktop.sync.status import State
from tests import factories
from tests.sync.pair import Pair
from tests.sync.simulation.devices import Laptop

PICTURE = b"\x89PNG of a logo" * 100


def add_logo(laptop: Laptop) -> str:
    address = laptop.workspace.blobs().add(PICTURE)
    assert address == sha256(PICTURE).hexdigest()
    laptop.act(lambda uow: factories.project(uow.session, logos=[address]))
    return str(address)


def test_a_file_goes_once_and_comes_whole(pair: Pair) -> None:
    address = add_logo(pair.first)
    assert pair.exchange(pair.first).waiting_files == 0
    pair.exchange(pair.second)
    assert pair.second.workspace.blobs().read(address) == PICTURE
    pair.network.asked.clear()
    pair.exchange(pair.first, pair.second)
    assert not [one for one in pair.network.asked if "blob" in one.path]


def test_a_file_that_came_damaged_is_not_kept_and_fetched_later(pair: Pair) -> None:
    address = add_logo(pair.first)
    pair.exchange(pair.first)
    pair.network.garbled = f"blob/{address}"
    status = pair.second.sync()
    assert (status.state, status.waiting_files) == (State.IDLE, 1)
    assert not set(pair.second.workspace.blobs().addresses())
    pair.time.pass_by(7 * 3600)
    assert pair.second.sync().waiting_files == 0
    assert pair.second.workspace.blobs().read(address) == PICTURE


def test_a_restored_server_gets_its_files_back(pair: Pair, tmp_path: Path) -> None:
    backup = pair.server.back_up(tmp_path / "backup")
    address = add_logo(pair.first)
    pair.exchange(pair.first)
    pair.server.restore(backup, pair.ws)
    pair.exchange(pair.first)
    pair.exchange(pair.second)
    assert pair.second.workspace.blobs().read(address) == PICTURE


def test_what_is_no_address_is_asked_for_nowhere(pair: Pair) -> None:
    pair.first.act(lambda uow: factories.project(uow.session, logos=["../session", "a\nb"]))
    for one in (pair.first, pair.second):
        assert pair.exchange(one).waiting_files == 0
    assert not [one for one in pair.network.asked if "blob" in one.path]
