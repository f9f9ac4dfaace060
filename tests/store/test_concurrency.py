"""Readers and writers on several threads: nobody waits for a reader, nothing is lost or mixed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from mentor_desktop.store.workspace import Workspace
from tests import factories

WRITERS = 3
ACTIONS = 25


def _in_parallel(works: list[Callable[[], object]]) -> list[object]:
    with ThreadPoolExecutor(len(works)) as pool:
        futures = [pool.submit(work) for work in works]
        return [future.result(60) for future in futures]


def test_every_action_of_every_writer_is_kept_under_its_own_number(workspace: Workspace) -> None:
    def write(name: str) -> list[int]:
        numbers = []
        for index in range(ACTIONS):
            with workspace.unit_of_work() as uow:
                factories.organisation(uow.session, name=f"{name} {index}")
                factories.person(uow.session, given_name=f"{name} {index}")
                changes = uow.commit()
            assert changes.txn is not None
            assert {len(ids) for ids in changes.entities.values()} == {1}
            numbers.append(changes.txn)
        return numbers

    done = _in_parallel([lambda name=f"W{n}": write(name) for n in range(WRITERS)])  # type: ignore[misc]
    numbers = [number for one in done for number in one]  # type: ignore[attr-defined]
    assert sorted(numbers) == list(range(1, WRITERS * ACTIONS + 1))
    with workspace.reader() as uow:
        mixed = uow.raw.execute(
            "SELECT txn FROM change GROUP BY txn HAVING count(*) <> 2"
        ).fetchall()
        assert mixed == []
        assert uow.raw.execute("SELECT count(*) FROM person_order").fetchone() == (75,)


def test_readers_never_see_half_an_action(workspace: Workspace) -> None:
    stop = Event()

    def write() -> None:
        for _ in range(ACTIONS):
            with workspace.unit_of_work() as uow:
                factories.person(uow.session)
                factories.person(uow.session)
                uow.commit()
        stop.set()

    def read() -> int:
        odd = 0
        while not stop.is_set():
            with workspace.reader() as uow:
                (people,) = uow.raw.execute("SELECT count(*) FROM person").fetchone()
                (ordered,) = uow.raw.execute("SELECT count(*) FROM person_order").fetchone()
                (actions,) = uow.raw.execute("SELECT count(*) FROM txn").fetchone()
            odd += people % 2 or people != ordered or people != 2 * actions
        return odd

    assert _in_parallel([write, read, read])[1:] == [0, 0]


def test_a_long_read_holds_up_no_writer(workspace: Workspace) -> None:
    with workspace.reader() as uow:
        rows = uow.raw.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i FROM n"
        )
        rows.fetchone()

        def write() -> None:
            with workspace.unit_of_work() as writer:
                factories.person(writer.session)
                writer.commit()

        _in_parallel([write])
        assert len(rows.fetchall()) == 999


def test_the_language_of_the_list_can_change_while_people_are_entered(
    workspace: Workspace,
) -> None:
    stop = Event()

    def write() -> None:
        for index in range(ACTIONS):
            with workspace.unit_of_work() as uow:
                person = factories.person(uow.session, family_name=f"Č{index}")
                uow.commit()
            with workspace.unit_of_work() as uow:
                uow.session.merge(person).family_name = f"Ch{index}"
                uow.commit()
        stop.set()

    def change_language() -> None:
        while not stop.is_set():
            for language in ("cs", "en", "lt"):
                workspace.remember_sort_language(language)

    _in_parallel([write, change_language])
    from mentor_desktop.services.integrity import check_workspace

    report = check_workspace(workspace)
    assert report.problems == ()
    assert report.repaired == ()
