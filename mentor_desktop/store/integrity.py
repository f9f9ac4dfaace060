"""Reading everything that is stored once, and comparing it with itself."""

from collections.abc import Iterator

from sqlcipher3 import dbapi2

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _, ngettext
from mentor_desktop.progress import Progress
from mentor_desktop.store.backup import list_backups, verify_files
from mentor_desktop.store.blobs import Blobs
from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.folder import WorkspaceFolder
from mentor_desktop.store.keyfile import KeyFile

_SHOWN_MESSAGES = 5
# Columns that hold addresses of blobs: one, or a JSON list of them.
_BLOB_COLUMNS = (
    "SELECT scan FROM consent WHERE scan <> ''",
    "SELECT each.value FROM project, json_each(iif(json_valid(logos), logos, '[]')) AS each",
)
_DERIVED_FAULTS = {
    "person_order": """
        SELECT (SELECT count(*) FROM person_order)
             <> (SELECT count(*) FROM person WHERE alias_of IS NULL)
        OR EXISTS (SELECT 1 FROM person p WHERE alias_of IS NULL AND NOT EXISTS (
            SELECT 1 FROM person_order o WHERE o.person = p.rowid
            AND o.sort_key = person_sort_key(p.given_name, p.family_name)))""",
    "person_search": """
        SELECT (SELECT count(*) FROM person_search)
             <> (SELECT count(*) FROM person WHERE alias_of IS NULL)""",
    "superseded": """
        SELECT EXISTS (SELECT each.value FROM attendance_mark m, json_each(m.supersedes) AS each
                       EXCEPT SELECT mark FROM superseded)
        OR EXISTS (SELECT mark FROM superseded
                   EXCEPT SELECT each.value FROM attendance_mark m, json_each(m.supersedes) AS each)""",
}


def faults(
    connection: StoreConnection, folder: WorkspaceFolder, key: bytes, progress: Progress
) -> Iterator[str]:
    """Give a sentence for each fault of database, references, blobs, key file and newest backup."""
    yield from database_faults(connection)
    yield from _reference_faults(connection)
    yield from _blob_faults(connection, folder, key, progress)
    yield from _key_file_faults(folder, key)
    yield from _backup_faults(folder, progress)


def database_faults(connection: StoreConnection) -> Iterator[str]:
    """Give what SQLite and SQLCipher say about the pages of the file."""
    messages: list[str] = []
    for pragma in ("PRAGMA cipher_integrity_check", "PRAGMA integrity_check"):
        try:
            messages += [str(row[0]) for row in connection.execute(pragma) if row[0] != "ok"]
        except dbapi2.DatabaseError as exc:
            messages.append(str(exc))
    for message in messages[:_SHOWN_MESSAGES]:
        yield _("The database is damaged ({detail}). Restore the newest backup.").format(
            detail=message
        )


def stale_derived_tables(connection: StoreConnection) -> list[str]:
    """Return the derived tables that do not say what the stored rows say; they can be made anew."""
    try:
        return [
            name for name, sql in _DERIVED_FAULTS.items() if connection.execute(sql).fetchone()[0]
        ]
    except dbapi2.DatabaseError:
        return []


def _reference_faults(connection: StoreConnection) -> Iterator[str]:
    try:
        count = len(connection.execute("PRAGMA foreign_key_check").fetchall())
    except dbapi2.DatabaseError:
        return
    if count:
        yield ngettext(
            "{count} record points to one that is missing. Restore the newest backup.",
            "{count} records point to ones that are missing. Restore the newest backup.",
            count,
        ).format(count=count)


def _blob_faults(
    connection: StoreConnection, folder: WorkspaceFolder, key: bytes, progress: Progress
) -> Iterator[str]:
    blobs = Blobs(folder.blobs, key)
    try:
        wanted = {str(row[0]) for sql in _BLOB_COLUMNS for row in connection.execute(sql)}
    except dbapi2.DatabaseError:
        wanted = set()
    addresses = sorted(wanted.union(blobs.addresses()))
    for done, address in enumerate(addresses):
        progress.step(done, len(addresses))
        try:
            blobs.read(address)
        except StoreError as exc:
            yield str(exc)


def _key_file_faults(folder: WorkspaceFolder, key: bytes) -> Iterator[str]:
    try:
        fits = KeyFile.load(folder.key_file).fits(key)
    except StoreError as exc:
        yield str(exc)
        return
    if not fits:
        yield _("The key file {path} belongs to another workspace. Restore a backup.").format(
            path=folder.key_file
        )


def _backup_faults(folder: WorkspaceFolder, progress: Progress) -> Iterator[str]:
    for backup in list_backups(folder)[:1]:
        try:
            verify_files(backup.path, progress)
        except StoreError as exc:
            yield str(exc)


def counts(connection: StoreConnection) -> dict[str, int]:
    """Return how many people, marks and certificates are stored; empty for a damaged file."""
    tables = {"people": "person", "marks": "attendance_mark", "certificates": "certificate"}
    try:
        return {
            name: int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
            for name, table in tables.items()
        }
    except dbapi2.DatabaseError:
        return {}
