"""A small paper beside the page: look at it, print it, or save it."""

from functools import partial
from typing import Any, Protocol

from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QSizePolicy, QWidget

from mentor_desktop.i18n import _, ngettext
from mentor_desktop.progress import Progress
from mentor_desktop.ui import printing
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.flow import flowing
from mentor_desktop.ui.widgets.layout import column
from mentor_desktop.ui.widgets.pdf_view import PdfView


class SmallPaper(Protocol):
    """A PDF with its number of pages and the name to save it by."""

    @property
    def data(self) -> bytes:
        """The PDF."""

    @property
    def pages(self) -> int:
        """How many pages it has."""

    @property
    def file_name(self) -> str:
        """The name to save it by."""


class PrintPreview(QWidget):
    """The pages of a paper above its two verbs."""

    def __init__(self, desk: Desk, paper: SmallPaper, name: str) -> None:
        super().__init__()
        self._desk, self._paper = desk, paper
        self._jobs = OwnedJobs(desk.jobs, self)
        theme = desk.theme
        pages = ngettext("Print {count} page", "Print {count} pages", paper.pages)
        verb = pages.format(count=paper.pages)
        self._view = PdfView(theme, desk.jobs, name)
        acts = flowing(
            theme,
            Button(theme, verb, self._print, kind="primary", icon="print"),
            Button(theme, _("Save as PDF"), self._save, kind="quiet", icon="export"),
        )
        self.setLayout(column(theme, acts, self._view, gap="m"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._view.show_pdf(paper.data)

    def _print(self) -> None:
        printer = printing.choose_printer(self, self._paper.file_name, self._paper.data)
        if printer is not None:
            self._jobs.work(partial(_send, printer, self._paper.data), _("Printing"))

    def _save(self) -> None:
        path = printing.choose_file(self, self._paper.file_name)
        if path is not None:
            said = _("Saved as {path}").format(path=path)
            op = partial(printing.save_file, path, self._paper.data)
            self._jobs.draw(op, lambda _nothing: self._desk.frame.toast(said))


# Any: see `jobs.Jobs.work`; printing needs no workspace.
def _send(printer: QPrinter, data: bytes, _store: Any, progress: Progress) -> int:
    return printing.send_to_printer(printer, data, progress)
