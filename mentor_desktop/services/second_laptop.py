"""Working on several laptops without a server: handing over, taking back, and what that brought."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from mentor_desktop import i18n
from mentor_desktop.changes import Changes
from mentor_desktop.clock import Clock
from mentor_desktop.errors import StoreError, ValidationError
from mentor_desktop.i18n import _
from mentor_desktop.models.base import from_milliseconds, to_milliseconds
from mentor_desktop.progress import NO_PROGRESS, Progress
from mentor_desktop.services.attendance_reading import standing_of
from mentor_desktop.services.conflicts import ConflictCard, conflict_cards
from mentor_desktop.services.deletions import agree_to_deletions
from mentor_desktop.services.texts import shown_text
from mentor_desktop.services.workspaces import NewWorkspace, create_workspace
from mentor_desktop.store.device import Newcomer
from mentor_desktop.store.unit_of_work import Reader
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync import handing_over, taking_in
from mentor_desktop.sync.handing_over import SUFFIX, Handed, KnownLaptop
from mentor_desktop.sync.replica.state import Peer

__all__ = ["SUFFIX", "Handed", "KnownLaptop", "needs_words"]

needs_words = taking_in.needs_words
_NOT_IN_NAMES = re.compile(r"[^\w-]+")
_MOST_TRIES: Final = 99
_SHORT: Final = 4  # of a device nobody told the name of


class NameNeeded(ValidationError):
    """Whoever begins on a new laptop has to say by which name colleagues know them."""


@dataclass(frozen=True)
class Choices:
    """What can be handed over (id, code and title of workshops, newest first), and to whom."""

    workshops: tuple[tuple[str, str, str], ...]
    laptops: tuple[KnownLaptop, ...]


@dataclass(frozen=True)
class Received:
    """What a file of another laptop brought.

    Of the half-days marked there: `equal` were marked alike here, `new` were open here, `to_decide`
    differ. Other fields that differ count to `to_decide` too. `others` are further rows that are
    new or different, `waiting` rows whose removal somebody has to agree to. `operations` counts
    what was not here before, `early` what waits for changes that are not here, `batches` and
    `files` what is in the file. `is_newcomer`: the sender takes part from now on.
    `has_become_whole`: this laptop had one workshop before and has the whole workspace now.
    `put_back` names laptops of which the file has something else than this one; `has_gap`:
    something before it is missing.
    """

    sender: str
    made_at: datetime
    equal: int
    new: int
    to_decide: int
    others: int
    waiting: int
    operations: int
    early: int
    batches: int
    files: int
    is_newcomer: bool
    has_become_whole: bool
    put_back: tuple[str, ...]
    has_gap: bool
    changes: Changes

    @property
    def is_new(self) -> bool:
        return self.operations > 0


def hand_over_choices(uow: Reader) -> Choices:
    """Return what can be handed over, and the laptops that are known already."""
    rows = uow.raw.execute(
        "SELECT id, code, title FROM workshop ORDER BY starts_on DESC, code"
    ).fetchall()
    workshops = [(row, code, shown_text(json.loads(title))) for row, code, title in rows]
    return Choices(tuple(workshops), tuple(handing_over.known_laptops(uow.raw)))


def file_in(workspace: Workspace, folder: Path, name: str = "") -> Path:
    """Return a path in a folder where no file is yet; it begins with `name`, else the workspace's.

    Raises:
        StoreError: the folder is not there.
    """
    if not folder.is_dir():
        raise StoreError(
            _("The folder {path} is not there. Put the stick in, or choose another folder.").format(
                path=folder
            )
        )
    begins = _NOT_IN_NAMES.sub("-", name or workspace.folder.root.name).strip("-")
    stem = f"{begins} {workspace.clock().astimezone():%Y-%m-%d %H%M}"
    for number in range(1, _MOST_TRIES):
        path = folder / (f"{stem}{SUFFIX}" if number == 1 else f"{stem} {number}{SUFFIX}")
        if not path.exists():
            return path
    raise StoreError(_("The folder {path} holds too many of these files.").format(path=folder))


def named(path: Path) -> Path:
    """Return the path with the ending by which the window finds such files, where it has none."""
    return path if path.suffix else path.with_name(path.name + SUFFIX)


# What the window and the command write: to nobody it knows yet, to one it knows, to any of them.
hand_to_new_laptop = handing_over.hand_over
hand_to_known_laptop = handing_over.hand_to
hand_round = handing_over.hand_round


def begin_on_this_laptop(
    root: Path,
    file: Path,
    words: str,
    *,
    passphrase: str,
    actor: str,
    clock: Clock,
    progress: Progress = NO_PROGRESS,
) -> NewWorkspace:
    """Make this laptop one more of the workspace a file comes from.

    Raises:
        ValidationError: the words do not open the file.
        NameNeeded: no name is given.
        StoreError: the file is damaged or no invitation, or the folder is not empty.
        Cancelled: the person pressed Cancel; the folder is empty again.
    """
    made: list[NewWorkspace] = []

    def make(new: Newcomer) -> Workspace:
        # The file was looked at by now: a name is no help where it invites nobody.
        if not actor.strip():
            raise NameNeeded(_("Write your name, so that colleagues know who corrected what."))
        made.append(
            create_workspace(
                root,
                passphrase=passphrase,
                actor=actor.strip(),
                language=i18n.current_language().code,
                clock=clock,
                new=new,
            )
        )
        return made[0].workspace

    taking_in.begin_from_file(
        file,
        words,
        name=actor.strip(),
        now_ms=to_milliseconds(clock()),
        make_workspace=make,
        progress=progress,
    )
    return made[0]


def receive(
    workspace: Workspace,
    file: Path,
    words: str = "",
    *,
    has_window: bool = False,
    accepts_deletions: bool = False,
    progress: Progress = NO_PROGRESS,
) -> Received:
    """Take in what another laptop of this workspace did, and say what that was.

    `has_window` says that somebody may work meanwhile; `accepts_deletions` that somebody agreed
    to what a file told of before, which happens after a backup.

    Raises:
        ValidationError: the words do not open the file.
        StoreError: it is damaged, foreign, or of a laptop nobody invited.
        Cancelled: the person pressed Cancel; what was applied until then is kept.
    """
    agree_to_deletions(workspace, accepts=accepts_deletions, progress=progress)
    with workspace.reader() as uow:
        known = {_key(card) for card in conflict_cards(uow)}
    taken = taking_in.take_in(workspace, file, words, has_window=has_window, progress=progress)
    marks = taken.changes.entities.get("attendance_mark", frozenset())
    with workspace.reader() as uow:
        counts = _cells(uow, marks)
        fields = sum(_key(card) not in known for card in conflict_cards(uow))
    others = sum(len(rows) for name, rows in taken.changes.entities.items() if name in _TOLD)
    return Received(
        sender=_called(taken.sender),
        made_at=from_milliseconds(taken.made_at),
        equal=counts["equal"],
        new=counts["new"],
        to_decide=counts["differ"] + fields,
        others=others,
        waiting=taken.waiting,
        operations=taken.operations,
        early=taken.early,
        batches=taken.batches,
        files=taken.files,
        is_newcomer=taken.is_newcomer,
        has_become_whole=taken.has_become_whole,
        put_back=tuple(_called(one) for one in taken.put_back),
        has_gap=taken.has_gap,
        changes=taken.changes,
    )


def _called(laptop: Peer) -> str:
    return " · ".join(filter(None, (laptop.name, laptop.tag))) or laptop.device[:_SHORT]


# Rows a person knows as one thing: what else came is told by their number.
_TOLD = frozenset(
    {"person", "registration", "organisation", "workshop", "slot", "agenda_item", "consent",
     "project", "certificate"}
)  # fmt: skip


def _key(card: ConflictCard) -> tuple[str, str, str]:
    return card.entity, card.row, card.group


def _cells(uow: Reader, marks: Iterable[str]) -> dict[str, int]:
    """Count the half-days of people that foreign marks are about, by what they found here."""
    counts = {"equal": 0, "new": 0, "differ": 0}
    came = set(marks)
    cells: set[tuple[str, str]] = set()
    for one in came:
        row = uow.raw.execute(
            "SELECT registration_id, slot_id FROM attendance_mark WHERE id = ?", (one,)
        ).fetchone()
        if row is not None:
            cells.add(tuple(row))
    for registration_id, slot_id in cells:
        standing = standing_of(uow.raw, registration_id, slot_id)
        if standing is None:
            continue
        if standing.has_conflict:
            counts["differ"] += 1
        elif set(standing.current_ids) - came:
            counts["equal"] += 1
        else:
            counts["new"] += 1
    return counts
