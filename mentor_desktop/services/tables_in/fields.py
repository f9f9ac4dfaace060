"""What a column can hold: the name of the field, its label, and the headings it goes by."""

from dataclasses import dataclass
from typing import Literal

TableOf = Literal["participants", "programme", "plan", "attendance", "project", "organisations"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of one kind of table.

    `label` is marked for translation. `words` are headings in nine languages, the languages in the
    order of `words.LANGUAGES` with a bar between them. A field `by_language` may have one column
    for each language ("title_lt").
    """

    name: str
    label: str
    words: str
    by_language: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The fields of one kind of table; of each group in `required` one column must be there."""

    fields: tuple[Field, ...]
    required: tuple[tuple[str, ...], ...]
