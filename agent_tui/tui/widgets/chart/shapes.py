"""The shapes of a picture as rows of plain text, drawn by plotext.

plotext takes 0.1 s to import, so that happens with the first picture; it asks no terminal and takes no key. It keeps one
figure for the whole program: only the thread of the screen draws.
"""

import importlib
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Final

from rich.cells import set_cell_size

NO_SHAPES: Final = "The shapes cannot be drawn on this machine; the numbers are as they are."


def prepare() -> None:
    """Import what draws, so that the first picture does not wait for it."""
    _plotext()


def columns(values: Sequence[float | None], lefts: Sequence[int], cell: int, size: tuple[int, int], sign: str) -> list[str]:
    """Return columns that stand on cells of their own, `cell` - 1 wide; `size` is width and height in cells.

    The highest value fills the height; a value above nothing has at least one cell, nothing and None have none.
    """
    most = _most(values)

    def draw(figure: Any) -> None:
        for value, left in zip(values, lefts, strict=True):
            if value:
                top = max(round(value / most * size[1]), 1) - 1
                figure.draw(figure.rectangle(x=(left, left + cell - 2), y=(0, top), marker=sign))

    return _drawn(size, draw)


def line(values: Sequence[float | None], middles: Sequence[int], size: tuple[int, int], signs: tuple[str, str]) -> list[str]:
    """Return a line through points that stand on given cells; `signs` draw a point and what joins two, None breaks it.

    The highest value is on the first row, nothing on the last.
    """
    scale = (size[1] - 1) / _most(values)
    points = [(at, None if value is None else value * scale) for at, value in zip(middles, values, strict=True)]

    def draw(figure: Any) -> None:
        for (left, before), (right, after) in pairwise(points):
            if before is not None and after is not None:
                figure.draw(figure.signal([left, right], [before, after], marker=signs[1]).lines(True))
        known = [(at, value) for at, value in points if value is not None]
        if known:
            figure.draw(figure.signal([at for at, _ in known], [value for _, value in known], marker=signs[0]))

    return _drawn(size, draw)


def rows(values: Sequence[float | None], most: float, width: int, sign: str) -> list[str]:
    """Return a bar for each value, one below the other; `most` fills the width in cells, and as for columns nothing has none."""

    def draw(figure: Any) -> None:
        for row, value in enumerate(reversed(values)):
            if value:
                end = max(round(value / most * width), 1) - 1
                figure.draw(figure.rectangle(x=(0, end), y=(row, row), marker=sign))

    return _drawn((width, len(values)), draw)


def _most(values: Sequence[float | None]) -> float:
    return max((value for value in values if value is not None), default=0) or 1


def _plotext() -> Any:
    try:
        return importlib.import_module("plotext")
    except ImportError:  # no wheel for this machine, and no compiler when it was installed
        return None


def _drawn(size: tuple[int, int], draw: Callable[[Any], None]) -> list[str]:
    """Return exactly the rows and cells of a size; x counts cells from the left, y rows from the last one up."""
    width, height = size
    if width < 1 or height < 1:
        return [""] * max(height, 0)
    plotext = _plotext()
    if plotext is None:
        return [set_cell_size(NO_SHAPES if row == 0 else "", width) for row in range(height)]
    figure = plotext.figure
    figure.clear.all()
    plotext.terminal.limit(False, False)
    figure.plot_size(width, height)
    figure.canvas("default")
    figure.axes(False)
    for axis, cells in (("x", width), ("y", height)):
        figure.ruler(axis).ticks([], [])
        figure.ruler(axis).lim(-0.5, cells - 0.5).alignment(lim="edge")
    draw(figure)
    found = figure.build().string(colorless=True).split("\n")
    return [set_cell_size(found[row] if row < len(found) else "", width) for row in range(height)]
