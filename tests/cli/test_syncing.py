"""Two computers, a server process between them and a stick: each line as a person types it."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mentor_desktop.clock import system_clock
from mentor_desktop.server.joining import make_invitation
from mentor_desktop.server.service import Service
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.store.keyfile import KeyFile
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.keys.invitations import new_invitation
from mentor_desktop.sync.keys.words import new_words
from tests import factories
from tests.cli.conftest import PASSPHRASE, WORKSHOP, Answer, Desk
from tests.cli.office import Office, open_office

MISTYPED = "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG-HHHH-JJJJ"
# The mark each test makes has a slot of its own: the two computers are shared by all tests.
PERSON = "P001"


@dataclass
class Computers:
    """One that brought the workspace, one that joined it; what was said on the way."""

    office: Office
    first: Desk
    second: Desk
    claimed: dict[str, Any]
    joined: dict[str, Any]

    def exchange(self) -> None:
        for desk in (self.first, self.second, self.first):
            desk.good("sync")


def mark(desk: Desk, folder: Path, slot: str, status: str) -> None:
    """Import one mark from a table, as a person would."""
    table = folder / f"{slot}.csv"
    table.write_text(
        "participant_id,slot,status,arrived_at,left_at,note\n" + f"{PERSON},{slot},{status},,,\n"
    )
    desk.good("import", "attendance", table, "--workshop", WORKSHOP)


def marks(desk: Desk, folder: Path) -> dict[str, str]:
    """Return what an exported table says of the person, by slot."""
    table = folder / "exported.csv"
    desk.good("export", "attendance", "--workshop", WORKSHOP, "--out", table)
    with table.open(encoding="utf-8-sig", newline="") as lines:
        return {
            row["slot"]: row["status"]
            for row in csv.DictReader(lines)
            if row["participant_id"] == PERSON
        }


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("office") / "server") as opened:
        yield opened


@pytest.fixture(scope="module")
def computers(
    office: Office, _demo: Desk, passphrase_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Computers:
    first = _demo.copy_to(tmp_path_factory.mktemp("first") / "workspace")
    claimed = first.facts("join", office.address, office.invite()["code"], "--name", "Rasa")
    invited = office.invite("--workspace", claimed["workspace_id"], "--role", "organiser")
    second = Desk(tmp_path_factory.mktemp("second") / "workspace", passphrase_file)
    joined = second.facts("join", office.address, invited["code"], "--name", "Jonas")
    return Computers(office, first, second, claimed, joined)


def test_joining_says_which_device_this_is(computers: Computers) -> None:
    claimed, joined = computers.claimed, computers.joined
    assert (claimed["role"], joined["role"]) == ("admin", "organiser")
    assert claimed["workspace_id"] == joined["workspace_id"]
    assert claimed["tag"] != joined["tag"]
    assert (claimed["recovery_code"], bool(joined["recovery_code"])) == ("", True)
    assert [one["state"] for one in (claimed, joined)] == ["idle", "idle"]


def test_a_mark_made_on_one_computer_shows_on_the_other(
    computers: Computers, tmp_path: Path
) -> None:
    assert "D1-AM" not in marks(computers.second, tmp_path)
    mark(computers.first, tmp_path, "D1-AM", "present")
    computers.exchange()
    assert marks(computers.second, tmp_path)["D1-AM"] == "present"
    mark(computers.second, tmp_path, "D1-AM", "absent")
    computers.second.good("sync")
    assert computers.first.good("sync").out == "Everything is exchanged.\n"
    assert marks(computers.first, tmp_path)["D1-AM"] == "absent"


def test_nothing_waits_after_a_sync_and_what_was_done_since_does_not_get_lost(
    computers: Computers, tmp_path: Path
) -> None:
    mark(computers.first, tmp_path, "D1-PM", "excused")
    facts = computers.first.facts("sync")
    assert (facts["state"], facts["reason"], facts["waiting_changes"]) == ("idle", "", 0)
    assert facts["last_success_at"] is not None


@pytest.mark.usefixtures("short_pauses")
def test_a_server_that_is_off_is_said_in_one_sentence_and_changes_wait(
    demo: Desk, tmp_path: Path
) -> None:
    with open_office(tmp_path / "server") as office:
        demo.good("join", office.address, office.invite()["code"], "--name", "Rasa")
    mark(demo, tmp_path, "D1-AM", "present")
    answer = demo("sync", "--json")
    name, check = office.address.partition("://")[2], "Check the address and the network."
    assert (answer.code, answer.err) == (
        1,
        f"{name} cannot be reached. {check} Changes wait on this computer.\n",
    )
    assert (answer.facts["state"], answer.facts["waiting_changes"]) == ("offline", 1)
    # Whoever asks for the first time has nothing that waits, and perhaps a wrong address.
    elsewhere = Desk(tmp_path / "elsewhere", demo.passphrase_file)
    code = new_invitation(office.address, "").code
    sentence = elsewhere("join", "https://localhost:9", code, "--name", "Eva").sentence
    assert sentence == f"localhost:9 cannot be reached. {check}"


def test_without_a_server_nobody_is_asked_to_wait(demo: Desk) -> None:
    assert demo("sync").sentence.startswith("This workspace is on no server yet.")


def test_an_invitation_that_is_used_up_makes_no_folder(
    computers: Computers, passphrase_file: Path, tmp_path: Path
) -> None:
    invited = computers.office.invite("--workspace", computers.claimed["workspace_id"])
    third = Desk(tmp_path / "third", passphrase_file)
    third.good("join", computers.office.address, invited["code"], "--name", "Ona")
    fourth = Desk(tmp_path / "fourth", passphrase_file)
    sentence = fourth("join", computers.office.address, invited["code"], "--name", "Eva").sentence
    assert sentence == "This invitation is used up, out of date or mistyped. Ask for a new one."
    assert not fourth.root.exists()


def test_an_invitation_that_is_out_of_date_lets_nobody_in(
    computers: Computers, passphrase_file: Path, tmp_path: Path
) -> None:
    invited = new_invitation(computers.office.address, computers.claimed["workspace_id"])
    service = Service.open(computers.office.folder)
    make_invitation(service, invited, role="reader", workshops=[], user="", days=-1)
    service.close()
    late = Desk(tmp_path / "late", passphrase_file)
    sentence = late("join", invited.link, "--name", "Eva").sentence
    assert sentence == "This invitation is used up, out of date or mistyped. Ask for a new one."
    assert not late.root.exists()


def test_a_mistyped_invitation_is_noticed_before_anybody_is_asked(
    passphrase_file: Path, tmp_path: Path
) -> None:
    desk = Desk(tmp_path / "new", passphrase_file)
    nowhere = "http://127.0.0.1:9"  # nobody listens there, and nobody is to be asked
    mistyped = desk("join", nowhere, MISTYPED, "--name", "Eva").sentence
    assert "cannot be reached" not in mistyped
    assert MISTYPED not in mistyped
    assert (
        desk("join", nowhere).sentence == "Type the invitation's code after the server's address."
    )
    assert not desk.root.exists()


@pytest.mark.parametrize("shown", ["link", "code"])
def test_an_invitation_for_another_workspace_leaves_this_one_alone(
    computers: Computers, passphrase_file: Path, tmp_path: Path, shown: str
) -> None:
    desk = Desk(tmp_path / "workspace", passphrase_file)
    Workspace.create(desk.root, PASSPHRASE, clock=system_clock)[0].close(with_backup=False)
    invited = computers.office.invite("--workspace", computers.claimed["workspace_id"])
    sentence = desk("join", computers.office.address, invited[shown], "--name", "Eva").sentence
    assert sentence.startswith("This invitation is for another workspace.")
    assert desk("sync").sentence.startswith("This workspace is on no server yet.")


def test_the_first_invitation_makes_no_workspace_by_itself(
    computers: Computers, passphrase_file: Path, tmp_path: Path
) -> None:
    joining = ("join", computers.office.address, computers.office.invite()["code"])
    desk = Desk(tmp_path / "workspace", passphrase_file)
    sentence = desk(*joining, "--name", "Eva").sentence
    assert sentence.startswith("This invitation is for the first computer of a workspace.")
    assert not desk.root.exists()
    # Nor is it used up where the workspace is on the server already; it stays good for another.
    sentence = computers.first(*joining).sentence
    assert sentence.startswith("This workspace is on that server already.")
    Workspace.create(desk.root, PASSPHRASE, clock=system_clock)[0].close(with_backup=False)
    assert "--name" in desk(*joining).sentence  # what colleagues are to read
    desk.good(*joining, "--name", "Eva")
    assert desk("devices").out == "A     Eva  administrator  this one\n"


def test_a_workspace_leaves_its_server_and_colleagues_only_when_told_so(
    computers: Computers, passphrase_file: Path, tmp_path: Path
) -> None:
    desk = Desk(tmp_path / "workspace", passphrase_file)
    invited = computers.office.invite("--workspace", computers.claimed["workspace_id"])
    desk.good("join", computers.office.address, invited["code"], "--name", "Eva")
    with open_office(tmp_path / "another server") as other:
        joining = ("join", other.address, other.invite()["code"])
        sentence = desk(*joining).sentence
        before, after = (one.address.partition("://")[2] for one in (computers.office, other))
        assert sentence.startswith(f"This workspace is on {before} with ")
        assert f"computers; joining {after} leaves them." in sentence
        assert "--leave" in sentence
        desk.good("sync")
        assert desk.facts(*joining, "--leave")["role"] == "admin"


class TestMuchDeletedElsewhere:
    """Nobody is asked on the command line: an option agrees to what was told before."""

    MANY = 60

    def delete_many(self, computers: Computers) -> None:
        """Let both have people that the first one deletes again; it tells nobody yet."""
        with _opened(computers.first) as workspace, workspace.unit_of_work() as uow:
            for _one in range(self.MANY):
                factories.person(uow.session, note="one of many")
            uow.commit()
        for desk in (computers.first, computers.second):
            desk.good("sync")
        with _opened(computers.first) as workspace, workspace.unit_of_work() as uow:
            uow.describe("Deleted many")
            uow.raw.execute("DELETE FROM person WHERE note = 'one of many'")
            uow.commit()

    def left(self, computers: Computers) -> int:
        """Return how many of them the second computer has."""
        with _opened(computers.second) as workspace, workspace.reader() as uow:
            rows = uow.raw.execute("SELECT count(*) FROM person WHERE note = 'one of many'")
            return int(rows.fetchone()[0])

    def backups(self, computers: Computers) -> int:
        return len([*computers.second.root.glob("backups/*exchange*")])

    def test_a_sync_names_the_option_that_lets_it_happen_after_a_backup(
        self, computers: Computers
    ) -> None:
        self.delete_many(computers)
        computers.first.good("sync")
        # What nobody was told of yet is not agreed to.
        told = computers.second("sync", "--accept-deletions")
        assert (told.code, self.left(computers)) == (1, self.MANY)
        assert told.err.endswith("or agree with: mentor-desktop sync --accept-deletions\n")
        before = self.backups(computers)
        computers.second.good("sync", "--accept-deletions")
        assert (self.left(computers), self.backups(computers)) == (0, before + 1)

    def test_a_file_names_it_too(self, computers: Computers, tmp_path: Path) -> None:
        self.delete_many(computers)
        stick, words = TestStick().carry(computers, tmp_path)
        taking = ("bundle", "import", stick, "--words-file", words)
        told = computers.second(*taking)
        assert (told.code, self.left(computers)) == (1, self.MANY)
        assert told.err.endswith("or import it again with --accept-deletions.\n")
        computers.second.good(*taking, "--accept-deletions")
        assert self.left(computers) == 0


@contextmanager
def _opened(desk: Desk) -> Iterator[Workspace]:
    key = KeyFile.load(WorkspaceFolder(desk.root).key_file).open_with_passphrase(PASSPHRASE)
    workspace = Workspace.open(desk.root, key, clock=system_clock)
    yield workspace
    workspace.close(with_backup=False)


class TestStick:
    """`bundle export` and `bundle import`."""

    def carry(self, computers: Computers, folder: Path) -> tuple[Path, Path]:
        """Export on the first computer; return the file, and one with the words."""
        stick, words = folder / "changes.mentor", folder / "words.txt"
        facts = computers.first.facts("bundle", "export", folder / "changes")
        assert facts["file"] == str(stick)  # as the window's dialog finds it
        words.write_text(facts["words"] + "\n")
        return stick, words

    def test_a_mark_goes_by_a_stick_and_twice_is_said(
        self, computers: Computers, tmp_path: Path
    ) -> None:
        computers.exchange()
        mark(computers.first, tmp_path, "D2-AM", "present")
        stick, words = self.carry(computers, tmp_path)
        taken = computers.second.good("bundle", "import", stick, "--words-file", words)
        counted, sender = taken.out.splitlines()
        assert counted == "0 equal, 1 new, 0 to decide"
        assert sender.startswith("From Rasa · A, ")
        assert marks(computers.second, tmp_path)["D2-AM"] == "present"
        again = computers.second("bundle", "import", stick, "--words-file", words, "--json")
        assert (again.code, again.facts["changes"], again.facts["batches"] > 0) == (0, 0, True)
        computers.exchange()  # what came by the stick is no news to the server's exchange

    def test_wrong_words_and_a_file_cut_short_change_nothing(
        self, computers: Computers, tmp_path: Path
    ) -> None:
        computers.exchange()
        mark(computers.first, tmp_path, "D2-PM", "present")
        stick, words = self.carry(computers, tmp_path)
        taking = ("bundle", "import", stick, "--words-file")
        wrong = tmp_path / "wrong.txt"
        for other in (new_words(), "one two three four five six"):
            wrong.write_text(other + "\n")
            sentence = computers.second(*taking, wrong).sentence
            assert other not in sentence
        unasked = computers.second("bundle", "import", stick).sentence
        assert unasked == "Nobody is here to type the six words. Name a file with --words-file."
        stick.write_bytes(stick.read_bytes()[:-1])
        assert computers.second(*taking, words).sentence
        assert "D2-PM" not in marks(computers.second, tmp_path)

    def test_a_computer_begins_with_a_file_and_answers_it_without_a_server(
        self, demo: Desk, passphrase_file: Path, tmp_path: Path
    ) -> None:
        words = tmp_path / "words.txt"
        handed = demo.facts("bundle", "export", tmp_path / "for new.mentor", "--new-device")
        words.write_text(handed["words"])
        second = Desk(tmp_path / "second", passphrase_file)
        taking = ("bundle", "import", tmp_path / "for new.mentor", "--words-file", words)
        assert second(*taking).sentence.startswith("Write your name with --name")
        assert not second.root.exists()
        begun = second.facts(*taking, "--name", "Jana")
        assert begun["recovery_code"].count("-") > 4
        first = begun["tag"][:-1]
        mark(second, tmp_path, "D1-AM", "present")
        back = second.facts("bundle", "export", tmp_path / "back.mentor", "--for", first)
        assert back["words"] == ""
        # What stands in the way is said first, not a name that would not help.
        third = Desk(tmp_path / "third", passphrase_file)
        sentence = third("bundle", "import", tmp_path / "back.mentor").sentence
        assert sentence.startswith("This file was written for one laptop that has the workspace")
        sentence = second("bundle", "import", tmp_path / "back.mentor").sentence
        assert sentence.endswith("Choose this laptop under For when it is written.")
        taken = demo.facts("bundle", "import", tmp_path / "back.mentor")
        assert (taken["new"], taken["is_newcomer"]) == (1, True)
        assert (taken["early"], taken["put_back"], taken["has_gap"]) == (0, [], False)
        assert marks(demo, tmp_path)["D1-AM"] == "present"
        answer = demo("bundle", "export", tmp_path / "on", "--for", "ZZ").sentence
        assert answer == f"There is no device ZZ to write for; known are: {begun['tag']}"

    def test_a_new_computer_gets_one_workshop_where_that_is_named(
        self, demo: Desk, passphrase_file: Path, tmp_path: Path
    ) -> None:
        words = tmp_path / "words.txt"
        options = ("--new-device", "--workshop", WORKSHOP)
        handed = demo.facts("bundle", "export", tmp_path, *options)
        assert Path(handed["file"]).parent == tmp_path
        assert Path(handed["file"]).name.startswith(WORKSHOP)
        words.write_text(handed["words"])
        second = Desk(tmp_path / "second", passphrase_file)
        second.good("bundle", "import", handed["file"], "--words-file", words, "--name", "Jana")
        everybody = demo("bundle", "export", tmp_path / "round", "--new-device", "--for", "AA")
        assert everybody.code == 2

    def test_a_workspace_of_nobody_else_has_nobody_to_carry_to(
        self, demo: Desk, tmp_path: Path
    ) -> None:
        stick = tmp_path / "changes.mentor"
        sentence = demo("bundle", "export", stick).sentence
        assert sentence.startswith("This workspace is shared with nobody yet.")
        assert not stick.exists()


def test_no_secret_is_said_or_written_down(demo: Desk, tmp_path: Path) -> None:
    """The invitation, the passphrase and the words: not in answers, on the server's log, in files."""
    answers: list[Answer] = []
    with open_office(tmp_path / "server") as office:
        invited = office.invite()
        answers.append(demo("join", office.address, invited["code"], "--name", "Rasa"))
        answers.append(demo("join", office.address, invited["code"][:-1] + "7", "--name", "Rasa"))
        answers.append(demo("sync"))
        words = demo.facts("bundle", "export", tmp_path / "changes.mentor")["words"]
        _code, logged = office.process.end()
    said = "\n".join([*(one.out + one.err for one in answers), *logged])
    letters = invited["code"].replace("-", "")
    secret = invited["link"].rpartition("#")[2].split(".")[-1]
    written = b"".join(one.read_bytes() for one in office.folder.rglob("*") if one.is_file())
    written += b"".join(one.read_bytes() for one in demo.root.rglob("*") if one.is_file())
    assert logged
    for one in (invited["code"], letters[-12:], secret, PASSPHRASE, words):
        assert one not in said
        assert one.encode() not in written
