"""Users and devices as the stream `members` tells them, taken in the server's order.

Two entities: `member_record` holds a signed entry of a device or its revocation
(`sync.keys.entries`) in its column `record`; `member` is a user, its row the user's id, with
`name`, `role`, `workshops` (JSON list of ids, or ["*"]) and `is_disabled`. Which records count
is `sync.keys.members`' to say; here is what a user's row may be changed to, and by whom.
"""

import json
from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, select

from mentor_desktop.server.accounts import Member
from mentor_desktop.server.database import OvertakenError
from mentor_desktop.server.member_tables import MemberTables
from mentor_desktop.server.rights import ROLES, ServerAccess
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import account, member_record, tail, workspace
from mentor_desktop.server.user_rows import USER_ENTITY, UserRows
from mentor_desktop.sync.keys.entries import (
    MOST_NAME,
    NO_SIGNATURE,
    SERVER,
    BadRecord,
    DeviceEntry,
    Grant,
    Record,
    Revocation,
    read_record,
    signed,
    to_bytes,
)
from mentor_desktop.sync.keys.members import (
    ALL_WORKSHOPS,
    INVITING_ROLES,
    Anchors,
    Members,
    members_of,
)
from mentor_desktop.sync.protocol.operations import CREATE, SET, Op, Value, first_ms
from mentor_desktop.sync.protocol.streams import is_id

RECORD_ENTITY, RECORD_COLUMN = "member_record", "record"
BAD_RECORD, UPWARDS, BAD_VALUE = "bad_record", "above_own_role", "bad_value"
IS_SERVER, TOO_MANY = "is_server", "too_many_devices"
# Of one user, also those without access by now: everybody may add their own, and all entries are
# read and verified for whoever joins.
MOST_DEVICES = 500

_workshops = msgspec.json.Decoder(list[str])


