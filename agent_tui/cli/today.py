"""The board of the day, and the day lists that are printed in the morning (today)."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer
from agent_tui.cli.empties import Object, problem_object
from agent_tui.cli.reading import read_choice, read_code, read_day, shown
from agent_tui.cli.session import Session
from agent_tui.domain.day_list import FORMATS, CoachList, DayList, DayRow, html_of, text_of
from agent_tui.domain.requests import Refused
from agent_tui.domain.ticks import MINUTES_PER_TICK, clock, clock_of_minute
from agent_tui.domain.today import CoachDay, Meeting
from agent_tui.domain.wall_time import short_date

if TYPE_CHECKING:
    from agent_tui.services.today import Board

DayOption = Annotated[str | None, typer.Option("--date", help="The day (default: today).")]


def today(
    context: typer.Context,
    diary: Annotated[str | None, typer.Option("--diary", help="Diary code.")] = None,
    team: Annotated[str | None, typer.Option("--team", help="Team code.")] = None,
    date: DayOption = None,
) -> None:
    """Show by coach who came, who is late or missed, the next, the delay and the gaps: agent-tui today --team A"""
    if context.invoked_subcommand is not None:
        return
    session: Session = context.obj
    wanted = None if date is None else read_day(date)
    with session.desk() as desk:
        from agent_tui.services import today as service
        from agent_tui.services.trouble import DeskRefused

        try:
            found = service.board(desk, wanted, diary=read_code(diary), team=read_code(team))
        except service.UnknownDiary as unknown:
            raise DeskRefused("unknown_diary", str(unknown)) from None
    answer(session.as_json, board_object(found), board_lines(found))


def board_object(found: "Board") -> Object:
    """Return a board as an object; times are wall time, claimants opaque ids."""
    return {
        "status": "today",
        "day": found.day.isoformat(),
        "now": f"{found.now:%H:%M}",
        "closed": found.closed,
        "diaries": [_coach_object(one) for one in found.coaches],
    }


def _coach_object(one: CoachDay) -> Object:
    return {
        "diary": one.diary,
        "coach": one.coach,
        "team": one.team,
        "arrived": one.arrived,
        "late": one.late,
        "dna": one.missed,
        "expected": one.expected,
        "unplaced": len(one.unplaced),
        "next": None if one.next is None else _meeting_object(one.next),
        "behind_minutes": one.behind,
        "gaps": [
            {"start": clock(start), "end": clock(end), "minutes": (end - start) * MINUTES_PER_TICK} for start, end in one.gaps
        ],
        "late_by": [_meeting_object(meeting) for meeting in one.meetings if meeting.entry.status == "late"],
        "not_seen": len(one.not_seen),
        "overdue_minutes": one.overdue,
        "not_seen_by": [_meeting_object(meeting) for meeting in one.not_seen],
    }


def _meeting_object(one: Meeting) -> Object:
    entry = one.entry
    return {
        "id": entry.id,
        "type": entry.type,
        "client": entry.client,
        "status": entry.status,
        "start": clock(entry.start),
        "end": clock(entry.end),
        "begins": clock_of_minute(one.begins),
        "minutes_late": one.late,
        "resources": list(entry.resources),
    }


def board_lines(found: "Board") -> list[str]:
    """Return a board as plain lines, one for each coach."""
    lines = [f"{short_date(found.day)}, {found.now:%H:%M}" + (f", closed: {found.closed}" if found.closed else "")]
    return [*lines, *map(_coach_line, found.coaches)]


def _coach_line(one: CoachDay) -> str:
    came_late = [meeting for meeting in one.meetings if meeting.entry.status == "late"]
    by = ", ".join("?" if meeting.late is None else str(meeting.late) for meeting in came_late)
    figures = f"arrived {one.arrived}, late {one.late}" + (f" ({by} min)" if by else "")
    parts = [f"{figures}, did not attend {one.missed}, expected {one.expected}"]
    if one.not_seen:
        waited = "" if one.overdue is None else f", the first for {one.overdue} min"
        parts.append(f"! {len(one.not_seen)} not seen{waited}")
    if one.next is None:
        parts.append("no more to come")
    else:
        begins = f", begins {clock_of_minute(one.next.begins)}" if one.next.begins > one.next.planned else ""
        parts.append(f"next {clock(one.next.entry.start)} {one.next.entry.type}{begins}")
    parts += [f"{one.behind} min behind"] if one.behind else []
    gaps = ", ".join(f"{clock(start)}-{clock(end)}" for start, end in one.gaps)
    parts += [f"free {gaps}"] if gaps else []
    parts += [f"! {len(one.unplaced)} without a time"] if one.unplaced else []
    return f"{one.diary:<6} {one.coach:<20} {'; '.join(parts)}"


def day_list(
    context: typer.Context,
    diary: Annotated[list[str] | None, typer.Option("--diary", help="Diary code; may be given more than once.")] = None,
    date: DayOption = None,
    format: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "text",
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Where to write it, - for standard output.")] = "-",
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Print each coach's list of the day: agent-tui today list --diary D01 --format html --out lists.html"""
    session: Session = context.obj
    read_choice("--format", format, FORMATS)
    wanted = None if date is None else read_day(date)
    codes = [code for code in (read_code(one) for one in diary or ()) if code]
    if diary and len(codes) < len(diary):
        raise Malformed("--diary takes a diary code, such as D05.")
    with session.desk() as desk:
        from agent_tui.services import today as service
        from agent_tui.services.plain_file import write_private
        from agent_tui.services.trouble import DeskRefused

        try:
            found = service.day_lists(desk, wanted, diaries=codes)
        except service.UnknownDiary as unknown:
            raise DeskRefused("unknown_diary", str(unknown)) from None
    if isinstance(found, Refused):
        refusal = problem_object("today list", "refused", found.code, found.reason)
        answer(session.as_json, refusal, [found.reason], code=REFUSED, sentence=found.reason)
        return
    lines = html_of(found).splitlines() if format == "html" else text_of(found)
    text = "\n".join(lines) + "\n"
    problem = None if out == "-" else write_private(out, text, force=force)
    if problem is not None:
        raise Malformed(problem)
    written = None if out == "-" else out
    object_ = list_object(found) | {"format": format, "out": written, "document": text if written is None else None}
    said = lines if written is None else [f"{_counted(len(found.coaches))} written to {shown(Path(out).name, 60)}."]
    answer(session.as_json, object_, said)


def _counted(number: int) -> str:
    return f"{number} {'day list' if number == 1 else 'day lists'}"


def list_object(found: DayList) -> Object:
    """Return day lists as an object; names as the person may see them."""
    return {
        "status": "day_list",
        "day": found.day.isoformat(),
        "closed": found.closed,
        "diaries": [_list_object(one) for one in found.coaches],
    }


def _list_object(one: CoachList) -> Object:
    return {"diary": one.diary, "coach": one.coach, "team": one.team, "rows": [_row_object(row) for row in one.rows]}


def _row_object(row: DayRow) -> Object:
    return {
        "id": row.entry,
        "start": clock(row.start),
        "end": clock(row.end),
        "minutes": row.minutes,
        "type": row.type,
        "name": row.label,
        "client": row.client,
        "who": row.who,
        "rooms": list(row.rooms),
        "needs": list(row.needs),
        "notes": row.notes,
        "status": row.status,
    }


def register(app: typer.Typer) -> None:
    """Add the board of the day and its lists."""
    group = typer.Typer(invoke_without_command=True, callback=today, help=today.__doc__)
    group.command("list")(day_list)
    app.add_typer(group, name="today")
