"""What a picture says and where it stands, row by row, as pieces of text with names of styles; pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Literal

from rich.cells import cell_len

from agent_tui.tui.glyphs import Glyphs
from agent_tui.tui.widgets.lines import Piece, cut, fill, shown

LOOKS: Final[Mapping[str, str]] = {
    "ground": "color: $foreground; background: $background",
    "axis": "color: $text-muted; background: $background",
    "shape": "color: $text-primary; background: $background",
    "number": "color: $foreground; background: $background",
    "nothing": "color: $text-warning; background: $background; text-style: bold",
    "label": "color: $text-muted; background: $background",
    "group": "color: $foreground; background: $background; text-style: bold",
    "shape-cursor": "color: $text-warning; background: $background; text-style: bold",
    "cursor": "color: $foreground; background: $background; text-style: bold reverse",
    "cursor-blurred": "color: $foreground; background: $background; text-style: underline",
}
NARROWEST, WIDEST = 2, 9
"""Cells that a column takes, the blank beside it included."""
UNKNOWN: Final = "-"
BEYOND: Final = "+"
FEET: Final = 3
"""Rows under the columns: numbers, labels, groups."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A number of a picture, None where there can be none; `labels` name it, from the longest to the shortest."""

    labels: tuple[str, ...]
    value: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """Some bars that stand together, such as the days of a week; `labels` from the longest to the shortest."""

    labels: tuple[str, ...]
    size: int


