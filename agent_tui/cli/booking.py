"""Commands of the agent: find, hold, book, confirm, extend, release, move, cancel, attend, undo, show."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import (
    REFUSED,
    Malformed,
    answer,
    drop_in_line,
    drop_in_object,
    offer_line,
    offer_object,
    reason_object,
    show_outcome,
)
from agent_tui.cli.empties import Object
from agent_tui.cli.reading import (
    SAID,
    read_choice,
    read_client_argument,
    read_code,
    read_day,
    read_days,
    read_details,
    read_id,
    read_near,
    read_standard_input,
    read_start,
    read_whole,
    read_window,
)
from agent_tui.cli.session import Session
from agent_tui.domain.cleaning import clean
from agent_tui.domain.plurals import counted
from agent_tui.domain.requests import CANCEL_REASONS, OUTCOMES, PRIORITIES, Found, Outcome, Refused, Request, Wish
from agent_tui.domain.ticks import OffGrid
from agent_tui.domain.types import CHANNELS, CONTACTS
from agent_tui.domain.wall_time import short_date

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk

DEFAULT_DAYS = 20
LONGEST_NOTICE = 60 * 24 * 60

Code = Annotated[str, typer.Argument(metavar="CODE", help="Type code, such as FC-F2F.")]
EntryId = Annotated[str, typer.Argument(metavar="ID", help="The entry's id.")]
FromDay = Annotated[str | None, typer.Option("--from", help="First day (default: today).")]
ToDay = Annotated[str | None, typer.Option("--to", help="Last day (default: 20 working days).")]
TimeOfDay = Annotated[str | None, typer.Option("--time", help="am, pm or HH:MM-HH:MM.")]
Near = Annotated[str | None, typer.Option("--near", help="HH:MM: of each day the nearest start first.")]
DiaryCode = Annotated[str | None, typer.Option("--diary", help="Diary code.")]
TeamCode = Annotated[str | None, typer.Option("--team", help="Team code.")]
Channel = Annotated[str | None, typer.Option("--channel", help="f2f, phone or video.")]
Needs = Annotated[list[str] | None, typer.Option("--need", help="A room or equipment that is needed; may be repeated.")]
ClientRef = Annotated[str | None, typer.Option("--client", help="The claimant's opaque id, or - to read who from stdin.")]
Notice = Annotated[int | None, typer.Option("--notice", help="Minutes between now and the start.")]
RequestUuid = Annotated[str | None, typer.Option("--id", help="UUID of this request: a retry with it changes nothing.")]
Version = Annotated[int | None, typer.Option("--version", help="The version that was seen; another is refused.")]


@dataclass(frozen=True)
class SearchAsked:
    """What a command says of a search, as it was typed."""

    code: str
    first: str | None = None
    last: str | None = None
    time: str | None = None
    near: str | None = None
    diary: str | None = None
    team: str | None = None
    channel: str | None = None
    needs: tuple[str, ...] = ()
    client: str | None = None
    notice: int | None = None
    limit: int | None = 50
    every: bool = False


def request_of(desk: "Desk", asked: SearchAsked) -> Request:
    """Return the search that a command asks for; Malformed where a word of it cannot be read."""
    from agent_tui.services.finding import default_last_day

    today = desk.now.date()
    begin = today if asked.first is None else read_day(asked.first)
    first, last = read_days(asked.first, asked.last, today, default_last_day(desk, max(begin, today), DEFAULT_DAYS))
    if asked.channel is not None:
        read_choice("--channel", asked.channel, CHANNELS)
    return Request(
        type=clean(asked.code, limit=30),
        first_day=first,
        last_day=last,
        window=read_window(asked.time),
        near=read_near(asked.near),
        diary=read_code(asked.diary),
        team=read_code(asked.team),
        channel=asked.channel,
        needs=tuple(clean(need, limit=30) for need in asked.needs),
        client=named_client(desk, asked.client),
        notice=read_whole("--notice", asked.notice, 0, LONGEST_NOTICE),
        limit=read_whole("--limit", asked.limit, 1, 100_000),
        every=asked.every,
    )


def named_client(desk: "Desk", given: str | None) -> str | None:
    """Return the opaque id of the claimant named by an argument or, with `-`, by standard input."""
    from agent_tui.services.claimants import find_clients
    from agent_tui.services.trouble import DeskRefused

    ref = read_client_argument(given)
    if ref != "-":
        return ref
    words = read_standard_input().splitlines()
    found = find_clients(desk, words[0] if words else "", 3)
    if found.total == 1:
        return found.items[0].ref
    how_many = "No claimant fits" if found.total == 0 else "More than one claimant fits"
    raise DeskRefused("unknown_client", f"{how_many} what standard input says; see: agent-tui clients find -")


def find(
    context: typer.Context,
    code: Code,
    first: FromDay = None,
    last: ToDay = None,
    time: TimeOfDay = None,
    near: Near = None,
    diary: DiaryCode = None,
    team: TeamCode = None,
    channel: Channel = None,
    need: Needs = None,
    client: ClientRef = None,
    notice: Notice = None,
    limit: Annotated[int, typer.Option("--limit", help="How many offers to show.")] = 50,
    every: Annotated[bool, typer.Option("--all", help="Every start, not the recommended ones only.")] = False,
) -> None:
    """List the starts that can be booked now: agent-tui find FC-F2F --time am --team A"""
    session: Session = context.obj
    needs = tuple(need or ())
    asked = SearchAsked(
        code, first, last, time, near, diary, team, channel, needs, client, notice, None if every else limit, every
    )
    with session.desk() as desk:
        from agent_tui.services.finding import UnknownClient, UnknownNeed, search

        request = request_of(desk, asked)
        try:
            found = search(desk, request)
        except UnknownNeed as unknown:
            raise Malformed(str(unknown)) from None
        except UnknownClient:
            from agent_tui.services.trouble import DeskRefused

            raise DeskRefused("unknown_client", f"There is no claimant {request.client}.") from None
    _show_found(session, request, found)


def found_object(found: Found) -> Object:
    """Return the answer to a search as the contract's object."""
    kind = found.type
    return {
        "status": found.status,
        "type": {"code": kind.code, "name": kind.name, "minutes": kind.minutes, "channel": kind.channel, "key": kind.key},
        "from": found.first_day.isoformat(),
        "to": found.last_day.isoformat(),
        "total": found.total,
        "starts": found.starts,
        "offers": [offer_object(offer) for offer in found.offers],
        "reasons": [reason_object(reason) for reason in found.reasons],
        "drop_in": drop_in_object(found.drop_in),
    }


