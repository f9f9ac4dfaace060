"""Saying at once what an exchange brought that a person should hear of; the Sync page keeps it."""

from functools import partial

from mentor_desktop.i18n import _
from mentor_desktop.sync.status import SyncStatus
from mentor_desktop.ui.desk import Frame
from mentor_desktop.ui.sync_controller import words


def tell_news(frame: Frame, before: SyncStatus, now: SyncStatus) -> None:
    """Say what happened since it was told last."""
    fresh = [one for one in now.happenings if one not in before.happenings]
    for sentence in filter(None, map(words.happening, reversed(fresh))):
        frame.toast(sentence, _("Look"), partial(frame.go, "sync"))
