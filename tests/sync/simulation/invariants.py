"""What must hold whatever happened: checked when all is quiet, and some of it after each step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mentor_desktop.store.capture import captured_tables
from mentor_desktop.store.integrity import stale_derived_tables
from mentor_desktop.sync.protocol.operations import Op, OpId
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.beginning import beginning_of
from mentor_desktop.sync.replica.rows import Book, Digests
from tests.sync.simulation.access import check_told, held_tokens
from tests.sync.simulation.devices import Laptop
from tests.sync.simulation.evidence import (
    Place,
    known_batches,
    laptop_log,
    operations,
    server_log,
    tokens_in_batches,
)
from tests.sync.simulation.oracle import Truth, truth_of
from tests.sync.simulation.world import World

Key = tuple[str, str]
Tables = dict[str, dict[str, dict[str, Any]]]


@dataclass
class Watch:
    """What was seen of each laptop before, for what must never go back."""

    cursors: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def check(self, world: World, name: str, *, has_exchanged: bool) -> None:
        """Check what holds after every step, also in the middle of everything."""
        laptop = world.laptops[name]
        tables = tables_of(laptop)
        _check_groups_are_whole(tables, name)
        if has_exchanged:  # nothing else moves a cursor, or shows what others wrote
            _check_nothing_seen_comes_back(world, laptop, tables)
            self._check_cursors(world, laptop)

    def forget(self, name: str) -> None:
        """An older copy took this laptop's place."""
        self.cursors = {key: since for key, since in self.cursors.items() if key[0] != name}

    def _check_cursors(self, world: World, laptop: Laptop) -> None:
        held = {
            (one.header.stream, one.header.device, one.header.from_seq)
            for one in laptop_log(laptop)
        }
        server = server_log(world.server, world.base.ws)
        raw = laptop.look
        epoch = world.server.epoch(world.base.ws)
        for stream in state.streams(raw):
            cursor = state.cursor(raw, stream)
            key = (laptop.name, stream, cursor.epoch)
            assert cursor.since >= self.cursors.get(key, 0), f"{key} went back"
            self.cursors[key] = cursor.since
            if cursor.epoch != epoch or beginning_of(raw, stream):  # the log before it comes later
                continue
            for seq, batch in server:
                place = (batch.header.stream, batch.header.device, batch.header.from_seq)
                if place[0] == stream and seq <= cursor.since:
                    assert place in held, f"{laptop.name}: the cursor passed {place}"


def check_quiet(world: World) -> None:
    """Check everything when all laptops and the server are in step."""
    laptops = [one for one in world.laptops.values() if one.name not in world.shut_out]
    batches = known_batches(world.server, world.base.ws, laptops)
    check_server_log(world)
    _check_nothing_is_lost(world, batches)
    truth = _truth(world, batches)
    for laptop in laptops:
        _check_is_the_truth(laptop, truth)
        _check_groups_are_whole(tables_of(laptop), laptop.name)
        _check_counts(laptop)
        _check_files(laptop, world.files_nowhere())
    _check_rows_are_equal(laptops)
    _check_shelves_are_equal(laptops)
    _check_no_silent_loser(world, truth)
    for name in world.shut_out:
        check_told(world.laptops[name])
    check_isolation(world)


