"""From a snapshot and a state to strips: pure, and cached so that a line drawn before is a look-up.

Three steps. `plan_column` (plan.py) decides what each line of a column says, once per column and zoom. `Painter._pieces` turns
such a cell into texts with the names of their styles. `Painter.strip` joins the columns in view and cuts to the window.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.strip import Strip

from agent_tui.domain.cleaning import clean_for_display
from agent_tui.domain.ticks import clock
from agent_tui.domain.types import GROUPS
from agent_tui.tui.glyphs import Glyphs
from agent_tui.tui.widgets.diary_grid.geometry import GUTTER, NARROWEST, Geometry, Window
from agent_tui.tui.widgets.diary_grid.plan import Cell, plan_column
from agent_tui.tui.widgets.diary_grid.view import (
    Block,
    Column,
    Ghost,
    GridView,
    Mark,
    time_left,
)

COMPONENT: Final = "diary-grid--"
"""What a component class of the widget begins with; a name below follows."""

LOOKS: Final = {
    "appointment": "color: $foreground; background: $surface",
    "hold": "color: $grid-hold; background: $surface; text-style: italic",
    "mine": "color: $grid-hold; background: $surface; text-style: bold",
    "block": "color: $group-block; background: $surface",
    "closed": "color: $grid-closed",
    "free": "color: $foreground",
    "fits": "color: $grid-free",
    "start": "color: $grid-free; text-style: bold",
    "stranded": "color: $grid-stranded",
    "waiting": "color: $text-muted",
    "ghost": "color: $grid-ghost-foreground; background: $grid-ghost-background; text-style: bold",
    "gone": "color: $grid-ghost-foreground; background: $grid-ghost-background; text-style: strike",
    "carried": "color: $text-muted; text-style: italic",
    "mark": "color: $foreground; background: $surface; text-style: bold",
    "late": "color: $text-muted; background: $surface",
    "more": "color: $foreground; background: $surface; text-style: bold",
    "flag": "color: $grid-flag; background: $surface; text-style: bold",
    "key-type": "color: $grid-key-type; background: $surface; text-style: bold",
    "header": "color: $grid-header-foreground; background: $grid-header-background; text-style: bold",
    "header-muted": "color: $text-muted; background: $grid-header-background",
    "gutter": "color: $text-muted",
    "gutter-hour": "color: $foreground; text-style: bold",
    "now": "color: $grid-now; text-style: bold",
    "now-row": "background: $surface",
    "cursor": "color: $grid-cursor-foreground; background: $grid-cursor-background; text-style: bold",
    "cursor-blurred": "color: $block-cursor-blurred-foreground; background: $block-cursor-blurred-background;"
    " text-style: underline",
    # The last group has the variable `group-block`.
    **{f"group-{name}": f"color: $group-{name.removesuffix('-time')}; background: $surface" for name in GROUPS},
}
"""Every style that a line is drawn with, by name, and its default in the theme's variables (themes.PAIRS)."""

Piece = tuple[str, str]
"""A text and the name of its style."""

_READABLE: Final = 4
"""Cells of a cut column from which on it says something."""

_OUTCOMES: Final = {"attended": "attended", "late": "came late", "dna": "absent"}
_GROUND: Final = {"free", "fits", "start", "stranded", "closed", "waiting"}


@dataclass(frozen=True, slots=True)
class GridState:
    """What changes without a new snapshot; the cursor is (column, tick), the clock in ms UTC."""

    cursor: tuple[int, int] | None = None
    focused: bool = True
    ghost: Ghost | None = None
    carried: str | None = None
    clock_ms: int = 0
    mark: Mark | None = None


