"""Several real, encrypted workspaces that are devices of one, without anything between them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from mentor_desktop.ids import new_id
from mentor_desktop.store.connection import StoreConnection, connect
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.store.settings import remember
from mentor_desktop.store.unit_of_work import UnitOfWork
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync.protocol.batches import Batch
from mentor_desktop.sync.replica import applying, log, sealing, special, state
from mentor_desktop.sync.replica.applying import Applied
from mentor_desktop.sync.replica.refusals import Rejection
from mentor_desktop.sync.replica.special import Author
from mentor_desktop.sync.replica.transactions import connect_to
from tests.workspaces import FrozenClock, Template

SHARED = "5" * 32
BOSS = Author("Boss", 1_773_129_900_000)
TABLES_SHOWN = "SELECT name FROM sqlite_master WHERE type = 'table'"


class Look:
    """What a connection to a workspace shows, to be compared."""

    raw: StoreConnection

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every synced table, to be compared."""
        from mentor_desktop.store.capture import captured_tables

        return {
            name: self.raw.execute(f'SELECT * FROM "{name}" ORDER BY id').fetchall()
            for name in sorted(captured_tables())
        }

    def states(self) -> dict[tuple[str, str], str]:
        """Return the digest text of each row that is known."""
        from mentor_desktop.sync.replica.digests import Digests
        from mentor_desktop.sync.replica.rows import Book

        numbers = state.Numbers(self.raw)
        book = Book(self.raw, numbers, Digests(self.raw))
        keys = self.raw.execute("SELECT entity, row FROM sync_row").fetchall()
        book.open(keys, 0)
        return {key: row.state.digest_text() for key, row in sorted(book.rows.items())}

    def digest(self) -> dict[str, bytes]:
        """Return the digest of each stream that has rows."""
        rows = self.raw.execute(
            "SELECT s.stream, d.sums FROM sync_digest d JOIN sync_stream s ON s.no = d.stream"
        )
        return {stream: sums for stream, sums in rows.fetchall() if any(sums)}

    def shelf(self) -> list[tuple[Any, ...]]:
        """Return the shelf with devices by their id."""
        found: list[tuple[Any, ...]] = self.raw.execute(
            "SELECT s.entity, s.row, s.grp, p.device, s.seq, s.vals FROM sync_shelf s "
            "JOIN sync_peer p ON p.no = s.device ORDER BY 1, 2, 3, 4, 5"
        ).fetchall()
        return found

    def parked(self) -> list[tuple[str, str, str, str]]:
        """Return what is parked."""
        sql = "SELECT * FROM sync_parked ORDER BY 1, 2, 3, 4"
        found: list[tuple[str, str, str, str]] = self.raw.execute(sql).fetchall()
        return found

    def require_sound(self) -> None:
        """Look that references, digest and derived tables hold."""
        assert self.raw.execute("PRAGMA foreign_key_check").fetchall() == []


