"""The real door page while the program exchanges: 10,000 changes of a colleague, 10,000 own.

As `door_window`, with a server in a process of its own and the window's own controller: foreign
marks are pulled and applied, own ones are sealed and sent, and pages refresh as they do. Then the
colleague imports 10,000 people, and then gives 10,000 another e-mail at once, while people come to
the door in groups of five, somebody every second and a half.
"""

import random
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from _crowd import Clock, make_crowd, mark_everybody
from _exchange import Colleague, bring, serving
from _window import Window
from door_window import DURABLE_MS, PAINTED_MS, Door
from import_participants import table
from report import Check, percentile, report
from sqlalchemy import select, update

from mentor_desktop.models import Person
from mentor_desktop.services.imports.run import ImportRequest, run_import
from mentor_desktop.sync.joining import workspace_id

# Half-days of 2,000 people; none is the one at the door.
OWN, FOREIGN = (0, 1, 3, 4, 5), (6, 7, 8, 9, 10)
ROUNDS, QUIET_PEOPLE = 3, 60
# Marks in one action, as somebody marks a table of people in the register.
AT_A_TIME = 50
MANY = 10_000
GROUP, BETWEEN_PEOPLE_S, BETWEEN_GROUPS_S = 5, 1.5, 10.0
NAMES = ("sarunas", "jurate", "peter", "durdica", "ines")


def _import(colleague: Colleague) -> None:
    run_import(
        colleague.workspace,
        ImportRequest("participants", "people.csv", table(domain="many.example.org"), "WS-LARGE"),
    )


def _edit(colleague: Colleague) -> None:
    with colleague.workspace.unit_of_work() as uow:
        uow.describe("Another e-mail for many")
        some = select(Person.id).order_by(Person.id).limit(MANY)
        uow.session.execute(
            update(Person).where(Person.id.in_(some)).values(email=Person.email + ".new")
        )
        uow.commit()


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
        applied_people: list[int] = []
        window.jobs.changed.connect(
            lambda changes: applied_people.append(len(changes.entities.get("person", ())))
        )
        paced, took = Door(window, crowd), {}
        for act in (_import, _edit):
            act(colleague)
            colleague.sync()
            window.wait(lambda: not controller.is_syncing)
            began, before = time.perf_counter(), sum(applied_people)
            while sum(applied_people) < before + MANY:
                for one in range(GROUP):
                    if not controller.is_syncing:
                        controller.sync_now()
                    paced.look_for(dice.choice(NAMES))
                    paced.check_in(next(numbers))
                    window.rest(BETWEEN_PEOPLE_S if one < GROUP - 1 else BETWEEN_GROUPS_S)
            took[act.__name__.strip("_")] = round(time.perf_counter() - began, 1)
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
            Check("large actions: painted, p99 ms", percentile(paced.painted, 99), PAINTED_MS),
            Check("large actions: durable, slowest ms", max(paced.durable), DURABLE_MS),
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
        large_actions_took_s=took,
        large_actions_durable_ms=[round(one) for one in paced.durable],
        foreign_rows=sum(applied),
        reason=reason,
    )


if __name__ == "__main__":
    main()
