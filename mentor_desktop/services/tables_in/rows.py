"""The readers of all kinds of tables: a raw table and its mapping in, frozen rows out.

Bad rows come with their line and every reason; warnings do not keep a row out. Progress is reported
every 500 rows, and a person may cancel there.
"""

from mentor_desktop.services.tables_in.people_rows import read_attendance, read_participants
from mentor_desktop.services.tables_in.plan_rows import read_plan
from mentor_desktop.services.tables_in.programme_rows import read_programme
from mentor_desktop.services.tables_in.project_rows import read_organisations, read_projects

__all__ = [
    "read_attendance",
    "read_organisations",
    "read_participants",
    "read_plan",
    "read_programme",
    "read_projects",
]
