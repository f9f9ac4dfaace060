"""Tables and SQL: split by workspace, walls in PostgreSQL, tried again, bounded, migrated."""

import ast
import re
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError

from mentor_desktop.errors import StoreError
from mentor_desktop.ids import new_id
from mentor_desktop.server import dialect, migrations
from mentor_desktop.server.database import TRIES, Database, OvertakenError
from mentor_desktop.server.migrations import CURRENT, migrate, require_current, version_of
from mentor_desktop.server.refusals import Refusal
from mentor_desktop.server.tables import (
    blob,
    blob_chunk,
    invitation,
    log,
    merged,
    meta,
    metadata,
    workspace,
)
from tests.server.postgres import fresh_database
from tests.server.world import World

PACKAGE = Path(__file__).resolve().parents[2] / "mentor_desktop" / "server"
PERSON = {"entity": "person", "kind": "create", "values": {"given_name": "Ana"}}
# Who may look across workspaces: merging, figures, administrators' commands, backups, checks,
# steps to a newer version.
ACROSS = {"folding.py", "health.py", "workspaces.py", "backups.py", "inspection.py",
          "audit_command.py", "database.py", "migrations.py"}  # fmt: skip
# Words that would tie the server to one node, one session, or a sequence of the database.
UNWANTED = {
    "advisory locks": r"pg_(try_)?advisory",
    "notifications": r"^\s*(listen|notify)\s|pg_notify",
    "sequences": r"\b(nextval|currval|bigserial\b|serial\b|autoincrement|Sequence\()",
    "session settings": r"\bset\s+(session\b|(?!_config|transaction)[a-z_]+\s*(=|to)\s)",
    "temporary tables": r"create\s+temp",
}


# ---------------------------------------------------------------- what the metadata and sources say


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: str(table.name))
def test_every_key_and_index_begins_with_the_workspace(table: Any) -> None:
    keys = [list(table.primary_key.columns)]
    keys += [list(one.columns) for one in table.constraints if hasattr(one, "columns")]
    keys += [list(one.columns) for one in table.indexes]
    assert {columns[0].name for columns in keys if columns} == {"ws"}
    assert all(not column.foreign_keys for column in table.columns)
    assert all(column.autoincrement in {False, "auto"} for column in table.columns)
    assert not any(column.default for column in table.columns)
    # A constant for programs of the version before; nothing that the database would make up.
    made = [column.server_default.arg for column in table.columns if column.server_default]
    assert set(made) <= {"0", ""}


def _texts(path: Path) -> str:
    """Return the strings of a file that are not documentation."""
    tree = ast.parse(path.read_text("utf-8"))
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return "\n".join(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documentation
    )


@pytest.mark.parametrize("what", UNWANTED)
def test_no_sql_ties_the_server_to_one_node(what: str) -> None:
    for path in PACKAGE.rglob("*.py"):
        found = re.search(UNWANTED[what], _texts(path), re.IGNORECASE)
        assert found is None, f"{path.name}: {found and found[0]}"


@pytest.mark.parametrize(
    ("what", "sql"),
    [
        ("advisory locks", "select pg_advisory_xact_lock(1)"),
        ("notifications", "notify changes"),
        ("sequences", "id bigserial primary key"),
        ("session settings", "set search_path to x"),
        ("session settings", "SET SESSION lock_timeout = 1"),
        ("temporary tables", "create temporary table t"),
    ],
)
def test_the_rule_sees_what_breaks_it(what: str, sql: str) -> None:
    assert re.search(UNWANTED[what], sql, re.IGNORECASE)


def test_written_sql_lives_in_the_dialect_alone() -> None:
    allowed = {"dialect.py", "backups.py"}  # the second: pragmas of the backup file
    for path in PACKAGE.rglob("*.py"):
        if path.name not in allowed:
            names = {
                node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                for node in ast.walk(ast.parse(path.read_text("utf-8")))
                if isinstance(node, ast.Call)
            }
            assert not names & {"text", "exec_driver_sql"}, path.name


def test_only_a_few_look_across_workspaces() -> None:
    for path in PACKAGE.rglob("*.py"):
        if re.search(r"_everywhere|EVERYWHERE", path.read_text("utf-8")):
            assert path.name in {*ACROSS, "dialect.py"}, path.name


