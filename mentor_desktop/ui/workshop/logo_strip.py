"""The logos of a project as they stand on papers: in a row, in the order to print them."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from mentor_desktop.changes import Changes
from mentor_desktop.errors import UserFacingError, ValidationError
from mentor_desktop.i18n import _
from mentor_desktop.services.projects import add_logo, logo, remove_logo
from mentor_desktop.ui.desk import Desk
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button, IconButton
from mentor_desktop.ui.widgets.flow import FlowLayout
from mentor_desktop.ui.widgets.layout import STRETCH, row
from mentor_desktop.ui.widgets.text import Text

_HEIGHT, _WIDEST, _PADDING = 56, 220, 8


class LogoStrip(QWidget):
    """Shows logos on white, as paper does; adds and removes them.

    `ask_file` returns the chosen file, "" when none was.
    """

    def __init__(self, desk: Desk, ask_file: Callable[[QWidget], str] | None = None) -> None:
        super().__init__()
        self._desk = desk
        self._jobs = OwnedJobs(desk.jobs, self)
        self._ask_file = ask_file or _ask_file
        self._project_id = ""
        self._shown: tuple[str, ...] | None = None
        theme = desk.theme
        self._pictures = FlowLayout(theme, gap="m")
        self._trouble = Text(theme, "", "small", "absent")
        self._trouble.hide()
        add = Button(theme, _("Add a logo"), self._add, kind="quiet", icon="add")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._pictures)
        layout.addWidget(self._trouble)
        layout.addLayout(row(theme, add, STRETCH))

    def show_logos(self, project_id: str, addresses: Sequence[str]) -> None:
        """Show the logos of a project."""
        if (project_id, tuple(addresses)) == (self._project_id, self._shown):
            return
        self._project_id, self._shown = project_id, tuple(addresses)
        while (item := self._pictures.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for number, address in enumerate(addresses, 1):
            picture = _Logo(self._desk.theme, _("Logo {number}").format(number=number))
            remove = _("Remove logo {number}").format(number=number)
            button = IconButton(self._desk.theme, "remove", remove, partial(self._remove, address))
            holder = QWidget()
            line = row(self._desk.theme, picture, button, gap="xs")
            holder.setLayout(line)
            self._pictures.addWidget(holder)
            self._jobs.query(partial(logo, address=address), picture.show_bytes)
        self.updateGeometry()

    def _add(self) -> None:
        path = self._ask_file(self)
        if path:
            op = partial(_add_file, project_id=self._project_id, path=Path(path))
            self._jobs.command(op, self._on_done, self._on_refused)

    def _remove(self, address: str) -> None:
        op = partial(remove_logo, project_id=self._project_id, address=address)
        self._jobs.command(op, self._on_done, self._on_refused)

    def _on_done(self, _changes: Changes) -> None:
        self._trouble.hide()

    def _on_refused(self, error: UserFacingError) -> None:
        self._trouble.setText(str(error))
        self._trouble.show()


class _Logo(QWidget):
    """One picture on white."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._picture = QPixmap()
        self.setAccessibleName(name)

    def show_bytes(self, content: bytes) -> None:
        """Show a PNG or JPEG picture."""
        self._picture.loadFromData(content)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        px = self._theme.px
        height = px(_HEIGHT)
        size = self._picture.size()
        width = size.width() * height // size.height() if size.height() else height
        return QSize(min(width, px(_WIDEST)) + 2 * px(_PADDING), height + 2 * px(_PADDING))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, pad = QPainter(self), self._theme.px(_PADDING)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        room = self.rect().adjusted(pad, pad, -pad, -pad)
        size = self._picture.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        room.setSize(size)
        painter.drawPixmap(room, self._picture)


def _ask_file(parent: QWidget) -> str:
    pictures = _("Pictures")
    chosen, _filter = QFileDialog.getOpenFileName(
        parent, _("Add a logo"), "", f"{pictures} (*.png *.jpg *.jpeg)"
    )
    return chosen


def _add_file(uow: Any, project_id: str, path: Path) -> Changes:  # Any: see `jobs.Store`
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValidationError(
            _("{file} cannot be read. Choose another file.").format(file=path.name)
        ) from error
    return add_logo(uow, project_id, content)
