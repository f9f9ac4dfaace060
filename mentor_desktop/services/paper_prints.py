"""What was printed when: print ids, reprints, and whether a paper still shows what is true."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import select

from mentor_desktop.changes import Changes
from mentor_desktop.i18n import N_
from mentor_desktop.models import Certificate, ListPrint, Workshop
from mentor_desktop.services.certificate_register import (
    CertificateRow,
    certificate_rows,
    find_certificate,
)
from mentor_desktop.services.edits import found
from mentor_desktop.services.list_content import ListContent, content_digest, list_content
from mentor_desktop.services.registration_list import give_list_numbers
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork

PaperKind = Literal["attendance_list", "certificates", "hand_over_list"]
State = Literal["never", "printed", "changed"]

ATTENDANCE: Final = "attendance"
HAND_OVER: Final = "hand_over"
_FIRST_DEVICE = "A"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class PrintedList:
    """One list of a paper as `record_print` notes it; `suffix` is the letter of a reprint or ""."""

    kind: str
    day: int | None
    print_id: str
    suffix: str
    pages: int
    rows: int
    content_sha256: str
    row_digests: dict[str, str]


@dataclass(frozen=True)
class Paper:
    """A PDF ready to be looked at, printed or saved.

    `first_name` and `last_name` are the first and the last person on it. `print_id` is the one of
    the first day, with its suffix. `prints` and `numbers` are what `record_print` notes.
    """

    kind: PaperKind
    workshop_id: str
    data: bytes
    pages: int
    rows: int
    file_name: str
    first_name: str = ""
    last_name: str = ""
    print_id: str = ""
    prints: tuple[PrintedList, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class PaperState:
    """One paper of a workshop: never printed, printed, or changed since.

    `day` is set for the lists of a day. `print_id` is the last print's with its suffix.
    `changed_numbers` are list numbers whose row is not on the last print as it would be now;
    `count` is how many rows or sheets the paper has now, `unprinted` how many certificates never
    came out of a printer.
    """

    kind: PaperKind
    day: int | None
    state: State
    printed_at: datetime | None
    print_id: str
    count: int
    changed_numbers: tuple[int, ...] = ()
    unprinted: int = 0


def papers_of(uow: Reader, workshop_id: str) -> list[PaperState]:
    """Return the papers of a workshop: the list of each day, certificates, hand-over list.

    A day's list is compared as it was before the day, so that walk-ins, who sign on blank rows,
    do not make it outdated. Without an agenda there are no lists, without certificates neither of
    the other two.

    Raises:
        NotFoundError: no such workshop.
    """
    found(uow, Workshop, workshop_id)
    prints = _last_prints(uow, workshop_id)
    states = []
    for (day,) in uow.raw.execute(
        "SELECT DISTINCT day FROM slot WHERE workshop_id = ? ORDER BY day", (workshop_id,)
    ).fetchall():
        content = list_content(uow, workshop_id, day=day, is_final=False)
        # A list printed at the end has the walk-ins in rows of their own.
        final = list_content(uow, workshop_id, day=day, is_final=True)
        states.append(_list_state([content, final], day, prints.get((ATTENDANCE, day))))
    rows = [row for row in certificate_rows(uow, workshop_id) if row.is_valid]
    if rows:
        states.append(_certificates_state(rows))
        states.append(_hand_over_state(rows, prints.get((HAND_OVER, None))))
    return states


def record_print(uow: UnitOfWork, papers: Iterable[Paper]) -> Changes:
    """Note that papers were printed or saved; the first list gives everybody their number.

    Raises:
        NotFoundError: a certificate is gone from the register.
    """
    made = list(papers)
    now = uow.clock()
    for paper in made:
        if paper.kind == "attendance_list":
            give_list_numbers(uow, paper.workshop_id)
        for one in paper.prints:
            uow.session.add(ListPrint(workshop_id=paper.workshop_id, printed_at=now, **vars(one)))
        for number in paper.numbers:
            row = uow.session.get_one(Certificate, find_certificate(uow, number).id)
            row.print_count += 1
            row.printed_at = now
    pages = sum(paper.pages for paper in made)
    uow.describe(N_("Printed {files} (pages: {pages})"), files=_file_names(made), pages=pages)
    uow.forbid_undo()
    return uow.commit()


def print_id(uow: Reader, code: str, part: str) -> str:
    """Return the id of a paper without suffix; two devices never give the same one."""
    tag = "" if uow.device == _FIRST_DEVICE else f"-{uow.device}"
    return f"{code}-{part}{tag}"


def full_print_id(identity: str, suffix: str) -> str:
    """Return the id as it stands on the paper."""
    return f"{identity}-{suffix}" if suffix else identity


def next_suffix(uow: Reader, workshop_id: str, identity: str) -> str:
    """Return what the next print of a paper adds to its id: "" first, then "b", "c" and so on."""
    count = uow.raw.execute(
        "SELECT count(*) FROM list_print WHERE workshop_id = ? AND print_id = ?",
        (workshop_id, identity),
    ).fetchone()[0]
    if not count:
        return ""
    return _LETTERS[count] if count < len(_LETTERS) else str(count + 1)


def hand_over_digest(rows: Iterable[CertificateRow]) -> str:
    """Return what changes when the hand-over list changes."""
    return content_digest(part for row in rows for part in (row.number, row.holder_name))


def _last_prints(uow: Reader, workshop_id: str) -> dict[tuple[str, int | None], ListPrint]:
    """Return the last print by kind and day."""
    rows = uow.session.scalars(
        select(ListPrint)
        .where(ListPrint.workshop_id == workshop_id)
        .order_by(ListPrint.printed_at, ListPrint.id)
    )
    return {(row.kind, row.day): row for row in rows}


def _list_state(contents: Sequence[ListContent], day: int, last: ListPrint | None) -> PaperState:
    content = contents[0]
    count = len(content.people) + len(content.staff)
    if last is None:
        return PaperState("attendance_list", day, "never", None, "", count)
    is_same = last.content_sha256 in [one.digest(day) for one in contents]
    now = content.row_digests()
    changed = [] if is_same else [int(n) for n in now if last.row_digests.get(n) != now[n]]
    return PaperState(
        kind="attendance_list",
        day=day,
        state="printed" if is_same else "changed",
        printed_at=last.printed_at,
        print_id=full_print_id(last.print_id, last.suffix),
        count=count,
        changed_numbers=tuple(sorted(changed)),
    )


def _certificates_state(rows: list[CertificateRow]) -> PaperState:
    unprinted = sum(not row.print_count for row in rows)
    state: State = "printed"
    if unprinted:
        state = "never" if unprinted == len(rows) else "changed"
    return PaperState(
        kind="certificates",
        day=None,
        state=state,
        printed_at=max((row.printed_at for row in rows if row.printed_at), default=None),
        print_id="",
        count=len(rows),
        unprinted=unprinted,
    )


def _hand_over_state(rows: list[CertificateRow], last: ListPrint | None) -> PaperState:
    if last is None:
        return PaperState("hand_over_list", None, "never", None, "", len(rows))
    is_same = last.content_sha256 == hand_over_digest(rows)
    return PaperState(
        kind="hand_over_list",
        day=None,
        state="printed" if is_same else "changed",
        printed_at=last.printed_at,
        print_id=full_print_id(last.print_id, last.suffix),
        count=len(rows),
    )


def _file_names(papers: list[Paper]) -> str:
    if not papers:
        return ""
    first, last = papers[0].file_name, papers[-1].file_name
    return first if first == last else f"{first} … {last}"
