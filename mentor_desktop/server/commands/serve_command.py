"""`serve`: answer devices until stopped."""

import argparse
import os
import socket
import sys
from pathlib import Path

from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _
from mentor_desktop.server import journal
from mentor_desktop.server.command_line import Report
from mentor_desktop.server.migrations import require_current
from mentor_desktop.server.service import Service
from mentor_desktop.server.serving import Tls, listen, serve_here, serve_in_processes


def run(found: argparse.Namespace) -> Report:
    """Serve until SIGTERM or Ctrl+C, then say nothing."""
    tls = _tls(found.certificate, found.key)
    if found.workers > 1 and os.name != "posix":
        raise StoreError(_("This system serves in one process only. Leave --workers out."))
    service = Service.open(found.folder)
    try:
        require_current(service.database)
        journal.start()
        if found.socket >= 0:
            shared = socket.socket(fileno=found.socket)
            serve_here(service, shared, tls, is_merging=found.is_merging)
            return Report({})
        with listen(found.host, found.port) as listening:
            host, port = listening.getsockname()[:2]
            scheme = "https" if tls else "http"
            print(_("Serving at {url}.").format(url=f"{scheme}://{host}:{port}"), file=sys.stderr)
            if found.workers == 1:
                serve_here(service, listening, tls, is_merging=found.is_merging)
            else:
                serve_in_processes(_again(found), found.workers, listening)
    finally:
        service.close()
    return Report({})


def _again(found: argparse.Namespace) -> list[str]:
    """Return the arguments of one of several processes."""
    arguments = ["serve", "--folder", str(found.folder)]
    if not found.is_merging:
        arguments.append("--no-merging")
    if found.certificate:
        arguments += ["--certificate", str(found.certificate), "--key", str(found.key)]
    return arguments


def _tls(certificate: Path | None, key: Path | None) -> Tls | None:
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise StoreError(_("TLS needs both --certificate and --key."))
    for file in (certificate, key):
        if not file.is_file():
            raise StoreError(_("{path} is not there.").format(path=file))
    return Tls(certificate, key)
