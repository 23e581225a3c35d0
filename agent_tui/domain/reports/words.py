"""A report as text: cells as people read them, tables in columns, and CSV that no spreadsheet takes for formulas."""

import csv
import io
from collections.abc import Iterator, Sequence

from agent_tui.domain.cleaning import clean_for_display
from agent_tui.domain.import_text import formula_safe
from agent_tui.domain.reports.shape import DAYS, MINUTES, SHARE, TEXT, Cell, Column, Report, Row, Table
from agent_tui.domain.wall_time import short_date, short_date_of

NONE = "-"
LONGEST_NAME = 30


def cell_text(cell: Cell, unit: str, *, change: bool = False) -> str:
    """Return a cell as people read it: minutes as hours and minutes, shares in per cent; a change has its sign."""
    if cell is None:
        return NONE
    if isinstance(cell, str):
        return clean_for_display(cell)
    sign = "+" if change and cell > 0 else ""
    if unit == SHARE:
        return f"{sign}{cell:.1%}" if not change else f"{sign}{cell * 100:.1f} pts"
    if unit == MINUTES:
        whole = abs(round(cell))
        return f"{'-' if cell < 0 else sign}{whole // 60}:{whole % 60:02d}"
    return f"{sign}{cell:.1f}" if isinstance(cell, float) or (unit == DAYS and not isinstance(cell, int)) else f"{sign}{cell}"


def is_change(column: Column) -> bool:
    """Return whether a column is the change of the one before the one before it."""
    return column.key.endswith("_change")


def row_texts(table: Table, row: Row) -> list[str]:
    """Return a row's cells as text, days as people say them."""
    return [_text(cell, column) for cell, column in zip(row, table.columns, strict=True)]


def _text(cell: Cell, column: Column) -> str:
    if column.key == "period" and isinstance(cell, str):
        cell = " to ".join(short_date_of(word) for word in cell.split(" to "))
    return cell_text(cell, column.unit, change=is_change(column))


def lines_of(report: Report) -> list[str]:
    """Return a report as plain lines: a heading, each table in columns, and its notes."""
    days = f"{short_date(report.first)} to {short_date(report.last)}"
    lines = [f"{report.title}, {days}"]
    for table in report.tables:
        lines += ["", table.title, *table_lines(table)]
    return [*lines, *(["", *report.notes] if report.notes else [])]


def table_lines(table: Table) -> Iterator[str]:
    """Yield a table's lines; minutes are shown as hours and minutes."""
    if not table.rows:
        yield "  none"
        return
    rows = [row_texts(table, row) for row in (*table.rows, *((table.total,) if table.total else ()))]
    heads = [column.label for column in table.columns]
    left = [column.unit == TEXT for column in table.columns]
    widths = [_width(column) for column in zip(heads, *rows, strict=True)]
    for texts in (heads, *rows):
        yield "  " + "  ".join(_padded(*one) for one in zip(texts, widths, left, strict=True)).rstrip()


def _width(texts: Sequence[str]) -> int:
    return min(LONGEST_NAME, max(len(one) for one in texts))


def _padded(text: str, width: int, left: bool) -> str:
    cut = text if len(text) <= width else text[: width - 1] + "…"
    return cut.ljust(width) if left else cut.rjust(width)


def csv_of(report: Report) -> str:
    """Return a report as one CSV: each table with its key in the first column; minutes and shares are plain numbers.

    The first line of each table names its columns, and an empty line stands between tables.
    """
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for number, table in enumerate(report.tables):
        if number:
            writer.writerow([])
        writer.writerow(["table", *(column.key for column in table.columns)])
        for row in (*table.rows, *((table.total,) if table.total else ())):
            writer.writerow([table.key, *(_written(cell) for cell in row)])
    return out.getvalue()


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    return formula_safe(cell) if isinstance(cell, str) else str(cell)
