"""The agenda of a workshop: days, half-days with the minutes that count, items."""

from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mentor_desktop.clock import zone_of
from mentor_desktop.i18n import _, current_language
from mentor_desktop.services.agenda import Agenda, AgendaDay, AgendaLine, AgendaSlot, agenda_of
from mentor_desktop.services.choices import ITEM_TYPES, label
from mentor_desktop.ui import words
from mentor_desktop.ui.pages.base import Page, PageAction
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.empty_state import EmptyState
from mentor_desktop.ui.widgets.flow import flowing
from mentor_desktop.ui.widgets.layout import STRETCH, ScrollColumn, column, pile, row
from mentor_desktop.ui.widgets.line_list import Line, LineList
from mentor_desktop.ui.widgets.text import Text
from mentor_desktop.ui.workshop.item_form import AddItemForm, ItemForm
from mentor_desktop.ui.workshop.part import Part
from mentor_desktop.ui.workshop.slot_form import AddSlotForm, SlotForm


class AgendaPart(Part):
    """Days below each other; a line opens in the side panel, where it is changed in place."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._agenda: Agenda | None = None
        self._blocks: dict[str, SlotBlock] = {}
        self._sum = Text(self.theme, "", "body", "muted", wrap=False)
        self._add = Button(
            self.theme, _("Add a half-day"), self._add_slot, kind="quiet", icon="add"
        )
        self._scroll = ScrollColumn(self.theme, gap="l")
        self._empty = EmptyState(
            self.theme,
            _(
                "Nothing is planned yet. Begin with the first half-day; its items say how many minutes count."
            ),
            "paper",
            _("Add the first half-day"),
            self._add_slot,
        )
        self._parts = pile(self._scroll, self._empty)
        self.body.addWidget(self._parts)

    def load(self) -> None:
        """Ask for the agenda."""
        self.jobs.query(partial(agenda_of, workshop_id=self.card.id), self._show, key="agenda")

    def forget(self) -> None:
        """Show no agenda until the next one is there."""
        self._agenda = None
        self._clear()

    def page_actions(self) -> tuple[PageAction, ...]:
        """Return the acts of the menu."""
        return (PageAction(_("Add a half-day"), self._add_slot, icon="add"),)

    def _show(self, agenda: Agenda) -> None:
        if agenda == self._agenda:
            return
        top = self._scroll.verticalScrollBar().value()
        focused = next((key for key, block in self._blocks.items() if block.has_keyboard), "")
        self._agenda = agenda
        self._clear()
        for day in agenda.days:
            self._scroll.column.addWidget(self._day_heading(day))
            for slot in day.slots:
                self._scroll.column.addWidget(self._block(slot, zone_of(agenda.time_zone)))
        self._add = Button(
            self.theme, _("Add a half-day"), self._add_slot, kind="quiet", icon="add"
        )
        self._scroll.column.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)
        self._scroll.column.addStretch(1)
        self._parts.setCurrentWidget(self._scroll if agenda.days else self._empty)
        self._scroll.verticalScrollBar().setValue(top)
        if focused in self._blocks:
            self._blocks[focused].take_keyboard()

    def _clear(self) -> None:
        self._blocks.clear()
        while (item := self._scroll.column.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()

    def _day_heading(self, day: AgendaDay) -> QWidget:
        theme = self.theme
        minutes = sum(slot.counted_minutes for slot in day.slots)
        date = Text(theme, current_language().date(day.held_on, "weekday"), "section", wrap=False)
        number = Text(theme, _("day {day}").format(day=day.day), "body", "muted", wrap=False)
        counted = Text(theme, _counted(minutes), "body", "muted", wrap=False)
        line = flowing(theme, date, number, counted, gap="m")
        side = theme.size("indent")
        line.setContentsMargins(side, theme.space("s"), side, 0)
        return line

    def _block(self, slot: AgendaSlot, zone: ZoneInfo) -> "SlotBlock":
        block = SlotBlock(self.theme, slot, zone)
        block.item_opened.connect(self._open_item)
        block.slot_opened.connect(self._open_slot)
        block.adding.connect(self._add_item)
        self._blocks[slot.id] = block
        return block

    def _open_item(self, item_id: str) -> None:
        if self._agenda:
            found = next(
                (item for slot in self._agenda.slots for item in slot.items if item.id == item_id),
                None,
            )
            if found:
                form = ItemForm(self.desk, self.card, self._agenda, found)
                self.frame.open_panel(form, _("Agenda item"))

    def _open_slot(self, slot_id: str) -> None:
        if self._agenda:
            slot = next(one for one in self._agenda.slots if one.id == slot_id)
            self.frame.open_panel(SlotForm(self.desk, self.card, slot), _("Half-day"))

    def _add_item(self, slot_id: str) -> None:
        if self._agenda:
            slot = next(one for one in self._agenda.slots if one.id == slot_id)
            form = AddItemForm(self.desk, self.card, slot)
            self.frame.open_panel(form, _("Add to {code}").format(code=slot.code))

    def _add_slot(self) -> None:
        if self._agenda:
            form = AddSlotForm(self.desk, self.card, self._agenda)
            self.frame.open_panel(form, _("Add a half-day"))


class SlotBlock(QWidget):
    """One half-day with its items.

    Emits:
        slot_opened, item_opened: the id of what is to be changed.
        adding: the id of the half-day that gets one more item.
    """

    slot_opened = Signal(str)
    item_opened = Signal(str)
    adding = Signal(str)

    def __init__(self, theme: Theme, slot: AgendaSlot, zone: ZoneInfo) -> None:
        super().__init__()
        self._slot = slot
        self._items = LineList(theme, _("Items of {code}").format(code=slot.code), is_strong=False)
        self._items.set_lines([_line(item, zone) for item in slot.items])
        self._items.opened.connect(self.item_opened)
        add = Button(theme, _("Add an item"), self._on_add, kind="quiet", icon="add")
        add.setAccessibleName(_("Add an item to {code}").format(code=slot.code))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(
            column(
                theme,
                self._head(theme, slot, zone),
                self._items,
                row(theme, add, STRETCH),
                gap="xs",
            )
        )

    @property
    def has_keyboard(self) -> bool:
        """Whether the keyboard is somewhere in this half-day."""
        return self.focusWidget() is not None and self.focusWidget().hasFocus()

    def take_keyboard(self) -> None:
        """Give the keyboard to the items."""
        self._items.setFocus()

    def _head(self, theme: Theme, slot: AgendaSlot, zone: ZoneInfo) -> LineList:
        head = LineList(theme, _("Half-day {code}").format(code=slot.code))
        head.set_lines(
            [
                Line(
                    slot.code,
                    key=slot.id,
                    lead=words.time_span(slot.starts_at, slot.ends_at, zone),
                    tail=_counted(slot.counted_minutes),
                )
            ]
        )
        head.opened.connect(self.slot_opened)
        return head

    def _on_add(self) -> None:
        self.adding.emit(self._slot.id)


def _counted(minutes: int) -> str:
    return _("{length} count").format(length=words.length(minutes))


def _line(item: AgendaLine, zone: ZoneInfo) -> Line:
    details = (label(ITEM_TYPES, item.type), item.room, item.unit_code, item.method)
    return Line(
        item.title,
        " · ".join(one for one in details if one),
        key=item.id,
        lead=words.time_span(item.starts_at, item.ends_at, zone),
        tail=words.length(item.minutes),
        tail_tone="text" if item.counts else "muted",
        tone="text" if item.counts else "muted",
    )
