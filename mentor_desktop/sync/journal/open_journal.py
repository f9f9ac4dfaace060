"""The journal of this copy's user while it is open: entries, devices, sheets, and catching up.

Its keys are in memory until it is forgotten; what it writes are operations of the sealed stream.
A device that is new in the journal shows a code; on another device of the same author somebody
types it, and the other way round. No server takes part in that.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from threading import RLock

from mentor_desktop.crypto import Argon2Cost
from mentor_desktop.errors import NotFoundError, StoreError
from mentor_desktop.i18n import _
from mentor_desktop.ids import new_id
from mentor_desktop.models.base import to_milliseconds
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.workspace import Workspace
from mentor_desktop.sync import team
from mentor_desktop.sync.journal import lock
from mentor_desktop.sync.journal.devices import JournalDevices, tell_devices
from mentor_desktop.sync.journal.entries import Entry, place_of
from mentor_desktop.sync.journal.issuing import Issue
from mentor_desktop.sync.journal.lock import OpenLock
from mentor_desktop.sync.journal.view import View
from mentor_desktop.sync.journal.writing import Seen, delete_entry, seal_anew, write_entry
from mentor_desktop.sync.keys.journal import Finding
from mentor_desktop.sync.keys.key_records import KeyRecord
from mentor_desktop.sync.protocol.streams import user_stream
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.sealed_streams import may_hold, to_seal_anew
from mentor_desktop.sync.replica.sealing import seal_rest
from mentor_desktop.sync.replica.special import Author
from mentor_desktop.sync.replica.succession import is_another_copy
from mentor_desktop.sync.replica.transactions import writing

Turn = Callable[[], AbstractContextManager[None]]


class OpenJournal:
    """One copy's view of its user's journal; whole in each method, from any thread."""

    def __init__(self, workspace: Workspace, opened: OpenLock, stream: str) -> None:
        self._workspace = workspace
        self._opened = opened
        self.stream = stream
        self._guard = RLock()
        self._view: View | None = None

    def entries(self) -> list[Entry]:
        """Return every entry, sorted by id; what does not open says why."""
        with self._guard, closing(self._workspace.exchange_connection()) as raw:
            view = self._fresh(raw)
            return view.entries.read(view.keys.keyring, view.keys.standing)

    def findings(self) -> list[Finding]:
        """Return what was withheld from this copy, as far as anything that is here proves it."""
        with self._guard, closing(self._workspace.exchange_connection()) as raw:
            view = self._fresh(raw)
            return sorted({*view.entries.findings(), *view.gaps(raw)}, key=place_of)

    def devices(self) -> JournalDevices:
        """Return who may read the journal, who waits for it, and how safe it is."""
        with self._guard, closing(self._workspace.exchange_connection()) as raw:
            return tell_devices(raw, self._fresh(raw).keys)

    def write(self, content: bytes, *, entry: str = "", seen: Seen = None) -> str:
        """Write an entry, or over the versions of one that were `seen` (all there are); return its id.

        Raises:
            ValidationError: it is too long. NotFoundError: this device was taken out.
            StoreError: this copy must sync first.
        """
        row = entry or new_id()
        with self._acting() as (view, issue):
            write_entry(view, issue, row, content, seen, self._now_ms())
        return row

    def delete(self, entry: str, *, for_ever: bool = False) -> None:
        """Delete an entry as it is known here; what others write meanwhile brings it back.

        `for_ever` erases it with all it ever said, here and wherever this is heard of.

        Raises:
            NotFoundError: there is none. StoreError: this copy must sync first.
        """
        with self._acting() as (view, issue):
            delete_entry(view, issue, entry, for_ever=for_ever)

    def add_device(self, typed: str) -> None:
        """Let the device whose code was compared read everything; it does the same with this one.

        Raises:
            ValidationError: this is no code. NotFoundError: no waiting device has it.
        """
        self._say(lambda view, at: view.keys.add_device(typed, at))

    def revoke(self, fingerprint: str) -> None:
        """Take a device or sheet out for ever: it opens nothing that is written from now on.

        With it goes whoever its copy was before, also where that one is still in use. In the same
        transaction its access to the server ends, as far as this device may end it (`sync.team`),
        and the next sync says so. Whoever it was before keeps theirs: that key is not on the copy.
        """
        with self._transaction() as raw:
            lost = self._fresh(raw).device_of(fingerprint)
            if lost != state.identity(raw).device:  # which is to send this
                team.end_access(raw, lost, Author(self._workspace.actor, self._now_ms()))
            with self._issuing(raw) as (view, issue):
                for one in view.with_former(raw, fingerprint):
                    _add_keys(issue, view.keys.revoke(one, self._now_ms()))

    def print_sheet(self) -> str:
        """Return the code of a new recovery sheet; it is shown once."""
        with self._acting() as (view, issue):
            code, made = view.keys.print_sheet(self._now_ms())
            _add_keys(issue, made)
        return code

    def confirm_sheet(self, code: str) -> None:
        """Note that a sheet was typed in again.

        Raises:
            ValidationError: mistyped, or no sheet of this journal.
        """
        self._say(lambda view, at: view.keys.confirm_sheet(code, at))

    def recover(self, code: str) -> None:
        """Let a sheet add this device, and open everything it opens.

        Raises:
            ValidationError: mistyped, or no sheet of this journal as far as it is known here.
        """
        self._say(lambda view, at: view.keys.recover(code, at))

    def catch_up(self, raw: StoreConnection, turn: Turn) -> bool:
        """Do what came makes necessary, over a connection of the exchange; say whether that was any.

        Others get the seals they lack, a next epoch is made after a revocation, and what this copy
        wrote under a name it lost is sealed anew.
        """
        with self._guard:
            if self._view is not None and not self._view.has_news(raw) and not to_seal_anew(raw):
                return False
            self._fresh(raw)  # before the turn: a mark at the door waits for no reading
            with turn(), self._whole(raw), self._issuing(raw) as (view, issue):
                _add_keys(issue, view.keys.catch_up(self._now_ms()))
                seal_anew(raw, view, issue, self._now_ms())
                return issue.has_something

    def _say(self, act: Callable[[View, int], Sequence[KeyRecord]]) -> None:
        with self._acting() as (view, issue):
            _add_keys(issue, act(view, self._now_ms()))

    @contextmanager
    def _acting(self) -> Iterator[tuple[View, Issue]]:
        with self._transaction() as raw, self._issuing(raw) as acting:
            yield acting

    @contextmanager
    def _transaction(self) -> Iterator[StoreConnection]:
        gate = self._workspace.gate
        with (
            self._guard,
            closing(self._workspace.exchange_connection()) as raw,
            gate.closed(),
            self._whole(raw),
        ):
            yield raw

    @contextmanager
    def _whole(self, raw: StoreConnection) -> Iterator[None]:
        """Write in one transaction; when it is not kept, what was prepared is forgotten."""
        _require_own_name(raw)
        try:
            with writing(raw):
                seal_rest(raw)
                yield
        except BaseException:
            self._view = None
            raise

    @contextmanager
    def _issuing(self, raw: StoreConnection) -> Iterator[tuple[View, Issue]]:
        """Write operations into the stream, in the transaction of the caller."""
        view = self._fresh(raw)
        issue = Issue(raw, self.stream, self._now_ms())
        self._introduce(raw, view, issue)
        view.erase(raw)
        yield view, issue
        issue.finish()

    def _fresh(self, raw: StoreConnection) -> View:
        """Return what the stream comes to by now."""
        if self._view is not None and self._view.device != state.identity(raw).device:
            self._view = None
        if self._view is None:
            self._view = View.of(raw, self._opened, self.stream)
        else:
            self._view = self._view.gone_on(raw)
        return self._view

    def _introduce(self, raw: StoreConnection, view: View, issue: Issue) -> None:
        """Show this device's card where it was never shown; whoever it was before vouches for it."""
        if view.is_known:
            return
        former = [one for one in self._opened.holders(raw) if one.card.device != view.device]
        made: list[KeyRecord] = [view.keys.card]
        for one in former:
            made += view.keys.recover_as(one, self._now_ms())
        _add_keys(issue, made)
        view.is_known = True

    def _now_ms(self) -> int:
        return to_milliseconds(self._workspace.clock())


