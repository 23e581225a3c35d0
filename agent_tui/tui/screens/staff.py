"""The staff screen: who may act, in which role, and who is switched off."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList

from agent_tui.domain.plurals import counted
from agent_tui.domain.roles import GIVES, TITLES, login_problem, own_diary_problem, role_problem
from agent_tui.domain.site import Staff
from agent_tui.domain.wall_time import short_date
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.columns import widths_of
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals import ConfirmModal, Field
from agent_tui.tui.modals.base import PointedList
from agent_tui.tui.screens.two_panes import TwoPanes
from agent_tui.tui.widgets.lines import Title, fill, shown

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

Texts = Mapping[str, str]
_DOES = {
    "agent": "Books, moves, cancels and records for any diary; works the queue.",
    "coach": "Does what an agent does, in the own diary only.",
    "leader": "Also changes segments and types, blocks, re-homes and switches diaries.",
    "supervisor": "Also decides conflicts, retires diaries, sees who looked, gives roles up to team leader.",
    "admin": "Gives every role, imports and exports; does not book for claimants.",
}


SHORTEST, LONGEST = 12, 24
"""Cells of the column of logins, by the longest of them."""


class StaffList(PointedList):
    """One login a line, by login; those that are switched off say so."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("staff list")]


class StaffScreen(TwoPanes):
    """The logins on the left, what is known of the highlighted one on the right."""

    NAME = "Staff"
    LEFT = "Staff: login, role, diary"
    LIST = StaffList
    PLACES = ("staff list", "staff")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("staff")]
    listing = getters.query_one("#list", StaffList)

    def __init__(self, back: Backstage, now: Callable[[], datetime], staff: Staff, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(back, now, staff, glyphs)
        self.people: tuple[Staff, ...] = ()

    def on_mount(self) -> None:
        """Read the staff."""
        self.paint()
        self.action_read_staff()
        self.set_interval(1.0, self.look_at_rules)

    def on_screen_resume(self) -> None:
        """Read the staff anew; somebody may have changed it meanwhile."""
        self.action_read_staff()

    # What is shown.

    @property
    def person(self) -> Staff | None:
        """The login that has the highlight."""
        at = self.listing.highlighted
        return self.people[at] if at is not None and at < len(self.people) else None

    def paint(self) -> None:
        """Show the logins; the highlight stays on the same one."""
        was = self.person
        logins = [one.login for one in self.people]
        (width,) = widths_of([(SHORTEST, logins)], LONGEST)
        lines = [Content(shown(staff_line(one, width, self.glyphs))) for one in self.people]
        self.listing.show(lines, logins.index(was.login) if was is not None and was.login in logins else 0)
        self.show_title()
        self._show_known()

    def show_title(self) -> None:
        """Show how many there are, and how many of them are off."""
        off = sum(not one.enabled for one in self.people)
        counts = (counted(len(self.people), "login"), *((f"{off} off",) if off else ()))
        now = self.now()
        self.title_line.show(Title("Staff", short_date(self.today), self.catalogue.site.name, counts, f"{now:%H:%M}"))

    def _show_known(self) -> None:
        one = self.person
        lines = [] if one is None else self._known(one)
        self.show_details(lines)
        described = "" if one is None else f"{one.name}, {TITLES[one.role]}{'' if one.enabled else ', switched off'}"
        self.status.describe(described, moved=False)

    def _known(self, one: Staff) -> list[str]:
        lines = [one.name, f"{one.login}  {TITLES[one.role]}", f"Books as {one.booker}"]
        if one.diary:
            lines.append(f"Own diary {one.diary}")
        if not one.enabled:
            lines.append(f"{self.glyphs.flag} Switched off: may not act until somebody switches the login on.")
        lines += ["", _DOES[one.role]]
        given = GIVES.get(self.staff.role, ())
        if one.role not in given:
            lines += ["", "An administrator can change this login."]
        return lines

    # What comes.

    def action_read_staff(self) -> None:
        """Read the list of staff."""

        def work(desk: "Desk") -> object:
            from agent_tui.services import staffing

            return staffing.staff(desk)

        self.do("staff", work, exclusive=True)

    def done(self, job: str, result: object) -> None:
        """Take the list, or what an act did."""
        if job == "staff" and isinstance(result, list):
            self.people = tuple(result)
            self.paint()
        elif job == "staff":
            self.refused(result)
        else:
            super().done(job, result)

    def acted(self, name: str, result: object) -> None:
        """Show what an act has changed."""
        self.back.look()
        self.action_read_staff()

    def rules_changed(self) -> None:
        """Read what another terminal has changed."""
        self.action_read_staff()

    @on(OptionList.OptionHighlighted, "#list")
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._show_known()

    # Acts.

    def action_add_staff(self) -> None:
        """Add a login."""
        fields = [
            Field("login", "Login", "", "letters, digits and . _ @ -", 60),
            Field("name", "Name", "", "the person's name", 60),
            Field("role", "Role", "agent", self._given, 20),
            Field("diary", "Diary", "", "a coach's own; else empty", 10),
        ]

        def check(texts: Texts) -> dict[str, str]:
            problems = {"login": login_problem(texts["login"]), "role": role_problem(texts["role"])}
            problems["name"] = None if texts["name"] else "A login needs the person's name."
            problems["diary"] = own_diary_problem(texts["role"], texts["diary"])
            return {name: text for name, text in problems.items() if text is not None}

        def answered(texts: Texts) -> None:
            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services import staffing

                return staffing.add_staff(desk, texts["login"], texts["name"], texts["role"], texts["diary"] or None, id=id)

            self.propose("New login", None, act)

        self.ask("New login", f"You give: {self._given}.", fields, check, answered)

    @property
    def _given(self) -> str:
        return ", ".join(GIVES.get(self.staff.role, ()))

    def action_change_role(self) -> None:
        """Give the login another role."""
        one = self.person
        if one is None:
            return
        fields = [
            Field("role", "Role", one.role, self._given, 20),
            Field("diary", "Diary", one.diary or "", "a coach's own; else empty", 10),
        ]

        def check(texts: Texts) -> dict[str, str]:
            role, diary = texts["role"], texts["diary"]
            problems = {"role": role_problem(role), "diary": own_diary_problem(role, diary) if role == "coach" else None}
            return {name: text for name, text in problems.items() if text is not None}

        def answered(texts: Texts) -> None:
            diary = texts["diary"] if texts["role"] == "coach" else ""

            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services import staffing

                return staffing.set_role(desk, one.login, texts["role"], diary or None, id=id)

            self.propose("Role", None, act)

        self.ask(f"Role of {one.login}", f"You give: {self._given}.", fields, check, answered, about=one.login)

    def action_staff_email(self) -> None:
        """Set the address to which notes on the login's diary go."""
        one = self.person
        if one is None:
            return

        def answered(texts: Texts) -> None:
            def act(desk: "Desk", id: str) -> object:
                from agent_tui.services import staffing

                return staffing.set_address(desk, one.login, texts["email"], id=id)

            self.propose("E-mail", None, act)

        fields = [Field("email", "E-mail", "", "name@dwp.gov.uk; empty for none", 200)]
        sentence = "Notes on what others change in a coach's diary of the day go there. What is known is not shown."
        self.ask(f"E-mail of {one.login}", sentence, fields, lambda _texts: {}, answered, about=one.login)

    def action_switch_login(self) -> None:
        """Switch the login off after a question, or on at once."""
        one = self.person
        if one is None:
            return

        def act(desk: "Desk", id: str) -> object:
            from agent_tui.services import staffing

            return staffing.switch_login(desk, one.login, enabled=not one.enabled, id=id)

        if not one.enabled:
            self.propose("Switch", None, act)
            return
        question = f"{one.login} ({one.name}) could act no more, on any terminal; what they made stays. Switch off?"
        self.modal(ConfirmModal(question, title="Switch off", yes="switch off"), lambda _yes: self.propose("Switch", None, act))


def staff_line(one: Staff, login: int, glyphs: Glyphs) -> str:
    """Return a login as a line of the list: login in as many cells, role, own diary, whether it is off, name."""
    off = "" if one.enabled else "off"
    return f"{fill(one.login, login, glyphs.ellipsis)} {TITLES[one.role]:<13} {one.diary or '':<4}{off:<4}{one.name}"
