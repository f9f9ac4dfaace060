"""Looking for damage: numbers without a gap, whole chains, true signatures, rows, files."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, select

from mentor_desktop.i18n import _
from mentor_desktop.server import change_log
from mentor_desktop.server.merged_rows import read_merged
from mentor_desktop.server.merging import recompute_all
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import (
    blob,
    device,
    digest,
    folding,
    log,
    merged,
    stream,
    tail,
    workspace,
)
from mentor_desktop.sync.merge.digest import Buckets
from mentor_desktop.sync.protocol.batches import NO_HASH, BadBatch, Batch, Header, read_batch

_BATCHES_AT_ONCE = 200


@dataclass
class Findings:
    """What was looked at, and sentences about what is wrong."""

    workspaces: int = 0
    batches: int = 0
    files: int = 0
    troubles: list[str] = field(default_factory=list)


def check_everything(service: Service) -> Findings:
    """Look at every workspace: its log, its merged rows and its files."""
    findings = Findings()
    ids = service.database.read_everywhere(
        lambda one: list(one.execute(select(workspace.c.ws).order_by(workspace.c.ws)).scalars())
    )
    for ws in ids:
        findings.workspaces += 1
        look = partial(_check_workspace, service, ws, findings)
        service.database.read_consistently(ws, look)
        _check_files(service, ws, findings)
    return findings


def check_log(
    connection: Connection,
    ws: str,
    keys: dict[str, bytes] | None = None,
    server_key: bytes = b"",
) -> tuple[int, list[str]]:
    """Return how many batches a workspace has and what is wrong with them.

    With `keys` (device -> signing key) hashes and signatures are computed anew, without them
    only numbers and chains are followed, as after each backup.
    """
    troubles: list[str] = []
    ends: dict[tuple[str, str], Header] = {}
    heads: dict[str, int] = {}
    number = 0
    for seq, batch in _batches(connection, ws):
        number += 1
        header = batch.header
        before = ends.get((header.stream, header.device))
        expected = (before.to_seq + 1, before.hash) if before else (1, NO_HASH)
        if seq != number or (header.from_seq, header.prev_hash) != expected:
            troubles.append(
                _("Workspace {ws}: batch {number} does not follow the one before it.").format(
                    ws=ws, number=seq
                )
            )
            break
        if keys is not None and not _is_genuine(batch, keys.get(header.device, server_key)):
            troubles.append(
                _("Workspace {ws}: batch {number} is damaged.").format(ws=ws, number=seq)
            )
        ends[header.stream, header.device] = header
        heads[header.stream] = seq
    if not troubles and not _fits_counters(connection, ws, number, ends, heads):
        troubles.append(_("Workspace {ws}: its counters do not fit its log.").format(ws=ws))
    return number, troubles


def _check_workspace(service: Service, ws: str, findings: Findings, connection: Connection) -> None:
    keys = {
        row.device: bytes.fromhex(row.sign_key)
        for row in connection.execute(
            select(device.c.device, device.c.sign_key).where(device.c.ws == ws)
        )
    }
    count, troubles = check_log(connection, ws, keys, service.keys.public_key)
    findings.batches += count
    findings.troubles += troubles
    if troubles:
        return
    for name in connection.execute(
        select(folding.c.stream).where(folding.c.ws == ws).order_by(folding.c.stream)
    ).scalars():
        if not _are_rows_right(connection, ws, name):
            findings.troubles.append(
                _("Workspace {ws}: the merged rows of {stream} are not what its log says.").format(
                    ws=ws, stream=name
                )
            )


def _batches(connection: Connection, ws: str) -> Iterator[tuple[int, Batch]]:
    since = 0
    while rows := connection.execute(
        select(log.c.seq, log.c.header, log.c.body)
        .where(log.c.ws == ws, log.c.seq > since)
        .order_by(log.c.seq)
        .limit(_BATCHES_AT_ONCE)
    ).all():
        for row in rows:
            yield row.seq, change_log.batch_of(row)
        since = rows[-1].seq


def _is_genuine(batch: Batch, key: bytes) -> bool:
    try:
        read_batch(batch, Ed25519PublicKey.from_public_bytes(key))
    except BadBatch:
        return False
    return True


def _fits_counters(
    connection: Connection,
    ws: str,
    count: int,
    ends: dict[tuple[str, str], Header],
    heads: dict[str, int],
) -> bool:
    head = connection.execute(select(workspace.c.head).where(workspace.c.ws == ws)).scalar()
    tails = {
        (row.stream, row.device): (row.last_seq, row.last_hash)
        for row in connection.execute(
            select(tail.c.stream, tail.c.device, tail.c.last_seq, tail.c.last_hash).where(
                tail.c.ws == ws
            )
        )
    }
    streams = {
        row.stream: row.head
        for row in connection.execute(
            select(stream.c.stream, stream.c.head).where(stream.c.ws == ws)
        )
    }
    wanted = {place: (header.to_seq, header.hash) for place, header in ends.items()}
    return (head, tails, streams) == (count, wanted, heads)


def _are_rows_right(connection: Connection, ws: str, name: str) -> bool:
    at_seq, root = connection.execute(
        select(digest.c.at_seq, digest.c.root).where(digest.c.ws == ws, digest.c.stream == name)
    ).one_or_none() or (0, Buckets().root)
    buckets = Buckets()
    for (entity, row), one in recompute_all(connection, ws, name, at_seq).items():
        if not one.is_nothing:
            buckets.add(entity, row, one.state.digest_text())
    kept = Buckets()
    for found in connection.execute(
        select(merged.c.entity, merged.c.row, merged.c.state).where(
            merged.c.ws == ws, merged.c.stream == name
        )
    ):
        text = read_merged(found.state, "[]").was
        if text is not None:
            kept.add(found.entity, found.row, text)
    return buckets.root == kept.root == root


def _check_files(service: Service, ws: str, findings: Findings) -> None:
    wanted = select(blob.c.hash, blob.c.size).where(blob.c.ws == ws, blob.c.sealed_at.is_not(None))
    for row in service.database.read(ws, lambda one: one.execute(wanted).all()):
        findings.files += 1
        found = service.blobs.size(ws, row.hash)
        content = sha256()
        if found == row.size:
            for part in service.blobs.read(ws, row.hash, 0, row.size):
                content.update(part)
        if content.hexdigest() != row.hash:
            findings.troubles.append(
                _("Workspace {ws}: the file {hash} is missing or damaged.").format(
                    ws=ws, hash=row.hash[:16]
                )
            )
