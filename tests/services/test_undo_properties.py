"""Whatever is done, taking everything back leads to where it began, and redo to where it was."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentor_desktop.models import Base, Organisation, Person, Registration, Workshop
from mentor_desktop.services import history
from mentor_desktop.services.attendance_reading import standings_of_slot
from mentor_desktop.services.integrity import check_workspace
from mentor_desktop.store.capture import captured_tables
from mentor_desktop.store.unit_of_work import Reader, UnitOfWork
from mentor_desktop.store.workspace import Workspace
from tests import factories
from tests.workspaces import FrozenClock, Template

STATUSES = ("present", "late", "absent", "expected", "excused", "remote")
TEXTS = st.text(alphabet="aąčŠ ж'\"\\\n0", max_size=6)

Edit = Callable[[UnitOfWork, int], object]


def _some(uow: UnitOfWork, model: type[Base], index: int) -> Any:
    """Return one of the rows there are, None when there is none."""
    rows = uow.session.query(model).order_by(model.id).all()  # type: ignore[attr-defined]
    return rows[index % len(rows)] if rows else None


def _change(model: type[Base], field: str, value: object) -> Edit:
    def edit(uow: UnitOfWork, index: int) -> None:
        row = _some(uow, model, index)
        if row is not None:
            setattr(row, field, value)

    return edit


def _mark(status: str) -> Edit:
    def edit(uow: UnitOfWork, index: int) -> None:
        place = _some(uow, Registration, index)
        if place is None:
            return
        slot = uow.raw.execute(
            "SELECT id FROM slot WHERE workshop_id = ?", (place.workshop_id,)
        ).fetchone()
        slot_id = slot[0] if slot else factories.slot(uow.session, workshop_id=place.workshop_id).id
        now = standings_of_slot(uow.raw, slot_id).get(place.id)
        factories.attendance_mark(
            uow.session,
            registration_id=place.id,
            slot_id=slot_id,
            status=status,
            supersedes=list(now.current_ids) if now else [],
        )

    return edit


def _walk_in(uow: UnitOfWork, index: int) -> None:
    workshop = _some(uow, Workshop, index)
    if workshop is None:
        factories.attendance_mark(uow.session)
        return
    place = factories.registration(uow.session, workshop_id=workshop.id, source="walk_in")
    uow.session.flush()
    factories.attendance_mark(uow.session, registration_id=place.id)


def _delete_person(uow: UnitOfWork, index: int) -> None:
    row = _some(uow, Person, index)
    used = (
        row
        and uow.raw.execute(
            "SELECT 1 FROM registration WHERE person_id = ? UNION SELECT 1 FROM person WHERE alias_of = ?",
            (row.id, row.id),
        ).fetchone()
    )
    if row is not None and not used:
        uow.session.delete(row)


def _employ(uow: UnitOfWork, index: int) -> None:
    person, school = _some(uow, Person, index), _some(uow, Organisation, index)
    if person is not None:
        person.organisation_id = school.id if school and index % 2 else None


EDITS: st.SearchStrategy[Edit] = st.one_of(
    st.builds(lambda text: _change(Person, "family_name", text), TEXTS),
    st.builds(lambda text: _change(Person, "note", text), TEXTS),
    st.builds(lambda roles: _change(Person, "roles", roles), st.lists(TEXTS, max_size=2)),
    st.builds(
        lambda year: _change(Person, "birth_year", year), st.none() | st.integers(1900, 2020)
    ),
    st.builds(
        lambda title: _change(Workshop, "title", title),
        st.dictionaries(st.sampled_from(["en", "lt"]), TEXTS, max_size=2),
    ),
    st.builds(lambda yes: _change(Registration, "is_partner_staff", yes), st.booleans()),
    st.builds(_mark, st.sampled_from(STATUSES)),
    st.sampled_from(
        [
            lambda uow, _index: factories.person(uow.session),
            lambda uow, _index: factories.organisation(uow.session),
            lambda uow, _index: factories.registration(uow.session),
            _walk_in,
            _delete_person,
            _employ,
        ]
    ),
)
# An action is one to three edits; each picks its row by a number.
ACTIONS = st.lists(
    st.lists(st.tuples(EDITS, st.integers(0, 9)), min_size=1, max_size=3), max_size=8
)


def _state(uow: Reader) -> dict[str, Any]:
    """Return every row that can be changed, and what counts of the marks that cannot."""
    state: dict[str, Any] = {}
    for entity, model in captured_tables().items():
        if not model.append_only:
            rows = uow.raw.execute(f'SELECT * FROM "{entity}" ORDER BY id').fetchall()
            state[entity] = json.dumps(rows)
    for (slot_id,) in uow.raw.execute("SELECT id FROM slot").fetchall():
        state[slot_id] = {
            place: (found.mark.status, found.note)
            for place, found in standings_of_slot(uow.raw, slot_id).items()
            if found.mark.status != "expected"
        }
    return state


def _read(workspace: Workspace) -> dict[str, Any]:
    with workspace.reader() as uow:
        return _state(uow)


@pytest.fixture(scope="module")
def fresh(workspace_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a function that opens another empty workspace."""
    folder: Path = tmp_path_factory.mktemp("undo")

    def open_one() -> Workspace:
        root = folder / "workspace"
        shutil.rmtree(root, ignore_errors=True)
        return Workspace.open(
            workspace_template.copy_to(root), workspace_template.key, clock=FrozenClock()
        )

    return open_one


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=ACTIONS)
def test_undoing_everything_leads_to_the_start_and_redoing_to_the_end(
    fresh: Callable[[], Workspace], actions: list[list[tuple[Edit, int]]]
) -> None:
    workspace = fresh()
    try:
        states = [_read(workspace)]
        for action in actions:
            with workspace.unit_of_work() as uow:
                for edit, index in action:
                    edit(uow, index)
                    uow.session.flush()
                done = uow.commit()
            if done:
                states.append(_read(workspace))
        for expected in reversed(states[:-1]):
            _take(workspace, history.next_undo)
            assert _read(workspace) == expected
        for expected in states[1:]:
            _take(workspace, history.next_redo)
            assert _read(workspace) == expected
        report = check_workspace(workspace)
        assert (report.problems, report.repaired) == ((), ())
    finally:
        workspace.close(with_backup=False)


def _take(workspace: Workspace, which: Callable[[Reader], history.ActionRow | None]) -> None:
    with workspace.reader() as uow:
        row = which(uow)
    assert row is not None
    with workspace.unit_of_work() as uow:
        history.undo(uow, row.txn)
