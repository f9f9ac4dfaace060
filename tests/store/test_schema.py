"""Migrations, and what a workspace file looks like after them."""

from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from mentor_desktop.ids import derived_id
from mentor_desktop.models import Base
from mentor_desktop.store import capture, derived, schema, staging
from mentor_desktop.store.connection import connect
from mentor_desktop.store.engine import make_engine
from mentor_desktop.store.version import HEAD
from mentor_desktop.store.workspace import Workspace
from tests import factories

KEY = bytes(32)


@pytest.fixture
def fresh(tmp_path: Path) -> Engine:
    """Return the engine of a file that was just migrated from nothing."""
    path = tmp_path / "workspace.db"
    connect(path, KEY, create=True).close()
    engine = make_engine(path, KEY)
    schema.upgrade(engine)
    return engine


def test_migrating_gives_exactly_the_tables_of_the_models(fresh: Engine) -> None:
    with fresh.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": lambda name, kind, _parents: (
                    kind != "table" or not (name or "").startswith((*derived.TABLES, staging.TABLE))
                ),
                "compare_type": True,
            },
        )
        differences = compare_metadata(context, Base.metadata)
    assert differences == []


def test_the_program_works_with_the_newest_revision(fresh: Engine) -> None:
    with fresh.connect() as connection:
        script = ScriptDirectory.from_config(schema.alembic_config(connection))
        stored = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    assert script.get_current_head() == HEAD == stored
    assert len(script.get_heads()) == 1


def test_revisions_are_numbered_in_order(fresh: Engine) -> None:
    with fresh.connect() as connection:
        script = ScriptDirectory.from_config(schema.alembic_config(connection))
        revisions = [one.revision for one in script.walk_revisions()]
    assert revisions == [f"{number:04}" for number in range(len(revisions), 0, -1)]


def test_every_trigger_is_there_as_the_metadata_asks(fresh: Engine) -> None:
    with fresh.connect() as connection:
        stored = dict(
            connection.exec_driver_sql(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall()
        )
    assert stored == {**capture.trigger_statements(), **derived.trigger_statements()}


def test_every_reference_has_an_index(fresh: Engine) -> None:
    with fresh.connect() as connection:
        unindexed = []
        for table in Base.metadata.sorted_tables:
            firsts = {
                connection.exec_driver_sql(f'PRAGMA index_info("{row[1]}")').fetchall()[0][2]
                for row in connection.exec_driver_sql(f'PRAGMA index_list("{table.name}")')
            }
            wanted = {key.parent.name for key in table.foreign_keys}
            unindexed += [f"{table.name}.{name}" for name in sorted(wanted - firsts)]
    assert unindexed == []


def test_a_failing_migration_leaves_the_file_as_it_was(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with workspace.unit_of_work() as uow:
        factories.person(uow.session)
        uow.commit()
    engine = workspace.engine()
    before = _master(engine)

    def fail(*_args: object) -> None:
        with engine.connect() as other:
            assert other.exec_driver_sql("SELECT count(*) FROM person").scalar() == 1
        raise OSError("disk")

    # A fault in the middle: what a revision does is Alembic's, not ours.
    monkeypatch.setattr("alembic.command.upgrade", fail)
    with pytest.raises(OSError, match="disk"):
        schema.upgrade(engine)
    assert _master(engine) == before
    with workspace.unit_of_work() as uow:
        factories.person(uow.session)
        assert uow.commit()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_migration_that_breaks_references_is_refused(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with workspace.unit_of_work() as uow:
        factories.registration(uow.session)
        uow.commit()
    engine = workspace.engine()

    def orphan(config: object, _revision: str) -> None:
        config.attributes["connection"].exec_driver_sql("DELETE FROM person")  # type: ignore[attr-defined]

    monkeypatch.setattr("alembic.command.upgrade", orphan)
    with pytest.raises(schema.ForeignKeysBrokenError):
        schema.upgrade(engine)
    with workspace.reader() as uow:
        assert uow.raw.execute("SELECT count(*) FROM person").fetchone() == (1,)


def test_what_a_migration_does_is_not_captured(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with workspace.unit_of_work() as uow:
        factories.person(uow.session)
        uow.commit()
    engine = workspace.engine()

    def data_migration(config: object, _revision: str) -> None:
        connection = config.attributes["connection"]  # type: ignore[attr-defined]
        connection.exec_driver_sql("UPDATE person SET note = 'migrated'")

    monkeypatch.setattr("alembic.command.upgrade", data_migration)
    schema.upgrade(engine)
    with workspace.reader() as uow:
        assert uow.raw.execute("SELECT count(*) FROM change").fetchone() == (1,)
        assert uow.raw.execute("SELECT note FROM person").fetchone() == ("migrated",)


def test_triggers_of_an_older_program_are_made_anew(workspace: Workspace) -> None:
    root, key, clock = workspace.folder.root, workspace.key, workspace.clock
    with closing(connect(workspace.folder.database, key)) as connection:
        connection.execute("DROP TRIGGER capture_person_set")
        connection.execute(
            "CREATE TRIGGER capture_gone_set AFTER UPDATE ON person BEGIN SELECT 1; END"
        )
        connection.execute("DROP TRIGGER derived_person_update")
        connection.execute("UPDATE local_setting SET value = 'old rules' WHERE key = 'derived'")
    workspace.close(with_backup=False)
    again = Workspace.open(root, key, clock=clock)
    try:
        assert set(_master(again.engine())) >= {"capture_person_set", "derived_person_update"}
        assert "capture_gone_set" not in _master(again.engine())
    finally:
        again.close(with_backup=False)


def _master(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master")
        return {str(name): str(sql) for name, sql in rows}


def test_key_of_the_certificates_is_moved_with_what_is_recorded_of_it(tmp_path: Path) -> None:
    path = tmp_path / "workspace.db"
    connect(path, KEY, create=True).close()
    engine = make_engine(path, KEY)
    with engine.begin() as connection:  # as it was, without the triggers of today
        command.upgrade(schema.alembic_config(connection), "0002")
    row = derived_id("workspace_setting", "certificate_issuer_key")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            'INSERT INTO txn (id, uid, at, device, actor, action, "values", undoable) '
            "VALUES (1, 'u', 0, 'A', '', '', '{}', 1)"
        )
        for name, id_ in (("certificate_issuer_key", row), ("other", "1" * 32)):
            connection.exec_driver_sql(
                "INSERT INTO workspace_setting (id, name, value) VALUES (?, ?, 'x')", (id_, name)
            )
            connection.exec_driver_sql(
                'INSERT INTO change (txn, entity, row, kind, "group") '
                "VALUES (1, 'workspace_setting', ?, 'create', '')",
                (id_,),
            )
    schema.upgrade(engine)
    with engine.connect() as connection:
        tables = [
            connection.exec_driver_sql(f"SELECT name FROM {table}").scalars().all()
            for table in ("workspace_setting", "secret_setting")
        ]
        recorded = connection.exec_driver_sql("SELECT entity FROM change ORDER BY seq")
        entities = recorded.scalars().all()
    assert tables == [["other"], ["certificate_issuer_key"]]
    assert entities == ["secret_setting", "workspace_setting"]
