"""The use screen: how coaches use types of one name and different minutes, beside their team and the site."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList

from agent_tui.domain.plurals import counted
from agent_tui.domain.site import Staff
from agent_tui.domain.type_use import RULE, BadUse, CoachUse, FamilyUse, default_days
from agent_tui.domain.wall_time import short_date
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals import EffectModal, Field
from agent_tui.tui.modals.base import PointedList
from agent_tui.tui.modals.pick import PickModal
from agent_tui.tui.record_text import read_any_day
from agent_tui.tui.screens.two_panes import TwoPanes
from agent_tui.tui.use_words import coach_line, coach_lines, coach_words, entry_lines
from agent_tui.tui.widgets.lines import Title, shown
from agent_tui.tui.widgets.picker import Choice

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.type_use import UseFound

USE = "use"
FIRST_FAMILY = "work-search-review"
"""The family that the guidance names, shown first where the site has it."""
SHOWN = 12
_ALL = "all"


class UseList(PointedList):
    """One coach a line, outliers first."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("use list")]


class UseScreen(TwoPanes):
    """The coaches on the left, the figures and appointments of the highlighted one on the right."""

    NAME = "Use"
    LEFT = "Coaches"
    LIST = UseList
    PLACES = ("use list", "use")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("use")]
    listing = getters.query_one("#list", UseList)

    def __init__(self, back: Backstage, now: Callable[[], datetime], staff: Staff, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(back, now, staff, glyphs)
        self.found: UseFound | None = None
        self.says = "Counting."
        self.family: str | None = None
        self.length = 0
        """Which length of the family the bars show, counted from the shortest."""
        self.team: str | None = None
        self.days: tuple[date, date] | None = None

    def on_mount(self) -> None:
        """Count."""
        self.paint()

    def on_screen_resume(self) -> None:
        """Count what has been booked while another screen was in front."""
        self.look()

    # Counting.

    @property
    def shown_days(self) -> tuple[date, date]:
        """The days that are counted: four weeks back and ahead unless others were chosen."""
        return self.days or default_days(self.today)

    def look(self) -> None:
        """Count in a thread."""
        days, team = self.shown_days, self.team

        def work(desk: "Desk") -> object:
            from agent_tui.services.trouble import DeskRefused
            from agent_tui.services.type_use import UseAsked, use

            try:
                return use(desk, UseAsked(*days, team=team, entries=True))
            except (BadUse, DeskRefused) as refused:
                return str(refused)

        self.do(USE, work, exclusive=True)

    def rules_changed(self) -> None:
        """Count under the newest rules."""
        self.look()

    def done(self, job: str, result: object) -> None:
        """Show what was counted, or why nothing was."""
        if job != USE:
            super().done(job, result)
            return
        from agent_tui.services.type_use import UseFound

        self.found = result if isinstance(result, UseFound) else None
        self.says = result if isinstance(result, str) else ""
        self.paint()

    # Showing.

    @property
    def use(self) -> FamilyUse | None:
        """The family in hand."""
        every = () if self.found is None else self.found.families
        wanted = self.family or FIRST_FAMILY
        return next((one for one in every if one.family.id == wanted), every[0] if every else None)

    @property
    def minutes(self) -> int:
        """The length whose shares the bars show."""
        lengths = [] if self.use is None else sorted(self.use.counts)
        return lengths[self.length % len(lengths)] if lengths else 0

    @property
    def coach(self) -> CoachUse | None:
        """The coach that has the highlight."""
        at, coaches = self.listing.highlighted, () if self.use is None else self.use.coaches
        return coaches[at] if at is not None and at < len(coaches) else None

    def paint(self) -> None:
        """Show the coaches of the family, the highlight where it was."""
        was, found = self.coach, self.use
        coaches = () if found is None else found.coaches
        lines = []
        for one in coaches:
            line = Content(shown(coach_line(one, self.minutes, self.glyphs)))
            lines.append(line.stylize("bold $text-warning") if one.outlier else line)
        at = next((number for number, one in enumerate(coaches) if was is not None and one.diary == was.diary), 0)
        self.listing.show(lines, at)
        title = "Coaches" if found is None else f"{found.family.name}: share of {self.minutes} minutes"
        self.query_one("#left").border_title = Content(shown(title))
        self.show_title()
        self._show_known()

    def show_title(self) -> None:
        """Show the days, whose diaries, and how many are outliers."""
        first, last = self.shown_days
        found = self.use
        outliers = 0 if found is None else sum(one.outlier for one in found.coaches)
        place = self.catalogue.site.name if self.team is None else f"team {self.team}"
        counts = () if found is None else (counted(sum(found.counts.values()), "appointment"),)
        flagged = (f"{self.glyphs.flag} {counted(outliers, 'outlier')}",) if outliers else ()
        when = f"{short_date(first)} to {short_date(last)}"
        self.title_line.show(Title("Use", when, place, (*counts, *flagged), f"{self.now():%H:%M}"))

    def _show_known(self) -> None:
        found, one = self.use, self.coach
        if found is None or one is None:
            nobody = "" if found is None else f"Nobody is booked for {found.family.name} on these days."
            self.show_details([self.says or nobody])
            self.status.describe(self.says or nobody, moved=False)
            return
        entries = self._entries(one)
        lines = [*coach_lines(found, one, self.glyphs), *entries[:SHOWN]]
        more = len(entries) - SHOWN
        self.show_details([*lines, *([f"and {more} more: enter lists all."] if more > 0 else []), "", RULE])
        self.status.describe(coach_words(one, self.minutes), moved=False)

    def _entries(self, one: CoachUse) -> list[str]:
        found = self.use
        if self.found is None or found is None:
            return []
        mine = [entry for entry in self.found.entries.get(found.family.id, ()) if entry.diary == one.diary]
        return entry_lines(mine, self.found.initials)

    @on(OptionList.OptionHighlighted, "#list")
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._show_known()

    @on(OptionList.OptionSelected, "#list")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_show_entries()

    # Choosing.

    def action_show_entries(self) -> None:
        """Show the figures of the highlighted coach and list the appointments."""
        one, found = self.coach, self.use
        if one is not None and found is not None:
            title = f"{one.coach}: {found.family.name}"
            lines = [*coach_lines(found, one, self.glyphs), *self._entries(one)]
            self.modal(EffectModal(title, lines, glyphs=self.glyphs), lambda _yes: None)

    def action_pick_family(self) -> None:
        """Choose the family of types that is shown."""
        every = () if self.found is None else self.found.families
        choices = [
            Choice(
                one.family.id,
                one.family.name,
                f"{', '.join(str(length) for length in sorted(set(one.family.lengths.values())))} min",
            )
            for one in every
        ]

        def picked(id: str) -> None:
            self.family, self.length = id, 0
            self.paint()

        now = None if self.use is None else self.use.family.id
        self.modal(PickModal("Which types?", choices, chosen=now, glyphs=self.glyphs), picked)

    def action_pick_use_team(self) -> None:
        """Show all coaches, or those of a team."""
        choices = [Choice(_ALL, "All coaches")]
        choices += [Choice(code, name, f"team {code}") for code, name in sorted(self.catalogue.teams.items())]

        def picked(id: str) -> None:
            self.team = None if id == _ALL else id
            self.look()

        self.modal(PickModal("Whose?", choices, chosen=self.team or _ALL, glyphs=self.glyphs), picked)

    def action_use_days(self) -> None:
        """Choose the first and the last day that are counted."""
        first, last = self.shown_days
        fields = [
            Field("first", "From", first.isoformat(), "such as 2026-12-01", 20),
            Field("last", "To", last.isoformat(), "such as 2026-12-24", 20),
        ]

        def answered(texts: dict[str, str]) -> None:
            found = _read_days(texts, self.today)
            if not isinstance(found, dict):
                self.days = found
                self.look()

        def check(texts: Mapping[str, str]) -> dict[str, str]:
            found = _read_days(texts, self.today)
            return found if isinstance(found, dict) else {}

        self.ask("Which days?", "Appointments on these days are counted.", fields, check, answered, kept=False)

    def action_next_length(self) -> None:
        """Show the shares of the next length of the family."""
        self.length += 1
        self.paint()


def _read_days(texts: Mapping[str, str], today: date) -> tuple[date, date] | dict[str, str]:
    """Return the two days that were typed, or what is wrong by field."""
    problems: dict[str, str] = {}
    days = {name: read_any_day(texts[name].strip(), today) for name in ("first", "last")}
    for name, found in days.items():
        if not isinstance(found, date):
            problems[name] = found or "A day is needed."
    first, last = days["first"], days["last"]
    if isinstance(first, date) and isinstance(last, date):
        if first <= last:
            return first, last
        problems["last"] = f"{short_date(last)} is before {short_date(first)}."
    return problems