def _show_found(session: Session, request: Request, found: Found) -> None:
    kind, shown = found.type, found_object(found)
    lines = [] if found.drop_in is None else [drop_in_line(found.drop_in)]
    what = "start" if request.every else "recommended start"
    days = f"from {short_date(found.first_day)} to {short_date(found.last_day)}"
    lines += [f"{kind.name or kind.code}: {counted(found.total, what)} {days}."]
    lines += [offer_line(offer) for offer in found.offers]
    if found.total > len(found.offers):
        lines.append(f"... {found.total - len(found.offers)} more: --limit {found.total}")
    if found.starts > found.total:
        lines.append(f"{found.starts - found.total} other starts leave less room for long meetings: --all")
    lines += [f"{reason.text} ({reason.count}) {reason.fix or ''}".rstrip() for reason in found.reasons]
    sentence = found.reasons[0].text if found.reasons else "Nothing was found."
    answer(session.as_json, shown, lines, code=0 if found.offers else REFUSED, sentence=sentence)


@dataclass(frozen=True)
class _Wanted:
    day: str | None
    start: str | None
    first: bool
    contact: str
    priority: str
    reason: str | None
    allow_clash: bool
    dry_run: bool
    claim_date: str | None
    language: str | None
    details: str | None
    moving: str | None
    id: str | None


def _wish(desk: "Desk", asked: SearchAsked, wanted: _Wanted) -> Wish:
    if not wanted.first and (wanted.day is None or wanted.start is None):
        raise Malformed("Say when with --day and --start, or take the first offer with --first.")
    if wanted.first and (wanted.day is not None or wanted.start is not None):
        raise Malformed("--first takes the first offer; leave out --day and --start, or use --from, --to and --time.")
    if wanted.priority != "standard" and not wanted.reason:
        raise Malformed(f"Priority {wanted.priority} needs its --reason.")
    read_choice("--contact", wanted.contact, CONTACTS)
    read_choice("--priority", wanted.priority, PRIORITIES)
    details = {} if wanted.details is None else read_details(read_standard_input(), SAID)
    request = request_of(desk, asked)
    return Wish(
        type=request.type,
        day=None if wanted.day is None else read_day(wanted.day),
        start=None if wanted.start is None else read_start(wanted.start),
        diary=request.diary,
        first=wanted.first,
        search=request if wanted.first else None,
        client=request.client,
        needs=request.needs,
        contact=wanted.contact,
        priority=wanted.priority,
        priority_reason=None if wanted.reason is None else clean(wanted.reason),
        allow_clash=wanted.allow_clash,
        access_needs=details.get("access_needs"),
        language=None if wanted.language is None else clean(wanted.language, limit=30),
        note=details.get("note"),
        claim_date=None if wanted.claim_date is None else read_day(wanted.claim_date),
        moving=read_id(wanted.moving, "--moving"),
    )


