"""Which column holds which field: proposed from the headings, corrected by a person.

A heading is known when it is one of the words for a field in any of the nine languages. Otherwise
it may hold such a word ("What is your first name?") or be a slip of one ("Emial"): then the
proposal is marked as likely, not certain, and wants a look.
"""

import difflib
import re
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from mentor_desktop.errors import ValidationError
from mentor_desktop.i18n import _
from mentor_desktop.services.tables_in.fields import Catalogue, Field, TableOf
from mentor_desktop.services.tables_in.people_fields import (
    ANY_NAME,
    ATTENDANCE,
    FAMILY_FIRST,
    ORGANISATIONS,
    PARTICIPANTS,
)
from mentor_desktop.services.tables_in.words import (
    LANGUAGES,
    key_of,
    plain_words,
    words_by_language,
)
from mentor_desktop.services.tables_in.workshop_fields import PLAN, PROGRAMME, PROJECT

CATALOGUES: MappingOf[TableOf, Catalogue] = {
    "participants": PARTICIPANTS,
    "programme": PROGRAMME,
    "plan": PLAN,
    "attendance": ATTENDANCE,
    "project": PROJECT,
    "organisations": ORGANISATIONS,
}
Certainty = Literal["certain", "likely", "chosen", "none"]
NameOrder = Literal["given_first", "family_first"]

