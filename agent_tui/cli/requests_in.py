"""Commands of requests that came online or by e-mail: load, list, show, take, done, return."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer, show_list
from agent_tui.cli.empties import Object, empty_request, empty_requests_load
from agent_tui.cli.reading import read_choice, read_id, read_whole
from agent_tui.cli.session import Session
from agent_tui.domain.import_text import ENCODINGS
from agent_tui.domain.queue import DONE_AS, REQUEST, Duplicate, QueueItem, age_words
from agent_tui.domain.requests import Refused
from agent_tui.domain.wall_time import iso_instant

if TYPE_CHECKING:
    from agent_tui.services.calls import Handled
    from agent_tui.services.requests_in import Loaded

SHOWN_LINES = 20
_EXAMPLE = (
    "Example: a file online.csv with the lines reference,type,name and W-881,FC-F2F,Sana Khan is loaded by:"
    " agent-tui requests load online.csv. The columns, JSON lines and calendars: data/help/requests.md."
)

Id = Annotated[str | None, typer.Option("--id", help="UUID of this request: a retry with it changes nothing.")]
CallId = Annotated[str, typer.Argument(metavar="ID", help="The request's id.")]


def requests(
    context: typer.Context,
    limit: Annotated[int | None, typer.Option("--limit", help="At most so many lines.")] = None,
) -> None:
    """List open requests in writing, most urgent first: agent-tui requests"""
    if context.invoked_subcommand is not None:
        return
    session: Session = context.obj
    read_whole("--limit", limit, 1, 1_000_000)
    with session.desk() as desk:
        from agent_tui.services import calls as service

        found = [one for one in service.queue(desk) if one.kind == REQUEST]
        now = service.site_time(desk)
    items = [item_object(one) for one in found]
    lines = [item_line(one, now) for one in found]
    show_list(session.as_json, len(items), items[:limit], lines[:limit], "No request in writing waits.")


def item_object(one: QueueItem) -> Object:
    """Return a call of the queue as an object: codes, days and opaque ids."""
    wanted = one.wanted
    return {
        "id": one.id,
        "kind": one.kind,
        "status": one.status,
        "at": iso_instant(one.opened_at),
        "priority": one.priority,
        "key": one.key,
        "type": one.type,
        "client": one.client,
        "contact": one.contact,
        "entry": one.entry,
        "from": wanted.get("from"),
        "until": wanted.get("until"),
        "time": wanted.get("time"),
        "who": one.who or None,
        "duplicate_of": wanted.get("duplicate_of"),
    }


def item_line(one: QueueItem, now_ms: int) -> str:
    """Return a call of the queue as a line."""
    wanted = one.wanted
    days = " to ".join(dict.fromkeys(str(wanted[key]) for key in ("from", "until") if wanted.get(key)))
    parts = [f"{one.priority:<8}", f"{age_words(one.opened_at, now_ms):>6}", f"{one.type or '-'}{' key' if one.key else ''}"]
    parts += [part for part in (one.client, one.contact, days, wanted.get("time"), f"with {one.who}" if one.who else "") if part]
    return f"{'  '.join(parts)}  {one.id}"


def load(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A .csv, .jsonl or .ics file.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be loaded and write nothing.")] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Load the lines that are well and leave out the others.")] = False,
    encoding: Annotated[str, typer.Option("--encoding", help="utf-8 or windows-1252.")] = "utf-8",
    id: Id = None,
) -> None:
    """Load requests that came online or by e-mail: agent-tui requests load requests.csv --dry-run"""
    session: Session = context.obj
    request = read_id(id)
    read_choice("--encoding", encoding, ENCODINGS)
    from agent_tui.services import requests_in as service

    try:
        with session.desk() as desk:
            done = service.load(desk, path, encoding=encoding, dry_run=dry_run, partial=partial, id=request)
    except service.Unreadable as unreadable:
        raise Malformed(str(unreadable)) from None
    if isinstance(done, Refused):
        object_ = empty_requests_load() | {"dry_run": dry_run, "code": done.code, "reason": done.reason}
        answer(session.as_json, object_, [], code=REFUSED, sentence=done.reason)
        return
    _show_loaded(session, done)


def _show_loaded(session: Session, done: "Loaded") -> None:
    wrong = len({one.line for one in done.rejected})
    refused = done.status == "refused"
    lines_word = f"{wrong} {'line' if wrong == 1 else 'lines'}"
    sentence = f"Nothing was loaded: {lines_word} cannot be; --partial loads the others." if refused else None
    object_ = empty_requests_load() | {
        "status": done.status,
        "repeated": done.repeated,
        "dry_run": done.dry_run,
        "file": done.file,
        "loaded": done.counted("open"),
        "duplicates": done.counted("duplicate"),
        "same": done.counted("same"),
        "raised": done.raised,
        "clients_made": done.made,
        "items": [
            {"line": one.line, "status": one.status, "id": one.call, "duplicate_of": one.duplicate_of} for one in done.rows
        ],
        "rejected": [{"file": done.file, "line": one.line, "field": one.field, "reason": one.text} for one in done.rejected],
        "code": "rejected" if refused else None,
        "reason": sentence,
    }
    verb = "would be loaded" if done.dry_run else "loaded"
    raised = f" ({done.raised} made an open request more urgent)" if done.raised else ""
    counts = f"{done.counted('duplicate')} duplicates{raised}, {done.counted('same')} loaded before, {done.made} new claimants"
    lines = [f"{done.status}{' (already)' if done.repeated else ''}: {done.counted('open')} {verb}, {counts}"]
    for one in done.rejected[:SHOWN_LINES]:
        lines.append(f"  {done.file}, line {one.line}{f', {one.field}' if one.field else ''}: {one.text}")
    more = len(done.rejected) - SHOWN_LINES
    lines += [f"  and {more} more; --json lists them all"] if more > 0 else []
    answer(session.as_json, object_, lines, code=REFUSED if refused else 0, sentence=sentence)


def show(context: typer.Context, call: CallId) -> None:
    """Show a request with what the claimant wrote, in its duplicates too, without taking it: agent-tui requests show ID"""
    session: Session = context.obj
    wanted = read_id(call, "ID") or ""
    with session.desk() as desk:
        from agent_tui.services import calls as service

        found = service.look(desk, wanted)
        _show_handled(session, found if isinstance(found, Refused) else service.Handled("shown", found))


def take(
    context: typer.Context,
    call: Annotated[str | None, typer.Argument(metavar="[ID]", help="The request's id.")] = None,
    next: Annotated[bool, typer.Option("--next", help="The most urgent one that nobody has.")] = False,
    id: Id = None,
) -> None:
    """Take a request, so that nobody else does: agent-tui requests take --next"""
    session: Session = context.obj
    request = read_id(id)
    if (call is None) != next:
        raise Malformed("Give the request's id, or --next for the most urgent one that nobody has.")
    wanted = None if call is None else read_id(call, "ID")
    with session.desk() as desk:
        from agent_tui.services import calls as service

        done = service.take(desk, wanted, kind=REQUEST if next else None, id=request)
    _show_handled(session, done)


def give_back(context: typer.Context, call: CallId, id: Id = None) -> None:
    """Put a request that was taken back into the queue: agent-tui requests return ID"""
    session: Session = context.obj
    request, wanted = read_id(id), read_id(call, "ID") or ""
    with session.desk() as desk:
        from agent_tui.services import calls as service

        done = service.give_back(desk, wanted, id=request)
    _show_handled(session, done)


def finish(
    context: typer.Context,
    call: CallId,
    how: Annotated[str, typer.Option("--as", help=f"One of {', '.join(DONE_AS)}.")],
    entry: Annotated[str | None, typer.Option("--entry", help="The appointment that was booked.")] = None,
    id: Id = None,
) -> None:
    """Say how a request was done: agent-tui requests done ID --as booked --entry UUID"""
    session: Session = context.obj
    request, wanted = read_id(id), read_id(call, "ID") or ""
    read_choice("--as", how, DONE_AS)
    booked = read_id(entry, "--entry")
    if (how == "booked") != (booked is not None):
        raise Malformed("--as booked names the appointment with --entry, and nothing else does.")
    with session.desk() as desk:
        from agent_tui.services import calls as service

        done = service.finish(desk, wanted, how, entry=booked, id=request)
    _show_handled(session, done)


def _show_handled(session: Session, done: "Handled | Refused") -> None:
    if isinstance(done, Refused):
        object_ = empty_request() | {"code": done.code, "reason": done.reason}
        answer(session.as_json, object_, [done.reason], code=REFUSED, sentence=done.reason)
        return
    item = item_object(done.item) | _said_object(done.item.said)
    item["duplicates"] = [_duplicate_object(one) for one in done.item.duplicates]
    object_ = empty_request() | {"status": done.status, "repeated": done.repeated, "item": item}
    one = done.item
    lines = [f"{done.status}{' (already)' if done.repeated else ''}: {one.type} for {one.client or 'nobody named'}, id {one.id}"]
    lines += [f"  {name}: {text}" for name, text in sorted(one.said.items())]
    for other in one.duplicates:
        lines.append(f"  again by {other.contact or '-'} at {iso_instant(other.opened_at)}, {other.priority}, id {other.id}")
        lines += [f"    {name}: {text}" for name, text in sorted(other.said.items())]
    answer(session.as_json, object_, lines)


def _duplicate_object(one: Duplicate) -> Object:
    known = {"id": one.id, "at": iso_instant(one.opened_at), "contact": one.contact, "priority": one.priority}
    return known | _said_object(one.said)


def _said_object(said: Mapping[str, str]) -> Object:
    return {"note": said.get("note"), "access_needs": said.get("access"), "language": said.get("language")}


def register(app: typer.Typer) -> None:
    """Add what loads, lists and works requests in writing."""
    group = typer.Typer(invoke_without_command=True, callback=requests, help=requests.__doc__)
    group.command("load", epilog=_EXAMPLE)(load)
    group.command("show")(show)
    group.command("take")(take)
    group.command("done")(finish)
    group.command("return")(give_back)
    app.add_typer(group, name="requests")
