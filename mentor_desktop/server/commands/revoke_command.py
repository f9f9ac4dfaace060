"""`revoke`: close the access of a device or of a user, at once."""

import argparse

from sqlalchemy import Connection, update

from mentor_desktop.errors import NotFoundError
from mentor_desktop.i18n import _, ngettext
from mentor_desktop.server import audit
from mentor_desktop.server.accounts import devices_of, revoke_devices
from mentor_desktop.server.command_line import Report
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import account


def run(found: argparse.Namespace) -> Report:
    """Revoke and say how many devices lost their access."""
    service = Service.open(found.folder)
    try:
        gone = service.database.write(
            found.workspace, lambda connection: _revoke(service, connection, found)
        )
    finally:
        service.close()
    return Report(
        facts={"revoked": gone},
        lines=(
            ngettext(
                "{count} device has no access any more.",
                "{count} devices have no access any more.",
                gone,
            ).format(count=gone),
        ),
    )


def _revoke(service: Service, connection: Connection, found: argparse.Namespace) -> int:
    now = service.now_ms()
    if found.user:
        disabled = connection.execute(
            update(account)
            .where(account.c.ws == found.workspace, account.c.user == found.user)
            .values(disabled_at=now)
        ).rowcount
        if not disabled:
            raise NotFoundError(_("There is no such user in this workspace."))
        devices = devices_of(connection, found.workspace, found.user)
    else:
        devices = {found.device}
    gone = revoke_devices(connection, found.workspace, devices, now)
    if not gone and not found.user:
        raise NotFoundError(_("There is no such device with access in this workspace."))
    for one in sorted(devices):
        audit.record(connection, found.workspace, now, "revoked", one)
    return gone
