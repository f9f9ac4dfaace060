"""Invariant 23: a real server that a journal goes through never has a word of it."""

import base64
import json
import random
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import MetaData, create_engine, text

from mentor_desktop.server.command_line import run
from mentor_desktop.server.dialect import EVERYWHERE
from mentor_desktop.server.folder import ServerFolder
from mentor_desktop.server.joining import make_invitation
from mentor_desktop.server.service import Service
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync import joining
from mentor_desktop.sync.client import Client
from mentor_desktop.sync.engine import Engine
from mentor_desktop.sync.journal.open_journal import OpenJournal, begin_journal
from mentor_desktop.sync.keys.invitations import new_invitation
from mentor_desktop.sync.line import Line
from mentor_desktop.sync.protocol.batches import BadBatch, Batch, open_batch
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.log import stored_batch
from tests import factories
from tests.canaries import CANARIES, search
from tests.cheap import CHEAP
from tests.server.postgres import fresh_database
from tests.server.processes import Process, served
from tests.workspaces import FrozenClock, Template

PASSPHRASE = "Wombatgasse-Schlüsselblume"
# Sent openly by the same computers: what the search has to find.
CONTROL = "Quittenkompott-Kontrollgang"


class Computer:
    """A computer of the mentor that syncs over a real connection."""

    def __init__(self, workspace: Workspace, client: Client) -> None:
        self.workspace = workspace
        self._client = client
        self.journal: OpenJournal | None = None

    @property
    def open(self) -> OpenJournal:
        if self.journal is None:
            self.journal = begin_journal(self.workspace, PASSPHRASE, cost=CHEAP)
        return self.journal

    def sync(self) -> None:
        now_ms = int(self.workspace.clock().timestamp() * 1_000)
        engine = Engine(
            self.workspace, random.Random(1), now_ms=lambda: now_ms, journal=lambda: self.open
        )
        status = self._client.drive(engine.sync())
        assert not status.reason, status

    def texts(self) -> set[str]:
        contents = [entry.shown.content for entry in self.open.entries()]
        return {(content or b"nothing").decode() for content in contents}


