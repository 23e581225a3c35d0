"""What the reports screen shows: a table in the columns that fit, its picture, the schedules, and all of it in words."""

from typing import TYPE_CHECKING, Any

from textual import getters
from textual.content import Content
from textual.widgets import Static

from agent_tui.domain.reports.shape import Report, Row, Table
from agent_tui.domain.reports.space import EFFICIENCY
from agent_tui.domain.wall_time import short_date
from agent_tui.tui.report_words import (
    all_rows,
    chart_column,
    chart_view,
    days_words,
    late_words,
    report_title,
    row_words,
    schedule_line,
    schedule_words,
    span_words,
    table_text,
)
from agent_tui.tui.screens.report_acts import ReportActs
from agent_tui.tui.week_words import whose_words
from agent_tui.tui.widgets.chart import ChartView
from agent_tui.tui.widgets.lines import Title, shown
from agent_tui.tui.widgets.report_lists import ReportChart, ReportList, RowList, ScheduleList

if TYPE_CHECKING:
    from agent_tui.services.report_schedules import Scheduled


class ReportShowing(ReportActs):
    """The panes' contents; how one goes about among them is in screens/reports.py."""

    listing = getters.query_one("#reports", ReportList)
    schedules = getters.query_one("#schedules", ScheduleList)
    rows = getters.query_one("#rows", RowList)
    chart = getters.query_one("#chart", ReportChart)

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.at_table = 0
        self.first_figure = 0
        """The first figure that is shown, where there is not room for all."""
        self.pictured = False

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
        counts += [f"by {days.step if made is None else made.report.step}"]
        if self.chosen.against is not None:
            against = None if made is None else made.report.against
            counts += [f"against {days_words(*against)}" if against else f"against {self.chosen.against}"]
        counts += ["exact bound"] if self.chosen.exact and self.chosen.name == EFFICIENCY else []
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
            nothing = f"Nothing is on record from {short_date(report.first)} to {short_date(report.last)}."
            self.rows.show((), empty=nothing)
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
        self.rows.show(lines, min(at, max(len(lines) - 1, 0)), empty="None.")
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
        self.schedules.show(lines, at, empty="None yet: s makes one.")
        late = sum(one.late for one in self.scheduled)
        self.query_one("#schedules-pane").border_title = f"Schedules: {late} late" if late else "Schedules"
        self.show_title()
        self.refresh_bindings()
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
