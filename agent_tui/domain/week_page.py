"""The team leader's week as one HTML page: half hours and the weeks ahead in tables for each group, and notes in sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from agent_tui.domain.html_page import Section, html, page
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import MONTHS, spoken_day
from agent_tui.domain.week import HeatMap, Week, level
from agent_tui.domain.week_ahead import Ahead, WeekStarts


@dataclass(frozen=True, slots=True)
class Counted:
    """A group or some types: their name, the week's map and the weeks ahead, or the sentence of why there is none."""

    name: str
    group: str | None
    found: HeatMap | None
    ahead: Ahead | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WeekPicture:
    """What the page shows: the site's name, whose diaries in words, for which booker, site time `made`, closed days by name."""

    place: str
    week: Week
    whose: str
    booker: str
    channel: str | None
    made: datetime
    closed: dict[date, str]
    parts: tuple[Counted, ...]


def html_of(found: WeekPicture, more: Iterable[Section] = ()) -> str:
    """Return the page, with more sections between the tables and the notes."""
    week = f"Week {found.week.number}, {_days_words(found.week)}"
    return page(f"{week}, {found.place}", [_heading(found, week), _maps(found), *more, _notes(found)], style=_STYLE)


def _days_words(week: Week) -> str:
    first, last = week.monday, week.sunday
    begins = f"{first.day}" if first.month == last.month else f"{first.day} {MONTHS[first.month - 1]}"
    return f"{begins} to {last.day} {MONTHS[last.month - 1]} {last.year}"


def _heading(found: WeekPicture, week: str) -> Section:
    channel = f", channel {found.channel}" if found.channel else ""
    counted = f"Starts that can still be booked by: {found.booker}; {found.whose}{channel}."
    made = f"Made at {found.made:%H:%M} on {spoken_day(found.made.date())} {found.made.year}."
    return Section(f"<h1>{html(week)} <span>{html(found.place)}</span></h1>\n<p>{html(counted)} {html(made)}</p>\n{_LEGEND}")


_LEGEND = (
    '<p class="legend">Numbers are starts. Shades compare half hours with the fullest, days with twice the middle one: '
    '<span class="l0">0</span> <span class="l1">up to a quarter</span> <span class="l2">half</span> '
    '<span class="l3">three quarters</span> <span class="l4">more</span> <span class="gone">–</span> past or closed.</p>'
)


def _maps(found: WeekPicture) -> Section:
    body = "\n".join(f"<article>\n{_part(found, one)}\n</article>" for one in found.parts)
    return Section(body, kind=f"maps of{min(len(found.parts), 4)}")


def _part(found: WeekPicture, one: Counted) -> str:
    if one.found is None:
        return f"<h2>{html(one.name)}</h2>\n<p>{html(one.reason)}</p>"
    total = sum(one.found.totals)
    head = f"<h2>{html(one.name)} <span>{_starts(total)}</span></h2>"
    tables = [_half_hours(found, one.name, one.found)]
    if one.ahead is not None:
        tables.append(_weeks(found, one.name, one.ahead))
    return "\n".join([head, *tables])


def _starts(number: int) -> str:
    return "1 start" if number == 1 else f"{number} starts"


def _gone(found: WeekPicture, day: date) -> bool:
    return day < found.made.date() or day in found.closed


def _caption(name: str, what: str) -> str:
    return f'<caption><span class="aloud">{html(name)}: </span>{what}</caption>'


def _half_hours(found: WeekPicture, name: str, map: HeatMap) -> str:
    caption = _caption(name, "Starts in each half hour")
    if not map.starts:
        return f"<p>{html(f'{name}: none of the diaries is open in this week.')}</p>"
    head = '<th scope="col">Time</th>' + "".join(f'<th scope="col">{day:%a} <span>{day.day}</span></th>' for day in map.days)
    gone = [_gone(found, day) for day in map.days]
    rows = [
        _row(clock(start), [None if past else count for past, count in zip(gone, counts, strict=True)], map.most)
        for start, counts in zip(map.starts, map.counts, strict=True)
    ]
    totals = "".join(_cell(None if past else total, 0, "total") for past, total in zip(gone, map.totals, strict=True))
    foot = f'<tfoot><tr><th scope="row">Total</th>{totals}</tr></tfoot>'
    return f"<table>\n{caption}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{_joined(rows)}\n</tbody>\n{foot}\n</table>"


def _weeks(found: WeekPicture, name: str, ahead: Ahead) -> str:
    caption = _caption(name, "Starts by day, this week and the weeks after it")
    names = sorted({one.day.weekday() for one in ahead.days})
    weekdays = [f"{date.fromisocalendar(found.week.year, found.week.number, number + 1):%a}" for number in names]
    head = "".join(f'<th scope="col">{one}</th>' for one in ("From", *weekdays, "All"))
    rows = [_week_row(one, names, ahead.scale) for one in ahead.weeks]
    return f'<table class="ahead">\n{caption}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{_joined(rows)}\n</tbody>\n</table>'


def _week_row(one: WeekStarts, weekdays: list[int], scale: int) -> str:
    starts = {day.day.weekday(): day.starts for day in one.days}
    monday = one.week.monday
    cells = "".join(_cell(starts.get(number), scale) for number in weekdays) + _cell(one.total, 0, "total")
    return f'<tr><th scope="row">{monday.day} {monday:%b}</th>{cells}</tr>'


