"""The white space screen: what is free, usable and stranded by coach and weekday, why, and the moves that win some of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Sparkline, Static

from agent_tui.domain.recovery import Plan
from agent_tui.domain.site import Staff
from agent_tui.domain.wall_time import short_day
from agent_tui.domain.week import BadWeek, Week, WeekAsked
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals.pick import PickModal
from agent_tui.tui.screens.manager import SECOND
from agent_tui.tui.screens.recovering import Recovering
from agent_tui.tui.space_words import (
    coach_line,
    day_lines,
    day_sentence,
    heading,
    shows_free,
    total_words,
    trend_shares,
    trend_words,
)
from agent_tui.tui.too_small import TooSmall
from agent_tui.tui.week_words import ALL, read_whose, week_words, whose_choices, whose_words
from agent_tui.tui.widgets.lines import KeyFooter, StatusLine, Title, TitleLine, shown
from agent_tui.tui.widgets.space_list import SpaceList

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.whitespace import DaySpace, WhiteSpace

NARROW, WIDE = 110, 150
WEEKS = 8
"""How many weeks the trend has."""
FIGURES, KNOWN = "figures", "known"


class WhiteSpaceScreen(Recovering):
    """The coaches on the left, the coach's day under the cursor on the right; it reads again when the feed brings something."""

    CSS_PATH = "white_space.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("space")]
    AUTO_FOCUS = "#list"
    listing = getters.query_one("#list", SpaceList)

    def __init__(self, back: Backstage, now: Callable[[], datetime], staff: Staff, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(back, now, staff, glyphs)
        self.week: Week | None = None
        self.team: str | None = None
        self.diary: str | None = None
        self.found: WhiteSpace | None = None
        self.by_place: dict[tuple[str, date], DaySpace] = {}
        self.codes: tuple[str, ...] = ()
        self.at_day = 0
        self._day_chosen = False
        self._known_of: tuple[object, ...] | None = None
        self._known: dict[tuple[str, date], DaySpace] = {}
        self._seen: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """Put the panes on the screen."""
        yield TitleLine(Title("White space"), glyphs=self.glyphs, id="title")
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield Static(id="heading", markup=False)
                yield SpaceList((), self.glyphs, id="list")
                with Horizontal(id="trend"):
                    yield Sparkline([], id="spark")
                    yield Static(id="trend-words", markup=False)
            with VerticalScroll(id="right", can_focus=False):
                yield Static(id="known", markup=False)
        yield StatusLine(glyphs=self.glyphs, id="status")
        yield KeyFooter(id="keys")
        yield TooSmall()

    def on_mount(self) -> None:
        """Read the week, and look each second whether it must be read again."""
        self.set_class(self.glyphs is not UNICODE, "-ascii")
        self.show_title()
        self.set_interval(SECOND, self.look)

    def on_screen_resume(self) -> None:
        """Read what has happened while another screen was in front."""
        self.look()

    @property
    def context(self) -> str:  # type: ignore[override]
        """The place that has the focus, as the command registry names it."""
        return "space list" if isinstance(self.focused, SpaceList) else "space"

    def on_resize(self, event: events.Resize) -> None:
        """Lay the panes out for the width."""
        self.set_class(event.size.width < NARROW, "-stacked")
        self.set_class(event.size.width >= WIDE, "-roomy")
        self.query_one(TooSmall).fit(event.size)
        self.call_after_refresh(self.paint)

    # Reading.

    @property
    def shown_week(self) -> Week:
        """The week that is shown: this week, whatever day it is by now, unless another was gone to."""
        return self.week or Week.of(self.today)

    @property
    def asked(self) -> WeekAsked:
        """What is shown."""
        return WeekAsked(self.shown_week, (), self.team, self.diary)

    def look(self) -> None:
        """Read again where something else is asked for, the feed has brought something or a day has begun."""
        if self.is_current:
            self.look_at_rules()
            seen = (self.back.changes, self.asked, self.today)
            if seen != self._seen:
                self._seen = seen
                self.read()

    def read(self) -> None:
        """Read the figures of the week and of the weeks before it."""
        asked = self.asked

        def work(desk: "Desk") -> object:
            from agent_tui.services.whitespace import white_space

            try:
                return white_space(desk, asked, weeks=WEEKS)
            except BadWeek as bad:  # a team or diary that another terminal has taken away
                return str(bad)

        self.do(FIGURES, work, exclusive=True)

    def read_known(self) -> None:
        """Read why the time of the coach under the cursor is stranded, and what moves would win, unless that is known."""
        code, found = self.code, self.found
        if code is None or found is None:
            return
        mine = tuple(one for one in found.spaces if one.diary == code)
        wanted = (code, found.asked.week, mine, self.today, self.decided)
        if wanted == self._known_of:
            return
        self._known_of = wanted
        asked = replace(found.asked, team=None, diary=code)

        def work(desk: "Desk") -> object:
            from agent_tui.services.recovering import recovery
            from agent_tui.services.whitespace import white_space

            return wanted, white_space(desk, asked, causes=True), recovery(desk, asked).plans

        self.do(KNOWN, work, exclusive=True)

    def rules_changed(self) -> None:
        """Read under the newest rules."""
        self._seen, self._known_of = (), None

    def done(self, job: str, result: object) -> None:
        """Show what was read, or what an act did."""
        if job == FIGURES and isinstance(result, str):
            self.say(result, "error")
        elif job == FIGURES:
            self._take(result)  # type: ignore[arg-type]
        elif job == KNOWN and isinstance(result, tuple):
            wanted, found, plans = result
            if wanted == self._known_of:
                self._known = {(one.diary, one.day): one for one in found.spaces}
                self.plans = plans
                self.paint_known()
        else:
            super().done(job, result)

    def _take(self, found: "WhiteSpace") -> None:
        if found.asked.week != self.shown_week:
            return
        self.found = found
        self.by_place = {(one.diary, one.day): one for one in found.spaces}
        if not self._day_chosen:
            self.at_day = next((number for number, day in enumerate(found.days) if day >= self.today), 0)
        self.at_day = min(self.at_day, max(len(found.days) - 1, 0))
        self.paint()

    # Showing.

    @property
    def code(self) -> str | None:
        """The diary whose line has the highlight."""
        at = self.listing.highlighted
        return self.codes[at] if at is not None and at < len(self.codes) else None

    @property
    def space(self) -> "DaySpace | None":
        """The coach's day under the cursor."""
        if self.found is None or self.code is None or not self.found.days:
            return None
        place = (self.code, self.found.days[self.at_day])
        known = self._known.get(place) if self._known_of is not None and self._known_of[0] == self.code else None
        now = self.by_place.get(place)
        return known if known is not None and now is not None and known.free_minutes == now.free_minutes else now

    @property
    def plans_here(self) -> Sequence[Plan]:
        """The moves that win something on the coach's day under the cursor."""
        space = self.space
        return [one for one in self.plans if space is not None and (one.diary, one.day) == (space.diary, space.day)]

    def paint(self) -> None:
        """Show the week; the cursor stays on the same coach and day."""
        found = self.found
        if found is None:
            return
        was = self.code
        self.codes = tuple(dict.fromkeys(one.diary for one in found.spaces))
        at = self.codes.index(was) if was in self.codes else 0
        self.query_one("#heading", Static).update(Content(shown(heading(found.days, self._room))))
        self.listing.show([self._line(code, number == at) for number, code in enumerate(self.codes)], at)
        self._lit = at
        self.call_after_refresh(self.listing.scroll_to_highlight)  # the list may have got another height
        figures = "Free, usable" if shows_free(self._room, len(found.days)) else "Usable"
        self.query_one("#left").border_title = f"{figures} and {self.glyphs.stranded}stranded minutes"
        spark = self.query_one("#spark", Sparkline)
        spark.data = trend_shares(found)
        self.query_one("#trend-words", Static).update(Content(shown(trend_words(found))))
        self.show_title()
        self.paint_known()
        self.read_known()

    _lit = 0

    @property
    def _room(self) -> int:
        return max(self.listing.size.width - 2, 40)

    def _line(self, code: str, lit: bool) -> Content:
        assert self.found is not None
        spaces = [self.by_place.get((code, day)) for day in self.found.days]
        coach = self.found.coaches.get(code, code)
        return coach_line(coach, spaces, self.at_day if lit else None, self._room, self.glyphs)

    def paint_known(self) -> None:
        """Show what is known of the coach's day under the cursor."""
        space, found = self.space, self.found
        lines: list[str] = []
        if space is not None and found is not None:
            known = (space.diary, space.day) in self._known
            lines = day_lines(space, found.coaches, self.plans_here, self.glyphs, known=known)
            self.query_one("#right").border_title = Content(shown(f"{space.coach} {short_day(space.day)}"))
        if found is not None and found.notes:
            lines += ["", *found.notes]
        self.query_one("#known", Static).update(Content("\n").join(Content(shown(line)) for line in lines))
        self.describe()

    def describe(self, *, moved: bool = False) -> None:
        """Say what is under the cursor."""
        space = self.space
        notes = "" if self.found is None else " ".join(self.found.notes)
        self.status.describe(notes if space is None else day_sentence(space), moved=moved)

    def show_title(self) -> None:
        """Show the week, whose diaries are shown, and the sums."""
        own = self.staff.diary if self.staff.role == "coach" else None
        place = whose_words(self.catalogue, self.team, self.diary or own)
        total = None if self.found is None else self.found.total
        counts = [] if total is None else [*total_words(total)]
        week = self.shown_week
        title = Title("White space", f"{week.number}: {week_words(week)}", place, tuple(counts), f"{self.now():%H:%M}")
        self.title_line.show(title)

    @on(OptionList.OptionHighlighted, "#list")
    def _coach_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        at = self.listing.highlighted
        if at is not None and at != self._lit and at < len(self.codes):
            self._relight(at)
            self.paint_known()
            self.describe(moved=True)
            self.read_known()

    def _relight(self, at: int) -> None:
        for number in dict.fromkeys((self._lit, at)):
            if number < len(self.codes):
                self.listing.redraw(number, self._line(self.codes[number], number == at))
        self._lit = at

    @on(SpaceList.DayMoved)
    def _day_moved(self, event: SpaceList.DayMoved) -> None:
        event.stop()
        days = () if self.found is None else self.found.days
        if 0 <= self.at_day + event.by < len(days):
            self.at_day, self._day_chosen = self.at_day + event.by, True
            self._relight(self._lit)
            self.paint_known()
            self.describe(moved=True)

    @on(OptionList.OptionSelected, "#list")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_show_diary()

    # Going about.

    def action_show_diary(self) -> None:
        """Show the coach's day on the booking screen, at its first stranded run."""
        from agent_tui.tui.screens.going import go_to_diary

        space = self.space
        if space is not None:
            first = space.runs[0].run.start if space.runs else 108
            go_to_diary(self.app, space.diary, space.day, first)

    def action_pick_whose(self) -> None:
        """Show all diaries, a team's or one coach's."""

        def picked(id: str) -> None:
            self.team, self.diary = read_whose(id)
            self.look()

        chosen = f"diary {self.diary}" if self.diary else f"team {self.team}" if self.team else ALL
        self.modal(PickModal("Whose diaries?", whose_choices(self.catalogue), chosen=chosen, glyphs=self.glyphs), picked)

    def action_next_week(self) -> None:
        """Go to the next week."""
        self._go(self.shown_week.later(1))

    def action_previous_week(self) -> None:
        """Go to the week before."""
        self._go(self.shown_week.later(-1))

    def action_this_week(self) -> None:
        """Go to this week."""
        self._go(Week.of(self.today))

    def _go(self, week: Week) -> None:
        self.week = None if week == Week.of(self.today) else week
        self.show_title()
        self.look()
