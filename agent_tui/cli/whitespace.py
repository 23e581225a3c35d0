"""whitespace and recover: what is free, usable and stranded in a week and why, and the moves that win some of it back."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer
from agent_tui.cli.booking import DiaryCode, TeamCode
from agent_tui.cli.empties import Object, empty_recovered
from agent_tui.cli.progress import progress_bar
from agent_tui.cli.reading import read_code, read_id, read_whole
from agent_tui.cli.session import Session
from agent_tui.domain.cleaning import clean
from agent_tui.domain.plurals import counted
from agent_tui.domain.recovery import NoPlan, Plan, place_of, won_words
from agent_tui.domain.requests import Moved
from agent_tui.domain.stranding import cause_words
from agent_tui.domain.ticks import MINUTES_PER_TICK, clock, hours_words
from agent_tui.domain.wall_time import short_date
from agent_tui.domain.week import BadWeek, Week, WeekAsked, read_week

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.recovering import Answer, Recovery
    from agent_tui.services.whitespace import DaySpace, Stranded, WeekSpace, WhiteSpace

MOST_WEEKS = 52
WhichWeek = Annotated[str, typer.Option("--week", help="this, next or a week of the year such as 2026-W48.")]
Limit = Annotated[int | None, typer.Option("--limit", help="At most so many plans.")]
PlanName = Annotated[str, typer.Argument(metavar="PLAN", help="The plan's name, as the list has it.")]
Id = Annotated[str | None, typer.Option("--id", help="UUID of this request: a retry with it changes nothing.")]


def _asked(desk: "Desk", which: str, team: str | None, diary: str | None) -> WeekAsked:
    week = read_week(clean(which, limit=30), desk.now.date())
    return WeekAsked(week, (), team=read_code(team), diary=read_code(diary))


def whitespace(
    context: typer.Context,
    which: WhichWeek = "this",
    team: TeamCode = None,
    diary: DiaryCode = None,
    weeks: Annotated[int, typer.Option("--weeks", help="How many weeks the trend has, the week asked for too.")] = 8,
) -> None:
    """Show what is free, usable and stranded by coach and day, and why: agent-tui whitespace --week next --team A"""
    session: Session = context.obj
    read_whole("--weeks", weeks, 1, MOST_WEEKS)
    with session.desk() as desk, progress_bar() as progress:
        from agent_tui.services.whitespace import white_space

        try:
            found = white_space(desk, _asked(desk, which, team, diary), weeks=weeks, causes=True, told=progress)
        except BadWeek as bad:
            raise Malformed(str(bad)) from None
    answer(session.as_json, _space_object(found), _space_lines(found))


def _sums(one: "WeekSpace | DaySpace") -> Object:
    return {
        "open_minutes": one.open_minutes,
        "free_minutes": one.free_minutes,
        "usable_minutes": one.usable_minutes,
        "stranded_minutes": one.stranded_minutes,
    }


def _space_object(found: "WhiteSpace") -> Object:
    asked = found.asked
    return {
        "status": "whitespace",
        "week": str(asked.week),
        "team": asked.team,
        "diary": asked.diary,
        "days": [day.isoformat() for day in found.days],
        **_sums(found.total),
        "spaces": [_day_object(one, found.coaches) for one in found.spaces],
        "trend": [{"week": str(one.week), **_sums(one), "recorded": one.recorded} for one in found.trend],
        "notes": list(found.notes),
    }


def _day_object(one: "DaySpace", coaches: Mapping[str, str]) -> Object:
    return {
        "diary": one.diary,
        "coach": one.coach,
        "team": one.team,
        "day": one.day.isoformat(),
        "closed": one.closed,
        **_sums(one),
        "fits": [{"minutes": fit.minutes, "types": list(fit.types), "appointments": fit.appointments} for fit in one.fits],
        "runs": [_run_object(run, coaches) for run in one.runs],
    }


def _run_object(one: "Stranded", coaches: Mapping[str, str]) -> Object:
    cause, instead = one.cause, None
    if cause is not None and cause.instead is not None:
        instead = {"diary": cause.instead[0], "start": clock(cause.instead[1])}
    return {
        "start": clock(one.run.start),
        "end": clock(one.run.end),
        "minutes": (one.run.end - one.run.start) * MINUTES_PER_TICK,
        "stranded_minutes": one.run.stranded * MINUTES_PER_TICK,
        "cause": None if cause is None else cause.kind,
        "text": None if cause is None else cause_words(cause, coaches),
        "event": None if cause is None else cause.seq,
        "verb": None if cause is None else cause.verb,
        "entry": None if cause is None else cause.entry,
        "instead": instead,
    }


def _space_lines(found: "WhiteSpace") -> list[str]:
    total = found.total
    lines = [
        f"Week {found.asked.week}: {hours_words(total.free_minutes)} free, {hours_words(total.usable_minutes)} usable,"
        f" {hours_words(total.stranded_minutes)} stranded in {counted(len({one.diary for one in found.spaces}), 'diary')}."
    ]
    for one in found.spaces:
        if not one.open_minutes or not one.free_minutes:
            continue
        fits = ", ".join(f"{fit.appointments} of {fit.minutes}" for fit in one.fits)
        lines.append(
            f"{one.diary:<6} {one.coach:<20} {short_date(one.day):<15}  free {one.free_minutes:>4}"
            f"  usable {one.usable_minutes:>4}  stranded {one.stranded_minutes:>4}"
            f"{f'  fits {fits} min' if fits else '  nothing fits'}"
        )
        for run in one.runs:
            why = "" if run.cause is None else f": {cause_words(run.cause, found.coaches)}"
            when = f"{clock(run.run.start)}-{clock(run.run.end)}"
            lines.append(f"       x {when} {run.run.stranded * MINUTES_PER_TICK} min{why}")
    if len(found.trend) > 1:
        lines.append("Trend, stranded of free minutes:")
        lines += [f"  {one.week}  {_trend_words(one)}" for one in found.trend]
    return [*lines, *found.notes]


def _trend_words(one: "WeekSpace") -> str:
    return f"{one.stranded_minutes:>6} of {one.free_minutes:>6}" if one.recorded else "     - no record"


# The recovery list.


def recover(
    context: typer.Context, which: WhichWeek = "this", team: TeamCode = None, diary: DiaryCode = None, limit: Limit = None
) -> None:
    """List the moves that win usable starts, most for each claimant asked first: agent-tui recover --week next"""
    if context.invoked_subcommand is None:
        _list(context.obj, which, team, diary, limit)


def listing(
    context: typer.Context, which: WhichWeek = "this", team: TeamCode = None, diary: DiaryCode = None, limit: Limit = None
) -> None:
    """List the moves that win usable starts: agent-tui recover list --team A --limit 5"""
    _list(context.obj, which, team, diary, limit)


def _list(session: Session, which: str, team: str | None, diary: str | None, limit: int | None) -> None:
    read_whole("--limit", limit, 1, 1_000_000)
    with session.desk() as desk, progress_bar() as progress:
        from agent_tui.services.recovering import recovery

        try:
            found = recovery(desk, _asked(desk, which, team, diary), limit=limit, told=progress)
        except BadWeek as bad:
            raise Malformed(str(bad)) from None
    answer(session.as_json, _recovery_object(found), _recovery_lines(found))


def _recovery_object(found: "Recovery") -> Object:
    return {
        "status": "recovery",
        "week": str(found.asked.week),
        "team": found.asked.team,
        "diary": found.asked.diary,
        "total": found.total,
        "plans": [plan_object(plan) for plan in found.plans],
        "note": found.note,
    }


def plan_object(plan: Plan) -> Object:
    """Return a plan of the recovery list as an object; claimants by opaque id, times wall time."""
    return {
        "plan": plan.id,
        "diary": plan.diary,
        "coach": plan.coach,
        "day": plan.day.isoformat(),
        "part": plan.part,
        "won": plan.won,
        "won_each": plan.each,
        "won_by_length": [{"minutes": minutes, "more": more} for minutes, more in plan.won_by_length],
        "recovered_minutes": plan.recovered_minutes,
        "ask": [move.client for move in plan.moves],
        "moves": [
            {
                "id": move.id,
                "version": move.version,
                "type": move.type,
                "client": move.client,
                "from": clock(move.start),
                "to": clock(move.to),
                "minutes": move.length * MINUTES_PER_TICK,
            }
            for move in plan.moves
        ],
    }


def _plan_lines(plan: Plan) -> list[str]:
    moves = "; ".join(f"{move.type} of {move.client} {clock(move.start)} to {clock(move.to)}" for move in plan.moves)
    return [
        f"{plan.each:g} won for each asked  {plan.diary} {plan.coach}  {short_date(plan.day)} {plan.part}: {won_words(plan)}",
        f"    move {moves}",
        f"    {plan.id}",
    ]


def _recovery_lines(found: "Recovery") -> list[str]:
    if not found.plans:
        return [found.note or "Nothing to win."]
    lines = [line for plan in found.plans for line in _plan_lines(plan)]
    more = found.total - len(found.plans)
    return [*lines, *([f"{more} more half-days: leave --limit away."] if more else [])]


def accept(context: typer.Context, plan: PlanName, id: Id = None) -> None:
    """Move what a plan moves, once its claimants have been asked: agent-tui recover accept PLAN"""
    _decide(context.obj, plan, id, dismissing=False)


def dismiss(context: typer.Context, plan: PlanName, id: Id = None) -> None:
    """Keep a plan off the list until something of it has changed: agent-tui recover dismiss PLAN"""
    _decide(context.obj, plan, id, dismissing=True)


def _decide(session: Session, plan: str, id: str | None, *, dismissing: bool) -> None:
    request, name = read_id(id), clean(plan, limit=120)
    others: tuple[Plan, ...] = ()
    with session.desk() as desk:
        from agent_tui.services import recovering as service

        try:
            done: Answer = (service.dismiss if dismissing else service.accept)(desk, name, id=request)
            if not isinstance(done, service.Accepted) and done.code == "stale_version":
                others = _now_of(desk, name)
        except NoPlan as unreadable:
            raise Malformed(str(unreadable)) from None
    if isinstance(done, service.Accepted):
        object_ = empty_recovered() | {
            "status": done.status,
            "repeated": done.repeated,
            "plan": done.plan,
            "won": done.won,
            "moves": [_moved_object(move) for move in done.moves],
        }
        again = " (already)" if done.repeated else ""
        lines = [f"{done.status}{again}: {done.plan}", *(_moved_line(move) for move in done.moves)]
        answer(session.as_json, object_, lines)
        return
    object_ = empty_recovered() | {"plan": name, "code": done.code, "reason": done.reason}
    lines = [done.reason, *(line for one in others for line in _plan_lines(one))]
    answer(session.as_json, object_ | {"plans": [plan_object(one) for one in others]}, lines, code=REFUSED, sentence=done.reason)


def _now_of(desk: "Desk", plan: str) -> tuple[Plan, ...]:
    """Return what the list has now for the diary and week of a plan that has changed."""
    from agent_tui.services.recovering import recovery

    diary, day, _part = place_of(plan)
    try:
        return recovery(desk, WeekAsked(Week.of(day), (), diary=diary)).plans
    except BadWeek:
        return ()


def _moved_object(move: Moved) -> Object:
    before, after = move.before, move.after
    return {
        "id": after.id,
        "version": after.version,
        "type": after.type,
        "client": after.client,
        "diary": after.diary,
        "day": after.day.isoformat(),
        "from": clock(before.start),
        "to": clock(after.start),
        "minutes": (after.end - after.start) * MINUTES_PER_TICK,
    }


def _moved_line(move: Moved) -> str:
    before, after = move.before, move.after
    return f"  {after.type} of {after.client} {short_date(after.day)} {clock(before.start)} to {clock(after.start)} {after.diary}"


def register(app: typer.Typer) -> None:
    """Add white space and the recovery list."""
    app.command("whitespace")(whitespace)
    group = typer.Typer(invoke_without_command=True, callback=recover, help=recover.__doc__)
    group.command("list")(listing)
    group.command("accept")(accept)
    group.command("dismiss")(dismiss)
    app.add_typer(group, name="recover")
