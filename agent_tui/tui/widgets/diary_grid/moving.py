"""Moving in the diary grid: the cursor's keys, and the mark that the cursor leads through a column."""

from textual.reactive import reactive
from textual.scroll_view import ScrollView

from agent_tui.tui.widgets.diary_grid.geometry import Geometry, Window
from agent_tui.tui.widgets.diary_grid.view import EMPTY, GridView, Mark


class MovingGrid(ScrollView, can_focus=True, inherit_bindings=False):
    """Where the cursor goes by key or by mouse; what is drawn of it is the widget's."""

    cursor: reactive[tuple[int, int]] = reactive((0, 0), repaint=False, init=False)
    """Column and tick; setting it clamps it to the grid, repaints two cells and posts CursorMoved."""

    _geometry: Geometry
    _view: GridView = EMPTY
    _mark: Mark | None = None

    @property
    def _window(self) -> Window:
        x, y = self.scroll_offset
        # `size` would count the scrollbars in.
        width, height = self.scrollable_content_region.size
        return Window(width, height, x, y)

    # The mark.

    @property
    def mark(self) -> Mark | None:
        """The stretch that is being marked."""
        return self._mark

    @property
    def leads_mark(self) -> bool:
        """Whether the cursor stands where it leads the mark; elsewhere it moves freely and the mark stays as it is."""
        mark = self._mark
        return mark is not None and self.cursor == (self._view.index_of(mark.diary, mark.day), mark.tick)

    def begin_mark(self) -> bool:
        """Begin a mark with the cursor's tick and the rest of its line; False while its column is not loaded."""
        index, tick = self.cursor
        column = self._view.column(index)
        if column is not None:
            self._mark_changed(Mark.begun(column.diary, column.day, tick, self._rest_of_line(tick)))
        return column is not None

    def forget_mark(self) -> bool:
        """Forget the mark; False when there is none."""
        had = self._mark is not None
        if had:
            self._mark_changed(None)
        return had

    def _mark_changed(self, mark: Mark | None) -> None:
        """Put a mark in and repaint what it made different."""
        raise NotImplementedError

    def _rest_of_line(self, tick: int) -> int:
        end = self._geometry.ticks_of(self._geometry.row_of(tick))[1]
        return max(min(end, self._geometry.last_tick) - tick, 1)

    # The cursor.

    def _go(self, column: int, tick: int) -> None:
        """Go to a cell; while the cursor leads a mark, it stays in its column and takes the mark along."""
        mark = self._mark if self.leads_mark else None
        self.cursor = (column if mark is None else self.cursor[0], tick)
        if mark is not None and self.cursor[1] != mark.tick:
            self._mark_changed(mark.to(self.cursor[1], self._rest_of_line(self.cursor[1])))

    def _move(self, columns: int = 0, rows: int = 0) -> None:
        column, tick = self.cursor
        if rows:
            row = min(max(self._geometry.row_of(tick) + rows, 0), self._geometry.rows - 1)
            tick = self._geometry.tick_of(row)
        self._go(column + columns, tick)

    def _move_fine(self, ticks: int) -> None:
        column, tick = self.cursor
        mark = self._mark
        if mark is None or not self.leads_mark:
            self.cursor = (column, tick + ticks)
            return
        moved = mark.fine(ticks)
        if self._geometry.first_tick <= moved.tick < self._geometry.last_tick:
            self.cursor = (column, moved.tick)
            self._mark_changed(moved)

    def _page(self) -> int:
        return max(len(self._geometry.rows_in_view(self._window)) - 1, 1)

    def _column_page(self) -> int:
        return max((self._window.width - 1) // self._geometry.column_width - 1, 1)

    def action_cursor_up(self) -> None:
        """Go one line up."""
        self._move(rows=-1)

    def action_cursor_down(self) -> None:
        """Go one line down."""
        self._move(rows=1)

    def action_cursor_left(self) -> None:
        """Go one column to the left."""
        self._move(columns=-1)

    def action_cursor_right(self) -> None:
        """Go one column to the right."""
        self._move(columns=1)

    def action_fine_up(self) -> None:
        """Go five minutes up, whatever the zoom."""
        self._move_fine(-1)

    def action_fine_down(self) -> None:
        """Go five minutes down, whatever the zoom."""
        self._move_fine(1)

    def action_page_up(self) -> None:
        """Go a window up."""
        self._move(rows=-self._page())

    def action_page_down(self) -> None:
        """Go a window down."""
        self._move(rows=self._page())

    def action_page_left(self) -> None:
        """Go a window of columns to the left."""
        self._move(columns=-self._column_page())

    def action_page_right(self) -> None:
        """Go a window of columns to the right."""
        self._move(columns=self._column_page())

    def action_first(self) -> None:
        """Go to the first line."""
        self._go(self.cursor[0], self._geometry.first_tick)

    def action_last(self) -> None:
        """Go to the last line."""
        self._go(self.cursor[0], self._geometry.tick_of(self._geometry.rows - 1))
