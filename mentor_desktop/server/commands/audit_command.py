"""`audit`: what was done, rejected and set aside."""

import argparse
from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from mentor_desktop.i18n import _
from mentor_desktop.server import audit
from mentor_desktop.server.command_line import Report
from mentor_desktop.server.service import Service
from mentor_desktop.server.tables import quarantine


def run(found: argparse.Namespace) -> Report:
    """Show the newest entries, and all that lies in quarantine."""
    service = Service.open(found.folder)
    ws = found.workspace or None
    try:
        entries = service.database.read_everywhere(lambda one: audit.entries(one, ws, found.most))
        aside = service.database.read_everywhere(lambda one: _quarantined(one, ws))
    finally:
        service.close()
    lines = [
        f"{_time(one.at_ms)}  {one.ws or '-':<32}  {one.action}  {one.device}"
        f"  {' '.join(one.facts.values())}".rstrip()
        for one in entries
    ]
    lines += [
        _("Set aside: {count} changes of device {device} for {stream} ({reason})").format(**one)
        for one in aside
    ]
    return Report(
        facts={"entries": [asdict(one) for one in entries], "quarantine": aside},
        lines=tuple(lines),
    )


def _quarantined(connection: Connection, ws: str | None) -> list[dict[str, str | int]]:
    wanted = select(quarantine).order_by(quarantine.c.ws, quarantine.c.at)
    if ws is not None:
        wanted = wanted.where(quarantine.c.ws == ws)
    return [
        {
            "ws": one["ws"],
            "device": one["device"],
            "stream": one["stream"],
            "from_seq": one["from_seq"],
            "count": one["count"],
            "reason": one["reason"],
        }
        for one in connection.execute(wanted).mappings()
    ]


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1_000, UTC).strftime("%Y-%m-%d %H:%M:%S")
