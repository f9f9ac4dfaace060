"""The Sync page: joining, exchanging, who takes part, and being offline."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mentor_desktop.clock import Clock
from mentor_desktop.models import Person
from mentor_desktop.store.settings import remember
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.joining import workspace_id
from mentor_desktop.sync.keys.invitations import Invitation
from mentor_desktop.ui.sync_controller import Offer, State
from mentor_desktop.ui.sync_controller.operations import with_leaving
from mentor_desktop.ui.syncing.join_form import offer_words
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.inputs import LineEdit
from mentor_desktop.ui.widgets.line_list import LineList
from tests.cheap import CHEAP
from tests.ui.sync.company import PASSPHRASE, Colleague, Relay, Server
from tests.ui.sync.exchanging import adding, rest, status_words
from tests.ui.workshop.office import Office

Hire = Callable[..., Colleague]


def test_without_a_server_the_page_says_how_to_get_one(office: Office) -> None:
    page = office.go("sync")
    assert page.primary is None
    assert office.find(Button, "Join a server")
    assert status_words(office) == ""
    assert not office.window.desk.sync.controller.is_syncing


def test_ctrl_k_leads_to_the_form_to_join_by(office: Office) -> None:
    office.go("people")
    (hit,) = office.window.desk.sync.commands()
    assert hit.text == "Join a server"
    hit.act()
    office.qtbot.waitUntil(lambda: office.window.frame.panel is not None, timeout=5_000)
    line = office.find_line("Invitation", office.panel)
    office.qtbot.waitUntil(lambda: office.window.focusWidget() is line, timeout=5_000)


def test_an_invitation_says_where_it_leads_before_anything_happens(
    office: Office, server: Server
) -> None:
    office.go("sync")
    office.press("Join a server")
    office.type_into("Invitation", server.invite().link, office.panel)
    office.press("Look at the invitation", office.panel)
    said = " ".join(office.texts(office.panel))
    assert f"127.0.0.1:{server.port}" in said
    assert "administrator" in said
    assert office.window.desk.sync.controller.status.state is State.NOT_JOINED


def test_an_invitation_to_another_server_says_whom_it_leaves_behind(
    joined: Office, server: Server, hire: Hire
) -> None:
    hire(server.invite(workspace_id(joined.workspace), "organiser")).sync()
    joined.find(Button, "Sync now").click()
    rest(joined)
    elsewhere = Offer(Invitation("https://elsewhere.lt", "", "ABCDEFGH", b""), "admin", True)
    offer = with_leaving(elsewhere, joined.workspace)
    assert offer.leaving is not None
    words = offer_words(offer)
    assert f"is on 127.0.0.1:{server.port} with 2 computers; joining elsewhere.lt" in words
    same = replace(elsewhere, invitation=server.invite())
    assert with_leaving(same, joined.workspace).leaving is None


def test_joining_exchanges_what_is_here(joined: Office) -> None:
    assert "Everything is exchanged." in joined.texts()
    assert status_words(joined) == "Everything exchanged 10:42"
    assert joined.page.primary is not None
    assert joined.page.primary.text == "Sync now"
    devices = joined.find(LineList, "Devices")
    assert [(one.lead, one.text, one.tail) for one in devices.lines] == [("A", "Rasa", "this one")]


def test_who_gave_no_name_is_called_by_the_device(joined: Office) -> None:
    page = joined.page
    device = replace(page._team.devices[0], person="", name="")
    page._show_team(replace(page._team, person="", devices=(device,)))
    assert any(text.endswith(", as administrator.") for text in joined.texts())
    assert [one.text for one in joined.find(LineList, "Devices").lines] == ["You"]


def test_what_a_colleague_does_appears_by_itself(
    joined: Office, server: Server, hire: Hire
) -> None:
    jonas = hire(server.invite(workspace_id(joined.workspace), "organiser"))
    jonas.sync()
    jonas.act(adding("Elena", "Munteanu"))
    jonas.sync()
    joined.press("Sync now")
    rest(joined)
    names = joined.read(lambda reader: [one.family_name for one in reader.session.query(Person)])
    assert names == ["Munteanu"]
    devices = joined.find(LineList, "Devices")
    assert [(one.lead, one.text) for one in devices.lines] == [("A", "Rasa"), ("B", "Jonas")]
    assert devices.lines[1].tail == "last change 10:42"


def test_what_is_left_for_the_next_exchange_is_said(joined: Office) -> None:
    controller = joined.window.desk.sync.controller
    reason = "Much that others did comes in when nobody marks for a few seconds."
    controller.show(replace(controller.status, reason=reason))
    joined.settle()
    assert "Not everything is exchanged yet." in joined.texts()
    assert reason in joined.texts()
    assert "Everything exchanged" not in status_words(joined)


@pytest.mark.usefixtures("short_pauses")
def test_offline_changes_wait_and_go_when_the_server_is_back(
    joined: Office, server: Server
) -> None:
    server.stop()
    joined.write(adding("Ines", "Kos"))
    joined.press("Sync now")
    controller = joined.window.desk.sync.controller
    joined.qtbot.waitUntil(lambda: controller.status.state is State.OFFLINE, timeout=30_000)
    assert status_words(joined) == "Saved 10:42:07 · 1 change waiting · offline"
    assert "1 change waits on this computer." in joined.texts()
    server.start()
    joined.press("Sync now")
    rest(joined)
    assert status_words(joined) == "Saved 10:42:07 · everything exchanged 10:42"


def test_the_status_line_leads_to_the_page(joined: Office) -> None:
    joined.go("people")
    joined.find(Button, status_words(joined)).click()
    joined.settle()
    assert joined.window.navigator.here is not None
    assert joined.window.navigator.here.key == "sync"


def test_a_revoked_device_has_no_access_any_more(
    joined: Office, server: Server, hire: Hire
) -> None:
    jonas = hire(server.invite(workspace_id(joined.workspace), "organiser"))
    joined.press("Sync now")
    rest(joined)
    devices = joined.find(LineList, "Devices")
    devices.opened.emit(devices.lines[1].key)
    joined.settle()
    joined.press("Revoke access …", joined.panel)
    assert any("needs a new invitation" in one for one in joined.texts(joined.panel))
    joined.press("Revoke access of B", joined.panel)
    rest(joined)
    assert joined.find(LineList, "Devices").lines[1].tail == "no access"
    assert jonas.sync().state is State.ACCESS_ENDED


def test_an_invitation_made_here_lets_a_colleague_in(
    joined: Office, server: Server, hire: Hire
) -> None:
    joined.press("Invite somebody")
    joined.press("Make the invitation", joined.panel)
    link = next(one for one in joined.texts(joined.panel) if one.startswith("http://"))
    assert workspace_id(joined.workspace) in link


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda link: link[:-1], "This invitation is incomplete or has a mistyped character."),
        (lambda link: "hello", "This invitation is incomplete or has a mistyped character."),
    ],
)
def test_a_mistyped_invitation_is_told_in_place(
    office: Office, server: Server, spoil: Callable[[str], str], sentence: str
) -> None:
    office.go("sync")
    office.press("Join a server")
    office.type_into("Invitation", spoil(server.invite().link), office.panel)
    office.press("Look at the invitation", office.panel)
    assert any(one.startswith(sentence) for one in office.texts(office.panel))
    assert not [one for one in office.panel.findChildren(LineEdit) if _is_server(one)]


def _is_server(line: LineEdit) -> bool:
    return line.isVisible() and line.accessibleName() == "Server"


def test_a_whole_code_asks_for_its_server(office: Office, server: Server) -> None:
    office.go("sync")
    office.press("Join a server")
    office.type_into("Invitation", server.invite().code, office.panel)
    office.type_into("Server", server.url, office.panel)
    office.press("Look at the invitation", office.panel)
    assert any("administrator" in one for one in office.texts(office.panel))


def test_nothing_is_promised_of_another_invitation(joined: Office, server: Server) -> None:
    joined.page._open_join()
    joined.settle()
    link = server.invite(workspace_id(joined.workspace)).link
    joined.type_into("Invitation", link, joined.panel)
    joined.press("Look at the invitation", joined.panel)
    assert any("your role is" in one for one in joined.texts(joined.panel))
    joined.type_into("Invitation", link[:-1], joined.panel)
    assert not any("your role is" in one for one in joined.texts(joined.panel))
    assert "Join with another invitation" in joined.texts(joined.window.frame.panel)


def test_a_used_invitation_is_told_in_place(
    office: Office, server: Server, hire: Hire, tmp_path: Path, clock: Clock
) -> None:
    used = server.invite()
    other = Workspace.create(tmp_path / "other", PASSPHRASE, clock=clock, cost=CHEAP)[0]
    Colleague.bringing(other, used, clock).close()
    office.go("sync")
    office.press("Join a server")
    office.type_into("Invitation", used.link, office.panel)
    office.press("Look at the invitation", office.panel)
    assert (
        "This invitation is used up, out of date or mistyped. Ask for a new one."
        in office.texts(office.panel)
    )


def test_an_invitation_for_another_workspace_is_told_in_place(
    office: Office, server: Server, tmp_path: Path, clock: Clock
) -> None:
    other = Workspace.create(tmp_path / "other", PASSPHRASE, clock=clock, cost=CHEAP)[0]
    Colleague.bringing(other, server.invite(), clock).close()
    office.go("sync")
    office.press("Join a server")
    link = server.invite(workspace_id(other)).link
    office.type_into("Invitation", link, office.panel)
    office.press("Look at the invitation", office.panel)
    said = " ".join(office.texts(office.panel))
    assert "This invitation is for another workspace" in said


def test_the_window_closes_at_once_while_the_server_is_silent(
    joined: Office, server: Server, relay: Relay
) -> None:
    raw = joined.workspace.exchange_connection()
    remember(raw, sync_server=relay.url)
    raw.close()
    relay.silent_at = b"/v1/hello"
    joined.find(Button, "Sync now").click()
    joined.qtbot.waitUntil(relay.is_holding.is_set, timeout=20_000)
    began = time.monotonic()
    assert joined.jobs.shutdown()
    assert time.monotonic() - began < 2
