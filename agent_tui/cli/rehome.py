"""rehome preview and commit: a coach is off or a room is shut, and the day's appointments in it are placed anew."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer
from agent_tui.cli.blocks import move_object
from agent_tui.cli.booking import RequestUuid
from agent_tui.cli.empties import Object, empty_rehoming
from agent_tui.cli.reading import read_choice, read_code, read_day, read_id, read_start
from agent_tui.cli.session import Session
from agent_tui.domain.cleaning import clean
from agent_tui.domain.rehoming import REASONS, Away, RefusedPlan, Rehoming, shift_minutes
from agent_tui.domain.requests import EntryState, Moved, Refused
from agent_tui.domain.ticks import OffGrid, clock
from agent_tui.domain.wall_time import iso_instant, short_date

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

rehome = typer.Typer(
    help="Place the appointments of a coach who is off anew: agent-tui rehome preview --diary D04 --day 2026-11-24",
    no_args_is_help=True,
)

DiaryOff = Annotated[str | None, typer.Option("--diary", help="Diary code of the coach who is off, such as D04.")]
RoomShut = Annotated[str | None, typer.Option("--resource", help="Room or equipment that is shut, instead of a diary.")]
OnDay = Annotated[str, typer.Option("--day", help="Day of the appointments.")]
FromTime = Annotated[str | None, typer.Option("--from", help="HH:MM from which the coach is off (default: all day).")]
Why = Annotated[str | None, typer.Option("--reason", help=f"{' or '.join(REASONS)}; follows from what is off.")]
NoBlock = Annotated[bool, typer.Option("--no-block", help="Do not block the rest of the coach's day.")]


@rehome.command("preview")
def preview(
    context: typer.Context,
    day: OnDay,
    diary: DiaryOff = None,
    resource: RoomShut = None,
    first: FromTime = None,
    reason: Why = None,
    no_block: NoBlock = False,
) -> None:
    """Show where each would go and write nothing: agent-tui rehome preview --diary D04 --day 2026-11-24"""
    session: Session = context.obj
    away = _away(diary, resource, day, first, reason)
    if isinstance(away, Refused):
        _show(session, away)
        return
    with session.desk() as desk:
        from agent_tui.services.rehoming import preview as look

        _show(session, look(desk, away, block=not no_block))


@rehome.command("commit")
def commit(
    context: typer.Context,
    day: OnDay,
    plan: Annotated[str, typer.Option("--plan", help="The plan that the preview showed.")],
    diary: DiaryOff = None,
    resource: RoomShut = None,
    first: FromTime = None,
    reason: Why = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Move this appointment; may be repeated. Default: all.")
    ] = None,
    no_block: NoBlock = False,
    id: RequestUuid = None,
) -> None:
    """Carry out a plan that was previewed: agent-tui rehome commit --diary D04 --day 2026-11-24 --plan PLAN"""
    session: Session = context.obj
    request = read_id(id)
    chosen = None if only is None else [found for one in only if (found := read_id(one, "--only")) is not None]
    away = _away(diary, resource, day, first, reason)
    if isinstance(away, Refused):
        _show(session, away)
        return
    with session.desk() as desk:
        _show(session, _commit(desk, away, clean(plan, limit=64), chosen, not no_block, request))


def _commit(desk: "Desk", away: Away, token: str, only: list[str] | None, block: bool, id: str | None) -> Rehoming | Refused:
    from agent_tui.services.rehoming import commit as carry_out

    return carry_out(desk, away, token, only=only, block=block, id=id)


def _away(diary: str | None, resource: str | None, day: str, first: str | None, reason: str | None) -> Away | Refused:
    """Return what is off, or the refusal of a time off the grid."""
    if (diary is None) == (resource is None):
        raise Malformed("Say what is off, one of the two: --diary CODE for its coach, --resource CODE for a room or equipment.")
    code = read_code(diary if resource is None else resource) or ""
    away = Away(code, read_day(day), room=resource is not None)
    if reason is not None and read_choice("--reason", reason, REASONS) != away.reason:
        what = "--resource" if away.room else "--diary"
        raise Malformed(f"With {what} the reason is {away.reason}, not {reason}.")
    try:
        return away if first is None else Away(code, away.day, read_start(first), away.room)
    except OffGrid as off_grid:
        return Refused("off_grid", str(off_grid), diary=None if away.room else code, day=away.day)


def _show(session: Session, found: Rehoming | Refused) -> None:
    if isinstance(found, Refused):
        instead = found.instead if isinstance(found, RefusedPlan) else None
        lines = [found.reason, *([] if instead is None else _lines(instead))]
        answer(session.as_json, _refusal(found, instead), lines, code=REFUSED, sentence=found.reason)
        return
    answer(session.as_json, _object(found), _lines(found))


def _object(found: Rehoming) -> Object:
    away = found.away
    return empty_rehoming() | {
        "status": found.status,
        "repeated": found.repeated,
        "plan": found.token,
        "diary": None if away.room else away.code,
        "resource": away.code if away.room else None,
        "day": away.day.isoformat(),
        "from": clock(away.first) if away.first else None,
        "cause": away.reason,
        "kept_on_day": found.kept_on_day,
        "moved": [_moved(found, one) for one in found.moved],
        "left": [_left(found, one) for one in found.left],
        "gap": found.gap.amount,
        "gap_of": found.gap.figure,
        "proved": found.gap.proved,
        "told": found.told,
        "blocks": [one.id for one in found.blocks],
        "note": found.note or None,
    }


def _moved(found: Rehoming, one: Moved) -> Object:
    more = {"key": one.after.id in found.key, "shift_minutes": shift_minutes(one), "resources": list(one.after.resources)}
    return move_object(one) | more


def _left(found: Rehoming, one: EntryState) -> Object:
    place = {"diary": one.diary, "day": one.day.isoformat(), "start": clock(one.start)}
    return {"id": one.id, "type": one.type, "key": one.id in found.key, "client": one.client, "from": place}


def _refusal(refused: Refused, instead: Rehoming | None) -> Object:
    holder = refused.held_by
    until = None if holder is None or holder.until is None else iso_instant(holder.until)
    return empty_rehoming() | {
        "diary": refused.diary,
        "day": None if refused.day is None else refused.day.isoformat(),
        "code": refused.code,
        "reason": refused.reason,
        "held_by": None if holder is None else {"kind": holder.kind, "who": holder.who, "until": until},
        "instead": None if instead is None else _object(instead),
    }


def _lines(found: Rehoming) -> list[str]:
    away = found.away
    done = f"{found.status}{' (already)' if found.repeated else ''}: {away.code} {short_date(away.day)}"
    done += f" from {clock(away.first)}" if away.first else ""
    lines = [
        f"{done}: {found.kept_on_day} stay on the day, {len(found.moved) - found.kept_on_day} go to another,"
        f" {len(found.left)} without a time; {found.told} told."
    ]
    lines += [_move_line(found, one) for one in found.moved]
    lines += [f"! {'£ ' if one.id in found.key else ''}{_what(one)} finds no place, id {one.id}" for one in found.left]
    gap = found.gap
    if gap.figure is not None:
        lines.append(f"Not proved to be the best plan: {gap.figure.replace('_', ' ')} could be less by {gap.amount} at most.")
    lines += [f"blocked: {clock(one.start)}-{clock(one.end)} {one.diary}, id {one.id}" for one in found.blocks]
    lines += [found.note] if found.note else []
    return [*lines, f"plan {found.token}"] if found.status == "plan" else lines


def _what(one: EntryState) -> str:
    return f"{one.type} {one.client or ''} {short_date(one.day)} {clock(one.start)} {one.diary}".replace("  ", " ")


def _move_line(found: Rehoming, one: Moved) -> str:
    after = one.after
    key = "£ " if after.id in found.key else ""
    where = f"{short_date(after.day)} {clock(after.start)} {after.diary} {one.coach}"
    where += f" with {', '.join(after.resources[1:])}" if after.resources[1:] else ""
    return f"  {key}{_what(one.before)} to {where}, shift {shift_minutes(one)} min, id {after.id}"


def register(app: typer.Typer) -> None:
    """Add the commands of re-homing."""
    app.add_typer(rehome, name="rehome")
