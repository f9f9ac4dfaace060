"""The command line of the server.

Exit codes: 0 done; 1 one sentence on standard error, the data or the world is at fault;
2 wrong usage.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from mentor_desktop import __version__, config, i18n
from mentor_desktop.errors import UserFacingError
from mentor_desktop.i18n import _
from mentor_desktop.server.limits import GRACE_DAYS
from mentor_desktop.server.refusals import Refusal
from mentor_desktop.server.rights import ROLES
from mentor_desktop.terminal import say

EXIT_DONE, EXIT_REFUSED = 0, 1
DEFAULT_PORT = 8320
DEFAULT_DAYS = 14
_MOST_AUDIT = 50

_Command = Callable[[str, str], argparse.ArgumentParser]


@dataclass(frozen=True)
class Report:
    """What a command gives back: `facts` for `--json`, `lines` for a reader.

    `troubles` are there when the command did its work and the answer is no: sentences for
    standard error, exit code 1.
    """

    facts: Mapping[str, Any]  # Any: JSON values
    lines: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()


def run(arguments: Sequence[str]) -> int:
    """Run the command named by `arguments`; return the exit code."""
    i18n.set_language(i18n.system_language())
    found = _parser().parse_args(list(arguments))
    try:
        report = _command(found)
    except UserFacingError as error:
        say([str(error)], sys.stderr)
        return EXIT_REFUSED
    except Refusal as refusal:
        say([refusal.sentence], sys.stderr)
        return EXIT_REFUSED
    except KeyboardInterrupt:
        print(_("Stopped."), file=sys.stderr)
        return EXIT_REFUSED
    if getattr(found, "as_json", False):
        print(json.dumps(report.facts, ensure_ascii=False))
    else:
        say(report.lines, sys.stdout)
    say(report.troubles, sys.stderr)
    return EXIT_REFUSED if report.troubles else EXIT_DONE


def _command(found: argparse.Namespace) -> Report:
    module = import_module(f"mentor_desktop.server.commands.{found.command}_command")
    if not hasattr(found, "folder"):
        found.folder = _default_folder()
    report = module.run(found)
    assert isinstance(report, Report)
    return report


def _default_folder() -> Path:
    named = os.environ.get("MENTOR_SERVER_FOLDER", "")
    return Path(named) if named else config.default_server_dir()


def _parser() -> argparse.ArgumentParser:
    everywhere = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    everywhere.add_argument(
        "--folder", type=Path, metavar="DIR", help=_("the server's folder (MENTOR_SERVER_FOLDER)")
    )
    everywhere.add_argument(
        "--json", dest="as_json", action="store_true", help=_("print one JSON object")
    )
    parser = argparse.ArgumentParser(
        prog="mentor-server",
        description=_(
            "The server that workspaces of Mentor Desktop exchange their changes through."
        ),
        parents=[everywhere],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", metavar=_("COMMAND"), required=True)

    def command(name: str, summary: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name, help=summary, description=summary, parents=[everywhere], allow_abbrev=False
        )

    _add_service_commands(command)
    _add_people_commands(command)
    _add_care_commands(command)
    return parser


def _add_service_commands(command: _Command) -> None:
    init = command("init", _("Make a server: its folder, its secret, its tables."))
    init.add_argument(
        "--database", metavar="URL", default="", help=_("PostgreSQL instead of a file")
    )
    init.add_argument(
        "--blobs", metavar="PLACE", default="", help=_("a folder or s3://bucket/path")
    )
    init.add_argument("--url", metavar="URL", default="", help=_("where devices reach the server"))
    init.add_argument(
        "--trusted-proxy",
        dest="trusted_proxies",
        action="append",
        default=[],
        metavar="ADDRESS",
        help=_("an address whose X-Forwarded-For is believed"),
    )
    init.add_argument(
        "--workspace-megabytes",
        type=_count,
        default=0,
        metavar="N",
        help=_("how much one workspace may keep; without it as much as it likes"),
    )
    serve = command("serve", _("Answer devices until stopped."))
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_port, default=DEFAULT_PORT)
    serve.add_argument("--workers", type=_count, default=1, metavar="N", help=_("processes"))
    serve.add_argument("--certificate", type=Path, metavar="FILE", help=_("for TLS, with --key"))
    serve.add_argument("--key", type=Path, metavar="FILE")
    serve.add_argument(
        "--no-merging",
        dest="is_merging",
        action="store_false",
        help=_("leave the merging of rows to other processes"),
    )
    serve.add_argument("--socket", type=int, default=-1, help=argparse.SUPPRESS)
    command("migrate", _("Bring the tables to the version of this program."))


def _add_people_commands(command: _Command) -> None:
    invite = command("invite", _("Make an invitation that one device can use once."))
    invite.add_argument("--workspace", default="", metavar="ID")
    invite.add_argument("--role", choices=ROLES, default="")
    invite.add_argument(
        "--workshop", dest="workshops", action="append", default=[], metavar="ID", help=_("or all")
    )
    invite.add_argument("--user", default="", metavar="ID", help=_("a further device of this user"))
    invite.add_argument("--days", type=_count, default=DEFAULT_DAYS, help=_("how long it is good"))
    for name, summary in (
        ("users", _("List the users of each workspace.")),
        ("devices", _("List the devices of each workspace.")),
    ):
        command(name, summary).add_argument("--workspace", default="", metavar="ID")
    revoke = command("revoke", _("Close the access of a device, or of a user with all devices."))
    revoke.add_argument("--workspace", required=True, metavar="ID")
    which = revoke.add_mutually_exclusive_group(required=True)
    which.add_argument("--device", default="", metavar="ID")
    which.add_argument("--user", default="", metavar="ID")
    audit = command("audit", _("Show what was done, rejected and set aside, newest first."))
    audit.add_argument("--workspace", default="", metavar="ID")
    audit.add_argument("--most", type=_count, default=_MOST_AUDIT, metavar="N")


def _add_care_commands(command: _Command) -> None:
    backup = command("backup", _("Write a verified backup of everything into a folder."))
    backup.add_argument("out", type=Path, metavar="DIR")
    restore = command("restore", _("Bring a backup back; every workspace begins a new epoch."))
    restore.add_argument("file", type=Path, metavar="FILE", nargs="?")
    restore.add_argument(
        "--new-epochs",
        action="store_true",
        help=_("only say that the database was brought back by its own tools"),
    )
    collect = command(
        "collect", _("Take away files that nothing refers to, and uploads that never ended.")
    )
    collect.add_argument(
        "--days", type=_count, default=GRACE_DAYS, help=_("how old they are at least")
    )
    collect.add_argument(
        "--trial", dest="is_trial", action="store_true", help=_("only say what it would be")
    )
    command("check", _("Check chains, numbers, files and merged rows for damage."))


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(_("{text} is not a number from 1 up").format(text=text))
    return int(text)


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65_535:  # noqa: PLR2004  # the largest port there is
        raise argparse.ArgumentTypeError(_("{text} is not a port").format(text=text))
    return int(text)
