"""The guard of the translations: what it must refuse, and what the pseudo-locale keeps."""

from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from tools import pseudo_locale, strings


def _catalogue(*messages: tuple[object, object], locale: str = "lt") -> Catalog:
    made = Catalog(locale=locale, fuzzy=False)
    for identity, text in messages:
        made.add(identity, text)
    return made


def _faults(source: Catalog, translated: Catalog) -> list[str]:
    return list(strings.faults(source, source, {"lt": translated}))


def test_a_full_and_faithful_translation_has_no_fault() -> None:
    ids = [("Saved to {path}", ""), (("{count} day", "{count} days"), ())]
    texts = [
        ("Saved to {path}", "Įrašyta į {path}"),
        (("{count} day", "{count} days"), ("{count} diena", "{count} dienos", "{count} dienų")),
    ]
    assert _faults(_catalogue(*ids), _catalogue(*texts)) == []


@pytest.mark.parametrize("text", ["Įrašyta", "Įrašyta į {kelias}", "Įrašyta į {path} {path2}"])
def test_a_translation_with_other_fields_is_refused(text: str) -> None:
    source = _catalogue(("Saved to {path}", ""))
    assert _faults(source, _catalogue(("Saved to {path}", text)))


def test_a_brace_left_open_in_a_translation_is_refused() -> None:
    source = _catalogue(("Saved to {path}", ""))
    assert _faults(source, _catalogue(("Saved to {path}", "Įrašyta į {path")))


def test_a_missing_translation_into_lithuanian_is_refused() -> None:
    assert _faults(_catalogue(("Save", "")), _catalogue(("Save", ""))) == [
        "lt: not translated: 'Save'"
    ]


def test_a_missing_plural_form_is_refused() -> None:
    source = _catalogue((("{count} day", "{count} days"), ()))
    partial = _catalogue((("{count} day", "{count} days"), ("{count} diena", "", "{count} dienų")))
    assert any("not translated" in fault for fault in _faults(source, partial))


def test_a_text_new_in_the_source_makes_the_catalogues_stale() -> None:
    old = _catalogue(("Save", "Įrašyti"))
    new = _catalogue(("Save", ""), ("Open", ""))
    found = list(strings.faults(new, old, {"lt": old}))
    assert any("messages.pot is stale" in fault for fault in found)
    assert "lt: stale, run `make strings`" in found


def test_a_field_without_a_name_is_refused() -> None:
    assert list(strings.placeholder_faults(Message("Saved to {}"))) == [
        "'Saved to {}': give every field a name"
    ]


@pytest.mark.parametrize(
    "text", ["Save", "Saved to {path}", "{count} of {total}", "<b>{name}</b> now"]
)
def test_the_pseudo_locale_is_longer_and_keeps_fields_and_tags(text: str) -> None:
    long = pseudo_locale.pseudo(text)
    assert strings.fields_of(long) == strings.fields_of(text)
    assert [tag for tag in ("<b>", "</b>") if tag in text] == [
        tag for tag in ("<b>", "</b>") if tag in long
    ]
    assert len(long) >= 1.4 * len(text)
    assert long[0] == "["
    assert long[-1] == "]"


def test_the_pseudo_locale_leaves_no_plain_letter() -> None:
    assert pseudo_locale.pseudo("Quick brown").split(" one")[0] == "[Ǫûîçķ ƀŕöŵñ"


def test_compiling_keeps_per_cent_signs_and_drops_faulty_translations(tmp_path: Path) -> None:
    source, target = tmp_path / "messages.po", tmp_path / "messages.mo"
    source.write_text(
        """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\nLanguage: lt\\n"

msgid "{value} % is more."
msgstr "{value} % yra daugiau."

msgid "Saved to {path}"
msgstr "Įrašyta"
""",
        "utf-8",
    )
    assert strings.compile_catalogue(source, target) == 0
    with target.open("rb") as stream:
        words = GNUTranslations(stream)
    assert words.gettext("{value} % is more.") == "{value} % yra daugiau."
    assert words.gettext("Saved to {path}") == "Saved to {path}"
