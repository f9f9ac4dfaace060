"""Files of the workspace are sealed, kept once, and missed when they are gone."""

import hashlib
from pathlib import Path

import pytest

from mentor_desktop.errors import StoreError
from mentor_desktop.store.blobs import Blobs
from tests.workspaces import files_limited_to

KEY = bytes(range(32))


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    """Return an empty blob folder."""
    return Blobs(tmp_path / "blobs", KEY)


def test_what_is_kept_is_read_back(blobs: Blobs, tmp_path: Path) -> None:
    address = blobs.add(b"a logo")
    assert address == hashlib.sha256(b"a logo").hexdigest()
    assert blobs.read(address) == b"a logo"
    assert blobs.addresses() == [address]
    assert b"a logo" not in (tmp_path / "blobs" / address).read_bytes()


def test_an_empty_folder_has_no_addresses(blobs: Blobs) -> None:
    assert blobs.addresses() == []


def test_the_same_content_is_kept_once(blobs: Blobs, tmp_path: Path) -> None:
    address = blobs.add(b"x")
    before = (tmp_path / "blobs" / address).read_bytes()
    assert blobs.add(b"x") == address
    assert (tmp_path / "blobs" / address).read_bytes() == before


@pytest.mark.parametrize("damage", [b"", b"\x00" * 40])
def test_a_damaged_file_is_noticed_and_mended_by_adding_it_again(
    blobs: Blobs, tmp_path: Path, damage: bytes
) -> None:
    address = blobs.add(b"x")
    (tmp_path / "blobs" / address).write_bytes(damage)
    with pytest.raises(StoreError, match="missing or damaged"):
        blobs.read(address)
    blobs.add(b"x")
    assert blobs.read(address) == b"x"


def test_a_file_under_another_name_is_not_taken_for_it(blobs: Blobs, tmp_path: Path) -> None:
    one, other = blobs.add(b"one"), blobs.add(b"other")
    (tmp_path / "blobs" / one).write_bytes((tmp_path / "blobs" / other).read_bytes())
    with pytest.raises(StoreError):
        blobs.read(one)


def test_a_missing_file_is_a_sentence(blobs: Blobs) -> None:
    with pytest.raises(StoreError, match="Restore a backup"):
        blobs.read("0" * 64)


def test_another_key_reads_nothing(blobs: Blobs, tmp_path: Path) -> None:
    address = blobs.add(b"x")
    with pytest.raises(StoreError):
        Blobs(tmp_path / "blobs", bytes(32)).read(address)


def test_a_full_disk_leaves_no_half_file(blobs: Blobs, tmp_path: Path) -> None:
    with files_limited_to(100), pytest.raises(StoreError, match=r"is full|reported an error"):
        blobs.add(b"x" * 10_000)
    assert list((tmp_path / "blobs").iterdir()) == []


def test_drafts_are_no_blobs(blobs: Blobs, tmp_path: Path) -> None:
    address = blobs.add(b"x")
    (tmp_path / "blobs" / f"{address}.new").touch()
    (tmp_path / "blobs" / "Thumbs.db").touch()
    assert blobs.addresses() == [address]
