"""The picture as a widget: cursor, scrolling and messages; what it says is decided in `render`, shapes are drawn by `shapes`."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.widgets.chart import render, shapes
from agent_tui.tui.widgets.chart.render import FEET, LOOKS, ChartView, Layout, layout
from agent_tui.tui.widgets.lines import Piece

COMPONENT = "chart--"


class Chart(Widget, can_focus=True):
    """One widget for a whole picture; the cursor goes from number to number, and a picture that is too wide or long scrolls."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("chart")]
    COMPONENT_CLASSES: ClassVar[set[str]] = {COMPONENT + name for name in LOOKS}
    DEFAULT_CSS = """
    Chart { background: $background; color: $foreground; }
    """ + "".join(f"Chart > .{COMPONENT}{name} {{ {look}; }}\n" for name, look in LOOKS.items())

    class ChartMessage(Message):
        """What a picture says of itself."""

        def __init__(self, chart: "Chart") -> None:
            super().__init__()
            self.chart = chart

        @property
        def control(self) -> "Chart":
            """The picture that posted it."""
            return self.chart

    class CursorMoved(ChartMessage):
        """The cursor came to another number."""

    class BarChosen(ChartMessage):
        """The number under the cursor was clicked."""

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:
        """Make a picture of nothing."""
        super().__init__(id=id)
        self._glyphs = glyphs
        self.view = ChartView()
        self.cursor = 0
        self._offset = 0
        self._drawn: tuple[object, list[str]] = (None, [])

    def show(self, view: ChartView) -> None:
        """Show another picture; the cursor stays on its place."""
        self.view = view
        self.go_to(self.cursor, tell=False)

    def go_to(self, number: int, *, tell: bool = True) -> None:
        """Put the cursor on a number, or on the nearest that there is."""
        self.cursor = max(0, min(number, len(self.view.bars) - 1))
        if self.view.shape == "rows":
            first, size, whole, room = self.cursor, 1, len(self.view.bars), self.size.height
        else:
            place = self._layout
            first, size = (place.lefts[self.cursor] if place.lefts else 0), place.cell
            whole, room = place.width, self.size.width - place.axis
        room = max(room, 1)
        self._offset = max(0, min(self._offset, first, whole - room))
        self._offset = max(self._offset, first + size - room)
        self.refresh()
        if tell:
            self.post_message(self.CursorMoved(self))

    @property
    def _layout(self) -> Layout:
        return layout(self.view, self.size.width)

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """Draw a row."""
        width = self.size.width
        if not self.view.bars:
            return self._strip(render.said(self.view, width, self._glyphs) if y == 0 else [])
        return self._row(y) if self.view.shape == "rows" else self._column_line(y)

    def _row(self, y: int) -> Strip:
        at = self._offset + y
        if at >= len(self.view.bars):
            return self._strip([])
        widths = render.row_widths(self.view, self.size.width)
        look = self._look if at == self.cursor else "label"
        return self._strip(render.row_pieces(self.view, at, self._shapes[at], widths, look, self._glyphs))

    def _column_line(self, y: int) -> Strip:
        view, place, height = self.view, self._layout, self.size.height - FEET
        axis: Piece = (" " * place.axis, "axis")
        if y < height:
            axis = render.axis_piece(view, place, y, height)
            pieces = render.shape_pieces(view, self._shapes[y], place, y, self.cursor)
        elif y == height:
            pieces = render.number_pieces(view, place, self.cursor, self._look)
        elif y == height + 1:
            pieces = render.label_pieces(view, place, self.cursor, self._look)
        else:
            pieces = render.group_pieces(view, place)
        room = max(self.size.width - place.axis, 0)
        line = Strip(self._segments(pieces)).crop(self._offset, self._offset + room)
        return self._fitted(Strip.join([Strip(self._segments([axis])), line]))

    @property
    def _look(self) -> str:
        return "cursor" if self.has_focus else "cursor-blurred"

    @property
    def _shapes(self) -> list[str]:
        """Return the shapes of all numbers, drawn once for a picture in a size."""
        made_of = (self.view, self.size)
        if self._drawn[0] != made_of:
            self._drawn = made_of, self._draw()
        return self._drawn[1]

    def _draw(self) -> list[str]:
        view, sign = self.view, self._glyphs.shades[-1]
        if view.shape == "rows":
            _name, room, _number = render.row_widths(view, self.size.width)
            return shapes.rows(view.drawn, view.end, room, sign)
        place, height = self._layout, self.size.height - FEET
        size = (place.width, height)
        if view.shape == "columns":
            return shapes.columns(view.drawn, place.lefts, place.cell, size, sign)
        middles = [left + (place.cell - 1) // 2 for left in place.lefts]
        return shapes.line(view.drawn, middles, size, (self._glyphs.point, self._glyphs.fits))

    def _segments(self, pieces: list[Piece]) -> list[Segment]:
        return [Segment(text, self._style(name)) for text, name in pieces if text]

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(COMPONENT + name)

    def _strip(self, pieces: list[Piece]) -> Strip:
        return self._fitted(Strip(self._segments(pieces)))

    def _fitted(self, strip: Strip) -> Strip:
        return strip.adjust_cell_length(self.size.width, self._style("ground"))

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.go_to(self.cursor, tell=False)

    # Moving.

    def action_cursor_left(self) -> None:
        """Go to the number before."""
        self.go_to(self.cursor - 1)

    def action_cursor_right(self) -> None:
        """Go to the next number."""
        self.go_to(self.cursor + 1)

    def action_cursor_up(self) -> None:
        """Go to the number before."""
        self.go_to(self.cursor - 1)

    def action_cursor_down(self) -> None:
        """Go to the next number."""
        self.go_to(self.cursor + 1)

    def action_first(self) -> None:
        """Go to the first number."""
        self.go_to(0)

    def action_last(self) -> None:
        """Go to the last number."""
        self.go_to(len(self.view.bars) - 1)

    def on_click(self, event: events.Click) -> None:
        """Go to the number that was clicked; a click on the cursor chooses it."""
        place = event.get_content_offset(self)
        number = None if place is None else self._at(place.x, place.y)
        if number is None:
            return
        if number == self.cursor:
            self.post_message(self.BarChosen(self))
        else:
            self.go_to(number)

    def _at(self, x: int, y: int) -> int | None:
        """Return the number that a cell of the widget shows."""
        if self.view.shape == "rows":
            return self._offset + y if self._offset + y < len(self.view.bars) else None
        place = self._layout
        at = x - place.axis + self._offset
        found = (number for number, left in enumerate(place.lefts) if left <= at < left + place.cell)
        return next(found, None) if x >= place.axis else None
