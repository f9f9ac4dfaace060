"""Walks of a mentor with three computers: whatever happens in which order, nothing is lost or leaks.

Invariants 25 and 26 over the real engine: computers begin, write, sync, lock, end and are compared
in any order; after a rest each of them reads everything, a sheet opens everything, and one that is
taken out then reads nothing that is written from that on.
"""

import os
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from mentor_desktop.errors import NotFoundError
from mentor_desktop.sync.journal.entries import Entry, Version
from mentor_desktop.sync.protocol.operations import OpId
from tests.sync.journal.mentors import Computer, World, said
from tests.workspaces import Template

WALKS = int(os.environ.get("MENTOR_JOURNAL_WALKS", "2"))
STEPS = 30
NAMES = ("home", "train")


class Walk:
    """One walk, told by its seed, and what a person knows: who wrote which text over which."""

    def __init__(self, folder: Path, template: Template, seed: int) -> None:
        self._draw = random.Random(seed)
        self.world = World(folder, template, seed)
        self.computers = [self.world.first, *map(self.world.further, NAMES)]
        self._texts: dict[OpId, tuple[str, str]] = {}
        self._written_over: set[OpId] = set()
        for one in self.computers:
            one.begin()

    def step(self) -> None:
        acts = [self._write, self._sync, self._compare, Computer.reopen, Computer.lock]
        act = self._draw.choices([*acts, self._print_sheet], [8, 8, 2, 1, 1, 1])[0]
        self.world.time.pass_by(self._draw.randrange(1, 100))
        act(self._draw.choice(self.computers))

    def rest(self) -> None:
        """Compare all, and let everything come to everybody."""
        for one in self.computers[1:]:
            self._pair(self.computers[0], one)
        self.world.sync(*self.computers, *self.computers)

    def expected(self) -> dict[str, set[str]]:
        """Return the texts nobody wrote over, by entry."""
        texts: dict[str, set[str]] = {}
        for op, (entry, text) in self._texts.items():
            if op not in self._written_over:
                texts.setdefault(entry, set()).add(text)
        return texts

    def _write(self, one: Computer) -> None:
        _unlocked(one)
        text = f"text {len(self._texts)}"
        known = one.open.entries()
        entry = self._draw.choice([*known, None])
        # What does not open is written over all the same: its author is one of them.
        self._written_over |= {version.op for version in _versions(entry)}
        row = one.open.write(text.encode(), entry=entry.id if entry else "")
        made = next(each for each in one.open.entries() if each.id == row)
        self._texts[made.shown.op] = (row, text)

    def _sync(self, one: Computer) -> None:
        self.world.sync(one)

    def _compare(self, one: Computer) -> None:
        self._pair(one, self._draw.choice([each for each in self.computers if each is not one]))

    def _pair(self, one: Computer, other: Computer) -> None:
        _unlocked(one)
        _unlocked(other)
        self.world.sync(one, other, one)
        for each, code in ((one, other.code), (other, one.code)):
            with suppress(NotFoundError):  # somebody both of them trust has done it
                each.open.add_device(code)
        self.world.sync(one, other)

    def _print_sheet(self, one: Computer) -> None:
        _unlocked(one)
        one.open.print_sheet()


def _unlocked(one: Computer) -> None:
    if one.journal is None:
        one.unlock()


def _versions(entry: Entry | None) -> Iterator[Version]:
    if entry is not None:
        yield entry.shown
        yield from entry.others


@pytest.fixture(params=range(WALKS))
def walk(
    request: pytest.FixtureRequest, tmp_path: Path, workspace_template: Template
) -> Iterator[Walk]:
    made = Walk(tmp_path, workspace_template, request.param)
    yield made
    made.world.close()


@pytest.mark.soak
def test_whatever_happens_every_computer_that_counts_reads_everything(walk: Walk) -> None:
    for _step in range(STEPS):
        walk.step()
    walk.rest()
    expected, first = walk.expected(), walk.world.first
    for one in walk.computers:
        assert one.texts() == expected
        assert one.open.findings() == []
        assert one.open.devices().gaps == 0
    fresh = walk.world.further("fresh")
    fresh.begin()
    code = first.open.print_sheet()
    walk.world.sync(first, fresh)
    fresh.open.recover(code)
    assert fresh.texts() == expected
    lost = next(one for one in first.open.devices().trusted if not one.is_own)
    out = next(one for one in walk.world.computers if one.code == lost.code)
    others = [one for one in walk.world.computers if one is not out]
    first.open.revoke(lost.fingerprint)
    walk.world.sync(*others, *others)
    after = first.open.write(b"after")
    walk.world.sync(*others, *others)
    walk.world.leak(out)
    for one in walk.world.computers:
        found = next(entry for entry in one.open.entries() if entry.id == after)
        assert said(found) == ({"key"} if one is out else {"after"})
