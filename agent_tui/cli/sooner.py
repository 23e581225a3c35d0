"""Commands of the waiting list for an earlier time: add, end, list, offer."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer, outcome_lines, outcome_object, show_list
from agent_tui.cli.empties import Object, empty_sooner
from agent_tui.cli.reading import read_choice, read_code, read_day, read_id, read_whole, read_window
from agent_tui.cli.session import Session
from agent_tui.domain.requests import Booked, EntryState, Refused
from agent_tui.domain.sooner import ANSWERS, SoonerWish, Waiting, part_text
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import iso_instant, short_date

if TYPE_CHECKING:
    from agent_tui.services.sooner import Listed, Placed

Id = Annotated[str | None, typer.Option("--id", help="UUID of this request: a retry with it changes nothing.")]
EntryId = Annotated[str, typer.Argument(metavar="ENTRY", help="The booked appointment's id.")]
Limit = Annotated[int | None, typer.Option("--limit", help="At most so many lines.")]
Everybody = Annotated[bool, typer.Option("--all", help="Also those for whom the waiting is over.")]


def add(
    context: typer.Context,
    entry: EntryId,
    until: Annotated[str | None, typer.Option("--until", help="The last day that would suit.")] = None,
    time: Annotated[str | None, typer.Option("--time", help="am, pm or HH:MM-HH:MM.")] = None,
    diary: Annotated[str | None, typer.Option("--diary", help="Only this diary.")] = None,
    team: Annotated[str | None, typer.Option("--team", help="Only this team's diaries.")] = None,
    id: Id = None,
) -> None:
    """Let a claimant wait for anything earlier than their appointment: agent-tui sooner add ENTRY --time am"""
    session: Session = context.obj
    request, wanted = read_id(id), read_id(entry, "ENTRY") or ""
    last = None if until is None else read_day(until)
    wish = SoonerWish(last, read_window(time), read_code(diary), read_code(team))
    with session.desk() as desk:
        from agent_tui.services import sooner as service

        done = service.add(desk, wanted, wish, id=request)
    _show(session, done)


def end(context: typer.Context, entry: EntryId, id: Id = None) -> None:
    """Take an appointment off the waiting list: agent-tui sooner end ENTRY"""
    session: Session = context.obj
    request, wanted = read_id(id), read_id(entry, "ENTRY") or ""
    with session.desk() as desk:
        from agent_tui.services import sooner as service

        done = service.end(desk, wanted, id=request)
    _show(session, done)


def _show(session: Session, done: "Placed | Refused") -> None:
    if isinstance(done, Refused):
        object_ = empty_sooner() | {"code": done.code, "reason": done.reason}
        answer(session.as_json, object_, [done.reason], code=REFUSED, sentence=done.reason)
        return
    object_ = empty_sooner() | {
        "status": done.status,
        "repeated": done.repeated,
        "item": place_object(done.place, done.entry, None),
    }
    again = " (already)" if done.repeated else ""
    answer(session.as_json, object_, [f"{done.status}{again}: {_line(done.place, done.entry, None)}"])


def place_object(place: Waiting, entry: EntryState, hold: EntryState | None) -> Object:
    """Return a place on the waiting list as an object; `offered` is the start that is held, null where none is."""
    wish = place.wish
    held = hold is not None and hold.status == "held"
    offered = None
    if hold is not None and held:
        offered = {
            "call": place.call,
            "hold": hold.id,
            "day": hold.day.isoformat(),
            "start": clock(hold.start),
            "diary": hold.diary,
            "expires_at": None if hold.expires_at is None else iso_instant(hold.expires_at),
        }
    return {
        "entry": place.entry,
        "status": place.status,
        "since": iso_instant(place.made_at),
        "type": entry.type,
        "client": entry.client,
        "priority": entry.priority,
        "day": entry.day.isoformat(),
        "start": clock(entry.start),
        "diary": entry.diary,
        "until": None if wish.until is None else wish.until.isoformat(),
        "time": part_text(wish.window),
        "only_diary": wish.diary,
        "only_team": wish.team,
        "offered": offered,
    }


def _line(place: Waiting, entry: EntryState, hold: EntryState | None) -> str:
    wish = place.wish
    limits = [
        f"until {short_date(wish.until)}" if wish.until else "",
        part_text(wish.window) or "",
        f"in {wish.diary}" if wish.diary else "",
        f"team {wish.team}" if wish.team else "",
    ]
    said = " ".join(one for one in limits if one) or "anything earlier"
    held = ""
    if hold is not None and hold.status == "held":
        held = f"; {short_date(hold.day)} {clock(hold.start)} {hold.diary} is held, call {place.call}"
    when = f"{short_date(entry.day)} {clock(entry.start)} {entry.diary}"
    return f"{place.status:<8} {entry.type} {entry.client} {when}, wants {said}{held}, id {place.entry}"


def listing(context: typer.Context, everybody: Everybody = False, limit: Limit = None) -> None:
    """List who waits for an earlier time, longest first: agent-tui sooner list"""
    session: Session = context.obj
    read_whole("--limit", limit, 1, 1_000_000)
    with session.desk() as desk:
        from agent_tui.services import sooner as service

        found: list[Listed] = service.waiting_list(desk, everybody=everybody)
    items = [place_object(one.place, one.entry, one.hold) for one in found]
    show_list(
        session.as_json,
        len(items),
        items[:limit],
        [_line(one.place, one.entry, one.hold) for one in found][:limit],
        "Nobody waits for an earlier time.",
    )


def offer(
    context: typer.Context,
    call: Annotated[str, typer.Argument(metavar="CALL", help="The call in which the time is offered.")],
    how: Annotated[str, typer.Option("--as", help=f"One of {', '.join(ANSWERS)}.")],
    id: Id = None,
) -> None:
    """Say what the claimant answered to the earlier time: agent-tui sooner offer CALL --as taken"""
    session: Session = context.obj
    request, wanted = read_id(id), read_id(call, "CALL")
    read_choice("--as", how, ANSWERS)
    if wanted is None:
        raise Malformed("CALL takes a UUID.")
    with session.desk() as desk:
        from agent_tui.services import sooner as service

        done = service.answer(desk, wanted, how, id=request)
    object_ = outcome_object(done) | {"call": wanted, "answer": how}
    if isinstance(done, Booked):
        answer(session.as_json, object_, outcome_lines(done))
    else:
        answer(session.as_json, object_, outcome_lines(done), code=REFUSED, sentence=done.reason)


def register(app: typer.Typer) -> None:
    """Add the waiting list."""
    group = typer.Typer(no_args_is_help=True, help="Claimants who would come earlier: agent-tui sooner list")
    group.command("add")(add)
    group.command("end")(end)
    group.command("list")(listing)
    group.command("offer")(offer)
    app.add_typer(group, name="sooner")
