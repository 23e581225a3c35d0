"""The heat map of a week: how many starts are still free in each half hour of each day."""

from agent_tui.tui.widgets.heat_map.render import HeatView
from agent_tui.tui.widgets.heat_map.widget import HeatGrid

__all__ = ["HeatGrid", "HeatView"]
