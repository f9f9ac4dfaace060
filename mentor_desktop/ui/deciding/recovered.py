"""What a card says of a record that is kept although what it belongs to was deleted."""

from mentor_desktop.i18n import _
from mentor_desktop.services.conflicts import Deed, RecoveredCard
from mentor_desktop.services.moments import when
from mentor_desktop.ui.widgets.status import status_name


def sentences(card: RecoveredCard) -> tuple[str, ...]:
    """Return who deleted its place, who wrote it there, and what restoring means."""
    if not card.can_be_restored:
        waits = _("What it belongs to ({what}) has not come yet. It waits for that.")
        return (waits.format(what=card.belongs_to),)
    written = (_written(card, card.changed),) if card.changed else ()
    restored = _("Restore brings back both.")
    return (_deleted(card, card.deleted), *written, restored)


def _deleted(card: RecoveredCard, deed: Deed | None) -> str:
    if deed is None:
        words = _("What it belongs to ({what}) was deleted on another laptop.")
        return words.format(what=card.belongs_to)
    words = _("You deleted {what}, {when}.") if deed.is_own else _("{who} deleted {what}, {when}.")
    return words.format(who=_who(deed), what=card.belongs_to, when=when(deed.at))


def _written(card: RecoveredCard, deed: Deed) -> str:
    if not card.status:
        words = _("You wrote this, {when}.") if deed.is_own else _("{who} wrote this, {when}.")
    elif deed.is_own:
        words = _("You marked “{status}” there, {when}.")
    else:
        words = _("{who} marked “{status}” there, {when}.")
    status = status_name(card.status) if card.status else ""
    return words.format(who=_who(deed), status=status, when=when(deed.at))


def _who(deed: Deed) -> str:
    if not deed.who:
        return _("Device {tag}").format(tag=deed.device)
    return _("{who} (device {device})").format(who=deed.who, device=deed.device)
