"""Whom a person's id stands for after merging."""

from mentor_desktop.services.aliases import LINKS, load_aliases
from mentor_desktop.store.workspace import Workspace
from tests import factories


def test_links_are_found_without_reading_everybody(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        kept = factories.person(uow.session)
        merged = factories.person(uow.session, alias_of=kept.id)
        uow.commit()
    with workspace.reader() as uow:
        plan = uow.raw.execute(f"EXPLAIN QUERY PLAN {LINKS}").fetchall()
        assert load_aliases(uow).resolve(merged.id) == kept.id
    assert "ix_person_alias_of" in plan[0][3]
