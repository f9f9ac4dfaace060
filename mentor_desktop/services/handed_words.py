"""What other laptops were handed by file, in words: for the status line and lists of devices."""

from collections.abc import Sequence
from datetime import datetime

from mentor_desktop.i18n import _, ngettext
from mentor_desktop.models.base import from_milliseconds
from mentor_desktop.services.moments import moment
from mentor_desktop.store.unit_of_work import Reader
from mentor_desktop.sync.handing_over import KnownLaptop, known_laptops


def laptops_to_hand_to(uow: Reader) -> list[KnownLaptop]:
    """Return the other laptops of the workspace, with what each was handed."""
    return known_laptops(uow.raw)


def handed(laptop: KnownLaptop, now: datetime) -> str:
    """Return "file written 10:42, 3 changes since" of one laptop."""
    count = laptop.since_then
    if laptop.handed_at is None:
        lacks = ngettext("lacks {count} change", "lacks {count} changes", count)
        return lacks.format(count=count) if count else ""
    time = moment(from_milliseconds(laptop.handed_at), now)
    if not count:
        return _("file written {time}, nothing new since").format(time=time)
    return ngettext(
        "file written {time}, {count} change since",
        "file written {time}, {count} changes since",
        count,
    ).format(time=time, count=count)


def to_hand_over(laptops: Sequence[KnownLaptop], now: datetime) -> str:
    """Return how much the laptop lacks that lacks most; "" where nothing was handed over yet."""
    count = max((one.since_then for one in laptops), default=0)
    if count:
        return ngettext(
            "{count} change to hand over", "{count} changes to hand over", count
        ).format(count=count)
    times = [one.handed_at for one in laptops if one.handed_at is not None]
    if not times:
        return ""
    last = moment(from_milliseconds(max(times)), now)
    return _("everything handed over {time}").format(time=last)
