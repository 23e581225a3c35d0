"""The parts of the segments screen: weekday tabs, the table of a day's segments, and the types that may and could be booked."""

from agent_tui.tui.widgets.segment_editor.lists import SegmentTable, TypeList, TypeWords
from agent_tui.tui.widgets.segment_editor.tabs import WeekTabs

__all__ = ["SegmentTable", "TypeList", "TypeWords", "WeekTabs"]
