"""The list of the white space screen: a line for each coach, and a cursor that goes from day to day."""

from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from agent_tui.tui.commands import bindings_for
from agent_tui.tui.modals.base import PointedList


class SpaceList(PointedList):
    """A line for each coach; left and right go from day to day."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("space list")]

    class DayMoved(Message):
        """The cursor is to go some days on or back."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def action_cursor_left(self) -> None:
        """Go to the day before."""
        self.post_message(self.DayMoved(-1))

    def action_cursor_right(self) -> None:
        """Go to the next day."""
        self.post_message(self.DayMoved(1))
