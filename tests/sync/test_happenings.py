"""What an exchange brought that a person should hear of is told once, and kept over restarts."""

from random import Random

from mentor_desktop.sync import joining
from mentor_desktop.sync.line import Line
from mentor_desktop.sync.replica.happenings import What
from mentor_desktop.sync.status import State
from tests.sync.pair import Pair, add_people


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


def test_a_workspace_that_moved_to_another_server_is_told_so(pair: Pair) -> None:
    add_people(pair.second)
    pair.exchange()
    backup = pair.server.back_up(pair.folder / "backup")
    pair.server.restore(backup, pair.ws)  # on another computer, which has the name that follows
    invitation = pair.server.invite("organiser", pair.ws)
    steps = joining.claim(Line(Random(1)), pair.second.workspace, invitation, "https://b.example")
    pair.network.drive(steps)
    assert pair.exchange(pair.second).state is State.IDLE
    (moved,) = pair.second.engine.status().happenings
    assert (moved.what, moved.facts["name"]) == (What.SERVER_MOVED, "b.example")
    pair.server.restore(backup, pair.ws)
    pair.exchange()
    assert told(pair) == [What.SERVER_RESTORED, What.SERVER_MOVED]