class Membership:
    """What one transaction does to users and devices; read when the first record comes."""

    def __init__(self, service: Service, connection: Connection, ws: str) -> None:
        self._service, self._connection, self._ws = service, connection, ws
        self._known: Members | None = None
        self._last_number = 0  # of the records that were read, or written since
        self._rows = UserRows(connection, ws)
        self._tables = MemberTables(service, connection, ws)
        self.has_changed = False
        self.ended: list[Revocation] = []  # by the server, for the stream to tell

    def take(self, ops: Sequence[Op], author: Member) -> str:
        """Take the operations of one action; return why it does not count, with nothing done then."""
        needs_records = any(op.entity in (RECORD_ENTITY, USER_ENTITY) for op in ops)
        # Kept rather than read again: that verifies all records, for every action that is refused.
        before = self._members().copy() if needs_records else self._known
        number, has_changed = self._last_number, self.has_changed
        rows, ended = self._rows.copy(), list(self.ended)
        with self._connection.begin_nested() as step:
            for op in ops:
                if reason := self._take_op(op, author):
                    step.rollback()
                    self._known, self._last_number = before, number
                    self.has_changed, self._rows, self.ended = has_changed, rows, ended
                    return reason
        return ""

    def _take_op(self, op: Op, author: Member) -> str:
        if op.entity == RECORD_ENTITY:
            # What the server signed in a life before its backup, it had taken then.
            was_taken = isinstance(author.access, ServerAccess)
            return self._take_text(op.kind, op.values, was_taken=was_taken)
        if op.entity == USER_ENTITY:
            return self._take_user(op, author)
        return ""

    def add(self, record: Record, workshops: Sequence[str] = (), *, was_taken: bool = False) -> str:
        """Take a record; return why it does not count, "" when it does (also when it did before).

        `was_taken`: it was judged once by what was known then, and is not judged again by today.
        """
        known = self._members()
        if isinstance(record, DeviceEntry) and known.entries.get(record.device) == record:
            return ""
        if isinstance(record, Grant) and record in known.grants.get(record.device, ()):
            return ""
        # All that is written is read again for whoever comes next: so an end is once.
        was_over = isinstance(record, Revocation) and record.device in known.revoked_at
        reason = self._judge(record, was_taken=was_taken)
        if not (reason or was_over):
            self._write(record, workshops)
        return reason

    def knows(self, device_id: str, user: str) -> bool:
        """Tell whether a device of this user has access, and the user too."""
        members = self._members()
        entry = members.entries.get(device_id)
        is_theirs = entry is not None and entry.user == user and members.has_access(device_id)
        return is_theirs and bool(self._tables.role_of(user, has_access=True))

    def entry_of(self, device_id: str) -> DeviceEntry | None:
        """Return the entry of a device that has access."""
        members = self._members()
        return members.entries[device_id] if members.has_access(device_id) else None

    def tags(self) -> set[str]:
        """Return the tags of devices that are taken."""
        return {one.tag for one in self._members().entries.values()}

    def time_of_grant(self, user: str) -> int:
        """Return the time of a grant that counts from now on, by whatever clock the row was told."""
        said = self._rows.said(user)
        return max(self._service.now_ms(), first_ms(max(said.role, said.workshops)))

    def _take_text(self, kind: str, values: Mapping[str, Value], *, was_taken: bool) -> str:
        text = values.get(RECORD_COLUMN)
        if kind != CREATE or not isinstance(text, str):
            return BAD_RECORD
        try:
            return self.add(read_record(text), was_taken=was_taken)
        except BadRecord:
            return BAD_RECORD

    def _take_user(self, op: Op, author: Member) -> str:
        is_change, values = op.kind in (CREATE, SET), op.values
        found = self._connection.execute(
            select(account.c.role).where(account.c.ws == self._ws, account.c.user == op.row)
        ).scalar()
        role = values.get("role", found or "reader") if is_change else found or "reader"
        if is_change and not _are_sound(role, values):
            return BAD_VALUE
        # What a colleague carries of somebody whose access ended may have been signed since.
        is_over = author.is_revoked and not isinstance(author.access, ServerAccess)
        highest = min(ROLES.index(str(role)), ROLES.index(found or role))
        if is_over or highest < ROLES.index(author.access.role):
            return UPWARDS
        if not is_change:
            return ""
        shown = self._rows.take(op)
        names = shown & {"name", "role", "workshops"}
        changes = {name: values[name] for name in names}
        if "is_disabled" in shown:
            changes["disabled_at"] = self._service.now_ms() if values["is_disabled"] else None
        for grant in self._members().grants_of(op.row):
            changes |= self._widened(op.row, changes, grant)
        self._tables.write_user(op.row, changes)
        self.has_changed = True
        if isinstance(author.access, ServerAccess) and "role" in changes:
            self._end_put_from_below(op.row)
        return ""

    def _end_put_from_below(self, user: str) -> None:
        """End the access of devices that others put with a user who turns out to be above them.

        A restored server does not know that before it is given back its own word on the user, who
        joined after its backup. The user's own devices are vouched for by the server, or each other.
        """
        for entry in self._members().devices_of(user):  # a device stands behind its voucher
            is_over = entry.vouched_by in {one.device for one in self.ended}
            if is_over or not self._may_vouch_now(entry):
                now = self._service.now_ms()
                draft = Revocation(self._ws, entry.device, SERVER, now, NO_SIGNATURE)
                record = signed(draft, self._service.keys.sign_key.sign)
                assert self.add(record) == "", "the server's word on a device that is there"
                self.ended.append(record)

    def _judge(self, record: Record, *, was_taken: bool) -> str:
        """Take a record among those that are known; return why it does not count."""
        if isinstance(record, DeviceEntry) and self._is_of_server(record.device):
            return IS_SERVER
        if not all(map(_is_workshop, _given_by(record))):
            return BAD_VALUE
        if not was_taken and not self._may_vouch_now(record):
            return UPWARDS
        if not was_taken and isinstance(record, DeviceEntry) and self._has_most(record.user):
            return TOO_MANY
        known = self._members()
        reason = known.add_taken(record) if was_taken else known.add(record)
        return reason and f"member_{reason}"

    def _is_of_server(self, device_id: str) -> bool:
        """Tell whether the server writes under this id, or did in an epoch before.

        Whoever has a chain here and no entry is the server: nobody else's batches are taken.
        """
        epoch = self._connection.execute(
            select(workspace.c.epoch).where(workspace.c.ws == self._ws)
        ).scalar()
        if epoch is not None and self._service.keys.device_in(epoch) == device_id:
            return True
        chain = select(tail.c.stream).where(tail.c.ws == self._ws, tail.c.device == device_id)
        is_known = device_id in self._members().entries
        return not is_known and self._connection.execute(chain.limit(1)).first() is not None

    def _may_vouch_now(self, record: Record) -> bool:
        """Tell whether who signed it has, by today's roles, the right over that user.

        Records keep the role of their day; whoever lost it since vouches for nobody else, and
        nobody adds a device to a user above them. Of their own everybody adds and ends devices,
        but grants nothing. An unknown voucher is `Members`' to refuse.
        """
        entries = self._members().entries
        if isinstance(record, DeviceEntry):
            voucher, user, over = entries.get(record.vouched_by), record.user, [record.role]
        else:
            target = entries.get(record.device)
            user = target.user if target else ""
            if isinstance(record, Grant):
                voucher, over = entries.get(record.granted_by), [record.role]
            else:
                voucher, over = entries.get(record.revoked_by), []
        if voucher is None or not user or (user == voucher.user and not isinstance(record, Grant)):
            return True
        own = self._tables.role_of(voucher.user, has_access=True)
        if own not in INVITING_ROLES:
            return False
        over += filter(None, [self._tables.role_of(user)])
        return all(role in ROLES and ROLES.index(role) >= ROLES.index(own) for role in over)

    def _has_most(self, user: str) -> bool:
        entries = self._members().entries.values()
        return sum(one.user == user for one in entries) >= MOST_DEVICES

    def _members(self) -> Members:
        if self._known is None:
            rows = self._connection.execute(
                select(member_record.c.number, member_record.c.content)
                .where(member_record.c.ws == self._ws)
                .order_by(member_record.c.number)
            ).all()
            self._last_number = rows[-1].number if rows else 0
            records = [read_record(row.content) for row in rows]
            founders = self._connection.execute(
                select(workspace.c.founders).where(workspace.c.ws == self._ws)
            ).scalar()
            anchors = Anchors(
                self._service.keys.public_key,
                {one: bytes.fromhex(key) for one, key in json.loads(founders or "{}").items()},
            )
            # All of them counted when they came. What somebody vouched for stays after their end.
            taken = sorted(records, key=lambda one: isinstance(one, Revocation))
            self._known = members_of(self._ws, anchors, taken)
        return self._known

    def _write(self, record: Record, workshops: Sequence[str]) -> None:
        """Write a record behind those it was judged by, and what follows from it today.

        Raises:
            OvertakenError: there is another one by now.
        """
        self._last_number += 1
        row = {"ws": self._ws, "number": self._last_number, "content": to_bytes(record)}
        dialect = self._service.database.dialect
        if not dialect.upsert(self._connection, member_record, [row], keep=True):
            raise OvertakenError
        if isinstance(record, DeviceEntry):
            self._tables.add_device(record, workshops)
        elif isinstance(record, Grant):
            self._write_grant(record)
        else:
            self._tables.end_device(record)
        self.has_changed = True

    def _write_grant(self, grant: Grant) -> None:
        """Give the device's user what the grant gives, and take nothing away."""
        user = self._members().entries[grant.device].user
        row = self._connection.execute(
            select(account.c.role, account.c.workshops).where(
                account.c.ws == self._ws, account.c.user == user
            )
        ).one()
        self._tables.write_user(user, self._widened(user, row._asdict(), grant))

    def _widened(self, user: str, has: Mapping[str, Value], grant: Grant) -> dict[str, Value]:
        """Return role and workshops, as far as a user `has` them, with what a grant gives.

        Of a grant from before the user's row was told of it nothing counts: it may be late.
        """
        said, wider = self._rows.said(user), dict[str, Value]()
        if "role" in has and (role := said.role_in(grant)):
            wider["role"] = min(str(has["role"]), role, key=ROLES.index)
        if "workshops" in has:
            known = json.loads(str(has["workshops"]))
            wider["workshops"] = json.dumps(sorted({*known, *said.workshops_in(grant)}))
        return wider


def _are_sound(role: Value, values: Mapping[str, Value]) -> bool:
    """Tell whether a user can have this role, and the name and workshops among the values."""
    name = values.get("name", "")
    return (
        role in ROLES
        and isinstance(name, str)
        and len(name) <= MOST_NAME
        and "\0" not in name  # PostgreSQL keeps none
        and _is_workshops(values.get("workshops", "[]"))
    )


def _is_workshops(value: Value) -> bool:
    try:
        return isinstance(value, str) and all(map(_is_workshop, _workshops.decode(value)))
    except msgspec.MsgspecError:
        return False


def _is_workshop(text: str) -> bool:
    return text == ALL_WORKSHOPS or is_id(text)


def _given_by(record: Record) -> Sequence[str]:
    """Return the workshops that a record gives."""
    if isinstance(record, Grant):
        return record.workshops
    if isinstance(record, DeviceEntry) and record.invitation:
        return record.invitation.workshops
    return ()
