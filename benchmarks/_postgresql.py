"""A PostgreSQL that flushes like a real one, and the CPU of a process with all its children."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil
from sqlalchemy import make_url

from tests.server.postgres import cluster

# Otherwise as the tests have it: the data lie in a temporary folder of this computer's disk.
_SETTINGS = {"fsync": "on", "shared_buffers": "64MB"}


class Postgresql(NamedTuple):
    """The address of an empty database, and the process above all of the cluster's."""

    url: str
    pid: int


@contextmanager
def postgresql() -> Iterator[Postgresql]:
    """Run a cluster while the block lasts."""
    with cluster(**_SETTINGS) as url:
        file = Path(str(make_url(url).query["host"]), "files", "postmaster.pid")
        yield Postgresql(url, int(file.read_text("utf-8").splitlines()[0]))


def tree_cpu_s(pid: int) -> float:
    """Return the CPU seconds of a process and its children, those that ended included."""
    root = psutil.Process(pid)
    while True:
        try:
            processes = (root, *root.children(recursive=True))
            # user, system, and both of the children that ended
            return float(sum(sum(one.cpu_times()[:4]) for one in processes))
        except psutil.NoSuchProcess:
            continue  # it has just ended: its parent has its time now
