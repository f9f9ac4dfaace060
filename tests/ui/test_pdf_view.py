from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.pdf_pages import page_picture, page_sizes
from mentor_desktop.ui.widgets.pdf_view import PdfView

A4 = (595.0, 842.0)


def pdf(*pages: str, size: tuple[float, float] = A4) -> bytes:
    """A small PDF whose pages are filled with a colour ("1 0 0" is red)."""
    count = len(pages)
    kids = " ".join(f"{3 + 2 * n} 0 R" for n in range(count))
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Count {count}/Kids[{kids}]>>"]
    for number, color in enumerate(pages):
        drawing = f"{color} rg 0 0 {size[0]} {size[1]} re f"
        box = f"[0 0 {size[0]} {size[1]}]"
        objects.append(f"<</Type/Page/Parent 2 0 R/MediaBox{box}/Contents {4 + 2 * number} 0 R>>")
        objects.append(f"<</Length {len(drawing)}>>stream\n{drawing}\nendstream")
    body, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    total = len(objects) + 1
    end = f"trailer<</Size {total}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF\n"
    return f"{body}xref\n0 {total}\n0000000000 65535 f \n{table}{end}".encode()


@pytest.fixture
def shown(theme: Theme, jobs: Jobs, qtbot: QtBot) -> Callable[[bytes], PdfView]:
    view = PdfView(theme, jobs, "Preview")
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show()

    def show(document: bytes) -> PdfView:
        view.show_pdf(document)
        settle(qtbot, jobs, view)
        return view

    return show


def settle(qtbot: QtBot, jobs: Jobs, view: PdfView) -> None:
    """Wait until nothing is drawn any more."""

    def is_still() -> bool:
        view.grab()
        return jobs.pending == 0

    qtbot.waitUntil(is_still)
    settling = view.findChild(QTimer, "settle")
    qtbot.waitUntil(lambda: not settling.isActive())
    qtbot.waitUntil(is_still)


def colour_in_the_middle(view: PdfView) -> str:
    image: QImage = view.viewport().grab().toImage()
    return image.pixelColor(image.width() // 2, image.height() // 2).name()


def test_page_is_drawn_in_its_colours_and_size() -> None:
    document = pdf("1 0 0")
    assert page_sizes(document) == [A4]
    picture = page_picture(document, 0, 2.0)
    assert (picture.width(), picture.height()) == (1190, 1684)
    assert picture.pixelColor(600, 800).name() == "#ff0000"


def test_first_page_is_whole_in_sight(shown: Callable[[bytes], PdfView]) -> None:
    view = shown(pdf("0 0 1", "1 0 0"))
    assert colour_in_the_middle(view) == "#0000ff"
    assert view.zoom == pytest.approx((view.viewport().height() - 32) / (842 * 96 / 72), rel=0.01)


def test_pages_are_counted_while_scrolling(
    shown: Callable[[bytes], PdfView], qtbot: QtBot, jobs: Jobs
) -> None:
    view = shown(pdf("1 0 0", "0 1 0", "0 0 1"))
    told: list[tuple[int, int]] = []
    view.page_changed.connect(lambda number, count: told.append((number, count)))
    view.go_to_page(3)
    settle(qtbot, jobs, view)
    assert told[-1] == (3, 3)
    assert view.accessibleDescription() == "page 3 of 3"
    assert colour_in_the_middle(view) == "#0000ff"
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert told[-1] == (1, 3)


def test_only_pages_in_sight_are_drawn(shown: Callable[[bytes], PdfView]) -> None:
    view = shown(pdf(*["1 0 0"] * 300))
    assert view.page_count == 300
    assert len(view.pictures.drawn) <= 2


def test_zoom_keys_and_fitting(shown: Callable[[bytes], PdfView], qtbot: QtBot) -> None:
    view = shown(pdf("1 0 0"))
    whole = view.zoom
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.zoom == pytest.approx(1.25 * whole)
    qtbot.keyClick(view, Qt.Key.Key_Minus)
    assert view.zoom == pytest.approx(whole)
    view.fit_width()
    assert view.zoom > whole
    view.fit_page()
    assert view.zoom == pytest.approx(whole)
    for _twenty in range(20):
        view.zoom_in()
    assert view.zoom == 6.0


def test_zoomed_page_is_drawn_sharp_again(
    shown: Callable[[bytes], PdfView], qtbot: QtBot, jobs: Jobs
) -> None:
    view = shown(pdf("1 0 0"))
    view.zoom_in()
    settle(qtbot, jobs, view)
    picture = view.pictures.picture(0)
    assert picture is not None
    assert picture.width() == pytest.approx(595 * 96 / 72 * view.zoom, abs=2)


def test_newer_document_wins(shown: Callable[[bytes], PdfView], qtbot: QtBot, jobs: Jobs) -> None:
    view = shown(pdf("1 0 0"))
    view.show_pdf(pdf("0 1 0"))
    view.show_pdf(pdf("0 0 1"))
    settle(qtbot, jobs, view)
    assert colour_in_the_middle(view) == "#0000ff"


def test_cleared_view_shows_nothing(shown: Callable[[bytes], PdfView], theme: Theme) -> None:
    view = shown(pdf("1 0 0"))
    view.clear()
    assert view.page_count == 0
    assert colour_in_the_middle(view) == theme.color("hover").name()


def test_what_is_no_pdf_is_told(theme: Theme, jobs: Jobs, qtbot: QtBot) -> None:
    view = PdfView(theme, jobs, "Preview")
    qtbot.addWidget(view)
    with qtbot.waitSignal(jobs.failed):
        view.show_pdf(b"no pdf")
    assert view.page_count == 0
