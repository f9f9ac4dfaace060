"""What is printed on an attendance list: plain values, ready to be drawn.

There is no field for a mark, a birth date, a gender, a need or a telephone number: what has no
field cannot be printed. Source: attendance rules, "printed attendance list".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from mentor_desktop.documents.logo import Logo

Orientation = Literal["landscape", "portrait"]


@dataclass(frozen=True)
class ListSlot:
    """A signature period; `name` such as "D1-AM", `hours` such as "10:00–12:30"."""

    name: str
    hours: str = ""


@dataclass(frozen=True)
class ListDay:
    """One sheet set: a day with its signature columns.

    `print_id` names this print of this day; with `-b` added it names a reprint.
    """

    held_on: date
    slots: tuple[ListSlot, ...]
    print_id: str


@dataclass(frozen=True)
class ListRow:
    """One person; `number` is the list number that paper and screen share.

    `place` is town and country of the sending organisation as it is to be printed.
    """

    number: int
    family_name: str
    given_name: str
    name_latin: str = ""
    organisation: str = ""
    place: str = ""
    role: str = ""
    email: str = ""


@dataclass(frozen=True)
class OrganisationAddress:
    """A sending organisation with its full address, for the annex."""

    name: str
    address: str


@dataclass(frozen=True)
class ListHead:
    """What stands on every page.

    `activity_type` and `country` are words in the list's language. `platform` is printed in
    place of the venue for an online event. `representative` and `representative_function` are
    the host's legal representative, "" when a hand writes them.
    """

    activity_type: str
    activity_title: str
    host: str
    venue: str = ""
    address: str = ""
    country: str = ""
    platform: str = ""
    project_title: str = ""
    project_number: str = ""
    funding_statement: str = ""
    logos: tuple[Logo, ...] = ()
    data_notice: str = ""
    representative: str = ""
    representative_function: str = ""

    def written_texts(self) -> Iterator[str]:
        """Yield every text of the head and the foot."""
        yield from (self.activity_type, self.activity_title, self.host, self.venue)
        yield from (self.address, self.country, self.platform, self.project_title)
        yield from (self.project_number, self.funding_statement, self.data_notice)
        yield from (self.representative, self.representative_function)


@dataclass(frozen=True)
class AttendanceList:
    """A list for one or more days; `language` is a gettext code.

    Rows are printed in the order given. Empty rows follow, at least `blank_rows`, numbered from
    `next_number` (or from the highest number + 1). `has_emails` is off because a list that is
    passed round shows everybody's address to everybody.
    """

    head: ListHead
    days: tuple[ListDay, ...]
    rows: tuple[ListRow, ...]
    trainers: tuple[ListRow, ...] = ()
    organisations: tuple[OrganisationAddress, ...] = ()
    language: str = "en"
    orientation: Orientation = "landscape"
    blank_rows: int = 5
    next_number: int | None = None
    has_emails: bool = False

    def written_texts(self) -> Iterator[str]:
        """Yield every text that is printed."""
        yield from self.head.written_texts()
        for day in self.days:
            yield day.print_id
            for slot in day.slots:
                yield from (slot.name, slot.hours)
        for row in (*self.rows, *self.trainers):
            yield from (row.family_name, row.given_name, row.name_latin, row.organisation)
            yield from (row.place, row.role, row.email)
        for organisation in self.organisations:
            yield from (organisation.name, organisation.address)
