"""What stands below the empty box: the last name, large for a second, then small with its time."""

from collections.abc import Mapping

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mentor_desktop.i18n import _
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.layout import STRETCH, column
from mentor_desktop.ui.widgets.status import look_of
from mentor_desktop.ui.widgets.text import ElidedText, Text

_LARGE_MS = 1_200
_MOST_KEPT = 6


class Welcome(QWidget):
    """Greets each arrival; what it says is read aloud through its accessible name."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._large = ElidedText(theme, "", "door", "present")
        self._small = Text(theme, "", "section", "muted")
        # (key, name, state), the last arrival first.
        self._earlier: list[tuple[str, str, str]] = []
        self._greeted = ""
        self._lines = QVBoxLayout()
        self._lines.setSpacing(theme.space("s"))
        self._shrink = QTimer(self, singleShot=True, interval=_LARGE_MS)
        self._shrink.timeout.connect(self._make_small)
        self.setLayout(column(theme, self._large, self._small, self._lines, STRETCH, gap="s"))
        self.start()

    def start(self) -> None:
        """Begin anew: nobody came in yet."""
        self._earlier.clear()
        self._large.setText("")
        self._small.setText(_("Type, press Enter, next. A badge scanner works too."))
        self._show_earlier()

    def greet(self, key: str, name: str, state: str, status: str) -> None:
        """Show an arrival: large and in its colour for a second; `key` tells people apart."""
        self._greeted = key
        self._large.set_tone(look_of(status).token)
        self._large.setText(f"✓ {name}")
        self._small.setText(state)
        self.setAccessibleName(f"{name} {state}")
        self._earlier.insert(0, (key, name, state))
        del self._earlier[_MOST_KEPT:]
        self._show_earlier(without_first=True)
        self._shrink.start()

    def show_again(self, here: Mapping[str, tuple[str, str]]) -> None:
        """Follow what changed since: (name, state) by key of everybody who is here now."""
        self._earlier = [(key, *here[key]) for key, _name, _state in self._earlier if key in here]
        if not self._greeted:
            self._show_earlier()
        elif self._greeted in here:
            name, state = here[self._greeted]
            self._large.setText(f"✓ {name}")
            self._small.setText(state)
            self._show_earlier(without_first=True)
        else:
            self._shrink.stop()
            self._make_small()

    def show_known(self, name: str, state: str) -> None:
        """Say that somebody is here already, and since when."""
        self._large.set_tone("muted")
        self._large.setText(name)
        self._small.setText(_("Here already: {state}. Nothing was changed.").format(state=state))
        self.setAccessibleName(f"{name} {state}")
        self._greeted = ""
        self._shrink.start(2 * _LARGE_MS)

    def show_trouble(self, sentence: str) -> None:
        """Say what could not be done."""
        self._large.setText("")
        self._small.setText(sentence)
        self.setAccessibleName(sentence)

    def _make_small(self) -> None:
        self._greeted = ""
        self._large.setText("")
        self._small.setText("")
        self._show_earlier()

    def _show_earlier(self, *, without_first: bool = False) -> None:
        while self._lines.count():
            item = self._lines.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.deleteLater()
        for place, (_key, name, state) in enumerate(self._earlier[1 if without_first else 0 :]):
            tone = "text" if place == 0 and not without_first else "muted"
            self._lines.addWidget(ElidedText(self._theme, f"✓  {name}   {state}", "body", tone))
