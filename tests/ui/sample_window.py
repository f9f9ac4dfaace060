"""What the sample window of the tests is made of besides its pages."""

from collections.abc import Callable, Sequence

from mentor_desktop.changes import Changes
from mentor_desktop.clock import Clock
from mentor_desktop.i18n import N_
from mentor_desktop.ui.finder import Hit, matching
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.main_window import MainWindow
from mentor_desktop.ui.places import Place
from mentor_desktop.ui.theme import Theme
from tests.ui.stores import Uow

_PAGES = "tests.ui.sample_pages:"
PLACES = (
    Place("people", "people", N_("People"), _PAGES + "PeoplePage", "Ctrl+1"),
    Place("notes", "journal", N_("Notes"), _PAGES + "NotesPage", "Ctrl+2"),
    Place("person", "person", N_("Person"), _PAGES + "PersonPage", group="inner", parent="people"),
    Place("settings", "settings", N_("Settings"), _PAGES + "NotesPage", group="foot"),
)

found: list[str] = []


def find_people(text: str, answer: Callable[[Sequence[Hit]], None]) -> None:
    """Find two namesakes; taking one is noted in `found`."""
    hits = [
        Hit("Elena Munteanu", lambda: found.append("liceul"), "Liceul Exemplu", "person"),
        Hit("Elena Munteanu", lambda: found.append("atelier"), "Atelier Exemplu", "person"),
    ]
    answer(matching(text, hits) if text else [])


def take_back(uow: Uow, *, txn: int) -> Changes:
    """Undo by writing that it was undone."""
    uow.add(f"undone {txn}")
    return uow.commit()


def build_window(jobs: Jobs, theme: Theme, clock: Clock, settings: LiveSettings) -> MainWindow:
    """Return a main window with the sample places, not shown yet."""
    return MainWindow(
        jobs,
        theme,
        clock,
        settings,
        name="Mentors across borders",
        undo=take_back,
        provider=find_people,
        places=PLACES,
    )
