"""A connection keeps what is read again, and little of what is only passed by."""

import pytest

from mentor_desktop.services.people import listed_rows, person_order, person_rows
from mentor_desktop.store.connection import StoreConnection, in_passing
from mentor_desktop.store.workspace import Workspace
from tests import factories


def cache_kib(connection: StoreConnection) -> int:
    return -int(connection.execute("PRAGMA cache_size").fetchone()[0])


def test_little_is_kept_of_what_is_read_in_passing(workspace: Workspace) -> None:
    with workspace.reader() as uow:
        usual = cache_kib(uow.raw)
        with in_passing(uow.raw):
            assert cache_kib(uow.raw) * 10 < usual
        assert cache_kib(uow.raw) == usual


def test_reading_that_fails_in_passing_leaves_the_usual_cache(workspace: Workspace) -> None:
    with workspace.reader() as uow:
        usual = cache_kib(uow.raw)
        with pytest.raises(ZeroDivisionError), in_passing(uow.raw):
            raise ZeroDivisionError
        assert cache_kib(uow.raw) == usual


def test_list_that_is_scrolled_reads_its_rows_in_passing(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        for family in ("Novák", "Ek", "Zupan"):
            factories.person(uow.session, family_name=family)
        uow.commit()
    with workspace.reader() as uow:
        asked: list[str] = []
        uow.raw.set_trace_callback(asked.append)
        order = person_order(uow)
        rows = listed_rows(uow, order)
        uow.raw.set_trace_callback(None)
        assert rows == person_rows(uow, order)
    caches = [one for one in asked if one.startswith("PRAGMA cache_size")]
    assert len(caches) == 4  # made small and usual again, for the order and for the rows
