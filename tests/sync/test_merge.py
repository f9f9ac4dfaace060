"""Properties of the merge: a function of the set of operations that loses nothing.

Which mutation of the code each of them catches: docs/sync-mutations.md.
"""

from collections.abc import Mapping
from itertools import product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from mentor_desktop.sync.merge.fold import fold, fold_op
from mentor_desktop.sync.merge.row_state import UNTOUCHED, RowState, plain_state, plain_text
from mentor_desktop.sync.protocol.operations import Op, OpId
from tests.sync import oracle
from tests.sync.devices import (
    DEVICES,
    ENTITY,
    GROUPS,
    ROWS,
    Delivery,
    History,
    deliveries,
    histories,
    parts,
)

States = dict[tuple[str, str], RowState]
EXAMPLES = settings(max_examples=100, deadline=None)


def _delivered(history: History, delivery: Delivery, *, knows_applied: bool = True) -> States:
    """Fold part by part, as a replica does: `applied` stands where the last part ended."""
    states: States = {}
    applied: dict[str, int] = {}
    for part in parts(history, delivery):
        for op in part:
            if op.kind in oracle.OF_ROWS:
                state = states.setdefault((op.entity, op.row), RowState())
                fold_op(state, op, applied if knows_applied else {})
        if part:
            applied[part[-1].device] = max(applied.get(part[-1].device, 0), part[-1].seq)
    return states


def _without_early(states: Mapping[tuple[str, str], RowState]) -> dict[tuple[str, str], str]:
    return {key: state.digest_text() for key, state in states.items()}


def _by_row(ops: list[Op]) -> dict[str, list[Op]]:
    return {row: [op for op in ops if op.row == row] for row in ROWS}


@given(st.data(), histories(), st.booleans())
@EXAMPLES
def test_any_delivery_comes_to_what_the_oracle_says(
    data: st.DataObject, history: History, knows: bool
) -> None:
    states = _delivered(history, data.draw(deliveries(history)), knows_applied=knows)
    expected = oracle.merged(history.ops)
    assert _without_early(states) == _without_early(expected)
    for key, state in states.items():
        assert state.creates == expected[key].creates
        assert state.heads == expected[key].heads
        assert (state.touched, state.deleted) == (expected[key].touched, expected[key].deleted)
        assert state.early == set(), "everything has come, so nothing is waited for"


@given(st.data(), histories())
@EXAMPLES
def test_part_of_the_operations_comes_to_what_the_oracle_says_of_it(
    data: st.DataObject, history: History
) -> None:
    delivery = data.draw(deliveries(history))
    delivery = delivery[: data.draw(st.integers(0, len(delivery)))]
    come = {op.id: op for part in parts(history, delivery) for op in part}
    states = _delivered(history, delivery)
    assert _without_early(states) == _without_early(oracle.merged(come.values()))


@given(st.data(), histories())
@EXAMPLES
def test_state_goes_on_from_its_text(data: st.DataObject, history: History) -> None:
    delivery = data.draw(deliveries(history))
    half = data.draw(st.integers(0, len(delivery)))
    kept = {
        key: RowState.from_text(state.to_text())
        for key, state in _delivered(history, delivery[:half]).items()
    }
    for part in parts(history, delivery[half:]):
        for op in part:
            fold_op(kept.setdefault((op.entity, op.row), RowState()), op, {})
    assert _without_early(kept) == _without_early(oracle.merged(history.ops))


@given(histories(), st.randoms(use_true_random=False))
@EXAMPLES
def test_fold_of_all_operations_leaves_the_rejected_out(history: History, random: Random) -> None:
    ops = [*history.ops, *history.ops[:3]]
    random.shuffle(ops)
    expected = oracle.merged(history.ops, history.rejected)
    assert _without_early(fold(ops, history.rejected)) == _without_early(expected)


@given(st.data(), histories())
@EXAMPLES
def test_no_value_is_lost_silently(data: st.DataObject, history: History) -> None:
    """Shown, or seen by a later operation, or among the losers of a conflict that is named."""
    states = _delivered(history, data.draw(deliveries(history)))
    for row, ops in _by_row(history.ops).items():
        for op in ops:
            for group in GROUPS if op.kind == "create" else (op.group,):
                if op.kind not in ("create", "set"):
                    continue
                state = states[ENTITY, row]
                is_seen = any(op.id in one.base and one.group == group for one in ops)
                is_shown = state.winner(group) == op.id
                named = group if group in state.heads else UNTOUCHED
                is_kept = op.id in state.losers(group) and named in state.conflicted_groups
                assert [is_seen, is_shown, is_kept].count(True) == 1