def _row(heading: str, counts: Iterable[int | None], most: int) -> str:
    return f'<tr><th scope="row">{heading}</th>' + "".join(_cell(count, most) for count in counts) + "</tr>"


def _cell(count: int | None, most: int, name: str = "") -> str:
    if count is None:
        return '<td class="gone">–</td>'
    return f'<td class="{name or f"l{level(count, most)}"}">{count}</td>'


def _joined(rows: Iterable[str]) -> str:
    return "\n".join(rows)


def sentences_of(found: WeekPicture) -> list[str]:
    """Return the notes of the page: when each group runs dry, what no diary takes, and the closed days of the week."""
    said: list[str] = []
    for one in found.parts:
        if one.found is None:
            said.append(f"{one.name}: {one.reason}")
            continue
        said += [f"{one.name}: {one.ahead.outlook}"] if one.ahead is not None else []
        said += [f"{one.name}: {note.text}" for note in one.found.notes if note.rule not in ("closure", "past")]
    last = max((day.day for one in found.parts if one.ahead for day in one.ahead.days), default=found.week.sunday)
    closed = sorted((day, name) for day, name in found.closed.items() if found.week.monday <= day <= last)
    said += [f"Closed on {spoken_day(day)}: {name}." for day, name in closed]
    return said


def _notes(found: WeekPicture) -> Section:
    items = "\n".join(f"<li>{html(one)}</li>" for one in sentences_of(found))
    return Section(f"<h2>Notes</h2>\n<ul>\n{items}\n</ul>", kind="notes")


_STYLE = (
    ":root{color-scheme:light dark;--ink:#111;--ground:#fff;--muted:#555;--edge:#8a949e;--head:#e9edf1;"
    "--l1:#deebf7;--l2:#abd0e9;--l3:#5ea4d1;--l4:#0f4f8a;--on3:#000;--on4:#fff}"
    "@media (prefers-color-scheme:dark){:root{--ink:#eee;--ground:#15191d;--muted:#aab2ba;--edge:#5b6670;--head:#272e35;"
    "--l1:#1d3347;--l2:#23527a;--l3:#5ea4d1;--l4:#b5dcf5;--on4:#000}}"
    "*{box-sizing:border-box}"
    "body{font:11pt/1.35 Arial,Helvetica,sans-serif;color:var(--ink);background:var(--ground);margin:1.5em}"
    "h1{font-size:19pt;margin:0}h1 span,h2 span{font-weight:normal;color:var(--muted)}h2{font-size:12.5pt;margin:0 0 .3em}"
    "p{margin:.3em 0}.legend span{border:1px solid var(--edge);padding:0 .45em;font-weight:normal}"
    ".maps{display:grid;gap:1.4em;margin:1em 0;align-items:start}"
    "@media (min-width:48em){.of2,.of3,.of4{grid-template-columns:1fr 1fr}}"
    "@media (min-width:80em){.of3{grid-template-columns:repeat(3,1fr)}.of4{grid-template-columns:repeat(4,1fr)}}"
    "table{border-collapse:collapse;width:100%;table-layout:fixed;margin-bottom:1em;font-variant-numeric:tabular-nums}"
    "caption{text-align:left;color:var(--muted);font-size:9.5pt;padding-bottom:.2em}"
    "th,td{border:1px solid var(--edge);padding:.12em .3em;text-align:right;white-space:nowrap}"
    "th{background:var(--head);font-weight:bold}th[scope=row]{text-align:left;font-weight:normal}"
    "tfoot th,tfoot td,.total{font-weight:bold}thead span{display:block;font-weight:normal}"
    "article{min-width:0}.of1 article{max-width:58em}th:first-child{text-align:left}"
    ".ahead{table-layout:auto;font-size:.8em}.ahead th,.ahead td{padding:.12em .15em}"
    ".aloud{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}"
    ".l0{color:var(--muted)}.l1{background:var(--l1)}.l2{background:var(--l2)}"
    ".l3{background:var(--l3);color:var(--on3)}.l4{background:var(--l4);color:var(--on4);font-weight:bold}"
    ".gone{color:var(--muted);text-align:center}.notes ul{margin:.2em 0;padding-left:1.2em}"
    "@media (min-width:60em){.notes ul{columns:2}}"
    "@page{size:A4 landscape;margin:9mm}"
    "@media print{:root{color-scheme:light;--ink:#000;--ground:#fff;--muted:#444;--edge:#777;--head:#eee;"
    "--l1:#deebf7;--l2:#abd0e9;--l3:#5ea4d1;--l4:#0f4f8a;--on3:#000;--on4:#fff}"
    "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}body{margin:0;font-size:8.5pt;line-height:1.2}"
    "h1{font-size:15pt}h2{font-size:10pt}caption{font-size:7.5pt}.maps{gap:4mm;margin:2mm 0}table{margin-bottom:2mm}"
    ".of2{grid-template-columns:1fr 1fr}.of3{grid-template-columns:repeat(3,1fr)}.of4{grid-template-columns:repeat(4,1fr)}"
    ".notes ul{columns:2}th,td{padding:.05em .25em}tr,article,.notes{break-inside:avoid}}"
)
