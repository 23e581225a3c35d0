"""The diary grid as a widget: events, cursor, scrolling and messages; what it looks like is decided in `render`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from agent_tui.domain.cleaning import clean_for_display
from agent_tui.tui.commands import bindings_for
from agent_tui.tui.glyphs import UNICODE, Glyphs
from agent_tui.tui.widgets.diary_grid.geometry import ZOOMS, Geometry, a_page_more
from agent_tui.tui.widgets.diary_grid.moving import MovingGrid
from agent_tui.tui.widgets.diary_grid.render import COMPONENT, LOOKS, GridState, Painter, changed_span
from agent_tui.tui.widgets.diary_grid.view import EMPTY, Block, Column, Ghost, GridView, Mark, describe_cell


@dataclass(frozen=True, slots=True)
class CursorCell:
    """Where the cursor is: the index of the column, the column if it is loaded, the tick, and the entry there."""

    index: int
    column: Column | None
    tick: int
    block: Block | None


class DiaryGrid(MovingGrid, can_focus=True, inherit_bindings=False):
    """One widget for all diaries of a day, or for one diary's week; it draws lines and has no children."""

    ALLOW_SELECT = False

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("grid")]
    COMPONENT_CLASSES: ClassVar[set[str]] = {COMPONENT + name for name in LOOKS}

    DEFAULT_CSS = """
    DiaryGrid {
        background: $background;
        color: $foreground;
        scrollbar-size: 0 1;
        border-subtitle-color: $text-muted;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
        scrollbar-corner-color: $background;
    }
    """ + "".join(f"DiaryGrid > .{COMPONENT}{name} {{ {look}; }}\n" for name, look in LOOKS.items())

    class GridMessage(Message):
        """What a grid says of itself."""

        def __init__(self, grid: "DiaryGrid") -> None:
            super().__init__()
            self.grid = grid

        @property
        def control(self) -> "DiaryGrid":
            """The grid that posted it, for the selector of `on`."""
            return self.grid

    class AtCell(GridMessage):
        """A diary, a day, a tick and the entry that has this tick, or None."""

        def __init__(self, grid: "DiaryGrid", column: Column, tick: int, block: Block | None) -> None:
            super().__init__(grid)
            self.diary = column.diary
            self.day = column.day
            self.tick = tick
            self.block = block

    class CursorMoved(AtCell):
        """The cursor came to a loaded cell, or what is under it changed."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, DiaryGrid.CursorMoved)

    class CellChosen(AtCell):
        """Enter, or a click on the cursor, where no entry is; with an entry picked up, anywhere."""

    class BlockPressed(AtCell):
        """Enter, or a click on the cursor, on an entry; `block` is never None."""

    class ColumnsWanted(GridMessage):
        """Columns in view are not loaded: wanted are those from `first` up to `last`, a page more on each side."""

        def __init__(self, grid: "DiaryGrid", first: int, last: int) -> None:
            super().__init__(grid)
            self.first = first
            self.last = last

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, DiaryGrid.ColumnsWanted)

    def __init__(
        self,
        *,
        zoom: int = 2,
        glyphs: Glyphs = UNICODE,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._zoom = zoom
        self._glyphs = glyphs
        self._geometry = Geometry(0, EMPTY.first_tick, EMPTY.last_tick, zoom)
        self._ghost: Ghost | None = None
        self._focus_is_new = False
        self._carried: str | None = None
        self._clock_ms = 0
        self._painter: Painter | None = None
        self._styles_are_old = True
        self._asked: tuple[int, int, int] | None = None

    # What it shows.

    @property
    def view(self) -> GridView:
        """The picture that is shown."""
        return self._view

    @property
    def zoom(self) -> int:
        """Ticks per line: 1, 2, 3 or 6."""
        return self._zoom

    @property
    def ghost(self) -> Ghost | None:
        """The offer that is shown."""
        return self._ghost

    @property
    def carried(self) -> str | None:
        """The id of the entry that is being moved."""
        return self._carried

    @property
    def geometry(self) -> Geometry:
        """The measures of the picture as it is shown now."""
        return self._geometry

    @property
    def cursor_cell(self) -> CursorCell:
        """Where the cursor is and what is there."""
        index, tick = self.cursor
        column = self._view.column(index)
        return CursorCell(index, column, tick, column.block_at(tick) if column is not None else None)

    @property
    def cursor_words(self) -> str:
        """The cell under the cursor in words, for the status line; empty while its column is not loaded."""
        at = self.cursor_cell
        if at.column is None:
            return ""
        if self._mark is not None and self.leads_mark:
            return self._mark.words(at.column.coach or at.column.heading)
        rest = self._geometry.ticks_of(self._geometry.row_of(at.tick))[1] - at.tick
        return describe_cell(at.column, at.tick, self._view, clock_ms=self._clock_ms, ticks=rest)

    def show(self, view: GridView) -> None:
        """Show a picture; one with a lower generation than the last is dropped, and only what differs is repainted."""
        if view.generation < self._view.generation:
            return
        old, before = self._view, self.cursor_cell
        view = view.keeping(old)
        rows = None if self._painter is None else self._paint.changed_rows(old, view, self._geometry)
        self._repaint(lambda: self._take(view, rows), rows)
        if old is EMPTY:
            at_now = view.now is not None and any(column.day == view.now[0] for column in view.columns)
            tick = view.now[1] if view.now is not None and at_now else view.first_tick
            self.set_reactive(MovingGrid.cursor, self.validate_cursor((view.first_column, tick)))
            self._reveal_cursor()
        after = self.cursor_cell
        if (before.column, before.tick) != (after.column, after.tick):
            self._say_moved()
        self._ask_for_columns()

    def show_ghost(self, ghost: Ghost | None, *, into_view: bool = True) -> None:
        """Show where an offer stands, or None; its first line is scrolled into view if its column is loaded."""
        self._repaint(lambda: setattr(self, "_ghost", ghost), self._rows_of(self._ghost, ghost))
        index = self._view.index_of(ghost.diary, ghost.day) if ghost is not None else None
        if into_view and ghost is not None and index is not None:
            self._reveal(index, self._geometry.rows_of(ghost.start, ghost.end))

    def carry(self, entry_id: str | None) -> None:
        """Draw an entry as picked up, or None; while one is, a choice of any cell is a CellChosen."""
        self._repaint(lambda: setattr(self, "_carried", entry_id))

    def tick_clock(self, clock_ms: int) -> None:
        """Take the time (ms UTC, the clock that holds expire by); only lines whose countdown changed are repainted."""
        window, view, geometry = self._window, self._view, self._geometry
        rows = geometry.rows_in_view(window) if self._painter is not None else range(0)
        live = [row for row in rows if self._paint.holds_on(row, view, geometry, window)]
        self._repaint(lambda: setattr(self, "_clock_ms", clock_ms), live)

    def use_glyphs(self, glyphs: Glyphs) -> None:
        """Draw with another set of glyphs."""
        self._glyphs = glyphs
        self._painter = None
        self.refresh()

    def set_zoom(self, ticks: int) -> None:
        """Show 1, 2, 3 or 6 ticks per line; the cursor keeps its tick and its place in the window."""
        if ticks not in ZOOMS:
            raise ValueError(f"{ticks} ticks per line is none of {ZOOMS}")
        offset = self._geometry.row_of(self.cursor[1]) - self._window.scroll_y
        self._zoom = ticks
        self._measure()
        self.refresh()
        self.scroll_to(y=max(self._geometry.row_of(self.cursor[1]) - offset, 0), animate=False, force=True)
        self._reveal_cursor()

    def zoom_in(self) -> None:
        """Show fewer minutes per line."""
        self.set_zoom(ZOOMS[max(ZOOMS.index(self._zoom) - 1, 0)])

    def zoom_out(self) -> None:
        """Show more minutes per line."""
        self.set_zoom(ZOOMS[min(ZOOMS.index(self._zoom) + 1, len(ZOOMS) - 1)])

    def go_to_ghost(self) -> bool:
        """Put the cursor where the ghost stands; False without one or while its column is not loaded."""
        ghost = self._ghost
        if ghost is None or not self.move_cursor_to(ghost.diary, ghost.day, ghost.start):
            self._reveal_cursor()
            return False
        return True

    def move_cursor_to(self, diary: str, day: date, tick: int) -> bool:
        """Put the cursor on a tick of a diary and scroll there; False if this column is not loaded."""
        index = self._view.index_of(diary, day)
        if index is None:
            return False
        self.cursor = (index, tick)
        self._reveal_cursor()
        return True

    # The cursor.

    def validate_cursor(self, cursor: tuple[int, int]) -> tuple[int, int]:
        column, tick = cursor
        return min(max(column, 0), max(self._geometry.columns - 1, 0)), self._geometry.clamp_tick(tick)

    def watch_cursor(self, old: tuple[int, int], new: tuple[int, int]) -> None:
        for column, tick in (old, new):
            self._refresh_cell(column, tick)
        self._reveal_cursor()
        self._say_moved()

    def action_choose(self) -> None:
        """Choose what is under the cursor; nothing happens on a column that is not loaded."""
        at = self.cursor_cell
        if at.column is None:
            return
        pressed = at.block is not None and self._carried is None
        kind = self.BlockPressed if pressed else self.CellChosen
        self.post_message(kind(self, at.column, at.tick, at.block))

    # What Textual asks of it.

    def render_line(self, y: int) -> Strip:
        return self._strip(y)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles_are_old = True

    def on_resize(self) -> None:
        self._fit()

    def watch_show_vertical_scrollbar(self) -> None:
        self._fit()

    def watch_show_horizontal_scrollbar(self) -> None:
        self._fit()

    def on_focus(self) -> None:
        self._focus_is_new = True
        self._refresh_cell(*self.cursor)

    def on_blur(self) -> None:
        self._refresh_cell(*self.cursor)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        at = self._geometry.cell_at(offset.x, offset.y, self._window) if offset is not None else None
        if at is None:
            return
        event.stop()
        column, row = at
        if (column, row) != (self.cursor[0], self._geometry.row_of(self.cursor[1])):
            self._go(column, self._geometry.tick_of(row))
        elif not self._focus_is_new:  # the click that brings the focus only looks
            self.action_choose()
        self._focus_is_new = False

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_x(old_value, new_value)
        self._say_columns()
        self._ask_for_columns()

    # How it is done.

    @property
    def _paint(self) -> Painter:
        if self._painter is None or self._styles_are_old:
            styles = {name: self.get_component_rich_style(COMPONENT + name) for name in LOOKS}
            self._styles_are_old = False
            # Focus and hover make styles old too; drawings are thrown away only if one came out different.
            if self._painter is None or self._painter.styles != styles:
                self._painter = Painter(self._glyphs, styles)
        return self._painter

    def _strip(self, y: int) -> Strip:
        cursor = self.cursor if self._view.total else None
        state = GridState(cursor, self.has_focus, self._ghost, self._carried, self._clock_ms, self._mark)
        return self._paint.strip(y, self._view, state, self._geometry, self._window)

    def _take(self, view: GridView, rows: set[int] | None) -> None:
        """Put in a picture that differs on some lines, or (None) anywhere.

        The cursor stays with its diary and day, else with its diary if that is here once.
        """
        column, tick = self.cursor_cell.column, self.cursor[1]
        titled = view.title != self._view.title
        if view.generation == self._view.generation and self._painter is not None:
            self._painter.forget(rows)
        self._view = view
        index = None
        if column is not None:
            index = view.index_of(column.diary, column.day)
            same = [at for at, other in enumerate(view.columns) if other.diary == column.diary]
            index = view.first_column + same[0] if index is None and len(same) == 1 else index
        self._measure()
        self.set_reactive(MovingGrid.cursor, self.validate_cursor((self.cursor[0] if index is None else index, tick)))
        if titled:
            self.border_title = Content(clean_for_display(view.title))

    def _measure(self) -> None:
        view = self._view
        header = 2 if any(column.subheading for column in view.columns) else 1
        ticks = (view.first_tick, view.last_tick)
        self._geometry = Geometry.fitted(view.total, ticks, self._zoom, self._window.width, header)
        self.virtual_size = self._geometry.virtual_size
        self._say_columns()

    def _say_columns(self) -> None:
        """Say on the frame which columns of how many are in view; a scrollbar would cost a line and say less."""
        seen, total = self._geometry.whole_columns(self._window), self._geometry.columns
        words = f"{seen.start + 1}-{seen.stop} of {total}" if 0 < len(seen) < total else ""
        if words != (self.border_subtitle or ""):
            self.border_subtitle = words

    def _fit(self) -> None:
        """Fit to the room there is now; the cursor stays in sight."""
        self._measure()
        self.refresh()
        self._reveal_what_matters()
        self._ask_for_columns()

    def _mark_changed(self, mark: Mark | None) -> None:
        self._repaint(lambda: setattr(self, "_mark", mark), self._rows_of(self._mark, mark))
        self._say_moved()

    def _repaint(self, change: Callable[[], None], rows: Iterable[int] | None = None) -> None:
        """Make a change and repaint what it made different, on some lines or (None) anywhere in view."""
        window, geometry = self._window, self._geometry
        if not self.is_attached or not window.width:
            change()
            return
        first = geometry.header - window.scroll_y
        body = range(geometry.header, window.height)
        lines = range(window.height) if rows is None else [row + first for row in rows if row + first in body]
        old = {y: self._strip(y) for y in lines}
        change()
        if self._geometry != geometry:
            self.refresh()
            self._reveal_what_matters()
            return
        for y, strip in old.items():
            changed = changed_span(strip, self._strip(y))
            if changed is not None:
                self.refresh(Region(changed[0], y, changed[1] - changed[0], 1))

    def _rows_of(self, *stretches: Ghost | Mark | None) -> set[int]:
        found = (self._geometry.rows_of(one.start, one.end) for one in stretches if one is not None)
        return {row for rows in found for row in rows}

    def _refresh_cell(self, column: int, tick: int) -> None:
        row = self._geometry.row_of(tick)
        region = self._geometry.region_of(column, range(row, row + 1), self._window)
        if region:
            self.refresh(region)

    def _reveal_cursor(self) -> None:
        row = self._geometry.row_of(self.cursor[1])
        self._reveal(self.cursor[0], range(row, row + 1))

    def _reveal_what_matters(self) -> None:
        """Keep in sight what the agent looks at: the ghost while another pane steps through the offers, else the cursor."""
        ghost = None if self.has_focus else self._ghost
        index = self._view.index_of(ghost.diary, ghost.day) if ghost is not None else None
        if ghost is not None and index is not None:
            self._reveal(index, self._geometry.rows_of(ghost.start, ghost.end))
        else:
            self._reveal_cursor()

    def _reveal(self, column: int, rows: range) -> None:
        window = self._window
        x, y = self._geometry.scroll_to(column, rows, window)
        if window.width and (x, y) != (window.scroll_x, window.scroll_y):
            self.scroll_to(x, y, animate=False, force=True)

    def _say_moved(self) -> None:
        at = self.cursor_cell
        if at.column is not None:
            self.post_message(self.CursorMoved(self, at.column, at.tick, at.block))

    def _ask_for_columns(self) -> None:
        """Ask once for the columns in view that are not loaded."""
        seen = self._geometry.columns_in_view(self._window)
        if all(self._view.column(index) is not None for index in seen):
            return
        wanted = a_page_more(seen, self._geometry.columns)
        asked = (self._view.generation, wanted.start, wanted.stop)
        if asked != self._asked:
            self._asked = asked
            self.post_message(self.ColumnsWanted(self, wanted.start, wanted.stop))
