"""The evening before: what is ready, what is missing, what nobody could check."""

from collections.abc import Sequence
from functools import partial

from mentor_desktop.i18n import N_, _
from mentor_desktop.services.readiness import ReadinessCheck, readiness
from mentor_desktop.ui.pages.base import Page
from mentor_desktop.ui.widgets.layout import ScrollColumn
from mentor_desktop.ui.widgets.line_list import Line, LineList, heading
from mentor_desktop.ui.widgets.text import Text
from mentor_desktop.ui.workshop.links import follow
from mentor_desktop.ui.workshop.part import Part

# (states, heading) in the order in which a trainer wants to know.
_GROUPS = (
    (("fail", "warn"), N_("To put right")),
    (("not_checked",), N_("Not checked")),
    (("ok",), N_("Ready")),
)
_ICONS = {
    "fail": ("failed", "absent"),
    "warn": ("warning", "late"),
    "not_checked": ("help", "muted"),
    "ok": ("done", "present"),
}


class ReadinessPart(Part):
    """A list of checks; each leads to where it is put right."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._checks: dict[str, ReadinessCheck] = {}
        self._summary = Text(self.theme, "", "section")
        self._summary.setContentsMargins(self.theme.px(10), 0, 0, 0)
        self._list = LineList(self.theme, _("Readiness"))
        self._list.opened.connect(self._open)
        scroll = ScrollColumn(self.theme)
        scroll.column.addWidget(self._summary)
        scroll.column.addWidget(self._list)
        scroll.column.addStretch(1)
        self.body.addWidget(scroll)

    def load(self) -> None:
        """Run the checks."""
        self.jobs.query(partial(readiness, workshop_id=self.card.id), self._show, key="checks")

    def forget(self) -> None:
        """Show no checks until these are done."""
        self._checks = {}
        self._list.set_lines(())
        self._summary.setText("")

    def _show(self, checks: Sequence[ReadinessCheck]) -> None:
        self._checks = {one.key: one for one in checks}
        self._list.set_lines(readiness_lines(checks))
        self._summary.setText(summary(checks))

    def _open(self, key: str) -> None:
        follow(self.frame, self._checks[key].link, self.card.id, self.card.project_id)


def readiness_lines(checks: Sequence[ReadinessCheck]) -> list[Line]:
    """Return the checks as lines, grouped by what they ask for."""
    lines: list[Line] = []
    for states, title in _GROUPS:
        group = [one for state in states for one in checks if one.state == state]
        if group:
            lines.append(heading(_(title)))
            lines.extend(check_line(one) for one in group)
    return lines


def check_line(check: ReadinessCheck) -> Line:
    """Return one check as a line; it can be pressed where the program can put it right."""
    icon, tone = _ICONS[check.state]
    return Line(
        check.title,
        check.sentence,
        key=check.key if check.link else "",
        icon=icon,
        icon_tone=tone,
    )


def summary(checks: Sequence[ReadinessCheck]) -> str:
    """Return in one sentence how far the preparation is."""
    missing = sum(one.state in {"fail", "warn"} for one in checks)
    ready = sum(one.state == "ok" for one in checks)
    if not missing:
        return _("Everything that can be checked is ready.")
    return _("{ready} of {all} are ready, {missing} are to put right.").format(
        ready=ready, all=len(checks), missing=missing
    )
