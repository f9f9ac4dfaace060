"""The files themselves: sound, archivable, the same each time, and flat in memory."""

import io
import re
import shutil
import subprocess
import tracemalloc
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from mentor_desktop.documents.certificate import (
    certificate_bytes,
    render_certificate_files,
    render_certificates,
)
from mentor_desktop.documents.fonts import FONT_FILES
from tests.documents.paper import NOW, certificate, common, font_names, sample_certificates


class Discarding:
    """A file that forgets what is written."""

    def write(self, data: bytes, /) -> int:
        return len(data)


def one_file(count: int = 3) -> bytes:
    out = io.BytesIO()
    render_certificates(sample_certificates(count=count), out, created_at=NOW)
    return out.getvalue()


def test_only_our_fonts_are_in_a_file() -> None:
    assert font_names(one_file(60)) <= set(FONT_FILES)
    assert b"Helvetica" not in one_file()


def test_every_font_is_embedded() -> None:
    content = one_file()

    assert content.count(b"/FontFile2") == content.count(b"/Type /FontDescriptor") > 0


def test_each_stream_ends_on_a_line_of_its_own() -> None:
    content = one_file()

    assert len(re.findall(rb"\nendstream", content)) == content.count(b"endstream") > 0


def test_a_file_says_its_title_language_and_date() -> None:
    content = certificate_bytes(certificate(), created_at=NOW)

    assert b"/Lang<" + b"en".hex().encode() + b">" in content
    assert b"D:20260312160000Z".hex().encode() in content
    assert b"<rdf:li>en</rdf:li>" in content
    title = "Certificate of attendance MD26-A-00042-67 – Giedrė Ąžuolynienė"
    assert title.encode() in content
    document = pdfium.PdfDocument(content)
    assert document.get_metadata_value("Title") == title
    document.close()


def test_a_file_names_its_colours_and_its_archive_standard() -> None:
    content = certificate_bytes(certificate(), created_at=NOW)

    assert b"/S/GTS_PDFA1" in content
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in content
    assert b"/SMask" not in content


def test_equal_sheets_give_equal_bytes() -> None:
    assert one_file() == one_file()
    assert list(render_certificate_files(sample_certificates(count=2), created_at=NOW)) == list(
        render_certificate_files(sample_certificates(count=2), created_at=NOW)
    )


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed")
def test_qpdf_finds_no_fault(tmp_path: Path) -> None:
    files = {"all.pdf": one_file(60)}
    files |= dict(render_certificate_files(sample_certificates(count=26), created_at=NOW))
    for name, content in files.items():
        path = tmp_path / name
        path.write_bytes(content)
        done = subprocess.run(
            ["qpdf", "--check", str(path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def peak_bytes(count: int) -> int:
    tracemalloc.start()
    try:
        render_certificates(
            sample_certificates(common(), count), Discarding(), created_at=NOW, total=count
        )
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_ten_times_the_certificates_take_no_more_memory() -> None:
    peak_bytes(10)  # caches of fonts and widths are filled once
    few, many = peak_bytes(100), peak_bytes(1000)

    # What is kept of a page is where it begins, not what is on it (900 bytes, packed).
    assert many - few < 300_000


def test_a_page_of_a_batch_takes_less_than_a_kilobyte() -> None:
    few, many = len(one_file(60)), len(one_file(120))

    assert (many - few) / 60 < 1024


def test_a_file_of_its_own_takes_less_than_sixty_kilobytes() -> None:
    for name, content in render_certificate_files(sample_certificates(count=25), created_at=NOW):
        assert len(content) < 60_000, name
