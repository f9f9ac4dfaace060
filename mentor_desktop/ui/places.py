"""The places of the window: a page is added by one line here."""

from typing import Literal, NamedTuple

Group = Literal["rail", "more", "foot", "inner"]


class Place(NamedTuple):
    """One page: where it stands, what it is called and where its class is.

    `title` is marked with `N_` and translated when shown. `target` is "package.module:Class",
    imported when the place is first opened. `group` "inner" is reached from another page,
    whose key is `parent` and which stays lit in the rail.
    """

    key: str
    icon: str
    title: str
    target: str
    shortcut: str = ""
    group: Group = "rail"
    parent: str = ""

    @property
    def module(self) -> str:
        """The module of the page."""
        return self.target.partition(":")[0]

    @property
    def class_name(self) -> str:
        """The class of the page."""
        return self.target.partition(":")[2]


# A place appears here when it works; the order is the order in the rail.
PLACES: tuple[Place, ...] = ()
