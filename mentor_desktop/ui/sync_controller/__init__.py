"""The exchange beside the window: the one place of the interface that knows `mentor_desktop.sync`.

`controller` decides when to exchange and tells how things stand, `exchanger` does it on a thread
of `ui.jobs`, `team_acts` are joining, inviting and revoking, `newcomer` the beginning of a new device,
`words` says all of it.
"""

from mentor_desktop.sync.replica.happenings import Happening
from mentor_desktop.sync.status import MassChange, State, SyncStatus
from mentor_desktop.ui.sync_controller.controller import SyncController
from mentor_desktop.ui.sync_controller.operations import Offer

__all__ = ["Happening", "MassChange", "Offer", "State", "SyncController", "SyncStatus"]