class Painter:
    """Draws lines in one set of glyphs and styles, and remembers what it drew.

    Two pictures with the same generation must be the same picture; `forget` is for whoever breaks that.
    """

    def __init__(self, glyphs: Glyphs, styles: Mapping[str, Style], *, keep: int = 1024) -> None:
        self.glyphs = glyphs
        self.styles = dict(styles)
        self._plans: dict[tuple[int, ...], tuple[Column, tuple[Cell, ...]]] = {}
        self._strips: LRUCache[tuple[object, ...], Strip] = LRUCache(keep)
        self._holds: tuple[GridView, Geometry, dict[int, list[tuple[int, Block]]]] | None = None

    def forget(self, rows: Collection[int] | None = None) -> None:
        """Forget the strips of some lines, or all; the plans stay, for they belong to columns and not to pictures."""
        if rows is None:
            self._strips.clear()
        elif rows:
            for key in [key for key in self._strips.keys() if key[0] in rows]:  # noqa: SIM118  it is no dictionary
                self._strips.discard(key)

    def changed_rows(self, old: GridView, new: GridView, geometry: Geometry) -> set[int] | None:
        """Return the lines on which two pictures differ, None where they differ in more than what stands in some columns."""
        same = replace(new, columns=old.columns, title=old.title, ticks_in_hand=old.ticks_in_hand, in_hand=old.in_hand)
        if same != old or len(old.columns) != len(new.columns):
            return None
        rows: set[int] = set()
        for before, after in zip(old.columns, new.columns, strict=True):
            if before is after:
                continue
            if any(getattr(before, name) != getattr(after, name) for name in ("diary", "day", "heading", "subheading")):
                return None
            cells = zip(self.plan(before, geometry), self.plan(after, geometry), strict=True)
            rows.update(row for row, (one, other) in enumerate(cells) if one != other)
        return rows

    def plan(self, column: Column, geometry: Geometry) -> tuple[Cell, ...]:
        """Return the cells of a column, planned once for each column object and geometry."""
        key = (id(column), geometry.zoom, geometry.first_tick, geometry.last_tick)
        found = self._plans.get(key)
        # The column is kept beside its plan, so that its id cannot come to mean another.
        if found is None or found[0] is not column:
            if len(self._plans) >= 256:
                self._plans.clear()
            found = self._plans[key] = (column, plan_column(column, geometry))
        return found[1]

    def strip(self, y: int, view: GridView, state: GridState, geometry: Geometry, window: Window) -> Strip:
        """Return the line at `y` of the content, exactly as wide as the window."""
        row = y - geometry.header + window.scroll_y
        head = y if y < geometry.header else None
        if head is None and row >= geometry.rows:
            return Strip([Segment(" " * window.width, self.styles["free"])], window.width)
        key = self._key(head, row, view, state, geometry, window)
        found = self._strips.get(key)
        if found is None:
            pieces = self._heading(head, view, geometry, window) if head is not None else None
            segments = pieces or self._body(row, view, state, geometry, window)
            found = self._strips[key] = Strip(segments).adjust_cell_length(window.width, self.styles["free"])
        return found

    def holds_on(self, row: int, view: GridView, geometry: Geometry, window: Window) -> tuple[Block, ...]:
        """Return the holds that run out, of those on a line in view."""
        seen = geometry.columns_in_view(window)
        return tuple(block for index, block in self._all_holds(view, geometry).get(row, ()) if index in seen)

    def _all_holds(self, view: GridView, geometry: Geometry) -> dict[int, list[tuple[int, Block]]]:
        """Return the holds that run out by line, each with its column's index, looked for once in a picture."""
        if self._holds is None or self._holds[0] is not view or self._holds[1] != geometry:
            found: dict[int, list[tuple[int, Block]]] = {}
            for index, column in enumerate(view.columns, start=view.first_column):
                if any(block.kind == "hold" for block in column.blocks):
                    for row, cell in enumerate(self.plan(column, geometry)):
                        block = cell.block
                        if block is not None and block.kind == "hold" and block.expires_at is not None:
                            found.setdefault(row, []).append((index, block))
            self._holds = (view, geometry, found)
        return self._holds[2]

    def _key(
        self, head: int | None, row: int, view: GridView, state: GridState, geometry: Geometry, window: Window
    ) -> tuple[object, ...]:
        where = (view.generation, geometry, window.width, window.scroll_x)
        if head is not None:
            return ("head", head, *where)
        ghost, mark = state.ghost, state.mark
        if ghost is not None and row not in geometry.rows_of(ghost.start, ghost.end):
            ghost = None
        if mark is not None and row not in geometry.rows_of(mark.start, mark.end):
            mark = None
        cursor = None
        if state.cursor is not None and geometry.row_of(state.cursor[1]) == row:
            cursor = (state.cursor[0], state.focused)
        holds = self.holds_on(row, view, geometry, window)
        left = tuple(time_left(hold.expires_at or 0, state.clock_ms) for hold in holds)
        return (row, row == window.scroll_y, *where, cursor, ghost, state.carried, left, mark)

    def _heading(self, head: int, view: GridView, geometry: Geometry, window: Window) -> list[Segment]:
        name = "header" if head == 0 else "header-muted"
        style = self.styles[name]
        segments = [Segment(" " * min(GUTTER, window.width), style)]
        columns: list[Segment] = []
        for index in geometry.columns_in_view(window):
            column = view.column(index)
            text = self.glyphs.ellipsis if head == 0 else ""
            if column is not None:
                text = clean_for_display((column.heading or column.diary) if head == 0 else column.subheading)
            # One cell in, so that a heading stands over the texts and not over their bars.
            columns.append(Segment(" " + self.fit(text, geometry.column_width - 2) + " ", style))
        segments += self._cut(columns, geometry, window, style)
        return segments

    def _body(self, row: int, view: GridView, state: GridState, geometry: Geometry, window: Window) -> list[Segment]:
        now_column = view.now is not None and view.now[1] in range(*geometry.ticks_of(row))
        columns: list[Segment] = []
        today = False
        for index in geometry.columns_in_view(window):
            column = view.column(index)
            is_now = now_column and column is not None and view.now is not None and column.day == view.now[0]
            today = today or is_now
            edge = self._edge(column, row, state.mark, geometry)
            pieces = self._pieces(column, row, state, geometry, row == window.scroll_y)
            under = state.cursor is not None and state.cursor[0] == index and geometry.row_of(state.cursor[1]) == row
            room = geometry.column_width - cell_len(edge)
            drawn = self._segments(self._narrowed(pieces, cell_len(edge)), room, is_now, under, state.focused)
            columns += self._marked(drawn, edge, under, state.focused) if edge else drawn
        segments = self._gutter(row, geometry, today, window)
        return segments + self._cut(columns, geometry, window, self.styles["free"])

    def _cut(self, columns: list[Segment], geometry: Geometry, window: Window, style: Style) -> list[Segment]:
        """Cut the columns in view to the room beside the gutter."""
        room = max(window.width - GUTTER, 0)
        start = window.scroll_x % geometry.column_width
        sliver = (start + room) % geometry.column_width
        if sliver < _READABLE and room > sliver:
            # A bar and a letter of the next column would only be taken for a part of this one.
            columns = list(Strip(columns).crop(0, start + room - sliver))
        return list(Strip(columns).crop_extend(start, start + room, style))

    def _gutter(self, row: int, geometry: Geometry, today: bool, window: Window) -> list[Segment]:
        tick = geometry.ticks_of(row)[0]
        mark = self.glyphs.pointer if today else " "
        name = "now" if today else "gutter-hour" if tick % 12 == 0 else "gutter"
        text = set_cell_size(f"{mark}{clock(tick)} ", min(GUTTER, window.width))
        return [Segment(text, self.styles[name])]

    def _segments(self, pieces: list[Piece], width: int, is_now: bool, under: bool, focused: bool) -> Iterator[Segment]:
        used = 0
        for text, name in pieces:
            room = width - used
            text = text if cell_len(text) <= room else set_cell_size(text, room)
            used += cell_len(text)
            if text:
                yield Segment(text, self._style(name, is_now, under, focused))
        if used < width:
            yield Segment(" " * (width - used), self._style("free", is_now, under, focused))

    def _edge(self, column: Column | None, row: int, mark: Mark | None, geometry: Geometry) -> str:
        """Return the right edge of a marked line, with the minutes at which the mark begins or ends within it; else nothing."""
        if column is None or mark is None or (mark.diary, mark.day) != (column.diary, column.day):
            return ""
        if row not in geometry.rows_of(mark.start, mark.end):
            return ""
        start, end = geometry.ticks_of(row)
        begins = clock(mark.start)[2:] if mark.start > start else ""
        ends = f"-{clock(mark.end)[2:]}" if mark.end < min(end, geometry.last_tick) else ""
        return (begins + ends if geometry.column_width >= NARROWEST else "") + self.glyphs.mark

    def _narrowed(self, pieces: list[Piece], by: int) -> list[Piece]:
        """Return a line with some cells less, taken from its words: what stands before and after them stays."""
        if not by or not pieces:
            return pieces
        at = max(range(len(pieces)), key=lambda index: cell_len(pieces[index][0]))
        text, name = pieces[at]
        return [*pieces[:at], (self.fit(text.rstrip(), cell_len(text) - by), name), *pieces[at + 1 :]]

    def _marked(self, drawn: Iterable[Segment], edge: str, under: bool, focused: bool) -> Iterator[Segment]:
        """Yield a marked line: what it says in reverse, and the edge, for which no colour is needed."""
        for segment in drawn:
            yield segment if under else Segment(segment.text, (segment.style or Style()) + Style(reverse=True))
        yield Segment(edge, self._style("mark", False, under, focused))

    def _style(self, name: str, is_now: bool, under: bool, focused: bool) -> Style:
        style = self.styles[name]
        if under:
            cursor = self.styles["cursor" if focused else "cursor-blurred"]
            return cursor + Style(strike=True) if style.strike else cursor
        if is_now and name in _GROUND:
            return style + Style(bgcolor=self.styles["now-row"].bgcolor)
        return style

    def _pieces(self, column: Column | None, row: int, state: GridState, geometry: Geometry, top: bool) -> list[Piece]:
        width = geometry.column_width
        if column is None:
            return [(self.glyphs.ellipsis, "waiting")]
        cell = self.plan(column, geometry)[row]
        ghost = state.ghost
        if ghost is not None and (ghost.diary, ghost.day) == (column.diary, column.day):
            rows = geometry.rows_of(ghost.start, ghost.end)
            if row in rows and not _is_my_hold(cell, ghost):
                return self._ghost(cell, ghost, row, rows, state, geometry)
        return self._plain(cell, width, state, top)

    def _plain(self, cell: Cell, width: int, state: GridState, top: bool) -> list[Piece]:
        if cell.block is not None:
            return self._entry(cell, cell.block, width, state, top)
        signs = {"start": self.glyphs.fits, "fits": self.glyphs.fits, "closed": self.glyphs.closed}
        signs |= {"stranded": self.glyphs.stranded, "waiting": self.glyphs.ellipsis}
        sign = signs.get(cell.state, " ")
        tail = self._tail(cell)
        words = cell.words if cell.line == 0 or top else ""
        return [(sign, cell.state), (self.fit(words, width - 1 - _width(tail)), cell.state), *tail]

    def _entry(self, cell: Cell, block: Block, width: int, state: GridState, top: bool) -> list[Piece]:
        carried = block.entry_id == state.carried
        name = "carried" if carried else "mine" if block.kind == "hold" and block.mine else block.kind
        bar_name = f"group-{block.group}" if block.kind == "appointment" and not carried else name
        bar = {"appointment": self.glyphs.appointment, "hold": self.glyphs.hold}.get(block.kind, self.glyphs.block)
        first = cell.line == 0 or top
        front: list[Piece] = [(bar, bar_name if bar_name in self.styles else name)]
        if first and block.flagged:
            front.append((self.glyphs.flag, "flag"))
        if first and block.key:
            front.append((self.glyphs.key_type, "key-type"))
        tail = self._tail(cell)
        lines = _says(cell, block, state, top, width)
        text = lines[0 if top else cell.line] if top or cell.line < len(lines) else ""
        room = width - _width(front) - _width(tail)
        if cell.line == 0 and cell.late:
            # The blank after the minutes goes before a letter of the type does.
            late = cell.late + " " * (room - len(cell.late) > cell_len(block.label))
            front.append((late, "late"))
            room -= len(late)
        return [*front, (self.fit(text, room), name), *tail]

    def _tail(self, cell: Cell) -> list[Piece]:
        """Return what else is on the line: a flag, how many more entries, other states; nothing is hidden silently."""
        signs = {"fits": self.glyphs.fits, "stranded": self.glyphs.stranded, "closed": self.glyphs.closed}
        tail: list[Piece] = [(self.glyphs.flag, "flag")] if cell.flagged else []
        tail += [(f"+{cell.others}", "more")] if cell.others else []
        tail += [(signs[mark], mark) for mark in cell.marks]
        # A sign at the right edge would look like the bar of the next column.
        return [*tail, (" ", "free")] if cell.marks else tail

    def _ghost(self, cell: Cell, ghost: Ghost, row: int, rows: range, state: GridState, geometry: Geometry) -> list[Piece]:
        """Frame the offer; one that is gone stays crossed out on its first line above whoever has the time now."""
        name = "gone" if ghost.gone else "ghost"
        left, right = (self.glyphs.ghost_left, "ghost"), (self.glyphs.ghost_right, "ghost")
        room = geometry.column_width - 2
        line = row - rows.start
        under = cell.others + 1 if cell.block is not None and cell.block.entry_id != state.carried else 0
        if ghost.gone and line > 0 and cell.block is not None:
            pieces = self._entry(self._moved_down(cell, line), cell.block, room, state, False)
            return [left, *pieces, (" " * (room - _width(pieces)), "ghost"), right]
        start = geometry.ticks_of(row)[0]
        late = f"{clock(ghost.start)[2:]} " if ghost.start > start else ""
        who, label = clean_for_display(ghost.who), clean_for_display(ghost.label)
        texts = [f"{who} {label}"] if len(rows) == 1 else [who or label, label if who else ""]
        text = (late if line == 0 else "") + (texts[line] if line < len(texts) else "")
        front: list[Piece] = [(self.glyphs.flag, "flag")] if ghost.gone and line == 0 else []
        tail: list[Piece] = [(f"+{under}", "more")] if under else []
        return [left, *front, (self.fit(text.strip(), room - _width(front) - _width(tail)), name), *tail, right]

    @staticmethod
    def _moved_down(cell: Cell, line: int) -> Cell:
        """Return the cell with its words one line lower if the crossed-out line hides the first of them."""
        if cell.line != line:
            return cell
        return replace(cell, line=cell.line - 1, lines=cell.lines - 1, late="")

    def fit(self, text: str, room: int) -> str:
        """Return text exactly `room` cells wide: filled with blanks, or cut with an ellipsis."""
        if room <= 0:
            return ""
        if cell_len(text) <= room:
            return set_cell_size(text, room)
        return set_cell_size(text, room - 1) + self.glyphs.ellipsis


