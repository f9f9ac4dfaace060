"""`export KIND --out FILE`: a table as .csv or .xlsx."""

from mentor_desktop import i18n
from mentor_desktop.cli.files import write_file
from mentor_desktop.cli.parser import Invocation
from mentor_desktop.cli.result import CommandResult
from mentor_desktop.cli.session import opened
from mentor_desktop.i18n import ngettext
from mentor_desktop.services.exports import export_table, table_file
from mentor_desktop.services.workshops import find_workshop


def run(invocation: Invocation) -> CommandResult:
    """Write the table and say how many rows it has."""
    assert invocation.out is not None
    with opened(invocation) as workspace, workspace.reader() as uow:
        workshop_id = find_workshop(uow, invocation.workshop) if invocation.workshop else None
        table = export_table(uow, invocation.kind, workshop_id=workshop_id)
        content = table_file(
            table, invocation.out.suffix.lower(), language=i18n.current_language().code
        )
    write_file(invocation.out, content)
    count = len(table.rows)
    sentence = ngettext("Wrote {count} row to {path}.", "Wrote {count} rows to {path}.", count)
    return CommandResult(
        facts={"file": str(invocation.out), "rows": count, "columns": list(table.headings)},
        lines=(sentence.format(count=count, path=invocation.out),),
    )
