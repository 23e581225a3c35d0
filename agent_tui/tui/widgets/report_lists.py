"""The panes of the reports screen that take keys: reports, schedules, the rows of a table, and its picture."""

from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from agent_tui.tui.commands import bindings_for
from agent_tui.tui.modals.base import PointedList
from agent_tui.tui.widgets.chart import Chart


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
