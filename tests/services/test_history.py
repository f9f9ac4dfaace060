"""Undo, redo and the history a person reads."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, update

from mentor_desktop.changes import Changes
from mentor_desktop.errors import ConflictError, NotFoundError, ValidationError
from mentor_desktop.i18n import N_
from mentor_desktop.models import AttendanceMark, Organisation, Person, Registration
from mentor_desktop.services import history
from mentor_desktop.services.consents import record_consent
from mentor_desktop.services.field_labels import ENTITY_NAMES, field_label
from mentor_desktop.services.people import change_person
from mentor_desktop.store.capture import captured_tables
from mentor_desktop.store.unit_of_work import UnitOfWork
from mentor_desktop.store.workspace import Workspace
from tests import factories
from tests.workspaces import FrozenClock


def _do(workspace: Workspace, work: Callable[[UnitOfWork], object], sentence: str = "") -> Changes:
    with workspace.unit_of_work() as uow:
        work(uow)
        uow.describe(sentence or N_("Did something"))
        return uow.commit()


def _undo(workspace: Workspace, txn: int | None) -> Changes:
    assert txn is not None
    with workspace.unit_of_work() as uow:
        return history.undo(uow, txn)


def _person(workspace: Workspace, person_id: str) -> tuple[str, str] | None:
    with workspace.reader() as uow:
        found = uow.session.get(Person, person_id)
        return (found.given_name, found.email) if found else None


@pytest.fixture
def ona(workspace: Workspace) -> str:
    """Return the id of a person who is in the workspace."""
    with workspace.unit_of_work() as uow:
        person_id = factories.person(
            uow.session, given_name="Ona", family_name="Onaitė", email="ona@example.org"
        ).id
        uow.commit()
    return person_id


def test_an_undone_edit_gives_the_old_value_back_and_redo_the_new_one(
    workspace: Workspace, ona: str
) -> None:
    changed = _do(workspace, lambda uow: _set(uow, ona, given_name="Asta"))
    undone = _undo(workspace, changed.txn)
    assert _person(workspace, ona) == ("Ona", "ona@example.org")
    assert undone.entities == {"person": frozenset({ona})}
    assert undone.action == "Undone: Did something"
    redone = _undo(workspace, undone.txn)
    assert _person(workspace, ona) == ("Asta", "ona@example.org")
    assert redone.action == "Done again: Did something"


def test_undo_touches_only_the_fields_of_the_action(workspace: Workspace, ona: str) -> None:
    changed = _do(workspace, lambda uow: _set(uow, ona, given_name="Asta"))
    _do(workspace, lambda uow: _set(uow, ona, email="asta@example.org"))
    _undo(workspace, changed.txn)
    assert _person(workspace, ona) == ("Ona", "asta@example.org")


def test_what_somebody_changed_since_is_not_overwritten(workspace: Workspace, ona: str) -> None:
    changed = _do(workspace, lambda uow: _set(uow, ona, given_name="Asta"), N_("Corrected a name"))
    _do(workspace, lambda uow: _set(uow, ona, given_name="Rūta"))
    with pytest.raises(
        ConflictError, match=r"“Corrected a name” cannot be undone: Rūta Onaitė was changed since\."
    ):
        _undo(workspace, changed.txn)
    assert _person(workspace, ona) == ("Rūta", "ona@example.org")


def test_a_refused_undo_leaves_nothing_half_done(workspace: Workspace, ona: str) -> None:
    with workspace.unit_of_work() as uow:
        other = factories.person(uow.session).id
        uow.commit()
    both = _do(workspace, lambda uow: [_set(uow, one, email="x@y.org") for one in (ona, other)])
    _do(workspace, lambda uow: _set(uow, ona, email="later@y.org"))
    before = _person(workspace, other)
    with pytest.raises(ConflictError):
        _undo(workspace, both.txn)
    assert _person(workspace, other) == before


def test_an_undone_creation_is_gone_and_redo_brings_the_same_row_back(
    workspace: Workspace,
) -> None:
    made = _do(workspace, lambda uow: factories.person(uow.session, given_name="Ona"))
    (person_id,) = made.entities["person"]
    undone = _undo(workspace, made.txn)
    assert _person(workspace, person_id) is None
    _undo(workspace, undone.txn)
    found = _person(workspace, person_id)
    assert found is not None
    assert found[0] == "Ona"
    with workspace.reader() as uow:
        assert uow.raw.execute("SELECT count(*) FROM person_order").fetchone()[0] == 1


def test_an_undone_deletion_brings_the_row_back(workspace: Workspace, ona: str) -> None:
    gone = _do(workspace, lambda uow: uow.session.execute(delete(Person)))
    _undo(workspace, gone.txn)
    assert _person(workspace, ona) == ("Ona", "ona@example.org")


def test_a_row_that_others_refer_to_by_now_stays(workspace: Workspace, ona: str) -> None:
    made = _do(workspace, lambda uow: factories.organisation(uow.session, name="School"))
    (school,) = made.entities["organisation"]
    _do(workspace, lambda uow: _set(uow, ona, organisation_id=school))
    with pytest.raises(ConflictError, match="was changed since"):
        _undo(workspace, made.txn)


def test_a_reference_to_what_is_gone_by_now_is_not_put_back(workspace: Workspace, ona: str) -> None:
    made = _do(workspace, lambda uow: factories.organisation(uow.session))
    (school,) = made.entities["organisation"]
    _do(workspace, lambda uow: _set(uow, ona, organisation_id=school))
    cleared = _do(workspace, lambda uow: _set(uow, ona, organisation_id=None))
    _do(workspace, lambda uow: uow.session.execute(delete(Organisation)))
    with pytest.raises(ConflictError):
        _undo(workspace, cleared.txn)


def test_several_rows_with_parents_and_children_are_taken_back_together(
    workspace: Workspace,
) -> None:
    made = _do(workspace, lambda uow: factories.registration(uow.session))
    undone = _undo(workspace, made.txn)
    with workspace.reader() as uow:
        assert uow.session.query(Registration).count() == 0
        assert uow.session.query(Person).count() == 0
    _undo(workspace, undone.txn)
    with workspace.reader() as uow:
        assert uow.session.query(Registration).count() == 1


def test_a_row_changed_twice_in_one_action_goes_back_to_the_first_value(
    workspace: Workspace, ona: str
) -> None:
    def twice(uow: UnitOfWork) -> None:
        _set(uow, ona, given_name="Asta")
        _set(uow, ona, given_name="Rūta")

    _undo(workspace, _do(workspace, twice).txn)
    assert _person(workspace, ona) == ("Ona", "ona@example.org")


def test_an_action_is_undone_once(workspace: Workspace, ona: str) -> None:
    changed = _do(workspace, lambda uow: _set(uow, ona, given_name="Asta"))
    _undo(workspace, changed.txn)
    with pytest.raises(ValidationError, match="undone already"):
        _undo(workspace, changed.txn)


def test_what_is_out_on_paper_is_not_undone(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        factories.certificate(uow.session)
        uow.describe(N_("Issued a certificate"))
        uow.forbid_undo()
        issued = uow.commit()
    assert not issued.undoable
    with pytest.raises(ValidationError, match="“Issued a certificate” cannot be undone"):
        _undo(workspace, issued.txn)


def test_an_unknown_action_is_not_undone(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError):
        _undo(workspace, 99)


# ---------------------------------------------------------------- marks


def _mark(workspace: Workspace, registration: str, slot: str, status: str, **more: object) -> int:
    from mentor_desktop.services.attendance import mark

    with workspace.unit_of_work() as uow:
        changes = mark(uow, registration_id=registration, slot_id=slot, status=status, **more)  # type: ignore[arg-type]
    assert changes.txn is not None
    return changes.txn


def _standing(workspace: Workspace, registration: str, slot: str) -> tuple[str, str, int] | None:
    from mentor_desktop.services.attendance_reading import standing_of

    with workspace.reader() as uow:
        found = standing_of(uow.raw, registration, slot)
        count = uow.session.query(AttendanceMark).count()
    return (found.mark.status.value, found.note, count) if found else None


@pytest.fixture
def place(workspace: Workspace) -> tuple[str, str]:
    """Return a registration and a half-day of its workshop."""
    with workspace.unit_of_work() as uow:
        of = factories.registration(uow.session)
        slot = factories.slot(uow.session, workshop_id=of.workshop_id)
        factories.agenda_item(uow.session, slot_id=slot.id)
        uow.commit()
    return of.id, slot.id


def test_an_undone_mark_is_answered_by_another_that_says_expected(
    workspace: Workspace, place: tuple[str, str]
) -> None:
    txn = _mark(workspace, *place, "present")
    undone = _undo(workspace, txn)
    assert _standing(workspace, *place) == ("expected", "", 2)
    _undo(workspace, undone.txn)
    assert _standing(workspace, *place) == ("present", "", 3)


def test_undo_of_a_correction_says_again_what_was_there(
    workspace: Workspace, place: tuple[str, str], clock: FrozenClock
) -> None:
    arrived = clock().replace(minute=20, second=0)
    _mark(workspace, *place, "late", arrived_at=arrived, note="train")
    clock.advance(minutes=1)
    txn = _mark(workspace, *place, "absent", note="")
    _undo(workspace, txn)
    assert _standing(workspace, *place) == ("late", "train", 3)
    with workspace.reader() as uow:
        last = uow.session.query(AttendanceMark).order_by(AttendanceMark.id.desc()).first()
        assert last is not None
        assert last.arrived_at == arrived
        assert last.at == clock()


def test_a_mark_that_was_corrected_since_is_not_undone(
    workspace: Workspace, place: tuple[str, str]
) -> None:
    first = _mark(workspace, *place, "present")
    _mark(workspace, *place, "absent")
    with pytest.raises(ConflictError):
        _undo(workspace, first)
    assert _standing(workspace, *place) == ("absent", "", 2)


def test_several_marks_of_one_person_are_undone_one_after_the_other(
    workspace: Workspace, place: tuple[str, str]
) -> None:
    for status in ("present", "late", "absent"):
        _mark(workspace, *place, status)
    for expected in ("late", "present", "expected"):
        _undo_next(workspace)
        found = _standing(workspace, *place)
        assert found is not None
        assert found[0] == expected
    for expected in ("present", "late", "absent"):
        _redo_next(workspace)
        found = _standing(workspace, *place)
        assert found is not None
        assert found[0] == expected


def test_a_registration_whose_marks_were_undone_can_be_undone_too(workspace: Workspace) -> None:
    made = _do(workspace, lambda uow: factories.registration(uow.session))
    (registration,) = made.entities["registration"]
    with workspace.unit_of_work() as uow:
        of = uow.session.get_one(Registration, registration)
        slot = factories.slot(uow.session, workshop_id=of.workshop_id)
        uow.commit()
    _mark(workspace, registration, slot.id, "present")
    for _ in range(3):
        _undo_next(workspace)
    with workspace.reader() as uow:
        for table in ("attendance_mark", "superseded", "slot", "registration", "person"):
            assert uow.raw.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
    for _ in range(3):
        _redo_next(workspace)
    found = _standing(workspace, registration, slot.id)
    assert found is not None
    assert found[0] == "present"


def test_two_marks_of_one_action_are_answered_by_one(
    workspace: Workspace, place: tuple[str, str]
) -> None:
    registration, slot = place

    def twice(uow: UnitOfWork) -> None:
        first = factories.attendance_mark(
            uow.session, registration_id=registration, slot_id=slot, status="present"
        )
        factories.attendance_mark(
            uow.session,
            registration_id=registration,
            slot_id=slot,
            status="absent",
            supersedes=[first.id],
        )

    _undo(workspace, _do(workspace, twice).txn)
    assert _standing(workspace, *place) == ("expected", "", 3)


def test_an_undone_walk_in_leaves_no_trace_on_the_list_and_comes_back_whole(
    workspace: Workspace,
) -> None:
    made = _do(workspace, lambda uow: factories.attendance_mark(uow.session))
    undone = _undo(workspace, made.txn)
    with workspace.reader() as uow:
        for table in ("attendance_mark", "registration", "person", "superseded"):
            assert uow.raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0, table
    _undo(workspace, undone.txn)
    with workspace.reader() as uow:
        assert uow.session.query(AttendanceMark).count() == 1
        assert uow.raw.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_walk_in_who_was_marked_again_stays(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        first = factories.attendance_mark(uow.session)
        made = uow.commit()
    _mark(workspace, first.registration_id, first.slot_id, "late")
    with pytest.raises(ConflictError):
        _undo(workspace, made.txn)


def test_a_mark_undone_in_a_closed_workshop_says_why(
    workspace: Workspace, place: tuple[str, str]
) -> None:
    txn = _mark(workspace, *place, "present")
    with workspace.unit_of_work() as uow:
        uow.raw.execute("UPDATE workshop SET status = 'closed'")
        uow.commit()
    _undo(workspace, txn)
    with workspace.reader() as uow:
        last = uow.session.query(AttendanceMark).order_by(AttendanceMark.id.desc()).first()
        assert last is not None
        assert last.correction_reason.startswith("Undone: ")
        assert last.by == "Rasa"


# ---------------------------------------------------------------- what Ctrl+Z means


def test_undo_and_redo_walk_back_and_forth(workspace: Workspace, ona: str) -> None:
    for name in ("Asta", "Rūta"):
        _do(workspace, lambda uow, name=name: _set(uow, ona, given_name=name))  # type: ignore[misc]
    for expected in ("Asta", "Ona"):
        _undo_next(workspace)
        assert _person(workspace, ona) == (expected, "ona@example.org")
    for expected in ("Asta", "Rūta"):
        _redo_next(workspace)
        assert _person(workspace, ona) == (expected, "ona@example.org")
    with workspace.reader() as uow:
        assert history.next_redo(uow) is None
    for expected in ("Asta", "Ona"):
        _undo_next(workspace)
        assert _person(workspace, ona) == (expected, "ona@example.org")


def test_a_new_action_ends_redo(workspace: Workspace, ona: str) -> None:
    _do(workspace, lambda uow: _set(uow, ona, given_name="Asta"))
    _undo_next(workspace)
    _do(workspace, lambda uow: _set(uow, ona, email="new@example.org"))
    with workspace.reader() as uow:
        assert history.next_redo(uow) is None
        following = history.next_undo(uow)
    assert following is not None
    assert following.depth == 0


def test_there_is_nothing_to_undo_in_a_new_workspace(workspace: Workspace) -> None:
    with workspace.reader() as uow:
        assert history.next_undo(uow) is None
        assert history.next_redo(uow) is None
        assert history.recent_actions(uow) == []


# ---------------------------------------------------------------- reading


def test_recent_actions_say_what_was_undone(workspace: Workspace, ona: str) -> None:
    changed = _do(workspace, lambda uow: _set(uow, ona, given_name="Asta"), N_("Corrected a name"))
    _undo(workspace, changed.txn)
    with workspace.reader() as uow:
        rows = history.recent_actions(uow, 2)
    assert [(row.sentence, row.depth, row.is_undone) for row in rows] == [
        ("Undone: Corrected a name", 1, False),
        ("Corrected a name", 0, True),
    ]
    assert {(row.actor, row.device) for row in rows} == {("Rasa", "A")}


def test_the_history_of_a_row_reads_like_a_sentence(workspace: Workspace, ona: str) -> None:
    with workspace.unit_of_work() as uow:
        school = factories.organisation(uow.session, name="Vilnius School").id
        uow.commit()
    _do(
        workspace,
        lambda uow: _set(
            uow, ona, family_name="Jonaitė", photo_choice="no", organisation_id=school,
            country="CZ", roles=["mentor", "trainer"],
        ),
        N_("Corrected a name"),
    )  # fmt: skip
    with workspace.reader() as uow:
        lines = history.row_history(uow, "person", ona)
    said = {(line.field, line.old, line.new) for line in lines if line.field}
    assert said == {
        ("Family name", "Onaitė", "Jonaitė"),
        ("Photos", "Not asked yet", "No photos"),
        ("Organisation", "", "Vilnius School"),
        ("Country", "Lithuania", "Czechia"),
        ("Roles", "", "Mentor, Trainer"),
    }
    assert lines[-1].field == ""
    assert {line.sentence for line in lines if line.field} == {"Corrected a name"}


def test_every_field_has_a_label() -> None:
    unnamed = [
        (entity, column.name)
        for entity, model in captured_tables().items()
        if not model.append_only
        for column in model.__table__.columns
        if column.name != "id" and field_label(entity, column.name) == column.name
    ]
    assert unnamed == []
    assert set(captured_tables()) <= set(ENTITY_NAMES)


def _set(uow: UnitOfWork, person_id: str, **values: object) -> None:
    uow.session.execute(update(Person).where(Person.id == person_id).values(**values))


def _undo_next(workspace: Workspace) -> None:
    with workspace.reader() as uow:
        row = history.next_undo(uow)
    assert row is not None
    _undo(workspace, row.txn)


def _redo_next(workspace: Workspace) -> None:
    with workspace.reader() as uow:
        row = history.next_redo(uow)
    assert row is not None
    _undo(workspace, row.txn)


def test_what_consents_say_is_private_and_so_is_its_undo(workspace: Workspace, ona: str) -> None:
    agreed = {"text_version": "1", "language": "lt", "how": "ticked"}
    with workspace.unit_of_work() as uow:
        given = record_consent(uow, ona, purpose="support_needs", **agreed)
    undone = _undo(workspace, given.txn)
    with workspace.unit_of_work() as uow:
        renamed = change_person(uow, ona, given_name="Onutė")
    assert [one.is_private for one in (given, undone, renamed)] == [True, True, False]
    with workspace.reader() as uow:
        rows = history.recent_actions(uow, 3)
    assert [one.is_private for one in rows] == [False, True, True]
