"""A workspace on several laptops with a stick between them."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mentor_desktop.services.attendance import mark
from mentor_desktop.services.second_laptop import (
    Handed,
    Received,
    begin_on_this_laptop,
    file_in,
    hand_over_choices,
    hand_to_known_laptop,
    hand_to_new_laptop,
    receive,
)
from mentor_desktop.store.workspace import Workspace
from tests.cheap import CHEAP
from tests.services.sample_workshop import Sample, make_sample
from tests.workspaces import FrozenClock

PASSPHRASE = "another long passphrase of laptop B"


@dataclass
class TwoLaptops:
    """Laptop A with the sample workshop, and the stick between it and others."""

    sample: Sample
    clock: FrozenClock
    folder: Path
    others: list[Workspace] = field(default_factory=list)

    @property
    def a(self) -> Workspace:
        return self.sample.workspace

    @property
    def stick(self) -> Path:
        return self.folder / "stick"

    def hand_over(self, **options: Any) -> Handed:
        options = {"workshop_id": self.sample.workshop_id, "cost": CHEAP} | options
        return hand_to_new_laptop(self.a, file_in(self.a, self.stick), **options)

    def begin(self, handed: Handed, name: str = "Jana") -> Workspace:
        made = begin_on_this_laptop(
            self.folder / f"laptop of {name}",
            handed.path,
            handed.words,
            passphrase=PASSPHRASE,
            actor=name,
            clock=self.clock,
        )
        self.others.append(made.workspace)
        return made.workspace

    def second(self, **options: Any) -> Workspace:
        return self.begin(self.hand_over(**options))

    def bring(self, sender: Workspace, receiver: Workspace) -> Received:
        """Carry a file from one laptop to another that it knows."""
        with sender.reader() as uow:
            laptops = hand_over_choices(uow).laptops
        device = next(one.device for one in laptops if one.tag == receiver.device)
        handed = hand_to_known_laptop(sender, file_in(sender, self.stick), device=device)
        return receive(receiver, handed.path)

    def mark(self, workspace: Workspace, person: str, status: str, slot: str = "D1-AM") -> None:
        registration = self.sample.registrations[person]
        with workspace.unit_of_work() as uow:
            mark(
                uow,
                registration_id=registration,
                slot_id=self.sample.slots[slot],
                status=status,
            )


def everything_in(workspace: Workspace) -> str:
    """Return all that the database holds, batches opened."""
    with workspace.reader() as uow:
        tables = uow.raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        found = [
            repr(row)
            for (table,) in tables
            for row in uow.raw.execute(f'SELECT * FROM "{table}"').fetchall()
        ]
        batches = uow.raw.execute("SELECT body FROM sync_batch").fetchall()
        found += [zlib.decompress(body).decode() for (body,) in batches]
    return "\n".join(found)


@pytest.fixture
def laptops(workspace: Workspace, clock: FrozenClock, tmp_path: Path) -> Iterator[TwoLaptops]:
    made = TwoLaptops(make_sample(workspace), clock, tmp_path)
    made.stick.mkdir()
    yield made
    for one in made.others:
        one.close(with_backup=False)
