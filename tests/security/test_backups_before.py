"""Before a large import and before people are merged there is a backup to go back to."""

import json
from functools import partial
from pathlib import Path

import pytest

from mentor_desktop.services.backups import LARGE_IMPORT_ROWS, backup_rows
from mentor_desktop.services.duplicates import possible_duplicates
from mentor_desktop.services.people import add_person, person_order
from mentor_desktop.store.backup import list_backups
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.ui.pages.import_page import ImportPage
from tests.cli.conftest import typed
from tests.services.sample_workshop import Sample
from tests.ui.workshop.office import Office
from tests.workspaces import PASSPHRASE, files_limited_to


def _table(rows: int) -> str:
    lines = [f"Ona,Petraitytė {one},ona{one}@school.example" for one in range(rows)]
    return "\n".join(["given_name,family_name,email", *lines])


def _reasons(root: Path) -> list[str]:
    return [one.reason for one in list_backups(WorkspaceFolder(root))]


@pytest.mark.parametrize(
    ("rows", "expected"), [(LARGE_IMPORT_ROWS - 1, []), (LARGE_IMPORT_ROWS, ["import"])]
)
def test_the_import_page_backs_up_before_many_rows(
    office: Office, sample: Sample, tmp_path: Path, rows: int, expected: list[str]
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(_table(rows), "utf-8")
    page = office.go("import", kind="participants", workshop_id=sample.workshop_id)
    assert isinstance(page, ImportPage)
    page.take_file(file)
    office.settle()
    assert page.primary is not None
    page.primary.act()
    office.settle()
    assert len(office.read(person_order)) == 60 + rows
    assert _reasons(office.workspace.folder.root) == expected


def test_a_command_backs_up_before_many_rows(workspace_root: Path, tmp_path: Path) -> None:
    secret, file = tmp_path / "passphrase", tmp_path / "people.csv"
    secret.write_text(PASSPHRASE)
    file.write_text(_table(LARGE_IMPORT_ROWS), "utf-8")
    always = ("--workspace", workspace_root, "--passphrase-file", secret)
    plan = tmp_path / "organisations.csv"
    plan.write_text("name,kind\nMokykla,external\n", "utf-8")
    assert typed(*always, "import", "organisations", plan).code == 0
    assert "import" not in _reasons(workspace_root)
    answer = typed(*always, "import", "participants", file, "--json")
    assert answer.code == 1
    assert "import" not in _reasons(workspace_root)  # refused: no workshop was named
    plan.write_text("name\n" + "\n".join(f"School {n}" for n in range(LARGE_IMPORT_ROWS)), "utf-8")
    answer = typed(*always, "import", "organisations", plan, "--json")
    assert answer.code == 0, answer.err
    assert json.loads(answer.out)["rows"] == LARGE_IMPORT_ROWS
    assert "import" in _reasons(workspace_root)


def test_without_room_for_the_backup_nothing_is_imported(
    office: Office, sample: Sample, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(_table(LARGE_IMPORT_ROWS), "utf-8")
    page = office.go("import", kind="participants", workshop_id=sample.workshop_id)
    page.take_file(file)
    office.settle()
    with files_limited_to(20_000):
        page.primary.act()
        office.settle()
    assert len(office.read(person_order)) == 60
    assert office.window.frame.last_toast.startswith("The disk with ")


def test_the_first_merge_of_a_sitting_begins_with_a_backup(office: Office) -> None:
    for name in ("Rūta", "Ona"):
        for phone in ("+37061111111", ""):
            office.write(
                partial(
                    add_person,
                    given_name=name,
                    family_name="Kalnė",
                    birth_year=1990,
                    phone=phone,
                )
            )
    page = office.go("duplicates")
    assert len(office.read(possible_duplicates)) == 2
    for left in (1, 0):
        page._merge(is_first=True)
        office.settle()
        assert len(office.read(possible_duplicates)) == left
    assert [one.reason for one in backup_rows(office.workspace)] == ["Before people were merged"]