@dataclass(frozen=True, slots=True)
class ChartView:
    """A picture: columns or a line from left to right, or rows below each other; `unit` stands after each number.

    Without `groups` nothing stands apart. `top` is where the axis ends if a number is higher; such a column says so with a
    plus. `says` stands instead of a picture that has no bars.
    """

    bars: tuple[Bar, ...] = ()
    shape: Literal["columns", "line", "rows"] = "columns"
    groups: tuple[Group, ...] = ()
    unit: str = ""
    top: float | None = None
    says: str = ""

    @property
    def values(self) -> tuple[float | None, ...]:
        """Return the numbers."""
        return tuple(bar.value for bar in self.bars)

    @property
    def drawn(self) -> tuple[float | None, ...]:
        """Return the numbers as they are drawn, none above the end of the axis."""
        return tuple(None if value is None else min(value, self.end) for value in self.values)

    @property
    def end(self) -> float:
        """Return the number at which the axis ends: the highest, one where all are nothing, or `top` where that is lower."""
        most = max((value for value in self.values if value is not None), default=0) or 1
        return most if self.top is None else min(most, self.top)

    def is_beyond(self, value: float | None) -> bool:
        """Return whether a number is higher than the axis."""
        return value is not None and value > self.end

    def number(self, value: float | None) -> str:
        """Return a number as it is written: at most one decimal place, and a dash where there is none."""
        return UNKNOWN if value is None else f"{round(value, 1):g}{self.unit}"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where columns stand: the axis' cells, a column's cells, the first cell of each, and the cells of all without axis."""

    axis: int
    cell: int
    lefts: tuple[int, ...]
    width: int


def layout(view: ChartView, width: int) -> Layout:
    """Return where the columns of a picture stand: as wide as there is room for, with a blank between groups if it fits."""
    axis = max(len(text) for text in _ticks(view)) + 1
    begins = set(accumulate(group.size for group in view.groups[:-1]))
    if axis + NARROWEST * len(view.bars) + len(begins) > width:
        begins = set()
    cell = (width - axis - len(begins)) // max(len(view.bars), 1)
    cell = max(NARROWEST, min(WIDEST, cell))
    lefts, at = list[int](), 0
    for number in range(len(view.bars)):
        at += number in begins
        lefts.append(at)
        at += cell
    return Layout(axis, cell, tuple(lefts), at)


def _ticks(view: ChartView) -> tuple[str, ...]:
    beyond = "+" if any(map(view.is_beyond, view.values)) else ""
    return view.number(view.end) + beyond, view.number(view.end / 2), view.number(0)


def axis_piece(view: ChartView, place: Layout, row: int, height: int) -> Piece:
    """Return what stands left of a row of the shapes: the highest number, half of it, or nothing."""
    most, half, none = _ticks(view)
    text = most if row == 0 else none if row == height - 1 else half if row == height // 2 and height > FEET else ""
    return f"{text:>{place.axis - 1}} ", "axis"


def shape_pieces(view: ChartView, text: str, place: Layout, row: int, cursor: int) -> list[Piece]:
    """Return a row of the shapes, the column under the cursor in its own style; a plus tops what goes beyond the axis."""
    for bar, left in zip(view.bars, place.lefts, strict=True):
        if row == 0 and view.is_beyond(bar.value):
            at = left + (place.cell - 2) // 2
            text = text[:at] + BEYOND + text[at + 1 :]
    left = place.lefts[cursor]
    right = left + place.cell
    return [(text[:left], "shape"), (text[left:right], "shape-cursor"), (text[right:], "shape")]


def number_pieces(view: ChartView, place: Layout, cursor: int, look: str) -> list[Piece]:
    """Return the numbers under the columns; where there is no room for all, those that have the room."""
    pieces: list[Piece] = []
    for at, bar in enumerate(view.bars):
        text = view.number(bar.value)
        name = look if at == cursor else "nothing" if bar.value == 0 else "number"
        pieces += _cell(text if len(text) < place.cell else "", name, place, at)
    return pieces


def label_pieces(view: ChartView, place: Layout, cursor: int, look: str) -> list[Piece]:
    """Return the labels under the columns, all in the longest form that fits."""
    form = _form([bar.labels for bar in view.bars], place.cell - 1)
    pieces: list[Piece] = []
    for at, bar in enumerate(view.bars):
        pieces += _cell(cut(_named(bar.labels, form), place.cell - 1, ""), look if at == cursor else "label", place, at)
    return pieces


def _cell(text: str, name: str, place: Layout, at: int) -> list[Piece]:
    end = place.lefts[at - 1] + place.cell if at else 0
    return [(" " * (place.lefts[at] - end), "ground"), (f"{text:>{place.cell - 1}}", name), (" ", "ground")]


def group_pieces(view: ChartView, place: Layout) -> list[Piece]:
    """Return the names of the groups, each where it begins, all in the longest form that fits."""
    rooms = [place.cell * group.size for group in view.groups]
    form = _form([group.labels for group in view.groups], min(rooms, default=0) - 1)
    pieces: list[Piece] = []
    first = end = 0
    for group, room in zip(view.groups, rooms, strict=True):
        gap = " " * (place.lefts[first] - end)
        pieces += [(gap, "ground"), (fill(shown(_named(group.labels, form)), room - 1, ""), "group"), (" ", "ground")]
        end = place.lefts[first] + room
        first += group.size
    return pieces


def _form(labels: Sequence[tuple[str, ...]], room: int) -> int:
    """Return which of the forms is the longest that fits for all, the shortest where none does."""
    forms = max((len(one) for one in labels), default=1)
    fits: Callable[[int], bool] = lambda form: all(cell_len(_named(one, form)) <= room for one in labels)  # noqa: E731
    return next((form for form in range(forms) if fits(form)), forms - 1)


def _named(labels: tuple[str, ...], form: int) -> str:
    return labels[min(form, len(labels) - 1)] if labels else ""


def row_widths(view: ChartView, width: int) -> tuple[int, int, int]:
    """Return the cells of name, shape and number of a picture of rows; the name has a third at most."""
    name = min(max((cell_len(shown(_named(bar.labels, 0))) for bar in view.bars), default=0), max(width // 3, 1))
    number = max((len(view.number(bar.value)) for bar in view.bars), default=0)
    return name, max(width - name - number - 3, 1), number


def row_pieces(view: ChartView, at: int, shape: str, widths: tuple[int, int, int], look: str, glyphs: Glyphs) -> list[Piece]:
    """Return a row: its name, its shape, its number; `look` is the style of name and number."""
    bar, (name, _shape, number) = view.bars[at], widths
    here = look != "label"
    written = look if here else "nothing" if bar.value == 0 else "number"
    return [
        (fill(shown(_named(bar.labels, 0)), name, glyphs.ellipsis), look),
        (f" {shape} ", "shape-cursor" if here else "shape"),
        (f"{view.number(bar.value):>{number}}", written),
        (" ", "ground"),
    ]


def said(view: ChartView, width: int, glyphs: Glyphs) -> list[Piece]:
    """Return the sentence that stands instead of a picture."""
    return [(cut(f" {shown(view.says)}", width, glyphs.ellipsis), "label")]
