"""Projects, workshops with their days, slots and agenda, and registrations."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from mentor_desktop.models.base import Synced


class Project(Synced):
    """A funded project; statement and disclaimer are pasted from its own grant agreement."""

    __tablename__ = "project"
    stream = "people"
    field_groups = {"period": ("starts_on", "ends_on")}

    title: Mapped[str]
    acronym: Mapped[str] = mapped_column(default="")
    number: Mapped[str]
    programme: Mapped[str] = mapped_column(default="other")
    action: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date | None] = mapped_column(default=None)
    ends_on: Mapped[date | None] = mapped_column(default=None)
    funding_model: Mapped[str] = mapped_column(default="none")
    granting_authority: Mapped[str] = mapped_column(default="")
    funding_statement: Mapped[dict[str, str]] = mapped_column(default=dict)
    disclaimer: Mapped[dict[str, str]] = mapped_column(default=dict)
    retention_rule: Mapped[str] = mapped_column(default="")
    logos: Mapped[list[str]] = mapped_column(default=list)


class Workshop(Synced):
    """An event of one or more days with an agenda and an attendance list.

    `rule_kind`: minutes_pct, slots_pct, all_slots, named_items or none;
    `rule_percent` is the whole percentage it asks for, `rule_items` the agenda items.
    """

    __tablename__ = "workshop"
    stream = "id"
    field_groups = {
        "place": ("venue_name", "address", "city", "country"),
        "period": ("starts_on", "ends_on", "time_zone"),
        "rule": ("rule_kind", "rule_percent", "rule_items"),
        "signatory": ("signatory_name", "signatory_function"),
    }

    code: Mapped[str] = mapped_column(index=True)
    title: Mapped[dict[str, str]] = mapped_column(default=dict)
    event_kind: Mapped[str] = mapped_column(default="training")
    project_id: Mapped[str | None] = mapped_column(
        ForeignKey("project.id"), index=True, default=None
    )
    venue_name: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    online_platform: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    time_zone: Mapped[str]
    languages: Mapped[list[str]] = mapped_column(default=list)
    host_org_id: Mapped[str | None] = mapped_column(
        ForeignKey("organisation.id"), index=True, default=None
    )
    capacity: Mapped[int | None] = mapped_column(default=None)
    rule_kind: Mapped[str] = mapped_column(default="minutes_pct")
    rule_percent: Mapped[int] = mapped_column(default=80)
    rule_items: Mapped[list[str]] = mapped_column(default=list)
    grace_min: Mapped[int] = mapped_column(default=10)
    remote_counts: Mapped[bool] = mapped_column(default=True)
    signatory_name: Mapped[str] = mapped_column(default="")
    signatory_function: Mapped[str] = mapped_column(default="")
    data_notice: Mapped[dict[str, str]] = mapped_column(default=dict)
    status: Mapped[str] = mapped_column(default="planned")


class Slot(Synced):
    """A signature period, normally a half-day; its counted minutes come from the agenda."""

    __tablename__ = "slot"
    stream = "workshop_id"
    field_groups = {"period": ("held_on", "starts_at", "ends_at")}

    workshop_id: Mapped[str] = mapped_column(ForeignKey("workshop.id"), index=True)
    code: Mapped[str]
    day: Mapped[int]
    seq: Mapped[int]
    held_on: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class AgendaItem(Synced):
    """One line of the agenda; `counts` says whether its minutes count as attendance."""

    __tablename__ = "agenda_item"
    stream = "workshop_id"
    field_groups = {"period": ("starts_at", "ends_at")}

    workshop_id: Mapped[str] = mapped_column(ForeignKey("workshop.id"), index=True)
    slot_id: Mapped[str] = mapped_column(ForeignKey("slot.id"), index=True)
    seq: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    type: Mapped[str]
    counts: Mapped[bool]
    title: Mapped[dict[str, str]] = mapped_column(default=dict)
    unit_code: Mapped[str] = mapped_column(default="")
    method: Mapped[str] = mapped_column(default="")
    facilitator_role: Mapped[str] = mapped_column(default="")
    facilitators: Mapped[list[str]] = mapped_column(default=list)
    group_format: Mapped[str] = mapped_column(default="")
    room: Mapped[str] = mapped_column(default="")
    materials: Mapped[list[str]] = mapped_column(default=list)
    print_before: Mapped[list[str]] = mapped_column(default=list)


class Registration(Synced):
    """One person's place in one workshop; its id derives from both, on every device alike.

    `list_number` is the number on the printed list, given once and never reused.
    `reference` is the id the organiser's own file gives this participant ("P012").
    `support_request` is deleted 14 days after the event.
    """

    __tablename__ = "registration"
    stream = "workshop_id"

    workshop_id: Mapped[str] = mapped_column(ForeignKey("workshop.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(default="participant")
    source: Mapped[str] = mapped_column(default="manual")
    state: Mapped[str] = mapped_column(default="registered")
    sending_org_id: Mapped[str | None] = mapped_column(
        ForeignKey("organisation.id"), index=True, default=None
    )
    sending_country: Mapped[str] = mapped_column(default="")
    is_partner_staff: Mapped[bool] = mapped_column(default=False)
    list_number: Mapped[int | None] = mapped_column(default=None)
    reference: Mapped[str] = mapped_column(default="")
    support_request: Mapped[str] = mapped_column(default="")
    registered_at: Mapped[datetime]


class ListPrint(Synced):
    """One printing of a list: what paper is out there, and what it showed.

    `kind`: attendance (one day) or hand_over (of certificates). `row_digests` is a short digest
    of each row by list number, so that one changed row names its page.
    """

    __tablename__ = "list_print"
    stream = "workshop_id"

    workshop_id: Mapped[str] = mapped_column(ForeignKey("workshop.id"), index=True)
    print_id: Mapped[str]
    suffix: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="attendance")
    day: Mapped[int | None] = mapped_column(default=None)
    pages: Mapped[int]
    rows: Mapped[int]
    content_sha256: Mapped[str] = mapped_column(default="")
    row_digests: Mapped[dict[str, str]] = mapped_column(default=dict)
    printed_at: Mapped[datetime]
