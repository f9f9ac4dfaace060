"""The workspace is deleted, moved or replaced while a program has it open."""

import shutil

import pytest

from mentor_desktop.errors import StoreError
from mentor_desktop.store.workspace import Workspace
from tests import factories
from tests.workspaces import Template


def _write(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        factories.person(uow.session)
        uow.commit()


def _people(workspace: Workspace) -> int:
    with workspace.reader() as reader:
        return int(reader.raw.execute("SELECT count(*) FROM person").fetchone()[0])


@pytest.mark.expects_log("closing: .* is missing")
def test_nothing_is_called_saved_in_a_deleted_workspace(workspace: Workspace) -> None:
    _write(workspace)
    shutil.rmtree(workspace.folder.root)
    with pytest.raises(StoreError, match="was deleted, moved or replaced"):
        _write(workspace)
    assert "is missing" in workspace.close()


def test_a_moved_workspace_takes_nothing_until_it_is_back(workspace: Workspace) -> None:
    _write(workspace)
    root = workspace.folder.root
    elsewhere = root.rename(root.with_name("elsewhere"))
    with pytest.raises(StoreError, match="Nothing of this step was saved"):
        _write(workspace)
    elsewhere.rename(root)
    _write(workspace)
    assert _people(workspace) == 2
    assert workspace.close() == ""


def test_nothing_is_written_beside_a_file_that_took_the_place(
    workspace: Workspace, workspace_template: Template
) -> None:
    _write(workspace)
    database = workspace.folder.database
    mine = database.rename(database.with_name("mine.db"))
    shutil.copyfile(workspace_template.root / database.name, database)
    with pytest.raises(StoreError, match="replaced"):
        _write(workspace)
    mine.replace(database)
    assert _people(workspace) == 1