def begin_journal(
    workspace: Workspace, passphrase: str, *, cost: Argon2Cost | None = None
) -> OpenJournal:
    """Set the journal up on this copy, under a passphrase of its own, and open it.

    Also where the passphrase was forgotten: this copy is a new device in the journal then.

    Raises:
        ValidationError: the passphrase is empty.
        StoreError: this copy exchanges with nobody, or only one workshop.
    """
    with closing(workspace.exchange_connection()) as raw:
        own = _own(raw)
        _require_own_name(raw)
        with workspace.gate.closed(), writing(raw):
            seal_rest(raw)
            opened = lock.set_up(raw, own.workspace, own.user, passphrase, cost)
            opened.make_holder(raw, own.device)
        journal = OpenJournal(workspace, opened, user_stream(own.user))
        journal.catch_up(raw, workspace.gate.closed)  # the others are shown this device
    return journal


def open_journal(workspace: Workspace, passphrase: str) -> OpenJournal:
    """Open the journal of this copy.

    Raises:
        ValidationError: the passphrase is another one.
        NotFoundError: it was never set up here.
        StoreError: this copy exchanges with nobody, or only one workshop.
    """
    with closing(workspace.exchange_connection()) as raw:
        own = _own(raw)
        if not lock.is_set_up(raw):
            raise NotFoundError(_("There is no journal on this computer yet."))
        opened = lock.unlock(raw, own.workspace, own.user, passphrase)
    return OpenJournal(workspace, opened, user_stream(own.user))


def _own(raw: StoreConnection) -> state.Identity:
    if not state.is_joined(raw):
        raise StoreError(
            _("The journal needs a workspace that is shared. Connect this one to a server first.")
        )
    own = state.identity(raw)
    if not may_hold(raw, user_stream(own.user), own):
        raise StoreError(
            _("This computer was given one workshop only. Write the journal on another one.")
        )
    return own


def _require_own_name(raw: StoreConnection) -> None:
    if is_another_copy(raw):
        raise StoreError(
            _(
                "This workspace is a copy or was restored. Sync it with the server once; "
                "then the journal can be written in again."
            )
        )


def _add_keys(issue: Issue, records: Sequence[KeyRecord]) -> None:
    for record in dict.fromkeys(records):
        issue.add_key(record)
