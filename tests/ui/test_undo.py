from functools import partial

from pytestqt.qtbot import QtBot

from mentor_desktop.changes import Changes
from mentor_desktop.errors import ConflictError
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.undo import UndoStack
from tests.ui.stores import Uow, add_person


def settle(qtbot: QtBot, jobs: Jobs) -> None:
    qtbot.waitUntil(lambda: jobs.pending == 0)


class Takes:
    """An undo use case that notes which txn it was asked to take back."""

    def __init__(self) -> None:
        self.txns: list[int] = []

    def __call__(self, uow: Uow, *, txn: int) -> Changes:
        self.txns.append(txn)
        uow.add(f"inverse of {txn}")
        return uow.commit()


def test_the_newest_command_is_taken_back_first(jobs: Jobs, qtbot: QtBot) -> None:
    takes = Takes()
    stack = UndoStack(jobs, takes)
    for name in ("a", "b"):
        jobs.command(partial(add_person, name=name))
    settle(qtbot, jobs)
    for _twice in range(2):
        stack.undo()
        settle(qtbot, jobs)
    assert takes.txns == [2, 1]
    assert not stack.can_undo


def test_redo_undoes_the_undoing(jobs: Jobs, qtbot: QtBot) -> None:
    takes = Takes()
    stack = UndoStack(jobs, takes)
    jobs.command(partial(add_person, name="a"))
    settle(qtbot, jobs)
    for act in (stack.undo, stack.redo, stack.undo):
        act()
        settle(qtbot, jobs)
    assert takes.txns == [1, 2, 3]
    assert stack.can_redo


def test_a_new_command_ends_redoing(jobs: Jobs, qtbot: QtBot) -> None:
    stack = UndoStack(jobs, Takes())
    jobs.command(partial(add_person, name="a"))
    settle(qtbot, jobs)
    stack.undo()
    settle(qtbot, jobs)
    jobs.command(partial(add_person, name="b"))
    settle(qtbot, jobs)
    assert not stack.can_redo


def test_what_came_from_elsewhere_is_not_undone(jobs: Jobs, qtbot: QtBot) -> None:
    stack = UndoStack(jobs, Takes())
    jobs.changed.emit(Changes({"person": frozenset({"1"})}, txn=None, undoable=False))
    assert not stack.can_undo


def test_refused_undo_is_told_in_its_sentence(jobs: Jobs, qtbot: QtBot) -> None:
    def refuse(_uow: Uow, *, txn: int) -> Changes:
        raise ConflictError("Somebody changed this since.")

    stack = UndoStack(jobs, refuse)
    jobs.command(partial(add_person, name="a"))
    settle(qtbot, jobs)
    with qtbot.waitSignal(jobs.failed) as seen:
        stack.undo()
    assert str(seen.args[0].error) == "Somebody changed this since."


def test_undo_with_nothing_to_undo_does_nothing(jobs: Jobs, qtbot: QtBot) -> None:
    takes = Takes()
    UndoStack(jobs, takes).undo()
    assert takes.txns == []
    assert jobs.pending == 0
