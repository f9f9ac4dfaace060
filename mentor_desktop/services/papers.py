"""The papers of a workshop: what each would look like now, and what was printed when.

Making a paper changes nothing; `record_print` notes that it left the printer or was saved.
"""

from mentor_desktop.services.certificate_papers import (
    certificate_papers,
    render_certificate_register,
    render_certificates,
    write_certificates,
)
from mentor_desktop.services.list_papers import pages_showing, render_attendance_list
from mentor_desktop.services.paper_prints import (
    Paper,
    PaperState,
    PrintedList,
    papers_of,
    record_print,
)

__all__ = [
    "Paper",
    "PaperState",
    "PrintedList",
    "certificate_papers",
    "pages_showing",
    "papers_of",
    "record_print",
    "render_attendance_list",
    "render_certificate_register",
    "render_certificates",
    "write_certificates",
]
