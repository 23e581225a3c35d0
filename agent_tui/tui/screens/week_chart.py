"""The chart of the week screen: the starts of the coming weeks by day, so that a group that runs dry is seen."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import getters, on
from textual.binding import BindingType
from textual.content import Content

from agent_tui.domain.week import GROUP_NAMES, BadWeek, Week, WeekAsked
from agent_tui.domain.week_ahead import Ahead, weeks_from
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.screens.manager import ManagerScreen
from agent_tui.tui.week_words import ahead_view, ahead_words
from agent_tui.tui.widgets.chart import Chart, ChartView, prepare
from agent_tui.tui.widgets.lines import shown

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Looked:
    """What was counted, in words, from which week on, and the days or the sentence of why there are none."""

    what: str
    first: Week
    found: Ahead | str

    @property
    def says(self) -> str:
        """Return the sentence."""
        return self.found if isinstance(self.found, str) else ""


class WeekChart(Chart):
    """The days of the coming weeks."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("week chart")]


class WeekChartPane(ManagerScreen):
    """What the week screen does while its chart is shown in place of the maps; the maps are in screens/week.py."""

    chart = getters.query_one("#chart", WeekChart)

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.charted = False
        self.chosen = next(iter(GROUP_NAMES))
        """The group that is counted, or the id of the map of one type."""
        self.looked: Looked | None = None

    @property
    def ahead(self) -> Ahead | None:
        """The days that are shown."""
        return None if self.looked is None or isinstance(self.looked.found, str) else self.looked.found

    @property
    def shown_week(self) -> Week:
        """The first of the weeks."""
        raise NotImplementedError

    def asked(self, name: str) -> WeekAsked | str:
        """Return what is counted for a map, or the sentence of why there is nothing."""
        raise NotImplementedError

    @property
    def what(self) -> str:
        """What is counted, in words."""
        raise NotImplementedError

    def lay_out(self) -> None:
        """Show the chart or the maps, and give them the focus."""
        raise NotImplementedError

    def look(self) -> None:
        """Count again where it must be."""
        raise NotImplementedError

    def show_day(self, week: Week, column: int) -> None:
        """Go to a week's map, the cursor on a day."""
        raise NotImplementedError

    def count_ahead(self) -> None:
        """Count the days of the coming weeks, in memory; what draws is imported meanwhile."""
        live, asked, what, first = self.back.live, self.asked(self.chosen), self.what, self.shown_week

        def work(desk: "Desk") -> object:
            prepare()
            found: Ahead | str
            try:
                found = asked if isinstance(asked, str) else live.ahead(asked)
            except BadWeek as bad:
                found = str(bad)
            return Looked(what, first, found)

        self.do(AHEAD, work, exclusive=True)

    def done(self, job: str, result: object) -> None:
        """Show the days that were counted."""
        if job == AHEAD and isinstance(result, Looked):
            self.paint_ahead(result)
        else:
            super().done(job, result)

    def paint_ahead(self, looked: Looked) -> None:
        """Show the days, or the sentence of why there are none."""
        self.looked = looked
        self.chart.show(ChartView(says=looked.says) if self.ahead is None else ahead_view(self.ahead))
        weeks = weeks_from(looked.first)
        title = f"{looked.what}: starts by day, weeks {weeks[0].number} to {weeks[-1].number}"
        self.chart.border_title = Content(shown(title))
        self.chart.border_subtitle = Content("" if self.ahead is None else shown(self.ahead.outlook))
        self.describe_ahead()

    def describe_ahead(self, *, moved: bool = False) -> None:
        """Say what is under the cursor."""
        if self.looked is not None:
            says = self.looked.says if self.ahead is None else ahead_words(self.ahead, self.chart.cursor, self.looked.what)
            self.status.describe(says, moved=moved)

    @on(Chart.CursorMoved)
    def _day_moved(self, event: Chart.CursorMoved) -> None:
        event.stop()
        self.describe_ahead(moved=True)

    @on(Chart.BarChosen)
    def _day_chosen(self, event: Chart.BarChosen) -> None:
        event.stop()
        self.action_open_day()

    def action_show_chart(self) -> None:
        """Show the days of the coming weeks, or the map of the week again."""
        self.charted = not self.charted
        self.lay_out()
        self.look()

    def action_open_day(self) -> None:
        """Show the day under the cursor in the map of its week."""
        if self.ahead is None or not self.ahead.days:
            self.say("There is no day to show.", "warning")
            return
        day = self.ahead.days[self.chart.cursor].day
        week = next(week for week in self.ahead.weeks if week.week == Week.of(day))
        column = next(at for at, one in enumerate(week.days) if one.day == day)
        self.charted = False
        self.lay_out()
        self.show_day(week.week, column)
