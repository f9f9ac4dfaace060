"""What the tests of printed papers share: the fonts and the stored references."""

import difflib
from collections.abc import Callable

import pytest

from mentor_desktop.config import resource_path
from mentor_desktop.documents.build_fonts import build_fonts
from tests.documents.paper import REFERENCES, page_texts


@pytest.fixture(scope="session", autouse=True)
def fonts() -> None:
    """Cut the fonts as set-up does; at once when they are there."""
    build_fonts(resource_path("fonts"))


@pytest.fixture
def like_reference(update_references: bool) -> Callable[[str, bytes], None]:
    """Compare the text of a PDF with the stored one of that name."""

    def compare(name: str, content: bytes) -> None:
        path = REFERENCES / f"{name}.txt"
        found = "\n\f\n".join(page_texts(content)) + "\n"
        if update_references:
            path.write_text(found, "utf-8")
        stored = path.read_text("utf-8")
        changes = difflib.unified_diff(
            stored.splitlines(), found.splitlines(), "stored", "printed now", lineterm=""
        )
        assert found == stored, "\n".join(changes)

    return compare
