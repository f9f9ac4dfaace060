"""Somebody new, added and registered in one action."""

import pytest

from mentor_desktop.errors import ValidationError
from mentor_desktop.services.history import undo
from mentor_desktop.services.new_participant import register_new_person
from mentor_desktop.services.people import person_order
from mentor_desktop.services.registrations import registration_rows
from mentor_desktop.store.workspace import Workspace
from tests import factories


def test_person_organisation_and_place_come_and_go_as_one(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        event = factories.workshop(uow.session).id
        uow.commit()
    with workspace.unit_of_work() as uow:
        changes = register_new_person(
            uow, event, given_name="Zita", organisation="Mokykla", country="LT"
        )
    with workspace.reader() as reader:
        (row,) = registration_rows(reader, event)
    assert (row.name, row.organisation, row.sending_country) == ("Zita", "Mokykla", "LT")
    assert (row.source, row.state) == ("manual", "registered")
    with workspace.unit_of_work() as uow:
        undo(uow, changes.txn or 0)
    with workspace.reader() as reader:
        assert registration_rows(reader, event) == []
        assert len(person_order(reader)) == 0


def test_nobody_is_added_without_a_given_name(workspace: Workspace) -> None:
    with workspace.unit_of_work() as uow:
        event = factories.workshop(uow.session).id
        uow.commit()
    with workspace.unit_of_work() as uow, pytest.raises(ValidationError):
        register_new_person(uow, event, given_name="  ")
    with workspace.reader() as reader:
        assert registration_rows(reader, event) == []
