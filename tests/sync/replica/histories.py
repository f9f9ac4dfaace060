"""Random work of several devices on one workspace, and random deliveries between them."""

from random import Random
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlcipher3 import dbapi2

from mentor_desktop.ids import derived_id, new_id
from mentor_desktop.models.base import to_milliseconds
from mentor_desktop.store.unit_of_work import UnitOfWork
from mentor_desktop.sync.protocol.batches import Batch, open_batch
from mentor_desktop.sync.protocol.operations import Op, expand
from mentor_desktop.sync.replica.entities import entities
from tests.sync.replica.devices import Device

TEXTS = ("", "a", "b", "c", "d")
# Columns that a random edit changes, by table: in groups of one, of several, and references.
EDITED: dict[str, tuple[tuple[str, ...], ...]] = {
    "organisation": (
        ("name",),
        ("city",),
        ("legal_representative", "legal_representative_function"),
    ),
    "person": (("given_name", "family_name"), ("email",), ("note",)),
    "workshop": (("city", "country"), ("status",)),
    "registration": (("state",), ("role",)),
    "slot": (("code",),),
}
REFERRED = {
    "person": ("organisation_id", "organisation"),
    "workshop": ("host_org_id", "organisation"),
}


class Work:
    """Makes random changes on a device; deterministic by its dice."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self._count = 0

    def step(self, device: Device) -> None:
        """Do one random action on a device; one that the tables refuse is none."""
        device.clock.advance(seconds=self.dice.randint(-3000, 4000))
        try:
            with device.acting("Did {what}", what="something") as uow:
                for _ in range(self.dice.choice((1, 1, 1, 2, 5))):
                    self._change(uow)
        except (dbapi2.IntegrityError, IntegrityError):
            return

    def _change(self, uow: UnitOfWork) -> None:
        what = self.dice.random()
        if what < 0.4:
            self._create(uow)
        elif what < 0.8:
            self._set(uow)
        else:
            self._delete(uow)

    def _create(self, uow: UnitOfWork) -> None:
        entity = self.dice.choice(
            (
                "organisation",
                "person",
                "person",
                "workshop",
                "registration",
                "slot",
                "attendance_mark",
            )
        )
        values: dict[str, Any] = {}
        self._count += 1
        if entity == "organisation":
            values = {"name": f"School {self._count}"}
        elif entity == "person":
            values = {
                "given_name": f"G{self._count}",
                "organisation_id": self._any(uow, "organisation", or_none=True),
            }
        elif entity == "workshop":
            values = {
                "code": f"W{self._count}",
                "time_zone": "UTC",
                "host_org_id": self._any(uow, "organisation", or_none=True),
            }
        elif entity == "slot":
            values = {"workshop_id": self._any(uow, "workshop"), "code": f"S{self._count}"}
        elif entity == "registration":
            values = {
                "workshop_id": self._any(uow, "workshop"),
                "person_id": self._any(uow, "person"),
            }
        else:
            found = uow.raw.execute(
                "SELECT r.id, s.id, r.workshop_id FROM registration r JOIN slot s ON s.workshop_id = r.workshop_id ORDER BY r.id, s.id"
            ).fetchall()
            if not found:
                return
            registration, slot, workshop = self.dice.choice(found)
            values = {"registration_id": registration, "slot_id": slot, "workshop_id": workshop,
                      "status": self.dice.choice(("present", "absent")), "method": "typed", "device": "A",
                      "at": to_milliseconds(uow.clock())}  # fmt: skip
        if any(
            value is None for name, value in values.items() if name in ("workshop_id", "person_id")
        ):
            return
        row = new_id()
        if entity == "registration":
            row = derived_id("registration", values["workshop_id"], values["person_id"])
        _insert(uow, entity, row, values)

    def _set(self, uow: UnitOfWork) -> None:
        entity = self.dice.choice(sorted(EDITED))
        row = self._any(uow, entity)
        if row is None:
            return
        if entity in REFERRED and self.dice.random() < 0.3:
            column, parent = REFERRED[entity]
            values = {column: self._any(uow, parent, or_none=True)}
        else:
            columns = self.dice.choice(EDITED[entity])
            values = {name: self.dice.choice(TEXTS) for name in columns}
        names = ", ".join(f'"{name}" = ?' for name in values)
        uow.raw.execute(f'UPDATE "{entity}" SET {names} WHERE id = ?', (*values.values(), row))

    def _delete(self, uow: UnitOfWork) -> None:
        entity = self.dice.choice(("organisation", "person", "workshop", "registration", "slot"))
        row = self._any(uow, entity)
        if row is not None:
            uow.raw.execute(f'DELETE FROM "{entity}" WHERE id = ?', (row,))
            if self.dice.random() < 0.3:
                kept = uow.raw.execute(
                    "SELECT old FROM change WHERE kind = 'delete' AND row = ? ORDER BY seq DESC",
                    (row,),
                ).fetchone()
                import json

                _insert(uow, entity, row, json.loads(kept[0]))

    def _any(self, uow: UnitOfWork, entity: str, *, or_none: bool = False) -> str | None:
        rows = [row[0] for row in uow.raw.execute(f'SELECT id FROM "{entity}" ORDER BY id')]
        if not rows or (or_none and self.dice.random() < 0.5):
            return None
        return str(self.dice.choice(rows))


class Mail:
    """Carries batches between devices: late, twice, in any order, always in the end."""

    def __init__(self, dice: Random, devices: list[Device]) -> None:
        self._dice = dice
        self._devices = devices

    def some(self) -> None:
        """Deliver a few batches of one device to another, in any order."""
        sender, receiver = self._dice.sample(self._devices, 2)
        streams = sender.streams()
        for stream in self._dice.sample(streams, min(2, len(streams))):
            batches = sender.batches(stream)
            self._deliver(
                receiver, stream, self._dice.sample(batches, self._dice.randint(0, len(batches)))
            )

    def everything(self) -> None:
        """Deliver everything to everybody, in another order to each."""
        sent = {
            one.id: [(stream, batch) for stream in one.streams() for batch in one.batches(stream)]
            for one in self._devices
        }
        for receiver in self._devices:
            rest = [
                pair for sender, pairs in sent.items() if sender != receiver.id for pair in pairs
            ]
            self._dice.shuffle(rest)
            while rest:
                stream = rest[0][0]
                page = [batch for name, batch in rest if name == stream][
                    : self._dice.randint(1, 10)
                ]
                self._deliver(receiver, stream, page)
                rest = [pair for pair in rest if pair[1] not in page]

    def _deliver(self, receiver: Device, stream: str, batches: list[Batch]) -> None:
        if batches and self._dice.random() < 0.3:
            batches = [*batches, self._dice.choice(batches)]
        applied = receiver.receive(stream, batches, with_consent=True)
        assert (applied.forks, applied.refused) == ((), ())


def operations(devices: list[Device]) -> dict[str, list[Op]]:
    """Return every operation that was sealed, by stream."""
    found: dict[str, list[Op]] = {}
    for one in devices:
        for stream in one.streams():
            for batch in one.batches(stream):
                found.setdefault(stream, []).extend(expand(open_batch(batch)))
    return found


def _insert(uow: UnitOfWork, entity: str, row: str, values: dict[str, Any]) -> None:
    known = entities()[entity]
    filled = {**known.defaults, **values, "id": row}
    names = ", ".join(f'"{name}"' for name in filled)
    holes = ", ".join("?" * len(filled))
    uow.raw.execute(f'INSERT INTO "{entity}" ({names}) VALUES ({holes})', tuple(filled.values()))
