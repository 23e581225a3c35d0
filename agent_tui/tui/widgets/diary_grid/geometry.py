"""Where things are: tick and line, column and cell, cell and region; pure arithmetic.

Three counts meet here. A *tick* is five minutes from local midnight, 0 to 288. A *row* is a line of the day, 0 at the
top of the body. *x* and *y* count terminal cells from the top left of the widget's content; the header rows and the
time gutter stay there while the body scrolls beneath them.
"""

from dataclasses import dataclass
from typing import Final, Self

from textual.geometry import Region, Size

from agent_tui.domain.ticks import MINUTES_PER_TICK, TICKS_PER_DAY

ZOOMS: Final = (1, 2, 3, 6)
"""Ticks per line: 5, 10, 15 and 30 minutes."""

GUTTER: Final = 7
"""Cells of the time gutter: the now mark, "09:00" and a blank."""

NARROWEST: Final = 12
WIDEST: Final = 28


@dataclass(frozen=True, slots=True)
class Window:
    """What is in view: the size of the content in cells and how far the body has scrolled under header and gutter."""

    width: int
    height: int
    scroll_x: int = 0
    scroll_y: int = 0


@dataclass(frozen=True, slots=True)
class Geometry:
    """The measures of one grid; columns are counted in all, loaded or not."""

    columns: int
    first_tick: int
    last_tick: int
    zoom: int = 2
    column_width: int = NARROWEST
    header: int = 1
    pad: int = 0
    """Blank cells after the last column, so that the last page begins where a column begins too."""

    def __post_init__(self) -> None:
        if self.zoom not in ZOOMS:
            raise ValueError(f"{self.zoom} ticks per line is none of {ZOOMS}")
        if not 0 <= self.first_tick < self.last_tick <= TICKS_PER_DAY:
            raise ValueError(f"{self.first_tick} to {self.last_tick} is no part of a day")
        if self.columns < 0 or self.column_width < 1 or self.header < 1:
            raise ValueError("a grid has columns of at least one cell and a header")

    @classmethod
    def fitted(cls, columns: int, ticks: tuple[int, int], zoom: int, width: int, header: int = 1) -> Self:
        """Return the geometry whose columns fill `width` cells, each between NARROWEST and WIDEST if there is room."""
        cells = column_width(columns, width)
        room = max(width - GUTTER, 0)
        pad = room % cells if columns * cells > room >= cells else 0
        return cls(columns, ticks[0], ticks[1], zoom, cells, header, pad)

    @property
    def base(self) -> int:
        """The tick at which the first line starts: `first_tick` or a little before, for lines start on round times."""
        return self.first_tick - self.first_tick % self.zoom

    @property
    def rows(self) -> int:
        """How many lines the day has."""
        return -(-(self.last_tick - self.base) // self.zoom)

    @property
    def virtual_size(self) -> Size:
        """The size of the whole grid in cells, header and gutter included."""
        return Size(GUTTER + self.columns * self.column_width + self.pad, self.header + self.rows)

    @property
    def minutes_per_line(self) -> int:
        """The zoom in minutes."""
        return self.zoom * MINUTES_PER_TICK

    def row_of(self, tick: int) -> int:
        """Return the line that holds a tick; a tick outside the day gives the first or last line."""
        return min(max((tick - self.base) // self.zoom, 0), self.rows - 1)

    def ticks_of(self, row: int) -> tuple[int, int]:
        """Return the ticks of a line as (start, end), end not included; the last line may run past midnight's 288."""
        start = self.base + row * self.zoom
        return start, start + self.zoom

    def tick_of(self, row: int) -> int:
        """Return the tick on which a cursor that comes to a line stands: its first one within the day."""
        return self.clamp_tick(self.base + row * self.zoom)

    def clamp_tick(self, tick: int) -> int:
        """Return the nearest tick that a cursor may have."""
        return min(max(tick, self.first_tick), self.last_tick - 1)

    def rows_of(self, start: int, end: int) -> range:
        """Return the lines that the ticks from `start` up to `end` touch, of those that the grid has."""
        first = max((start - self.base) // self.zoom, 0)
        last = min(-(-(end - self.base) // self.zoom), self.rows)
        return range(first, max(first, last)) if end > start else range(0)

    def columns_in_view(self, window: Window) -> range:
        """Return the columns of which at least one cell shows."""
        shown = window.width - GUTTER
        if shown <= 0 or not self.columns:
            return range(0)
        first = min(max(window.scroll_x, 0) // self.column_width, self.columns)
        last = -(-(max(window.scroll_x, 0) + shown) // self.column_width)
        return range(first, max(first, min(last, self.columns)))

    def whole_columns(self, window: Window) -> range:
        """Return the columns that show from their first cell to their last."""
        shown = max(window.width - GUTTER, 0)
        first = min(-(-max(window.scroll_x, 0) // self.column_width), self.columns)
        return range(first, max(first, min((max(window.scroll_x, 0) + shown) // self.column_width, self.columns)))

    def rows_in_view(self, window: Window) -> range:
        """Return the lines that show below the header."""
        first = min(max(window.scroll_y, 0), self.rows)
        return range(first, min(first + max(window.height - self.header, 0), self.rows))

    def region_of(self, column: int, rows: range, window: Window) -> Region:
        """Return the part of a column's lines that shows, in content cells; an empty region if it is out of view."""
        x = GUTTER + column * self.column_width - window.scroll_x
        y = self.header + rows.start - window.scroll_y
        body = Region(GUTTER, self.header, max(window.width - GUTTER, 0), max(window.height - self.header, 0))
        return Region(x, y, self.column_width, len(rows)).intersection(body)

    def cell_at(self, x: int, y: int, window: Window) -> tuple[int, int] | None:
        """Return the (column, row) at a content position, or None on header and gutter and past the last cell."""
        if x < GUTTER or y < self.header:
            return None
        column = (x - GUTTER + window.scroll_x) // self.column_width
        row = y - self.header + window.scroll_y
        return (column, row) if column < self.columns and row < self.rows else None

    def scroll_to(self, column: int, rows: range, window: Window) -> tuple[int, int]:
        """Return the nearest (scroll_x, scroll_y) that shows a column's lines; of more than fit, the first ones.

        A move sideways ends where a column begins, so that only the last column in view is cut.
        """
        left = column * self.column_width
        x = _nearest(left, left + self.column_width, window.scroll_x, window.width - GUTTER)
        if x != window.scroll_x:
            x = min(-(-x // self.column_width) * self.column_width, left)
        y = _nearest(rows.start, rows.stop, window.scroll_y, window.height - self.header)
        return x, y


def column_width(columns: int, width: int) -> int:
    """Return the cells of each column of a grid that is `width` cells wide.

    As many columns as fit at NARROWEST share the room; a few columns do not grow past WIDEST. A window narrower than
    one column gets one as wide as itself, and never less than three cells: a sign, a letter and an ellipsis.
    """
    room = width - GUTTER
    if room < NARROWEST:
        return max(room, 3)
    shown = max(min(columns, room // NARROWEST), 1)
    return min(room // shown, WIDEST)


def a_page_more(columns: range, total: int) -> range:
    """Return a range of columns with as many again on each side, within the grid."""
    page = len(columns)
    return range(max(columns.start - page, 0), min(columns.stop + page, total))


def _nearest(start: int, end: int, scroll: int, room: int) -> int:
    if start < scroll or end - start > room:
        return max(start, 0)
    return max(scroll, end - room)