class Mentor:
    """The mentor with one computer after the other."""

    def __init__(self, folder: Path, place: Path, template: Template, client: Client) -> None:
        self._folder, self._template, self._client = folder, template, client
        self._service = Service.open(place)
        self._user = self.ws = ""
        self.computers: list[Computer] = []

    def further(self, name: str) -> Computer:
        """Begin on one more computer."""
        invitation = new_invitation("http://127.0.0.1", self.ws)
        make_invitation(
            self._service, invitation, role="admin", workshops=[], user=self._user, days=1
        )
        line, clock, root = Line(random.Random(1)), FrozenClock(), self._folder / name
        if not self.ws:
            copied = self._template.copy_to(root)
            workspace = Workspace.open(copied, self._template.key, clock=clock)
            url = "http://127.0.0.1"
            reply = self._client.drive(joining.claim(line, workspace, invitation, url))
            self.ws, self._user = reply.ws, reply.user
        else:
            new = joining.new_device()
            reply = self._client.drive(joining.ask_to_join(line, invitation, new, name))
            workspace = joining.create(
                reply,
                new,
                lambda it: Workspace.create(
                    root, "six", clock=clock, actor=name, new=it, cost=CHEAP
                )[0],
                "http://127.0.0.1",
                name=name,
            )
        self.computers.append(Computer(workspace, self._client))
        return self.computers[-1]

    def secrets(self) -> list[bytes]:
        """Return the keys that must be nowhere: of the computers' cards and of epochs."""
        found = []
        for one in self.computers:
            with closing(one.workspace.exchange_connection()) as raw:
                view = one.open._fresh(raw)
                halves = [each.keys for each in one.open._opened.holders(raw)]
                found += [half for keys in halves for half in (keys.signing, keys.receiving)]
                keyring = view.keys.keyring
                found += [keyring.get(*name) or b"" for name in keyring.names()]
                assert state.identity(raw).seal_key not in found
        return found

    def close(self) -> None:
        for one in self.computers:
            one.workspace.close(with_backup=False)
        self._service.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Give the folder of a new server, on one database and then on the other."""
    folder = tmp_path / "server"
    arguments = ["init", "--folder", str(folder)]
    if request.param == "postgresql":
        arguments += ["--database", fresh_database(request.getfixturevalue("postgresql"))]
    assert run(arguments) == 0
    return folder


def live(mentor: Mentor) -> str:
    """Go through everything a journal is there for; return the code of the sheet."""
    first = mentor.further("first")
    texts = set(CANARIES.values())
    for one in texts:
        first.open.write(one.encode())
    with first.workspace.unit_of_work() as uow:
        factories.person(uow.session, given_name=CONTROL)
        uow.commit()
    code = first.open.print_sheet()
    second = mentor.further("second")
    second.open.devices()
    for one in (first, second, first):
        one.sync()
    first.open.add_device(second.open.devices().own_code)
    second.open.add_device(first.open.devices().own_code)
    for one in (first, second):
        one.sync()
    assert second.texts() == texts
    entry = second.open.entries()[0]
    second.open.write(CANARIES["note"].encode(), entry=entry.id)
    second.open.delete(second.open.entries()[1].id)
    lost = next(one for one in second.open.devices().trusted if not one.is_own)
    second.sync()
    second.open.revoke(lost.fingerprint)
    second.open.write(CANARIES["mark note"].encode())
    second.sync()
    fresh = mentor.further("fresh")
    fresh.open.devices()
    fresh.sync()
    fresh.open.recover(code)
    fresh.sync()
    assert fresh.texts() == second.texts()
    return code


def everything_in(database: str) -> Iterator[bytes]:
    """Give every value of every table, and what is packed in batches, unpacked."""
    engine = create_engine(database)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(
                text("select set_config('mentor.ws', :ws, true)"), {"ws": EVERYWHERE}
            )
        tables = MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            for row in connection.execute(table.select()).mappings():
                for value in row.values():
                    yield value if isinstance(value, bytes) else str(value).encode()
                if {"header", "body"} <= row.keys():
                    yield from unpacked(stored_batch((row["header"], row["body"])))
    engine.dispose()


def unpacked(batch: Batch) -> Iterator[bytes]:
    try:
        content = open_batch(batch)
    except BadBatch:
        return
    yield repr(content.actions).encode()
    for run_ in content.runs:
        for column in run_.columns.values():
            for value in map(str, column):
                yield value.encode()
                parts = json.loads(value).values() if value.startswith("{") else [value]
                for part in parts:
                    if re.fullmatch(r"[A-Za-z0-9+/]+=*", str(part)) and len(str(part)) % 4 == 0:
                        yield base64.b64decode(str(part))


def memory_of(process: Process) -> bytes | None:
    """Return what a process has in its memory to write in; None where that cannot be read."""
    folder = Path(f"/proc/{process.pid}")
    found = []
    try:
        with (folder / "mem").open("rb", buffering=0) as memory:
            for line in (folder / "maps").read_text().splitlines():
                span, rights, *_rest = line.split()
                if not rights.startswith("rw"):
                    continue
                start, end = (int(one, 16) for one in span.split("-"))
                memory.seek(start)
                found.append(memory.read(end - start) or b"")
    except OSError:
        return None
    return b"\n".join(found)


@pytest.mark.slow
def test_a_server_never_has_a_word_of_a_journal_or_a_key_to_it(
    place: Path, tmp_path: Path, workspace_template: Template
) -> None:
    with served(place) as process, Client(process.address) as client:
        mentor = Mentor(tmp_path / "computers", place, workspace_template, client)
        code = live(mentor)
        assert run(["backup", "--folder", str(place), str(tmp_path / "backups")]) == 0
        memory = memory_of(process)
        _code, logged = process.end()
        secrets = [*mentor.secrets(), code.encode(), code.replace("-", "").encode()]
        secrets.append(PASSPHRASE.encode())
        mentor.close()
    had = tmp_path / "had"
    had.mkdir()
    (had / "log").write_text("\n".join(logged))
    databases = [ServerFolder(place).settings().database]
    databases += [f"sqlite:///{path}" for path in (tmp_path / "backups").glob("*.backup")]
    for number, database in enumerate(databases):
        (had / f"tables {number}").write_bytes(b"\n".join(everything_in(database)))
        # The search finds what the same computers sent openly.
        assert CONTROL.encode() in (had / f"tables {number}").read_bytes()
    assert len(databases) == 2
    assert search([place, tmp_path / "backups", had]) == []
    contents = [path.read_bytes() for path in place.rglob("*") if path.is_file()]
    contents += [path.read_bytes() for path in had.iterdir()]
    assert not any(form in one for one in contents for form in written(secrets))
    if memory is None:
        pytest.skip("the memory of another process cannot be read here; all the rest was searched")
    assert mentor.ws.encode() in memory
    texts = [one.encode() for one in CANARIES.values()]
    assert not any(form in memory for form in written([*secrets, *texts]))


def written(secrets: Sequence[bytes]) -> Iterator[bytes]:
    """Give the forms in which keys and texts could lie somewhere."""
    for secret in secrets:
        yield secret
        yield secret.hex().encode()
        yield base64.b64encode(secret)[:-4]
