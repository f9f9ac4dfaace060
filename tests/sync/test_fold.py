"""The fold: competing values, deletes and purges of one row, worked by hand."""

from dataclasses import replace

import pytest

from mentor_desktop.sync.merge.fold import fold, fold_op, rejected_ids
from mentor_desktop.sync.merge.row_state import UNTOUCHED, RowState, plain_state
from mentor_desktop.sync.protocol.operations import Op, OpId
from tests.sync.histories import DEVICE, NOON, OTHER_DEVICE, ROW, mark, op


def _set(seq: int, device: str, *base: OpId, hlc: int = NOON, group: str = "status") -> Op:
    return op(seq, device=device, kind="set", group=group, base=base, hlc=hlc)


def _state(*ops: Op) -> RowState:
    state = RowState()
    for one in ops:
        fold_op(state, one, {})
    return state


MADE = mark(1)
MINE = _set(2, DEVICE, MADE.id, hlc=NOON + 5)
THEIRS = _set(1, OTHER_DEVICE, MADE.id, hlc=NOON + 3)


def test_created_row_is_plain() -> None:
    state = _state(MADE)
    assert state.is_plain
    assert state.is_alive
    assert state == plain_state(DEVICE, 1, MADE.hlc)
    assert state.winner("status") == MADE.id


@pytest.mark.parametrize(
    "after",
    [
        op(2, kind="delete", seen={DEVICE: 1}),
        op(2, kind="purge"),
        op(2, kind="restore"),
        op(1, device=OTHER_DEVICE, kind="restore"),
        op(1, device=OTHER_DEVICE),
        _set(2, DEVICE, OpId(DEVICE, 1)),
    ],
)
def test_row_that_anything_else_happened_to_is_not_plain(after: Op) -> None:
    state = _state(MADE, after)
    assert not state.is_plain
    assert state.digest_text() != _state(MADE).digest_text()


def test_value_that_saw_the_other_replaces_it_whatever_the_clocks_say() -> None:
    late = _set(2, OTHER_DEVICE, MINE.id, hlc=1)
    state = _state(MADE, MINE, late)
    assert state.heads_of("status") == {late.id: 1}
    assert state.conflicted_groups == []


def test_two_that_did_not_see_each_other_are_a_conflict() -> None:
    state = _state(MADE, MINE, THEIRS)
    assert state.winner("status") == MINE.id
    assert state.losers("status") == [THEIRS.id]
    assert state.conflicted_groups == ["status"]
    assert state.winner("note") == MADE.id


def test_base_that_comes_late_is_no_head() -> None:
    early = _state(THEIRS, MADE)
    assert early.heads_of("status") == {THEIRS.id: THEIRS.hlc}
    assert early.digest_text() == _state(MADE, THEIRS).digest_text()


def test_base_that_has_come_and_gone_is_not_waited_for() -> None:
    assert _state(MADE, MINE, THEIRS).early == set()


def test_row_created_twice_is_a_conflict_of_what_no_set_has_touched() -> None:
    other = op(1, device=OTHER_DEVICE)
    state = _state(MADE, other)
    assert state.conflicted_groups == [UNTOUCHED]
    assert set(state.heads_of("note")) == {MADE.id, other.id}


def test_delete_kills_what_it_had_seen_only() -> None:
    delete = op(2, device=OTHER_DEVICE, kind="delete", seen={DEVICE: 1})
    assert not _state(MADE, delete).is_alive
    assert not _state(delete, MADE).is_alive
    assert _state(MADE, delete, MINE).is_alive


def test_restore_brings_back_what_a_delete_killed() -> None:
    delete = op(2, kind="delete", seen={DEVICE: 1})
    assert _state(MADE, delete, op(3, kind="restore")).is_alive


def test_purged_row_stays_dead() -> None:
    assert not _state(MADE, op(2, kind="purge"), op(3, kind="restore")).is_alive


def test_rejected_operations_were_never_made() -> None:
    reject = op(1, device="f" * 32, kind="reject", values={"device": DEVICE, "first": 2, "last": 2})
    ops = [MADE, MINE, THEIRS, reject]
    rejected = rejected_ids(ops)
    assert rejected == {MINE.id}
    assert fold(ops, rejected) == fold([MADE, THEIRS])
    assert fold(ops, rejected)["mark", ROW].conflicted_groups == []


def test_text_brings_the_state_back() -> None:
    state = _state(
        THEIRS, op(3, kind="delete", seen={DEVICE: 1}), _set(4, DEVICE, OpId("f" * 32, 9))
    )
    assert state.early
    read = RowState.from_text(state.to_text())
    assert read.early == {("status", OpId("f" * 32, 9))}
    assert (read.to_text(), replace(state, early=read.early)) == (state.to_text(), read)
    assert _state(MADE).to_text() == _state(MADE).digest_text()


def test_base_that_was_passed_over_is_waited_for_no_more() -> None:
    waiting = _state(MADE, _set(2, DEVICE, OpId(OTHER_DEVICE, 3), OpId(OTHER_DEVICE, 9)))
    fold_op(waiting, _set(5, OTHER_DEVICE, group="note"), {})
    assert RowState.from_text(waiting.to_text()).early == {("status", OpId(OTHER_DEVICE, 9))}


@pytest.mark.parametrize(
    "values",
    [{"device": "x"}, {"device": 1}, {"first": 0}, {"first": True}, {"first": 3}, {"last": None}],
)
def test_rejection_of_nothing_that_can_be_rejects_nothing(values: dict[str, object]) -> None:
    named = {"device": DEVICE, "first": 1, "last": 2, "reason": "mistake"} | values
    assert rejected_ids([MADE, op(1, device=OTHER_DEVICE, kind="reject", values=named)]) == set()