def _allocate(session: Session, confirm: bool, asked: SearchAsked, wanted: _Wanted) -> None:
    id = read_id(wanted.id)
    with session.desk() as desk:
        from agent_tui.services import booking as service

        if confirm and wanted.moving:
            raise Malformed("--moving goes with hold; to move at once, use: agent-tui move ID --day D --start T")
        try:
            wish = _wish(desk, asked, wanted)
        except OffGrid as off_grid:
            outcome: Outcome = Refused(
                "off_grid", str(off_grid), id=id, type=clean(asked.code, limit=30), diary=read_code(asked.diary)
            )
        else:
            if wanted.dry_run:
                outcome = service.try_out(desk, wish, confirm=confirm)
            else:
                outcome = (service.book if confirm else service.hold)(desk, wish, id=id)
    show_outcome(session.as_json, outcome)


def _allocating(confirm: bool) -> Callable[..., None]:
    def command(
        context: typer.Context,
        code: Code,
        client: ClientRef = None,
        day: Annotated[str | None, typer.Option("--day", help="Day of the start.")] = None,
        start: Annotated[str | None, typer.Option("--start", help="HH:MM on the five-minute grid.")] = None,
        diary: DiaryCode = None,
        first: Annotated[bool, typer.Option("--first", help="Take the first line of the same find.")] = False,
        from_day: FromDay = None,
        to_day: ToDay = None,
        time: TimeOfDay = None,
        near: Near = None,
        team: TeamCode = None,
        channel: Channel = None,
        need: Needs = None,
        notice: Notice = None,
        contact: Annotated[str, typer.Option("--contact", help="phone, online, email or walk-in.")] = "phone",
        priority: Annotated[str, typer.Option("--priority", help="standard, high or urgent.")] = "standard",
        reason: Annotated[str | None, typer.Option("--reason", help="Why the priority; no personal data.")] = None,
        allow_clash: Annotated[
            bool, typer.Option("--allow-clash", help="Book over the claimant's own other appointment.")
        ] = False,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen and write nothing.")] = False,
        claim_date: Annotated[str | None, typer.Option("--claim-date", help="Day of the claim, for a hand-off.")] = None,
        language: Annotated[str | None, typer.Option("--language", help="Language the claimant asks for.")] = None,
        details: Annotated[
            str | None, typer.Option("--details", help="- reads `note:` and `access needs:` lines from stdin.")
        ] = None,
        moving: Annotated[str | None, typer.Option("--moving", help="The appointment that a confirmed hold will move.")] = None,
        id: RequestUuid = None,
    ) -> None:
        needs = tuple(need or ())
        asked = SearchAsked(code, from_day, to_day, time, near, diary, team, channel, needs, client, notice)
        wanted = _Wanted(
            day, start, first, contact, priority, reason, allow_clash, dry_run, claim_date, language, details, moving, id
        )
        _allocate(context.obj, confirm, asked, wanted)

    command.__doc__ = (
        "Hold and confirm in one step: agent-tui book FC-F2F --client C000123 --first"
        if confirm
        else "Take a start for ten minutes: agent-tui hold FC-F2F --day 2026-11-30 --start 10:00 --diary D05"
    )
    return command


def _act(context: typer.Context, work: Callable[["Desk"], Outcome]) -> None:
    session: Session = context.obj
    with session.desk() as desk:
        outcome = work(desk)
    show_outcome(session.as_json, outcome)


def confirm(
    context: typer.Context,
    entry: EntryId,
    client: ClientRef = None,
    allow_clash: Annotated[
        bool, typer.Option("--allow-clash", help="Confirm over the claimant's own other appointment.")
    ] = False,
    version: Version = None,
    id: RequestUuid = None,
) -> None:
    """Turn a hold into an appointment: agent-tui confirm ID --client C000123"""
    from agent_tui.services import booking as service

    held, request = _entry_id(entry), read_id(id)
    _act(
        context,
        lambda desk: service.confirm(
            desk, held, client=named_client(desk, client), allow_clash=allow_clash, version=version, id=request
        ),
    )


def extend(context: typer.Context, entry: EntryId, version: Version = None, id: RequestUuid = None) -> None:
    """Give a hold its whole time anew: agent-tui extend ID"""
    from agent_tui.services import booking as service

    held, request = _entry_id(entry), read_id(id)
    _act(context, lambda desk: service.extend(desk, held, version=version, id=request))


