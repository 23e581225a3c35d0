"""The reports screen: the reports and their schedules on the left, a table or picture of the chosen report on the right."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static

from agent_tui.domain.reports.shape import Report, Row, Table
from agent_tui.domain.site import Staff
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals import EffectModal
from agent_tui.tui.modals.base import PointedList
from agent_tui.tui.report_words import (
    all_rows,
    chart_column,
    chart_view,
    late_words,
    report_title,
    row_lines,
    row_words,
    schedule_line,
    schedule_words,
    span_words,
    table_text,
)
from agent_tui.tui.screens.manager import SECOND
from agent_tui.tui.screens.report_acts import ReportActs
from agent_tui.tui.too_small import TooSmall
from agent_tui.tui.week_words import whose_words
from agent_tui.tui.widgets.chart import Chart, ChartView
from agent_tui.tui.widgets.lines import KeyFooter, StatusLine, Title, TitleLine, shown

if TYPE_CHECKING:
    from agent_tui.services.report_schedules import Scheduled

NARROW, ROOMY = 100, 140


class ReportList(PointedList):
    """A line for each report."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("report list")]


class ScheduleList(PointedList):
    """A line for each schedule."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("schedule list")]


class RowList(PointedList):
    """A line for each row of a table; left and right go to figures for which there is no room."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("report table")]

    class FiguresMoved(Message):
        """Other figures are to be shown."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def action_cursor_left(self) -> None:
        """Show the figure before."""
        self.post_message(self.FiguresMoved(-1))

    def action_cursor_right(self) -> None:
        """Show the next figure."""
        self.post_message(self.FiguresMoved(1))


class ReportChart(Chart):
    """The charted figure of a table."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("report chart")]


