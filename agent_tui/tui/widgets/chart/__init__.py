"""A picture of numbers: columns, a line or rows, each with its number and label, read with the cursor."""

from agent_tui.tui.widgets.chart.render import Bar, ChartView, Group
from agent_tui.tui.widgets.chart.shapes import prepare
from agent_tui.tui.widgets.chart.widget import Chart

__all__ = ["Bar", "Chart", "ChartView", "Group", "prepare"]
