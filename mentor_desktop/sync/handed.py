"""What was handed to each laptop by file, and how much was done here since.

A file carries what there is when it is written; whether it was opened nobody knows before its
laptop answers. So what is counted is what came after the file, or after what the laptop told
last where none was written for it. Kept in this copy alone.
"""

import json
from collections.abc import Mapping

from mentor_desktop.store.connection import StoreConnection
from mentor_desktop.store.settings import remember, setting
from mentor_desktop.sync.inventory import told_by
from mentor_desktop.sync.protocol.streams import (
    MEMBERS,
    PEOPLE,
    SECRETS,
    USER,
    parse_stream,
    workshop_of,
)
from mentor_desktop.sync.replica.state import Numbers
from mentor_desktop.sync.shares import Share

_HANDED_TO = "handed to "

Ends = Mapping[tuple[str, str], int]


def ends_here(raw: StoreConnection) -> Ends:
    """Return by stream and device up to where this copy holds the log: without members, journals."""
    numbers = Numbers(raw)
    rows = raw.execute("SELECT stream, device, held FROM sync_applied WHERE held > 0").fetchall()
    ends = {
        (numbers.stream_of(stream), numbers.device_of(device)): int(held)
        for stream, device, held in rows
    }
    return {
        (stream, maker): seq
        for (stream, maker), seq in ends.items()
        if stream != MEMBERS and parse_stream(stream).kind != USER
    }


def note_handed(raw: StoreConnection, device: str, at_ms: int, ends: Ends, share: Share) -> None:
    """Keep that a file was written for a device when this copy held what `ends` say.

    Of that the device was given its share.
    """
    listed = [[*place, seq] for place, seq in ends.items() if _is_given(place[0], share)]
    given = None if share.workshops is None else sorted(share.workshops)
    told = {"at": at_ms, "ends": listed, "workshops": given}
    remember(raw, **{_HANDED_TO + device: json.dumps(told)})


def handed_at(raw: StoreConnection, device: str) -> int | None:
    """Return when the last file for a device was written, in milliseconds; None before the first."""
    kept = setting(raw, _HANDED_TO + device)
    return int(json.loads(kept)["at"]) if kept else None


def since_handed(raw: StoreConnection, device: str, share: Share) -> int:
    """Count what was done here, or came here, since the last file for a device.

    Without the streams that it is not given; what is not sealed yet counts for everybody. So do
    all people for a device that is given more workshops than it was then.
    """
    before = _handed(raw, device, share)
    sealed = sum(
        max(0, seq - before.get((stream, maker), 0))
        for (stream, maker), seq in ends_here(raw).items()
        if maker != device and _is_given(stream, share)
    )
    (unsealed,) = raw.execute(
        "SELECT count(*) FROM change WHERE seq > (SELECT sealed_change FROM sync_self)"
    ).fetchone()
    return sealed + int(unsealed)


def _is_given(stream: str, share: Share) -> bool:
    if stream == SECRETS:
        return share.has_secrets
    return share.workshops is None or workshop_of(stream) in {"", *share.workshops}


def _handed(raw: StoreConnection, device: str, share: Share) -> Ends:
    kept, told = setting(raw, _HANDED_TO + device), told_by(raw, device)
    if kept:
        file = json.loads(kept)
        given = file.get("workshops")
        is_more = given is not None and (
            share.workshops is None or not share.workshops <= set(given)
        )
        return {
            (stream, maker): seq
            for stream, maker, seq in file["ends"]
            if not (is_more and stream == PEOPLE)
        }
    return {(one.stream, one.device): one.seq for one in told.held} if told else {}
