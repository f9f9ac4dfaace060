"""`init`: a folder with settings and secret, and tables in the database."""

import argparse
from pathlib import Path

from sqlalchemy.exc import OperationalError

from mentor_desktop.errors import StoreError, ValidationError
from mentor_desktop.i18n import _
from mentor_desktop.server.command_line import Report
from mentor_desktop.server.database import Database
from mentor_desktop.server.dialect import dialect_for
from mentor_desktop.server.folder import ServerFolder, ServerSettings
from mentor_desktop.server.migrations import migrate, require_current
from mentor_desktop.sync.keys.invitations import checked_server


def run(found: argparse.Namespace) -> Report:
    """Make the server and say what comes next."""
    folder = Path(found.folder).absolute()
    if found.url:
        _check_url(found.url)
    database = found.database or f"sqlite:///{folder / 'server.db'}"
    dialect_for(database)  # refuses an address of nothing before anything is written
    settings = ServerSettings(
        database=database,
        blobs=found.blobs or str(folder / "blobs"),
        url=found.url,
        trusted_proxies=tuple(found.trusted_proxies),
        workspace_megabytes=found.workspace_megabytes,
    )
    ServerFolder(folder).create(settings)
    try:
        prepare(settings)
    except BaseException:  # whatever it was: the next try finds the folder as this one did
        ServerFolder(folder).remove()
        raise
    return Report(
        facts={"folder": str(folder), "database": database.partition(":")[0]},
        lines=(
            _("The server is made in {path}.").format(path=folder),
            _("Next: mentor-server invite --role admin, then mentor-server serve."),
        ),
    )


def _check_url(url: str) -> None:
    """Look that devices will take the address that invitations name.

    Raises:
        StoreError: they will not.
    """
    try:
        checked_server(url)
    except ValidationError as error:
        raise StoreError(
            _(
                "Desktops refuse {url}: they speak https://NAME or https://NAME:PORT, and http only to "
                "their own computer. Name an https address (docs/server.md, TLS), or leave --url out."
            ).format(url=url)
        ) from error


def prepare(settings: ServerSettings) -> None:
    """Make the tables of a new server.

    Raises:
        StoreError: the database does not answer, or its user may see too much.
    """
    database = Database(settings.database)
    try:
        migrate(database)
        require_current(database)
    except OperationalError as error:  # its message may quote the address, with the password
        raise StoreError(
            _("The database does not answer, or lets this user do nothing. Is its address right?")
        ) from error
    finally:
        database.close()
