"""check: the team leader's check of a week, signed off, listed with what is missing, and taken back within a minute."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer
from agent_tui.cli.empties import Object, empty_check
from agent_tui.cli.reading import read_id, read_standard_input, read_words
from agent_tui.cli.session import Session
from agent_tui.domain.cleaning import clean
from agent_tui.domain.requests import Refused
from agent_tui.domain.wall_time import iso_instant, short_date, wall_of
from agent_tui.domain.week import BadWeek, read_week
from agent_tui.domain.weekly_check import MOST_WORDS, Red, WeeklyCheck, may_be_signed, words_problem

if TYPE_CHECKING:
    from agent_tui.services.weekly_checks import Signed

check = typer.Typer(help="The check of a week, signed once: agent-tui check list", no_args_is_help=True)

Id = Annotated[str | None, typer.Option("--id", help="UUID of the request; a retry does nothing twice.")]


@check.command("sign")
def sign(
    context: typer.Context,
    which: Annotated[str, typer.Option("--week", help="this, next or a week of the year such as 2026-W48.")] = "this",
    done: Annotated[
        str | None, typer.Option("--done", help="What was done about what is red, naming nobody; - or nothing reads stdin.")
    ] = None,
    id: Id = None,
) -> None:
    """Sign a week off: echo "HRT-F2F assigned to two more diaries" | agent-tui check sign --week this"""
    session: Session = context.obj
    request = read_id(id)
    said = read_standard_input() if done in (None, "-") else read_words("--done", done or "", MOST_WORDS + 1)
    problem = words_problem(said.strip())
    if problem is not None:
        raise Malformed(problem)
    with session.desk() as desk:
        from agent_tui.services import weekly_checks

        try:
            week = read_week(clean(which, limit=30), desk.now.date())
        except BadWeek as bad:
            raise Malformed(str(bad)) from None
        problem = may_be_signed(week, desk.now.date())
        found = weekly_checks.sign(desk, week, said, id=request) if problem is None else Refused("not_possible", problem)
    _show(session, found, str(week))


@check.command("undo")
def undo(context: typer.Context, id: Id = None) -> None:
    """Take back the week that you have just signed, within 60 seconds: agent-tui check undo"""
    session: Session = context.obj
    request = read_id(id)
    with session.desk() as desk:
        from agent_tui.services import weekly_checks

        found = weekly_checks.undo(desk, id=request)
    _show(session, found, None)


@check.command("list")
def list_(context: typer.Context) -> None:
    """List the weeks that were signed, and those that nobody has signed: agent-tui check list"""
    session: Session = context.obj
    with session.desk() as desk:
        from agent_tui.services import weekly_checks

        found = weekly_checks.checks(desk)
    object_: Object = {
        "status": "list",
        "total": len(found.signed),
        "items": [_check_object(one, found.names.get(one.signed_by, one.signed_by)) for one in found.signed],
        "missing": [str(week) for week in found.missing],
    }
    lines = [f"Not signed: {', '.join(str(week) for week in found.missing)}."] if found.missing else []
    for one in found.signed:
        made = wall_of(one.signed_at, found.zone)
        who = found.names.get(one.signed_by, one.signed_by)
        lines.append(f"{one.week}  {who}, {short_date(made)} {made:%H:%M}: {_red_words(one)}. {one.done}")
    answer(session.as_json, object_, lines)


def _red_words(one: WeeklyCheck) -> str:
    return f"red: {', '.join(red.type for red in one.red)}" if one.red else "nothing was red"


def _check_object(one: WeeklyCheck, name: str) -> Object:
    return {
        "week": str(one.week),
        "signed_by": one.signed_by,
        "name": name,
        "signed_at": iso_instant(one.signed_at),
        "red": [_red_object(red) for red in one.red],
        "done": one.done,
    }


def _red_object(red: Red) -> Object:
    return {"type": red.type, "status": red.status, "found": red.found, "starts": red.starts, "days": red.days}


def _show(session: Session, found: "Signed | Refused", week: str | None) -> None:
    if isinstance(found, Refused):
        refused = empty_check() | {"week": week, "code": found.code, "reason": found.reason}
        answer(session.as_json, refused, [], code=REFUSED, sentence=found.reason)
        return
    object_ = empty_check() | {"status": found.status, "repeated": found.repeated} | _check_object(found.check, found.name)
    line = f"{found.status}: week {found.check.week}"
    answer(session.as_json, object_, [f"{line}, {_red_words(found.check)}" if found.status == "signed" else line])


def register(app: typer.Typer) -> None:
    """Add the check of a week."""
    app.add_typer(check, name="check")
