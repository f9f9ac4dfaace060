"""The scans and logos that records refer to, from one laptop to the others and back to a server."""

from contextlib import closing
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest

from mentor_desktop.errors import StoreError
from mentor_desktop.models import Consent, Project
from mentor_desktop.store.unit_of_work import UnitOfWork
from mentor_desktop.sync.handing_over import hand_round, hand_to
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.special import Author, purge_row
from mentor_desktop.sync.status import State
from mentor_desktop.sync.steps import Response
from mentor_desktop.sync.taking_in import take_in
from tests import factories
from tests.cheap import CHEAP
from tests.sync.pair import Pair, count, seal
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


def test_a_file_that_a_proxy_finds_too_large_is_told_until_it_went(pair: Pair) -> None:
    add_logo(pair.first)
    pair.network.orders = [("chunk", Response(413, b"<html>", {"content-type": "text/html"}))]
    for _time in range(2):
        status = pair.first.sync()
        assert status.waiting_files == 1
        assert status.reason == "The server takes no piece of this size. Ask an administrator."
    pair.time.pass_by(7 * 3600)
    status = pair.first.sync()
    assert (status.waiting_files, status.reason) == (0, "")


def damage(laptop: Laptop, address: str) -> None:
    """Let a disk lose what it held of a file, but not how much that was."""
    path = laptop.workspace.folder.root / "blobs" / address
    path.write_bytes(bytes(path.stat().st_size))


def test_a_damaged_file_that_the_server_holds_is_fetched(pair: Pair) -> None:
    address = add_logo(pair.first)
    pair.exchange()
    damage(pair.first, address)
    pair.exchange(pair.first)
    assert pair.first.workspace.blobs().read(address) == PICTURE


def test_a_file_damaged_before_it_was_sent_is_fetched_where_another_laptop_sent_it(
    pair: Pair, tmp_path: Path
) -> None:
    address = add_logo(pair.first)
    pair.exchange()
    backup = pair.server.back_up(tmp_path / "backup")
    pair.server.restore(backup, pair.ws)  # nobody knows now what it holds
    damage(pair.first, address)
    pair.exchange(pair.second, pair.first)
    assert pair.first.workspace.blobs().read(address) == PICTURE


def test_a_file_that_is_damaged_everywhere_is_told(pair: Pair) -> None:
    address = add_logo(pair.first)
    damage(pair.first, address)
    status = pair.first.sync()
    assert status.waiting_files == 1
    assert "missing or damaged" in status.reason


def test_a_damaged_file_is_left_out_and_not_said_to_be_held(pair: Pair, tmp_path: Path) -> None:
    address = add_logo(pair.first)
    pair.exchange()
    damage(pair.second, address)
    handed = hand_round(pair.second.workspace, tmp_path / "1", cost=CHEAP)
    assert handed.files == 0
    take_in(pair.first.workspace, handed.path, handed.words)
    device = state.identity(pair.second.look).device
    handed = hand_to(pair.first.workspace, tmp_path / "2", device=device)
    take_in(pair.second.workspace, handed.path)
    assert pair.second.workspace.blobs().read(address) == PICTURE


def test_the_scan_of_an_erased_consent_leaves_all_laptops(pair: Pair) -> None:
    address = pair.first.workspace.blobs().add(b"%PDF signed by Ona")
    erased, kept = pair.first.act(
        lambda uow: [factories.consent(uow.session, scan=address).id for _ in range(2)]
    )
    pair.exchange()
    _erase(pair, erased)
    pair.exchange()
    for laptop in pair.laptops:  # it is that of the other consent, too
        assert laptop.workspace.blobs().addresses() == [address]
    _erase(pair, kept)
    pair.exchange()
    for laptop in pair.laptops:
        assert (count(laptop, "consent"), laptop.workspace.blobs().addresses()) == (0, [])


def test_the_scans_of_an_erased_consent_leave_that_nobody_saw_any_more(pair: Pair) -> None:
    consent = pair.first.act(lambda uow: factories.consent(uow.session).id)
    pair.exchange()
    for laptop in pair.laptops:  # one of both loses
        for number in range(2):
            address = laptop.workspace.blobs().add(f"%PDF {number} of {laptop.name}".encode())
            laptop.act(partial(_attach, consent=consent, address=address))
            seal(laptop)
    pair.exchange()
    _erase(pair, consent)
    pair.exchange()
    assert [laptop.workspace.blobs().addresses() for laptop in pair.laptops] == [[], []]


def test_the_scan_of_an_erased_consent_leaves_with_a_file(pair: Pair, tmp_path: Path) -> None:
    address = pair.first.workspace.blobs().add(b"%PDF signed by Ona")
    consent = pair.first.act(lambda uow: factories.consent(uow.session, scan=address).id)
    pair.exchange()
    _erase(pair, consent)
    handed = hand_round(pair.first.workspace, tmp_path / "1", cost=CHEAP)
    take_in(pair.second.workspace, handed.path, handed.words)
    with pytest.raises(StoreError):
        pair.second.workspace.blobs().read(address)


def test_an_older_file_brings_the_scan_of_an_erased_consent_nowhere(
    pair: Pair, tmp_path: Path
) -> None:
    address = pair.first.workspace.blobs().add(b"%PDF signed by Ona")
    consent = pair.first.act(lambda uow: factories.consent(uow.session, scan=address).id)
    deleted = add_logo(pair.first)
    pair.exchange()
    handed = hand_round(pair.first.workspace, tmp_path / "1", cost=CHEAP)
    _erase(pair, consent)
    pair.first.act(lambda uow: uow.session.delete(uow.session.query(Project).one()))
    pair.exchange()
    pair.second.workspace.blobs().remove(deleted)
    take_in(pair.second.workspace, handed.path, handed.words)
    # Somebody may undo what was only deleted.
    assert pair.second.workspace.blobs().addresses() == [deleted]


def _attach(uow: UnitOfWork, *, consent: str, address: str) -> None:
    uow.session.get_one(Consent, consent).scan = address


def _erase(pair: Pair, consent: str) -> None:
    with closing(pair.first.workspace.exchange_connection()) as raw:
        author = Author(pair.first.name, pair.time.now_ms)
        purge_row(raw, "consent", consent, reason="asked to", author=author)
