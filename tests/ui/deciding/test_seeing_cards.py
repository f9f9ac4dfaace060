"""Cards and the page of a second laptop to somebody who looks closely: large text, long words."""

import pytest
from PySide6.QtWidgets import QWidget

from mentor_desktop import i18n
from mentor_desktop.services.second_laptop import Handed
from mentor_desktop.ui.theme import Theme
from mentor_desktop.ui.widgets.text import Text
from tests.sync.laptops import TwoLaptops
from tests.ui.everywhere import seeing
from tests.ui.workshop.office import Office


@pytest.fixture
def both(laptops: TwoLaptops) -> TwoLaptops:
    """A field and a mark differ."""
    b = laptops.second()
    for workspace, city in ((laptops.a, "Zlín"), (b, "Praha")):
        with workspace.unit_of_work() as uow:
            uow.raw.execute("UPDATE workshop SET city = ?", (city,))
            uow.commit()
    laptops.mark(laptops.a, "P001", "present")
    laptops.mark(b, "P001", "absent")
    laptops.bring(b, laptops.a)
    return laptops


@pytest.mark.parametrize("language", ["en", "en_XA"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_cut_nameless_or_pale(
    both: TwoLaptops, office: Office, theme: Theme, language: str, scheme: str
) -> None:
    i18n.set_language(language)
    theme.set_scheme(scheme)
    theme.set_text_scale(200)
    office.window.resize(1024, 640)
    for place in ("decisions", "hand_over", "register", "today"):
        page = office.go(place, workshop_id=both.sample.workshop_id)
        if place == "hand_over":
            page.hand_over.show_handed(
                Handed(both.stick / "file.mentor", "batob gorul kelim", is_invitation=True)
            )
            office.settle()
        looks = (seeing.nameless_stops, seeing.small_targets, seeing.cut_words, seeing.cut_boxes)
        for look in (*looks, seeing.out_of_sight, seeing.sideways_scrolling, seeing.pale_words):
            assert list(look(office.window)) == [], (place, look.__name__)


@pytest.mark.parametrize("scale", [100, 150, 200])
def test_boxes_keep_their_edges_and_six_words_are_in_sight(
    laptops: TwoLaptops, office: Office, theme: Theme, scale: int
) -> None:
    laptops.bring(laptops.second(), laptops.a)
    i18n.set_language("en_XA")
    theme.set_text_scale(scale)
    for width, height in ((1024, 640), (1280, 800)):
        office.window.resize(width, height)
        page = office.go("hand_over", workshop_id=laptops.sample.workshop_id)
        words = "batob gorul kelim babob rogin tafos"
        page.hand_over.show_handed(Handed(laptops.stick / "file.mentor", words, is_invitation=True))
        office.settle()
        assert list(seeing.cut_boxes(office.window)) == []
        shown, view = office.find(Text, words), page._scroll.viewport()

        def is_in_sight(shown: Text = shown, view: QWidget = view) -> bool:
            top = shown.mapTo(view, shown.rect().topLeft()).y()
            return top >= 0 and top + shown.height() <= view.height()

        office.qtbot.waitUntil(is_in_sight, timeout=5_000)
