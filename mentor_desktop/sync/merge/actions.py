"""Actions are seen whole or not at all: what may be applied of the operations that are there."""

from collections.abc import Sequence
from itertools import pairwise

from mentor_desktop.sync.protocol.operations import Content, Run


def complete_actions(contents: Sequence[Content]) -> tuple[Content, Content]:
    """Split consecutive operations of one device and stream after the last action that ends.

    Returns what may be applied, and the tail that waits for the rest of its action.
    """
    runs = [run for content in contents for run in content.runs]
    actions = tuple(action for content in contents for action in content.actions)
    for run, following in pairwise(runs):
        if (following.device, following.first_seq) != (run.device, run.last_seq + 1):
            raise ValueError("these operations do not follow each other")
    end = actions[-1].last_seq if actions else 0
    complete: list[Run] = []
    tail: list[Run] = []
    for run in runs:
        inside = min(max(end - run.first_seq + 1, 0), len(run.rows))
        if inside:
            complete.append(run.part(0, inside))
        if inside < len(run.rows):
            tail.append(run.part(inside, len(run.rows)))
    return Content(tuple(complete), actions), Content(tuple(tail), ())
