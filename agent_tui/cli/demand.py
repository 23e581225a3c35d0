"""Commands about what a site is asked for and how offers are ranked: demand show, learn and refused; setting list and set."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer
from agent_tui.cli.empties import Object
from agent_tui.cli.reading import read_choice, read_days, read_id, read_window
from agent_tui.cli.session import Session
from agent_tui.domain.cleaning import clean
from agent_tui.domain.demand import Unmet
from agent_tui.domain.requests import Refused, Request
from agent_tui.domain.wall_time import short_date

if TYPE_CHECKING:
    from agent_tui.services.demand import Demand, SettingShown

demand = typer.Typer(help="What the site is asked for, and so what ranks offers: agent-tui demand show", no_args_is_help=True)
setting = typer.Typer(help="Settings of the site: agent-tui setting list", no_args_is_help=True)

UNBOOKED = ("called_back", "handed_off", "rang_off")
Id = Annotated[str | None, typer.Option("--id", help="UUID of the request; a retry does nothing twice.")]


@demand.command("show")
def show(context: typer.Context) -> None:
    """Say what the ranking of offers rests on: agent-tui demand show"""
    session: Session = context.obj
    with session.desk() as desk:
        from agent_tui.services.demand import standing

        found = standing(desk)
    answer(session.as_json, _object("demand", found), _lines(found))


@demand.command("learn")
def learn(context: typer.Context, id: Id = None) -> None:
    """Learn the demand anew from the bookings and refusals of twelve weeks: agent-tui demand learn --as leader1"""
    session: Session = context.obj
    request = read_id(id)
    with session.desk() as desk:
        from agent_tui.services.demand import learn_demand

        done = learn_demand(desk, id=request)
    if isinstance(done, Refused):
        _refuse(session, done)
        return
    answer(session.as_json, _object("learnt", done), _lines(done))


@demand.command("refused")
def refused(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="Type code that the caller wanted.")],
    first: Annotated[str | None, typer.Option("--from", help="First day that would do (default: today).")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day that would do.")] = None,
    time: Annotated[str | None, typer.Option("--time", help="am, pm or HH:MM-HH:MM.")] = None,
    ending: Annotated[str, typer.Option("--ended", help=f"How the call ended: {', '.join(UNBOOKED)}.")] = "rang_off",
    id: Id = None,
) -> None:
    """Record a call that ended without a booking, without who it was: agent-tui demand refused FC-F2F --time am"""
    session: Session = context.obj
    read_choice("--ended", ending, UNBOOKED)
    request = read_id(id)
    with session.desk() as desk:
        from agent_tui.services.demand import record_refusal
        from agent_tui.services.finding import default_last_day

        today = desk.now.date()
        days = read_days(first, last, today, default_last_day(desk, today, 20))
        wanted = Request(clean(code, limit=30).upper(), *days, window=read_window(time), booker=desk.staff.booker)
        done = record_refusal(desk, wanted, ending, id=request)
    if isinstance(done, Refused):
        _refuse(session, done)
        return
    shown: Object = {"status": "recorded", **_unmet(done), "ended": ending}
    rules = ", ".join(done.reasons) or "none; there were starts"
    asked = f"{short_date(done.first_day)} to {short_date(done.last_day)}"
    answer(session.as_json, shown, [f"Recorded: {done.type}, {asked}, {done.half}. In the way: {rules}."])


@setting.command("list")
def list_settings(context: typer.Context) -> None:
    """List the settings of the site: agent-tui setting list"""
    session: Session = context.obj
    with session.desk() as desk:
        from agent_tui.services.demand import settings_of

        found = settings_of(desk)
    shown: Object = {"status": "list", "total": len(found), "items": [_setting(one) for one in found]}
    answer(session.as_json, shown, [line for one in found for line in _setting_lines(one)])


@setting.command("set", context_settings={"ignore_unknown_options": True})
def set_setting(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the setting, such as choice.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="What it is to be.")],
    id: Id = None,
) -> None:
    """Change a setting of the site: agent-tui setting set choice 0.5 --as leader1"""
    session: Session = context.obj
    request = read_id(id)
    with session.desk() as desk:
        from agent_tui.domain.site_settings import BadSetting
        from agent_tui.services.demand import change_setting

        try:
            done = change_setting(desk, clean(name, limit=40), clean(value, limit=40), id=request)
        except BadSetting as bad:
            raise Malformed(str(bad)) from None
    if isinstance(done, Refused):
        _refuse(session, done)
        return
    answer(session.as_json, {"status": "saved", "repeated": done.repeated, **_setting(done)}, _setting_lines(done))


def _refuse(session: Session, why: Refused) -> None:
    shown: Object = {"status": "refused", "code": why.code, "reason": why.reason}
    answer(session.as_json, shown, [], code=REFUSED, sentence=why.reason)


def _object(status: str, found: "Demand") -> Object:
    learnt = found.learnt
    return {
        "status": status,
        "repeated": found.repeated,
        "source": "usual mix" if learnt is None else "learnt",
        "from": None if learnt is None else learnt.first_day.isoformat(),
        "to": None if learnt is None else learnt.last_day.isoformat(),
        "bookings": None if learnt is None else sum(learnt.bookings.values()),
        "refusals": None if learnt is None else sum(learnt.refusals.values()),
        "tables": found.tables,
        "stale": found.stale,
        "shares": {code: round(share, 4) for code, share in found.weights.items()},
    }


def _lines(found: "Demand") -> list[str]:
    learnt = found.learnt
    if learnt is None:
        lines = ["The catalogue's usual mix holds: nothing has been learnt of this site yet."]
    else:
        counts = f"{sum(learnt.bookings.values())} bookings and {sum(learnt.refusals.values())} calls without one"
        learnt_days = f"{short_date(learnt.first_day)} to {short_date(learnt.last_day)}"
        lines = [f"Learnt from {learnt_days}: {counts}; {found.tables} kinds of segment."]
    if found.stale:
        lines.append("It is due to be learnt anew: agent-tui demand learn")
    most = sorted(found.weights.items(), key=lambda one: (-one[1], one[0]))[:10]
    return [*lines, *(f"{code:<14} {share:6.1%}" for code, share in most)]


def _unmet(one: Unmet) -> Object:
    days = {"from": one.first_day.isoformat(), "to": one.last_day.isoformat()}
    return {"type": one.type, **days, "half": one.half, "reasons": list(one.reasons)}


def _setting(one: "SettingShown") -> Object:
    about = one.setting
    return {"name": about.name, "value": one.value, "default": about.default, "title": about.title, "help": about.help}


def _setting_lines(one: "SettingShown") -> list[str]:
    standing = " (default)" if one.is_default else f" (default {one.setting.default})"
    return [f"{one.setting.name} = {one.value}{standing}: {one.setting.title}", f"  {one.setting.help}"]


def register(app: typer.Typer) -> None:
    """Add the two groups of commands."""
    app.add_typer(demand, name="demand")
    app.add_typer(setting, name="setting")
