"""A laptop whose access somebody ended while it was offline: what it keeps, and what it is told."""

from collections.abc import Iterable

from mentor_desktop.server.members_log import revoke_device
from mentor_desktop.sync.protocol.operations import Op
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.log import stored_batch
from mentor_desktop.sync.replica.not_shared import list_not_shared
from tests.sync.simulation.actions import PREFIX
from tests.sync.simulation.devices import Laptop
from tests.sync.simulation.evidence import laptop_log, tokens_in_batches, unsealed_tokens
from tests.sync.simulation.server import Server


def end_access(server: Server, ws: str, laptop: Laptop) -> bool:
    """End it, as `mentor-server revoke` does; False where the server knows no such device."""
    return bool(revoke_device(server.services[0], ws, state.identity(laptop.look).device))


def held_tokens(laptop: Laptop) -> set[str]:
    """Return the values of all actions that lie on a laptop."""
    return tokens_in_batches(laptop_log(laptop)) | unsealed_tokens(laptop)


def check_told(laptop: Laptop) -> None:
    """Whatever no server took of a laptop is listed there as not shared."""
    own = state.identity(laptop.look).device
    listed = _tokens(op for one in list_not_shared(laptop.look) for op in one.ops)
    rows = laptop.look.execute(
        "SELECT b.header, b.body FROM sync_batch b JOIN sync_peer p ON p.no = b.device "
        "WHERE b.is_acked = 0 AND p.device = ?",
        (own,),
    )
    unsent = map(stored_batch, rows.fetchall())
    kept_back = tokens_in_batches(unsent) | unsealed_tokens(laptop)
    assert kept_back <= listed, f"{laptop.name}: neither shared nor listed"


def _tokens(operations: Iterable[Op]) -> set[str]:
    return {
        value
        for op in operations
        for value in op.values.values()
        if isinstance(value, str) and value.startswith(PREFIX)
    }
