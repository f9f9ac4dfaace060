"""A copy of a workspace takes a tag of its own before it gives out a number."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from mentor_desktop import config
from mentor_desktop.store.backup import back_up
from mentor_desktop.store.connection import connect
from mentor_desktop.store.device import key_seed
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.store.incarnation import (
    Incarnations,
    Sighting,
    is_copy,
    new_incarnation,
    new_tag,
)
from mentor_desktop.store.restore import restore
from mentor_desktop.store.settings import setting
from mentor_desktop.store.workspace import Workspace
from tests import factories
from tests.workspaces import FrozenClock, Template


def _device(root: Path, key: bytes, clock: FrozenClock, *, write: bool = False) -> str:
    """Open and close a workspace, and write in it if wanted; return its tag."""
    workspace = Workspace.open(root, key, clock=clock)
    if write:
        with workspace.unit_of_work() as uow:
            factories.person(uow.session)
            uow.commit()
    tag = workspace.device
    workspace.close(with_backup=False)
    return tag


@pytest.fixture
def key(workspace_template: Template) -> bytes:
    """Return the key of the workspace in `workspace_root`."""
    return workspace_template.key


def test_the_same_workspace_keeps_its_tag(
    workspace_root: Path, key: bytes, clock: FrozenClock
) -> None:
    assert [_device(workspace_root, key, clock, write=True) for _ in range(3)] == ["A"] * 3


def test_a_moved_workspace_keeps_its_tag(
    workspace_root: Path, key: bytes, clock: FrozenClock, tmp_path: Path
) -> None:
    _device(workspace_root, key, clock)
    workspace_root.rename(tmp_path / "moved")
    assert _device(tmp_path / "moved", key, clock) == "A"
    assert _device(tmp_path / "moved", key, clock) == "A"


def test_a_copied_workspace_takes_a_new_tag_once_and_the_original_keeps_its_own(
    workspace_root: Path, key: bytes, clock: FrozenClock, tmp_path: Path
) -> None:
    _device(workspace_root, key, clock)
    shutil.copytree(workspace_root, tmp_path / "copy")
    tag = _device(tmp_path / "copy", key, clock)
    assert tag != "A"
    assert tag.startswith("A")
    assert _device(tmp_path / "copy", key, clock) == tag
    assert _device(workspace_root, key, clock) == "A"


def test_a_workspace_carried_to_another_computer_takes_a_new_tag(
    workspace_root: Path, key: bytes, clock: FrozenClock
) -> None:
    _device(workspace_root, key, clock)
    shutil.rmtree(config.device_dir())
    tag = _device(workspace_root, key, clock)
    assert tag != "A"
    assert _device(workspace_root, key, clock) == tag


def test_an_old_state_put_back_by_hand_takes_a_new_tag(
    workspace_root: Path, key: bytes, clock: FrozenClock, tmp_path: Path
) -> None:
    _device(workspace_root, key, clock, write=True)
    shutil.copytree(workspace_root, tmp_path / "yesterday")
    _device(workspace_root, key, clock, write=True)
    shutil.rmtree(workspace_root)
    (tmp_path / "yesterday").rename(workspace_root)
    assert _device(workspace_root, key, clock) != "A"


def test_a_restored_workspace_takes_a_new_tag_and_marks_carry_it(
    workspace_root: Path, key: bytes, clock: FrozenClock, tmp_path: Path
) -> None:
    workspace = Workspace.open(workspace_root, key, clock=clock)
    backup = back_up(workspace, "manual", tmp_path)
    workspace.close(with_backup=False)
    first = restore(backup.path, workspace_root, key, clock=clock)
    tag = _device(workspace_root, key, clock, write=True)
    assert tag != "A"
    assert first.replaced is not None
    restore(first.replaced, workspace_root, key, clock=clock)
    assert _device(workspace_root, key, clock) not in {"A", tag}


@pytest.mark.parametrize("is_noticed", [True, False])
def test_a_copy_has_keys_of_its_own_as_soon_as_it_is_noticed(
    workspace_root: Path, key: bytes, clock: FrozenClock, tmp_path: Path, is_noticed: bool
) -> None:
    _device(workspace_root, key, clock)
    shutil.copytree(workspace_root, tmp_path / "copy")
    if not is_noticed:
        workspace_root.rename(tmp_path / "away")
    _device(tmp_path / "copy", key, clock)
    seeds = []
    for root in (tmp_path / "copy", workspace_root if is_noticed else tmp_path / "away"):
        with closing(connect(WorkspaceFolder(root).database, key)) as connection:
            seeds.append(key_seed(connection))
            assert key_seed(connection) == seeds[-1]
    assert [len(one) for one in seeds] == [64, 64]
    assert (seeds[0] != seeds[1]) is is_noticed


def test_a_workspace_of_an_older_program_gets_the_seed_of_its_keys_when_they_are_made(
    workspace_root: Path, key: bytes
) -> None:
    with closing(connect(WorkspaceFolder(workspace_root).database, key)) as connection:
        connection.execute("DELETE FROM local_setting WHERE key = 'device_seed'")
        seed = key_seed(connection)
        assert len(seed) == 64
        assert key_seed(connection) == seed


def test_an_author_is_the_tag_of_the_copy(
    workspace_root: Path, key: bytes, clock: FrozenClock, tmp_path: Path
) -> None:
    shutil.copytree(workspace_root, tmp_path / "copy")
    tag = _device(tmp_path / "copy", key, clock, write=True)
    with closing(connect(WorkspaceFolder(tmp_path / "copy").database, key)) as connection:
        assert connection.execute("SELECT device FROM txn").fetchall() == [(tag,)]
        assert setting(connection, "device") == tag


def test_where_nothing_can_be_noted_the_tag_stays(
    workspace_root: Path, key: bytes, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:  # fmt: skip
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    assert [_device(workspace_root, key, clock) for _ in range(2)] == ["A", "A"]


# ---------------------------------------------------------------- the rule itself

HERE = Sighting("/here", "w", 7)


@pytest.mark.parametrize(
    ("seen", "still_there", "copy"),
    [
        (None, (), True),
        (Sighting("/here", "w", 7), ("/here",), False),
        (Sighting("/here", "w", 3), ("/here",), False),
        (Sighting("/here", "w", 8), ("/here",), True),
        (Sighting("/there", "w", 7), (), False),
        (Sighting("/there", "w", 7), ("/there",), True),
    ],
)
def test_a_copy_is_recognised(
    seen: Sighting | None, still_there: tuple[str, ...], *, copy: bool
) -> None:
    assert is_copy(seen, HERE, is_workspace_at=still_there) is copy


@pytest.mark.parametrize("tag", ["A", "B", "AA", "AKQ", "ABCD"])
def test_a_new_tag_is_short_and_free(tag: str) -> None:
    taken = {tag}
    for _ in range(200):
        drawn = new_tag(tag, taken)
        assert drawn not in taken
        assert len(drawn) <= 4
        assert drawn.isascii()
        assert drawn.isupper()
        taken.add(drawn)


def test_what_was_noted_is_known_again(tmp_path: Path) -> None:
    known, incarnation = Incarnations(tmp_path), new_incarnation()
    assert known.seen(incarnation) is None
    assert known.note(incarnation, HERE)
    assert known.seen(incarnation) == HERE
    (tmp_path / f"{incarnation}.json").write_text("{}")
    assert known.seen(incarnation) is None
