"""Finding anything by a few typed letters: people and workshops (Ctrl+K)."""

from dataclasses import dataclass

from sqlalchemy import select

from mentor_desktop.i18n import current_language
from mentor_desktop.models import Workshop
from mentor_desktop.services.people import PersonRow, search_people
from mentor_desktop.services.texts import shown_text
from mentor_desktop.store.folding import fold, matches, query_words
from mentor_desktop.store.unit_of_work import Reader


@dataclass(frozen=True)
class Hit:
    """Something found: `kind` is the entity ("person", "workshop"), `id` its id."""

    kind: str
    id: str
    title: str
    subtitle: str


def find_everything(uow: Reader, text: str, limit: int = 20) -> list[Hit]:
    """Return workshops and people that the typed words fit, workshops first, at most `limit`.

    Nothing typed finds nothing.
    """
    if not query_words(text):
        return []
    hits = _workshops(uow, text)[: max(1, limit // 2)]
    people = search_people(uow, text, limit - len(hits))
    return [*hits, *(_person_hit(row) for row in people)]


def _workshops(uow: Reader, text: str) -> list[Hit]:
    rows = uow.session.scalars(select(Workshop).order_by(Workshop.starts_on.desc(), Workshop.code))
    language = current_language()
    return [
        Hit(
            "workshop",
            row.id,
            shown_text(row.title),
            " · ".join(
                part
                for part in (row.code, row.city, language.date(row.starts_on, "medium"))
                if part
            ),
        )
        for row in rows
        if matches(text, _words_of(row))
    ]


def _words_of(row: Workshop) -> str:
    """Return what a workshop is found by; parts of its code and the whole code are words."""
    texts = [row.code, *row.title.values(), row.city, row.venue_name]
    return " ".join(word for one in texts for word in [*query_words(one), *fold(one).split()])


def _person_hit(row: PersonRow) -> Hit:
    place = current_language().country(row.country) if row.country else ""
    subtitle = " · ".join(part for part in (row.organisation, place) if part)
    return Hit("person", row.id, row.name, subtitle)
