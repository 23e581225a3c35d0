"""Commands on flags: list, show, assign, resolve, reopen."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer, item_object, offer_object
from agent_tui.cli.empties import Object
from agent_tui.cli.empty_flags import empty_flag
from agent_tui.cli.reading import read_choice, read_code, read_day, read_id, read_standard_input, read_start, read_whole
from agent_tui.cli.session import Session
from agent_tui.domain.flags import (
    CANCEL,
    ESCALATE,
    MOVE,
    REASONS,
    RESOLUTIONS,
    SHORT,
    SORTS,
    WHY,
    raised_words,
    side_words,
)
from agent_tui.domain.queue import age_words
from agent_tui.domain.requests import EntryState, ListItem, Moved, Offer, Refused
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import iso_instant, short_date

if TYPE_CHECKING:
    from agent_tui.services.flags import FlagChanged, Queue, Shown, Waiting
    from agent_tui.services.resolving import Place, Resolved

Id = Annotated[str | None, typer.Option("--id", help="UUID of this request: a retry with it changes nothing.")]
FlagId = Annotated[str, typer.Argument(metavar="FLAG", help="The flag's id.")]


def list_flags(
    context: typer.Context,
    kind: Annotated[str | None, typer.Option("--kind", help=f"One of {', '.join(WHY)}.")] = None,
    status: Annotated[str | None, typer.Option("--status", help="open or closed.")] = None,
    assigned: Annotated[str | None, typer.Option("--assigned", help="A login, or nobody.")] = None,
    sort: Annotated[str, typer.Option("--sort", help=f"One of {', '.join(SORTS)}.")] = "age",
    limit: Annotated[int | None, typer.Option("--limit", help="Show at most so many.")] = None,
) -> None:
    """List flags, open ones first: agent-tui flags list --status open --sort urgency"""
    session: Session = context.obj
    read_choice("--sort", sort, SORTS)
    read_whole("--limit", limit, 1, 1_000_000)
    wanted_kind = None if kind is None else read_choice("--kind", kind, tuple(WHY))
    wanted_status = None if status is None else read_choice("--status", status, ("open", "closed"))
    with session.desk() as desk:
        from agent_tui.services import flags as service

        found: Queue = service.queue(desk, kind=wanted_kind, status=wanted_status, assigned=read_code(assigned), sort=sort)
        known = service.logins(desk)
    if assigned not in (None, service.NOBODY, *known):
        from agent_tui.domain.import_text import unknown

        sentence = unknown("login", assigned or "", [service.NOBODY, *known])
        shown = {"status": "refused", "total": 0, "items": [], "code": "unknown_login", "reason": sentence}
        answer(session.as_json, shown, [sentence], code=REFUSED, sentence=sentence)
        return
    items = [_waiting_object(one, found.now_ms) for one in found.items]
    head = f"{found.open} open" + "".join(f", {SHORT.get(name, name)} {count}" for name, count in sorted(found.counts.items()))
    lines = [head, *(_line(one, found.now_ms) for one in found.items[:limit])]
    shown = {"status": "list", "total": len(items), "items": items[:limit], "open": found.open, "counts": dict(found.counts)}
    answer(session.as_json, shown, lines)


def _waiting_object(one: "Waiting", now_ms: int) -> Object:
    flag = one.flag
    from agent_tui.services.lists import flag_details

    base = item_object(ListItem(flag.id, flag.kind, flag.status, flag.raised_at, one.text, flag_details(flag)))
    return base | {
        "when": one.when or None,
        "urgent": one.urgent,
        "age_minutes": max(0, now_ms - flag.raised_at) // 60_000,
        "escalated": one.escalated,
        "resolved_at": None if flag.resolved_at is None else iso_instant(flag.resolved_at),
        "closed_seq": flag.closed_seq,
    }


def _line(one: "Waiting", now_ms: int) -> str:
    flag = one.flag
    state = flag.status if flag.is_open else (flag.resolution or flag.status)
    who = f", with {flag.assigned_to}" if flag.assigned_to else ""
    urgent = "! " if one.urgent else "  "
    return f"{urgent}{state:<9} {age_words(flag.raised_at, now_ms):>6}  {one.text}{who} id {flag.id}"


def show(context: typer.Context, flag: FlagId) -> None:
    """Show a flag: both sides, why, the policy and what it proposes: agent-tui flags show FLAG"""
    session: Session = context.obj
    wanted = _flag_id(flag)
    with session.desk() as desk:
        from agent_tui.services import flags as service

        found: Shown | Refused = service.show(desk, wanted)
        now_ms = service.site_time(desk)
    if isinstance(found, Refused):
        _refuse(session, found)
        return
    one = found.waiting
    sides = [_side_object(side) for side in one.sides]
    proposal = None
    lines = [one.text, *(f"  {side_words(side)}, {side.status}, id {side.id}" for side in one.sides)]
    lines.append(raised_words(one.flag, f"at {iso_instant(one.flag.raised_at)}", one.flag.raised_by))
    for step in () if one.override is None else one.override.chain.steps:
        lines.append(f"Displaces {side_words(step.entry)}, to {_place_words(step.offer)}.")
    if found.policy:
        lines.append(f"Policy: {found.policy}.")
    if found.proposal is not None:
        side, offer = found.proposal.side, found.proposal.offer
        proposal = {"as": found.proposal.how, "side": side.id, "offer": None if offer is None else offer_object(offer)}
        where = "no other place" if offer is None else _place_words(offer)
        lines.append(f"Proposal: {side_words(side)} goes to {where}.")
    lines += [one for one in (found.advice, f"Note: {found.note}" if found.note else None) if one]
    told = [
        {"id": item.id, "contact": item.contact, "level": item.level, "who": item.made_by, "at": iso_instant(item.made_at)}
        for item in found.escalations
    ]
    lines += [f"Escalated to {item.contact} by {item.made_by} at {iso_instant(item.made_at)}" for item in found.escalations]
    object_ = empty_flag() | {
        **{"status": "shown", "flag": _waiting_object(one, now_ms), "sides": sides, "why": WHY.get(one.flag.kind)},
        **{"policy": found.policy, "proposal": proposal, "advice": found.advice, "note": found.note, "escalations": told},
    }
    answer(session.as_json, object_, lines)


def _place_words(offer: Offer) -> str:
    return f"{short_date(offer.day)} {clock(offer.start)} in {offer.diary}"


def _side_object(side: EntryState) -> Object:
    return {
        **{"id": side.id, "kind": side.kind, "status": side.status, "type": side.type, "client": side.client},
        **{"diary": side.diary, "day": side.day.isoformat(), "start": clock(side.start), "end": clock(side.end)},
        **{"priority": side.priority, "made_by": side.made_by, "made_at": iso_instant(side.made_at)},
    }


def assign(
    context: typer.Context,
    flag: FlagId,
    to: Annotated[str, typer.Option("--to", help="The login of who gets it, or nobody.")],
    id: Id = None,
) -> None:
    """Give a flag to somebody: agent-tui flags assign FLAG --to leader1"""
    session: Session = context.obj
    request, wanted = read_id(id), _flag_id(flag)
    with session.desk() as desk:
        from agent_tui.services import flags as service

        done = service.assign(desk, wanted, read_code(to) or "", id=request)
    _show_change(session, done)


def reopen(context: typer.Context, flag: FlagId, id: Id = None) -> None:
    """Open a flag again that was kept or dismissed: agent-tui flags reopen FLAG"""
    session: Session = context.obj
    request, wanted = read_id(id), _flag_id(flag)
    with session.desk() as desk:
        from agent_tui.services import flags as service

        done = service.reopen(desk, wanted, id=request)
    _show_change(session, done)


def _show_change(session: Session, done: "FlagChanged | Refused") -> None:
    if isinstance(done, Refused):
        _refuse(session, done)
        return
    flag = done.flag
    object_ = empty_flag() | {"status": done.status, "repeated": done.repeated, "flag": _flag_object(done)}
    who = f" to {flag.assigned_to or 'nobody'}" if done.status == "assigned" else ""
    answer(session.as_json, object_, [f"{done.status}{who}{' (already)' if done.repeated else ''}: {flag.id}"])


def _flag_object(done: "FlagChanged | Resolved") -> Object:
    from agent_tui.services.lists import flag_details

    flag = done.flag
    return {"id": flag.id, "kind": flag.kind, "status": flag.status, "at": iso_instant(flag.raised_at)} | flag_details(flag)


def resolve(
    context: typer.Context,
    flag: FlagId,
    how: Annotated[str, typer.Option("--as", help=f"One of {', '.join(RESOLUTIONS)}.")],
    reason: Annotated[str, typer.Option("--reason", help="A reason code; which there are is said where it is wrong.")],
    side: Annotated[str | None, typer.Option("--side", help="The id of the side that moves or is cancelled.")] = None,
    day: Annotated[str | None, typer.Option("--day", help="Where it moves to; without it the nearest place.")] = None,
    start: Annotated[str | None, typer.Option("--start", help="Where it moves to.")] = None,
    diary: Annotated[str | None, typer.Option("--diary", help="Where it moves to.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="To which contact; without it the next level.")] = None,
    note: Annotated[str | None, typer.Option("--note", help="- reads free text from standard input.")] = None,
    id: Id = None,
) -> None:
    """Resolve a flag: agent-tui flags resolve FLAG --as move --reason first_come"""
    session: Session = context.obj
    request, wanted_id = read_id(id), _flag_id(flag)
    read_choice("--as", how, RESOLUTIONS)
    read_choice("--reason", reason, REASONS[how])
    place = _place(how, day, start, diary)
    if to is not None and how != ESCALATE:
        raise Malformed("--to names the contact of --as escalate.")
    if side is not None and how not in (MOVE, CANCEL):
        raise Malformed("--side goes with --as move or --as cancel.")
    if note not in (None, "-"):
        raise Malformed("--note takes - and reads the text from standard input: every user of the machine can read an argument.")
    text = "" if note is None else read_standard_input()
    with session.desk() as desk:
        from agent_tui.services import resolving as service

        wanted = service.Wanted(how, reason, read_id(side, "--side"), place, read_code(to))
        done = service.resolve(desk, wanted_id, wanted, note=text, id=request)
    if isinstance(done, Refused):
        _refuse(session, done)
    else:
        _show_resolved(session, done)


def _place(how: str, day: str | None, start: str | None, diary: str | None) -> "Place | None":
    if day is None and start is None and diary is None:
        return None
    if how != MOVE or day is None or start is None or diary is None:
        raise Malformed("A place is said with --as move and all of --day, --start and --diary.")
    from agent_tui.services.resolving import Place

    return Place(read_day(day), read_start(start), read_code(diary) or "")


def _show_resolved(session: Session, done: "Resolved") -> None:
    moves = [_move_object(one) for one in done.moves]
    escalated = done.escalated
    object_ = empty_flag() | {
        **{"status": done.status, "repeated": done.repeated, "flag": _flag_object(done), "moves": moves},
        "cancelled": None if done.cancelled is None else _side_object(done.cancelled),
        "unplaced": [_side_object(one) for one in done.unplaced],
        "escalated_to": None if escalated is None else escalated.contact.code,
        "facts": [] if escalated is None else list(escalated.facts),
    }
    lines = [f"{done.status}{' (already)' if done.repeated else ''}: {done.flag.id}"]
    lines += [f"  {side_words(one.before)} is {side_words(one.after)} now" for one in done.moves]
    lines += [f"  {side_words(one)} has no time any more and is flagged" for one in done.unplaced]
    if escalated is not None:
        lines += [f"To {escalated.contact.name}, {escalated.contact.reach}:", *(f"  {one}" for one in escalated.facts)]
    answer(session.as_json, object_, lines)


def _move_object(one: Moved) -> Object:
    return {"id": one.after.id, "before": _side_object(one.before), "after": _side_object(one.after), "coach": one.coach}


def _flag_id(text: str) -> str:
    return read_id(text, "FLAG") or ""


def _refuse(session: Session, refused: Refused) -> None:
    shown = empty_flag() | {"code": refused.code, "reason": refused.reason}
    answer(session.as_json, shown, [refused.reason], code=REFUSED, sentence=refused.reason)


def register(app: typer.Typer) -> None:
    """Add the commands on flags."""
    group = typer.Typer(no_args_is_help=True, help="Conflicts that wait for a supervisor: agent-tui flags list --status open")
    group.command("list")(list_flags)
    group.command("show")(show)
    group.command("assign")(assign)
    group.command("resolve")(resolve)
    group.command("reopen")(reopen)
    app.add_typer(group, name="flags")
