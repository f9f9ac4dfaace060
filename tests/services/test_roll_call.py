"""The list for a fire alarm on paper."""

import io

import pypdfium2
import pytest

from mentor_desktop.documents.roll_call import ROWS_PER_PAGE
from mentor_desktop.services.attendance import check_in, mark
from mentor_desktop.services.roll_call import render_roll_call
from mentor_desktop.services.workshops import change_workshop
from mentor_desktop.store.workspace import Workspace
from tests.services.sample_workshop import Sample, at, make_sample
from tests.workspaces import FrozenClock


@pytest.fixture
def sample(workspace: Workspace, clock: FrozenClock) -> Sample:
    clock.now = at("10:42")
    return make_sample(workspace)


def _texts(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(io.BytesIO(data))
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return pages


def _let_in(sample: Sample, *people: str) -> None:
    for person in people:
        registration, slot = sample.registrations[person], sample.slots["D1-AM"]
        with sample.workspace.unit_of_work() as uow:
            check_in(uow, registration_id=registration, slot_id=slot, is_confirmed=True)


def test_the_list_names_who_is_inside_and_nobody_else(sample: Sample) -> None:
    _let_in(sample, "P001", "P002", "P003")
    registration, slot = sample.registrations["P002"], sample.slots["D1-AM"]
    with sample.workspace.unit_of_work() as uow:
        mark(uow, registration_id=registration, slot_id=slot, status="left_early")
    with sample.workspace.reader() as reader:
        paper = render_roll_call(reader, sample.workshop_id)
    (text,) = _texts(paper.data)
    assert (paper.people, paper.pages) == (2, 1)
    assert paper.file_name == "WS-2026-01-present-now.pdf"
    assert "Ștefania Mărgineanu" in text
    assert "Ana-Lucreția Bâlteanu" in text
    assert "Țăranu" not in text
    assert "by the marks until 10:42 on 10 March 2026" in text


def test_the_town_stands_once_even_if_the_address_has_it(sample: Sample) -> None:
    with sample.workspace.unit_of_work() as uow:
        change_workshop(uow, sample.workshop_id, address="Vzorová 12, 602 00 Brno", city="Brno")
    with sample.workspace.reader() as reader:
        (text,) = _texts(render_roll_call(reader, sample.workshop_id).data)
    assert "Vzorová 12, 602 00 Brno, Czechia" in text


def test_nothing_sensitive_is_on_it(sample: Sample) -> None:
    _let_in(sample, *list(sample.registrations)[:20])
    with sample.workspace.reader() as reader:
        text = "".join(_texts(render_roll_call(reader, sample.workshop_id).data))
    assert "@" not in text
    assert "Vegetarian" not in text


def test_a_full_house_goes_on_on_the_next_page(sample: Sample) -> None:
    _let_in(sample, *list(sample.registrations)[: ROWS_PER_PAGE + 1])
    with sample.workspace.reader() as reader:
        paper = render_roll_call(reader, sample.workshop_id)
    pages = _texts(paper.data)
    assert paper.pages == len(pages) == 2
    assert "Page 2 of 2" in pages[1]


def test_an_empty_house_still_gives_a_page(sample: Sample) -> None:
    with sample.workspace.reader() as reader:
        paper = render_roll_call(reader, sample.workshop_id)
    assert (paper.people, len(_texts(paper.data))) == (0, 1)
