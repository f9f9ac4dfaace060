"""Consents: one purpose each, never assumed, withdrawn with the date."""

from datetime import UTC, datetime

import pytest

from mentor_desktop.errors import ConflictError, ValidationError
from mentor_desktop.services.consents import (
    GUARDIAN_AGE_SETTING,
    choose_photo,
    consents_without_scan,
    photographers_list,
    record_consent,
    withdraw_consent,
)
from mentor_desktop.services.edits import created_id
from mentor_desktop.services.people import person_card
from mentor_desktop.services.settings import change_settings
from tests import factories

TEXT = {"text_version": "2026-01", "language": "lt", "how": "paper_signed"}


def person(workspace, **values):
    with workspace.unit_of_work() as uow:
        row = factories.person(uow.session, **values)
        uow.commit()
        return row.id


def agree(workspace, person_id, purpose="photo_website", **fields):
    with workspace.unit_of_work() as uow:
        changes = record_consent(uow, person_id, purpose=purpose, **(TEXT | fields))
    return created_id(changes, "consent")


def card(workspace, person_id):
    with workspace.reader() as uow:
        return person_card(uow, person_id)


def test_nobody_has_agreed_to_anything_at_first(workspace) -> None:
    shown = card(workspace, person(workspace))
    assert (shown.consents, shown.photo_choice) == ((), "not_asked")


def test_a_consent_is_kept_with_version_language_time_and_paper(workspace, clock) -> None:
    person_id = person(workspace)
    agree(workspace, person_id, scan=b"picture of the paper")
    (consent,) = card(workspace, person_id).consents
    assert (consent.purpose, consent.text_version, consent.language) == (
        "photo_website",
        "2026-01",
        "lt",
    )
    assert (consent.given_at, consent.how, consent.withdrawn_at) == (
        clock.now,
        "paper_signed",
        None,
    )
    with workspace.reader() as uow:
        assert uow.blobs.read(consent.scan) == b"picture of the paper"


def test_a_withdrawn_consent_stays_with_the_date_and_can_be_given_anew(workspace, clock) -> None:
    person_id = person(workspace)
    consent_id = agree(workspace, person_id)
    clock.now = datetime(2026, 3, 10, 11, tzinfo=UTC)
    with workspace.unit_of_work() as uow:
        withdraw_consent(uow, consent_id)
    clock.advance(hours=1)
    with workspace.unit_of_work() as uow:
        assert not withdraw_consent(uow, consent_id)
    agree(workspace, person_id)
    again, first = card(workspace, person_id).consents
    assert first.withdrawn_at == datetime(2026, 3, 10, 11, tzinfo=UTC)
    assert again.withdrawn_at is None


def test_the_same_consent_is_not_recorded_twice(workspace) -> None:
    person_id = person(workspace)
    agree(workspace, person_id)
    with pytest.raises(ConflictError, match="website"):
        agree(workspace, person_id)
    agree(workspace, person_id, "photo_social_media")
    agree(workspace, person_id, text_version="2026-02")


@pytest.mark.parametrize(
    "fields",
    [
        {"purpose": "everything"},
        {"how": "pre_ticked"},
        {"text_version": ""},
        {"language": ""},
        {"language": "Lithuanian"},
    ],
)
def test_a_consent_that_cannot_be_is_refused(workspace, fields) -> None:
    with pytest.raises(ValidationError):
        agree(workspace, person(workspace), **fields)


def test_who_may_be_under_age_needs_a_guardian(workspace) -> None:
    person_id = person(workspace, birth_year=2008)  # turns 18 this year
    with pytest.raises(ValidationError, match="18"):
        agree(workspace, person_id)
    agree(workspace, person_id, guardian_name="Ona P.")
    agree(workspace, person(workspace, birth_year=2007))
    agree(workspace, person(workspace, birth_year=None))


def test_the_age_is_a_setting_of_the_workspace(workspace) -> None:
    with workspace.unit_of_work() as uow:
        change_settings(uow, {GUARDIAN_AGE_SETTING: "13"})
    with pytest.raises(ValidationError, match="13"):
        agree(workspace, person(workspace, birth_year=2013))  # turns 13 this year
    person_id = person(workspace, birth_year=2010)
    agree(workspace, person_id)
    assert len(card(workspace, person_id).consents) == 1


def test_no_photos_is_one_click_and_withdraws_what_was_agreed(workspace, clock) -> None:
    person_id = person(workspace, photo_choice="yes_all")
    agree(workspace, person_id, "photo_website")
    agree(workspace, person_id, "directory")
    clock.now = datetime(2026, 3, 10, 11, tzinfo=UTC)
    with workspace.unit_of_work() as uow:
        choose_photo(uow, person_id, "no")
    shown = card(workspace, person_id)
    assert (shown.photo_choice, shown.photo_choice_at) == ("no", clock.now)
    assert {one.purpose: one.withdrawn_at for one in shown.consents} == {
        "photo_website": clock.now,
        "directory": None,
    }


def test_yes_to_photos_assumes_no_consent(workspace) -> None:
    person_id = person(workspace)
    with workspace.unit_of_work() as uow:
        choose_photo(uow, person_id, "yes_all")
    assert card(workspace, person_id).consents == ()


def test_photographers_get_the_names_they_must_not_show(workspace) -> None:
    with workspace.unit_of_work() as uow:
        workshop = factories.workshop(uow.session)
        for choice in ("yes_all", "group_only", "no", "not_asked"):
            one = factories.person(uow.session, given_name=choice, photo_choice=choice)
            factories.registration(uow.session, workshop_id=workshop.id, person_id=one.id)
        absent = factories.person(uow.session, photo_choice="no")
        factories.registration(
            uow.session, workshop_id=workshop.id, person_id=absent.id, state="cancelled"
        )
        uow.commit()
    with workspace.reader() as uow:
        listed = photographers_list(uow, workshop.id)
    assert {row.photo_choice for row in listed} == {"group_only", "no", "not_asked"}
    assert len(listed) == 3


def test_consents_on_paper_without_a_picture_are_listed(workspace) -> None:
    person_id = person(workspace)
    agree(workspace, person_id, "photo_website")
    agree(workspace, person_id, "directory", scan=b"picture")
    agree(workspace, person_id, "contact_later", how="oral_noted")
    with workspace.reader() as uow:
        assert consents_without_scan(uow) == [(person_id, "photo_website")]
