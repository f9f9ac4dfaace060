"""Pages of a PDF as pictures (pdfium), where they stand, and which are drawn already.

pdfium takes one thread at a time: its functions here run through `Jobs.draw`.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from mentor_desktop.ui.owned_jobs import OwnedJobs

# Style sheets and screens count 96 pixels to the inch, paper 72 points.
PIXELS_PER_POINT = 96 / 72
# A picture with a longer side in pixels would cost hundreds of megabytes.
_LARGEST_SIDE = 8000
# Pictures of A4 pages at reading size take 3 MB each.
_KEPT_PICTURES = 12

Size = tuple[float, float]


def page_sizes(pdf: bytes) -> Sequence[Size]:
    """Return each page's width and height in points, in order."""
    import pypdfium2  # 9 MB, with the first preview

    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return [document.get_page_size(number) for number in range(len(document))]


def page_picture(pdf: bytes, number: int, scale: float) -> QImage:
    """Return a page as a picture; `scale` is pixels per point.

    The document is opened anew for each page: it costs under a millisecond, and nothing of
    pdfium then lives on to be freed on another thread.
    """
    import pypdfium2  # 9 MB, with the first preview

    with closing(pypdfium2.PdfDocument(pdf)) as document, closing(document[number]) as page:
        scale = min(scale, _LARGEST_SIDE / max(page.get_size()))
        with closing(page.render(scale=scale, may_draw_forms=False)) as bitmap:
            picture = QImage(
                bytes(bitmap.buffer),
                bitmap.width,
                bitmap.height,
                bitmap.stride,
                QImage.Format.Format_BGR888,
            )
            return picture.copy()


class PageLayout:
    """Where pages stand: one below the other, centred, `gap` pixels apart."""

    def __init__(self, sizes: Sequence[Size] = ()) -> None:
        self.sizes = sizes
        self.rects: list[QRect] = []
        self.width = self.height = 0

    def fitting(self, width: int, height: int | None) -> float:
        """Return the zoom at which the largest page fits these pixels; by width if no height."""
        across = width / (max(size[0] for size in self.sizes) * PIXELS_PER_POINT)
        if height is None:
            return across
        return min(across, height / (max(size[1] for size in self.sizes) * PIXELS_PER_POINT))

    def arrange(self, zoom: float, view_width: int, gap: int) -> None:
        """Place the pages for a zoom and a width of the view."""
        factor, top = zoom * PIXELS_PER_POINT, gap
        widest = max((round(size[0] * factor) for size in self.sizes), default=0)
        self.width = max(view_width, widest + 2 * gap)
        self.rects = []
        for width_pt, height_pt in self.sizes:
            width, height = round(width_pt * factor), round(height_pt * factor)
            self.rects.append(QRect((self.width - width) // 2, top, width, height))
            top += height + gap
        self.height = top

    def in_sight(self, view: QRect) -> list[tuple[int, QRect]]:
        """Return the pages that touch `view`, placed as seen from its corner."""
        return [
            (number, rect.translated(-view.x(), -view.y()))
            for number, rect in enumerate(self.rects)
            if rect.intersects(view)
        ]


class PagePictures:
    """The pictures drawn so far, the last ones kept; asks for those that are missing."""

    def __init__(self, jobs: OwnedJobs, on_drawn: Callable[[], None]) -> None:
        self._jobs = jobs
        self._on_drawn = on_drawn
        self._pdf = b""
        self._scale = 1.0
        self._edition = 0
        self._pictures: OrderedDict[int, QImage] = OrderedDict()
        self._asked: set[int] = set()

    def show(self, pdf: bytes) -> None:
        """Draw another document from now on."""
        self._pdf = pdf
        self._pictures.clear()
        self.draw_anew(self._scale)

    def draw_anew(self, scale: float) -> None:
        """Draw at another scale; the old pictures serve until the new ones are there."""
        self._scale = scale
        self._edition += 1
        self._asked.clear()

    @property
    def drawn(self) -> frozenset[int]:
        """The numbers of the pages that are drawn and kept."""
        return frozenset(self._pictures)

    def picture(self, number: int) -> QImage | None:
        """Return a page's picture, None while it is being drawn."""
        if number not in self._asked:
            self._asked.add(number)
            self._jobs.draw(
                partial(page_picture, self._pdf, number, self._scale),
                partial(self._keep, self._edition, number),
                key=f"page {number}",
            )
        return self._pictures.get(number)

    def _keep(self, edition: int, number: int, picture: QImage) -> None:
        if edition != self._edition:
            return
        self._pictures[number] = picture
        self._pictures.move_to_end(number)
        while len(self._pictures) > _KEPT_PICTURES:
            gone, _picture = self._pictures.popitem(last=False)
            self._asked.discard(gone)
        self._on_drawn()