@given(st.data(), histories())
@EXAMPLES
def test_value_is_never_shown_over_one_whose_author_saw_it(
    data: st.DataObject, history: History
) -> None:
    for (_, row), state in _delivered(history, data.draw(deliveries(history))).items():
        sets = [op for op in history.ops if op.row == row and op.kind == "set"]
        for group in GROUPS:
            seen = {base for op in sets if op.group == group for base in op.base}
            assert state.winner(group) not in seen
            assert seen.isdisjoint(state.losers(group))


@given(histories(), st.sampled_from(DEVICES), st.sampled_from(ROWS), st.sampled_from(GROUPS),
       st.integers(-(2**48), 2**48))  # fmt: skip
@EXAMPLES
def test_who_overwrites_what_is_shown_is_shown_whatever_the_clocks_say(
    history: History, name: str, row: str, group: str, now_ms: int
) -> None:
    op = history.act(name, "set", row, group, now_ms)
    state = fold(history.known_to(name))[ENTITY, row]
    assert state.winner(group) == op.id
    assert state.losers(group) == []


@given(st.data(), histories())
@EXAMPLES
def test_best_of_the_heads_is_shown(data: st.DataObject, history: History) -> None:
    versions = {op.id: op.version for op in history.ops}
    for state in _delivered(history, data.draw(deliveries(history))).values():
        for group in GROUPS:
            ranked = sorted(state.heads_of(group), key=versions.__getitem__, reverse=True)
            assert [*filter(None, [state.winner(group)]), *state.losers(group)] == ranked


@given(st.data(), histories())
@EXAMPLES
def test_delete_kills_what_it_had_seen_and_nothing_else(
    data: st.DataObject, history: History
) -> None:
    states = _delivered(history, data.draw(deliveries(history)))
    for row, ops in _by_row(history.ops).items():
        if ops:
            assert states[ENTITY, row].is_alive == oracle.is_alive(ops)


@given(st.data(), histories())
@EXAMPLES
def test_values_of_a_group_come_from_one_operation_of_that_group(
    data: st.DataObject, history: History
) -> None:
    by_id = {op.id: op for op in history.ops}
    for (entity, row), state in _delivered(history, data.draw(deliveries(history))).items():
        for group in GROUPS:
            for head in state.heads_of(group):
                op = by_id[head]
                assert (op.entity, op.row) == (entity, row)
                assert op.kind == "create" or (op.kind, op.group) == ("set", group)


@given(st.data(), histories(most_steps=8))
@EXAMPLES
def test_plain_row_is_its_create_and_nothing_else(data: st.DataObject, history: History) -> None:
    for state in _delivered(history, data.draw(deliveries(history))).values():
        makers = [plain_state(*op, hlc) for op, hlc in state.creates.items()]
        assert state.is_plain == (makers == [state])
        if state.is_plain:
            (((device, seq), hlc),) = state.creates.items()
            assert state.to_text() == state.digest_text() == plain_text(device, seq, hlc)
            assert RowState.from_text(plain_text(device, seq, hlc)) == state


@given(st.data(), histories())
@EXAMPLES
def test_texts_are_equal_exactly_when_states_are(data: st.DataObject, history: History) -> None:
    delivery = data.draw(deliveries(history))
    states = list(_delivered(history, delivery).values())
    states += _delivered(history, delivery[: data.draw(st.integers(0, len(delivery)))]).values()
    for one, other in product(states, states):
        assert (one.to_text() == other.to_text()) == (one == other)


@given(st.text() | st.binary().map(repr))
def test_text_that_is_no_state_is_refused(text: str) -> None:
    try:
        RowState.from_text(text)
    except ValueError:
        return
    raise AssertionError(text)


def test_place_outside_of_the_devices_is_refused() -> None:
    for place in (1, -1):
        text = f'[["{"a" * 32}"],[[{place},1,1]],{{}},[],[],0,[]]'
        try:
            RowState.from_text(text)
        except ValueError:
            continue
        raise AssertionError(text)


def test_operation_of_a_later_kind_does_nothing_to_a_row() -> None:
    made = Op(DEVICES[0], 1, 1, ENTITY, ROWS[0], "create")
    later = Op(DEVICES[0], 2, 2, ENTITY, ROWS[0], "annotate", base=(OpId(DEVICES[0], 1),))
    assert fold([made, later]) == fold([made])
