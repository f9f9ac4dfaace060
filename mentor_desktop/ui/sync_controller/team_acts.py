"""Joining, inviting and revoking from the window: who asks, and who hears of it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from mentor_desktop.errors import UserFacingError
from mentor_desktop.progress import Progress
from mentor_desktop.services.devices import DeviceRow, Team, end_access, read_team
from mentor_desktop.sync.keys.invitations import Invitation
from mentor_desktop.ui.jobs import Jobs
from mentor_desktop.ui.sync_controller import operations
from mentor_desktop.ui.sync_controller.exchanger import Exchanger
from mentor_desktop.ui.sync_controller.operations import Offer

OnFailure = Callable[[UserFacingError], None]


class TeamActs(QObject):
    """What one does about who takes part. Results come to `owner`, as long as it is there.

    Emits:
        joined: this workspace is on a server now.
        revoked: a device has no access any more, as soon as the server hears of it.
        team_changed: other people or devices take part than before.
    """

    joined = Signal()
    revoked = Signal()
    team_changed = Signal()

    def __init__(self, jobs: Jobs, exchanger: Exchanger) -> None:
        super().__init__()
        self._jobs, self._exchanger = jobs, exchanger

    def ask_team(self, on_success: Callable[[Team | None], None], owner: QObject) -> None:
        """Read who takes part; None where this copy shares with nobody."""
        self._jobs.query(read_team, on_success, owner=owner, key="team")

    def look_at(
        self,
        invitation: str,
        server: str,
        on_success: Callable[[Offer], None],
        on_failure: OnFailure,
        owner: QObject,
    ) -> None:
        """Ask the server of an invitation what it gives to the workspace that is open."""

        def look(store: Any, progress: Progress) -> Offer:  # Any: see `jobs.Store`
            offer = operations.look_at(self._exchanger, invitation, server, progress)
            operations.require_same_workspace(offer, store)
            return operations.with_leaving(offer, store)

        self._work(look, on_success, on_failure, owner)

    def join(
        self,
        offer: Offer,
        actor: str,
        on_success: Callable[[], None],
        on_failure: OnFailure,
        owner: QObject,
    ) -> None:
        """Bring the workspace that is open to the server, under this name."""

        def tell(_reply: object) -> None:
            on_success()
            self.joined.emit()
            self.team_changed.emit()

        op = partial(operations.bring, self._exchanger, offer, actor)
        self._work(op, tell, on_failure, owner)

    def invite(
        self,
        role: str,
        workshops: Sequence[str],
        on_success: Callable[[Invitation], None],
        on_failure: OnFailure,
        owner: QObject,
    ) -> None:
        """Make an invitation for somebody."""
        op = partial(operations.invite, self._exchanger, role, workshops)
        self._work(op, on_success, on_failure, owner)

    def revoke(
        self,
        device: DeviceRow,
        on_success: Callable[[], None],
        on_failure: OnFailure,
        owner: QObject,
    ) -> None:
        """End the access of a device."""

        def tell(_nothing: object) -> None:
            on_success()
            self.revoked.emit()
            self.team_changed.emit()

        def end(store: Any, _progress: Progress) -> None:  # Any: see `jobs.Store`
            end_access(store, device)

        self._work(end, tell, on_failure, owner)

    def _work(
        self,
        op: Callable[[Any, Progress], Any],  # Any: the workspace, and what comes of it
        on_success: Callable[[Any], None],
        on_failure: OnFailure,
        owner: QObject,
    ) -> None:
        self._jobs.work(
            op,
            "",
            on_success,
            on_failure,
            owner=owner,
            is_beside=True,
            on_cancel=self._exchanger.abort,
        )
