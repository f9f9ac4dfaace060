"""Keep the catalogues of translations in step with the source.

Usage: python tools/strings.py update        collect texts, bring each catalogue up to date
       python tools/strings.py check         exit 1 when something is stale, lost or missing
       python tools/strings.py add LANGUAGE  begin a new catalogue
       python tools/strings.py compile PO MO write the file that the program reads

Catalogues carry file names without line numbers, so that a moved line changes nothing.
"""

import string
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "translations"
TEMPLATE = TRANSLATIONS / "messages.pot"
PSEUDO = "en_XA"
# Languages in which every text must be there; the others may show English in places.
COMPLETE = ("lt",)
_KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None}
_METHODS = [("mentor_desktop/**.py", "python")]
_ABOUT = {
    "project": "Mentor Desktop",
    "version": "source",
    "msgid_bugs_address": "see CONTRIBUTING.md",
    "last_translator": "see the history of this file",
    "language_team": "Mentor Desktop",
    "charset": "utf-8",
}
_HEADER = "# Translations of Mentor Desktop."

Key = tuple[str | None, str]


def collect() -> Catalog:
    """Return the template: every marked text of the package, with its translators' comments."""
    template = Catalog(
        **_ABOUT,
        header_comment=_HEADER,
        creation_date=datetime(2026, 1, 1, tzinfo=UTC),  # a real one would change every time
        fuzzy=False,
    )
    found = extract_from_dir(
        str(ROOT),
        _METHODS,
        keywords=_KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    for name, _line, message, comments, context in sorted(found, key=lambda row: (row[0], row[1])):
        template.add(message, None, [(name, 1)], auto_comments=comments, context=context)
    return template


def catalogue_paths() -> dict[str, Path]:
    """Return the path of each language's catalogue, the pseudo-locale left out."""
    paths = sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))
    return {path.parent.parent.name: path for path in paths if path.parent.parent.name != PSEUDO}


def _read(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as stream:
        return read_po(stream, locale=language)


def without_percent_flags(catalogue: Catalog) -> Catalog:
    """Return the catalogue with "{value} % is" no longer taken for a %-format."""
    for message in catalogue:
        message.flags.discard("python-format")
    return catalogue


def _write(path: Path, catalogue: Catalog) -> None:
    without_percent_flags(catalogue)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        write_po(stream, catalogue, width=100, include_lineno=False, sort_by_file=True)


def update() -> int:
    """Write the template, then every catalogue with the new texts and without the gone ones."""
    template = collect()
    _write(TEMPLATE, template)
    for language, path in catalogue_paths().items():
        catalogue = _read(path, language)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        _write(path, catalogue)
        left = sum(1 for message in catalogue if message.id and not _is_translated(message))
        print(f"{language}: {len(catalogue)} texts, {left} to translate")
    return 0


def compile_catalogue(source: Path, target: Path) -> int:
    """Write a compiled catalogue; texts whose fields differ from the source stay English.

    Babel's own command takes every `%` for a format and refuses the file.
    """
    catalogue = _read(source)
    for message in list(catalogue):
        if message.id and any(placeholder_faults(message)):
            print(f"{source}: left in English: {_key(message)[1]!r}", file=sys.stderr)
            catalogue.delete(message.id, message.context)
    with target.open("wb") as stream:
        write_mo(stream, catalogue)
    return 0


def add(language: str) -> int:
    """Begin a catalogue with nothing translated yet."""
    catalogue = Catalog(locale=language, header_comment=_HEADER, fuzzy=False, **_ABOUT)
    catalogue.update(collect(), no_fuzzy_matching=True)
    _write(TRANSLATIONS / language / "LC_MESSAGES" / "messages.po", catalogue)
    return 0


def _key(message: Message) -> Key:
    first = message.id[0] if message.pluralizable else message.id
    return message.context, str(first)


def _keys(catalogue: Catalog) -> set[Key]:
    return {_key(message) for message in catalogue if message.id}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value or ""),)


def _is_translated(message: Message) -> bool:
    return all(_texts(message.string)) and not message.fuzzy


def fields_of(text: str) -> frozenset[str]:
    """Return the names in braces, "" for a field without a name.

    Raises:
        ValueError: a brace is left open.
    """
    parsed = string.Formatter().parse(text)
    return frozenset(
        name.partition(".")[0] for _text, name, _spec, _how in parsed if name is not None
    )


def placeholder_faults(message: Message) -> Iterator[str]:
    """Yield what is wrong with the fields of one message and of its translation."""
    try:
        sources = [fields_of(text) for text in _texts(message.id)]
        forms = [fields_of(text) for text in _texts(message.string) if text]
    except ValueError as error:
        yield f"{_key(message)[1]!r}: {error}"
        return
    allowed, needed = frozenset().union(*sources), sources[0].intersection(*sources)
    if any(not name.isidentifier() for name in allowed):
        yield f"{_key(message)[1]!r}: give every field a name"
    for fields in forms:
        if not needed <= fields <= allowed:
            yield f"{_key(message)[1]!r}: the translation has {sorted(fields)}, not {sorted(allowed)}"


def faults(template: Catalog, stored: Catalog, catalogues: dict[str, Catalog]) -> Iterator[str]:
    """Yield one line for each thing that keeps the catalogues from being right."""
    if _keys(template) != _keys(stored):
        strangers = sorted(key[1] for key in _keys(template) ^ _keys(stored))
        yield f"messages.pot is stale, run `make strings`: {strangers[:5]}"
    for message in template:
        yield from placeholder_faults(message)
    for language, catalogue in catalogues.items():
        if _keys(catalogue) != _keys(template):
            yield f"{language}: stale, run `make strings`"
        for message in catalogue:
            if not message.id:
                continue
            if _is_translated(message):
                yield from (f"{language}: {fault}" for fault in placeholder_faults(message))
            elif language in COMPLETE:
                yield f"{language}: not translated: {_key(message)[1]!r}"


def check() -> int:
    """Print every fault; 1 when there is one."""
    if not TEMPLATE.exists():
        print("translations/messages.pot is missing, run `make strings`", file=sys.stderr)
        return 1
    catalogues = {language: _read(path, language) for language, path in catalogue_paths().items()}
    found = list(faults(collect(), _read(TEMPLATE), catalogues))
    found += [f"{language}: no catalogue" for language in COMPLETE if language not in catalogues]
    print(
        "\n".join(found) or "Translations are complete.", file=sys.stderr if found else sys.stdout
    )
    return int(bool(found))


def main(arguments: list[str]) -> int:
    """Run one command."""
    match arguments:
        case ["update"]:
            return update()
        case ["check"]:
            return check()
        case ["add", language]:
            return add(language)
        case ["compile", source, target]:
            return compile_catalogue(Path(source), Path(target))
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
