"""When the window exchanges by itself, and what pages hear of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import update

from mentor_desktop.changes import Changes
from mentor_desktop.clock import Clock
from mentor_desktop.models import Person
from mentor_desktop.progress import Progress
from mentor_desktop.server.tables import workspace as workspace_table
from mentor_desktop.services.people import remove_person
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.joining import workspace_id
from mentor_desktop.sync.protocol.streams import PEOPLE, PROGRAMME, SECRETS
from mentor_desktop.sync.replica.happenings import Happening, What
from mentor_desktop.ui.sync_controller import State, SyncStatus, words
from tests.cheap import CHEAP
from tests.ui.sync.company import PASSPHRASE, Colleague, Server
from tests.ui.sync.exchanging import adding, reject_own_change, rest, status_words
from tests.ui.workshop.office import Office

Hire = Callable[..., Colleague]
# More than everyday work takes away at once.
CROWD = 25
AT = datetime(2026, 3, 10, 9, tzinfo=UTC)


def test_a_change_goes_by_itself(joined: Office, server: Server, hire: Hire) -> None:
    jonas = hire(server.invite(workspace_id(joined.workspace), "organiser"))
    controller = joined.window.desk.sync.controller
    began: list[bool] = []
    controller.changed.connect(lambda: began.append(controller.is_syncing))
    joined.write(adding("Ines", "Kos"))
    joined.qtbot.waitUntil(lambda: True in began, timeout=10_000)
    rest(joined)
    jonas.sync()
    with jonas.workspace.reader() as reader:
        assert [one.family_name for one in reader.session.query(Person)] == ["Kos"]


def test_what_waits_is_counted_soon_after_a_change(joined: Office, server: Server) -> None:
    server.stop()
    joined.write(adding("Ines", "Kos"))
    joined.qtbot.waitUntil(lambda: "1 change waiting" in status_words(joined), timeout=5_000)


def test_pages_hear_of_a_colleague_like_of_a_command_but_nothing_is_to_be_undone(
    joined: Office, server: Server, hire: Hire
) -> None:
    jonas = hire(server.invite(workspace_id(joined.workspace), "organiser"))
    jonas.sync()
    jonas.act(adding("Elena", "Munteanu"))
    jonas.sync()
    heard: list[Changes] = []
    joined.jobs.changed.connect(heard.append)
    said = joined.window.frame.last_toast
    joined.press("Sync now")
    rest(joined)
    told = [one for one in heard if one.touches({"person"})]
    assert len(told) == 1
    assert not told[0].undoable
    assert joined.window.frame.last_toast in {said, ""}


def test_an_exchange_tells_how_far_it_is(server: Server, tmp_path: Path, clock: Clock) -> None:
    first = Workspace.create(tmp_path / "first", PASSPHRASE, clock=clock, actor="Rasa", cost=CHEAP)[
        0
    ]
    rasa = Colleague.bringing(first, server.invite(), clock)
    rasa.act(adding("Elena", "Munteanu"))
    rasa.sync()
    jonas = Colleague.new(tmp_path / "b", server.invite(workspace_id(first)), "Jonas", clock)
    seen: list[tuple[int, int]] = []
    jonas.sync(Progress(on_step=lambda done, total: seen.append((done, total))))
    shares = [done / total for done, total in seen if total]
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] <= 1
    rasa.close()
    jonas.close()


def test_asking_during_an_exchange_begins_no_second_one(joined: Office) -> None:
    controller = joined.window.desk.sync.controller
    before = joined.jobs.pending
    controller.sync_now()
    controller.sync_now()
    controller.sync_now()
    assert joined.jobs.pending == before + 1
    rest(joined)


@pytest.mark.usefixtures("short_pauses")
def test_being_offline_shows_no_message(joined: Office, server: Server) -> None:
    told: list[object] = []
    joined.jobs.failed.connect(told.append)
    said = joined.window.frame.last_toast
    server.stop()
    controller = joined.window.desk.sync.controller
    controller.sync_now()
    joined.qtbot.waitUntil(lambda: controller.status.state is State.OFFLINE, timeout=30_000)
    assert told == []
    assert joined.window.frame.last_toast in {said, ""}


def test_a_mass_change_is_asked_about_and_applied_after_a_backup(
    joined: Office, server: Server, hire: Hire
) -> None:
    jonas = hire(server.invite(workspace_id(joined.workspace), "organiser"))
    _let_go_of_everybody(joined, jonas)
    assert joined.read(lambda reader: reader.session.query(Person).count()) == CROWD
    assert "Your decision is needed" in status_words(joined)
    joined.press("Apply")
    rest(joined)
    assert joined.read(lambda reader: reader.session.query(Person).count()) == 0
    assert list(joined.workspace.folder.backups.glob("*exchange*"))


def test_what_is_kept_here_stays(joined: Office, server: Server, hire: Hire) -> None:
    jonas = hire(server.invite(workspace_id(joined.workspace), "organiser"))
    _let_go_of_everybody(joined, jonas)
    joined.press("Keep here")
    joined.press("Sync now")
    rest(joined)
    assert joined.read(lambda reader: reader.session.query(Person).count()) == CROWD
    assert "Your decision is needed" not in status_words(joined)
    # It may be decided otherwise, also much later.
    assert any(f"You kept {CROWD} records here" in one for one in joined.texts(joined.page))
    joined.press("Apply after all")
    rest(joined)
    assert joined.read(lambda reader: reader.session.query(Person).count()) == 0
    assert not any("You kept" in one for one in joined.texts(joined.page))
    assert list(joined.workspace.folder.backups.glob("*exchange*"))


def _let_go_of_everybody(joined: Office, jonas: Colleague) -> None:
    """Let a colleague add a crowd, and take all of it away when it has arrived here."""
    for number in range(CROWD):
        jonas.act(adding("Person", f"Number {number}"))
    jonas.sync()
    joined.press("Sync now")
    rest(joined)
    with jonas.workspace.reader() as reader:
        people = [one.id for one in reader.session.query(Person)]
    for person in people:
        jonas.act(partial(remove_person, person_id=person))
    jonas.sync()
    joined.press("Sync now")
    rest(joined)


def test_what_only_a_person_decides_is_one_press_away(joined: Office) -> None:
    """Also where no row is other than before, so that no page hears of changes."""
    reject_own_change(joined)
    assert "1 change was not shared." in joined.texts()
    assert status_words(joined).endswith("1 change not shared")
    assert "1 thing to decide." in joined.texts()
    joined.press("Decide")
    assert joined.window.navigator.here is not None
    assert joined.window.navigator.here.key == "decisions"


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (SyncStatus(), ""),
        (SyncStatus(State.OFFLINE, waiting_changes=3), "3 changes waiting · offline"),
        (SyncStatus(State.OFFLINE), "offline"),
        (SyncStatus(State.IDLE, waiting_files=1), "1 file waiting"),
        (SyncStatus(State.NEEDS_CONSENT), "your decision is needed"),
        (SyncStatus(State.IDLE, last_success_at=AT, not_shared=2), "2 changes not shared"),
    ],
)
def test_the_status_line_says_what_waits(office: Office, status: SyncStatus, line: str) -> None:
    assert words.waiting_line(status, office.window.desk.clock()) == line


@pytest.mark.parametrize(
    ("status", "sentences"),
    [
        (SyncStatus(State.IDLE, last_success_at=AT), ("Everything is exchanged.", "")),
        (
            SyncStatus(State.IDLE, last_success_at=AT, not_shared=1),
            ("1 change was not shared.", ""),
        ),
        (
            SyncStatus(State.IDLE, waiting_changes=1),
            ("1 change waits on this computer.", "It goes with the next exchange."),
        ),
        (
            SyncStatus(State.IDLE, waiting_changes=2),
            ("2 changes wait on this computer.", "They go with the next exchange."),
        ),
    ],
)
def test_the_page_says_how_it_stands(status: SyncStatus, sentences: tuple[str, str]) -> None:
    assert (words.headline(status), words.because(status)) == sentences


def test_a_server_brought_back_from_a_backup_is_told_and_stays_on_the_page(
    joined: Office, server: Server
) -> None:
    joined.press("Sync now")
    rest(joined)
    page = joined.go("sync")
    assert not any("brought back" in text for text in joined.texts())
    with server.service.database.engine.begin() as connection:  # as a restore does
        connection.execute(update(workspace_table).values(epoch="e" * 32))
    joined.press("Sync now")
    rest(joined)
    assert "there is nothing to do" in joined.window.frame.last_toast
    assert any("brought back from a backup" in text for text in joined.texts()), page


@pytest.mark.parametrize("stream", [PEOPLE, PROGRAMME, SECRETS])
def test_whatever_leaves_has_a_name(stream: str) -> None:
    ended = Happening(What.ACCESS_ENDED, 0, {"stream": stream, "name": ""})
    assert "a workshop" not in words.happening(ended)
