"""Rows as the server merged them, against all of the log folded at once."""

from sqlalchemy import Connection, select

from mentor_desktop.server.merging import recompute_all
from mentor_desktop.server.tables import digest
from mentor_desktop.sync.merge.digest import Buckets
from tests.server.world import Device, World


def require_as_from_log(world: World, device: Device, stream: str) -> int:
    """Compare what was merged step by step with all of it at once; return up to which number."""

    def work(connection: Connection) -> int:
        where = (digest.c.ws == device.ws, digest.c.stream == stream)
        at_seq, root = connection.execute(
            select(digest.c.at_seq, digest.c.root).where(*where)
        ).one()
        buckets = Buckets()
        for name, one in recompute_all(connection, device.ws, stream, at_seq).items():
            if not one.is_nothing:
                buckets.add(*name, one.state.digest_text())
        assert root == buckets.root
        return int(at_seq)

    return world.service.database.read(device.ws, work)
