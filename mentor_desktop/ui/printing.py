"""PDF pages to a printer or to a file, page by page, with progress and Cancel."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPageLayout, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QFileDialog, QWidget

from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _
from mentor_desktop.progress import Progress
from mentor_desktop.ui.widgets.pdf_pages import page_picture, page_sizes

# Sharp on office printers; twice as much only makes the queue slower.
_DOTS_PER_INCH = 300
_POINTS_PER_INCH = 72


def choose_printer(parent: QWidget, title: str, pdf: bytes) -> QPrinter | None:
    """Ask for a printer; None when the person thinks better of it."""
    sizes = page_sizes(pdf)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    printer.setFullPage(True)
    printer.setResolution(_DOTS_PER_INCH)
    printer.setPageOrientation(_orientation(sizes))
    dialog = QPrintDialog(printer, parent)
    dialog.setWindowTitle(title)
    dialog.setMinMax(1, len(sizes))
    return printer if dialog.exec() else None


def send_to_printer(printer: QPrinter, pdf: bytes, progress: Progress) -> int:
    """Print the chosen pages (job's thread); return how many went out.

    Raises:
        UserFacingError: the printer does not take the job.
        Cancelled: the person pressed Cancel; pages that went out stay out.
    """
    count = len(page_sizes(pdf))
    first, last = printer.fromPage() or 1, printer.toPage() or count
    painter = QPainter()
    if not painter.begin(printer):
        raise UserFacingError(
            _(
                "{printer} does not take the job. Check that it is on, or save the paper as a PDF."
            ).format(printer=printer.printerName() or _("The printer"))
        )
    try:
        for done, number in enumerate(range(first - 1, last)):
            progress.step(done, last - first + 1)
            if done:
                printer.newPage()
            picture = page_picture(pdf, number, _DOTS_PER_INCH / _POINTS_PER_INCH)
            painter.drawImage(
                QRectF(printer.pageLayout().fullRectPixels(printer.resolution())), picture
            )
    finally:
        painter.end()
    return last - first + 1


def choose_file(parent: QWidget, name: str) -> Path | None:
    """Ask where to save a PDF; None when the person thinks better of it."""
    chosen, _filter = QFileDialog.getSaveFileName(
        parent, _("Save as PDF"), str(Path.home() / name), "PDF (*.pdf)"
    )
    return Path(chosen) if chosen else None


def save_file(path: Path, content: bytes) -> None:
    """Write a file.

    Raises:
        UserFacingError: the place cannot be written.
    """
    try:
        path.write_bytes(content)
    except OSError as exc:
        raise UserFacingError(
            _("{path} cannot be written ({reason}). Choose another place.").format(
                path=path, reason=exc.strerror
            )
        ) from exc


def _orientation(sizes: Sequence[tuple[float, float]]) -> QPageLayout.Orientation:
    width, height = sizes[0]
    return QPageLayout.Orientation.Landscape if width > height else QPageLayout.Orientation.Portrait
