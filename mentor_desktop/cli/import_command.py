"""`import KIND FILE`: a table into the workspace, all of it or nothing."""

import sys
from functools import partial
from typing import cast

from mentor_desktop.changes import Changes
from mentor_desktop.cli.parser import Invocation
from mentor_desktop.cli.result import CommandResult
from mentor_desktop.cli.session import opened, terminal_progress
from mentor_desktop.errors import StoreError
from mentor_desktop.i18n import _, ngettext
from mentor_desktop.services.backups import back_up_before_import
from mentor_desktop.services.imports.run import ImportRequest, run_import
from mentor_desktop.services.tables_in.fields import TableOf
from mentor_desktop.terminal import say


def run(invocation: Invocation) -> CommandResult:
    """Import one file; rows that cannot be taken refuse the whole file, each named with its line."""
    path = invocation.files[0]
    try:
        content = path.read_bytes()
    except OSError as exc:
        raise StoreError(
            _("{path} cannot be read ({reason}).").format(path=path, reason=exc.strerror)
        ) from exc
    request = ImportRequest(
        kind=cast(TableOf, invocation.kind),  # the parser lets no other kind through
        file_name=path.name,
        content=content,
        workshop=invocation.workshop,
        encoding=invocation.encoding or None,
        delimiter=invocation.delimiter or None,
    )
    with opened(invocation) as workspace:
        outcome = run_import(
            workspace,
            request,
            progress=terminal_progress(_("Importing")),
            before=partial(back_up_before_import, workspace),
        )
    say(
        (
            _("Line {line}: {sentence}").format(line=note.line, sentence=note.sentence)
            for note in outcome.notes
        ),
        sys.stderr,
    )
    return CommandResult(
        facts={
            "kind": invocation.kind,
            "rows": outcome.rows,
            "written": _counts(outcome.changes),
            "duplicates": [vars(one) for one in outcome.duplicates],
            "notes": [{"line": note.line, "sentence": note.sentence} for note in outcome.notes],
        },
        lines=(
            ngettext(
                "Imported {count} row from {path}.",
                "Imported {count} rows from {path}.",
                outcome.rows,
            ).format(count=outcome.rows, path=path),
            *(
                _("Line {line}: {name} may be {known}: {reason}.").format(
                    line=one.line, name=one.name, known=one.known_name, reason=_(one.reason)
                )
                for one in outcome.duplicates
            ),
        ),
    )


def _counts(changes: Changes) -> dict[str, int]:
    return {entity: len(ids) for entity, ids in sorted(changes.entities.items())}
