"""A value that a column of this program cannot hold is carried; its table shows the default."""

import json
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from mentor_desktop.models import Person
from mentor_desktop.models.base import LARGEST_NUMBER, from_milliseconds, to_milliseconds
from mentor_desktop.services.conflicts import conflict_cards
from mentor_desktop.services.history import recent_actions, row_history
from mentor_desktop.store.capture import captured_tables
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.blobs import wanted_files
from mentor_desktop.sync.protocol.batches import NO_HASH, Batch, make_batch
from mentor_desktop.sync.protocol.operations import (
    CREATE,
    SET,
    Action,
    Content,
    Op,
    OpId,
    Value,
    runs_of,
)
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.conflicts import list_conflicts
from mentor_desktop.sync.replica.entities import entities
from mentor_desktop.sync.replica.recompute import check_stream
from tests import factories
from tests.services.sample_workshop import make_sample
from tests.sync.replica.devices import Device, Devices, same

HLC = 1_773_129_900_000 << 16
ROW = "a" * 32
STRANGE: list[tuple[str, str, Value]] = [
    ("person", "note", None),
    ("person", "given_name", 5),
    ("person", "email", True),
    ("person", "birth_year", "x"),
    ("person", "birth_year", LARGEST_NUMBER + 1),
    ("person", "organisation_id", 7),
    ("person", "created_at", "x"),
    ("person", "created_at", None),
    ("person", "created_at", 10**17),
    ("person", "photo_choice_at", 1.5),
    ("person", "roles", "x"),
    ("person", "roles", '{"mentor":1}'),
    ("project", "logos", "x"),
    ("project", "starts_on", "2026-02-30"),
    ("project", "starts_on", "20260201"),
    ("project", "starts_on", "0999-12-31"),
    ("person", "created_at", to_milliseconds(datetime(999, 12, 31, tzinfo=UTC))),
]

# Beside "other", for columns that hold no text.
_ORDINARY: dict[str, Value] = {
    "birth_year": 1990,
    "organisation_id": None,
    "created_at": 1,
    "photo_choice_at": 1,
    "roles": '["mentor"]',
    "logos": '["logo"]',
    "starts_on": "2026-02-01",
}


@pytest.mark.parametrize("gaps", ["[[1]]", "[[1,2,3]]", "[[1,1e3]]", f"[[0,{10**17}]]", "[1,2]"])
def test_gaps_are_pairs_of_times(gaps: str) -> None:
    kind = entities()["attendance_mark"].kinds["gaps"]
    assert not kind.holds(gaps)
    assert kind.holds("[[1773129900000,1773130800000]]")


def _said(entity: str, **values: Value) -> dict[str, Value]:
    said = {**entities()[entity].defaults, **values}
    del said["id"]
    return said


def _batch(
    device: Device, *drafts: tuple[str, str, str, dict[str, Value], tuple[int, ...]], at: int = 1
) -> Batch:
    """Return what another program on this device sealed: entity, kind, group, values, bases."""
    own = state.identity(device.raw)
    made = [
        Op(
            own.device, seq, HLC + seq, entity, ROW, kind, group, values,
            tuple(OpId(own.device, base) for base in bases),
        )
        for seq, (entity, kind, group, values, bases) in enumerate(drafts, 1)
    ]  # fmt: skip
    content = Content(runs_of(made), (Action(len(made), at, "Rasa", "Acted"),))
    return make_batch(own.workspace, "people", own.device, 1, NO_HASH, content, 99, own.signer())


def _group(entity: str, column: str) -> str:
    return entities()[entity].group_of[column]


def _kept(device: Device) -> list[dict[str, Any]]:
    return [json.loads(vals) for *_key, vals in device.shelf()]


@pytest.mark.parametrize(("entity", "column", "value"), STRANGE)
@pytest.mark.parametrize("kind", [CREATE, SET])
def test_it_is_kept_and_the_default_shown(
    devices: Devices, kind: str, entity: str, column: str, value: Value
) -> None:
    a, b, c = devices(3)
    known = entities()[entity]
    group = _group(entity, column)
    created = _said(entity, **({column: value} if kind == CREATE else {}))
    drafts = [(entity, CREATE, "", created, ())]
    if kind == SET:
        drafts.append((entity, SET, group, {column: value}, (1,)))
    batch = _batch(a, *drafts)
    b.receive("people", [batch])
    assert b.value(entity, ROW, column) == known.defaults[column]
    (kept,) = _kept(b)
    assert kept[column] == value
    assert check_stream(b.raw, "people").was_right
    with b.workspace.reader() as uow:
        assert len(uow.session.scalars(select(captured_tables()[entity])).all()) == 1
    assert wanted_files(b.raw) == set()
    b.set("person" if entity == "person" else "project", ROW, **{_other(entity): "edited"})
    c.receive("people", [batch])
    c.receive_all(b)
    same(b, c)
    assert [one[column] for one in _kept(c)] == [value]


