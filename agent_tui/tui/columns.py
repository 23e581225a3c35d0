"""Columns that hold names: as wide as their longest text, as far as a line has room for it; pure."""

from collections.abc import Sequence

from rich.cells import cell_len

Column = tuple[int, Sequence[str]]
"""The cells that a column has at least, and the texts that stand in it."""


def widths_of(columns: Sequence[Column], room: int) -> list[int]:
    """Return the cells of columns that share `room` cells: each its least, the first before the others what its texts need."""
    spare = max(room - sum(least for least, _texts in columns), 0)
    widths = []
    for least, texts in columns:
        more = min(max([least, *map(cell_len, texts)]) - least, spare)
        spare -= more
        widths.append(least + more)
    return widths
