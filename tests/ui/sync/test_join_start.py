"""The first start with an invitation: a new laptop becomes a device of a workspace elsewhere."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from mentor_desktop.clock import Clock
from mentor_desktop.models import Person
from mentor_desktop.services.people import add_person
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.joining import workspace_id
from mentor_desktop.ui.entrance import Entrance
from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.inputs import CheckBox, LineEdit
from tests.ui.sync.company import Colleague, Relay, Server

PASSPHRASE = "gluosnis kranas obuolys vagonas"


class NewLaptop:
    """The entrance of a program that knows no workspace, and hands for it."""

    def __init__(self, qtbot: QtBot, entrance: Entrance, root: Path) -> None:
        self.qtbot, self.entrance, self.root = qtbot, entrance, root
        self.opened: list[Workspace] = []
        entrance.opened.connect(self.opened.append)

    def press(self, name: str) -> None:
        self.qtbot.waitUntil(lambda: self._button(name) is not None, timeout=20_000)
        button = self._button(name)
        assert button is not None
        button.click()

    def type_into(self, name: str, text: str) -> None:
        self.qtbot.waitUntil(lambda: bool(self._lines(name)), timeout=5_000)
        self._lines(name)[0].setText(text)

    def _lines(self, name: str) -> list[LineEdit]:
        found = self.entrance.findChildren(LineEdit)
        return [one for one in found if one.accessibleName() == name and one.isVisible()]

    def wait_for(self, words: str) -> None:
        self.qtbot.waitUntil(lambda: any(words in one for one in self.words()), timeout=30_000)

    def words(self) -> list[str]:
        return [one.text() for one in self.entrance.findChildren(QLabel) if one.isVisible()]

    def show_invitation(self, link: str) -> None:
        self.press("Join a workspace")
        self.type_into("Invitation", link)
        self.press("Continue")

    def say_who(self, name: str = "Jonas") -> None:
        self.wait_for("Your name")
        self.type_into("Your name", name)
        self.type_into("Folder of the workspace", str(self.root))
        self.press("Continue")
        for line in ("New passphrase", "The same again"):
            self.type_into(line, PASSPHRASE)
        self.press("Join the workspace")

    def keep_the_sheet(self) -> None:
        self.wait_for("Keep this on paper")
        kept = self.entrance.findChild(CheckBox)
        assert isinstance(kept, CheckBox)
        kept.setChecked(True)
        self.press("Open the workspace")

    def _button(self, name: str) -> Button | None:
        found: list[QWidget] = [
            one
            for one in self.entrance.findChildren(Button)
            if one.text() == name and one.isVisible() and one.isEnabled()
        ]
        return found[0] if found else None  # type: ignore[return-value]  # all are buttons


@pytest.fixture
def laptop(
    qtbot: QtBot, theme: Theme, clock: Clock, settings: LiveSettings, tmp_path: Path
) -> Iterator[NewLaptop]:
    root = tmp_path / "new" / "workspace"
    entrance = Entrance(theme, clock, settings, root=root)
    qtbot.addWidget(entrance)
    entrance.show()
    laptop = NewLaptop(qtbot, entrance, root)
    yield laptop
    entrance.leave()
    for one in laptop.opened:
        one.close(with_backup=False)


@pytest.fixture
def rasa(workspace: Workspace, server: Server, clock: Clock) -> Colleague:
    """Return a colleague who brought a workspace with one person in it to the server."""
    with workspace.unit_of_work() as uow:
        add_person(uow, given_name="Elena", family_name="Munteanu")
    rasa = Colleague.bringing(workspace, server.invite(), clock)
    rasa.sync()
    return rasa


def test_a_new_laptop_gets_the_whole_workspace(
    laptop: NewLaptop, server: Server, rasa: Colleague
) -> None:
    ws = workspace_id(rasa.workspace)
    laptop.show_invitation(server.invite(ws, "trainer").link)
    laptop.wait_for("You join its workspace as trainer.")
    laptop.say_who()
    laptop.keep_the_sheet()
    (workspace,) = laptop.opened
    with workspace.reader() as reader:
        assert [one.family_name for one in reader.session.query(Person)] == ["Munteanu"]
    assert workspace.device == "B"


def test_cancel_leaves_no_folder_and_the_invitation_good(
    laptop: NewLaptop, server: Server, relay: Relay, rasa: Colleague
) -> None:
    ws = workspace_id(rasa.workspace)
    relay.silent_at = b"/v1/pull"
    laptop.show_invitation(server.invite(ws, "trainer", url=relay.url).link)
    laptop.say_who()
    laptop.wait_for("Fetching the workspace")
    laptop.qtbot.waitUntil(relay.is_holding.is_set, timeout=20_000)
    laptop.press("Cancel")
    laptop.wait_for("Your name")
    relay.silent_at = b""
    assert list(laptop.root.parent.rglob("*.db")) == []
    laptop.say_who()
    laptop.keep_the_sheet()
    assert [one.device for one in laptop.opened] == ["B"]


def test_a_mistyped_invitation_is_told_in_place(
    laptop: NewLaptop, server: Server, rasa: Colleague
) -> None:
    laptop.show_invitation(server.invite(workspace_id(rasa.workspace)).link[:-2])
    laptop.wait_for("incomplete or has a mistyped character")


@pytest.mark.usefixtures("short_pauses")
def test_a_server_that_is_away_is_told_in_place(
    laptop: NewLaptop, server: Server, rasa: Colleague
) -> None:
    link = server.invite(workspace_id(rasa.workspace)).link
    server.stop()
    laptop.show_invitation(link)
    laptop.wait_for(f"127.0.0.1:{server.port} cannot be reached.")


def test_an_invitation_is_good_once(
    laptop: NewLaptop, server: Server, rasa: Colleague, hire: Callable[..., Colleague]
) -> None:
    used = server.invite(workspace_id(rasa.workspace))
    hire(used)
    laptop.show_invitation(used.link)
    laptop.wait_for("This invitation is used up, out of date or mistyped. Ask for a new one.")


def test_who_brings_a_workspace_is_told_to_make_it_first(laptop: NewLaptop, server: Server) -> None:
    laptop.show_invitation(server.invite().link)
    laptop.wait_for("This invitation is for the first computer of a workspace.")
