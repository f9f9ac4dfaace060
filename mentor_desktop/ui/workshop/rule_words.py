"""What the rule for a certificate means, in one sentence a trainer can read out."""

from math import ceil

from mentor_desktop.i18n import _, ngettext
from mentor_desktop.services.agenda import Agenda
from mentor_desktop.services.workshops import WorkshopCard
from mentor_desktop.ui import words

_WHOLE = 100  # per cent


def rule_sentence(card: WorkshopCard, agenda: Agenda) -> str:
    """Return who gets a certificate; with the figures of this agenda."""
    if card.rule_kind == "none":
        return _("Everybody on the list gets a certificate, whatever they attended.")
    if card.rule_kind == "named_items":
        return _items_sentence(card, agenda)
    if not agenda.counted_minutes:
        return _("Nothing in the agenda counts yet, so nobody can reach the rule.")
    if card.rule_kind == "minutes_pct":
        needed = ceil(agenda.counted_minutes * card.rule_percent / _WHOLE)
        return _(
            "Who is there for {percent} % of the {all} that count gets a certificate: {needed} at least."
        ).format(
            percent=card.rule_percent,
            all=words.length(agenda.counted_minutes),
            needed=words.length(needed),
        )
    slots = sum(slot.counted_minutes > 0 for slot in agenda.slots)
    if card.rule_kind == "all_slots":
        return ngettext(
            "Who takes part in the one half-day gets a certificate.",
            "Who takes part in every one of the {count} half-days gets a certificate.",
            slots,
        ).format(count=slots)
    needed = ceil(slots * card.rule_percent / _WHOLE)
    return _(
        "Who takes part in {percent} % of the half-days gets a certificate: {needed} of {count} at least."
    ).format(percent=card.rule_percent, needed=needed, count=slots)


def grace_sentence(card: WorkshopCard) -> str:
    """Return what coming late and taking part online cost."""
    grace = (
        ngettext(
            "Up to {count} minute late costs nothing; after that every missed minute counts.",
            "Up to {count} minutes late cost nothing; after that every missed minute counts.",
            card.grace_min,
        ).format(count=card.grace_min)
        if card.grace_min
        else _("Every missed minute counts.")
    )
    online = (
        _("Taking part online counts like being in the room.")
        if card.remote_counts
        else _("Taking part online does not count.")
    )
    return f"{grace} {online}"


def _items_sentence(card: WorkshopCard, agenda: Agenda) -> str:
    titles = [
        item.title for slot in agenda.slots for item in slot.items if item.id in card.rule_items
    ]
    if not titles:
        return _("The rule asks for certain agenda items, but none is chosen yet.")
    return _("Who takes part in these gets a certificate: {items}.").format(items="; ".join(titles))
