"""Backups and restoring: whole, checked, between kinds of database, and nothing acknowledged is lost."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import delete, select, update

from mentor_desktop.errors import StoreError
from mentor_desktop.server.backups import Restored, back_up, begin_new_epochs, restore
from mentor_desktop.server.blob_store import FolderBlobs
from mentor_desktop.server.folder import ServerFolder, ServerKeys, ServerSettings
from mentor_desktop.server.folding import fold_all
from mentor_desktop.server.inspection import check_everything
from mentor_desktop.server.migrations import migrate
from mentor_desktop.server.room import kept_by
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import audit, log, merged, metadata
from mentor_desktop.sync.protocol.batches import open_batch
from mentor_desktop.sync.protocol.operations import expand
from tests.server.conftest import SECRET, open_service
from tests.server.uploads import read_file
from tests.server.world import Device, World, running
from tests.workspaces import files_limited_to

PERSON = {"entity": "person", "kind": "create", "values": {"given_name": "Ana"}}


@contextmanager
def _server(folder: Path, secret: bytes = SECRET) -> Iterator[tuple[ServerFolder, Service]]:
    """Give a server in a folder with a SQLite file."""
    server = ServerFolder(folder)
    url = f"sqlite:///{folder / 'server.db'}"
    server.create(ServerSettings(database=url, blobs=str(folder / "blobs")), secret)
    service = open_service(url, folder)
    service.keys = ServerKeys.from_secret(secret)
    migrate(service.database)
    yield server, service
    service.close()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[tuple[ServerFolder, Service]]:
    with _server(tmp_path / "here") as made:
        yield made


@contextmanager
def _on(service: Service) -> Iterator[World]:
    with running(service) as address, httpx2.Client(base_url=address, timeout=30) as http:
        yield World(service, http)


def _attach(device: Device, content: bytes, stream: str = "people") -> str:
    address = sha256(content).hexdigest()
    place = {"ws": device.ws, "stream": stream}
    url = f"/v1/blob/{address}"
    device.http.put(
        f"{url}/chunk/0", params={**place, "sha256": address}, content=content,
        headers=device.headers,
    ).raise_for_status()  # fmt: skip
    device.http.post(
        f"{url}/seal", params=place, json={"chunks": 1}, headers=device.headers
    ).raise_for_status()
    return address


def test_backup_holds_everything_and_says_up_to_where_devices_are_safe(
    here: tuple[ServerFolder, Service], tmp_path: Path
) -> None:
    server, service = here
    with _on(service) as world:
        ana = world.founder()
        ana.write("people", PERSON, PERSON)
        _attach(ana, b"a scan")
        backup = back_up(service, server, tmp_path / "out")
        assert (backup.workspaces, backup.batches, backup.files) == (1, 2, 1)
        assert ana.hello(streams=["people"]).streams["people"].archived_seq == 2
        ana.write("people", PERSON)
        assert ana.hello(streams=["people"]).streams["people"].archived_seq == 2
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == [
        "blobs", backup.path.name, "secret.key",
    ]  # fmt: skip
    assert (tmp_path / "out" / "secret.key").stat().st_mode & 0o077 == 0


def test_file_the_server_lost_ends_no_backup(
    here: tuple[ServerFolder, Service], tmp_path: Path
) -> None:
    server, service = here
    with _on(service) as world:
        ana = world.founder()
        lost, kept = _attach(ana, b"a scan"), _attach(ana, b"a logo")
        service.blobs.remove(ana.ws, lost)
        backup = back_up(service, server, tmp_path / "out")
        assert ana.hello(streams=["members"]).streams["members"].archived_seq == 0
        assert backup.files == 1
    assert backup.troubles == (_is_lost(ana, lost),)
    assert FolderBlobs(tmp_path / "out" / "blobs").size(ana.ws, kept) == 6


def _is_lost(device: Device, address: str) -> str:
    return f"Workspace {device.ws}: the file {address[:16]} is missing or damaged."


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_what_lacks_beside_a_backup_is_told_and_the_rest_comes_back(
    here: tuple[ServerFolder, Service], tmp_path: Path, damage: str
) -> None:
    server, service = here
    with _on(service) as world:
        ana = world.founder()
        lost, kept = _attach(ana, b"a scan"), _attach(ana, b"a logo")
        backup = back_up(service, server, tmp_path / "out")
    file = tmp_path / "out" / "blobs" / ana.ws / lost[:2] / lost
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(b"a scab")
    with _server(tmp_path / "there", secret=b"t" * 32) as (other, again):
        assert restore(again, other, backup.path) == Restored(1, (_is_lost(ana, lost),))
        assert other.secret() == server.secret()
        again.keys = other.keys()
        with _on(again) as world:
            ana.http = world.http
            assert read_file(ana, kept).content == b"a logo"
            assert read_file(ana, lost).status_code == 404
            _attach(ana, b"a scan")
            assert read_file(ana, lost).content == b"a scan"


@pytest.mark.parametrize("secret", [b"short", b""])
def test_restore_without_a_sound_secret_changes_nothing(
    here: tuple[ServerFolder, Service], tmp_path: Path, secret: bytes
) -> None:
    server, service = here
    with _on(service) as world:
        ana = world.founder()
        backup = back_up(service, server, tmp_path / "out")
        ana.write("people", PERSON)
    (tmp_path / "out" / "secret.key").write_bytes(secret)
    with pytest.raises(StoreError, match="cannot be understood"):
        restore(service, server, backup.path)
    with _on(service) as world:
        ana.http = world.http
        assert ana.hello(streams=["people"]).streams["people"].last_seq == 1


@pytest.mark.parametrize("name", ["with #number", "why?", "100%25", "a&mode=ro"])
def test_folder_of_backups_may_have_any_name(
    here: tuple[ServerFolder, Service], tmp_path: Path, name: str
) -> None:
    server, service = here
    with _on(service) as world:
        world.founder()
    backup = back_up(service, server, tmp_path / name)
    assert restore(service, server, backup.path).workspaces == 1
    assert {one.name for one in tmp_path.iterdir()} == {"here", name}
    assert backup.size_bytes > 0


def test_secret_goes_into_no_file_that_somebody_laid_out_for_it(
    here: tuple[ServerFolder, Service], tmp_path: Path
) -> None:
    server, _service = here
    theirs, draft = tmp_path / "theirs", tmp_path / "secret.new"
    theirs.touch()
    draft.symlink_to(theirs)
    server.copy_secret(tmp_path)
    assert theirs.read_bytes() == b""
    assert (tmp_path / "secret.key").read_bytes() == SECRET


def test_devices_bring_back_what_was_acknowledged_after_the_backup(
    here: tuple[ServerFolder, Service], tmp_path: Path
) -> None:
    server, service = here
    with _on(service) as world:
        ana = world.founder()
        address = _attach(ana, b"a scan")
        ana.write("people", PERSON)
        fold_all(service)
        backup = back_up(service, server, tmp_path / "out")
        late = ana.batch("people", ana.ops("people", PERSON))
        assert ana.send("people", late).status_code == 200
        epoch = ana.hello().epoch
    with _server(tmp_path / "there", secret=b"t" * 32) as (other, again):
        assert restore(again, other, backup.path) == Restored(1)
        again.keys = other.keys()
        fold_all(again)
        assert check_everything(again).troubles == []
        with _on(again) as world:
            ana.http = world.http
            assert ana.hello().epoch != epoch
            assert ana.hello().streams["people"].last_seq == 1
            assert ana.send("people", late).status_code == 200
            assert len(ana.pull_all("people")) == 2
            found = ana.get(f"/v1/blob/{address}")
            assert found.content == b"a scan"


def test_backup_of_an_older_version_is_brought_to_this_one_and_stays_as_it_is(
    here: tuple[ServerFolder, Service], tmp_path: Path
) -> None:
    server, service = here
    with _on(service) as world:
        ana = world.founder()
        ana.write("people", PERSON)
        _attach(ana, b"a scan")
        backup = back_up(service, server, tmp_path / "out")
    with closing(sqlite3.connect(backup.path)) as file:
        file.execute("ALTER TABLE workspace DROP COLUMN bytes")
        file.execute("ALTER TABLE blob_chunk DROP COLUMN size")
        file.execute("UPDATE meta SET value = '1' WHERE name = 'version'")
        file.commit()
    content = backup.path.read_bytes()
    with _server(tmp_path / "there", secret=b"t" * 32) as (other, again):
        assert restore(again, other, backup.path) == Restored(1)
        again.keys = other.keys()
        assert check_everything(again).troubles == []
        assert again.database.read(ana.ws, lambda one: kept_by(one, ana.ws)) > len(b"a scan")
        assert not list(other.path.glob("tmp*"))
    assert backup.path.read_bytes() == content


def test_backup_moves_a_server_to_postgresql(
    here: tuple[ServerFolder, Service], postgresql: str, tmp_path: Path
) -> None:
    server, service = here
    with _on(service) as world:
        ana = world.founder()
        ana.write("people", PERSON)
        backup = back_up(service, server, tmp_path / "out")
    target = open_service(postgresql, tmp_path)
    migrate(target.database)
    kept = target.database.read_everywhere(
        lambda one: {t.name: one.execute(select(t)).all() for t in metadata.sorted_tables}
    )
    try:
        restore(target, ServerFolder(tmp_path / "here"), backup.path)
        target.keys = ServerFolder(tmp_path / "here").keys()
        assert check_everything(target).troubles == []
        with _on(target) as world:
            ana.http = world.http
            ana.epoch = ana.hello().epoch
            assert len(ana.pull_all("people")) == 1
    finally:  # the database is shared with other tests: what they made comes back
        target.database.write_everywhere(
            lambda one: [
                (one.execute(delete(table)), [one.execute(table.insert(), dict(row._mapping)) for row in rows])
                for table in metadata.sorted_tables
                for rows in [kept[table.name]]
            ]
        )  # fmt: skip
        target.close()


def test_who_joined_after_the_backup_is_a_device_again(
    here: tuple[ServerFolder, Service], tmp_path: Path
) -> None:
    server, service = here
    with _on(service) as world:
        ana = world.founder()
        backup = back_up(service, server, tmp_path / "out")
        ben = world.colleague(ana, "trainer", "*")
        of_server = [one for one in ana.pull_all("members") if one.header.device != ana.device]
        sent = ben.batch("people", ben.ops("people", PERSON))
        assert ben.send("people", sent).status_code == 200
    restore(service, server, backup.path)
    with _on(service) as world:
        ana.http = ben.http = world.http
        assert ben.sign_in().status_code == 401
        reply = ana.hello()
        assert ana.joined is not None
        assert reply.server_device != ana.joined.server_device
        assert ana.send("members", *of_server).status_code == 200
        assert ben.sign_in().status_code == 200
        assert ben.hello().workshops == ["*"]
        assert ben.send("people", sent).status_code == 200
        world.colleague(ana, "reader")  # the server writes again, in a chain of its own
        fold_all(service)
        assert check_everything(service).troubles == []


def test_invitation_that_was_used_after_the_backup_is_good_for_nobody_else(
    here: tuple[ServerFolder, Service], tmp_path: Path
) -> None:
    server, service = here
    with _on(service) as world:
        ana = world.founder()
        invited = [world.invitation(), world.invitation(ana.ws, "admin")]
        backup = back_up(service, server, tmp_path / "out")
        for one in invited:
            world.join(one)
    restore(service, server, backup.path)
    with _on(service) as world:
        for one in invited:
            assert world.ask_to_join(one)[0].status_code == 403
        assert world.ask_to_join(world.invitation(ana.ws, "reader"))[0].status_code == 200


def test_own_entry_signed_by_the_server_lets_a_device_in_again(
    here: tuple[ServerFolder, Service], tmp_path: Path
) -> None:
    server, service = here
    with _on(service) as world:
        ana = world.founder()
        backup = back_up(service, server, tmp_path / "out")
        ben = world.colleague(ana, "trainer", "*")
        (batch,) = ana.pull_all("members")[1:]
        entry = str(next(expand(open_batch(batch))).values["record"])
    restore(service, server, backup.path)
    with _on(service) as world:
        ben.http = world.http
        assert world.http.post("/v1/succeed", content=entry).status_code == 200
        assert ben.sign_in().status_code == 200
        assert ben.hello().role == "trainer"


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "row", "missing"])
def test_damaged_backup_is_refused_and_changes_nothing(
    here: tuple[ServerFolder, Service], tmp_path: Path, damage: str
) -> None:
    server, service = here
    with _on(service) as world:
        ana = world.founder()
        for _one in range(5):
            ana.write("people", PERSON)
        backup = back_up(service, server, tmp_path / "out").path
        content = backup.read_bytes()
        if damage == "cut":
            backup.write_bytes(content[: len(content) // 2])
        if damage == "empty":
            backup.write_bytes(b"")
        if damage == "text":
            backup.write_text("this is no backup", "utf-8")
        if damage == "missing":
            backup.unlink()
        if damage == "row":
            with closing(sqlite3.connect(backup)) as file:
                file.execute("delete from log where seq = 3")
                file.commit()
        epoch = ana.hello().epoch
        with pytest.raises(StoreError):
            restore(service, server, backup)
        assert ana.hello().epoch == epoch
        assert len(ana.pull_all("people")) == 5


def test_backup_without_room_leaves_nothing_behind(
    here: tuple[ServerFolder, Service], tmp_path: Path
) -> None:
    server, service = here
    with files_limited_to(20_000), pytest.raises(StoreError, match="could not be written"):
        back_up(service, server, tmp_path / "out")
    assert not list((tmp_path / "out").glob("*backup*"))


def test_database_brought_back_by_its_own_tools_begins_new_epochs(
    here: tuple[ServerFolder, Service],
) -> None:
    _server, service = here
    with _on(service) as world:
        ana = world.founder()
        before = ana.hello().epoch
        assert begin_new_epochs(service) == 1
        assert ana.get("/v1/pull", stream="people", epoch=before, since=0).status_code == 409
        assert ana.hello().epoch != before
    wanted = select(audit.c.action).where(audit.c.ws == ana.ws)
    actions = service.database.read(ana.ws, lambda one: one.scalars(wanted).all())
    assert "restored" in actions


@pytest.mark.parametrize("damage", ["body", "gone", "counter", "row", "file"])
def test_check_sees_damage(here: tuple[ServerFolder, Service], tmp_path: Path, damage: str) -> None:
    _server, service = here
    with _on(service) as world:
        ana = world.founder()
        for _one in range(3):
            ana.write("people", PERSON)
        address = _attach(ana, b"a scan")
        fold_all(service)
        assert check_everything(service).troubles == []
        statements = {
            "body": update(log).where(log.c.seq == 2).values(body=b"x"),
            "gone": delete(log).where(log.c.seq == 2),
            "counter": delete(log).where(log.c.seq == 4),
            "row": delete(merged).where(merged.c.entity == "person"),
        }
        if damage == "file":
            file = tmp_path / "here" / "blobs" / ana.ws / address[:2] / address
            file.write_bytes(b"a scab")
        else:
            service.database.write(ana.ws, lambda one: one.execute(statements[damage]))
    assert len(check_everything(service).troubles) == 1