def tables_of(laptop: Laptop) -> Tables:
    """Return what a laptop's tables show, by table and id."""
    raw = laptop.look
    tables: Tables = {}
    for name in captured_tables():
        found = raw.execute(f'SELECT * FROM "{name}"')
        names = [one[0] for one in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        tables[name] = {row.pop("id"): row for row in rows}
    return tables


def check_server_log(world: World) -> None:
    """Numbers without a gap; each operation once, in an unbroken chain of its device."""
    log = server_log(world.server, world.base.ws)
    assert [seq for seq, _batch in log] == list(range(1, len(log) + 1))
    chains: dict[tuple[str, str], tuple[int, bytes]] = {}
    for _seq, batch in log:
        header = batch.header
        last, hash_ = chains.get((header.stream, header.device), (0, bytes(32)))
        assert header.from_seq == last + 1, "an operation twice, or missing"
        assert header.prev_hash == hash_
        chains[header.stream, header.device] = (header.to_seq, header.hash)


def _truth(world: World, batches: Mapping[Place, Any]) -> dict[str, Truth]:
    streams: dict[str, list[Op]] = {}
    for stream, op in operations(dict(batches)):
        streams.setdefault(stream, []).append(op)
    return truth_of(streams, world.server.admins(world.base.ws))


def _check_nothing_is_lost(world: World, batches: Mapping[Place, Any]) -> None:
    kept = tokens_in_batches(batches.values()) | _kept_back(world)
    lost = [one for one in world.written if one.token not in kept]
    assert not lost, f"lost: {lost}"
    on_server = {
        (batch.header.stream, batch.header.device, batch.header.from_seq)
        for _seq, batch in server_log(world.server, world.base.ws)
    }
    assert batches.keys() <= on_server, "an operation never reached the server"


def _kept_back(world: World) -> set[str]:
    """Return the values that lie on laptops whose access was ended."""
    return set().union(*(held_tokens(world.laptops[name]) for name in world.shut_out))


def _check_is_the_truth(laptop: Laptop, truth: Mapping[str, Truth]) -> None:
    raw = laptop.look
    numbers = state.Numbers(raw)
    book = Book(raw, numbers, Digests(raw))
    rows = raw.execute("SELECT entity, row, stream FROM sync_row").fetchall()
    book.open([(entity, row) for entity, row, _stream in rows], 0)
    found: dict[str, dict[Key, str]] = {}
    for entity, row, stream in rows:
        text = book.rows[entity, row].state.digest_text()
        found.setdefault(numbers.stream_of(stream), {})[entity, row] = text
    parked = set(raw.execute("SELECT DISTINCT entity, row FROM sync_parked").fetchall())
    for stream, known in truth.items():
        expected = {key: one.digest_text() for key, one in known.states.items()}
        assert found.get(stream, {}) == expected, f"{laptop.name}, {stream}: other states"
    assert parked == {key for one in truth.values() for key in one.parked}, laptop.name
    expected_tables: dict[str, dict[str, Mapping[str, Any]]] = {}
    for one in truth.values():
        for name, shown in one.tables.items():
            expected_tables.setdefault(name, {}).update(shown)
    shown_tables = {name: rows for name, rows in tables_of(laptop).items() if rows}
    assert shown_tables == expected_tables, f"{laptop.name}: other rows"


def _check_rows_are_equal(laptops: list[Laptop]) -> None:
    first, *others = [one.rows() for one in laptops]
    for other in others:
        assert other == first


def _check_shelves_are_equal(laptops: list[Laptop]) -> None:
    """What no table here can show is kept alike: of a newer program, of losers, of the dead."""
    first, *others = [_shelf(one) for one in laptops]
    for other in others:
        assert other == first


def _shelf(laptop: Laptop) -> list[tuple[Any, ...]]:
    rows = laptop.look.execute(
        "SELECT s.entity, s.row, s.grp, p.device, s.seq, s.vals FROM sync_shelf s "
        "JOIN sync_peer p ON p.no = s.device ORDER BY 1, 2, 3, 4, 5"
    )
    return list(rows.fetchall())


def _check_groups_are_whole(tables: Tables, name: str) -> None:
    """Both names of a person come from one action; so do begin and end of a half-day."""
    for person in tables["person"].values():
        assert person["given_name"] == person["family_name"], f"{name}: half a name"


def _check_nothing_seen_comes_back(world: World, laptop: Laptop, tables: Tables) -> None:
    """Never is a value shown to somebody who wrote another one over it on this laptop."""
    refused = laptop.refused_tokens()
    for one in world.written:
        if one.token in world.doubled or one.before in world.doubled:
            continue
        if one.laptop == laptop.name and one.before and one.token not in refused:
            row = tables.get(one.entity, {}).get(one.row, {})
            assert one.before not in row.values(), f"{laptop.name}: {one} was overwritten"


def _check_no_silent_loser(world: World, truth: Mapping[str, Truth]) -> None:
    """Each value is shown, or kept beside it, or somebody who saw it wrote another."""
    # Several operations say a value when a copy made again what the device it was had sealed.
    authors: dict[str, set[OpId]] = {}
    stream_of: dict[str, str] = {}
    rejected: set[str] = set()
    for stream, one in truth.items():
        for op in one.operations.values():
            for value in op.values.values():
                if isinstance(value, str):
                    authors.setdefault(value, set()).add(op.id)
                    stream_of[value] = stream
                    if op.id in one.rejected:
                        rejected.add(value)
    kept_back = _kept_back(world) - stream_of.keys()
    written = [one for one in world.written if one.token not in kept_back]
    replaced = {one.before for one in written if one.token not in rejected}
    for one in written:
        if one.token in rejected or one.token in world.doubled or not one.group:
            continue
        row = truth[stream_of[one.token]].states[one.entity, one.row]
        is_head = not authors[one.token].isdisjoint(row.heads_of(one.group))
        if one.token in replaced:
            assert not is_head, f"{one} competes with a value whose author had seen it"
        else:
            assert is_head, f"{one} vanished, and nobody had seen it"


def _check_counts(laptop: Laptop) -> None:
    raw = laptop.look
    assert stale_derived_tables(raw) == [], laptop.name
    assert raw.execute("PRAGMA foreign_key_check").fetchall() == [], laptop.name
    unsent = raw.execute("SELECT count(*) FROM sync_batch WHERE is_acked = 0").fetchone()
    assert unsent[0] == 0, f"{laptop.name}: something waits for ever"


def _check_files(laptop: Laptop, nowhere: set[str]) -> None:
    blobs = laptop.workspace.blobs()
    raw = laptop.look
    wanted = raw.execute("SELECT each.value FROM project, json_each(project.logos) AS each")
    for (address,) in wanted.fetchall():
        if address not in nowhere:
            blobs.read(address)


def check_isolation(world: World) -> None:
    """Whoever has rights in another workspace learns nothing here, not even that it is there."""
    for answer, nothing in world.probe_as_stranger():
        assert answer.status in (401, 403, 404)
        assert (answer.status, answer.content) == (nothing.status, nothing.content)
