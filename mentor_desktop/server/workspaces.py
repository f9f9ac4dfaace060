"""What an administrator sees of all workspaces."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, select

from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import account, device, workspace


@dataclass(frozen=True)
class UserRow:
    """One user of one workspace."""

    ws: str
    user: str
    name: str
    role: str
    workshops: tuple[str, ...]
    is_disabled: bool


@dataclass(frozen=True)
class DeviceRow:
    """One device of one workspace; times in milliseconds since 1970."""

    ws: str
    device: str
    user: str
    name: str
    tag: str
    added_at: int
    seen_at: int
    is_revoked: bool


def workspace_ids(service: Service) -> list[str]:
    """Return the ids of all workspaces, oldest first."""

    def work(connection: Connection) -> list[str]:
        wanted = select(workspace.c.ws).order_by(workspace.c.created_at, workspace.c.ws)
        return list(connection.execute(wanted).scalars())

    return service.database.read_everywhere(work)


def users(service: Service, ws: str) -> list[UserRow]:
    """Return the users of one workspace, or (empty `ws`) of all, by workspace and name."""

    def work(connection: Connection) -> list[UserRow]:
        wanted = select(account).order_by(account.c.ws, account.c.name, account.c.user)
        if ws:
            wanted = wanted.where(account.c.ws == ws)
        return [
            UserRow(
                one.ws,
                one.user,
                one.name,
                one.role,
                tuple(json.loads(one.workshops)),
                one.disabled_at is not None,
            )
            for one in connection.execute(wanted)
        ]

    return service.database.read_everywhere(work)


def devices(service: Service, ws: str) -> list[DeviceRow]:
    """Return the devices of one workspace, or (empty `ws`) of all, by workspace and tag."""

    def work(connection: Connection) -> list[DeviceRow]:
        wanted = select(device).order_by(device.c.ws, device.c.tag, device.c.device)
        if ws:
            wanted = wanted.where(device.c.ws == ws)
        return [
            DeviceRow(
                one.ws,
                one.device,
                one.user,
                one.name,
                one.tag,
                one.added_at,
                one.seen_at,
                one.revoked_at is not None,
            )
            for one in connection.execute(wanted)
        ]

    return service.database.read_everywhere(work)
