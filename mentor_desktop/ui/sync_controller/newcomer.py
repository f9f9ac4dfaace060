"""A new device of a workspace that is on a server: its folder, and the first exchange.

Operations of the entrance, where no workspace is open yet.
"""

from pathlib import Path
from typing import Any

from mentor_desktop.clock import Clock
from mentor_desktop.errors import Cancelled
from mentor_desktop.progress import Progress
from mentor_desktop.services.workspaces import NewWorkspace, create_workspace
from mentor_desktop.sync import joining
from mentor_desktop.sync.engine import Engine
from mentor_desktop.sync.inviting import needs_workspace
from mentor_desktop.sync.line import Line
from mentor_desktop.ui.sync_controller import operations
from mentor_desktop.ui.sync_controller.exchanger import Exchanger
from mentor_desktop.ui.sync_controller.operations import Offer


class Newcomer:
    """Keys for one device. As long as it lives a second try is the same device to the server.

    So an invitation survives that the first exchange was cancelled, and the folder taken back.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._exchanger = Exchanger(clock)
        self._device = joining.new_device()

    def look_at(self, typed: str, server: str, _store: Any, progress: Progress) -> Offer:
        """Read an invitation and ask its server what it gives.

        Raises:
            ValidationError: it is mistyped, or for somebody who brings a workspace along.
            SyncTrouble: the server does not know it, or was not reached.
        """
        offer = operations.look_at(self._exchanger, typed, server, progress)
        if offer.begins_workspace:
            raise needs_workspace()
        return offer

    def join(
        self, offer: Offer, root: Path, passphrase: str, actor: str, language: str,
        _store: Any, progress: Progress,
    ) -> NewWorkspace:  # fmt: skip
        """Become a device, make the folder and fetch what is there.

        When the network fails after the server said yes, the rest comes with a later exchange.

        Raises:
            StoreError: the folder cannot be written, or is not empty; it is as before.
            SyncTrouble: the server refused, or was not reached; there is no folder.
            Cancelled: the person pressed Cancel; there is no folder.
        """
        made: list[NewWorkspace] = []

        def make(newcomer: Any) -> Any:  # Any: of the store, and so is what is made
            made.append(
                create_workspace(
                    root,
                    passphrase=passphrase,
                    actor=actor,
                    language=language,
                    clock=self._clock,
                    new=newcomer,
                )
            )
            return made[0].workspace

        server = offer.invitation.server
        asking = joining.ask_to_join(
            Line(self._exchanger.source), offer.invitation, self._device, actor
        )
        reply = self._exchanger.drive(server, asking, progress)
        workspace = joining.create(reply, self._device, make, server, name=actor)
        engine = Engine(workspace, self._exchanger.source, now_ms=self._exchanger.now_ms)
        try:
            self._exchanger.drive(server, engine.sync(progress), progress)
        except Cancelled:
            workspace.discard()
            raise
        return made[0]

    def abort(self) -> None:
        """End what waits for the network at once."""
        self._exchanger.abort()

    def close(self) -> None:
        """End the connection; nothing is under way any more."""
        self._exchanger.close()
