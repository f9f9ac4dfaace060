"""What an exchange brought that a person should hear of is told once, and kept over restarts."""

from mentor_desktop.sync.replica.happenings import What
from mentor_desktop.sync.status import State
from tests.sync.pair import Pair
from tests.sync.test_exchange_rules import add_people


def told(pair: Pair) -> list[str]:
    """Return what the second laptop tells, newest first; by another engine, as after a restart."""
    pair.open_window(pair.second)
    return [one.what for one in pair.second.engine.status().happenings]


def test_a_server_that_was_restored_is_told_once_and_gets_back_what_it_lost(pair: Pair) -> None:
    add_people(pair.second)
    pair.exchange()
    assert told(pair) == []
    backup = pair.server.back_up(pair.folder / "backup")
    add_people(pair.second)
    pair.exchange()
    pair.server.restore(backup, pair.ws)
    assert pair.exchange(pair.second).state is State.IDLE
    assert told(pair) == [What.SERVER_RESTORED]
    pair.exchange()
    assert pair.first.rows() == pair.second.rows()
    assert told(pair) == [What.SERVER_RESTORED]
    pair.server.restore(backup, pair.ws)
    pair.exchange()
    assert told(pair) == [What.SERVER_RESTORED] * 2
