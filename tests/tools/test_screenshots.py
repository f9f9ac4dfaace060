"""The set of screenshots is complete: a new page needs a scene."""

from mentor_desktop.ui.places import PLACES
from tools.screenshot_scenes import SCENES, VARIANTS


def test_every_place_of_the_window_has_a_scene() -> None:
    assert {place.key for place in PLACES} == {scene.place for scene in SCENES}


def test_every_scene_has_a_name_of_its_own() -> None:
    names = [scene.name for scene in SCENES]
    assert len(set(names)) == len(names)


def test_pages_are_looked_at_dark_large_small_long_and_translated() -> None:
    looks = VARIANTS.values()
    assert {look.scheme for look in looks} == {"light", "dark"}
    assert {"lt", "bg", "en_XA"} <= {look.language for look in looks}
    assert max(look.text_scale for look in looks) == 200
    assert {(look.width, look.height) for look in looks} >= {(1024, 640), (1600, 1000)}
