"""What was done, by whom; taking it back, and doing it again.

An undo is an action of its own with the opposite effect. It is refused where somebody
changed the same thing since. Redo is the undo of an undo.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from mentor_desktop.changes import PRIVATE_ENTITY, WITH_PRIVATE, Changes
from mentor_desktop.errors import ConflictError, NotFoundError, ValidationError
from mentor_desktop.i18n import N_, _
from mentor_desktop.models.base import from_milliseconds
from mentor_desktop.services import history_words
from mentor_desktop.services.undo_marks import drop_marks, idle_marks, restore_marks
from mentor_desktop.store.change_log import RecordedChange, changes_of
from mentor_desktop.store.staging import UNFINISHED
from mentor_desktop.store.undo_rows import (
    ChangedSinceError,
    require_whole,
    take_back,
)
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork

_MARKS = "attendance_mark"
_UNDONE = N_("Undone: {action}")
_REDONE = N_("Done again: {action}")


@dataclass(frozen=True)
class ActionRow:
    """One action as a person reads it.

    `depth` is 0 for an action, 1 for its undo, 2 for the redo of that, and so on.
    `is_undone` when another action took it back; `is_undoable` when it can be at all;
    `is_private` when `sentence` must not be shown while a projector is on.
    """

    txn: int
    at: datetime
    actor: str
    device: str
    sentence: str
    depth: int
    is_undone: bool
    is_undoable: bool
    is_private: bool


@dataclass(frozen=True)
class HistoryLine:
    """One change of one field: who, when, in which action, from what to what.

    `field` is empty where the row as a whole was added or removed: `sentence` tells.
    """

    txn: int
    at: datetime
    actor: str
    device: str
    sentence: str
    field: str
    old: str
    new: str


def undo(uow: UnitOfWork, txn: int) -> Changes:
    """Take back an action as a new action; the undo of an undo is redo.

    Raises:
        NotFoundError: there is no such action.
        ValidationError: it can never be taken back (a serial was given out), or it was already.
        ConflictError: somebody changed the same thing since; nothing was changed.
    """
    action = _undoable_action(uow, txn)
    template = _REDONE if action.depth % 2 else _UNDONE
    subject = _first_sentence(uow, txn)
    marks, others = _split(changes_of(uow.raw, txn))
    try:
        idle = idle_marks(uow, txn, others)
        restore_marks(uow, txn, marks, reason=_(template).format(action=subject))
        uow.session.flush()
        take_back(uow, others)
        drop_marks(uow, idle)
        require_whole(uow, others)
    except ChangedSinceError as exc:
        what = history_words.row_name(uow, exc.step.entity, exc.step.row)
        raise ConflictError(
            _("“{action}” cannot be undone: {what} was changed since.").format(
                action=action.sentence, what=what
            )
        ) from exc
    uow.mark_as_undo_of(txn)
    uow.describe(template, action=subject)
    return uow.commit()


def recent_actions(uow: Reader, limit: int = 50) -> list[ActionRow]:
    """Return the latest actions, newest first."""
    return list(islice(_walk(uow), limit))


def next_undo(uow: Reader) -> ActionRow | None:
    """Return what Ctrl+Z takes back: this device's latest action in force; None when none.

    It may be one that cannot be undone: say so rather than take back an older one.
    """
    own = (row for row in _walk(uow) if row.device == uow.device)
    return next((row for row in own if row.depth % 2 == 0 and not row.is_undone), None)


def next_redo(uow: Reader) -> ActionRow | None:
    """Return the undo that redo takes back; None once something new was done."""
    for row in _walk(uow):
        if row.device != uow.device or row.is_undone:
            continue
        if row.depth == 0:
            return None
        if row.depth % 2:
            return row
    return None


def row_history(uow: Reader, entity: str, row_id: str) -> list[HistoryLine]:
    """Return every change of one row, newest first, each field in words."""
    rows = uow.raw.execute(
        'SELECT c.kind, c.old, c.new, t.id, t.at, t.actor, t.device, t.action, t."values" '
        "FROM change c JOIN txn t ON t.id = c.txn WHERE c.entity = ? AND c.row = ? ORDER BY c.seq DESC",
        (entity, row_id),
    ).fetchall()
    return [
        HistoryLine(txn, from_milliseconds(at), actor, device, _sentence(action, values), *words)
        for kind, old, new, txn, at, actor, device, action, values in rows
        for words in history_words.differences(uow, entity, kind, old, new)
    ]


def _split(steps: Sequence[RecordedChange]) -> tuple[list[RecordedChange], list[RecordedChange]]:
    """Part the marks that another mark takes back from the rows that are put back themselves.

    Marks made together with their registration (a walk-in) or half-day go with it.
    """
    fresh = {step.row for step in steps if step.kind == "create"}
    marks: list[RecordedChange] = []
    others: list[RecordedChange] = []
    for step in steps:
        is_new_mark = (step.entity, step.kind) == (_MARKS, "create")
        answered = is_new_mark and fresh.isdisjoint(
            {step.new["registration_id"], step.new["slot_id"]}
        )
        (marks if answered else others).append(step)
    # The last is taken back first: a mark may go only after what it belongs to.
    others.sort(key=lambda step: step.entity != _MARKS)
    return marks, others


def _undoable_action(uow: Reader, txn: int) -> ActionRow:
    row = next((row for row in _walk(uow, down_to=txn) if row.txn == txn), None)
    if row is None:
        raise NotFoundError(_("This action is not in the history of this workspace."))
    if row.is_undone:
        raise ValidationError(_("“{action}” was undone already.").format(action=row.sentence))
    if not row.is_undoable and row.device != uow.device:
        raise ValidationError(
            _("“{action}” was done on another device. Undo it there, or change it here.").format(
                action=row.sentence
            )
        )
    if not row.is_undoable:
        from mentor_desktop.sync.replica.leaving import is_of_left  # sync: when it is needed only

        if is_of_left(uow.raw, txn):
            raise ValidationError(
                _("“{action}” cannot be undone: its records left this computer.").format(
                    action=row.sentence
                )
            )
        raise ValidationError(
            _(
                "“{action}” cannot be undone: a number or a paper of it is out already. Replace or revoke it."
            ).format(action=row.sentence)
        )
    return row


def _walk(uow: Reader, *, down_to: int = 0) -> Iterator[ActionRow]:
    """Give the actions from the newest on; an undo always comes before what it took back.

    One that is still being written is not there yet.
    """
    cursor = uow.raw.execute(
        'SELECT id, at, actor, device, action, "values", undoes, undoable FROM txn '  # noqa: S608  # a constant
        f"WHERE id >= ? AND id NOT IN ({UNFINISHED}) ORDER BY id DESC",
        (down_to,),
    )
    taken_back: set[int] = set()
    for txn, at, actor, device, action, values, undoes, undoable in cursor:
        is_undone = txn in taken_back
        if undoes is not None and not is_undone:
            taken_back.add(undoes)
        yield ActionRow(
            txn=txn,
            at=from_milliseconds(at),
            actor=actor,
            device=device,
            sentence=_sentence(action, values),
            depth=_depth(uow, undoes),
            is_undone=is_undone,
            is_undoable=bool(undoable),
            is_private=_is_private(uow, txn),
        )


def _is_private(uow: Reader, txn: int) -> bool:
    # The first change of most actions answers; an import has thousands.
    entities = set()
    for (entity,) in uow.raw.execute("SELECT entity FROM change WHERE txn = ?", (txn,)):
        if entity not in WITH_PRIVATE:
            return False
        entities.add(entity)
    return PRIVATE_ENTITY in entities


def _depth(uow: Reader, undoes: int | None) -> int:
    depth = 0
    while undoes is not None:
        depth += 1
        row = uow.raw.execute("SELECT undoes FROM txn WHERE id = ?", (undoes,)).fetchone()
        undoes = row[0] if row else None
    return depth


def _first_sentence(uow: Reader, txn: int) -> str:
    """Return what the first action of a chain of undo and redo was."""
    sql = 'SELECT undoes, action, "values" FROM txn WHERE id = ?'
    undoes, action, values = uow.raw.execute(sql, (txn,)).fetchone()
    return _sentence(action, values) if undoes is None else _first_sentence(uow, undoes)


def _sentence(action: str, values: str) -> str:
    fields: dict[str, Any] = json.loads(values)  # Any: parsed JSON
    return _(action).format(**fields)
