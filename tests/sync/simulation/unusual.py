"""What no window of this program does: writing as a newer program, and taking a role away.

A newer program knows a table and a column more (`tests/sync/replica/newer_program.py`). What it
seals reaches laptops that know neither; they carry it, show the rest and lose nothing.
"""

import random
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

from mentor_desktop.ids import new_id
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.sync.membership import USER_ENTITY
from mentor_desktop.sync.protocol.operations import (
    CREATE,
    SET,
    Action,
    Op,
    OpId,
    Value,
    runs_of,
    tick,
)
from mentor_desktop.sync.protocol.streams import MEMBERS, PEOPLE
from mentor_desktop.sync.replica import log, state, succession
from mentor_desktop.sync.replica.applying import apply_own
from mentor_desktop.sync.replica.batching import add_batches
from mentor_desktop.sync.replica.entities import entities
from mentor_desktop.sync.replica.rows import Book, Digests
from mentor_desktop.sync.replica.sealing import seal_rest
from mentor_desktop.sync.replica.state import Numbers
from mentor_desktop.sync.replica.transactions import writing
from tests.sync.simulation.actions import Desk, Written
from tests.sync.simulation.devices import Laptop

BADGE, LOOK, NICKNAME = "badge", "look", "nickname"


@dataclass(frozen=True)
class Draft:
    """One operation that is about to be made."""

    entity: str
    row: str
    kind: str
    values: Mapping[str, Value]
    group: str = ""
    base: tuple[OpId, ...] = ()


def write_as_newer(laptop: Laptop, source: random.Random, desk: Desk) -> list[Written]:
    """Do one thing that only a newer program can."""
    people = [row for (row,) in laptop.look.execute("SELECT id FROM person ORDER BY id")]
    badges = _badges(laptop.look)
    deed = source.choice(("create", "nickname", "badge", "look"))
    if deed == "create" or not people:
        return create_as_newer(laptop, desk)
    if deed == "nickname":
        return _change(laptop, desk, ("person", source.choice(people)), NICKNAME, NICKNAME)
    if deed == "look" and badges:
        return _change(laptop, desk, (BADGE, source.choice(badges)), LOOK, "colour")
    token, row = desk.token(), new_id()
    values = {"person_id": source.choice(people), "colour": token, "size": "S"}
    seal_draft(laptop, PEOPLE, Draft(BADGE, row, CREATE, values))
    return [Written(token, laptop.name, BADGE, row, LOOK)]


def set_role(laptop: Laptop, user: str, role: str) -> None:
    """Let an administrator's laptop give a user another role."""
    base, _said = _shown(laptop.look, (USER_ENTITY, user), "role")
    seal_draft(laptop, MEMBERS, Draft(USER_ENTITY, user, SET, {"role": role}, "role", base))


def create_as_newer(laptop: Laptop, desk: Desk) -> list[Written]:
    """Add a person with a column that nobody else knows, and values that nobody else's hold."""
    name, nickname, row = desk.token(), desk.token(), new_id()
    values = {**entities()["person"].defaults, "created_at": 1, NICKNAME: nickname}
    values |= {"note": None, "photo_choice_at": "at noon"}
    values |= {"given_name": name, "family_name": name}
    values.pop("id", None)
    seal_draft(laptop, PEOPLE, Draft("person", row, CREATE, values))
    return [
        Written(name, laptop.name, "person", row, "name"),
        Written(nickname, laptop.name, "person", row, NICKNAME),
    ]


def _badges(raw: StoreConnection) -> list[str]:
    """Return the badges that a newer program shows here: not those whose values were left out."""
    keys = raw.execute("SELECT entity, row FROM sync_row WHERE entity = ? ORDER BY row", (BADGE,))
    book = Book(raw, Numbers(raw), Digests(raw))
    book.open(keys.fetchall(), 0)
    return [row for (_entity, row), found in sorted(book.rows.items()) if found.is_complete]


def _change(
    laptop: Laptop, desk: Desk, key: tuple[str, str], group: str, column: str
) -> list[Written]:
    base, said = _shown(laptop.look, key, group)
    token, before = desk.token(), str(said.get(column, ""))
    seal_draft(laptop, PEOPLE, Draft(*key, SET, {column: token}, group, base))
    return [Written(token, laptop.name, *key, group, before)]


def _shown(
    raw: StoreConnection, key: tuple[str, str], group: str
) -> tuple[tuple[OpId, ...], Mapping[str, Value]]:
    """Return what the person who writes now saw there: its operation, and its values."""
    book = Book(raw, Numbers(raw), Digests(raw))
    book.open([key], 0)
    row = book.rows[key]
    winner = row.state.winner(group)
    return ((winner,), row.values.get(winner, {})) if winner else ((), {})


def seal_draft(laptop: Laptop, stream: str, draft: Draft) -> None:
    """Let a laptop do what no window of it does, and seal it."""
    with closing(laptop.workspace.exchange_connection()) as raw, writing(raw):
        seal_rest(raw)
        own, numbers = state.identity(raw), Numbers(raw)
        number, device = numbers.stream(stream), numbers.device(own.device)
        chain = log.chain_of(raw, number, device)
        chain.seq += 1
        now = laptop.clock.now_ms() + own.clock_offset_ms
        op = Op(
            own.device, chain.seq, tick(own.last_hlc, now), draft.entity, draft.row, draft.kind,
            draft.group, draft.values, draft.base,
        )  # fmt: skip
        action = Action(op.seq, now, laptop.name, "Made of tomorrow", link=new_id())
        add_batches(raw, own, stream, number, device, chain, runs_of([op]), [action])
        raw.execute("UPDATE sync_self SET last_hlc = ?", (op.hlc,))
        apply_own(raw, numbers, stream, device, op.seq)


def has_a_name(laptop: Laptop) -> bool:
    """Say whether a laptop may seal now: a copy may not before its next sync."""
    return not succession.is_another_copy(laptop.look)
