"""Certificates: one file of 1,000 pages, and 1,000 files; CPU time, size, memory.

The peer is a careful use of plain reportlab, in the same run: canvas, the shared part as a form,
no ASCII85, a QR code by segno with a fixed mask as one path, and the fewest words. The limits are the
budgets of the measurements: 1,000 pages a second, 150 files a second, of one processor.
"""

import io
import resource
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby

import segno
from PIL import Image, ImageDraw
from report import Check, report
from reportlab import rl_config
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from mentor_desktop.documents.certificate import render_certificate_files, render_certificates
from mentor_desktop.documents.certificate_sheet import (
    CertificateCommon,
    CertificateSheet,
    CertificateTexts,
    Issuer,
    Signatory,
)
from mentor_desktop.documents.fonts import BOLD, LIGHT, REGULAR, load_fonts
from mentor_desktop.documents.logo import Logo
from mentor_desktop.documents.readback import read_certificates

PAGES = 1000
FILES = 200
NOW = datetime(2026, 3, 12, 16, tzinfo=UTC)
NAMES = (
    "Ștefania Mărgineanu", "Цветелина Крайчева", "Giedrė Ąžuolynienė", "Jiří Hošťálek",
    "Oluwaṣeun Adéṣínà-Ọ̀nà", "Caoimhe Mac Giolla Phádraig-Featherstonehaugh", "Åsa Öhrnmark",
)  # fmt: skip
OUTCOMES = (
    "plan a training session from needs analysis to evaluation of results",
    "choose and lead participative methods suited to adult learners",
    "give feedback that is specific, respectful and can be acted upon",
    "keep attendance and evidence of learning according to the programme",
    "adapt materials for participants with special educational needs",
    "reflect on practice in a learning journal and set further goals",
)
TITLE = "Mentoring and Peer Coaching for Youth Training"


class Discarding:
    """A file that counts what is written and forgets it."""

    size = 0

    def write(self, data: bytes, /) -> int:
        """Count."""
        self.size += len(data)
        return len(data)


def logo() -> bytes:
    """Return a logo of 600 × 600 pixels with soft edges."""
    image = Image.new("RGBA", (600, 600), (255, 255, 255, 0))
    draw = ImageDraw.Draw(image)
    for ring in range(60):
        inset = ring * 5
        colour = (20 + ring * 3, 80 + ring * 2, 160 - ring, 255)
        draw.ellipse((inset, inset, 600 - inset, 600 - inset), fill=colour)
    out = io.BytesIO()
    image.save(out, "png")
    return out.getvalue()


def sheets(count: int) -> Iterator[CertificateSheet]:
    """Yield certificates of one issue."""
    texts = CertificateTexts(
        "en", TITLE, "Brno", "Czechia", "Given to those who attended at least 80 %.", OUTCOMES
    )
    common = CertificateCommon(
        kind="attendance",
        texts=(texts,),
        starts_on=date(2026, 3, 10),
        ends_on=date(2026, 3, 12),
        issuer=Issuer("Vzorové centrum mládeže, z. s.", "Brno", "certificates@example.org"),
        signatories=(Signatory("Mgr. Květoslava Břízková", "Director"),),
        logos=(Logo(logo(), "logo.png"),),
        delivery_mode="face_to_face",
        issue_place="Brno",
    )
    for index in range(count):
        yield CertificateSheet(
            common=common,
            serial=f"MD26-A-{index:05d}",
            check="67",
            code=f"{index * 2654435761 % 2**32:08x}",
            holder_name=NAMES[index % len(NAMES)],
            hours_contact=Decimal("17.0"),
            issued_on=date(2026, 3, 12),
        )


def draw_code(canvas: Canvas, text: str) -> None:
    """Draw a QR code as one path: a rectangle for each run of dark modules."""
    path = canvas.beginPath()
    for y, row in enumerate(segno.make(text, mask=3, micro=False).matrix):
        x = 0
        for is_dark, run in groupby(row):
            length = len(list(run))
            if is_dark:
                path.rect(620 + 3 * x, 150 - 3 * y, 3 * length, 3)
            x += length
    canvas.drawPath(path, stroke=0, fill=1)


