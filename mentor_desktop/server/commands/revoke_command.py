"""`revoke`: close the access of a device or of a user, at once."""

import argparse

from mentor_desktop.errors import NotFoundError
from mentor_desktop.i18n import _, ngettext
from mentor_desktop.server.command_line import Report
from mentor_desktop.server.members_log import revoke_device, revoke_user
from mentor_desktop.server.service import Service


def run(found: argparse.Namespace) -> Report:
    """Revoke and say how many devices lost their access."""
    service = Service.open(found.folder)
    try:
        if found.user:
            gone = revoke_user(service, found.workspace, found.user)
        else:
            gone = revoke_device(service, found.workspace, found.device) or None
    finally:
        service.close()
    if gone is None:
        raise NotFoundError(_("Nobody by that name has access to this workspace."))
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
