"""The real door page while the program exchanges: 10,000 changes of a colleague, 10,000 own.

As `door_window`, with a server in a process of its own and the window's own controller: foreign
marks are pulled and applied, own ones are sealed and sent, and pages refresh as they do.
"""

import random
import tempfile
from datetime import timedelta
from pathlib import Path

from _crowd import Clock, make_crowd, mark_everybody
from _exchange import Colleague, bring, serving
from _window import Window
from door_window import DURABLE_MS, PAINTED_MS, Door
from report import Check, percentile, report

from mentor_desktop.sync.joining import workspace_id

# Half-days of 2,000 people; none is the one at the door.
OWN, FOREIGN = (0, 1, 3, 4, 5), (6, 7, 8, 9, 10)
ROUNDS, QUIET_PEOPLE = 3, 60
# Marks in one action, as somebody marks a table of people in the register.
AT_A_TIME = 50
NAMES = ("sarunas", "jurate", "peter", "durdica", "ines")


def main() -> None:
    """Measure and print."""
    clock, dice = Clock(), random.Random(5)
    with (
        tempfile.TemporaryDirectory(prefix="mentor-bench-") as name,
        serving(Path(name) / "s") as server,
    ):
        folder = Path(name)
        crowd = make_crowd(folder / "w", clock, marked_slots=0)
        bring(crowd.workspace, server).close()
        colleague = Colleague(folder / "c", server, workspace_id(crowd.workspace), clock)
        clock.now += timedelta(days=1)
        window = Window(crowd.workspace, clock)
        numbers = iter(dice.sample(range(1, len(crowd.registrations)), 1_500))
        quiet = Door(window, crowd)
        for _person in range(QUIET_PEOPLE):
            quiet.look_for(dice.choice(NAMES))
            quiet.check_in(next(numbers))
        controller = window.main.desk.sync.controller
        controller.begin()
        window.wait(lambda: not controller.is_syncing)
        busy = Door(window, crowd)
        applied: list[int] = []
        window.jobs.changed.connect(
            lambda changes: applied.append(len(changes.entities.get("attendance_mark", ())))
        )
        for _round in range(ROUNDS):
            mark_everybody(
                colleague.workspace,
                crowd,
                [crowd.slots[one] for one in FOREIGN],
                at_a_time=AT_A_TIME,
            )
            colleague.sync()
            window.wait(lambda: not controller.is_syncing)
            mark_everybody(
                crowd.workspace, crowd, [crowd.slots[one] for one in OWN], at_a_time=AT_A_TIME
            )
            controller.sync_now()
            while controller.is_syncing:
                busy.look_for(dice.choice(NAMES))
                busy.check_in(next(numbers))
        window.settle()
        reason = controller.status.reason
        window.close()
        colleague.close()
        crowd.workspace.close(with_backup=False)
    report(
        "door page during a sync of 10,000 foreign and 10,000 own changes",
        [
            Check("key stroke painted, p99 ms", percentile(busy.painted, 99), PAINTED_MS),
            Check("mark durable, p99 ms", percentile(busy.durable, 99), DURABLE_MS),
        ],
        without_a_sync={
            "painted_p99_ms": round(percentile(quiet.painted, 99), 1),
            "painted_median_ms": round(percentile(quiet.painted, 50), 1),
            "durable_p99_ms": round(percentile(quiet.durable, 99), 1),
            "durable_median_ms": round(percentile(quiet.durable, 50), 1),
        },
        painted_median_ms=round(percentile(busy.painted, 50), 1),
        durable_median_ms=round(percentile(busy.durable, 50), 1),
        durable_slowest_ms=round(max(busy.durable)),
        marks_during_it=len(busy.durable),
        foreign_rows=sum(applied),
        reason=reason,
    )


if __name__ == "__main__":
    main()
