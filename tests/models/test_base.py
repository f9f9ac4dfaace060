"""Column types and conventions that every table shares."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Float, LargeBinary
from sqlalchemy.dialects import sqlite

from mentor_desktop.models import Base
from mentor_desktop.models.base import UtcDateTime, from_milliseconds, to_milliseconds
from mentor_desktop.store.capture import captured_tables

DIALECT = sqlite.dialect()


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # hypothesis wants them without a zone
def test_a_time_comes_back_to_the_millisecond(moment: datetime) -> None:
    kept = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert from_milliseconds(to_milliseconds(moment)) == kept


def test_a_time_of_any_zone_is_kept_in_utc() -> None:
    prague = datetime(2026, 3, 10, 9, 5, tzinfo=timezone(timedelta(hours=1)))
    stored = UtcDateTime().process_bind_param(prague, DIALECT)
    assert stored == 1773129900000
    assert UtcDateTime().process_result_value(stored, DIALECT) == prague


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError, match="zone"):
        UtcDateTime().process_bind_param(datetime(2026, 3, 10), DIALECT)  # noqa: DTZ001


def test_no_time_is_no_time() -> None:
    assert UtcDateTime().process_bind_param(None, DIALECT) is None
    assert UtcDateTime().process_result_value(None, DIALECT) is None


def test_every_constraint_has_a_name_for_migrations() -> None:
    for table in Base.metadata.sorted_tables:
        assert all(constraint.name for constraint in table.constraints), table.name


def test_two_offline_devices_break_no_constraint() -> None:
    for entity, model in captured_tables().items():
        table = model.__table__
        assert [one.name for one in table.columns if one.unique] == [], entity
        assert not any(index.unique for index in table.indexes), entity  # type: ignore[attr-defined]


def test_what_is_captured_survives_json() -> None:
    unfit = [
        f"{entity}.{column.name}"
        for entity, model in captured_tables().items()
        for column in model.__table__.columns
        if isinstance(column.type, LargeBinary | Float)
    ]
    assert unfit == []


def test_times_and_dates_are_named_for_what_they_are() -> None:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, UtcDateTime):
                assert column.name == "at" or column.name.endswith("_at"), column
