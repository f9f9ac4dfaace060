"""What one batch may come to: unpacked, merged into rows, or taken apart by a purge.

A column with one value for all rows is held once, until a purge takes some of these rows out; so a
batch can grow by one. What a reader takes must stay readable then, or its stream stands still.
"""

from typing import Final

import msgspec

from mentor_desktop.sync.protocol.body import BadBatch
from mentor_desktop.sync.protocol.operations import Action, Content, Run
from mentor_desktop.sync.protocol.streams import MOST_BASES, MOST_NAMED, MOST_READ_BYTES

# Of JSON, at most: an operation without names and values, one that a base or `seen` names, the
# punctuation around the name of a column, and an action without its texts.
_OP_BYTES: Final = 200
_NAMED_BYTES: Final = 60
_COLUMN_BYTES: Final = 6
_ACTION_BYTES: Final = 160

_encode = msgspec.json.Encoder().encode


def require_bounds(content: Content) -> None:
    """Return when content of sound shape stays in bounds, whatever is purged of it.

    Raises:
        BadBatch: `size`, fewer operations may fit; `shape`, one operation names too much.
    """
    if any(len(base) > MOST_BASES for run in content.runs for base in run.bases):
        raise BadBatch("shape")
    if sum(map(_named, content.runs)) > MOST_NAMED:
        raise BadBatch("size")
    if sum(map(_apart_bytes, content.runs)) + _told_bytes(content.actions) > MOST_READ_BYTES:
        raise BadBatch("size")


def _named(run: Run) -> int:
    """Return how many operations the bases and `seen` of a run name: each is kept until it comes."""
    return sum(map(len, run.bases)) + sum(map(len, run.seens))


def _apart_bytes(run: Run) -> int:
    """Return what the run takes when each of its operations stands for itself."""
    names = len(_encode([run.entity, run.kind, run.group, *run.columns]))
    each = names + _COLUMN_BYTES * len(run.columns) + _OP_BYTES
    values = sum(len(_encode(column)) for column in run.columns.values())
    return len(run.rows) * each + _NAMED_BYTES * _named(run) + values


def _told_bytes(actions: tuple[Action, ...]) -> int:
    told = [(one.actor, one.text, dict(one.values), one.undoes, one.link) for one in actions]
    return len(_encode(told)) + _ACTION_BYTES * len(actions)
