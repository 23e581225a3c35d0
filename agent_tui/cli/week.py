"""week: how many starts can still be booked in each half hour of a week, over all diaries, printed or as an HTML page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import Malformed, answer
from agent_tui.cli.booking import Channel, DiaryCode, TeamCode
from agent_tui.cli.empties import Object
from agent_tui.cli.reading import read_choice, read_code, shown
from agent_tui.cli.session import Session
from agent_tui.domain.cleaning import clean
from agent_tui.domain.html_page import Section
from agent_tui.domain.plurals import counted
from agent_tui.domain.ticks import clock
from agent_tui.domain.types import CHANNELS, WEEKLY_CHECKS
from agent_tui.domain.week import AGENT, BadWeek, HeatMap, WeekAsked, read_week
from agent_tui.domain.week_ahead import WEEKS_AHEAD, Ahead, WeekStarts
from agent_tui.domain.week_page import Counted, WeekPicture, html_of

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

_CELL = 8


def week(
    context: typer.Context,
    code: Annotated[list[str] | None, typer.Option("--type", help="Type code, such as FC-F2F; may be repeated.")] = None,
    group: Annotated[str | None, typer.Option("--group", help=f"A weekly group: {', '.join(WEEKLY_CHECKS)}.")] = None,
    which: Annotated[str, typer.Option("--week", help="this, next or a week of the year such as 2026-W48.")] = "this",
    channel: Channel = None,
    team: TeamCode = None,
    diary: DiaryCode = None,
    as_agent: Annotated[bool, typer.Option("--as-agent", help="Count what a provider agent can book.")] = False,
    ahead: Annotated[bool, typer.Option("--ahead", help=f"Also count {WEEKS_AHEAD} weeks by day, this one the first.")] = False,
    html: Annotated[
        str | None, typer.Option("--html", metavar="FILE", help="Write a page; of all four groups if none is named.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Count the starts that are still free, by half hour and day: agent-tui week --group first-commitment --week next"""
    session: Session = context.obj
    if (code and group is not None) or not (code or group is not None or html is not None):
        raise Malformed("Say what is counted: --type CODE (it may be repeated) or --group NAME, one of the two.")
    if html is not None and not html.strip():
        raise Malformed("--html takes the name of a file, such as week.html.")
    if channel is not None:
        read_choice("--channel", channel, CHANNELS)
    if group is not None:
        read_choice("--group", group, WEEKLY_CHECKS)
    with session.desk() as desk:
        from agent_tui.services import week as service

        try:
            asked = WeekAsked(
                read_week(clean(which, limit=30), desk.now.date()),
                tuple(clean(one, limit=30) for one in code or ()),
                team=read_code(team),
                diary=read_code(diary),
                channel=channel,
                booker=AGENT if as_agent else None,
            )
            if html is None and not ahead:
                found = service.week(desk, asked, group=group)
                answer(session.as_json, _object(found), _lines(found, group))
                return
            picture = service.picture(desk, asked, group=group)
            more = _more(desk, asked, picture) if html is not None else ()
        except BadWeek as bad:
            raise Malformed(str(bad)) from None
    if html is not None:
        _write(html, html_of(picture, more), force=force)
    said = _picture_lines(picture, group) if html is None else [f"{_counted(picture)} written to {shown(Path(html).name, 60)}."]
    answer(session.as_json, _picture_object(picture, html), said)


def _more(desk: "Desk", asked: WeekAsked, picture: WeekPicture) -> list[Section]:
    from agent_tui.services.week_page import sections

    return sections(desk, asked, picture)


def _write(file: str, page: str, *, force: bool) -> None:
    from agent_tui.services.plain_file import write_private

    problem = write_private(file, page, force=force)
    if problem is not None:
        raise Malformed(problem)


def _counted(picture: WeekPicture) -> str:
    names = ", ".join(one.name for one in picture.parts)
    return f"Week {picture.week} ({shown(names, 60)})"


