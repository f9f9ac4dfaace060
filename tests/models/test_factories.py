"""The factories serve every captured table."""

from mentor_desktop.store.capture import captured_tables
from mentor_desktop.store.workspace import Workspace
from tests import factories


def test_there_is_a_valid_row_of_every_captured_table(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        rows = factories.one_of_each(uow.session)
        changes = uow.commit()
    assert set(rows) == set(captured_tables())
    assert set(changes.entities) == set(captured_tables())