def test_every_statement_names_its_workspace() -> None:
    """Each `where` of a table in a handler's module begins with its `ws`."""
    for path in PACKAGE.glob("*.py"):
        if path.name in ACROSS | {"dialect.py"}:
            continue
        source = path.read_text("utf-8")
        for found in re.finditer(r"\.where\(\s*(\*?[\w.]+)", source):
            assert found[1].endswith(".c.ws") or found[1] == "*where", f"{path.name}: {found[0]}"


# ---------------------------------------------------------------- walls


def test_forgotten_condition_shows_no_other_workspace(postgresql_world: World) -> None:
    ana, eve = postgresql_world.founder(), postgresql_world.founder()
    ana.write("people", PERSON)
    database = postgresql_world.service.database
    seen = database.read(eve.ws, lambda one: set(one.scalars(select(log.c.ws))))
    assert seen == {eve.ws}
    changed = database.write(eve.ws, lambda one: one.execute(update(log).values(size=0)).rowcount)
    assert changed == 1
    nobody = database.read(new_id(), lambda one: one.scalars(select(log.c.ws)).all())
    assert nobody == []


def test_row_of_another_workspace_cannot_be_written(postgresql_world: World) -> None:
    eve = postgresql_world.founder()
    row = {"ws": new_id(), "epoch": "e", "head": 0, "access": 0, "created_at": 0, "founders": "{}"}
    with pytest.raises(DBAPIError, match="row-level security"):
        postgresql_world.service.database.write(
            eve.ws, lambda one: one.execute(workspace.insert(), row)
        )


def test_no_setting_outlives_its_transaction(postgresql_world: World) -> None:
    database = postgresql_world.service.database
    database.read(new_id(), lambda one: one.scalar(select(log.c.ws)))
    with database.engine.connect() as connection:
        for name in ("mentor.ws", "lock_timeout", "statement_timeout"):
            found = connection.execute(text(f"select current_setting('{name}', true)")).scalar()
            assert found in {"", "0", None}


def test_partition_cannot_be_read_past_its_table(postgresql_world: World) -> None:
    postgresql_world.founder()
    database = postgresql_world.service.database

    def count(connection: Connection) -> int:
        tables = [f"{log.name}_p{number:02}" for number in range(16)]
        return sum(
            connection.execute(text(f"select count(*) from {t}")).scalar_one() for t in tables
        )

    assert database.read_everywhere(count) == 0


def test_reading_transaction_cannot_write(postgresql_world: World) -> None:
    eve = postgresql_world.founder()
    with pytest.raises(DBAPIError, match="read-only"):
        postgresql_world.service.database.read(
            eve.ws, lambda one: one.execute(update(workspace).values(head=0))
        )


def test_user_that_sees_past_the_walls_is_refused(postgresql: str) -> None:
    database = Database(fresh_database(postgresql).replace("mentor@", "postgres@"))
    migrate(database)
    with pytest.raises(StoreError, match="walls"):
        require_current(database)
    database.close()


# ---------------------------------------------------------------- trying again


