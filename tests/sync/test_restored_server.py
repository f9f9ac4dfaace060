"""A server that was restored from a backup, or fell back to one that knows less."""

from pathlib import Path
from shutil import copytree

import pytest

from mentor_desktop.sync.status import State
from mentor_desktop.sync.steps import JSON, Response
from tests.sync.pair import Pair, add_people, count, value


def test_what_a_restored_server_forgot_is_given_back(pair: Pair, tmp_path: Path) -> None:
    pair.exchange()
    backup = pair.server.back_up(tmp_path / "backup")
    add_people(pair.first)
    pair.exchange()
    pair.server.restore(backup, pair.ws)
    # The one who wrote it stays at home; the other one gives it back in their name.
    pair.exchange(pair.second)
    third = pair.join("Ona", "organiser")
    pair.exchange(third)
    assert count(third, "person") == 1


@pytest.mark.parametrize("is_known", [True, False])
def test_a_server_that_fell_back_in_the_middle_of_a_sync_gets_everything(
    pair: Pair, tmp_path: Path, is_known: bool
) -> None:
    """It answers that something is missing before what was sent, and where it ends.

    That end is this laptop's own, and it goes on from there; or it was made by a copy of this
    laptop, and what the server has another one for is made anew.
    """
    pair.exchange()
    standby = copytree(pair.server.folder, tmp_path / "standby")
    twin = pair.twin(pair.first)
    add_people(pair.first, 2)
    pair.exchange(pair.first)
    add_people(pair.first)

    def fail_over() -> None:
        pair.server.stop()
        copytree(standby, pair.server.folder, dirs_exist_ok=True)
        pair.server.start()
        if not is_known:
            add_people(twin)
            twin.sync()
        pair.network.before.append(("push", look))

    def look() -> None:
        sql = "SELECT count(*) FROM sync_batch b JOIN sync_stream s ON s.no = b.stream "
        own = sql + "WHERE s.stream = 'people' AND b.is_acked = 1"
        held.append(value(pair.first, own))

    held: list[int] = []
    pair.network.before = [("push", fail_over)]
    pair.exchange()
    pair.exchange(twin, pair.first, pair.second)
    assert held == [0], "what the server does not hold counts as held"
    assert count(pair.second, "person") == (3 if is_known else 4)
    assert pair.first.rows() == pair.second.rows() == twin.rows()


def test_a_server_in_its_next_life_is_believed(pair: Pair, tmp_path: Path) -> None:
    backup = pair.server.back_up(tmp_path / "backup")
    pair.server.restore(backup, pair.ws)
    pair.exchange()
    third = pair.join("Ona", "organiser")
    add_people(third)
    pair.exchange(third)
    pair.exchange(pair.second)
    assert count(pair.second, "person") == 1


def test_a_server_of_two_nodes_that_do_not_agree_is_busy(pair: Pair) -> None:
    pair.exchange()
    add_people(pair.first)
    pair.exchange(pair.first)
    epoch = Response(409, b'{"code":"epoch"}', {"content-type": JSON})
    pair.network.orders = [("pull", epoch)] * 10
    assert pair.second.sync().state is State.OFFLINE
    pair.network.orders = []
    pair.exchange(pair.second)
    assert count(pair.second, "person") == 1
