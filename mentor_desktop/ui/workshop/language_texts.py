"""One text in several languages: one is shown, the others are a choice away."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import DOCUMENT_LANGUAGES, _, current_language
from mentor_desktop.services.texts import text_language
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.field import NoteField, TextField
from mentor_desktop.ui.widgets.inputs import Choice
from mentor_desktop.ui.widgets.layout import STRETCH, row
from mentor_desktop.ui.widgets.text import Text

# Takes the texts that changed, by language, and what to do when they are refused.
SaveTexts = Callable[[dict[str, str], Callable[[UserFacingError], None]], object]


class LanguageTexts(QWidget):
    """A label, the language, and the text in it, saved like every field."""

    def __init__(
        self, theme: Theme, label: str, on_save: SaveTexts, *, is_long: bool, placeholder: str = ""
    ) -> None:
        super().__init__()
        self._theme, self._label = theme, label
        self._on_save = on_save
        self._texts: Mapping[str, str] = {}
        self._languages: tuple[str, ...] = ()
        self._shown: tuple[str, str] | None = None
        self._editor: TextField | NoteField
        if is_long:
            self._editor = NoteField(theme, label, on_save=self._save, placeholder=placeholder)
        else:
            self._editor = TextField(theme, label, on_save=self._save, placeholder=placeholder)
        self._choice = Choice(theme, _("Language of: {text}").format(text=label))
        self._choice.setProperty("inplace", "true")
        self._choice.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._choice.chosen.connect(self._on_language_chosen)
        self._missing = Text(theme, "", "small", "muted", wrap=False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.space("xs") // 2)
        layout.addWidget(self._editor)
        layout.addLayout(row(theme, self._choice, self._missing, STRETCH, gap="s"))

    @property
    def language(self) -> str:
        """The language whose text is shown."""
        return self._choice.value

    def show_texts(
        self, texts: Mapping[str, str], languages: Sequence[str], *, also: Sequence[str] = ()
    ) -> None:
        """Show the texts; `languages` are those somebody will read, `also` may be written in too."""
        own = text_language()
        wanted = dict.fromkeys((*languages, *(code for code in texts if texts[code]), *also))
        offered = tuple(wanted) or (own,)
        if own in DOCUMENT_LANGUAGES and own not in offered:
            offered = (own, *offered)
        here = self.language if self.language in offered else ""
        if not here:
            here = own if own in offered else offered[0]
        if (dict(texts), offered) != (dict(self._texts), self._languages):
            self._texts, self._languages = dict(texts), offered
            self._choice.set_options([(code, _named(code)) for code in offered], here)
        self._choice.setVisible(len(offered) > 1)
        self._say_missing(languages)
        self._show(here)

    def _show(self, code: str) -> None:
        text = self._texts.get(code, "")
        if self._shown != (code, text):
            is_other = self._shown is None or self._shown[0] != code
            self._shown = code, text
            if is_other:
                self._editor.show_error("")
            self._editor.set_value(text)

    def _say_missing(self, languages: Sequence[str]) -> None:
        missing = [_named(code) for code in languages if not self._texts.get(code)]
        self._missing.setText(
            _("missing in {languages}").format(languages=", ".join(missing)) if missing else ""
        )
        self._missing.setVisible(bool(missing) and len(self._languages) > 1)

    def _on_language_chosen(self, code: str) -> None:
        self._editor.save()
        self._show(code)

    def _save(self, text: str) -> None:
        code = self._shown[0] if self._shown else text_language()
        self._shown, self._texts = (code, text), {**self._texts, code: text}
        self._on_save({code: text}, self._editor.refuse)


def _named(code: str) -> str:
    return current_language().language_name(code)
