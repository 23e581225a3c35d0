"""What a heat map looks like, row by row, as pieces of text with names of styles; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from agent_tui.domain.ticks import clock
from agent_tui.domain.week import HeatMap, level
from agent_tui.tui.glyphs import Glyphs
from agent_tui.tui.widgets.lines import Piece, cut, fill, shown

LOOKS: Final[Mapping[str, str]] = {
    "ground": "color: $foreground; background: $background",
    "head": "color: $grid-header-foreground; background: $grid-header-background; text-style: bold",
    "time": "color: $text-muted; background: $background",
    "gone": "color: $text-muted; background: $background",
    "level-0": "color: $text-muted; background: $background",
    "level-1": "color: $foreground; background: $background",
    "level-2": "color: $text-primary; background: $background",
    "level-3": "color: $text-success; background: $background",
    "level-4": "color: $text-success; background: $background; text-style: bold",
    "short": "color: $text-warning; background: $background; text-style: bold",
    "total": "color: $foreground; background: $background; text-style: bold",
    "cursor": "color: $foreground; background: $background; text-style: bold reverse",
    "cursor-blurred": "color: $foreground; background: $background; text-style: underline",
}
TIME_WIDTH: Final = 6
LEAST, MOST = 5, 14
ROOMY: Final = 7
NOTHING: Final = "-"
"""What stands in a column in which nothing can be booked any more."""


@dataclass(frozen=True)
class HeatView:
    """A heat map as it is shown: None while it is not known, `gone` the days that are past or closed, `says` instead of it.

    `short` are the half hours (row, column) without a start in the days of a guarantee that fails.
    """

    map: HeatMap | None = None
    gone: frozenset[date] = frozenset()
    says: str = ""
    short: frozenset[tuple[int, int]] = frozenset()

    @property
    def rows(self) -> int:
        """Return how many half hours it has."""
        return 0 if self.map is None else len(self.map.starts)

    @property
    def columns(self) -> int:
        """Return how many days it has."""
        return 0 if self.map is None else len(self.map.days)


def cell_width(view: HeatView, width: int) -> int:
    """Return how many cells a day takes."""
    return max(LEAST, min(MOST, (width - TIME_WIDTH) // max(view.columns, 1)))


def column_at(view: HeatView, x: int, width: int) -> int | None:
    """Return the day that a cell of the widget shows."""
    column = (x - TIME_WIDTH) // cell_width(view, width)
    return column if x >= TIME_WIDTH and column < view.columns else None


def head(view: HeatView, width: int) -> list[Piece]:
    """Return the line of days."""
    if view.map is None:
        return [(fill("", width), "head")]
    room = cell_width(view, width)
    days = "".join(f"{_day(day, room):>{room - 1}} " for day in view.map.days)
    return [(fill(" " * TIME_WIDTH + days, width), "head")]


def _day(day: date, room: int) -> str:
    return f"{day:%a} {day.day}" if room >= ROOMY else f"{day:%a}"[:2] + str(day.day)


def body(view: HeatView, row: int, width: int, cursor: tuple[int, int], glyphs: Glyphs, *, focused: bool) -> list[Piece]:
    """Return a half hour: its time, and of each day the count and the shade."""
    found = view.map
    if found is None or row >= view.rows:
        text = shown(view.says) if row == 0 else ""
        return [(cut(f" {text}", width, glyphs.ellipsis), "time")]
    pieces: list[Piece] = [(f"{clock(found.starts[row]):<{TIME_WIDTH}}", "time")]
    room = cell_width(view, width)
    for column, day in enumerate(found.days):
        count = found.counts[row][column]
        dark = level(count, found.most)
        number, name = (None, "gone") if day in view.gone else (count, f"level-{dark}")
        sign = glyphs.shades[dark]
        if (row, column) in view.short:
            sign, name = glyphs.flag, "short"
        if (row, column) == cursor:
            name = "cursor" if focused else "cursor-blurred"
        pieces.append((_cell(number, sign, room), name))
    return pieces


def _cell(count: int | None, shade: str, room: int) -> str:
    """Return a number and its sign in `room` columns; one that is too long gives up the space, then is said in thousands."""
    number = NOTHING if count is None else str(count)
    gap = " " if room >= ROOMY else ""
    if len(number) + len(gap) + 1 >= room:
        gap = ""
        if len(number) >= room:
            number = f"{(count or 0) // 1000}k"
    return f"{number}{gap}{shade}".rjust(room - 1)[:room].ljust(room)


def foot(view: HeatView, width: int) -> list[Piece]:
    """Return the line of totals."""
    found = view.map
    if found is None or not found.starts:
        return [("", "ground")]
    room = cell_width(view, width)
    totals = (None if day in view.gone else total for day, total in zip(found.days, found.totals, strict=True))
    return [(f"{'total':<{TIME_WIDTH}}" + "".join(_cell(total, " ", room) for total in totals), "total")]
