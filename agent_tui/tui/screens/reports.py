"""The reports screen: the reports and their schedules on the left, a table or picture of the chosen report on the right."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from agent_tui.domain.site import Staff
from agent_tui.tui.backstage import Backstage
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.modals import EffectModal
from agent_tui.tui.report_words import all_rows, row_lines
from agent_tui.tui.screens.manager import SECOND
from agent_tui.tui.screens.report_showing import ReportShowing
from agent_tui.tui.too_small import TooSmall
from agent_tui.tui.widgets.chart import Chart
from agent_tui.tui.widgets.lines import KeyFooter, StatusLine, Title, TitleLine
from agent_tui.tui.widgets.named_keys import KeyHints
from agent_tui.tui.widgets.report_lists import ReportChart, ReportList, RowList, ScheduleList

NARROW, ROOMY = 100, 140


class ReportsScreen(ReportShowing):
    """It makes what has the highlight; a report that stands is made again when one comes back to the screen after changes."""

    CSS_PATH = "reports.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("reports")]
    AUTO_FOCUS = "#reports"

    def __init__(self, back: Backstage, now: Callable[[], datetime], staff: Staff, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(back, now, staff, glyphs)
        self._schedules_seen: tuple[object, ...] = ()
        self._places: dict[str, int] = {}
        self._away = False

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

    def key_hints(self) -> KeyHints:
        """Name first what is due to be written, where something is."""
        waits = any(one.due for one in self.scheduled) and self.context == "schedule list"
        return KeyHints(("write_due",)) if waits else super().key_hints()

    def on_mount(self) -> None:
        """Name the panes, and look each second whether the schedules must be read again."""
        self.set_class(self.glyphs is not UNICODE, "-ascii")
        self.query_one("#reports-pane").border_title = "Reports"
        self.query_one("#schedules-pane").border_title = "Schedules"
        self.query_one("#schedules-pane").display = self.reads_all
        self.chart.display = False
        self.set_interval(SECOND, self.look)

    def on_screen_suspend(self) -> None:
        """Note whether another screen comes to the front, or a dialog."""
        self._away = not isinstance(self.app.screen, ModalScreen)

    def on_screen_resume(self) -> None:
        """Make the report again on the way back from another screen where something has changed since it was made."""
        self.look()
        made = self.made
        if made is None or (self._away and (made.changes, made.at.date()) != (self.back.changes, self.today)):
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

    # Going about.

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_list is self.listing:
            self._report_highlighted()
            return
        # A list that is shown anew has not been moved in: what an act has done stays.
        name, at = event.option_list.id or "", event.option_index
        moved = self._places.get(name) != at
        self._places[name] = at
        if event.option_list is self.focused:
            self.describe(moved=moved)

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

    def go_back(self) -> None:
        """Go from the picture to the table, from there to the reports, and back to the screen before."""
        if self.focused is self.chart:
            self.action_picture_report()
        elif self.focused is not self.listing:
            self._to_list()
        else:
            super().go_back()
