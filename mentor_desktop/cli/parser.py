"""Arguments of the command line; global options may stand before or after the command."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mentor_desktop import __version__
from mentor_desktop.i18n import DOCUMENT_LANGUAGES, PSEUDO_LANGUAGE, _

IMPORT_KINDS = ("participants", "programme", "plan", "attendance", "project", "organisations")
PRINT_KINDS = ("list", "certificates")
EXPORT_KINDS = ("participants", "attendance", "certificates", "organisations")

_Command = Callable[[str, str], argparse.ArgumentParser]


@dataclass(frozen=True)
class Invocation:
    """One parsed command line. `command` is empty when the window is wanted."""

    command: str = ""
    workspace: Path | None = None
    passphrase_file: Path | None = None
    language: str = ""
    as_json: bool = False
    kind: str = ""
    files: tuple[Path, ...] = ()
    workshop: str = ""
    out: Path | None = None
    starts_on: date | None = None
    is_single_file: bool = False
    is_issuing: bool = False
    encoding: str = ""
    delimiter: str = ""
    url: str = ""
    invitation: str = ""
    name: str = ""
    is_leaving: bool = False
    direction: str = ""
    is_new_device: bool = False
    for_device: str = ""
    with_everything: bool = False
    words_file: Path | None = None
    accepts_deletions: bool = False
    deed: str = ""
    tag: str = ""


def parse(arguments: Sequence[str]) -> Invocation:
    """Return the parsed command line; argparse exits with 2 and a sentence on wrong usage."""
    parser = _parser()
    found = vars(parser.parse_args(list(arguments)))
    if found.get("deed") == "revoke" and not found["tag"]:
        parser.error(_("Name the device whose access ends."))
    files = found.pop("files", None) or ()
    return Invocation(
        files=tuple(files), **{name: value for name, value in found.items() if value is not None}
    )


def _parser() -> argparse.ArgumentParser:
    everywhere = _global_options()
    parser = argparse.ArgumentParser(
        prog="mentor-desktop",
        description=_(
            "Workshops, mentoring and their paper, offline. Without a command the window opens."
        ),
        parents=[everywhere],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", metavar=_("COMMAND"))

    def command(name: str, summary: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name, help=summary, description=summary, parents=[everywhere], allow_abbrev=False
        )

    _add_data_commands(command)
    _add_paper_commands(command)
    _add_exchange_commands(command)
    _add_care_commands(command)
    return parser


def _global_options() -> argparse.ArgumentParser:
    # SUPPRESS: an option given before the command must not be reset by the command's own default.
    options = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    options.add_argument("--workspace", type=Path, metavar="DIR", help=_("the workspace folder"))
    options.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help=_("a file whose first line is the passphrase"),
    )
    options.add_argument(
        "--lang",
        dest="language",
        type=_language,
        metavar="CODE",
        help=_("language of messages and papers, for example lt"),
    )
    options.add_argument(
        "--json", dest="as_json", action="store_true", help=_("print one JSON object")
    )
    return options


def _add_data_commands(command: _Command) -> None:
    demo = command("demo", _("Fill a new workspace with the sample workshop."))
    demo.add_argument(
        "--starts-on", type=_date, metavar="DATE", help=_("first day of the workshop, YYYY-MM-DD")
    )

    importing = command("import", _("Read a table into the workspace: all of it or nothing."))
    importing.add_argument("kind", choices=IMPORT_KINDS)
    importing.add_argument("files", nargs=1, type=Path, metavar="FILE")
    importing.add_argument("--workshop", metavar="CODE", help=_("the workshop the rows belong to"))
    importing.add_argument(
        "--encoding", help=_("letters of the file, for example cp1257; found by itself otherwise")
    )
    importing.add_argument(
        "--delimiter", help=_("separator of the columns; found by itself otherwise")
    )

    exporting = command("export", _("Write a table to a .csv or .xlsx file."))
    exporting.add_argument("kind", choices=EXPORT_KINDS)
    exporting.add_argument("--workshop", metavar="CODE", help=_("only this workshop"))
    exporting.add_argument("--out", type=Path, required=True, metavar="FILE")


def _add_paper_commands(command: _Command) -> None:
    issue = command("issue", _("Give serial numbers to everybody who is eligible and has none."))
    issue.add_argument("kind", choices=("certificates",))
    issue.add_argument("--workshop", required=True, metavar="CODE")

    printing = command("print", _("Write the papers of a workshop as PDF files."))
    printing.add_argument("kind", choices=PRINT_KINDS)
    printing.add_argument("--workshop", required=True, metavar="CODE")
    printing.add_argument("--out", type=Path, required=True, metavar="DIR")
    printing.add_argument(
        "--single-file", dest="is_single_file", action="store_true", help=_("all in one PDF")
    )
    printing.add_argument(
        "--issue", dest="is_issuing", action="store_true", help=_("issue what is missing first")
    )

    verify = command("verify", _("Say whether certificates are genuine: PDF, picture or text."))
    verify.add_argument("files", nargs="+", type=Path, metavar="FILE")


def _add_exchange_commands(command: _Command) -> None:
    join = command("join", _("Exchange this workspace, or a new one, with others over a server."))
    join.add_argument("url", metavar="URL", help=_("the server's address, or the whole link"))
    join.add_argument(
        "invitation", nargs="?", metavar="INVITATION", help=_("the code, or the whole link")
    )
    join.add_argument("--name", metavar="NAME", help=_("your name, as colleagues read it"))
    join.add_argument(
        "--leave",
        dest="is_leaving",
        action="store_true",
        help=_("leave the server that this workspace is on, and who takes part there"),
    )

    sync = command("sync", _("Send what is new here and fetch what is new elsewhere, once."))
    _add_consent(sync)

    devices = command("devices", _("Say whose computers take part, or end the access of one."))
    devices.add_argument("deed", nargs="?", choices=("list", "revoke"), metavar="list|revoke")
    devices.add_argument(
        "tag", nargs="?", metavar="TAG", help=_("revoke: the device whose access ends")
    )

    _add_bundle_command(command)


def _add_bundle_command(command: _Command) -> None:
    bundle = command("bundle", _("Exchange changes by a file on a stick instead of a server."))
    directions = bundle.add_subparsers(dest="direction", metavar="export|import", required=True)

    def direction(name: str, summary: str) -> argparse.ArgumentParser:
        made = directions.add_parser(
            name, help=summary, description=summary, parents=[_global_options()], allow_abbrev=False
        )
        made.add_argument("files", nargs=1, type=Path, metavar="FILE")
        return made

    export = direction(
        "export", _("Write a file for other computers of the workspace, or a new one.")
    )
    export.add_argument("--workshop", metavar="CODE", help=_("only what this workshop needs"))
    reader = export.add_mutually_exclusive_group()
    reader.add_argument(
        "--new-device",
        dest="is_new_device",
        action="store_true",
        help=_("for a computer that does not have the workspace yet"),
    )
    reader.add_argument(
        "--for",
        dest="for_device",
        metavar="TAG",
        help=_("for this device alone; no words are needed there"),
    )
    export.add_argument(
        "--everything",
        dest="with_everything",
        action="store_true",
        help=_("with --for: a device that has one workshop gets all of them from now on"),
    )
    taking = direction(
        "import", _("Take in a file of another computer, or begin a new folder by it.")
    )
    taking.add_argument("--name", metavar="NAME", help=_("into a new folder: your name there"))
    taking.add_argument(
        "--words-file",
        type=Path,
        metavar="FILE",
        help=_("the six words from a file instead of typing them"),
    )
    _add_consent(taking)


def _add_consent(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--accept-deletions",
        dest="accepts_deletions",
        action="store_true",
        help=_("delete here too what others deleted, as it was told before; a backup comes first"),
    )


def _add_care_commands(command: _Command) -> None:
    backup = command("backup", _("Write a verified, encrypted backup."))
    backup.add_argument("out", type=Path, metavar="DIR")

    restore = command(
        "restore", _("Bring a backup back; what is there now is kept as a backup first.")
    )
    restore.add_argument("files", nargs=1, type=Path, metavar="FILE")

    command("check", _("Check the store and its files for damage."))


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise argparse.ArgumentTypeError(
            _("{text} is not a date; write it as 2026-03-10").format(text=text)
        ) from exc


def _language(text: str) -> str:
    known = {code.lower(): code for code in (*DOCUMENT_LANGUAGES, PSEUDO_LANGUAGE)}
    if text.lower() not in known:
        raise argparse.ArgumentTypeError(
            _("{text} is not one of the languages {codes}").format(
                text=text, codes=", ".join(DOCUMENT_LANGUAGES)
            )
        )
    return known[text.lower()]
