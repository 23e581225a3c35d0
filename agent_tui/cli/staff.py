"""staff: who may act in which role, listed, added, given another role, switched off and on again."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer
from agent_tui.cli.empties import Object
from agent_tui.cli.empty_flags import empty_login
from agent_tui.cli.reading import read_id, read_standard_input
from agent_tui.cli.session import Session
from agent_tui.domain.cleaning import clean
from agent_tui.domain.requests import Refused
from agent_tui.domain.roles import login_problem, role_problem
from agent_tui.domain.site import Staff
from agent_tui.domain.types import BOOKERS

if TYPE_CHECKING:
    from agent_tui.services.staffing import StaffChanged

staff = typer.Typer(help="Who may act, and in which role: agent-tui staff list", no_args_is_help=True)

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="Login, such as agent1.")]
Diary = Annotated[str | None, typer.Option("--diary", help="A coach's own diary.")]
Id = Annotated[str | None, typer.Option("--id", help="UUID of the request; a retry does nothing twice.")]


@staff.command("list")
def listed(context: typer.Context) -> None:
    """List logins with their roles, those that are switched off too: agent-tui staff list"""
    session: Session = context.obj
    with session.desk() as desk:
        from agent_tui.services import staffing

        found = staffing.staff(desk)
    if isinstance(found, Refused):
        refused = {"status": "refused", "total": 0, "items": [], "code": found.code, "reason": found.reason}
        answer(session.as_json, refused, [], code=REFUSED, sentence=found.reason)
        return
    object_: Object = {"status": "list", "total": len(found), "items": [_object(one) for one in found]}
    answer(session.as_json, object_, [_line(one) for one in found])


@staff.command("add")
def add(
    context: typer.Context,
    login: Login,
    name: Annotated[str, typer.Option("--name", help="The person's name.")],
    role: Annotated[str, typer.Option("--role", help="agent, coach, leader, supervisor or admin.")] = "agent",
    diary: Diary = None,
    booker: Annotated[str | None, typer.Option("--booker", help="Whom they book for; else what the role has.")] = None,
    id: Id = None,
) -> None:
    """Add a login: agent-tui staff add agent9 --name "Ann Archer" --role agent"""
    session: Session = context.obj
    request, who = read_id(id), _login(login)
    if booker is not None and booker not in BOOKERS:
        raise Malformed(f"--booker is one of: {', '.join(BOOKERS)}.")
    with session.desk() as desk:
        from agent_tui.services import staffing

        done = staffing.add_staff(desk, who, name, _role(role), diary, booker, id=request)
    _show(session, done, who)


@staff.command("role")
def role(
    context: typer.Context,
    login: Login,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="agent, coach, leader, supervisor or admin.")],
    diary: Diary = None,
    id: Id = None,
) -> None:
    """Give a login another role: agent-tui staff role agent9 coach --diary D28"""
    session: Session = context.obj
    request, who = read_id(id), _login(login)
    with session.desk() as desk:
        from agent_tui.services import staffing

        done = staffing.set_role(desk, who, _role(role), diary, id=request)
    _show(session, done, who)


@staff.command("email")
def email(
    context: typer.Context,
    login: Login,
    source: Annotated[str, typer.Argument(metavar="-", help="Only -: the address is read from standard input.")] = "-",
    id: Id = None,
) -> None:
    """Set where notes on a coach's diary go, empty for none: echo ann@dwp.gov.uk | agent-tui staff email coach01 -"""
    session: Session = context.obj
    request, who = read_id(id), _login(login)
    if source != "-":
        raise Malformed("The address is read from standard input: give - and pipe it in.")
    lines = read_standard_input().split()
    if len(lines) > 1:
        raise Malformed("Standard input holds more than one address.")
    with session.desk() as desk:
        from agent_tui.services import staffing

        done = staffing.set_address(desk, who, lines[0] if lines else "", id=request)
    _show(session, done, who)


@staff.command("off")
def off(context: typer.Context, login: Login, id: Id = None) -> None:
    """Switch a login off, so that it may not act from now on: agent-tui staff off agent9"""
    _switch(context.obj, login, False, id)


@staff.command("on")
def on(context: typer.Context, login: Login, id: Id = None) -> None:
    """Let a login act again: agent-tui staff on agent9"""
    _switch(context.obj, login, True, id)


def _switch(session: Session, login: str, enabled: bool, id: str | None) -> None:
    request, who = read_id(id), _login(login)
    with session.desk() as desk:
        from agent_tui.services import staffing

        done = staffing.switch_login(desk, who, enabled=enabled, id=request)
    _show(session, done, who)


def _login(text: str) -> str:
    problem = login_problem(text)
    if problem is not None:
        raise Malformed(problem)
    return text


def _role(text: str) -> str:
    problem = role_problem(text)
    if problem is not None:
        raise Malformed(clean(problem))
    return text


def _object(one: Staff) -> Object:
    return {
        **{"login": one.login, "name": one.name, "role": one.role, "diary": one.diary, "booker": one.booker},
        "enabled": one.enabled,
    }


def _line(one: Staff) -> str:
    return f"{one.login:<16} {one.role:<10} {one.diary or '-':<5} {one.booker:<15} {'on ' if one.enabled else 'off'} {one.name}"


def _show(session: Session, done: "StaffChanged | Refused", login: str) -> None:
    if isinstance(done, Refused):
        refused = empty_login() | {"login": login, "code": done.code, "reason": done.reason}
        answer(session.as_json, refused, [], code=REFUSED, sentence=done.reason)
        return
    said = {"status": done.status, "repeated": done.repeated, "login": login, "item": _object(done.staff)}
    answer(session.as_json, empty_login() | said, [f"{done.status}: {_line(done.staff)}"])


def register(app: typer.Typer) -> None:
    """Add the commands of staff."""
    app.add_typer(staff, name="staff")