def release(context: typer.Context, entry: EntryId, version: Version = None, id: RequestUuid = None) -> None:
    """Give a hold's time back: agent-tui release ID"""
    from agent_tui.services import booking as service

    held, request = _entry_id(entry), read_id(id)
    _act(context, lambda desk: service.release(desk, held, version=version, id=request))


def move(
    context: typer.Context,
    entry: EntryId,
    day: Annotated[str, typer.Option("--day", help="Day of the new start.")],
    start: Annotated[str, typer.Option("--start", help="HH:MM on the five-minute grid.")],
    diary: DiaryCode = None,
    version: Version = None,
    id: RequestUuid = None,
) -> None:
    """Move an appointment in one step: agent-tui move ID --day 2026-12-01 --start 10:20"""
    from agent_tui.services import changes as service

    moved, request, wanted_day = _entry_id(entry), read_id(id), read_day(day)
    _act(context, lambda desk: _move(service.move, desk, moved, wanted_day, start, diary, version, request))


def _move(
    service: Callable[..., Outcome],
    desk: "Desk",
    entry: str,
    day: date,
    start: str,
    diary: str | None,
    version: int | None,
    id: str | None,
) -> Outcome:
    try:
        tick = read_start(start)
    except OffGrid as off_grid:
        return Refused("off_grid", str(off_grid), id=entry, day=day)
    return service(desk, entry, day, tick, read_code(diary), version=version, id=id)


def cancel(
    context: typer.Context,
    entry: EntryId,
    reason: Annotated[str, typer.Option("--reason", help=f"One of {', '.join(CANCEL_REASONS)}.")],
    version: Version = None,
    id: RequestUuid = None,
) -> None:
    """Cancel an appointment and free its time: agent-tui cancel ID --reason claimant"""
    from agent_tui.services import changes as service

    code = read_choice("--reason", reason, CANCEL_REASONS)
    cancelled, request = _entry_id(entry), read_id(id)
    _act(context, lambda desk: service.cancel(desk, cancelled, code, version=version, id=request))


_SAID_OF_OUTCOMES = {
    **dict.fromkeys(("missed", "absent", "no_show", "noshow", "did_not_attend", "did_not_come"), "dna"),
    **dict.fromkeys(("arrived", "came", "present", "here"), "attended"),
}


def attend(
    context: typer.Context,
    entry: EntryId,
    outcome: Annotated[str, typer.Option("--as", help=f"One of {', '.join(OUTCOMES)}; a login here is who acts.")],
    minutes: Annotated[int | None, typer.Option("--minutes", help="How late, or how long it took.")] = None,
    version: Version = None,
    id: RequestUuid = None,
) -> None:
    """Record what came of an appointment: agent-tui attend ID --as dna"""
    from agent_tui.services import attendance as service

    word = read_choice("--as", outcome, OUTCOMES, said=_SAID_OF_OUTCOMES)
    seen, request, length = _entry_id(entry), read_id(id), read_whole("--minutes", minutes, 0, 24 * 60)
    _act(context, lambda desk: service.attend(desk, seen, word, minutes=length, version=version, id=request))


def undo(
    context: typer.Context,
    entry: Annotated[str | None, typer.Argument(metavar="[ID]", help="The entry (default: your last act).")] = None,
    version: Version = None,
    id: RequestUuid = None,
) -> None:
    """Take back your last act within 60 seconds: agent-tui undo"""
    from agent_tui.services import changes as service

    undone, request = None if entry is None else _entry_id(entry), read_id(id)
    _act(context, lambda desk: service.undo(desk, undone, version=version, id=request))


def undo_override(
    context: typer.Context,
    entry: Annotated[str | None, typer.Argument(metavar="[ID]", help="One of its appointments (default: your last).")] = None,
    version: Version = None,
    id: RequestUuid = None,
) -> None:
    """Take back all of your last override within 60 seconds: agent-tui override undo"""
    from agent_tui.services import overriding as service

    undone, request = None if entry is None else _entry_id(entry), read_id(id)
    _act(context, lambda desk: service.undo(desk, undone, version=version, id=request))


def show(context: typer.Context, entry: EntryId) -> None:
    """Show an entry as it is now: agent-tui show ID"""
    from agent_tui.services import changes as service

    shown = _entry_id(entry)
    _act(context, lambda desk: service.show(desk, shown))


def _entry_id(text: str) -> str:
    id = read_id(text, "ID")
    assert id is not None
    return id


def register(app: typer.Typer) -> None:
    """Add the agent's commands."""
    app.command("find")(find)
    app.command("hold")(_allocating(confirm=False))
    app.command("book")(_allocating(confirm=True))
    for command in (confirm, extend, release, move, cancel, attend, undo, show):
        app.command(command.__name__)(command)
