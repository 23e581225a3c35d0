"""Commands that make diaries come and go (diary), and those of rooms and equipment (resource)."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer, show_list
from agent_tui.cli.empties import Object, empty_diary
from agent_tui.cli.overtime import absorb
from agent_tui.cli.reading import read_choice, read_code, read_id, read_standard_input, read_text, read_words
from agent_tui.cli.session import Session
from agent_tui.domain.cleaning import clean, clean_lines
from agent_tui.domain.requests import EntryState, Refused
from agent_tui.domain.tickets import STATUSES, Ticket
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import iso_instant, short_date_of

if TYPE_CHECKING:
    from agent_tui.services.switching import Answer

diary = typer.Typer(help="Request, approve, switch and retire diaries: agent-tui diary tickets", no_args_is_help=True)
resource = typer.Typer(help="List, add and switch rooms and equipment: agent-tui resource list", no_args_is_help=True)

_KIND_WORDS = {
    "new_diary": "a new diary",
    "enable_diary": "diary enabled",
    "disable_diary": "diary disabled",
    "retire_diary": "diary retired",
    "absorb_diary": "diary absorbed",
    "segmentation": "segmentation does not meet the need",
}

Code = Annotated[str, typer.Argument(metavar="DIARY", help="Diary code, such as D05.")]
Room = Annotated[str, typer.Argument(metavar="CODE", help="Code of a room or of equipment, such as R05.")]
TicketId = Annotated[str, typer.Argument(metavar="TICKET", help="Id of a ticket, as diary tickets shows it.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what it would do, and change nothing.")]
Id = Annotated[str | None, typer.Option("--id", help="UUID of the request; a retry does nothing twice.")]


@diary.command("request")
def request(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="TOML with the work coach's details, - for standard input.")],
    id: Id = None,
) -> None:
    """Ask for a new diary: agent-tui diary request new.toml

    The file names coach, staff_number, email and team; types = ["FC-F2F"] or like = "D03"; and [[pattern]] tables as
    segments show writes them, without an owner.
    """
    from agent_tui.domain.diary_requests import NoRequest, read_request
    from agent_tui.domain.pattern_files import LONGEST_FILE

    session: Session = context.obj
    asked = read_id(id)
    try:
        wanted, unread = read_request(read_text(file, LONGEST_FILE))
    except NoRequest as error:
        raise Malformed(str(error)) from None
    with session.desk() as desk:
        from agent_tui.services import diary_tickets

        _show(session, diary_tickets.request(desk, wanted, unread, id=asked))


@diary.command("approve")
def approve(
    context: typer.Context,
    ticket: TicketId,
    code: Annotated[str, typer.Option("--code", help="Code of the new diary, such as D28.")],
    enable: Annotated[bool, typer.Option("--enable/--no-enable", help="Switch it on at once.")] = False,
    id: Id = None,
) -> None:
    """Make the diary that a ticket asks for: agent-tui diary approve TICKET --code D28 --enable"""
    session: Session = context.obj
    asked, wanted = read_id(id), _ticket_id(ticket)
    with session.desk() as desk:
        from agent_tui.services import diary_tickets

        _show(session, diary_tickets.approve(desk, wanted, _code(code), enabled=enable, id=asked))


@diary.command("decline")
def decline(
    context: typer.Context,
    ticket: TicketId,
    reason: Annotated[str, typer.Option("--reason", help="Why, in words kept with the ticket; - for standard input.")],
    id: Id = None,
) -> None:
    """Decline what a ticket asks for: agent-tui diary decline TICKET --reason 'Segments do it'"""
    session: Session = context.obj
    asked, wanted = read_id(id), _ticket_id(ticket)
    words = read_standard_input() if reason == "-" else clean_lines(reason)
    with session.desk() as desk:
        from agent_tui.services import diary_tickets

        if not 1 <= len(words) <= diary_tickets.LONGEST_REASON:
            raise Malformed(f"--reason takes 1 to {diary_tickets.LONGEST_REASON} characters.")
        _show(session, diary_tickets.decline(desk, wanted, words, id=asked))


@diary.command("enable")
def enable(context: typer.Context, code: Code, id: Id = None) -> None:
    """Switch a diary on: agent-tui diary enable D28"""
    session: Session = context.obj
    asked = read_id(id)
    with session.desk() as desk:
        from agent_tui.services import diaries

        _show(session, diaries.enable(desk, _code(code), id=asked))


@diary.command("disable")
def disable(context: typer.Context, code: Code, dry_run: DryRun = False, id: Id = None) -> None:
    """Switch a diary off, keep its appointments and flag them: agent-tui diary disable D05 --dry-run"""
    session: Session = context.obj
    asked = read_id(id)
    with session.desk() as desk:
        from agent_tui.services import diaries

        _show(session, diaries.preview(desk, _code(code)) if dry_run else diaries.disable(desk, _code(code), id=asked))


@diary.command("retire")
def retire(context: typer.Context, code: Code, dry_run: DryRun = False, id: Id = None) -> None:
    """Retire a diary that nobody needs any more: agent-tui diary retire D28 --dry-run"""
    session: Session = context.obj
    asked = read_id(id)
    with session.desk() as desk:
        from agent_tui.services import diaries

        wanted = _code(code)
        _show(session, diaries.preview(desk, wanted, retiring=True) if dry_run else diaries.retire(desk, wanted, id=asked))


@diary.command("escalate")
def escalate(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="[DIARY] FILE", help="The words, - for standard input.")],
    id: Id = None,
) -> None:
    """Say that segmentation does not meet the site's need: agent-tui diary escalate D02 need.txt"""
    session: Session = context.obj
    asked = read_id(id)
    if len(words) > 2:
        raise Malformed("diary escalate takes a diary and a file, or a file alone.")
    text = read_text(words[-1])
    with session.desk() as desk:
        from agent_tui.services import diary_tickets

        _show(session, diary_tickets.escalate(desk, text, _code(words[0]) if len(words) == 2 else None, id=asked))


