"""Handing a hold to a colleague, what was handed to oneself, and who is on which day."""

from typing import Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer, outcome_lines, outcome_object, show_list, show_outcome
from agent_tui.cli.booking import EntryId, RequestUuid, Version
from agent_tui.cli.empties import Object
from agent_tui.cli.reading import SAID, read_day, read_details, read_id, read_standard_input, read_words
from agent_tui.cli.session import Session
from agent_tui.domain.handovers import Handover, TakenOver, too_long
from agent_tui.domain.requests import Refused
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import iso_instant, short_date, short_date_of

Details = Annotated[str | None, typer.Option("--details", help="- reads `note:` and `access needs:` lines from stdin.")]


def handover(
    context: typer.Context,
    entry: EntryId,
    to: Annotated[str, typer.Option("--to", help="The colleague's login.")],
    details: Details = None,
    call: Annotated[str | None, typer.Option("--call", help="The call that goes along.")] = None,
    version: Version = None,
    id: RequestUuid = None,
) -> None:
    """Hand a hold to a colleague, who takes it over or declines: agent-tui handover ID --to agent2"""
    session: Session = context.obj
    hold, request, along = read_id(entry, "ID") or "", read_id(id), read_id(call, "--call")
    login = read_words("--to", to, 60)
    read = {} if details is None else read_details(read_standard_input(), SAID)
    said = {{"access_needs": "access"}.get(name, name): text for name, text in read.items()}
    refused = too_long(said)
    if refused is not None:
        raise Malformed(refused)
    with session.desk() as desk:
        from agent_tui.services import handovers as service

        outcome = service.hand_over(desk, hold, login, said=said, call=along, version=version, id=request)
    show_outcome(session.as_json, outcome)


def handovers(context: typer.Context) -> None:
    """List the holds that were handed to you, came back to you, or have no answer yet: agent-tui handovers"""
    if context.invoked_subcommand is not None:
        return
    session: Session = context.obj
    with session.desk() as desk:
        from agent_tui.services import handovers as service

        found = service.mine(desk)
    login = session.settings.login
    show_list(
        session.as_json,
        len(found),
        [_object(one, login) for one in found],
        [_line(one, login) for one in found],
        "Nothing is handed over to you or by you.",
    )


def take(context: typer.Context, entry: EntryId, version: Version = None, id: RequestUuid = None) -> None:
    """Take a hold over that was handed to you, with what was typed: agent-tui handovers take ID"""
    session: Session = context.obj
    hold, request = read_id(entry, "ID") or "", read_id(id)
    with session.desk() as desk:
        from agent_tui.services import handovers as service

        done = service.take_over(desk, hold, version=version, id=request)
    _show_taken(session, done)


def decline(context: typer.Context, entry: EntryId, version: Version = None, id: RequestUuid = None) -> None:
    """Decline a hold that was handed to you; it goes back: agent-tui handovers decline ID"""
    session: Session = context.obj
    hold, request = read_id(entry, "ID") or "", read_id(id)
    with session.desk() as desk:
        from agent_tui.services import handovers as service

        outcome = service.decline(desk, hold, version=version, id=request)
    show_outcome(session.as_json, outcome)


def presence(
    context: typer.Context, day: Annotated[str | None, typer.Argument(metavar="[DAY]", help="Only who shows this day.")] = None
) -> None:
    """List whose terminals show which days now: agent-tui presence 2026-11-30"""
    session: Session = context.obj
    wanted = None if day is None else read_day(day)
    with session.desk() as desk:
        from agent_tui.services import presence as service

        found = service.here(desk, wanted)
    items: list[Object] = [
        {"login": one.login, "name": one.name, "from": one.first_day.isoformat(), "to": one.last_day.isoformat()} for one in found
    ]
    lines = [
        f"{one['login']:<16} {' to '.join(dict.fromkeys(map(short_date_of, (one['from'], one['to'])))):<34} {one['name']}"
        for one in items
    ]
    show_list(session.as_json, len(items), items, lines, "No terminal shows a day now.")


def _object(one: Handover, login: str) -> Object:
    entry = one.entry
    return {
        **{"id": entry.id, "status": one.stands_for(login), "type": entry.type, "client": entry.client, "diary": entry.diary},
        **{"day": entry.day.isoformat(), "start": clock(entry.start), "end": clock(entry.end), "holder": entry.made_by},
        **{"given_by": one.given_by, "given_to": one.given_to, "at": iso_instant(one.given_at), "call": one.call},
        **{"expires_at": None if entry.expires_at is None else iso_instant(entry.expires_at), "version": entry.version},
    }


def _line(one: Handover, login: str) -> str:
    entry = one.entry
    when = f"{short_date(entry.day)} {clock(entry.start)} {entry.diary}"
    return f"{one.stands_for(login) or '':<9} {entry.type} {when}  {one.given_by} to {one.given_to}  {entry.id}"


def _show_taken(session: Session, done: TakenOver) -> None:
    shown = outcome_object(done.outcome) | {"draft": dict(done.draft), "call": done.call}
    lines = [*outcome_lines(done.outcome), *(f"  {name}: {text}" for name, text in sorted(done.draft.items()))]
    if isinstance(done.outcome, Refused):
        answer(session.as_json, shown, lines, code=REFUSED, sentence=done.outcome.reason)
        return
    answer(session.as_json, shown, lines)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("handover")(handover)
    group = typer.Typer(invoke_without_command=True, callback=handovers, help=handovers.__doc__)
    group.command("take")(take)
    group.command("decline")(decline)
    app.add_typer(group, name="handovers")
    app.command("presence")(presence)
