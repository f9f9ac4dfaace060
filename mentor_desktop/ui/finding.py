"""Ctrl+K over the workspace: people and workshops, beside the window's own commands."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from mentor_desktop.ui.finder import Hit
from mentor_desktop.ui.jobs import Jobs

_MOST = 20
_FEWEST_LETTERS = 2
# Which place shows a kind of thing, and under which name its id reaches the page.
_PLACES = {"person": ("people", "person_id"), "workshop": ("workshop", "workshop_id")}
_ICONS = {"person": "person", "workshop": "workshops"}

Go = Callable[..., object]


class _Found(Protocol):
    """One thing of the workspace, as the search use case gives it."""

    @property
    def kind(self) -> str:
        """The entity: person or workshop."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def title(self) -> str:
        """What it is called."""

    @property
    def subtitle(self) -> str:
        """Where it belongs."""


def find_in(jobs: Jobs, go: Go, text: str, answer: Callable[[Sequence[Hit]], None]) -> None:
    """Ask the workspace for what fits `text`; `answer` gets hits that lead there by `go`."""
    if len(text.strip()) < _FEWEST_LETTERS:
        answer(())
        return

    def show(found: Sequence[_Found]) -> None:
        answer([_hit(one, go) for one in found])

    jobs.query(partial(_find, text), show, owner=jobs, key="find")


def _find(text: str, uow: Any) -> Sequence[_Found]:  # Any: see `jobs.Store`
    from mentor_desktop.services.search import find_everything  # SQLAlchemy: behind the first paint

    return find_everything(uow, text, _MOST)


def _hit(found: _Found, go: Go) -> Hit:
    place, name = _PLACES[found.kind]
    return Hit(
        text=found.title,
        detail=found.subtitle,
        icon=_ICONS[found.kind],
        act=partial(go, place, **{name: found.id}),
    )