@diary.command("tickets")
def tickets(
    context: typer.Context,
    status: Annotated[str | None, typer.Option("--status", help=f"One of {', '.join(STATUSES)} (default: all).")] = None,
) -> None:
    """List tickets about diaries, oldest first: agent-tui diary tickets --status waiting"""
    session: Session = context.obj
    if status is not None:
        read_choice("--status", status, STATUSES)
    with session.desk() as desk:
        from agent_tui.services import diary_tickets

        found = diary_tickets.tickets(desk, status)
    if isinstance(found, Refused):
        _show(session, found)
        return
    items: list[Object] = [_ticket_object(one) for one in found]
    lines = [f"{one['id']}  {one['at']}  {one['status']:<8}  {one['text']}" for one in items]
    show_list(session.as_json, len(items), items, lines, "No ticket about a diary is on record.")


@diary.command("ticket")
def ticket(context: typer.Context, ticket: TicketId) -> None:
    """Show one ticket with its details and patterns: agent-tui diary ticket TICKET"""
    session: Session = context.obj
    wanted = _ticket_id(ticket)
    with session.desk() as desk:
        from agent_tui.services import diary_tickets

        found = diary_tickets.ticket(desk, wanted)
    if isinstance(found, Refused):
        _show(session, found)
        return
    item = _ticket_object(found)
    settled = None if found.settled_at is None else iso_instant(found.settled_at)
    more: Object = {"settled_by": found.settled_by, "settled_at": settled, "fields": found.fields, "patterns": found.patterns}
    object_: Object = {"status": "ticket", "ticket": found.id, "kind": found.kind, "state": found.status, "diary": found.resource}
    lines = [f"{item['text']}: {found.status}", f"by {found.made_by} at {item['at']}"]
    lines += [] if found.settled_by is None else [f"settled by {found.settled_by} at {settled}"]
    for name, value in sorted(found.fields.items()):
        lines += [f"{name}: {short_date_of(line)}" for line in value.splitlines() or [""]]
    answer(session.as_json, object_ | {"at": item["at"], "who": found.made_by} | more, [*lines, *found.patterns.splitlines()])


@resource.command("list")
def list_resources(context: typer.Context) -> None:
    """List rooms and equipment and the needs that they meet: agent-tui resource list"""
    session: Session = context.obj
    with session.desk() as desk:
        from agent_tui.services import resources

        found = resources.resources(desk)
    items: list[Object] = [
        {"code": one.code, "kind": one.kind, "name": one.name, "meets": sorted(one.meets), "enabled": one.enabled}
        for one in found
    ]
    lines = [
        f"{one.code:<6} {one.kind:<9} {'on ' if one.enabled else 'off'} {one.name}: {', '.join(sorted(one.meets))}"
        for one in found
    ]
    show_list(session.as_json, len(items), items, lines, "There is no room and no equipment.")


