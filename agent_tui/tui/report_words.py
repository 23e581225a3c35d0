"""What the reports screen says: a table in the columns that fit, a row as a sentence, a picture of the charted column."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from rich.cells import cell_len

from agent_tui.domain.plurals import counted
from agent_tui.domain.reports.catalogue import KINDS
from agent_tui.domain.reports.schedules import Due, Schedule
from agent_tui.domain.reports.shape import MINUTES, SHARE, TEXT, Cell, Report, Row, Table
from agent_tui.domain.reports.span import LAST_YEAR, PREVIOUS, STEPS, BadSpan, Span, month_of, usual_step
from agent_tui.domain.reports.words import NONE, is_change, row_texts
from agent_tui.domain.wall_time import short_date, short_date_of
from agent_tui.domain.week import BadWeek, read_week
from agent_tui.tui.glyphs import Glyphs
from agent_tui.tui.record_text import read_any_day
from agent_tui.tui.widgets.chart import Bar, ChartView, Group
from agent_tui.tui.widgets.lines import cut, fill

GAP = 2
"""Cells between two columns."""
LEAST_NAME, MOST_NAME = 6, 34
_AGAINST = {None: "compared with nothing", PREVIOUS: "compared with the days before", LAST_YEAR: "compared with a year ago"}
Against = str | date | None
"""With what a report is compared: PREVIOUS, LAST_YEAR, as many days from a day on, or nothing."""


@dataclass(frozen=True, slots=True)
class TableText:
    """A table as lines: two of headings, one for each row and last the total, and which figures of how many these show."""

    heading: tuple[str, str]
    rows: tuple[str, ...]
    first: int
    last: int
    figures: int

    @property
    def is_whole(self) -> bool:
        """Return whether every figure is shown."""
        return self.last - self.first == self.figures


def all_rows(table: Table) -> tuple[Row, ...]:
    """Return the rows with the total as the last one."""
    return (*table.rows, *(() if table.total is None else (table.total,)))


def table_text(table: Table, room: int, offset: int, glyphs: Glyphs) -> TableText:
    """Return a table in `room` cells: what its rows are about, then as many figures as fit from the one at `offset` on."""
    texts = [row_texts(table, row) for row in all_rows(table)]
    labels = [column.label for column in table.columns]
    widths = [_width(label, [row[at] for row in texts]) for at, label in enumerate(labels)]
    heads, whole = table.heads, sum(widths) + GAP * (len(widths) - 1)
    names = _fitted(widths[:heads], room if whole <= room else max(room // 2, room - (whole - sum(widths[:heads]))))
    left = room - sum(names) - GAP * (heads - 1)
    first, last = _figures(widths[heads:], left, offset)
    shown_at = [*range(heads), *range(heads + first, heads + last)]
    spare = left - sum(width + GAP for width in widths[heads + first : heads + last])
    for at in range(heads):  # what the figures leave goes to names that were cut
        more = min(widths[at] - names[at], max(spare, 0))
        names[at], spare = names[at] + more, spare - more
    sizes = {at: names[at] if at < heads else widths[at] for at in shown_at}

    def line(cells: Sequence[str]) -> str:
        parts = [_cell(cells[at], sizes[at], table.columns[at].unit == TEXT, glyphs) for at in shown_at]
        return (" " * GAP).join(parts).rstrip()

    above, below = zip(*(_label(label, sizes.get(at, 0)) for at, label in enumerate(labels)), strict=True)
    return TableText((line(above), line(below)), tuple(line(row) for row in texts), first, last, len(widths) - heads)


def _width(label: str, texts: Sequence[str]) -> int:
    shortest = min(max(map(len, halves)) for halves in _halves(label))
    return min(max([shortest, *map(cell_len, texts)]), MOST_NAME)


def _halves(label: str) -> list[tuple[str, str]]:
    words = label.split(" ")
    return [(" ".join(words[:at]), " ".join(words[at:])) for at in range(len(words))]


def _label(label: str, width: int) -> tuple[str, str]:
    """Return the two lines that stand above a column; a label that fits in one stands on the second."""
    return min(_halves(label), key=lambda halves: (max(map(len, halves)) > width, max(map(len, halves)) if halves[0] else 0))


def _cell(text: str, width: int, left: bool, glyphs: Glyphs) -> str:
    return fill(text, width, glyphs.ellipsis) if left else f"{cut(text, width, glyphs.ellipsis):>{width}}"


def _fitted(widths: Sequence[int], room: int) -> list[int]:
    """Return the widths of names, the widest cut first until all have room."""
    found = list(widths)
    while sum(found) + GAP * (len(found) - 1) > room and max(found) > LEAST_NAME:
        found[found.index(max(found))] -= 1
    return found


def _figures(widths: Sequence[int], room: int, offset: int) -> tuple[int, int]:
    """Return the first figure and the one after the last that have room; the last page is a full one."""
    least = len(widths)
    while least and sum(width + GAP for width in widths[least - 1 :]) <= room:
        least -= 1
    first = max(0, min(offset, least, len(widths) - 1))
    last = first
    while last < len(widths) and sum(width + GAP for width in widths[first : last + 1]) <= room:
        last += 1
    return first, last


def row_words(table: Table, row: Row) -> str:
    """Return a row as a sentence, the charted figure first; a figure that is compared has the other and the change with it."""
    texts = ["nothing" if text == NONE else text for text in row_texts(table, row)]
    about = " ".join(text for text in texts[: table.heads] if text)
    figures: list[str] = []
    first = 0
    for at in range(table.heads, len(texts)):
        column = table.columns[at]
        if column.key.endswith("_before"):
            figures[-1] += f" (before {texts[at]}"
        elif is_change(column):
            figures[-1] += f", {texts[at]})" if row[at] is not None else ")"
        else:
            first = len(figures) if column.key == table.chart else first
            figures.append(f"{column.label[:1].lower()}{column.label[1:]} {texts[at]}")
    ordered = [*figures[first : first + 1], *figures[:first], *figures[first + 1 :]]
    return f"{about or 'All'}: {', '.join(ordered)}."


def row_lines(table: Table, row: Row, notes: Sequence[str]) -> list[str]:
    """Return a row in full, a figure a line, and below it what is to be known of the report."""
    texts = row_texts(table, row)
    wide = max(len(column.label) for column in table.columns)
    figures = max((len(text) for text in texts[table.heads :]), default=0)
    lines = [f"{column.label:<{wide}}  {text}" for column, text in zip(table.columns, texts[: table.heads], strict=False)]
    lines += [
        f"{column.label:<{wide}}  {text:>{figures}}"
        for column, text in list(zip(table.columns, texts, strict=True))[table.heads :]
    ]
    return [*lines, *([""] if notes else []), *notes]


# Pictures.


def chart_view(table: Table) -> ChartView:
    """Return the charted column as a picture: over time from left to right, else a bar a row; minutes are drawn as hours."""
    at = chart_column(table)
    if at is None or not table.rows:
        return ChartView(says="There is nothing to picture in this table.")
    unit = table.columns[at].unit
    mark = {MINUTES: "h", SHARE: "%"}.get(unit, "")
    values = [_drawn(row[at], unit) for row in table.rows]
    if not table.by_time:
        names = [" ".join(str(cell) for cell in row[: min(table.heads, 2)] if cell) for row in table.rows]
        return ChartView(tuple(Bar((name,), value) for name, value in zip(names, values, strict=True)), "rows", unit=mark)
    periods = [str(row[0]) for row in table.rows]
    bars = tuple(Bar(_period_labels(period), value) for period, value in zip(periods, values, strict=True))
    groups = tuple(Group(labels, len(list(same))) for labels, same in groupby(map(_group_labels, periods)))
    return ChartView(bars, "columns", groups, mark)


def chart_column(table: Table) -> int | None:
    """Return which column a picture draws."""
    return next((at for at, column in enumerate(table.columns) if column.key == table.chart), None)


def _drawn(cell: Cell, unit: str) -> float | None:
    if not isinstance(cell, int | float):
        return None
    return cell / 60 if unit == MINUTES else cell * 100 if unit == SHARE else float(cell)


def _day(period: str) -> date | None:
    return date.fromisoformat(period) if re.fullmatch(r"\d{4}-\d\d-\d\d", period) else None


def _period_labels(period: str) -> tuple[str, ...]:
    day = _day(period)
    if day is not None:
        return f"{day:%a} {day.day}", str(day.day), f"{day:%a}"[0]
    return period, period.partition("-")[2], period[-2:]


def _group_labels(period: str) -> tuple[str, ...]:
    day = _day(period)
    if day is None:
        return period[:4], period[2:4]
    year, week, _ = day.isocalendar()
    return f"Week {week} {year}", f"Week {week}", f"W{week}", str(week)


# Days.


def against_words(against: Against) -> str:
    """Return with what a report is compared."""
    return f"compared with the days from {short_date(against)} on" if isinstance(against, date) else _AGAINST[against]


def span_words(span: Span) -> str:
    """Return the days of a report as the title shows them, "2 Nov - 29 Nov 2026"."""
    return days_words(span.first, span.last)


def days_words(first: date, last: date) -> str:
    """Return a range of days as a title shows it, "2 Nov - 29 Nov 2026"."""
    if first == last:
        return short_date(first)
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {first:%b}{year} - {last.day} {last:%b} {last.year}"


def read_days(texts: Mapping[str, str], today: date) -> Span | dict[str, str]:
    """Return the days that were typed, or what is wrong by field: two days, or one month or week and no second day."""
    step = texts["by"].strip().lower()
    if step and step not in STEPS:
        return {"by": f"One of {', '.join(STEPS)}, or nothing for what fits."}
    try:
        whole = _whole(texts["first"].strip(), today)
    except (BadSpan, BadWeek) as bad:
        return {"first": str(bad)}
    if whole is not None and texts["last"].strip():
        return {"last": "Leave this empty for a whole month or week."}
    days = dict(
        zip(("first", "last"), whole or (read_any_day(texts[name].strip(), today) for name in ("first", "last")), strict=True)
    )
    first, last = days["first"], days["last"]
    if not isinstance(first, date) or not isinstance(last, date):
        return {name: found or "A day is needed." for name, found in days.items() if not isinstance(found, date)}
    try:
        return Span(first, last, step or usual_step((last - first).days + 1))
    except BadSpan as bad:
        return {"last": str(bad)}


def _whole(text: str, today: date) -> tuple[date, date] | None:
    if re.fullmatch(r"2\d{3}-\d\d", text):
        return month_of(text)
    if re.fullmatch(r"\d{4}-[wW]\d\d?|this|next", text):
        week = read_week(text, today)
        return week.monday, week.sunday
    return None


# Schedules.


_OFTEN = {"day": "daily", "week": "weekly", "month": "monthly"}


def schedule_line(schedule: Schedule, due: Sequence[Due], late: int, glyphs: Glyphs) -> str:
    """Return a schedule in a line: a sign, which report, how often, as what, and how much of it waits."""
    sign = glyphs.flag if late else glyphs.point if due else " "
    waits = f"{late} late" if late else f"{len(due)} due" if due else ""
    part = schedule.diary or schedule.team
    what = f"{KINDS[schedule.report].title}, {_OFTEN.get(schedule.every, schedule.every)}"
    return f"{sign} {waits:<6} {what}{f' {part}' if part else ''} {schedule.form}"


def schedule_words(schedule: Schedule, due: Sequence[Due], late: int, written_to: str | None) -> str:
    """Return a schedule as a sentence."""
    part = f" of {schedule.diary or schedule.team}" if schedule.diary or schedule.team else ""
    what = f"{KINDS[schedule.report].title}{part}, each {schedule.every} as {schedule.form}, by {schedule.made_by}"
    waits = f"due: {', '.join(one.period for one in due[:4])}{' and more' if len(due) > 4 else ''}" if due else "nothing is due"
    last = f"; last written for the days from {short_date_of(written_to)}" if written_to else ""
    return f"{what}: {waits}{f', {late} late' if late else ''}{last}."


def late_words(late: int) -> str:
    """Return how many reports are late."""
    return counted(late, "report is late", "reports are late")


def report_title(report: Report, at: int) -> str:
    """Return the title of a report's table, with which of how many it is."""
    table = report.tables[at]
    return f"{report.title}: {table.title[:1].lower()}{table.title[1:]}, {at + 1} of {len(report.tables)}"
