"""Fields of one record, each saved by itself: what they show, and what to do when refused."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from mentor_desktop.changes import Changes
from mentor_desktop.errors import UserFacingError
from mentor_desktop.ui.owned_jobs import OwnedJobs
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.field import (
    ChoiceField,
    DateField,
    NoteField,
    TextField,
    TimeField,
)
from mentor_desktop.ui.widgets.inputs import CheckBox, Choice

# Gives the use case that sets some fields of the record. Any: see `jobs.Store`.
Change = Callable[[Mapping[str, Any]], Callable[[Any], Changes]]
# Turns the text of a field into what the use case takes.
Read = Callable[[str], Any]  # Any: each field has its own


class ValueField(Protocol):
    """What all fields have in common here."""

    def set_value(self, value: str) -> None:
        """Show what is kept."""

    def refuse(self, error: UserFacingError) -> None:
        """Say why a value was not kept."""


F = TypeVar("F", bound=ValueField)


class Facts:
    """Makes fields for the attributes of one frozen row and fills them from it.

    A field is called like the attribute of the row and of the use case.
    """

    def __init__(self, theme: Theme, jobs: OwnedJobs, change: Change) -> None:
        self._theme, self._jobs, self._change = theme, jobs, change
        self._fields: dict[str, ValueField] = {}
        self._boxes: dict[str, CheckBox] = {}
        self._shown: dict[str, str] = {}

    def line(self, name: str, label: str, *, read: Read = str, placeholder: str = "") -> TextField:
        """Return a field with one line of text."""
        save = self._saver(name, read)
        return self._keep(
            name, TextField(self._theme, label, on_save=save, placeholder=placeholder)
        )

    def date(self, name: str, label: str, *, read: Read = str) -> DateField:
        """Return a field with a day."""
        save = self._saver(name, read)
        return self._keep(name, DateField(self._theme, label, on_save=save, placeholder="–"))

    def time(self, name: str, label: str, *, read: Read = str) -> TimeField:
        """Return a field with a time of day."""
        return self._keep(name, TimeField(self._theme, label, on_save=self._saver(name, read)))

    def note(self, name: str, label: str, *, placeholder: str = "") -> NoteField:
        """Return a field with several lines of text."""
        save = self._saver(name, str)
        return self._keep(
            name, NoteField(self._theme, label, on_save=save, placeholder=placeholder)
        )

    def choice(
        self, name: str, label: str, options: Sequence[tuple[str, str]], *, read: Read = str
    ) -> ChoiceField:
        """Return a field with one of a few values."""
        field = ChoiceField(self._theme, label, options, on_save=self._saver(name, read))
        # Else Qt measures every option, of which there can be hundreds.
        policy = Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        field.choice.setSizeAdjustPolicy(policy)
        return self._keep(name, field)

    def check(self, name: str, text: str) -> CheckBox:
        """Return a box for something that is so or not."""
        box = CheckBox(self._theme, text)
        box.clicked.connect(lambda is_on: self.save({name: is_on}))
        self._boxes[name] = box
        return box

    def show(self, row: object) -> None:
        """Fill all fields from a row; what is being typed, and what was refused, stays."""
        for name, field in self._fields.items():
            value = getattr(row, name)
            text = "" if value is None else str(value)
            if self._shown.get(name) != text:
                self._shown[name] = text
                field.set_value(text)
        for name, box in self._boxes.items():
            box.setChecked(bool(getattr(row, name)))

    def show_again(self, name: str) -> None:
        """Let the next `show` fill a field whatever it holds: its choices are different."""
        self._shown.pop(name, None)

    def forget(self) -> None:
        """Let the next `show` fill every field: another record follows."""
        self._shown.clear()

    def save(
        self, values: Mapping[str, Any], on_failure: Callable[[UserFacingError], None] | None = None
    ) -> None:
        """Change some fields of the record; a refusal without `on_failure` is told in a toast."""
        self._jobs.command(self._change(values), on_failure=on_failure)

    def _saver(self, name: str, read: Read) -> Callable[[str], None]:
        def save(text: str) -> None:
            field, before = self._fields[name], self._shown.pop(name, None)

            def refuse(error: UserFacingError) -> None:
                if before is not None:
                    self._shown[name] = before
                field.refuse(error)

            self.save({name: read(text)}, refuse)

        return save

    def _keep(self, name: str, field: F) -> F:
        self._fields[name] = field
        return field
