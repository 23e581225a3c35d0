"""week: how many starts can still be booked in each half hour of a week, over all diaries."""

from typing import Annotated

import typer

from agent_tui.cli.answers import Malformed, Object, answer
from agent_tui.cli.booking import Channel, DiaryCode, TeamCode
from agent_tui.cli.reading import read_choice, read_code
from agent_tui.cli.session import Session
from agent_tui.domain.cleaning import clean
from agent_tui.domain.ticks import clock
from agent_tui.domain.types import CHANNELS, WEEKLY_CHECKS
from agent_tui.domain.week import AGENT, BadWeek, HeatMap, WeekAsked, read_week

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
) -> None:
    """Count the starts that are still free, by half hour and day: agent-tui week --group first-commitment --week next"""
    session: Session = context.obj
    if bool(code) == (group is not None):
        raise Malformed("Say what is counted: --type CODE (it may be repeated) or --group NAME, one of the two.")
    if channel is not None:
        read_choice("--channel", channel, CHANNELS)
    if group is not None:
        read_choice("--group", group, WEEKLY_CHECKS)
    with session.desk() as desk:
        from agent_tui.services.week import week as look

        try:
            asked = WeekAsked(
                read_week(clean(which, limit=30), desk.now.date()),
                tuple(clean(one, limit=30) for one in code or ()),
                team=read_code(team),
                diary=read_code(diary),
                channel=channel,
                booker=AGENT if as_agent else None,
            )
            found = look(desk, asked, group=group)
        except BadWeek as bad:
            raise Malformed(str(bad)) from None
    answer(session.as_json, _object(found), _lines(found, group))


def _object(found: HeatMap) -> Object:
    asked = found.asked
    return {
        "status": "week",
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


def _lines(found: HeatMap, group: str | None) -> list[str]:
    asked = found.asked
    what = group or ", ".join(asked.types)
    lines = [f"Week {asked.week}: {what}: {sum(found.totals)} starts in {len(found.by_diary)} diaries, for: {asked.booker}."]
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
