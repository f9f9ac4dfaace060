"""A device that began with a snapshot: whatever needs the log before it fetches that log first."""

import zlib
from contextlib import closing
from pathlib import Path

import pytest

from mentor_desktop.sync.handing_over import hand_round
from mentor_desktop.sync.joining import workspace_id
from mentor_desktop.sync.replica import log, state
from mentor_desktop.sync.replica.beginning import (
    LogIncompleteError,
    beginning_of,
    keep_beginning,
)
from mentor_desktop.sync.replica.older_log import MOST_ROUNDS
from mentor_desktop.sync.replica.recompute import repair_stream
from mentor_desktop.sync.replica.refusals import Rejection
from mentor_desktop.sync.replica.special import Author, purge_row, reject_operations
from mentor_desktop.sync.replica.transactions import connect_to
from tests import factories
from tests.sync.crowd import PEOPLE, Crowd, replayed_and_begun
from tests.sync.replica.devices import same


def test_rejection_of_what_the_snapshot_holds_fetches_the_log_first(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    jonas = crowd.workers[1]
    person = jonas.act(lambda uow: factories.person(uow.session, given_name="Mistake").id)
    jonas.sync()
    numbers = state.Numbers(jonas.raw)
    place = (numbers.stream(PEOPLE), numbers.device(jonas.id))
    seq = log.chain_of(jonas.raw, *place).held
    replayed, begun = replayed_and_begun(crowd, monkeypatch)
    assert begun.has("person", person)
    with closing(connect_to(crowd.first.workspace)) as raw:
        rejection = Rejection(jonas.id, seq, seq, "mistake")
        reject_operations(raw, PEOPLE, rejection, author=Author("Rasa", crowd.time.now_ms))
    crowd.first.sync()
    replayed.sync()
    begun.sync()
    assert not begun.has("person", person)
    assert begun.begun() == []
    same(replayed, begun)
    assert begun.refused() == replayed.refused()


def test_purge_of_what_the_snapshot_holds_leaves_no_value(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = crowd.first.act(lambda uow: factories.person(uow.session, given_name="Canary").id)
    replayed, begun = replayed_and_begun(crowd, monkeypatch)
    with closing(connect_to(crowd.first.workspace)) as raw:
        author = Author("Rasa", crowd.time.now_ms)
        purge_row(raw, "person", person, reason="asked to", author=author)
    crowd.first.sync()
    for one in (replayed, begun):
        one.sync()
    assert begun.begun() == []
    same(replayed, begun)
    bodies = begun.raw.execute("SELECT body FROM sync_batch").fetchall()
    assert not any(b"Canary" in zlib.decompress(body) for (body,) in bodies)


def test_the_scan_of_an_erased_consent_leaves_who_began_with_a_snapshot(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = crowd.first.workspace.blobs().add(b"%PDF signed by Canary")
    consent = crowd.first.act(lambda uow: factories.consent(uow.session, scan=address).id)
    _replayed, begun = replayed_and_begun(crowd, monkeypatch)
    assert address in begun.workspace.blobs().addresses()
    with closing(connect_to(crowd.first.workspace)) as raw:
        author = Author("Rasa", crowd.time.now_ms)
        purge_row(raw, "consent", consent, reason="asked to", author=author)
    crowd.first.sync()
    begun.sync()
    for one in (crowd.first, begun):
        assert address not in one.workspace.blobs().addresses()


def test_while_the_log_is_not_here_nothing_is_folded_from_it(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _replayed, begun = replayed_and_begun(crowd, monkeypatch)
    before = begun.rows()
    with closing(connect_to(begun.workspace)) as raw:
        with pytest.raises(LogIncompleteError):
            repair_stream(raw, PEOPLE)
        with pytest.raises(LogIncompleteError):
            hand_round(begun.workspace, tmp_path / "stick")
    assert begun.rows() == before
    assert not (tmp_path / "stick").exists()
    begun.sync()
    with closing(connect_to(begun.workspace)) as raw:
        assert repair_stream(raw, PEOPLE).was_right


def test_differing_digest_is_mended_from_the_fetched_log(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    replayed, begun = replayed_and_begun(crowd, monkeypatch)
    with closing(connect_to(begun.workspace)) as raw:
        raw.execute("UPDATE sync_digest SET sums = zeroblob(8192)")
    crowd.server.fold()
    begun.sync()
    assert begun.begun() == []
    same(replayed, begun)


def test_log_that_a_server_wrote_in_a_former_life_is_fetched(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ws, tomas = workspace_id(crowd.first.workspace), crowd.workers[2]
    crowd.meet()
    for life in range(2):
        crowd.server.restore(crowd.server.back_up(tmp_path / f"backup {life}"), ws)
        crowd.meet()
        # All the server writes in that life is a rejection: nobody names the id it has then.
        tomas.act(lambda uow: factories.project(uow.session))
        crowd.meet()
    crowd.server.restore(crowd.server.back_up(tmp_path / "backup"), ws)
    crowd.meet()
    _replayed, begun = replayed_and_begun(crowd, monkeypatch)
    begun.sync()
    assert begun.begun() == []


def test_log_that_was_asked_for_in_vain_is_asked_for_when_it_is_needed(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = crowd.first.act(lambda uow: factories.person(uow.session).id)
    _replayed, begun = replayed_and_begun(crowd, monkeypatch)
    given_up = beginning_of(begun.raw, PEOPLE)
    assert given_up is not None
    given_up.since, given_up.rounds = given_up.seq, MOST_ROUNDS
    with closing(connect_to(begun.workspace)) as raw:
        keep_beginning(raw, PEOPLE, given_up)
    begun.sync()
    assert PEOPLE in begun.begun()
    with closing(connect_to(crowd.first.workspace)) as raw:
        numbers, own = state.Numbers(raw), crowd.first.id
        seq = log.chain_of(raw, numbers.stream(PEOPLE), numbers.device(own)).held
        rejection = Rejection(own, seq, seq, "mistake")
        reject_operations(raw, PEOPLE, rejection, author=Author("Rasa", crowd.time.now_ms))
    crowd.first.sync()
    begun.sync()
    assert PEOPLE not in begun.begun()
    assert not begun.has("person", person)
