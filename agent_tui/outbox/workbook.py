"""A report as an XLSX workbook: one sheet for each table, numbers as numbers, and no text that could be a formula."""

from io import BytesIO
from typing import Any

from agent_tui.domain.cleaning import clean_for_display
from agent_tui.domain.reports.shape import DAYS, MINUTES, NUMBER, SHARE, Cell, Report, Table
from agent_tui.domain.reports.words import is_change

LONGEST_NAME = 31
"""What a spreadsheet allows for the name of a sheet."""

_FORMATS = {MINUTES: "[h]:mm", SHARE: "0.0%", DAYS: "0.0", NUMBER: "0.0"}
_CHANGE = "change"
_HOURS = '+0.0" h";-0.0" h";0.0" h"'
MINUTES_PER_DAY = 24 * 60


def workbook_of(report: Report) -> bytes:
    """Return the workbook's bytes; minutes are durations of a spreadsheet, shares are per cents.

    A change of minutes is in hours, since a spreadsheet shows no duration below nought.
    """
    import xlsxwriter  # a fifth of a second, which nobody waits for who does not want a workbook

    out = BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, safe) as book:
        book.set_properties({"title": report.title, "created": None})
        bold = book.add_format({"bold": True, "bottom": 1})
        formats: dict[str, Any] = {unit: book.add_format({"num_format": form}) for unit, form in _FORMATS.items()}
        formats[_CHANGE] = book.add_format({"num_format": _HOURS})
        for table in report.tables:
            _sheet(book.add_worksheet(table.title[:LONGEST_NAME]), table, bold, formats)
        notes = book.add_worksheet("About")
        days = f"{report.first.isoformat()} to {report.last.isoformat()}"
        for number, text in enumerate((report.title, days, *report.notes)):
            notes.write_string(number, 0, clean_for_display(text))
    return out.getvalue()


def _sheet(sheet: Any, table: Table, bold: Any, formats: dict[str, Any]) -> None:
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.label, bold)
    for number, row in enumerate((*table.rows, *((table.total,) if table.total else ())), 1):
        for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            unit = _CHANGE if column.unit == MINUTES and is_change(column) else column.unit
            _write(sheet, number, place, cell, unit, formats.get(unit))
    sheet.freeze_panes(1, table.heads)
    sheet.autofit()


def _write(sheet: Any, number: int, place: int, cell: Cell, unit: str, form: Any) -> None:
    if isinstance(cell, str):
        sheet.write_string(number, place, clean_for_display(cell))
    elif cell is not None:
        sheet.write_number(number, place, cell / {MINUTES: MINUTES_PER_DAY, _CHANGE: 60}.get(unit, 1), form)
