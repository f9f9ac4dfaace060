"""The places of the window: a page is added by one line here."""

from typing import Literal, NamedTuple

from mentor_desktop.i18n import N_

Group = Literal["rail", "more", "foot", "inner"]


class Place(NamedTuple):
    """One page: where it stands, what it is called and where its class is.

    `title` is marked with `N_` and translated when shown. `target` is "package.module:Class",
    imported when the place is first opened. `group` "inner" is reached from another page,
    whose key is `parent` and which stays lit in the rail; Ctrl+K offers it if `is_found`.
    """

    key: str
    icon: str
    title: str
    target: str
    shortcut: str = ""
    group: Group = "rail"
    parent: str = ""
    is_found: bool = False

    @property
    def module(self) -> str:
        """The module of the page."""
        return self.target.partition(":")[0]

    @property
    def class_name(self) -> str:
        """The class of the page."""
        return self.target.partition(":")[2]


_PAGES = "mentor_desktop.ui.pages"
SYNC = "sync"
# Reached from the Sync page: a second laptop without a server, and what only a person decides.
HAND_OVER = "hand_over"
DECISIONS = "decisions"

# A place appears here when it works; the order is the order in the rail.
PLACES: tuple[Place, ...] = (
    Place("today", "today", N_("Today"), f"{_PAGES}.today_page:TodayPage", "Ctrl+1"),
    Place(
        "workshops",
        "workshops",
        N_("Workshops"),
        f"{_PAGES}.workshops_page:WorkshopsPage",
        "Ctrl+2",
    ),
    Place(
        "workshop",
        "workshops",
        N_("Workshop"),
        f"{_PAGES}.workshop_page:WorkshopPage",
        group="inner",
        parent="workshops",
    ),
    Place(
        "presence",
        "person",
        N_("Present now"),
        f"{_PAGES}.presence_page:PresencePage",
        group="inner",
        parent="workshops",
    ),
    Place(
        "project",
        "project",
        N_("Project"),
        f"{_PAGES}.project_page:ProjectPage",
        group="inner",
        parent="workshops",
    ),
    Place(
        "people",
        "people",
        N_("People"),
        f"{_PAGES}.people_page:PeoplePage",
        "Ctrl+3",
    ),
    Place(
        "certificates",
        "certificates",
        N_("Certificates"),
        f"{_PAGES}.certificates_page:CertificatesPage",
        "Ctrl+4",
    ),
    Place(
        "settings",
        "settings",
        N_("Settings"),
        f"{_PAGES}.settings_page:SettingsPage",
        "Ctrl+,",
        group="foot",
    ),
    Place(SYNC, "sync", N_("Sync"), f"{_PAGES}.sync_page:SyncPage", "Ctrl+Shift+S", group="more"),
    Place("history", "history", N_("History"), f"{_PAGES}.history_page:HistoryPage", group="more"),
    Place(
        "door",
        "door",
        N_("Check in"),
        f"{_PAGES}.door_page:DoorPage",
        group="inner",
        parent="workshops",
    ),
    Place(
        "register",
        "register",
        N_("Register"),
        f"{_PAGES}.register_page:RegisterPage",
        group="inner",
        parent="workshops",
    ),
    Place(
        "papers",
        "document",
        N_("Papers"),
        f"{_PAGES}.papers_page:PapersPage",
        group="inner",
        parent="workshops",
    ),
    Place(
        "import",
        "import",
        N_("Import"),
        f"{_PAGES}.import_page:ImportPage",
        group="inner",
        parent="people",
    ),
    Place(
        "duplicates",
        "merge",
        N_("Duplicates"),
        f"{_PAGES}.duplicates_page:DuplicatesPage",
        group="inner",
        parent="people",
    ),
    Place(
        DECISIONS,
        "merge",
        N_("To decide"),
        f"{_PAGES}.decisions_page:DecisionsPage",
        group="inner",
        parent=SYNC,
        is_found=True,
    ),
    Place(
        HAND_OVER,
        "export",
        N_("Second laptop"),
        f"{_PAGES}.hand_over_page:HandOverPage",
        group="inner",
        parent=SYNC,
        is_found=True,
    ),
    Place(
        "organisations",
        "organisation",
        N_("Organisations"),
        f"{_PAGES}.organisations_page:OrganisationsPage",
        group="more",
    ),
)
