"""The today screen: how the day goes for every coach, and the chosen coach's day with what is recorded of it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from agent_tui.domain.requests import EntryState
from agent_tui.domain.site import Staff
from agent_tui.domain.today import MINUTES_PER_DAY, CoachDay, Meeting
from agent_tui.domain.wall_time import short_date
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.board_words import (
    HEADING,
    coach_sentence,
    coach_words,
    entries_of,
    entry_sentence,
    entry_words,
    not_seen_words,
)
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals.base import POINTER, PointedList
from agent_tui.tui.screens.manager import SECOND
from agent_tui.tui.screens.today_acts import TodayActs
from agent_tui.tui.too_small import TooSmall
from agent_tui.tui.widgets.lines import KeyFooter, StatusLine, Title, TitleLine, shown
from agent_tui.tui.widgets.named_keys import KeyHints

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.today import Board

NARROW = 110
BOARD = "board"


class CoachList(PointedList):
    """A line for each coach."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("coach list")]


class MeetingList(PointedList):
    """A line for each appointment of the chosen coach."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("coach day")]


class TodayScreen(TodayActs):
    """The coaches on the left, the day of the chosen one on the right; it looks again when something is done and each minute."""

    CSS_PATH = "today.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("today")]
    AUTO_FOCUS = "#coaches"
    coaches = getters.query_one("#coaches", CoachList)
    meetings = getters.query_one("#meetings", MeetingList)

    def __init__(self, back: Backstage, now: Callable[[], datetime], staff: Staff, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(back, now, staff, glyphs)
        self.day: date | None = None
        self.board: Board | None = None
        self.entries: tuple[EntryState, ...] = ()
        self._chosen: str | None = staff.diary
        self._on: str | None = None
        self._seen: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """Put the panes on the screen."""
        yield TitleLine(Title("Today"), glyphs=self.glyphs, id="title")
        with Horizontal(id="board"):
            with Vertical(id="coaches-pane"):
                yield Static(HEADING, id="coaches-heading", markup=False)
                yield CoachList((), self.glyphs, id="coaches")
            with Vertical(id="day-pane"):
                yield MeetingList((), self.glyphs, id="meetings")
        yield StatusLine(glyphs=self.glyphs, id="status")
        yield KeyFooter(id="keys")
        yield TooSmall()

    def on_mount(self) -> None:
        """Read the day, and look each second whether it must be read again."""
        self.set_class(self.glyphs is not UNICODE, "-ascii")
        self.query_one("#coaches-pane").border_title = "Coaches"
        self.show_title()
        self.set_interval(SECOND, self.look)

    def on_screen_resume(self) -> None:
        """Read what has happened while another screen was in front."""
        self.look()

    @property
    def context(self) -> str:  # type: ignore[override]
        """The place that has the focus, as the command registry names it."""
        if isinstance(self.focused, CoachList):
            return "coach list"
        return "coach day" if isinstance(self.focused, MeetingList) else "today"

    def key_hints(self) -> KeyHints:
        """Name what is recorded first, where there is a coach or a meeting to record it for."""
        hints = super().key_hints()
        return hints if hints.left_out else KeyHints(("attended", "attended_late", "did_not_attend"))

    def on_resize(self, event: events.Resize) -> None:
        """Lay the panes out for the width."""
        self.set_class(event.size.width < NARROW, "-narrow")
        self.query_one(TooSmall).fit(event.size)
        self.call_after_refresh(self.paint)  # as many gaps as there is room for

    # Reading.

    @property
    def shown_day(self) -> date:
        """The day that is shown: today, whatever day it is by now, unless another was gone to."""
        return self.day or self.today

    @property
    def minute(self) -> int:
        """The minute after midnight by which the shown day's states are told."""
        now, day = self.now(), self.shown_day
        return now.hour * 60 + now.minute if day == now.date() else 0 if day > now.date() else MINUTES_PER_DAY

    def look(self) -> None:
        """Read the board again where the feed has brought something or a minute has passed."""
        if self.is_current:
            self.look_at_rules()
            now = (self.back.changes, self.now().replace(second=0, microsecond=0), self.shown_day)
            if now != self._seen:
                self._seen = now
                self.read()

    def read(self) -> None:
        """Read the board of the shown day."""
        day = self.shown_day

        def work(desk: "Desk") -> object:
            from agent_tui.services.today import board

            return board(desk, day, named=True)

        self.do(BOARD, work, exclusive=True)

    def rules_changed(self) -> None:
        """Read the board under the newest rules."""
        self.read()

    def done(self, job: str, result: object) -> None:
        """Show the board, or say what was recorded, undone or written."""
        if job == BOARD:
            self.board = result  # type: ignore[assignment]
            self.paint()
        else:
            super().done(job, result)

    # Showing.

    @property
    def coach(self) -> CoachDay | None:
        """The coach whose line has the highlight."""
        found = () if self.board is None else self.board.coaches
        at = self.coaches.highlighted
        return found[at] if at is not None and at < len(found) else None

    @property
    def entry(self) -> EntryState | None:
        """The entry of the chosen coach's day that has the highlight."""
        at = self.meetings.highlighted
        return self.entries[at] if at is not None and at < len(self.entries) else None

    def paint(self) -> None:
        """Show the board; the highlights stay on the same coach and the same appointment."""
        board = self.board
        if board is None:
            return
        at = next((number for number, one in enumerate(board.coaches) if one.diary == self._chosen), 0)
        room = self.coaches.scrollable_content_region.width - POINTER
        self.coaches.show([Content(shown(coach_words(one, self.glyphs, room))) for one in board.coaches], at)
        self.paint_day()
        self.show_title()

    def paint_day(self) -> None:
        """Show the chosen coach's day, the highlight on the same appointment, or on the first of which nothing is recorded."""
        coach = self.coach
        was = None if self.entry is None or coach is None or coach.diary != self._chosen else self.entry.id
        self.entries = () if coach is None else entries_of(coach)
        self._chosen = self._chosen if coach is None else coach.diary
        names = {} if self.board is None else self.board.names
        lines = [
            entry_words(one, self._meeting(one), self.minute, names, self._minutes(one), self.glyphs) for one in self.entries
        ]
        to_come = next((number for number, one in enumerate(self.entries) if one.status == "booked"), 0)
        at = next((number for number, one in enumerate(self.entries) if one.id == was), to_come)
        self._on = self.entries[at].id if at < len(self.entries) else None
        self.meetings.show([Content(shown(line)) for line in lines], at)
        title = "" if coach is None else f"{coach.coach} ({coach.diary})" + ("" if lines else ": nothing")
        self.query_one("#day-pane").border_title = Content(shown(title))
        self.describe()

    def _meeting(self, entry: EntryState) -> Meeting | None:
        coach = self.coach
        return None if coach is None else next((one for one in coach.meetings if one.entry.id == entry.id), None)

    def _minutes(self, entry: EntryState) -> int:
        kind = self.catalogue.types.get(entry.type or "")
        return (kind.minutes_on(entry.day) if kind is not None else None) or (entry.end - entry.start) * 5

    def describe(self, *, moved: bool = False) -> None:
        """Say what has the highlight in words."""
        coach, entry = self.coach, self.entry
        if isinstance(self.focused, MeetingList) and entry is not None and self.board is not None:
            kind = self.catalogue.types.get(entry.type or "")
            who = self.board.names.get(entry.client or "", entry.client or "")
            words = entry_sentence(entry, self._meeting(entry), self.minute, "" if kind is None else kind.name, who, self.glyphs)
            self.status.describe(words, moved=moved)
        elif coach is not None:
            self.status.describe(coach_sentence(coach), moved=moved)

    def show_title(self) -> None:
        """Show the day in numbers."""
        day, now = self.shown_day, self.now()
        coaches = () if self.board is None else self.board.coaches
        closed = "" if self.board is None else self.board.closed or ""
        behind = sum(one.behind > 0 for one in coaches)
        counts = [f"{sum(one.arrived + one.late for one in coaches)} here", f"{sum(one.missed for one in coaches)} missed"]
        counts += [f"{sum(one.expected for one in coaches)} expected", f"{behind} behind"] if coaches else []
        counts += [f"closed: {closed}"] if closed else []
        unseen = not_seen_words(coaches, self.glyphs)
        counts += [unseen] if unseen else []
        self.title_line.show(Title("Today", short_date(day), self.catalogue.site.name, tuple(counts), f"{now:%H:%M}"))

    @on(OptionList.OptionHighlighted, "#coaches")
    def _coach_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        coach = self.coach
        if coach is not None and coach.diary != self._chosen:
            self.paint_day()
            self.describe(moved=True)

    @on(OptionList.OptionHighlighted, "#meetings")
    def _meeting_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        entry = self.entry
        moved, self._on = entry is not None and entry.id != self._on, None if entry is None else entry.id
        self.describe(moved=moved)

    def on_descendant_focus(self) -> None:
        """Say what the pane's highlight is on."""
        self.describe()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_show_diary()

    # Going about.

    def action_show_diary(self) -> None:
        """Show the coach's day on the booking screen."""
        from agent_tui.tui.screens.going import go_to_diary

        coach, entry = self.coach, self.entry
        if coach is not None:
            start = entry.start if entry is not None else max(self.minute // 5, 0)
            go_to_diary(self.app, coach.diary, coach.day, min(start, 287))

    def action_previous_day(self) -> None:
        """Go to the day before."""
        self._go(self.shown_day - timedelta(days=1))

    def action_next_day(self) -> None:
        """Go to the next day."""
        self._go(self.shown_day + timedelta(days=1))

    def action_today(self) -> None:
        """Go to today."""
        self._go(self.today)

    def _go(self, day: date) -> None:
        self.day = None if day == self.today else day
        self.look()

    def go_back(self) -> None:
        """Go from the coach's day to the coaches, from there back to the screen before."""
        if isinstance(self.focused, MeetingList):
            self.coaches.focus()
        else:
            super().go_back()
