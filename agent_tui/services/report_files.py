"""Reports as files: CSV, a workbook or a page."""

from collections.abc import Callable

from agent_tui.domain.reports.page import html_of
from agent_tui.domain.reports.shape import Report
from agent_tui.domain.reports.words import csv_of
from agent_tui.outbox.workbook import workbook_of
from agent_tui.services.desk import Desk
from agent_tui.services.reporting import Asked

_BOM = "\N{BYTE ORDER MARK}"
"""By which a spreadsheet knows that the file is UTF-8."""


def file_of(desk: Desk, asked: Asked, found: Report, form: str) -> bytes:
    """Return a report in one of domain.reports.schedules.FORMATS as the bytes of a file."""
    makers: dict[str, Callable[[], bytes]] = {
        "csv": lambda: (_BOM + csv_of(found)).encode("utf-8"),
        "xlsx": lambda: workbook_of(found),
        "html": lambda: _page(desk, asked, found),
    }
    return makers[form]()


def _page(desk: Desk, asked: Asked, found: Report) -> bytes:
    with desk.store.read() as unit:
        catalogue = desk.catalogue(unit)
    diary = desk.staff.diary if desk.staff.role == "coach" else asked.diary  # a coach has the own diary's, whatever was asked
    if diary is not None:
        whose = f"diary {diary}, {catalogue.diaries[diary].coach}"
    elif asked.team is not None:
        whose = f"team {catalogue.teams[asked.team]}"
    else:
        whose = "the whole site"
    return html_of(found, catalogue.site.name, desk.now, whose).encode("utf-8")