class ReportsScreen(ReportActs):
    """It makes what has the highlight; a report that stands is made again when one comes back to the screen after changes."""

    CSS_PATH = "reports.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("reports")]
    AUTO_FOCUS = "#reports"
    listing = getters.query_one("#reports", ReportList)
    schedules = getters.query_one("#schedules", ScheduleList)
    rows = getters.query_one("#rows", RowList)
    chart = getters.query_one("#chart", ReportChart)

    def __init__(self, back: Backstage, now: Callable[[], datetime], staff: Staff, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(back, now, staff, glyphs)
        self.at_table = 0
        self.first_figure = 0
        """The first figure that is shown, where there is not room for all."""
        self.pictured = False
        self._schedules_seen: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """Put the panes on the screen."""
        yield TitleLine(Title("Reports"), glyphs=self.glyphs, id="title")
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                with Vertical(id="reports-pane"):
                    yield ReportList([Content(one.title) for one in self.kinds], self.glyphs, id="reports")
                with Vertical(id="schedules-pane"):
                    yield ScheduleList((), self.glyphs, id="schedules")
            with Vertical(id="right"):
                yield Static(id="heading", markup=False)
                yield RowList((), self.glyphs, id="rows")
                yield ReportChart(glyphs=self.glyphs, id="chart")
                yield Static(id="notes", markup=False)
        yield StatusLine(glyphs=self.glyphs, id="status")
        yield KeyFooter(id="keys")
        yield TooSmall()

    def on_mount(self) -> None:
        """Name the panes, and look each second whether the schedules must be read again."""
        self.set_class(self.glyphs is not UNICODE, "-ascii")
        self.query_one("#reports-pane").border_title = "Reports"
        self.query_one("#schedules-pane").border_title = "Schedules"
        self.query_one("#schedules-pane").display = self.reads_all
        self.chart.display = False
        self.set_interval(SECOND, self.look)

    def on_screen_resume(self) -> None:
        """Make the report again where something has changed since it was made."""
        self.look()
        if self.made is None or (self.made.changes, self.made.at.date()) != (self.back.changes, self.today):
            self.make()

    def look(self) -> None:
        """Read the schedules again where one has changed or a day has begun; nothing is asked of the store besides."""
        if not self.is_current:
            return
        self.catalogue = self.back.live.catalogue
        self.show_title()
        seen = (self.back.schedules_changed, self.today)
        if self.reads_all and seen != self._schedules_seen:
            self._schedules_seen = seen
            self.read_schedules()

    @property
    def context(self) -> str:  # type: ignore[override]
        """The place that has the focus, as the command registry names it."""
        places = {self.listing: "report list", self.schedules: "schedule list", self.rows: "report table"}
        return (
            "report chart"
            if self.focused is self.chart
            else next((places[one] for one in places if one is self.focused), "reports")
        )

    def on_resize(self, event: events.Resize) -> None:
        """Lay the panes out for the width; a narrow terminal has the table alone while it has the focus."""
        self.set_class(event.size.width < NARROW, "-narrow")
        self.set_class(event.size.width >= ROOMY, "-roomy")
        self.query_one(TooSmall).fit(event.size)
        self._fold()

    def on_descendant_focus(self) -> None:
        """Say what the pane's cursor is on, and give the table its room."""
        self._fold()
        self.describe()

    def _fold(self) -> None:
        self.set_class(self.has_class("-narrow") and self.focused in (self.rows, self.chart), "-folded")
        self.call_after_refresh(self.paint_table)

    # What there is.

    @property
    def report(self) -> Report | None:
        """The report that is shown."""
        return None if self.made is None else self.made.report

    @property
    def table(self) -> Table | None:
        """The table that is shown."""
        tables = () if self.report is None or self.report.is_empty else self.report.tables
        return tables[self.at_table % len(tables)] if tables else None

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        at = self.chart.cursor if self.pictured else self.rows.highlighted
        rows = () if self.table is None else all_rows(self.table)
        return rows[at] if at is not None and at < len(rows) else None

    @property
    def schedule(self) -> "Scheduled | None":
        """The schedule that has the highlight."""
        at = self.schedules.highlighted
        return self.scheduled[at] if at is not None and at < len(self.scheduled) else None

    # Showing.

    def paint(self) -> None:
        """Show the report, the highlight of the list on the one that is chosen."""
        at = self.kinds.index(self.chosen.kind)
        if self.listing.highlighted != at:
            self.listing.highlighted = at
        self.show_title()
        if self.going is None:
            self.paint_table()
            self.describe(moved=True)

    def show_title(self) -> None:
        """Show the days, whose they are, with what they are compared, and when the report was made."""
        made = None if self.going is not None else self.made
        days = self.chosen.days(self.today)
        team, diary = self.part
        place = whose_words(self.catalogue, team, diary) if team or diary else self.catalogue.site.name
        late = self.back.late_reports
        counts = [f"{self.glyphs.flag} {late_words(late)}"] if late and self.reads_all else []
        counts += [f"made {made.at:%H:%M}"] if made is not None else ["making"] if self.going else []
        counts += [f"by {days.step}"]
        if self.chosen.against is not None:
            against = None if made is None else made.report.against
            counts += [f"against {against[0]:%d %b} - {against[1]:%d %b}" if against else f"against {self.chosen.against}"]
        self.title_line.show(Title("Reports", span_words(days), place, tuple(counts), f"{self.now():%H:%M}"))

    def paint_table(self) -> None:
        """Show the table in the columns that fit, or its picture."""
        report, table = self.report, self.table
        if report is None:
            return
        right, heading = self.query_one("#right"), self.query_one("#heading", Static)
        self.rows.display, self.chart.display = not self.pictured, self.pictured
        heading.display = not self.pictured
        right.border_subtitle = ""
        if table is None:
            heading.update("")
            right.border_title = Content(shown(report.title))
            nothing = f"Nothing is on record from {report.first.isoformat()} to {report.last.isoformat()}."
            self.rows.show([Content(nothing)])
            self.chart.show(ChartView(says=nothing))
        elif self.pictured:
            self._paint_chart(report, table)
        else:
            self._paint_rows(report, table)
        self.query_one("#notes", Static).update(Content(shown(" ".join(report.notes))))

    def _paint_rows(self, report: Report, table: Table) -> None:
        at = self.rows.highlighted or 0
        text = table_text(table, max(self.query_one("#right").content_size.width - 3, 20), self.first_figure, self.glyphs)
        self.first_figure = text.first
        self.query_one("#heading", Static).update(
            Content("\n").join(Content(f"  {shown(line)}") for line in text.heading if line)
        )
        lines = [Content(shown(line)) for line in text.rows]
        if table.total is not None:
            lines[-1] = lines[-1].stylize("bold")
        self.rows.show(lines or [Content("None.")], min(at, max(len(lines) - 1, 0)))
        right = self.query_one("#right")
        right.border_title = Content(shown(report_title(report, self.at_table % len(report.tables))))
        some = "" if text.is_whole else f"figures {text.first + 1} to {text.last} of {text.figures}: left, right"
        right.border_subtitle = Content(some)

    def _paint_chart(self, report: Report, table: Table) -> None:
        self.chart.show(chart_view(table))
        at = chart_column(table)
        figure = "" if at is None else f", {table.columns[at].label.lower()}"
        title = f"{report_title(report, self.at_table % len(report.tables))}{figure}"
        self.query_one("#right").border_title = Content(shown(title))

    def paint_schedules(self) -> None:
        """Show the schedules, the highlight on the same one."""
        was = self.schedule
        lines = []
        for one in self.scheduled:
            line = Content(shown(schedule_line(one.schedule, one.due, one.late, self.glyphs)))
            lines.append(line.stylize("bold $text-warning") if one.late else line)
        keys = [one.schedule.key for one in self.scheduled]
        at = keys.index(was.schedule.key) if was is not None and was.schedule.key in keys else 0
        self.schedules.show(lines or [Content("None yet: s makes one.")], at)
        late = sum(one.late for one in self.scheduled)
        self.query_one("#schedules-pane").border_title = f"Schedules: {late} late" if late else "Schedules"
        self.show_title()
        self.describe()

    def describe(self, *, moved: bool = False) -> None:
        """Say what is under the cursor."""
        schedule, row = self.schedule, self.row
        if self.focused is self.schedules:
            none = "No report is scheduled."
            known = (
                none if schedule is None else schedule_words(schedule.schedule, schedule.due, schedule.late, schedule.written_to)
            )
        elif self.focused is self.listing:
            known = f"{self.chosen.kind.title}: {self.chosen.kind.what}"
        else:
            known = "" if row is None or self.table is None else row_words(self.table, row)
        self.status.describe(known, moved=moved)

    # Going about.

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_list is self.listing:
            self._report_highlighted()
        elif event.option_list is self.focused:
            self.describe(moved=True)

    def _report_highlighted(self) -> None:
        at = self.listing.highlighted
        name = self.chosen.name if at is None else self.kinds[at].name
        if name != self.chosen.name:
            self.at_table = self.first_figure = 0
            self.rows.highlighted = None
            self.choose(replace(self.chosen, name=name))
            self.describe(moved=True)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_list is self.rows:
            self.action_row_in_full()
        else:
            self.action_open_report()

    @on(RowList.FiguresMoved)
    def _figures_moved(self, event: RowList.FiguresMoved) -> None:
        event.stop()
        self.first_figure = max(self.first_figure + event.by, 0)
        self.paint_table()

    @on(Chart.CursorMoved)
    def _bar_moved(self, event: Chart.CursorMoved) -> None:
        event.stop()
        self.describe(moved=True)

    @on(Chart.BarChosen)
    def _bar_chosen(self, event: Chart.BarChosen) -> None:
        event.stop()
        self.action_row_in_full()

    def action_open_report(self) -> None:
        """Go to the tables of the report, from a schedule to its report of what waits, or of what was written last."""
        one = self.schedule
        if self.focused is self.schedules and one is not None:
            span = one.due[0].span if one.due else None
            self.at_table = self.first_figure = 0
            self.show_report(one.schedule.report, span or self.chosen.days(self.today), one.schedule.team, one.schedule.diary)
        (self.chart if self.pictured else self.rows).focus()

    def action_to_reports(self) -> None:
        """Go to the list of reports, from there to the schedules, and from these to the table."""
        if self.focused is self.listing and self.reads_all:
            self.schedules.focus()
        elif self.focused in (self.listing, self.schedules):
            (self.chart if self.pictured else self.rows).focus()
        else:
            self._to_list()

    def _to_list(self) -> None:
        self.remove_class("-folded")
        self.listing.focus()

    def action_next_table(self) -> None:
        """Show the next table."""
        self._go(1)

    def action_previous_table(self) -> None:
        """Show the table before."""
        self._go(-1)

    def _go(self, by: int) -> None:
        if self.report is not None and not self.report.is_empty:
            self.at_table = (self.at_table + by) % len(self.report.tables)
            self.first_figure, self.chart.cursor = 0, 0
            self.rows.highlighted = None
            self.paint_table()
            self.describe(moved=True)

    def action_picture_report(self) -> None:
        """Picture the charted figure, or show the table again; the cursor stays on its row."""
        held = self.focused in (self.rows, self.chart)
        at = self.chart.cursor if self.pictured else self.rows.highlighted or 0
        self.pictured = not self.pictured
        self.paint_table()
        if self.pictured:
            self.chart.go_to(at, tell=False)
        elif self.table is not None and at < len(all_rows(self.table)):
            self.rows.highlighted = at
        if held:
            (self.chart if self.pictured else self.rows).focus()
        self.describe(moved=True)

    def action_row_in_full(self) -> None:
        """Show every figure of the row, and what is to be known of the report."""
        if self.table is not None and self.row is not None and self.report is not None:
            lines = row_lines(self.table, self.row, self.report.notes)
            self.modal(EffectModal(self.table.title, lines, glyphs=self.glyphs), lambda _yes: None)

    def action_back(self) -> None:
        """Stop what goes on; else go from the picture to the table, from there to the reports, and back to the screen before."""
        if self.going is not None:
            self.stop()
        elif self.writing:
            self.stop_writing()
        elif self.focused is self.chart:
            self.action_picture_report()
        elif self.focused is not self.listing:
            self._to_list()
        else:
            self.app.pop_screen()
