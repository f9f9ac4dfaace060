"""A long action in parts lets everybody else in between."""

from collections.abc import Callable
from threading import Event, Thread

from mentor_desktop.store.write_gate import WriteGate

LONGEST_S = 20


def _begun(work: Callable[[], None]) -> Thread:
    thread = Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_who_waits_writes_before_the_next_part() -> None:
    gate = WriteGate()
    order: list[str] = []
    waits = Event()

    def write() -> None:
        waits.set()
        with gate.passing():
            order.append("mark")

    with gate.closed():
        order.append("part")
        mark = _begun(write)
        assert waits.wait(LONGEST_S)
        while not gate.is_wanted:
            mark.join(0.001)
    with gate.closed():
        order.append("part")
    mark.join(LONGEST_S)
    assert order == ["part", "mark", "part"]


def test_two_long_actions_take_turns() -> None:
    gate = WriteGate()
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        for _part in range(50):
            with gate.closed():
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    for thread in [_begun(work) for _ in range(3)]:
        thread.join(LONGEST_S)
        assert not thread.is_alive()
    assert set(most) == {1}
    assert len(most) == 150


def test_long_actions_write_in_the_order_they_came() -> None:
    gate = WriteGate()
    order: list[str] = []

    def write() -> None:
        with gate.closed():
            order.append("other")

    with gate.closed():
        other = _begun(write)
        while not gate.turns_waiting:
            other.join(0.001)
    # Without turns who asks again at once is the quicker.
    with gate.closed():
        order.append("one")
    other.join(LONGEST_S)
    assert order == ["other", "one"]


def test_nobody_waits_while_no_part_is_written() -> None:
    gate = WriteGate()
    with gate.passing(), gate.passing():
        assert gate.is_wanted
    assert not gate.is_wanted
