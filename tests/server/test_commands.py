"""`mentor-server`: each command, for a reader and as JSON, and its refusals in one sentence."""

import json
import socket
import stat
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
import zxingcpp
from PIL import Image

from mentor_desktop.server.command_line import run
from mentor_desktop.server.folding import fold_all
from mentor_desktop.server.migrations import CURRENT
from mentor_desktop.server.service import Service
from mentor_desktop.server.terminal_code import code_lines
from mentor_desktop.sync.keys.invitations import parse_invitation
from tests.server.world import Device, World, running

PERSON = {"entity": "person", "kind": "create", "values": {"given_name": "Ana"}}


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    place = tmp_path / "server"
    assert run(["init", "--folder", str(place)]) == 0
    capsys.readouterr()
    return place


class Said:
    """Runs commands on one server and keeps what was said."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder, self._capsys = folder, capsys

    def json(self, *arguments: str) -> dict[str, object]:
        """Run a command that succeeds; return its JSON."""
        assert run([*arguments, "--folder", str(self._folder), "--json"]) == 0
        said = self._capsys.readouterr()
        assert said.err == ""
        found = json.loads(said.out)
        assert isinstance(found, dict)
        return found

    def lines(self, *arguments: str) -> list[str]:
        """Run a command that succeeds; return what a reader sees."""
        assert run(["--folder", str(self._folder), *arguments]) == 0
        return self._capsys.readouterr().out.splitlines()

    def refusal(self, *arguments: str) -> str:
        """Run a command that is refused; return the one sentence."""
        assert run([*arguments, "--folder", str(self._folder)]) == 1
        said = self._capsys.readouterr()
        assert said.out == ""
        (sentence,) = said.err.splitlines()
        return sentence


@pytest.fixture
def said(folder: Path, capsys: pytest.CaptureFixture[str]) -> Said:
    return Said(folder, capsys)


def _join(folder: Path, link: str, name: str = "Laptop") -> Device:
    """Join with the invitation of a link, as a desktop would, and leave the server again."""
    service = Service.open(folder)
    with running(service) as address, httpx2.Client(base_url=address) as http:
        device = World(service, http).join(parse_invitation(link), name=name)
        device.write("people", PERSON)
    fold_all(service)
    service.close()
    return device


def test_folder_holds_a_secret_that_nobody_else_reads(folder: Path) -> None:
    for name in ("secret.key", "settings.json"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert len((folder / "secret.key").read_bytes()) == 32


def test_nobody_else_reads_what_lies_in_an_open_folder(tmp_path: Path) -> None:
    folder, out = tmp_path / "server", tmp_path / "out"
    for open_one in (folder, out):
        open_one.mkdir(mode=0o755)  # as `useradd --create-home` makes one
    for arguments in (["init"], ["backup", str(out)]):
        command = [sys.executable, "-m", "mentor_desktop.server", *arguments]
        subprocess.run([*command, "--folder", str(folder)], check=True, stdout=subprocess.DEVNULL)
    written = [*folder.iterdir(), *out.iterdir()]
    assert [one.name for one in written if stat.S_IMODE(one.stat().st_mode) & 0o077] == []
    assert {"server.db", "secret.key"} <= {one.name for one in written}


def test_invitation_admits_the_first_device_and_the_lists_show_it(folder: Path, said: Said) -> None:
    invited = said.json("invite", "--role", "admin")
    device = _join(folder, str(invited["link"]))
    (user,) = said.json("users")["users"]  # type: ignore[misc]  # a list
    assert (user["ws"], user["role"], user["is_disabled"]) == (device.ws, "admin", False)
    (row,) = said.json("devices", "--workspace", device.ws)["devices"]  # type: ignore[misc]
    assert (row["device"], row["tag"], row["is_revoked"]) == (device.device, "A", False)
    assert said.json("devices", "--workspace", "0" * 32) == {"devices": []}
    for command, known in (("users", device.user), ("devices", device.device)):
        heads, line = said.lines(command)
        assert heads.split()[0] == "Workspace"
        assert line.split()[:2] == [device.ws, known]


def test_name_of_a_stranger_is_no_order_to_the_terminal(folder: Path, said: Said) -> None:
    name = "Bob\x1b[2J\x9b2J\n" + "0" * 32 + "\u2028Žemyna Ąžuolė"
    _join(folder, str(said.json("invite", "--role", "admin")["link"]), name=name)
    for command in ("users", "devices"):
        _heads, line = said.lines(command)
        assert line.isprintable()
        assert "Žemyna Ąžuolė" in line


def test_invitation_of_a_server_without_an_address_says_where_it_works(said: Said) -> None:
    assert "It works on this computer alone" in said.lines("invite")[-1]


def test_invitation_into_a_workspace_names_role_and_workshops(folder: Path, said: Said) -> None:
    admin = _join(folder, str(said.json("invite")["link"]))
    invited = said.json(
        "invite", "--workspace", admin.ws, "--role", "trainer", "--workshop", "all", "--days", "3"
    )
    assert (invited["role"], invited["workspace"], invited["days"]) == ("trainer", admin.ws, 3)
    trainer = _join(folder, str(invited["link"]))
    assert trainer.ws == admin.ws
    (row,) = [one for one in said.json("users")["users"] if one["role"] == "trainer"]  # type: ignore[attr-defined]
    assert row["workshops"] == ["*"]
    lines = said.lines("invite", "--workspace", admin.ws)
    assert lines[0].startswith("Link: http://127.0.0.1:8320/join#" + admin.ws)
    assert len(lines[1].rpartition("code ")[2].split("-")) == 9


def test_code_read_aloud_admits_too(folder: Path, said: Said) -> None:
    code = str(said.json("invite")["code"])
    invitation = parse_invitation(code.lower(), "http://127.0.0.1:8320")
    device = _join(folder, invitation.link)
    assert device.role == "admin"


def test_code_on_the_terminal_is_read_by_a_phone() -> None:
    link = "https://sync.example.org/join#" + "a" * 32 + ".ABCDEFGH." + "X" * 28
    lines = code_lines(link)
    halves = {"█": (0, 0), "▀": (0, 1), "▄": (1, 0), " ": (1, 1)}
    rows = [
        bytes(0 if halves[letter][half] else 255 for letter in line for _wide in range(4))
        for line in lines
        for half in (0, 1)
        for _high in range(4)
    ]
    picture = Image.frombytes("L", (len(rows[0]), len(rows)), b"".join(rows))
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == link
    assert len(lines[0]) < 60


def test_revoked_device_is_shown_as_such(folder: Path, said: Said) -> None:
    device = _join(folder, str(said.json("invite")["link"]))
    named = ["--workspace", device.ws, "--device", device.device]
    assert said.json("revoke", *named) == {"revoked": 1}
    (row,) = said.json("devices")["devices"]  # type: ignore[misc]
    assert row["is_revoked"] is True
    assert "revoked" in said.lines("devices")[1]
    assert "Nobody by that name" in said.refusal("revoke", *named)
    assert said.json("revoke", "--workspace", device.ws, "--user", device.user) == {"revoked": 0}
    assert "disabled" in said.lines("users")[1]


def test_audit_shows_what_was_done_newest_first(folder: Path, said: Said) -> None:
    device = _join(folder, str(said.json("invite")["link"]))
    said.json("revoke", "--workspace", device.ws, "--device", device.device)
    entries = said.json("audit")["entries"]
    assert [one["action"] for one in entries] == ["revoked", "joined", "invited"]  # type: ignore[attr-defined]
    assert len(said.json("audit", "--most", "1")["entries"]) == 1  # type: ignore[arg-type]
    assert "revoked" in said.lines("audit", "--workspace", device.ws)[0]


def test_backup_check_and_restore(folder: Path, said: Said, tmp_path: Path) -> None:
    _join(folder, str(said.json("invite")["link"]))
    backup = said.json("backup", str(tmp_path / "out"))
    assert backup["verified"] is True
    assert said.json("check") == {"workspaces": 1, "batches": 2, "files": 0, "troubles": []}
    came_back = {"workspaces": 1, "troubles": []}
    assert said.json("restore", str(backup["file"])) == came_back
    assert said.json("restore", "--new-epochs") == came_back
    assert said.json("migrate") == {"from": CURRENT, "to": CURRENT}
    for command in (["check"], ["migrate"], ["backup", str(tmp_path / "again")]):
        assert said.lines(*command)


def test_damage_is_told_with_exit_code_one(
    folder: Path, said: Said, capsys: pytest.CaptureFixture[str]
) -> None:
    device = _join(folder, str(said.json("invite")["link"]))
    service = Service.open(folder)
    from sqlalchemy import update

    from mentor_desktop.server.tables import log

    service.database.write(
        device.ws, lambda one: one.execute(update(log).where(log.c.seq == 2).values(body=b"x"))
    )
    service.close()
    assert run(["check", "--folder", str(folder), "--json"]) == 1
    found = capsys.readouterr()
    assert json.loads(found.out)["troubles"] == found.err.splitlines()
    assert "batch 2 is damaged" in found.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["init"], "There is a server in"),
        (["invite", "--workspace", "0" * 32], "no such workspace"),
        (["invite", "--role", "trainer"], "Name the workspace"),
        (["invite", "--role", "trainer"], "mentor-server devices"),
        (["invite", "--workshop", "Riga"], "32 hexadecimal digits"),
        (["revoke", "--workspace", "x", "--device", "y"], "Nobody by that name"),
        (["revoke", "--workspace", "x", "--user", "y"], "Nobody by that name"),
        (["restore"], "one of the two"),
        (["restore", "nothing.backup"], "is not there"),
        (["serve", "--certificate", "x"], "both --certificate and --key"),
        (["serve", "--certificate", "x", "--key", "y"], "x is not there"),
        (["serve", "--host", "192.0.2.1", "--port", "0"], "Nothing can listen"),
        (["serve", "--host", "192.0.2.1", "--port", "0"], "--port."),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    said: Said, arguments: list[str], sentence: str
) -> None:
    assert sentence in said.refusal(*arguments)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["users"], "There is no server in"),
        (["init", "--database", "mysql://x/y"], "must be SQLite or PostgreSQL"),
        (["init", "--database", "nonsense"], "not the address of a database"),
        (["init", "--url", "http://192.168.1.5:8320"], "https address"),
    ],
)
def test_without_a_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert sentence in Said(tmp_path / "none", capsys).refusal(*arguments)
    assert not (tmp_path / "none").exists()


def test_init_without_its_database_can_be_tried_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = Said(tmp_path / "server", capsys)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and listens not
        url = f"postgresql://mentor:CANARY@127.0.0.1:{nobody.getsockname()[1]}/mentor"
        sentence = said.refusal("init", "--database", url)
    assert "does not answer" in sentence
    assert "CANARY" not in sentence
    assert said.json("init")


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("settings.json", b"{", "cannot be understood"),
        (
            "settings.json",
            b'{"database":"sqlite:///x","blobs":"b","more":1}',
            "cannot be understood",
        ),
        ("secret.key", b"short", "cannot be understood"),
        ("secret.key", None, "secret"),
    ],
)
def test_damaged_folder(
    folder: Path, said: Said, file: str, content: bytes | None, sentence: str
) -> None:
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)
    assert sentence in said.refusal("users")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["serve", "--port", "99999"],
        ["serve", "--workers", "0"],
        ["revoke", "--workspace", "x"],
        ["invite", "--role", "emperor"],
        ["backup"],
    ],
)
def test_wrong_usage_ends_with_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    assert ended.value.code == 2
    assert "usage: mentor-server" in capsys.readouterr().err


def test_folder_may_come_from_the_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MENTOR_SERVER_FOLDER", str(folder))
    assert run(["users", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"users": []}