_WITH_PEOPLE = frozenset({"participants", "attendance"})
_IN_BRACKETS = re.compile(r"\(.*?\)|\[.*?\]")
_PARTS = re.compile(r"[/|\n\r;]+|\s[-–—]\s")
_MIN_PHRASE = 4  # letters of a word that may stand for the whole heading it occurs in
_CLOSE = 0.8  # share of letters that agree: two neighbours swapped in a word of five
_LONGEST = 200  # characters of a heading that are looked at
_RANK = {"certain": 2, "likely": 1, "none": 0}


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """One column, the field it holds (None: it is left out), and how sure that is.

    A field in one language reads "title.lt".
    """

    index: int
    header: str
    field: str | None
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Mapping:
    """Columns of a table and the fields they hold; each field has at most one column."""

    kind: TableOf
    columns: tuple[ColumnMatch, ...]
    name_order: NameOrder = "given_first"

    def column_of(self, field: str) -> int | None:
        """Return the index of the column that holds a field."""
        return next((one.index for one in self.columns if one.field == field), None)

    def columns_by_language(self, field: str) -> dict[str, int]:
        """Return the columns that hold a field in one language each."""
        return {
            one.field.partition(".")[2]: one.index
            for one in self.columns
            if one.field and one.field.startswith(field + ".")
        }

    def with_field(self, index: int, field: str | None) -> "Mapping":
        """Return the mapping after a person chose what a column holds.

        Raises:
            ValidationError: there is no such column or field.
        """
        if not 0 <= index < len(self.columns) or not (field is None or self._has(field)):
            raise ValidationError(_("There is no such column or field to choose."))
        columns = tuple(
            replace(one, field=field, certainty="chosen" if field else "none")
            if one.index == index
            else replace(one, field=None, certainty="none")
            if field is not None and one.field == field
            else one
            for one in self.columns
        )
        return replace(self, columns=columns)

    def with_name_order(self, order: NameOrder) -> "Mapping":
        """Return the mapping after a person said how whole names are to be parted."""
        return replace(self, name_order=order)

    @property
    def missing(self) -> tuple[tuple[Field, ...], ...]:
        """What has no column but must have one; of each group one field is enough."""
        found = {one.field.partition(".")[0] for one in self.columns if one.field}
        by_name = {field.name: field for field in fields_of(self.kind)}
        return tuple(
            tuple(by_name[name] for name in group)
            for group in CATALOGUES[self.kind].required
            if found.isdisjoint(group)
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences that a person should read before going on."""
        notes = [
            _("There is no column for “{field}”; it is needed.").format(
                field=" / ".join(_(field.label) for field in group)
            )
            for group in self.missing
        ]
        whole = self.column_of("full_name")
        if (
            whole is not None
            and self.kind == "participants"
            and self.column_of("given_name") is None
        ):
            sentence = (
                _("“{header}” holds whole names: the first word is taken for the family name.")
                if self.name_order == "family_first"
                else _("“{header}” holds whole names: the last word is taken for the family name.")
            )
            notes.append(sentence.format(header=self.columns[whole].header))
        notes += [
            _("“{header}” was taken for “{field}”; please check.").format(
                header=one.header, field=label_of(self.kind, one.field)
            )
            for one in self.columns
            if one.certainty == "likely" and one.field
        ]
        return tuple(notes)

    def _has(self, field: str) -> bool:
        name, _dot, language = field.partition(".")
        return any(
            one.name == name and (not language or (one.by_language and language in LANGUAGES))
            for one in fields_of(self.kind)
        )


def fields_of(kind: TableOf) -> tuple[Field, ...]:
    """Return the fields a column of such a table can hold, the usual ones first."""
    return CATALOGUES[kind].fields


def label_of(kind: TableOf, field: str) -> str:
    """Return a field's translated label, "Title (lt)" for one language of it."""
    name, _dot, language = field.partition(".")
    label = next((_(one.label) for one in fields_of(kind) if one.name == name), name)
    return f"{label} ({language})" if language else label


def propose_mapping(headers: Sequence[str], kind: TableOf) -> Mapping:
    """Return which column most likely holds which field; unknown columns are left out."""
    found = [_match(index, header, kind) for index, header in enumerate(headers)]
    name_order: NameOrder = "given_first"
    if any(one.field == FAMILY_FIRST.name for one in found):
        name_order = "family_first"
        found = [_renamed(one, FAMILY_FIRST.name, "full_name") for one in found]
    if kind in _WITH_PEOPLE:
        found = _with_plain_name(found)
    return Mapping(kind, tuple(_one_column_each(found)), name_order)


def _renamed(match: ColumnMatch, old: str, new: str) -> ColumnMatch:
    return replace(match, field=new) if match.field == old else match


def _with_plain_name(found: Sequence[ColumnMatch]) -> list[ColumnMatch]:
    """Decide what a column just called "name" holds: what the others leave over."""
    fields = {one.field for one in found}
    if {"given_name", "family_name"} <= fields:
        meaning = None
    elif "given_name" in fields:
        meaning = "family_name"
    elif "family_name" in fields:
        meaning = "given_name"
    else:
        meaning = "full_name"
    decided = []
    for one in found:
        if one.field == ANY_NAME.name:
            certainty: Certainty = one.certainty if meaning else "none"
            decided.append(replace(one, field=meaning, certainty=certainty))
        elif one.field == "full_name" and "given_name" in fields:
            decided.append(replace(one, field=None, certainty="none"))  # names in parts are better
        else:
            decided.append(one)
    return decided


def _one_column_each(found: Iterable[ColumnMatch]) -> list[ColumnMatch]:
    """Where two columns claim one field, keep the surer one, else the first."""
    best: dict[str, ColumnMatch] = {}
    columns = list(found)
    for one in columns:
        held = best.get(one.field) if one.field else None
        if one.field and (held is None or _RANK[one.certainty] > _RANK[held.certainty]):
            best[one.field] = one
    return [
        one
        if one.field is None or best[one.field] is one
        else replace(one, field=None, certainty="none")
        for one in columns
    ]


def _match(index: int, header: str, kind: TableOf) -> ColumnMatch:
    known = _fields_by_key(kind)
    forms = _forms(header)
    certain = [known.get(key_of(form)) or _in_one_language(form, kind) for form in forms]
    certain.sort(key=lambda field: field == ANY_NAME.name)  # "Vardas / First name" is clear
    if field := next(filter(None, certain), None):
        return ColumnMatch(index, header, field, "certain")
    for form in forms:
        if field := _held(form, kind) or _close(form, kind):
            return ColumnMatch(index, header, field, "likely")
    return ColumnMatch(index, header, None, "none")


def _forms(header: str) -> list[str]:
    """The heading whole, without what stands in brackets, and its parts around strokes."""
    whole = header[:_LONGEST]
    bare = _IN_BRACKETS.sub(" ", whole)
    return list(dict.fromkeys([whole, bare, *_PARTS.split(bare)]))


@cache
def _fields_by_key(kind: TableOf) -> MappingOf[str, str]:
    """Field by compared word; a field's own name goes first, then the earlier field."""
    fields = list(CATALOGUES[kind].fields)
    if kind in _WITH_PEOPLE:
        fields += [FAMILY_FIRST, ANY_NAME]
    known = {key_of(field.name): field.name for field in fields}
    for field in fields:
        for words in words_by_language(field.words).values():
            for word in words:
                known.setdefault(key_of(word), field.name)
    return known


@cache
def _phrases(kind: TableOf) -> MappingOf[tuple[str, ...], str]:
    """Field by the words of a heading, for headings that are whole questions."""
    fields = list(CATALOGUES[kind].fields) + ([FAMILY_FIRST] if kind in _WITH_PEOPLE else [])
    phrases: dict[tuple[str, ...], str] = {}
    for field in fields:
        for words in words_by_language(field.words).values():
            for word in words:
                phrases.setdefault(tuple(plain_words(word)), field.name)
    return phrases


def _in_one_language(form: str, kind: TableOf) -> str | None:
    """A field that may have one column for each language: "title_lt" or "Title [lt]"."""
    words = plain_words(form)
    if len(words) < 2 or words[-1] not in LANGUAGES:  # noqa: PLR2004  a word and a language
        return None
    name = _fields_by_key(kind).get("".join(words[:-1]))
    if any(field.name == name and field.by_language for field in CATALOGUES[kind].fields):
        return f"{name}.{words[-1]}"
    return None


def _held(form: str, kind: TableOf) -> str | None:
    """The field whose longest word occurs in a heading that says more."""
    words = plain_words(form)
    phrases = _phrases(kind)
    held = [
        phrase
        for start in range(len(words))
        for end in range(start + 1, len(words) + 1)
        if (phrase := tuple(words[start:end])) in phrases and len("".join(phrase)) >= _MIN_PHRASE
    ]
    return phrases[max(held, key=lambda phrase: len("".join(phrase)))] if held else None


def _close(form: str, kind: TableOf) -> str | None:
    known = _fields_by_key(kind)
    close = difflib.get_close_matches(key_of(form), known, n=1, cutoff=_CLOSE)
    return known[close[0]] if close else None