class Device(Look):
    """One workspace with the connection the exchange works over."""

    def __init__(self, workspace: Workspace, clock: FrozenClock, name: str) -> None:
        self.workspace = workspace
        self.clock = clock
        self.name = name
        self.raw = connect_to(workspace)
        self.identity = state.begin(
            self.raw,
            workspace=SHARED,
            device=new_id(),
            user=new_id(),
            sign_key=Ed25519PrivateKey.generate().private_bytes_raw(),
            seal_key=X25519PrivateKey.generate().private_bytes_raw(),
            tag=name,
            name=f"Laptop {name}",
        )

    @property
    def id(self) -> str:
        return state.identity(self.raw).device

    def meet(self, other: "Device") -> None:
        """Learn the public keys of another device."""
        own = next(one for one in state.peers(other.raw) if one.device == other.id)
        state.learn(self.raw, own)

    @contextmanager
    def acting(self, action: str = "Acted", **values: Any) -> Iterator[UnitOfWork]:
        """Give a unit of work that is committed at the end."""
        with self.workspace.unit_of_work() as uow:
            uow.describe(action, **values)
            yield uow
            uow.commit()

    def act(self, work: Callable[[UnitOfWork], Any]) -> Any:
        """Do something in a unit of work of its own and return what it returned."""
        with self.acting() as uow:
            return work(uow)

    def set(self, entity: str, row: str, **values: Any) -> None:
        """Change columns of one row as an action."""
        names = ", ".join(f'"{name}" = ?' for name in values)
        with self.acting() as uow:
            uow.raw.execute(f'UPDATE "{entity}" SET {names} WHERE id = ?', (*values.values(), row))

    def delete(self, entity: str, row: str) -> None:
        """Delete one row as an action."""
        with self.acting() as uow:
            uow.raw.execute(f'DELETE FROM "{entity}" WHERE id = ?', (row,))

    def value(self, entity: str, row: str, column: str) -> Any:
        """Return what a column shows, None when the row is not there."""
        found = self.raw.execute(
            f'SELECT "{column}" FROM "{entity}" WHERE id = ?', (row,)
        ).fetchone()
        return None if found is None else found[0]

    def has(self, entity: str, row: str) -> bool:
        """Say whether a table holds a row."""
        return (
            self.raw.execute(f'SELECT 1 FROM "{entity}" WHERE id = ?', (row,)).fetchone()
            is not None
        )

    def seal(self) -> int:
        """Seal everything."""
        return sealing.Sealer(self.raw).seal_all()

    def batches(self, stream: str, after: int = 0, *, of: str = "") -> list[Batch]:
        """Return the batches of a device in a stream (its own), sealed by now."""
        self.seal()
        numbers = state.Numbers(self.raw)
        device = numbers.device(of or self.id)
        return list(log.batches_of(self.raw, numbers.stream(stream), device, after + 1, 1 << 60))

    def streams(self) -> list[str]:
        """Return the streams this device knows of."""
        self.seal()
        return state.streams(self.raw)

    def receive(self, stream: str, batches: list[Batch], **options: Any) -> Applied:
        """Apply a page."""
        return applying.apply_page(self.raw, stream, batches, **options)

    def receive_all(self, *others: "Device") -> list[Applied]:
        """Take everything others made, stream by stream."""
        return [
            self.receive(stream, other.batches(stream))
            for other in others
            for stream in sorted(other.streams(), key=_order)
        ]

    def close(self) -> None:
        self.raw.close()
        self.workspace.close(with_backup=False)


def _order(stream: str) -> tuple[int, str]:
    return (("people", "programme", "secrets").index(stream) if ":" not in stream else 2, stream)


def same(*devices: Look) -> None:
    """Require that devices show, know and keep the same."""
    first = devices[0]
    for other in devices[1:]:
        assert first.states() == other.states()
        assert first.rows() == other.rows()
        assert first.digest() == other.digest()
        assert first.shelf() == other.shelf()
        assert first.parked() == other.parked()
    for one in devices:
        one.require_sound()


Devices = Callable[[int], list[Device]]


@contextmanager
def opened(template: Template, folder: Path, count: int) -> Iterator[list[Device]]:
    """Give devices A, B, C … that know each other."""
    with ExitStack() as stack:
        found = []
        for number in range(count):
            name = chr(ord("A") + number)
            clock = FrozenClock()
            root = template.copy_to(folder / name)
            with closing(connect(WorkspaceFolder(root).database, template.key)) as connection:
                remember(connection, device=name)
            workspace = Workspace.open(root, template.key, clock=clock)
            device = Device(workspace, clock, name)
            stack.callback(device.close)
            found.append(device)
        for one in found:
            for other in found:
                if one is not other:
                    one.meet(other)
        yield found


def make_admin(admin: Device, *others: Device) -> None:
    """Let a device and these others know it as one of an administrator."""
    for one in (admin, *others):
        one.raw.execute("UPDATE sync_peer SET is_admin = 1 WHERE device = ?", (admin.id,))


def reject(admin: Device, device: Device, first: int, last: int) -> None:
    """Let an administrator reject operations of a device."""
    rejection = Rejection(device.id, first, last, "no longer a member")
    special.reject_operations(admin.raw, "people", rejection, author=BOSS)
