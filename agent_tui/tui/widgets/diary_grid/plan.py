"""What each line of a column says, before cursor, ghost and clock; pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from agent_tui.domain.cleaning import clean_for_display
from agent_tui.domain.ticks import clock, span
from agent_tui.tui.widgets.diary_grid.geometry import Geometry
from agent_tui.tui.widgets.diary_grid.view import Block, Column, closed_word

_NOTABLE: Final = ("fits", "stranded", "closed")


@dataclass(frozen=True, slots=True)
class Cell:
    """What a column says on one line before cursor, ghost and clock.

    `block` is the entry shown, `line` the which-th of its `lines` this is, `late` its start (":35") if its first line
    starts earlier. `words` say why time is closed, `line` 0 being where they are new. `others` counts the entries that
    share the line, `flagged` says that one of them begins here with a flag, `marks` names the other states on it.
    """

    state: str
    block: Block | None = None
    line: int = 0
    lines: int = 1
    late: str = ""
    words: str = ""
    others: int = 0
    marks: tuple[str, ...] = ()
    flagged: bool = False


def plan_column(column: Column, geometry: Geometry) -> tuple[Cell, ...]:
    """Return the cells of a column from the first line to the last."""
    shared: list[list[Block]] = [[] for _ in range(geometry.rows)]
    for block in column.blocks:
        for row in geometry.rows_of(block.start, block.end):
            shared[row].append(block)
    free, taken = column.free_mask, column.taken_mask
    cells: list[Cell] = []
    said: list[str] = []
    for row, blocks in enumerate(shared):
        start, end = geometry.ticks_of(row)
        states = _states(column, free, taken, span(start, end))
        closed = "closed" in states[:1] and not blocks
        words = [word for tick in range(start, end) if closed and (word := closed_word(column, tick))]
        if blocks:
            cells.append(_entry_cell(blocks, row, states, geometry))
        else:
            main, *marks = states
            new = " ".join(dict.fromkeys(word for word in words if word not in said))
            shown = clean_for_display(new or " ".join(dict.fromkeys(words)))
            cells.append(Cell(main, line=0 if new else 1, words=shown, marks=_marks(marks)))
        said = words
    return tuple(cells)


def _states(column: Column, free: int, taken: int, line: int) -> list[str]:
    """Name the states of the ticks of a line that no entry has, what can be used first."""
    fits = free & column.fits_mask & line
    stranded = free & column.stranded_mask & line & ~fits
    named = (
        ("start", fits & column.start_mask),
        ("fits", fits if not fits & column.start_mask else 0),
        ("stranded", stranded),
        ("free", free & line & ~fits & ~stranded),
        ("closed", line & ~column.open_mask & ~taken),
    )
    return [name for name, mask in named if mask]


def _entry_cell(blocks: list[Block], row: int, states: list[str], geometry: Geometry) -> Cell:
    top = geometry.ticks_of(row)[0]
    starting = [block for block in blocks if geometry.row_of(block.start) == row and block.start >= top]
    block = (starting or blocks)[0]
    rows = geometry.rows_of(block.start, block.end)
    late = clock(block.start)[2:] if block.start > geometry.ticks_of(rows.start)[0] else ""
    return Cell(
        block.kind,
        replace(block, label=clean_for_display(block.label), who=clean_for_display(block.who)),
        line=row - rows.start,
        lines=len(rows),
        late=late,
        others=len(blocks) - 1,
        # Closed time beside an entry is nobody's loss; free time is.
        marks=tuple(mark for mark in _marks(states) if mark != "closed"),
        flagged=any(other.flagged for other in starting if other is not block),
    )


def _marks(states: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for state in states if (name := "fits" if state == "start" else state) in _NOTABLE))
