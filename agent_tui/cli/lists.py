"""Commands that list: types, diaries, clients, calls."""

from pathlib import Path
from typing import Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer, item_object, show_list, show_outcome
from agent_tui.cli.empties import Object
from agent_tui.cli.reading import read_client_argument, read_details, read_id, read_standard_input, read_whole
from agent_tui.cli.session import Session
from agent_tui.domain.client_details import DETAILS
from agent_tui.domain.clients import Client
from agent_tui.domain.plurals import counted
from agent_tui.domain.requests import ListItem, Refused
from agent_tui.domain.wall_time import short_date

Limit = Annotated[int | None, typer.Option("--limit", help="Show at most so many.")]


def _cut(limit: int | None, items: list[Object]) -> list[Object]:
    read_whole("--limit", limit, 1, 1_000_000)
    return items if limit is None else items[:limit]


def types(context: typer.Context, limit: Limit = None) -> None:
    """List the appointment types; types load adds others: agent-tui types"""
    if context.invoked_subcommand is not None:
        return
    session: Session = context.obj
    with session.desk() as desk:
        from agent_tui.services import lists as service

        found = service.types(desk)
    items: list[Object] = [
        {
            "code": one.kind.code,
            "name": one.kind.name,
            "channel": one.kind.channel,
            "minutes": one.minutes,
            "group": one.kind.group,
            "key": one.kind.key_on(session.now.date()),
            "weekly_check": one.kind.weekly_check,
            "booked_by": one.kind.booked_by,
            "may_book": sorted(one.kind.may_book),
            "needs": list(one.kind.needs),
            "drop_in": one.kind.drop_in_on(session.now.date()) is not None,
        }
        for one in found
    ]
    lines = [
        f"{one['code']:<14} {one['minutes'] or '-':>4} {one['channel']:<6} {'key ' if one['key'] else '    '}{one['name']}"
        for one in items
    ]
    show_list(
        session.as_json,
        len(items),
        _cut(limit, items),
        lines if limit is None else lines[:limit],
        "No type is loaded: agent-tui types load FILE",
    )


def load_types(
    context: typer.Context, file: Annotated[str, typer.Argument(metavar="FILE", help="CSV like data/types.csv.")]
) -> None:
    """Load types or new lengths from a file: agent-tui types load data/types-fc30.csv"""
    session: Session = context.obj
    path = Path(file)
    with session.desk() as desk:
        from agent_tui.services.types_admin import load_types

        report = load_types(desk, desk.site, path)
    rejected: list[Object] = [
        {"file": path.name, "line": one.line, "field": one.field, "reason": one.text} for one in report.problems
    ]
    shown: Object = {"status": report.status, "loaded": report.loaded, "flags": 0, "rejected": rejected}
    if report.problems:
        lines = [str(one) for one in report.problems]
        answer(session.as_json, shown, lines, code=REFUSED, sentence=f"Nothing was loaded: {lines[0]}")
        return
    answer(session.as_json, shown, [f"{counted(report.loaded, 'type')} loaded."])


def diaries(
    context: typer.Context,
    limit: Limit = None,
    whole: Annotated[bool, typer.Option("--all", help="Retired diaries too.")] = False,
) -> None:
    """List the diaries and the types assigned to them: agent-tui diaries"""
    session: Session = context.obj
    with session.desk() as desk:
        from agent_tui.services import lists as service

        found = service.diaries(desk, retired=whole)
    items: list[Object] = [
        {
            "code": one.code,
            "name": one.name,
            "coach": one.coach,
            "team": one.team,
            "enabled": one.enabled,
            "types": sorted(one.types),
            "retired": None if one.retired is None else one.retired.isoformat(),
        }
        for one in found
    ]
    lines = [
        f"{one.code:<6} {one.coach:<22} team {one.team:<6} {'on ' if one.enabled else 'off'} {counted(len(one.types), 'type')}"
        + (f", retired {short_date(one.retired)}" if one.retired else "")
        for one in found
    ]
    show_list(session.as_json, len(items), _cut(limit, items), lines if limit is None else lines[:limit], "There is no diary.")


def clients(context: typer.Context, limit: Limit = None) -> None:
    """List claimants (initials unless your role may see names): agent-tui clients"""
    if context.invoked_subcommand is not None:
        return
    session: Session = context.obj
    read_whole("--limit", limit, 1, 1_000_000)
    with session.desk() as desk:
        from agent_tui.services import claimants as service

        found = service.list_clients(desk, limit)
    items = [_client_object(one) for one in found.items]
    show_list(session.as_json, found.total, items, [f"{one.ref}  {one.name}" for one in found.items], "There is no claimant.")


def _client_object(one: Client) -> Object:
    return {"ref": one.ref, "name": one.name}


