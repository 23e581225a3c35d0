"""The heat map as a widget: cursor, scrolling and messages; what it looks like is decided in `render`."""

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from agent_tui.domain.week import Start
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.widgets.heat_map.render import LOOKS, HeatView, body, column_at, foot, head
from agent_tui.tui.widgets.lines import Piece

COMPONENT = "heat-grid--"
HEAD, FOOT = 1, 1


class HeatGrid(Widget, can_focus=True):
    """One widget for all half hours of a week; days stand above, totals below, and the half hours between them scroll."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("heat map")]
    COMPONENT_CLASSES: ClassVar[set[str]] = {COMPONENT + name for name in LOOKS}
    DEFAULT_CSS = """
    HeatGrid { background: $background; color: $foreground; }
    """ + "".join(f"HeatGrid > .{COMPONENT}{name} {{ {look}; }}\n" for name, look in LOOKS.items())

    class HeatMessage(Message):
        """What a heat map says of itself."""

        def __init__(self, grid: "HeatGrid") -> None:
            super().__init__()
            self.grid = grid

        @property
        def control(self) -> "HeatGrid":
            """The heat map that posted it."""
            return self.grid

    class CursorMoved(HeatMessage):
        """The cursor came to another half hour."""

    class CellChosen(HeatMessage):
        """The half hour under the cursor was clicked."""

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:
        """Make an empty heat map."""
        super().__init__(id=id)
        self._glyphs = glyphs
        self.view = HeatView()
        self.cursor = (0, 0)
        """Row and column."""
        self._top = 0

    def show(self, view: HeatView) -> None:
        """Show another heat map; the cursor stays on its half hour and weekday, where there is one."""
        before, self.view = self.view, view
        row, column = self.cursor
        old, new = before.map, view.map
        if old is not None and new is not None and old.starts != new.starts and row < len(old.starts):
            row = next((at for at, start in enumerate(new.starts) if start >= old.starts[row]), len(new.starts) - 1)
        self.go_to(row, column, tell=False)
        self.refresh()

    def go_to(self, row: int, column: int, *, tell: bool = True) -> None:
        """Put the cursor on a half hour of a day, or on the nearest that there is."""
        self.cursor = max(0, min(row, self.view.rows - 1)), max(0, min(column, self.view.columns - 1))
        room = max(self.size.height - HEAD - FOOT, 1)
        self._top = max(0, min(self._top, self.cursor[0], self.view.rows - room))
        self._top = max(self._top, self.cursor[0] - room + 1)
        self.refresh()
        if tell:
            self.post_message(self.CursorMoved(self))

    @property
    def starts(self) -> tuple[Start, ...]:
        """Return the starts of the half hour under the cursor."""
        return () if self.view.map is None else self.view.map.starts_in(*self.cursor)

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """Draw a line."""
        width, height = self.size
        pieces: list[Piece]
        if y == 0:
            pieces = head(self.view, width)
        elif y == min(height - FOOT, HEAD + self.view.rows - self._top) and self.view.rows:
            pieces = foot(self.view, width)
        elif self.view.rows and y > HEAD + self.view.rows - self._top:
            pieces = []
        else:
            pieces = body(self.view, y - HEAD + self._top, width, self.cursor, self._glyphs, focused=self.has_focus)
        segments = [Segment(text, self.get_component_rich_style(COMPONENT + name)) for text, name in pieces if text]
        return Strip(segments).adjust_cell_length(width, self.get_component_rich_style(COMPONENT + "ground"))

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.go_to(*self.cursor, tell=False)

    # Moving.

    def action_cursor_up(self) -> None:
        """Move up."""
        self.go_to(self.cursor[0] - 1, self.cursor[1])

    def action_cursor_down(self) -> None:
        """Move down."""
        self.go_to(self.cursor[0] + 1, self.cursor[1])

    def action_cursor_left(self) -> None:
        """Move left."""
        self.go_to(self.cursor[0], self.cursor[1] - 1)

    def action_cursor_right(self) -> None:
        """Move right."""
        self.go_to(self.cursor[0], self.cursor[1] + 1)

    def action_first(self) -> None:
        """Go to the first half hour."""
        self.go_to(0, self.cursor[1])

    def action_last(self) -> None:
        """Go to the last half hour."""
        self.go_to(self.view.rows - 1, self.cursor[1])

    def on_click(self, event: events.Click) -> None:
        """Go to what was clicked; a click on the cursor chooses it."""
        place = event.get_content_offset(self)
        if place is None or not HEAD <= place.y < self.size.height - FOOT:
            return
        row, column = place.y - HEAD + self._top, column_at(self.view, place.x, self.size.width)
        if column is None or row >= self.view.rows:
            return
        if (row, column) == self.cursor:
            self.post_message(self.CellChosen(self))
        else:
            self.go_to(row, column)
