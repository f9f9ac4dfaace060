"""The tables of users and devices, which follow from the stream `members`."""

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, insert, select, update

from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import account, device
from mentor_desktop.sync.keys.entries import DeviceEntry, Revocation
from mentor_desktop.sync.protocol.operations import Value


class MemberTables:
    """Users and devices as one transaction reads and writes them."""

    def __init__(self, service: Service, connection: Connection, ws: str) -> None:
        self._service, self._connection, self._ws = service, connection, ws

    def role_of(self, user: str, *, has_access: bool = False) -> str:
        """Return the role of a user; empty for nobody, and with `has_access` for who has none.

        Who has none now may have it again: nobody below them has a say in that meanwhile.
        """
        row = self._connection.execute(
            select(account.c.role, account.c.disabled_at).where(
                account.c.ws == self._ws, account.c.user == user
            )
        ).one_or_none()
        if row is None or (has_access and row.disabled_at is not None):
            return ""
        return str(row.role)

    def write_user(self, user: str, changes: Mapping[str, Value]) -> None:
        """Write what changes of a user; one who is new has else what everybody begins with."""
        fresh = {"ws": self._ws, "user": user, "name": "", "role": "reader", "workshops": "[]"}
        dialect = self._service.database.dialect
        is_new = dialect.upsert(
            self._connection, account, [{**fresh, "disabled_at": None, **changes}], keep=True
        )
        if changes and not is_new:
            self._connection.execute(
                update(account)
                .where(account.c.ws == self._ws, account.c.user == user)
                .values(changes)
            )

    def add_device(self, entry: DeviceEntry, workshops: Sequence[str]) -> None:
        """Write a device, and its user where they are new, with the workshops they begin with."""
        invited = entry.invitation.workshops if entry.invitation else workshops
        user = {
            "ws": self._ws,
            "user": entry.user,
            "name": entry.name,
            "role": entry.role,
            "workshops": json.dumps(list(invited)),
            "disabled_at": None,
        }
        self._service.database.dialect.upsert(self._connection, account, [user], keep=True)
        now = self._service.now_ms()
        self._connection.execute(
            insert(device).values(
                ws=self._ws,
                device=entry.device,
                user=entry.user,
                sign_key=entry.sign_key.hex(),
                tag=entry.tag,
                name=entry.name,
                added_at=now,
                seen_at=now,
                seen_seq=0,
            )
        )

    def end_device(self, revocation: Revocation) -> None:
        """Write that the access of a device ended."""
        self._connection.execute(
            update(device)
            .where(device.c.ws == self._ws, device.c.device == revocation.device)
            .values(revoked_at=self._service.now_ms())
        )
