"""The sample participants as rows of texts, and ways to spoil them."""

import csv
import io
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[3] / "resources" / "samples"
LANGUAGE_COLUMN = 12
CODE_PAGES = ("cp1250", "cp1251", "cp1252", "cp1257")

# Windows-1250 has the Romanian letters with a cedilla only.
CEDILLA = str.maketrans("șțȘȚ", "şţŞŢ")


@cache
def sample_rows() -> tuple[tuple[str, ...], ...]:
    """Return the headings and the sixty people."""
    text = (SAMPLES / "participants.csv").read_text("utf-8")
    return tuple(tuple(row) for row in csv.reader(io.StringIO(text, newline="")))


def people_speaking(language: str) -> list[tuple[str, ...]]:
    """Return headings and the people of one language, six columns wide."""
    headings, *people = sample_rows()
    chosen = [headings, *(row for row in people if row[LANGUAGE_COLUMN] == language)]
    return [(row[1], row[2], row[4], row[5], row[6], row[8]) for row in chosen]


def as_csv(rows: object, delimiter: str = ",", newline: str = "\n") -> str:
    """Return rows as a text file's content."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=newline).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()


def misread(text: str, code_page: str) -> str:
    """Return what UTF-8 looks like once a program took it for a code page and saved that."""
    return "".join(bytes([byte]).decode(code_page, "ignore") or chr(byte) for byte in text.encode())


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Return an archive of the parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()