def _object(found: HeatMap) -> Object:
    return {"status": "week", **_map_object(found), "ahead": None, "groups": [], "file": None}


def _map_object(found: HeatMap) -> Object:
    asked = found.asked
    return {
        "week": str(asked.week),
        "types": list(asked.types),
        "days": [day.isoformat() for day in found.days],
        "starts": [clock(tick) for tick in found.starts],
        "counts": [list(row) for row in found.counts],
        "by_diary": {code: [list(row) for row in table] for code, table in found.by_diary.items()},
        "totals": list(found.totals),
        "team": asked.team,
        "diary": asked.diary,
        "channel": asked.channel,
        "booker": asked.booker,
        "notes": [{"type": note.type, "rule": note.rule, "text": note.text} for note in found.notes],
    }


def _picture_object(picture: WeekPicture, file: str | None) -> Object:
    """Return a picture as an object: one thing that is counted as without a picture, the four groups in a list of their own."""
    (first, *others) = picture.parts
    empty: Object = {"week": str(picture.week), "types": [], "days": [], "starts": [], "counts": [], "by_diary": {}, "totals": []}
    empty |= {"team": None, "diary": None, "channel": picture.channel, "booker": picture.booker, "notes": []}
    alone = {} if others or first.found is None else _map_object(first.found)
    groups = [_group_object(one) for one in picture.parts] if others else []
    ahead = None if others else _ahead_object(first.ahead)
    return {"status": "week", **empty, **alone, "ahead": ahead, "groups": groups, "file": file}


def _group_object(one: Counted) -> Object:
    found = {} if one.found is None else _map_object(one.found)
    return {"group": one.group, "name": one.name, "reason": one.reason or None, **found, "ahead": _ahead_object(one.ahead)}


def _ahead_object(found: Ahead | None) -> Object | None:
    if found is None:
        return None
    weeks = [
        {
            "week": str(week.week),
            "total": week.total,
            "days": [{"day": one.day.isoformat(), "starts": one.starts} for one in week.days],
        }
        for week in found.weeks
    ]
    return {"weeks": weeks, "dry": None if found.dry is None else found.dry.isoformat()}


def _picture_lines(picture: WeekPicture, group: str | None) -> list[str]:
    """Return the week as without a picture, then the weeks ahead by day and when they run dry."""
    lines: list[str] = []
    for one in picture.parts:
        lines += [one.reason] if one.found is None else _lines(one.found, group)
        if one.ahead is not None:
            lines += [*map(_week_line, one.ahead.weeks), one.ahead.outlook]
    return lines


def _week_line(week: WeekStarts) -> str:
    days = (f"{one.day:%a} {'-' if one.starts is None else one.starts}" for one in week.days)
    return f"{week.week}" + "".join(f"{day:>{_CELL + 1}}" for day in days) + f"{f'total {week.total}':>{_CELL + 4}}"


def _lines(found: HeatMap, group: str | None) -> list[str]:
    asked = found.asked
    what = group or ", ".join(asked.types)
    many = f"{counted(sum(found.totals), 'start')} in {counted(len(found.by_diary), 'diary')}"
    lines = [f"Week {asked.week}: {what}: {many}, for: {asked.booker}."]
    if found.starts:
        lines.append(" " * 6 + "".join(f"{f'{day:%a} {day.day}':>{_CELL}}" for day in found.days))
    for start, row in zip(found.starts, found.counts, strict=True):
        lines.append(f"{clock(start):<6}" + "".join(f"{count:>{_CELL}}" for count in row))
    if found.starts:
        lines.append(f"{'total':<6}" + "".join(f"{count:>{_CELL}}" for count in found.totals))
    else:
        lines.append("None of the diaries is open in this week.")
    return [*lines, *(note.text for note in found.notes)]


def register(app: typer.Typer) -> None:
    """Add the heat map."""
    app.command("week")(week)
