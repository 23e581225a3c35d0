"""A report as one HTML page that stands alone: tables, bars beside the charted column, and notes."""

from collections.abc import Iterable
from datetime import date, datetime

from agent_tui.domain.html_page import Section, html, page
from agent_tui.domain.reports.shape import SHARE, TEXT, Cell, Report, Row, Table
from agent_tui.domain.reports.words import NONE, cell_text, is_change
from agent_tui.domain.wall_time import spoken_date, spoken_day


def html_of(report: Report, place: str, made: datetime, whose: str) -> str:
    """Return the page of a report; `place` is the site's name, `made` site time, `whose` says whose diaries it is about."""
    days = _days(report.first, report.last)
    title = f"{report.title}, {report.first.isoformat()} to {report.last.isoformat()}, {place}"
    body = f"<h1>{html(report.title)} <span>{html(place)}</span></h1>\n<p>{html(f'{days}; {whose}.')}"
    if report.against is not None:
        body += f" {html(f'Compared with {_days(*report.against)}.')}"
    body += f" {html(f'Made at {made:%H:%M} on {spoken_day(made.date())} {made.year}.')}</p>"
    sections = [Section(body), *(_table(one) for one in report.tables)]
    if report.notes:
        items = "".join(f"<li>{html(note)}</li>" for note in report.notes)
        sections.append(Section(f"<h2>Notes</h2>\n<ul>{items}</ul>", kind="notes"))
    return page(title, sections, style=_STYLE)


def _days(first: date, last: date) -> str:
    return f"{spoken_date(first)} to {spoken_date(last)}"


def _table(table: Table) -> Section:
    if not table.rows:
        return Section(f"<h2>{html(table.title)}</h2>\n<p>None.</p>")
    place = next((number for number, one in enumerate(table.columns) if one.key == table.chart), None)
    most = _most(table, place)
    head = "".join(_head(column.label, column.unit == TEXT) for column in table.columns)
    rows = "\n".join(_row(table, row, place, most) for row in table.rows)
    foot = "" if table.total is None else f"\n<tfoot>{_row(table, table.total, None, 0)}</tfoot>"
    caption = f'<caption class="aloud">{html(table.title)}</caption>'
    bars = "<th></th>" if most else ""
    body = f"<table>{caption}\n<thead><tr>{head}{bars}</tr></thead>\n<tbody>\n{rows}\n</tbody>{foot}\n</table>"
    return Section(f'<h2>{html(table.title)}</h2>\n<div tabindex="0">{body}</div>')


def _most(table: Table, place: int | None) -> float:
    """Return the greatest figure of the charted column, a whole share at least where it has shares."""
    if place is None:
        return 0.0
    found = max((_figure(row[place]) for row in table.rows), default=0.0)
    return max(found, 1.0) if table.columns[place].unit == SHARE and found > 0.5 else found


def _figure(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float) else 0.0


def _head(label: str, is_text: bool) -> str:
    return f'<th scope="col"{_class("text", is_text)}>{html(label)}</th>'


def _class(name: str, wanted: bool) -> str:
    return f' class="{name}"' if wanted else ""


def _row(table: Table, row: Row, place: int | None, most: float) -> str:
    cells: Iterable[str] = (
        _cell(cell, column.unit, number == 0, is_change(column))
        for number, (cell, column) in enumerate(zip(row, table.columns, strict=True))
    )
    bar = ""
    if most and place is not None:
        width = max(0.0, _figure(row[place])) / most * 100
        bar = f'<td class="bar"><span style="width:{width:.1f}%"></span></td>'
    return f"<tr>{''.join(cells)}{bar}</tr>"


def _cell(cell: Cell, unit: str, first: bool, change: bool) -> str:
    text = html(cell_text(cell, unit, change=change))
    if first:
        return f'<th scope="row">{text}</th>'
    return f"<td{_class('text', unit == TEXT)}>{text if text != NONE else '<span class=gone>–</span>'}</td>"


_STYLE = """
:root { color-scheme: light dark; --ink: #1d2730; --paper: #fff; --line: #c9d2da; --bar: #1d70b8; --soft: #5a6872; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8edf1; --paper: #12181d; --line: #3a464f; --bar: #6cb2ee; --soft: #a3b0ba; }
}
body { font: 16px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto; max-width: 90rem;
  padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0 0 .3rem; } h1 span { color: var(--soft); font-weight: normal; }
h2 { font-size: 1.15rem; margin: 1.8rem 0 .4rem; }
div { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .7rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th.text, td.text, tbody th, tfoot th { text-align: left; }
thead th { color: var(--soft); font-weight: 600; white-space: normal; vertical-align: bottom; line-height: 1.2; }
tr > th:first-child { position: sticky; left: 0; background: var(--paper); }
tbody th, tfoot th { font-weight: 500; } tfoot th, tfoot td { font-weight: 700; border-bottom: 0; }
td.bar { width: 30%; min-width: 6rem; } td.bar span { display: block; height: .7rem; background: var(--bar); border-radius: 2px; }
.gone { color: var(--soft); }
.aloud { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media print {
  body { margin: 0; max-width: none; } section { break-inside: avoid; } div { overflow: visible; }
  table { font-size: 70%; } th, td { padding: .15rem .3rem; }
}
"""