def plain_reportlab(count: int) -> int:
    """Draw about the same with reportlab alone; return the size in bytes."""
    rl_config.useA85 = 0
    out = io.BytesIO()
    width, height = landscape(A4)
    canvas = Canvas(out, pagesize=(width, height), pageCompression=1, initialFontName=REGULAR)
    canvas.beginForm("Shared", 0, 0, width, height)
    canvas.drawImage(ImageReader(io.BytesIO(logo())), 60, 480, 70, 70, mask="auto")
    canvas.setFont(LIGHT, 24)
    canvas.drawString(60, 440, "Certificate of attendance")
    canvas.setFont(REGULAR, 9)
    for line, outcome in enumerate(OUTCOMES):
        canvas.drawString(60, 280 - 14 * line, outcome)
    canvas.endForm()
    for sheet in sheets(count):
        canvas.doForm("Shared")
        canvas.setFont(BOLD, 30)
        canvas.drawString(60, 380, sheet.holder_name)
        canvas.setFont(REGULAR, 9)
        for line, text in enumerate((sheet.number, sheet.code, "Brno, 12 March 2026", "17.0 h")):
            canvas.drawString(620, 200 - 14 * line, text)
        canvas.drawString(60, 40, sheet.record().line(sheet.check, sheet.code))
        draw_code(canvas, f"{sheet.number}/{sheet.code}")
        canvas.showPage()
    canvas.save()
    return len(out.getvalue())


def cpu_ms(work: Callable[[], object], count: int, rounds: int = 3) -> float:
    """Return the CPU milliseconds of one of `count`, the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best * 1000 / count


def main() -> None:
    """Measure and print the line."""
    load_fonts()
    out = Discarding()
    render_certificates(sheets(60), out, created_at=NOW)
    page_ms = cpu_ms(
        lambda: render_certificates(sheets(PAGES), Discarding(), created_at=NOW), PAGES
    )
    few, many = Discarding(), Discarding()
    render_certificates(sheets(100), few, created_at=NOW)
    render_certificates(sheets(PAGES), many, created_at=NOW)
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    render_certificates(sheets(10 * PAGES), Discarding(), created_at=NOW)
    grown_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - memory_mb
    file_ms = cpu_ms(lambda: list(render_certificate_files(sheets(FILES), created_at=NOW)), FILES)
    sizes = [len(one) for _name, one in render_certificate_files(sheets(50), created_at=NOW)]
    batch = io.BytesIO()
    render_certificates(sheets(50), batch, created_at=NOW)
    read_ms = cpu_ms(lambda: read_certificates(batch.getvalue(), "batch.pdf"), 50)
    peer_ms = cpu_ms(lambda: plain_reportlab(PAGES), PAGES, rounds=1)
    report(
        "certificates",
        [
            Check("one file of 1,000: CPU ms a page", page_ms, at_most=1.0),
            Check("the same as a ratio to plain reportlab", page_ms / peer_ms, at_most=0.5),
            Check("bytes a page", (many.size - few.size) / (PAGES - 100), at_most=1024),
            Check("peak memory of the process, MB", memory_mb, at_most=80),
            Check("memory added by ten times the pages, MB", grown_mb, at_most=5),
            Check("a file each: CPU ms a file", file_ms, at_most=1000 / 150),
            Check("bytes of the largest file", max(sizes), at_most=60_000),
            Check("reading back: CPU ms a page", read_ms, at_most=50),
        ],
        pages_per_s=round(1000 / page_ms),
        files_per_s=round(1000 / file_ms),
        plain_reportlab_pages_per_s=round(1000 / peer_ms),
    )


if __name__ == "__main__":
    main()