def _other(entity: str) -> str:
    return "phone" if entity == "person" else "title"


@pytest.mark.parametrize(("entity", "column", "value"), STRANGE)
@pytest.mark.parametrize("at", [-(2**62), 2**62])
def test_what_is_told_of_it_can_be_read(
    devices: Devices, entity: str, column: str, value: Value, at: int
) -> None:
    a, b = devices(2)
    group, ordinary = _group(entity, column), _ORDINARY.get(column, "other")
    shown = entities()[entity].shown({column: value}, [column])[column]
    others = {one: entities()[entity].defaults[one] for one in entities()[entity].groups[group]}
    b.receive("people", [_batch(
        a,
        (entity, CREATE, "", _said(entity), ()),
        (entity, SET, group, {**others, column: value}, (1,)),
        (entity, SET, group, {**others, column: ordinary}, (1,)),
        at=at,
    )])  # fmt: skip
    with b.workspace.reader() as uow:
        assert len(conflict_cards(uow)) == (shown != ordinary)
        assert recent_actions(uow)
        assert row_history(uow, entity, ROW)


def test_who_writes_over_it_has_decided(devices: Devices) -> None:
    a, b, c = devices(3)
    batch = _batch(a, ("person", CREATE, "", _said("person", note=None), ()))
    b.receive("people", [batch])
    b.set("person", ROW, note="written here")
    c.receive("people", [batch])
    c.receive_all(b)
    assert c.value("person", ROW, "note") == "written here"
    assert _kept(c) == []
    same(b, c)


def test_it_outlives_a_row_that_goes_and_comes_back(devices: Devices) -> None:
    a, b, c = devices(3)
    batch = _batch(a, ("person", CREATE, "", _said("person", note=None, email="x"), ()))
    b.receive("people", [batch])
    b.delete("person", ROW)
    c.receive("people", [batch])
    c.receive_all(b)
    same(b, c)
    with b.acting() as uow:
        uow.session.add(Person(id=ROW, given_name="", email="x", created_at=from_milliseconds(0)))
    c.receive_all(b)
    assert [one["note"] for one in _kept(c)] == [None]
    assert c.value("person", ROW, "email") == "x"
    same(b, c)
    assert check_stream(b.raw, "people").was_right


def test_beside_another_value_it_can_be_decided(devices: Devices) -> None:
    a, b, c = devices(3)
    batch = _batch(
        a,
        ("person", CREATE, "", _said("person"), ()),
        ("person", SET, "note", {"note": "first"}, (1,)),
        ("person", SET, "note", {"note": None}, (1,)),
    )
    for one in (b, c):
        one.receive("people", [batch])
        assert one.value("person", ROW, "note") == ""
    with b.workspace.unit_of_work() as uow:
        (card,) = list_conflicts(uow.raw)
        assert [card.shown.values, card.others[0].values] == [{"note": ""}, {"note": "first"}]
    same(b, c)


def test_a_row_whose_parent_is_no_id_waits(devices: Devices) -> None:
    a, b, c = devices(3)
    said = _said("consent", person_id=None, given_at=1, purpose="photo", language="en", how="paper")
    batch = _batch(a, ("consent", CREATE, "", said, ()))
    for one in (b, c):
        one.receive("people", [batch])
        assert not one.has("consent", ROW)
        assert [key[:2] for key in one.parked()] == [("consent", ROW)]
    same(b, c)


def test_columns_hold_what_this_program_writes(workspace: Workspace) -> None:
    make_sample(workspace)
    with workspace.unit_of_work() as uow:
        factories.one_of_each(uow.session)
        uow.describe("Acted")
        uow.commit()
    with closing(workspace.plain_connection()) as raw:
        for name, known in entities().items():
            assert known.fits(_said(name)), name
            columns = ", ".join(f'"{one}"' for one in known.columns)
            for row in raw.execute(f'SELECT {columns} FROM "{name}"'):
                values = dict(zip(known.columns, row, strict=True))
                assert known.fits(values), (name, values)
