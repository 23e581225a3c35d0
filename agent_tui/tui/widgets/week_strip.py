"""The week of one coach under the diary grid: a grid that only shows, and says where it was clicked."""

from datetime import date

from textual import events, on
from textual.message import Message

from agent_tui.tui.glyphs import Glyphs
from agent_tui.tui.widgets.diary_grid import DiaryGrid

TICKS_TO_A_LINE = 6


class WeekStrip(DiaryGrid, can_focus=False):
    """Takes no focus; its cursor is where the grid above has its own."""

    class Clicked(Message):
        """A cell of the strip was clicked."""

        def __init__(self, diary: str, day: date, tick: int) -> None:
            super().__init__()
            self.diary, self.day, self.tick = diary, day, tick

    def __init__(self, *, glyphs: Glyphs, id: str) -> None:
        """Make an empty one."""
        super().__init__(zoom=TICKS_TO_A_LINE, glyphs=glyphs, id=id)

    @on(DiaryGrid.CursorMoved)
    @on(DiaryGrid.ColumnsWanted)
    def _keep(self, message: DiaryGrid.GridMessage) -> None:
        message.stop()  # the screen would take it for its own grid's

    def on_click(self, event: events.Click) -> None:
        """Say what was clicked."""
        event.stop()
        event.prevent_default()
        offset = event.get_content_offset(self)
        at = self.geometry.cell_at(offset.x, offset.y, self._window) if offset is not None else None
        column = None if at is None else self.view.column(at[0])
        if at is not None and column is not None:
            self.post_message(self.Clicked(column.diary, column.day, self.geometry.tick_of(at[1])))