def _is_my_hold(cell: Cell, ghost: Ghost) -> bool:
    """Whether a cell shows my hold of the very time that the ghost marks: the hold and its countdown say more."""
    block = cell.block
    return (
        block is not None
        and block.kind == "hold"
        and block.mine
        and (block.start, block.end) == (ghost.start, ghost.end)
        and not ghost.gone
    )


def _says(cell: Cell, block: Block, state: GridState, top: bool, width: int) -> tuple[str, ...]:
    """Return what an entry says, line by line; `top` is a line that names an entry which began above the window."""
    named = " ".join(part for part in (block.label, block.who) if part)
    room = width - 1 - block.flagged - block.key - len(cell.late) - bool(cell.late)
    alone = cell.lines == 1 or (top and cell.line > 0)
    if block.kind == "hold":
        left = time_left(block.expires_at, state.clock_ms) if block.expires_at is not None else ""
        owner = f"{'mine' if block.mine else 'held'} {block.who}"
        if alone:
            owner = f"{left} {owner}".strip()
        # The glyph says that it is a hold; the name is what is asked for.
        if cell_len(owner) > room and not block.mine:
            owner = owner.replace(f"held {block.who}", block.who)
        lines: tuple[str, ...] = (owner, f"{left} {block.label}".strip())
    elif cell_len(named) <= room or alone or not block.label:
        lines = (named, _OUTCOMES.get(block.status, ""))
    else:
        lines = (block.label, block.who, _OUTCOMES.get(block.status, ""))
    return (lines[0], "moving") if block.entry_id == state.carried else lines


def changed_span(old: Strip, new: Strip) -> tuple[int, int] | None:
    """Return the cells (start, end) in which two strips of one width differ, to the segment, or None."""
    before, after = list(old), list(new)
    if before == after:
        return None
    start = _same(zip(before, after, strict=False))
    end = new.cell_length - _same(zip(reversed(before), reversed(after), strict=False))
    return start, max(end, start + 1)


def _same(pairs: Iterable[tuple[Segment, Segment]]) -> int:
    cells = 0
    for one, other in pairs:
        if one != other:
            break
        cells += one.cell_length
    return cells


def _width(pieces: Iterable[Piece]) -> int:
    return sum(cell_len(text) for text, _name in pieces)
