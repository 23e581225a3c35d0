"""The diary grid: one Line-API widget and the snapshot that it draws."""

from agent_tui.tui.widgets.diary_grid.geometry import ZOOMS, Geometry, Window
from agent_tui.tui.widgets.diary_grid.plan import Cell, plan_column
from agent_tui.tui.widgets.diary_grid.render import LOOKS, GridState, Painter
from agent_tui.tui.widgets.diary_grid.view import Block, Column, Ghost, GridView, Mark, describe_cell, time_left
from agent_tui.tui.widgets.diary_grid.widget import CursorCell, DiaryGrid

__all__ = [
    "LOOKS",
    "ZOOMS",
    "Block",
    "Cell",
    "Column",
    "CursorCell",
    "DiaryGrid",
    "Geometry",
    "Ghost",
    "GridState",
    "GridView",
    "Mark",
    "Painter",
    "Window",
    "describe_cell",
    "plan_column",
    "time_left",
]
