"""What every report is made of, whatever it tells: tables of plain cells, and the same two reports side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from agent_tui.domain.wall_time import short_date

TEXT, COUNT, MINUTES, SHARE, DAYS, NUMBER = "text", "count", "minutes", "share", "days", "number"
UNITS = (TEXT, COUNT, MINUTES, SHARE, DAYS, NUMBER)

Cell = str | int | float | None
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key, what stands above it, and its unit; a share is 0 to 1, a change of it is in shares too."""

    key: str
    label: str
    unit: str = COUNT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under columns, of which the leading ones of text say what a row is about.

    `total` is the last line, `chart` the key of the column that a picture draws; with `by_time` the rows follow each other in
    time. A cell is None where there is nothing to reckon from, which is not nought.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    chart: str | None = None
    by_time: bool = False

    @property
    def heads(self) -> int:
        """Return how many leading columns say what a row is about."""
        return next((number for number, one in enumerate(self.columns) if one.unit != TEXT), len(self.columns))

    @property
    def is_empty(self) -> bool:
        """Return whether no row has a figure other than nought."""
        return not any(cell for row in self.rows for cell in row[self.heads :])


@dataclass(frozen=True, slots=True)
class Report:
    """A report of the days from `first` to `last`, both included; `against` are the days with which it is compared."""

    name: str
    title: str
    first: date
    last: date
    step: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()
    against: tuple[date, date] | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether there is no figure in it at all."""
        return all(table.is_empty for table in self.tables)


def share(part: float, whole: float) -> float | None:
    """Return a part of a whole as 0 to 1, rounded to a tenth of a per cent; None of nothing."""
    return round(part / whole, 3) if whole else None


def mean(total: float, number: int) -> float | None:
    """Return an average to one decimal, None of nothing."""
    return round(total / number, 1) if number else None


def compared(now: Report, before: Report) -> Report:
    """Return a report whose figures stand beside those of another of the same name, with the change from that to this.

    Rows are the same where their leading texts are; rows that follow each other in time are compared in their order. A row
    that only the other has is shown with nothing of this one.
    """
    tables = tuple(_beside(one, other) for one, other in zip(now.tables, before.tables, strict=True))
    own = [f"Compared with {short_date(before.first)} to {short_date(before.last)}."]
    theirs = [f"Before: {note}" for note in before.notes if note not in now.notes]
    return replace(now, tables=tables, notes=(*now.notes, *own, *theirs), against=(before.first, before.last))


def _beside(now: Table, before: Table) -> Table:
    heads = now.heads
    columns = list(now.columns[:heads])
    for one in now.columns[heads:]:
        columns += [
            one,
            Column(f"{one.key}_before", f"{one.label} before", one.unit),
            Column(f"{one.key}_change", "Change", one.unit),
        ]
    if now.by_time:
        rows = _in_order(now.rows, before.rows, heads, len(now.columns))
    else:
        rows = _by_name(now.rows, before.rows, heads, len(now.columns))
    total = _merged(now.total, before.total, heads) if now.total is not None or before.total is not None else None
    return replace(now, columns=tuple(columns), rows=tuple(rows), total=total)


def _in_order(now: Sequence[Row], before: Sequence[Row], heads: int, width: int) -> list[Row]:
    blank = (*([""] * heads), *([None] * (width - heads)))
    longest = max(len(now), len(before))
    mine, theirs = ([*rows, *([blank] * (longest - len(rows)))] for rows in (now, before))
    return [
        _merged(one if any(one[:heads]) else (*other[:heads], *one[heads:]), other, heads)
        for one, other in zip(mine, theirs, strict=True)
    ]


def _by_name(now: Iterable[Row], before: Iterable[Row], heads: int, width: int) -> list[Row]:
    theirs = {row[:heads]: row for row in before}
    blank = (None,) * (width - heads)
    rows = [_merged(row, theirs.pop(row[:heads], (*row[:heads], *blank)), heads) for row in now]
    return rows + [_merged((*name, *blank), row, heads) for name, row in theirs.items()]


def _merged(now: Row | None, before: Row | None, heads: int) -> Row:
    named = now or before or ()
    width = len(named)
    mine, theirs = ((*named[:heads], *([None] * (width - heads))) if row is None else row for row in (now, before))
    cells: list[Cell] = list(named[:heads])
    for one, other in zip(mine[heads:], theirs[heads:], strict=True):
        cells += [one, other, _change(one, other)]
    return tuple(cells)


def _change(now: Cell, before: Cell) -> Cell:
    if not isinstance(now, int | float) or not isinstance(before, int | float):
        return None
    difference = now - before
    return difference if isinstance(difference, int) else round(difference, 3)