@resource.command("add")
def add(
    context: typer.Context,
    code: Room,
    kind: Annotated[str, typer.Option("--kind", help="room or equipment.")],
    name: Annotated[str, typer.Option("--name", help="What it is called.")],
    meets: Annotated[str, typer.Option("--meets", help="The needs that it meets, with commas between them.")],
    id: Id = None,
) -> None:
    """Add a room or equipment: agent-tui resource add R05 --kind room --name "Room 5" --meets room,hearing-loop"""
    session: Session = context.obj
    asked = read_id(id)
    with session.desk() as desk:
        from agent_tui.services import resources

        read_choice("--kind", kind, resources.KINDS)
        needs = [clean(one, limit=resources.LONGEST_NEED + 1) for one in meets.split(",")]
        _show(session, resources.add(desk, _code(code), kind, read_words("--name", name, 200), needs, id=asked), "resource")


@resource.command("enable")
def enable_resource(context: typer.Context, code: Room, id: Id = None) -> None:
    """Switch a room or equipment on: agent-tui resource enable R05"""
    session: Session = context.obj
    asked = read_id(id)
    with session.desk() as desk:
        from agent_tui.services import resources

        _show(session, resources.enable(desk, _code(code), id=asked), "resource")


@resource.command("disable")
def disable_resource(context: typer.Context, code: Room, dry_run: DryRun = False, id: Id = None) -> None:
    """Switch a room or equipment off, keep its appointments and flag them: agent-tui resource disable R05 --dry-run"""
    session: Session = context.obj
    asked = read_id(id)
    with session.desk() as desk:
        from agent_tui.services import resources

        _show(
            session,
            resources.preview(desk, _code(code)) if dry_run else resources.disable(desk, _code(code), id=asked),
            "resource",
        )


def _code(text: str) -> str:
    return read_code(text) or ""


def _ticket_id(text: str) -> str:
    found = read_id(text, "TICKET")
    assert found is not None
    return found


def _ticket_object(one: Ticket) -> Object:
    where = f" {one.resource}" if one.resource else f" for team {one.fields['team']}" if "team" in one.fields else ""
    return {
        **{"id": one.id, "kind": one.kind, "status": one.status, "at": iso_instant(one.made_at)},
        **{"text": f"{_KIND_WORDS[one.kind]}{where}", "diary": one.resource, "who": one.made_by},
    }


def _entry_object(one: EntryState) -> Object:
    return {
        **{"id": one.id, "type": one.type, "diary": one.diary, "day": one.day.isoformat()},
        **{"start": clock(one.start), "end": clock(one.end), "client": one.client},
    }


def _show(session: Session, found: "Answer", of: str = "diary") -> None:
    from agent_tui.services.switching import Rejected

    if isinstance(found, Rejected):
        reason = found.problems[0]
        object_ = empty_diary() | {"code": "malformed", "reason": reason, "problems": list(found.problems)}
        answer(session.as_json, object_, found.problems, code=REFUSED, sentence=reason)
    elif isinstance(found, Refused):
        object_ = empty_diary() | {of: found.diary, "code": found.code, "reason": found.reason}
        answer(session.as_json, object_, [found.reason], code=REFUSED, sentence=found.reason)
    else:
        hit = [_entry_object(one) for one in found.flagged]
        object_ = empty_diary() | {
            "status": found.status,
            "repeated": found.repeated,
            "ticket": found.ticket,
            of: found.resource,
            "flagged": hit,
            "key_types_lost": list(found.lost),
        }
        word = "would be flagged" if found.status == "preview" else "is kept and flagged"
        lines = [
            f"{found.status}{' (already)' if found.repeated else ''}: {found.resource or 'ticket'}".rstrip(),
            *([f"ticket {found.ticket}"] if found.ticket else []),
            *[f"! {one['type']} {short_date_of(one['day'])} {one['start']} {one['diary']} {one['id']} {word}" for one in hit],
            *[f"! {code}: nobody could book this key type any more" for code in found.lost],
        ]
        answer(session.as_json, object_, lines)


def register(app: typer.Typer) -> None:
    """Add the commands of diaries, rooms and equipment."""
    diary.command("absorb")(absorb)
    app.add_typer(diary, name="diary")
    app.add_typer(resource, name="resource")
