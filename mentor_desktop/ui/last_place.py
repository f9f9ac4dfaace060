"""Where one was, kept so that after a power cut the same screen is there again."""

import json

from mentor_desktop.ui.live_settings import LiveSettings
from mentor_desktop.ui.navigator import Navigator


def keep_last_place(navigator: Navigator, settings: LiveSettings) -> None:
    """Note each place as it is opened; it names what is shown by ids alone."""

    def note(_place: object) -> None:
        step = navigator.here
        if step is not None:
            settings.note(last_place=json.dumps([step.key, dict(step.where)]))

    navigator.place_wanted.connect(note)


def reopen_last_place(navigator: Navigator, kept: str) -> None:
    """Open the place that was noted; nothing happens when it is none of this program's."""
    try:
        key, where = json.loads(kept)
    except ValueError:
        return
    if navigator.has_place(key):
        navigator.go(key, {name: str(value) for name, value in where.items()})
