"""What people do on one laptop: each action writes a value that no other action ever writes.

Nothing of what a factory counts up is taken: the same seed writes the same values.
So a lost action, a value shown over one whose author had seen it, and half an action are seen
by looking for values alone.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from mentor_desktop.ids import derived_id
from mentor_desktop.models import (
    AttendanceMark,
    Person,
    Programme,
    Project,
    Registration,
    Slot,
    Workshop,
    WorkspaceSetting,
)
from tests import factories

PREFIX = "tok"


@dataclass(frozen=True)
class Written:
    """One value that an action left: where, and the value its author saw there before."""

    token: str
    laptop: str
    entity: str
    row: str
    group: str
    before: str = ""


@dataclass
class Desk:
    """Where actions get their values and put down what they wrote."""

    numbers: int = 0

    def token(self) -> str:
        self.numbers += 1
        return f"{PREFIX}{self.numbers:06d}"


Action = Callable[[Any, random.Random, Desk, str], list[Written]]


def _pick(session: Any, model: Any, source: random.Random) -> Any:
    rows = session.scalars(select(model).order_by(model.id)).all()
    return source.choice(rows) if rows else None


def add_person(uow: Any, _source: random.Random, desk: Desk, laptop: str) -> list[Written]:
    """Both names are one group: they stay equal for ever."""
    token = desk.token()
    person = factories.person(uow.session, given_name=token, family_name=token, note="", email="")
    return [Written(token, laptop, "person", person.id, "name")]


def add_two(uow: Any, source: random.Random, desk: Desk, laptop: str) -> list[Written]:
    """Two people in one action: others see both or none."""
    return add_person(uow, source, desk, laptop) + add_person(uow, source, desk, laptop)


def rename(uow: Any, source: random.Random, desk: Desk, laptop: str) -> list[Written]:
    person = _pick(uow.session, Person, source)
    if person is None:
        return []
    token, before = desk.token(), person.given_name
    person.given_name = person.family_name = token
    return [Written(token, laptop, "person", person.id, "name", before)]


def note(uow: Any, source: random.Random, desk: Desk, laptop: str) -> list[Written]:
    person = _pick(uow.session, Person, source)
    if person is None:
        return []
    token, before = desk.token(), person.note
    person.note = token
    return [Written(token, laptop, "person", person.id, "note", before)]


def rename_twice(uow: Any, source: random.Random, desk: Desk, laptop: str) -> list[Written]:
    """Two columns of two groups in one action."""
    return rename(uow, source, desk, laptop) + note(uow, source, desk, laptop)


def merge_people(uow: Any, source: random.Random, _desk: Desk, _laptop: str) -> list[Written]:
    """One person becomes an alias of another, perhaps while somebody marks them."""
    person, other = _pick(uow.session, Person, source), _pick(uow.session, Person, source)
    if person is not None and other is not None and person.id < other.id and not other.alias_of:
        other.alias_of = person.id
    return []


def register(uow: Any, source: random.Random, _desk: Desk, _laptop: str) -> list[Written]:
    """The id derives from person and workshop: two laptops make the same row."""
    person, workshop = _pick(uow.session, Person, source), _pick(uow.session, Workshop, source)
    if person is None or workshop is None:
        return []
    found = derived_id("registration", workshop.id, person.id)
    if uow.session.get(Registration, found) is None:
        factories.registration(uow.session, workshop_id=workshop.id, person_id=person.id)
    return []


def walk_in(uow: Any, source: random.Random, desk: Desk, laptop: str) -> list[Written]:
    """A new person registers: one action in two streams."""
    written = add_person(uow, source, desk, laptop)
    workshop = _pick(uow.session, Workshop, source)
    if workshop is not None:
        factories.registration(uow.session, workshop_id=workshop.id, person_id=written[0].row)
    return written


def mark(uow: Any, source: random.Random, desk: Desk, laptop: str) -> list[Written]:
    """A mark names all current ones of the same person and half-day."""
    registration = _pick(uow.session, Registration, source)
    slots = uow.session.scalars(select(Slot).order_by(Slot.id)).all()
    if registration is None or not slots:
        return []
    slot = source.choice(slots)
    if slot.workshop_id != registration.workshop_id:
        return []
    marks = uow.session.scalars(
        select(AttendanceMark).where(
            AttendanceMark.registration_id == registration.id, AttendanceMark.slot_id == slot.id
        )
    ).all()
    gone = {one for each in marks for one in each.supersedes}
    token = desk.token()
    made = factories.attendance_mark(
        uow.session,
        registration_id=registration.id,
        slot_id=slot.id,
        status=source.choice(("present", "absent", "partial")),
        note=token,
        supersedes=sorted(one.id for one in marks if one.id not in gone),
    )
    return [Written(token, laptop, "attendance_mark", made.id, "")]


def move_slot(uow: Any, source: random.Random, _desk: Desk, _laptop: str) -> list[Written]:
    slot = _pick(uow.session, Slot, source)
    if slot is not None:
        slot.starts_at = slot.starts_at.replace(minute=source.randrange(60))
        slot.ends_at = slot.ends_at.replace(minute=slot.starts_at.minute)
    return []


def set_setting(uow: Any, source: random.Random, desk: Desk, laptop: str) -> list[Written]:
    """Two laptops make the same row, or change it."""
    name = source.choice(("greeting", "farewell"))
    row = uow.session.get(WorkspaceSetting, derived_id("workspace_setting", name))
    token = desk.token()
    if row is None:
        row = factories.workspace_setting(uow.session, name=name, value=token)
        return [Written(token, laptop, "workspace_setting", row.id, "value")]
    before, row.value = row.value, token
    return [Written(token, laptop, "workspace_setting", row.id, "value", before)]


def write_programme(uow: Any, source: random.Random, desk: Desk, laptop: str) -> list[Written]:
    programme = _pick(uow.session, Programme, source)
    if programme is None:
        programme = factories.programme(uow.session, code="MPC")
    token, before = desk.token(), programme.code
    programme.code = token
    return [Written(token, laptop, "programme", programme.id, "code", before)]


def delete_person(uow: Any, source: random.Random, _desk: Desk, _laptop: str) -> list[Written]:
    """Somebody nobody refers to here; another laptop may have registered them meanwhile."""
    registered = select(Registration.person_id)
    aliases = select(Person.alias_of).where(Person.alias_of.is_not(None))
    free = uow.session.scalars(
        select(Person)
        .where(Person.id.not_in(registered), Person.id.not_in(aliases))
        .order_by(Person.id)
    ).all()
    if free:
        uow.session.delete(source.choice(free))
    return []


def delete_registration(
    uow: Any, source: random.Random, _desk: Desk, _laptop: str
) -> list[Written]:
    """One without marks here; another laptop may have marked it meanwhile."""
    marked = select(AttendanceMark.registration_id)
    free = uow.session.scalars(
        select(Registration).where(Registration.id.not_in(marked)).order_by(Registration.id)
    ).all()
    if free:
        uow.session.delete(source.choice(free))
    return []


def attach_logo(uow: Any, source: random.Random, desk: Desk, _laptop: str) -> list[Written]:
    project = _pick(uow.session, Project, source)
    if project is None:
        project = factories.project(uow.session, title="Project", number=f"no {desk.numbers}")
    content = desk.token().encode() * source.randrange(1, 4)
    project.logos = [*project.logos, uow.blobs.add(content)]
    return []


def count_people(uow: Any) -> int:
    return int(uow.session.scalar(select(func.count()).select_from(Person)) or 0)


def tokens_in(text: str) -> set[str]:
    """Return every value of an action that stands in a text of JSON."""
    found: set[str] = set()
    stack: list[Any] = [json.loads(text)]
    while stack:
        one = stack.pop()
        if isinstance(one, str) and one.startswith(PREFIX):
            found.add(one)
        elif isinstance(one, list):
            stack += one
        elif isinstance(one, dict):
            stack += one.values()
    return found


# By how often people do it.
ACTIONS: tuple[Action, ...] = (
    add_person, add_two, rename, rename, rename, note, note, rename_twice, merge_people, register,
    register, walk_in, mark, mark, mark, mark, move_slot, set_setting, set_setting,
    write_programme, delete_person, delete_registration, attach_logo,
)  # fmt: skip