class _Conflict(Exception):
    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_conflict_is_tried_again(
    postgresql_world: World, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def work(_connection: Connection) -> int:
        tries.append(1)
        if len(tries) < TRIES:
            raise OperationalError("update", {}, _Conflict(state))
        return len(tries)

    monkeypatch.setattr("mentor_desktop.server.database._PAUSE_S", 0.0)
    assert postgresql_world.service.database.write(new_id(), work) == TRIES


@pytest.mark.parametrize("error", [OvertakenError(), OperationalError("u", {}, _Conflict("55P03"))])
def test_what_does_not_get_its_turn_is_told_to_come_back(
    postgresql_world: World, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(_connection: Connection) -> None:
        raise error

    monkeypatch.setattr("mentor_desktop.server.database._PAUSE_S", 0.0)
    with pytest.raises(Refusal) as found:
        postgresql_world.service.database.write(new_id(), work)
    assert found.value.code == "busy"
    assert found.value.retry_after_s >= 2


def test_deadlock_of_two_transactions_ends_with_both_done(postgresql_world: World) -> None:
    names = [f"lock {new_id()[-6:]} {number}" for number in range(2)]
    database = postgresql_world.service.database
    for name in names:
        row = {"ws": "", "name": name, "value": "0"}
        database.write("", lambda one, r=row: database.dialect.upsert(one, meta, [r]))
    both = threading.Barrier(2)

    def work(order: list[str], connection: Connection, is_first: list[bool]) -> None:
        for number, name in enumerate(order):
            connection.execute(
                update(meta).where(meta.c.ws == "", meta.c.name == name).values(value="1")
            )
            if number == 0 and is_first:
                is_first.clear()
                both.wait(20)

    def run(order: list[str]) -> None:
        is_first = [True]
        database.write("", lambda one: work(order, one, is_first))

    threads = [threading.Thread(target=run, args=(names[::step],)) for step in (1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    values = database.read(
        "", lambda one: one.scalars(select(meta.c.value).where(meta.c.name.in_(names))).all()
    )
    assert values == ["1", "1"]


def test_busy_sqlite_file_is_told_as_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialect, "LOCK_TIMEOUT_MS", 50)
    database = Database(f"sqlite:///{tmp_path / 'server.db'}")
    migrate(database)

    def work(_connection: Connection) -> None:
        with pytest.raises(Refusal) as found:
            database.write("", lambda _one: None)
        assert found.value.code == "busy"

    database.write("", work)
    database.close()


# ---------------------------------------------------------------- versions, bulk rows


def _urls(tmp_path: Path, postgresql: str) -> list[str]:
    return [f"sqlite:///{tmp_path / 'server.db'}", fresh_database(postgresql)]


def test_tables_are_made_once_and_a_newer_version_is_refused(
    tmp_path: Path, postgresql: str
) -> None:
    for url in _urls(tmp_path, postgresql):
        database = Database(url)
        assert version_of(database) == 0
        with pytest.raises(StoreError, match="mentor-server migrate"):
            require_current(database)
        assert migrate(database) == 0
        assert migrate(database) == version_of(database) == CURRENT
        require_current(database)
        row = {"ws": "", "name": "version", "value": str(CURRENT + 1)}
        write = database.dialect.upsert
        database.write("", lambda one, r=row, w=write: w(one, meta, [r]))
        for refused in (migrate, require_current):
            with pytest.raises(StoreError, match="newer"):
                refused(database)
        database.close()


def test_tables_of_the_first_version_learn_what_each_workspace_keeps(
    tmp_path: Path, postgresql: str
) -> None:
    for url in _urls(tmp_path, postgresql):
        database = Database(url)
        migrate(database)
        for ws, size in (("a" * 32, 300), ("b" * 32, 20)):
            database.write(ws, partial(_keep_something, ws=ws, size=size))
        database.write("", _as_in_the_first_version)
        assert migrate(database) == 1
        kept = select(workspace.c.bytes).order_by(workspace.c.ws)
        assert database.read_everywhere(lambda one, w=kept: one.scalars(w).all()) == [307, 27]
        database.close()


def test_invitations_of_the_version_before_are_those_of_the_command_line(
    tmp_path: Path, postgresql: str
) -> None:
    for url in _urls(tmp_path, postgresql):
        database = Database(url)
        migrate(database)
        database.write("", _invite)
        database.write("", _as_in_the_second_version)
        assert migrate(database) == 2
        made = database.read("", lambda one: one.scalars(select(invitation.c.invited_by)).all())
        assert made == [""]
        database.close()


def _invite(connection: Connection) -> None:
    row = dict.fromkeys(invitation.c.keys(), "")
    connection.execute(insert(invitation).values({**row, "id": "AAAAAAAA", "expires_at": 0}))


def _keep_something(connection: Connection, ws: str, size: int) -> None:
    numbers = {"head": 1, "access": 1, "created_at": 0}
    connection.execute(insert(workspace).values(ws=ws, epoch="e", founders="{}", **numbers))
    batch = {"stream": "people", "device": "d", "from_seq": 1, "count": 1, "at": 0}
    connection.execute(insert(log).values(ws=ws, seq=1, header=b"", body=b"", size=size, **batch))
    file = {"hash": "0" * 64, "size": 7, "started_at": 0, "sealed_at": 0}
    connection.execute(insert(blob).values(ws=ws, **file))


def _as_in_the_first_version(connection: Connection) -> None:
    _as_in_the_second_version(connection)
    connection.execute(text("alter table workspace drop column bytes"))
    connection.execute(text("update meta set value = '1' where name = 'version'"))


def test_uploads_under_way_begin_anew_with_the_third_version(
    tmp_path: Path, postgresql: str
) -> None:
    """What stands of their chunks proved less than it does now, and was not counted."""
    for url in _urls(tmp_path, postgresql):
        database, ws = Database(url), "c" * 32
        migrate(database)
        database.write(ws, partial(_keep_something, ws=ws, size=300))
        database.write(ws, partial(_begin_an_upload, ws=ws))
        database.write("", _as_in_the_second_version)
        assert migrate(database) == 2
        kept = select(workspace.c.bytes).where(workspace.c.ws == ws)
        chunks = select(blob_chunk.c.chunk).where(blob_chunk.c.ws == ws)
        assert database.read(ws, lambda one, w=kept: one.scalars(w).all()) == [307]
        assert database.read(ws, lambda one, w=chunks: one.scalars(w).all()) == []
        database.close()


def _begin_an_upload(connection: Connection, ws: str) -> None:
    file = {"ws": ws, "hash": "1" * 64}
    connection.execute(insert(blob).values(**file, size=50, started_at=0))
    connection.execute(insert(blob_chunk).values(**file, stream="people", chunk=0, size=50))


def _as_in_the_second_version(connection: Connection) -> None:
    connection.execute(text("alter table invitation drop column invited_by"))
    connection.execute(text("alter table blob_chunk drop column size"))
    connection.execute(text("update meta set value = '2' where name = 'version'"))


def test_step_that_fails_leaves_the_version_before(
    tmp_path: Path, postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_dialect: object, connection: Connection) -> None:
        connection.execute(text("create table half (ws text)"))
        raise RuntimeError

    for url in _urls(tmp_path, postgresql):
        database = Database(url)
        migrate(database)
        with monkeypatch.context() as patch:
            patch.setattr(migrations, "STEPS", (*migrations.STEPS, failing))
            patch.setattr(migrations, "CURRENT", CURRENT + 1)
            with pytest.raises(RuntimeError):
                migrate(database)
        assert version_of(database) == CURRENT
        with pytest.raises(DBAPIError):
            database.read("", lambda one: one.execute(text("select * from half")))
        database.close()


def test_one_who_works_alone_has_the_same_connection_each_time(
    tmp_path: Path, postgresql: str
) -> None:
    """Each keeps the memory of the largest thing it did: eight that take turns would be eight times that."""
    for url in _urls(tmp_path, postgresql):
        database = Database(url)
        with database.engine.connect(), database.engine.connect():
            pass  # there are two now
        used = [
            database.read("", lambda one: id(one.connection.dbapi_connection)) for _turn in range(4)
        ]
        assert len(set(used)) == 1
        database.close()


def test_rows_in_bulk_are_written_over_or_kept(tmp_path: Path, postgresql: str) -> None:
    for url in _urls(tmp_path, postgresql):
        database = Database(url)
        migrate(database)
        ws = new_id()
        key = {"ws": ws, "stream": "people", "entity": "person"}
        rows = [
            {**key, "row": f"{n}", "bucket": n, "state": "ė'\"\\", "vals": "[]"}
            for n in range(1_500)
        ]

        def upsert(
            some: list[dict[str, object]], *, keep: bool, on: Database = database, of: str = ws
        ) -> int:
            return on.write(of, partial(on.dialect.upsert, table=merged, rows=some, keep=keep))

        assert upsert(rows, keep=False) == 1_500
        assert upsert([{**rows[0], "bucket": 9}], keep=True) == 0
        assert upsert([{**rows[1], "bucket": 9}], keep=False) == 1
        wanted = (
            select(merged.c.bucket, merged.c.state)
            .where(merged.c.ws == ws)
            .limit(2)
            .order_by(merged.c.row)
        )
        found = database.read(ws, lambda one, w=wanted: one.execute(w).all())
        assert [tuple(one) for one in found] == [(0, "ė'\"\\"), (9, "ė'\"\\")]
        database.close()
