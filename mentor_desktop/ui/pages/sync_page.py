"""Sync: with whom this workspace exchanges changes, what waits and why, and whose devices take part."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from mentor_desktop.i18n import _
from mentor_desktop.services.devices import DeviceRow, Team, called, ended, role_name, standing
from mentor_desktop.services.handed_words import handed, laptops_to_hand_to
from mentor_desktop.services.moments import moment
from mentor_desktop.services.second_laptop import KnownLaptop
from mentor_desktop.services.workshops import WorkshopRow, workshop_rows
from mentor_desktop.ui.deciding.waiting_note import WaitingNote
from mentor_desktop.ui.desk import BannerKind, Deed, Desk
from mentor_desktop.ui.pages.base import Page, PageAction
from mentor_desktop.ui.places import HAND_OVER
from mentor_desktop.ui.sync_controller import State, SyncStatus, words
from mentor_desktop.ui.syncing.device_panel import DevicePanel
from mentor_desktop.ui.syncing.history_note import HistoryNote
from mentor_desktop.ui.syncing.invite_form import InviteForm
from mentor_desktop.ui.syncing.join_form import JoinForm
from mentor_desktop.ui.widgets.banner import Banner
from mentor_desktop.ui.widgets.buttons import Button
from mentor_desktop.ui.widgets.empty_state import EmptyState
from mentor_desktop.ui.widgets.flow import flowing
from mentor_desktop.ui.widgets.layout import ScrollColumn, column, pile
from mentor_desktop.ui.widgets.line_list import Line, LineList
from mentor_desktop.ui.widgets.text import Text

_BETWEEN = " · "
Notice = tuple[str, BannerKind, tuple[Deed, ...]]


class SyncPage(Page):
    """Reads like a note. Without a server it says how to get one."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._controller = desk.sync.controller
        self._acts = self._controller.acts
        self._team: Team | None = None
        self._notices: tuple[str, ...] = ()
        self._wants_to_join = False
        self._undecided = (0, 0, 0)
        self._laptops: dict[str, KnownLaptop] = {}
        self._build_widgets()
        self._lay_out()
        self.track(self._controller.changed, self._show_status)
        self.track(self._acts.team_changed, self.mark_stale)
        self.track(desk.jobs.changed, self._on_anything)

    def open(self, **where: str) -> None:
        """Show the page; with act=join, also the form to join by."""
        self._wants_to_join = where.get("act") == "join"

    def refresh(self) -> None:
        """Ask who takes part, and what waits for a decision."""
        self._waiting.ask()
        self._acts.ask_team(self._show_team, self)

    def _on_anything(self, _changes: object) -> None:
        self.mark_stale()

    def _build_widgets(self) -> None:
        theme = self.theme
        self._waiting = WaitingNote(self)
        self._headline = Text(theme, "", "section")
        self._because = Text(theme, "", "body", "muted")
        self._with_whom = Text(theme, "")
        self._last = Text(theme, "", "body", "muted")
        self._devices = LineList(theme, _("Devices"), is_strong=False)
        self._devices.opened.connect(self._open_device)
        self._invite = Button(theme, _("Invite somebody"), self._open_invite, icon="walk-in")
        hand_over = (_("Hand to second laptop"), partial(self.frame.go, HAND_OVER))
        self._hand_over = Button(theme, *hand_over, kind="quiet")
        self._history = HistoryNote(theme)
        self._empty = EmptyState(
            theme,
            _("This workspace is on this computer alone; on a server colleagues work on it too."),
            "sync",
            _("Join a server"),
            self._open_join,
            rarer=hand_over,
        )

    def _lay_out(self) -> None:
        theme = self.theme
        self._note = column(
            theme, self._headline, self._because, self._with_whom, self._last, gap="s"
        )
        self._note.setContentsMargins(theme.size("indent"), 0, 0, 0)
        self._decisions = QVBoxLayout()
        self._decisions.setSpacing(theme.space("s"))
        heading = Text(theme, _("Devices"), "section")
        heading.setContentsMargins(theme.size("indent"), 0, 0, 0)
        scroll = ScrollColumn(theme, gap="xl")
        scroll.column.addLayout(self._decisions)
        scroll.column.addLayout(self._note)
        scroll.column.addLayout(column(theme, heading, self._devices, gap="s"))
        acts = flowing(theme, self._invite, self._hand_over)
        acts.setContentsMargins(theme.size("indent"), 0, 0, 0)
        scroll.column.addWidget(acts)
        scroll.column.addWidget(self._history)
        scroll.column.addStretch(1)
        self._blank = QWidget()
        self._parts = pile(self._blank, scroll, self._empty)
        self._scroll = scroll
        self.content.addWidget(self._waiting)
        self.content.addWidget(self._parts, 1)

    # ---- showing

    def _show_team(self, team: Team | None) -> None:
        self._team = team
        self._parts.setCurrentWidget(self._scroll if team else self._empty)
        if team is None:
            self.clear_primary()
            self.set_more(())
            if self._wants_to_join:
                self._open_join()
        else:
            self._show_people(team)
        self._wants_to_join = False

    def _show_people(self, team: Team) -> None:
        self._devices.set_lines([self._line(one) for one in team.devices])
        self._invite.setVisible(bool(team.server and team.roles_to_invite))
        if team.server:
            self._hand_over.show()
            self.set_primary(_("Sync now"), self._sync_now, icon="sync")
            again = PageAction(_("Join with another invitation"), self._open_join, icon="key")
            self.set_more((again,))
            self._with_whom.setText(
                (
                    _("With {server}, as {person}, {role}.")
                    if team.person
                    else _("With {server}, as {role}.")
                ).format(
                    server=team.server.partition("://")[2],
                    person=team.person,
                    role=role_name(team.role),
                )
            )
            self._show_status()
        else:
            self._show_files_only(team)

    def _show_files_only(self, team: Team) -> None:
        """Show a workspace whose laptops exchange files, and no server knows."""
        self.set_primary(
            _("Hand to second laptop"), partial(self.frame.go, HAND_OVER), icon="export"
        )
        self._hand_over.hide()
        self.set_more((PageAction(_("Join a server"), self._open_join, icon="key"),))
        self._headline.setText(_("These laptops exchange files."))
        self._because.setText(_("Nothing goes by itself: a stick carries it."))
        self._with_whom.setText(
            (_("You are {person}, {role}.") if team.person else _("You are {role}.")).format(
                person=team.person, role=role_name(team.role)
            )
        )
        self._because.show()
        self._last.hide()
        self.jobs.query(laptops_to_hand_to, self._show_laptops, key="handed")

    def _show_laptops(self, laptops: Sequence[KnownLaptop]) -> None:
        """Say beside each laptop when a file was written for it, and what came since."""
        self._laptops = {one.device: one for one in laptops}
        if self._team is not None and not self._team.server:
            self._devices.set_lines([self._line(one) for one in self._team.devices])

    def _line(self, device: DeviceRow) -> Line:
        laptop, is_by_files = (
            self._laptops.get(device.device),
            not (self._team and self._team.server),
        )
        by_file = handed(laptop, self.desk.clock()) if laptop and is_by_files else ""
        return Line(
            called(device),
            detail=_BETWEEN.join(filter(None, (role_name(device.role), by_file))),
            key=device.device,
            lead=device.tag,
            tail=standing(device, self.desk.clock()),
            tone="muted" if device.is_revoked else "text",
        )

    def _show_status(self) -> None:
        if self._team is None or not self._team.server:
            return
        status = self._controller.status
        self._headline.setText(words.headline(status))
        because = words.because(status)
        self._because.setText(because)
        self._because.setVisible(bool(because))
        self._last.setVisible(status.last_success_at is not None)
        if status.last_success_at is not None:
            at = moment(status.last_success_at, self.desk.clock())
            self._last.setText(_("Last exchange: {time}").format(time=at))
        undecided = (status.conflicts, status.not_shared, status.parked)
        if undecided != self._undecided:
            self._undecided = undecided
            self._waiting.ask()
        self._history.show_happenings(status.happenings, self.desk.clock())
        self._show_notices(self._notices_of(status))

    def _notices_of(self, status: SyncStatus) -> list[Notice]:
        """Return what asks for a decision, or for an act outside of this program."""
        notices: list[Notice] = []
        if status.mass_changes:
            sentence = " ".join(words.mass_change(one) for one in status.mass_changes)
            deeds: tuple[Deed, ...] = (
                (_("Apply"), self._controller.consent),
                (_("Keep here"), self._controller.keep_here),
            )
            notices.append((sentence, "warning", deeds))
        elif status.kept_changes:
            sentence = " ".join(words.kept_change(one) for one in status.kept_changes)
            notices.append((sentence, "info", ((_("Apply after all"), self._controller.consent),)))
        if status.state in {State.NEEDS_SIGN_IN, State.ACCESS_ENDED}:
            deed = (_("Join with another invitation"), self._open_join)
            notices.append((status.reason, "info", (deed,)))
        if status.is_clock_wrong:
            notices.append((words.clock(status.skew_s), "warning", ()))
        return notices

    def _show_notices(self, notices: Sequence[Notice]) -> None:
        sentences = tuple(sentence for sentence, _kind, _deeds in notices)
        if sentences == self._notices:  # a button that has the keyboard keeps it
            return
        self._notices = sentences
        while (old := self._decisions.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for sentence, kind, deeds in notices:
            self._decisions.addWidget(Banner(self.theme, sentence, kind, deeds))

    # ---- acting

    def _sync_now(self) -> None:
        self._controller.sync_now(_("Syncing"))

    def _open_join(self) -> None:
        def show(actor: str) -> None:
            form = JoinForm(self.theme, self._acts, actor, self._on_joined)
            is_again = bool(self._team and self._team.server)
            title = _("Join with another invitation") if is_again else _("Join a server")
            self.frame.open_panel(form, title)

        self.jobs.query(_actor, show, key="actor")

    def _on_joined(self) -> None:
        self.frame.close_panel()
        self.frame.toast(_("This computer is a device of the workspace on the server now."))

    def _open_invite(self) -> None:
        def show(workshops: Sequence[WorkshopRow]) -> None:
            roles = self._team.roles_to_invite if self._team else ()
            if roles:
                form = InviteForm(self.theme, self._acts, roles, workshops)
                self.frame.open_panel(form, _("Invite somebody"))

        self.jobs.query(workshop_rows, show, key="workshops")

    def _open_device(self, device: str) -> None:
        devices = self._team.devices if self._team else ()
        for one in devices:
            if one.device == device:
                panel = DevicePanel(
                    self.theme, self._acts, one, self.desk.clock(), self._on_revoked
                )
                self.frame.open_panel(panel, _("Device {tag}").format(tag=one.tag))

    def _on_revoked(self) -> None:
        self.frame.close_panel()
        self.frame.toast(ended(bool(self._team and self._team.server)))


def _actor(uow: Any) -> str:  # Any: see `jobs.Store`
    return str(uow.actor)