def _only_dash(word: str) -> None:
    if word != "-":
        raise Malformed("Who is meant is read from standard input: give - and pipe the text in; a name is never an argument.")


def find_clients(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="-", help="Only -: the text is read from standard input.")] = "-",
    limit: Limit = 20,
) -> None:
    """Find claimants by reference, phone or name from standard input: echo Banks | agent-tui clients find -"""
    session: Session = context.obj
    _only_dash(source)
    read_whole("--limit", limit, 1, 1000)
    words = read_standard_input().splitlines()
    with session.desk() as desk:
        from agent_tui.services import claimants as service

        found = service.find_clients(desk, words[0] if words else "", limit or 20)
    items = [_client_object(one) for one in found.items]
    nobody = "No claimant fits what standard input says."
    shown: Object = {"status": "list", "total": found.total, "items": items}
    lines = [f"{one.ref}  {one.name}" for one in found.items]
    answer(session.as_json, shown, lines, code=0 if items else REFUSED, sentence=nobody)


def add_client(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="-", help="Only -: the details are read from standard input.")] = "-",
    id: Annotated[str | None, typer.Option("--id", help="UUID of this request.")] = None,
) -> None:
    """Make a claimant from `name:`, `phone:`, `reference:`, `email:` lines on standard input: agent-tui clients add - < lines"""
    session: Session = context.obj
    _only_dash(source)
    details = read_details(read_standard_input(), DETAILS)
    with session.desk() as desk:
        from agent_tui.services import claimants as service

        made = service.add_client(desk, Client(ref="", name=details.pop("name", ""), **details), id=read_id(id))
    if isinstance(made, list):
        _show_problems(session.as_json, made)
    elif isinstance(made, Refused):
        show_outcome(session.as_json, made)
    else:
        answer(session.as_json, {"status": "added", "ref": made.client.ref, "repeated": made.repeated}, [made.client.ref])


def edit_client(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(metavar="REF", help="The claimant's opaque id, such as C000123.")],
    source: Annotated[str, typer.Argument(metavar="-", help="Only -: the details are read from standard input.")] = "-",
    id: Annotated[str | None, typer.Option("--id", help="UUID of this request.")] = None,
) -> None:
    """Change a claimant, an empty line takes away: echo "language: Welsh" | agent-tui clients edit C000123 -"""
    session: Session = context.obj
    _only_dash(source)
    if read_client_argument(ref) == "-":
        raise Malformed("REF is the claimant's opaque id, such as C000123; agent-tui clients find - names it.")
    details = read_details(read_standard_input(), DETAILS)
    if not details:
        raise Malformed(f"Standard input names nothing to change; it has lines such as language: Welsh, of {', '.join(DETAILS)}.")
    with session.desk() as desk:
        from agent_tui.services import claimants as service

        done = service.edit_client(desk, ref.strip().upper(), details, id=read_id(id))
    if isinstance(done, list):
        _show_problems(session.as_json, done)
    elif isinstance(done, Refused):
        show_outcome(session.as_json, done)
    else:
        said = ", ".join(one.replace("_", " ") for one in done.changed)
        shown: Object = {
            **{"status": "changed" if done.changed else "unchanged", "ref": done.client.ref},
            **{"changed": list(done.changed), "repeated": done.repeated},
        }
        answer(session.as_json, shown, [f"{done.client.ref}: {said} changed." if said else f"{done.client.ref} was so already."])


def _show_problems(as_json: bool, problems: list[str]) -> None:
    shown: Object = {"status": "refused", "code": "malformed", "reason": problems[0], "problems": problems}
    answer(as_json, shown, problems, code=2, sentence=problems[0])


def calls(context: typer.Context, limit: Limit = None) -> None:
    """List calls and call-backs, open ones first: agent-tui calls"""
    session: Session = context.obj
    with session.desk() as desk:
        from agent_tui.services import lists as service

        found: list[ListItem] = service.calls(desk)
    items = [item_object(one) for one in found]
    lines = [f"{one.status:<12} {one.text}" for one in found]
    show_list(session.as_json, len(items), _cut(limit, items), lines if limit is None else lines[:limit], "No call is on record.")


def register(app: typer.Typer) -> None:
    """Add the lists."""
    types_app = typer.Typer(invoke_without_command=True, callback=types, help=types.__doc__)
    types_app.command("load")(load_types)
    app.add_typer(types_app, name="types")
    app.command("diaries")(diaries)
    clients_app = typer.Typer(invoke_without_command=True, callback=clients, help=clients.__doc__)
    clients_app.command("find")(find_clients)
    clients_app.command("add")(add_client)
    clients_app.command("edit")(edit_client)
    app.add_typer(clients_app, name="clients")
    app.command("calls")(calls)
