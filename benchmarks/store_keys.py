"""What happens before a workspace can be read: deriving the key, asking the keyring, opening.

Reported apart from the cold start. The keyring is asked only where there is one.
"""

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from report import Check, report

from mentor_desktop.clock import system_clock
from mentor_desktop.store.keyfile import KeyFile
from mentor_desktop.store.keyring_store import recall_key, system_backend
from mentor_desktop.store.workspace import Workspace

TURNS = 5
PASSPHRASE = "five calm words for benchmarks"


def median_ms(work: Callable[[], object], turns: int = TURNS) -> float:
    """Return the median wall time of some work in milliseconds."""
    times = []
    for _ in range(turns):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def open_and_close(root: Path, key: bytes) -> float:
    """Return the milliseconds until the first page's query could be asked."""
    started = time.perf_counter()
    workspace = Workspace.open(root, key, clock=system_clock)
    workspace.plain_connection().close()
    taken = (time.perf_counter() - started) * 1000
    workspace.close(with_backup=False)
    return taken


def main() -> None:
    """Measure on a workspace of its own and print the line."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / "workspace"
        workspace, _code = Workspace.create(root, PASSPHRASE, clock=system_clock)
        key = workspace.key
        workspace.close(with_backup=False)
        key_file = KeyFile.load(root / "workspace.key.json")
        derivation = median_ms(lambda: key_file.open_with_passphrase(PASSPHRASE))
        opening = statistics.median(open_and_close(root, key) for _ in range(TURNS))
        keyring = median_ms(lambda: recall_key(key_file.workspace_id)) if system_backend() else None
    report(
        "getting at the key",
        [
            Check("deriving the key (Argon2id, 64 MiB), ms", derivation, 1_000),
            Check("opening with the key at hand, ms", opening, 50),
        ],
        keyring_ms=keyring,
    )


if __name__ == "__main__":
    main()
