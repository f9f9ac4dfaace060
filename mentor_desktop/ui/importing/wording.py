"""The words of an import: what a table holds, what will happen, what is in the way."""

from collections.abc import Sequence
from typing import NamedTuple

from mentor_desktop.i18n import N_, _, ngettext
from mentor_desktop.services.imports.run import ImportPreview

KINDS = {
    "participants": N_("Participants"),
    "attendance": N_("Attendance"),
    "plan": N_("Agenda"),
    "organisations": N_("Organisations"),
    "project": N_("Project"),
    "programme": N_("Programme"),
}
DELIMITER_NAMES = {",": N_("Comma"), ";": N_("Semicolon"), "\t": N_("Tab")}


class Sum(NamedTuple):
    """One sentence of what will happen, in the tone of a status."""

    sentence: str
    tone: str = "text"


def verb(kind: str, count: int) -> str:
    """Return what the one button says: "Import 60 participants"."""
    if not count:
        return _("Import")
    return _VERBS[kind](count).format(count=count)


def done(kind: str, count: int) -> str:
    """Return what to say afterwards."""
    return _DONE[kind](count).format(count=count)


def sums(preview: ImportPreview) -> Sequence[Sum]:
    """Return the sentences of what an import would do; what is in the way comes first."""
    found = [Sum(sentence, "absent") for sentence in missing(preview)]
    if preview.mapping.missing:
        return found
    bad = len(preview.refused)
    if bad:
        found.append(
            Sum(
                ngettext(
                    "{count} line cannot be taken; it is listed below.",
                    "{count} lines cannot be taken; they are listed below.",
                    bad,
                ).format(count=bad),
                "absent",
            )
        )
    found += [Sum(one) for one in _results(preview)]
    return found


def missing(preview: ImportPreview) -> list[str]:
    """Return a sentence for each column that is needed and not there."""
    return list(preview.mapping.notes[: len(preview.mapping.missing)])


def _results(preview: ImportPreview) -> list[str]:
    if preview.request.kind != "participants":
        return [_(_RESULTS[preview.request.kind]).format(count=preview.rows)]
    places = preview.rows - preview.already_known
    known = places - preview.new_people
    sentences = []
    if places:
        sentences.append(
            ngettext(
                "{count} person comes on the list of {workshop}.",
                "{count} people come on the list of {workshop}.",
                places,
            ).format(count=places, workshop=preview.request.workshop)
        )
    if preview.new_people and not known:
        sentences.append(_("Nobody of them was here before."))
    elif preview.new_people:
        sentences.append(
            ngettext(
                "{count} of them is new here.", "{count} of them are new here.", preview.new_people
            ).format(count=preview.new_people)
        )
    if known > 0:
        sentences.append(
            ngettext(
                "{count} of them is known from before and stays the same person.",
                "{count} of them are known from before and stay the same people.",
                known,
            ).format(count=known)
        )
    if preview.already_known:
        sentences.append(
            ngettext(
                "{count} stands on this list already and is left as it is.",
                "{count} stand on this list already and are left as they are.",
                preview.already_known,
            ).format(count=preview.already_known)
        )
    if preview.new_organisations:
        sentences.append(
            ngettext(
                "{count} organisation is added.",
                "{count} organisations are added.",
                preview.new_organisations,
            ).format(count=preview.new_organisations)
        )
    return sentences


_RESULTS = {
    "attendance": N_(
        "Rows that become marks of attendance: {count}. Marks that say the same stay."
    ),
    "plan": N_("Agenda items: {count}. They take the place of the agenda that is there now."),
    "organisations": N_(
        "Organisations: {count}. Those of the same name and country are completed, not doubled."
    ),
    "project": N_("Projects: {count}. One of the same number is corrected, not doubled."),
    "programme": N_("Rows of the programme: {count}."),
}
_VERBS = {
    "participants": lambda count: ngettext(
        "Import {count} participant", "Import {count} participants", count
    ),
    "attendance": lambda count: ngettext("Import {count} mark", "Import {count} marks", count),
    "plan": lambda count: ngettext(
        "Import {count} agenda item", "Import {count} agenda items", count
    ),
    "organisations": lambda count: ngettext(
        "Import {count} organisation", "Import {count} organisations", count
    ),
    "project": lambda count: ngettext("Import {count} project", "Import {count} projects", count),
    "programme": lambda count: ngettext("Import {count} row", "Import {count} rows", count),
}
_DONE = {
    "participants": lambda count: ngettext(
        "{count} participant is imported.", "{count} participants are imported.", count
    ),
    "attendance": lambda count: ngettext(
        "{count} mark is imported.", "{count} marks are imported.", count
    ),
    "plan": lambda count: ngettext(
        "{count} agenda item is imported.", "{count} agenda items are imported.", count
    ),
    "organisations": lambda count: ngettext(
        "{count} organisation is imported.", "{count} organisations are imported.", count
    ),
    "project": lambda count: ngettext(
        "{count} project is imported.", "{count} projects are imported.", count
    ),
    "programme": lambda count: ngettext(
        "{count} row is imported.", "{count} rows are imported.", count
    ),
}
