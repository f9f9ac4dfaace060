"""`devices` and `devices revoke`: who takes part, and shutting out a computer that was lost."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.conftest import Desk
from tests.cli.office import open_office


@dataclass
class Parted:
    """Two computers of a server that is away: where it was, and their tags."""

    admin: Desk
    organiser: Desk
    folder: Path
    address: str
    admin_tag: str
    organiser_tag: str


@pytest.fixture
def parted(demo: Desk, passphrase_file: Path, tmp_path: Path) -> Parted:
    folder = tmp_path / "server"
    organiser = Desk(tmp_path / "organiser", passphrase_file)
    with open_office(folder) as office:
        claimed = demo.facts("join", office.address, office.invite()["code"], "--name", "Rasa")
        invited = office.invite("--workspace", claimed["workspace_id"], "--role", "organiser")
        joined = organiser.facts("join", office.address, invited["code"], "--name", "Jonas")
        for desk in (demo, organiser):
            desk.good("sync")
        address = office.address
    return Parted(demo, organiser, folder, address, claimed["tag"], joined["tag"])


def test_devices_are_listed_and_one_that_is_lost_is_shut_out(
    demo: Desk, passphrase_file: Path, tmp_path: Path
) -> None:
    assert demo("devices").out == "This workspace is on this computer alone.\n"
    words = tmp_path / "words.txt"
    words.write_text(
        demo.facts("bundle", "export", tmp_path / "for new.mentor", "--new-device")["words"]
    )
    second = Desk(tmp_path / "second", passphrase_file)
    taking = ("bundle", "import", tmp_path / "for new.mentor", "--words-file", words)
    tag = second.facts(*taking, "--name", "Jana")["tag"]
    second.good("bundle", "export", tmp_path / "back.mentor", "--for", tag[:-1])
    demo.good("bundle", "import", tmp_path / "back.mentor")
    own, other = demo.facts("devices")["devices"]
    assert (own["tag"], own["is_own"], other["name"], other["role"]) == (
        tag[:-1], True, "Jana", "admin",
    )  # fmt: skip
    assert "Jana  administrator  last change" in demo("devices").out

    assert demo.facts("devices", "revoke", tag.lower()) == {
        "revoked": other["device"], "tag": tag,
    }  # fmt: skip

    assert demo("devices").out.splitlines()[1].endswith("no access")
    second.good("bundle", "export", tmp_path / "late.mentor", "--for", tag[:-1])
    late = demo("bundle", "import", tmp_path / "late.mentor").sentence
    assert late == "The access of the laptop that wrote this file was ended."
    again = demo("devices", "revoke", tag).sentence
    assert again == f"Device {tag} has no access any more."
    assert demo("devices", "revoke", tag[:-1]).sentence.startswith("This is the computer")
    assert demo("devices", "revoke", "ZZ").sentence.startswith("There is no device ZZ here")
    assert demo("devices", "revoke").code == 2


def test_without_the_server_a_device_is_out_as_soon_as_it_hears_of_it(parted: Parted) -> None:
    answer = parted.admin("devices", "revoke", parted.organiser_tag)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == (
        f"{parted.organiser_tag}  It has no access any more, as soon as the server hears of it.\n"
    )
    assert parted.admin("devices").out.splitlines()[1].endswith("no access")
    with open_office(parted.folder, parted.address):
        parted.organiser.good("sync")  # nobody told the server yet
        parted.admin.good("sync")
        shut_out = parted.organiser("sync")
    assert shut_out.code == 1
    assert shut_out.err.startswith("An administrator ended this computer's access.")


def test_without_the_server_nobody_ends_an_access_above_the_own_role(parted: Parted) -> None:
    before = parted.organiser.facts("devices")
    sentence = parted.organiser("devices", "revoke", parted.admin_tag).sentence
    assert sentence == "Only an administrator of this workspace can do this."
    assert parted.organiser.facts("devices") == before
