"""What a large window has room for: the chosen coach's week under the diary grid, details and flags beside it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from textual import getters, on
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from agent_tui.domain.requests import Offer
from agent_tui.domain.wall_time import first_open_tick
from agent_tui.tui.backstage import BESIDE
from agent_tui.tui.beside_words import beside_lines
from agent_tui.tui.messages import DiariesChanged, PictureTaken
from agent_tui.tui.presenter import Starts, column_of, hours_of_view
from agent_tui.tui.screens.booking_asking import AskingDesk
from agent_tui.tui.widgets.diary_grid import DiaryGrid, GridView
from agent_tui.tui.widgets.lines import shown
from agent_tui.tui.widgets.week_strip import WeekStrip

if TYPE_CHECKING:
    from agent_tui.services.beside import CoachWeek
    from agent_tui.services.desk import Desk

ROOMY: Final = (180, 50)
"""The columns and lines from which on there is room for it."""
DAYS_OF_WEEK: Final = 6
PAUSE_SECONDS: Final = 0.15
"""How long the cursor rests on a coach before the week is read, so that going along a row reads one week."""


@dataclass(frozen=True, slots=True)
class WeekRead:
    """One coach's week from a Monday on, and the starts of the type in hand in it."""

    diary: str
    monday: date
    week: "CoachWeek"
    starts: Starts


class BesideDesk(AskingDesk):
    """Follows the cursor, or the chosen offer while another pane has the focus; smaller windows read nothing."""

    strip = getters.query_one("#strip", WeekStrip)
    facts = getters.query_one("#facts", Static)
    _week_shown: tuple[str, date] | None = None
    _week_read: WeekRead | None = None
    _week_timer: Timer | None = None
    _weeks = 0

    @property
    def _place(self) -> tuple[str, date, int] | None:
        """The diary, day and tick in hand."""
        ghost, cell = self.grid.ghost, self.grid.cursor_cell
        if ghost is not None and not self.grid.has_focus:
            return ghost.diary, ghost.day, ghost.start
        return None if cell.column is None else (cell.column.diary, cell.column.day, cell.tick)

    def show_beside(self, *, anew: bool = False) -> None:
        """Show the week and the facts of the place in hand; with `anew` the week is read again."""
        place = self._place
        if not self.has_class("-roomy") or place is None or not self.back.is_open:
            return
        diary, day, _tick = place
        week = (diary, day - timedelta(days=day.weekday()))
        if anew or week != self._week_shown:
            self._week_shown = week
            if self._week_timer is not None:
                self._week_timer.stop()
            self._week_timer = self.set_timer(PAUSE_SECONDS, self._read_week)
        self._paint_beside()

    def _read_week(self) -> None:
        if self._week_shown is None:
            return
        diary, monday = self._week_shown
        days = [monday + timedelta(days=offset) for offset in range(DAYS_OF_WEEK)]
        fitting, live = self.fitting, self.back.live

        def work(desk: "Desk") -> object:
            from agent_tui.services.beside import coach_week

            week = coach_week(desk, diary, days)
            return WeekRead(diary, monday, week, {} if fitting is None else live.starts(fitting, days))

        self.back.do(BESIDE, work, exclusive=True)

    def beside_read(self, result: Any) -> None:
        """Take a week that was read."""
        if isinstance(result, WeekRead) and (result.diary, result.monday) == self._week_shown:
            self._week_read = result
            self._weeks += 1
            self._show_week(result)
            self._paint_beside()

    def _show_week(self, read: WeekRead) -> None:
        catalogue, picture = self.catalogue, read.week.picture
        if catalogue is None or not picture.diaries:
            return
        login = self.settings.login if self.staff is None else self.staff.login
        known = (catalogue, picture.names, picture.staff, login, picture.flagged, read.starts)
        columns = tuple(column_of(one, *known, picture.closed.get(one.day), True) for one in picture.diaries)
        now, kind = self.now(), None if self.fitting is None else catalogue.types.get(self.fitting.type)
        self.strip.show(
            GridView(
                self._weeks,
                f"{picture.diaries[0].coach}  week of {read.monday.day} {read.monday:%b}",
                columns,
                *hours_of_view(picture.diaries),
                now=(now.date(), max(0, min(287, first_open_tick(now)))),
                ticks_in_hand=None if kind is None else kind.ticks_on(self.shown.day),
                in_hand="" if kind is None else kind.name,
            )
        )

    def _paint_beside(self) -> None:
        """Put the strip's cursor where the grid's is, and say what is known of the place."""
        place, read = self._place, self._week_read
        if place is None or read is None or read.diary != place[0] or not self.strip.move_cursor_to(*place):
            return
        columns = self.strip.view.columns
        column = next(one for one in columns if one.day == place[1])
        words = self.grid.cursor_words if self.grid.has_focus else ""
        lines = beside_lines(words, column, columns, read.week.flags, self.glyphs)
        self.facts.update(Content("\n").join(Content.styled(shown(line), style) for line, style in lines))

    # What moves it.

    @on(DiaryGrid.CursorMoved)
    def _follow_cursor(self) -> None:
        self.show_beside()

    @on(PictureTaken)
    def _follow_picture(self) -> None:
        self.show_beside()

    @on(DiariesChanged)
    def _follow_changes(self, message: DiariesChanged) -> None:
        diary = None if self._week_shown is None else self._week_shown[0]
        if message.changes.rules or any(resource == diary for resource, _day in message.changes.places):
            self.show_beside(anew=True)

    @on(WeekStrip.Clicked)
    def _go_to_clicked(self, message: WeekStrip.Clicked) -> None:
        message.stop()
        self.grid.focus()
        if not self.grid.move_cursor_to(message.diary, message.day, message.tick):
            self.show_day(message.day, go_to=(message.diary, message.day, message.tick))

    def follow_offer(self, offer: Offer, *, by_hand: bool = False) -> None:
        """Show where an offer stands, and the week of its coach."""
        super().follow_offer(offer, by_hand=by_hand)
        self.show_beside()

    def on_descendant_focus(self) -> None:
        """Follow the pane that has the focus now."""
        self.show_beside()
