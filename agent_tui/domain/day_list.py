"""The printed day list of each coach: plain text of 80 columns, and one HTML page that needs nothing else."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from agent_tui.domain.cleaning import clean_for_display
from agent_tui.domain.html_page import Section, html, page
from agent_tui.domain.ticks import MINUTES_PER_TICK, clock
from agent_tui.domain.wall_time import MONTHS, spoken_date

WIDTH = 80
FORMATS = ("text", "html")

# Time, minutes, type, claimant, room, needs, remarks: 74 cells and six blanks.
_HEADINGS = ("Time", "Min", "Type", "Claimant", "Room", "Needs", "Remarks")
_WIDTHS = (5, 4, 14, 22, 6, 12, 11)


@dataclass(frozen=True, slots=True)
class DayRow:
    """A line of a day list in ticks: what it is, for whom, in which rooms, with which needs, and what else is to be known.

    `who` is the claimant's name as the person who prints it may see it, `notes` whether a note is kept with the appointment,
    `state` a word for what is not simply booked.
    """

    entry: str
    start: int
    end: int
    type: str | None
    label: str
    client: str | None
    who: str
    rooms: tuple[str, ...]
    needs: tuple[str, ...]
    notes: bool
    status: str
    state: str = ""

    @property
    def minutes(self) -> int:
        """Return how long it is."""
        return (self.end - self.start) * MINUTES_PER_TICK

    @property
    def remarks(self) -> str:
        """Return its state and whether there are notes, in words."""
        return ", ".join(word for word in (self.state, "notes" if self.notes else "") if word)


@dataclass(frozen=True, slots=True)
class CoachList:
    """One coach's day."""

    diary: str
    coach: str
    team: str
    rows: tuple[DayRow, ...]


@dataclass(frozen=True, slots=True)
class DayList:
    """The day lists of some coaches: the site's name, the day, the closure's name, and site time at which it was made."""

    place: str
    day: date
    closed: str | None
    made: datetime
    coaches: tuple[CoachList, ...]


def _made_words(made: datetime) -> str:
    return f"Printed {made:%H:%M} on {made.day} {MONTHS[made.month - 1]}. Personal data: keep it safe, then shred it."


def _cells(row: DayRow) -> tuple[str, ...]:
    what = (clock(row.start), str(row.minutes), row.type or row.label, row.who)
    return (*what, " ".join(row.rooms), ", ".join(row.needs), row.remarks)


def text_of(found: DayList) -> list[str]:
    """Return the lists as lines of at most 80 columns, a long text going on in the next line of its column."""
    lines: list[str] = []
    for one in found.coaches:
        lines += [] if not lines else ["", ""]
        lines += _fold(f"{one.coach} ({one.diary}), team {one.team}, {spoken_date(found.day)}", WIDTH)
        lines += _fold(found.place + (f", closed: {found.closed}" if found.closed else ""), WIDTH)
        lines += ["-" * WIDTH, _joined(_HEADINGS), "-" * WIDTH]
        for row in one.rows:
            lines += _lines_of(_cells(row))
        if not one.rows:
            lines.append("No appointments.")
    if not lines:
        lines = [f"{found.place}: no coach has a day list on {spoken_date(found.day)}."]
    return [*lines, "", _made_words(found.made)]


def _lines_of(cells: Sequence[str]) -> list[str]:
    folded = [_fold(cell, width) for cell, width in zip(cells, _WIDTHS, strict=True)]
    height = max(map(len, folded))
    return [_joined([part[number] if number < len(part) else "" for part in folded]) for number in range(height)]


def _joined(cells: Iterable[str]) -> str:
    padded = (f"{cell}{' ' * (width - cells_of(cell))}" for cell, width in zip(cells, _WIDTHS, strict=True))
    return " ".join(padded).rstrip()


def cells_of(text: str) -> int:
    """Return how many columns of a printed line a text takes: none for a combining mark, two for a wide character."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1 for char in text
    )


def _fold(text: str, width: int) -> list[str]:
    """Return a text as lines of at most `width` columns, broken at blanks, a longer word wherever it must."""
    lines, line = [], ""
    for word in clean_for_display(text).split():
        if line and cells_of(line) + 1 + cells_of(word) <= width:
            line += f" {word}"
            continue
        if line:
            lines.append(line)
        line = ""
        for char in word:
            if cells_of(line) + cells_of(char) > width:
                lines.append(line)
                line = ""
            line += char
    return [*lines, line] if line or not lines else lines


_STYLE = (
    "body{font:11pt/1.35 Arial,Helvetica,sans-serif;color:#000;background:#fff;margin:1.5em}"
    "section{margin-bottom:2.5em}h1{font-size:15pt;margin:0}p{margin:.2em 0 .8em}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{border:1px solid #555;padding:.25em .45em;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    "th{background:#eee}td.time,td.minutes{white-space:nowrap;font-variant-numeric:tabular-nums}"
    "tr{break-inside:avoid}thead{display:table-header-group}"
    "@page{size:A4;margin:12mm}"
    "@media print{body{margin:0}section{break-after:page;margin:0}section:last-of-type{break-after:auto}}"
)


def html_of(found: DayList) -> str:
    """Return the lists as one HTML page that asks for nothing from anywhere; each coach begins a new sheet when printed."""
    empty = Section(f"<p>No coach has a day list on {html(spoken_date(found.day))}.</p>")
    sections = [_section(found, one) for one in found.coaches] or [empty]
    return page(f"Day lists, {spoken_date(found.day)}, {found.place}", sections, style=_STYLE)


def _section(found: DayList, one: CoachList) -> Section:
    heading = html(f"{one.coach} ({one.diary}), team {one.team}")
    where = html(f"{spoken_date(found.day)}, {found.place}" + (f", closed: {found.closed}" if found.closed else ""))
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Time", "Minutes", *_HEADINGS[2:]))
    body = "\n".join(_html_row(row) for row in one.rows) or f'<tr><td colspan="{len(_HEADINGS)}">No appointments.</td></tr>'
    return Section(
        f"<h1>{heading}</h1>\n<p>{where}</p>\n<table>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody>\n</table>\n<p>{html(_made_words(found.made))}</p>"
    )


def _html_row(row: DayRow) -> str:
    cells = list(_cells(row))
    cells[0] = f"{clock(row.start)}\u2013{clock(row.end)}"
    cells[2] = row.label
    named = [' class="time"', ' class="minutes"'] + [""] * (len(cells) - 2)
    return "<tr>" + "".join(f"<td{name}>{html(cell)}</td>" for name, cell in zip(named, cells, strict=True)) + "</tr>"
