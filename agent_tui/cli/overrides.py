"""override: an urgent request that finds nothing displaces lower priorities, or is prepared for a supervisor to decide."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, answer, offer_line, offer_object, show_list
from agent_tui.cli.blocks import move_line, move_object
from agent_tui.cli.booking import (
    Channel,
    ClientRef,
    Code,
    DiaryCode,
    FromDay,
    Near,
    Needs,
    RequestUuid,
    SearchAsked,
    TeamCode,
    TimeOfDay,
    ToDay,
    request_of,
    undo_override,
)
from agent_tui.cli.empties import Object
from agent_tui.cli.empty_flags import empty_override, empty_override_preview
from agent_tui.cli.reading import SAID, read_choice, read_details, read_id, read_standard_input, read_whole
from agent_tui.cli.session import Session
from agent_tui.domain.cleaning import clean
from agent_tui.domain.override import REASONS, Chain, Displaced, may_commit
from agent_tui.domain.override_requests import DECISIONS, Hearing, Overridden, OverrideRequest, Previewed, RefusedOverride
from agent_tui.domain.requests import PRIORITIES, EntryState, Offer, Refused, Wish
from agent_tui.domain.ticks import clock
from agent_tui.domain.types import CONTACTS
from agent_tui.domain.wall_time import iso_instant, short_date

if TYPE_CHECKING:
    from agent_tui.services.desk import Desk
    from agent_tui.services.override_requests import Waits

override = typer.Typer(
    help="Displace lower priorities for an urgent request: agent-tui override preview FC-F2F --client C000123",
    no_args_is_help=True,
)

Priority = Annotated[str, typer.Option("--priority", help="urgent or high.")]
Plan = Annotated[str, typer.Option("--plan", help="The chain, as the preview names it.")]
Why = Annotated[str, typer.Option("--reason", help=f"One of {', '.join(REASONS)}.")]
Contact = Annotated[str, typer.Option("--contact", help="phone, online, email or walk-in.")]
Details = Annotated[str | None, typer.Option("--details", help="- reads `note:` and `access needs:` lines from stdin.")]
Language = Annotated[str | None, typer.Option("--language", help="Language the claimant asks for.")]


@dataclass(frozen=True)
class _Said:
    priority: str
    contact: str = "phone"
    language: str | None = None
    details: str | None = None


def _wish(desk: "Desk", asked: SearchAsked, said: _Said) -> Wish:
    read_choice("--priority", said.priority, PRIORITIES)
    read_choice("--contact", said.contact, CONTACTS)
    details = {} if said.details is None else read_details(read_standard_input(), SAID)
    search = request_of(desk, asked)
    return Wish(
        type=search.type,
        diary=search.diary,
        search=search,
        client=search.client,
        needs=search.needs,
        contact=said.contact,
        priority=said.priority,
        language=None if said.language is None else clean(said.language, limit=30),
        access_needs=details.get("access_needs"),
        note=details.get("note"),
    )


@override.command("preview")
def preview(
    context: typer.Context,
    code: Code,
    client: ClientRef = None,
    priority: Priority = "urgent",
    first: FromDay = None,
    last: ToDay = None,
    time: TimeOfDay = None,
    near: Near = None,
    diary: DiaryCode = None,
    team: TeamCode = None,
    channel: Channel = None,
    need: Needs = None,
) -> None:
    """Show whom it would displace and write nothing: agent-tui override preview FC-F2F --client C000123 --to 2026-11-24"""
    session: Session = context.obj
    asked = SearchAsked(code, first, last, time, near, diary, team, channel, tuple(need or ()), client)
    with session.desk() as desk:
        from agent_tui.services.overriding import hearing as hears
        from agent_tui.services.overriding import preview as look

        wanted = _wish(desk, asked, _Said(priority))
        found = look(desk, wanted)
        hearing = Hearing() if isinstance(found, Refused) else hears(desk, found.chains)
    if isinstance(found, Refused):
        shown = empty_override_preview() | _wanted_object(wanted) | {"code": found.code, "reason": found.reason}
        shown |= {"alternatives": [offer_object(one) for one in found.alternatives]}
        lines = [found.reason, *(offer_line(one) for one in found.alternatives)]
        answer(session.as_json, shown, lines, code=REFUSED, sentence=found.reason)
        return
    role = desk.staff.role
    shown = empty_override_preview() | _wanted_object(wanted) | {"status": "plan"}
    shown |= {"free": None if found.free is None else offer_object(found.free)}
    today = session.now.date()
    shown |= {
        "chains": [
            _chain_object(one, may_commit(role, one.approval)) | _hearing_object(hearing, one, today) for one in found.chains
        ]
    }
    answer(session.as_json, shown, _preview_lines(found, hearing, today))


@override.command("commit")
def commit(
    context: typer.Context,
    code: Code,
    plan: Plan,
    reason: Why,
    client: ClientRef = None,
    priority: Priority = "urgent",
    first: FromDay = None,
    last: ToDay = None,
    time: TimeOfDay = None,
    near: Near = None,
    diary: DiaryCode = None,
    team: TeamCode = None,
    channel: Channel = None,
    need: Needs = None,
    contact: Contact = "phone",
    language: Language = None,
    details: Details = None,
    id: RequestUuid = None,
) -> None:
    """Carry a chain out: agent-tui override commit FC-F2F --client C000123 --to 2026-11-24 --plan PLAN --reason safeguarding"""
    session: Session = context.obj
    request, why = read_id(id), read_choice("--reason", reason, REASONS)
    asked = SearchAsked(code, first, last, time, near, diary, team, channel, tuple(need or ()), client)
    with session.desk() as desk:
        from agent_tui.services.overriding import commit as carry_out

        wanted = _wish(desk, asked, _Said(priority, contact, language, details))
        done = carry_out(desk, wanted, clean(plan, limit=64), why, id=request)
    if isinstance(done, Refused):
        _refuse(session, done)
    else:
        shown = empty_override() | _done_object(done) | {"status": "overridden", "repeated": done.repeated}
        answer(session.as_json, shown, _done_lines(done))


@override.command("prepare")
def prepare(
    context: typer.Context,
    code: Code,
    plan: Plan,
    reason: Why,
    client: ClientRef = None,
    priority: Priority = "urgent",
    first: FromDay = None,
    last: ToDay = None,
    time: TimeOfDay = None,
    near: Near = None,
    diary: DiaryCode = None,
    team: TeamCode = None,
    channel: Channel = None,
    need: Needs = None,
    contact: Contact = "phone",
    language: Language = None,
    details: Details = None,
    id: RequestUuid = None,
) -> None:
    """Have it decided: agent-tui override prepare FC-F2F --client C000123 --to 2026-11-24 --plan PLAN --reason safeguarding"""
    session: Session = context.obj
    request, why = read_id(id), read_choice("--reason", reason, REASONS)
    asked = SearchAsked(code, first, last, time, near, diary, team, channel, tuple(need or ()), client)
    with session.desk() as desk:
        from agent_tui.services.override_requests import prepare as write_down

        wanted = _wish(desk, asked, _Said(priority, contact, language, details))
        done = write_down(desk, wanted, clean(plan, limit=64), why, id=request)
    _show_waits(session, done)


@override.command("decide")
def decide(
    context: typer.Context,
    waiting: Annotated[str, typer.Argument(metavar="OVERRIDE", help="The id of the override that waits.")],
    decision: Annotated[str, typer.Option("--as", help=f"One of {', '.join(DECISIONS)}.")],
    plan: Annotated[str | None, typer.Option("--plan", help="Approve this chain instead of the one prepared.")] = None,
    id: RequestUuid = None,
) -> None:
    """Approve, decline or withdraw what was prepared: agent-tui override decide OVERRIDE --as approve"""
    session: Session = context.obj
    request, wanted = read_id(id), read_id(waiting, "OVERRIDE") or ""
    word = read_choice("--as", decision, DECISIONS)
    with session.desk() as desk:
        from agent_tui.services.override_requests import decide as end

        token = None if plan is None else clean(plan, limit=64)
        done = end(desk, wanted, word, token=token, id=request)
    _show_waits(session, done)


@override.command("list")
def list_overrides(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Those that are decided too.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", help="Show at most so many.")] = None,
) -> None:
    """List what waits for a decision, most urgent first: agent-tui override list"""
    session: Session = context.obj
    read_whole("--limit", limit, 1, 1_000_000)
    with session.desk() as desk:
        from agent_tui.services.override_requests import overrides

        found = overrides(desk, every=every)
    items = [_item(one) for one in found]
    lines = [f"{one.status:<9} {_text(one)}, by {one.prepared_by}, id {one.id}" for one in found]
    nothing = "No override is on record." if every else "No override waits for a decision."
    show_list(session.as_json, len(items), items[:limit], lines[:limit], nothing)


def _wanted_object(wanted: Wish) -> Object:
    search = wanted.search
    assert search is not None
    days = {"from": search.first_day.isoformat(), "to": search.last_day.isoformat()}
    return {"type": wanted.type, "client": wanted.client, "priority": wanted.priority, **days}


def _chain_object(chain: Chain, allowed: bool | None = None) -> Object:
    may = {} if allowed is None else {"may_commit": allowed}
    return {
        "plan": chain.token,
        "to": _place(chain.offer),
        "displaces": [_step_object(one) for one in chain.steps],
        "approval": list(chain.approval),
        "days_lost": chain.days_lost,
        "told": chain.told,
        "diaries": sorted(chain.diaries),
        **may,
    }


def _hearing_object(hearing: Hearing, chain: Chain, today: date) -> Object:
    ways = {way or "asking": count for way, count in hearing.claimants(chain).items()}
    return {"told_by": ways, "coaches_told": hearing.coaches(chain, today)}


def _step_object(one: Displaced) -> Object:
    entry = one.entry
    return {
        **{"id": entry.id, "type": entry.type, "client": entry.client, "priority": entry.priority, "depth": one.depth},
        **{"from": _from(entry), "to": _place(one.offer), "days_lost": one.days_lost, "shift_minutes": one.shift_minutes},
        "approval": list(one.approval),
    }


def _from(entry: EntryState) -> Object:
    return {"diary": entry.diary, "day": entry.day.isoformat(), "start": clock(entry.start)}


def _place(offer: Offer) -> Object:
    place = {"diary": offer.diary, "day": offer.day.isoformat(), "start": clock(offer.start)}
    return place | {"end": clock(offer.end), "coach": offer.coach}


def _preview_lines(found: Previewed, hearing: Hearing, today: date) -> list[str]:
    first = "Nothing is free as asked." if found.free is None else f"Nothing is free as asked; elsewhere {offer_line(found.free)}"
    return [first, *(line for chain in found.chains for line in _chain_lines(chain, hearing.words(chain, today)))]


def _chain_lines(chain: Chain, told: str | None = None) -> list[str]:
    to = chain.offer
    lines = [f"plan {chain.token}: {short_date(to.day)} {clock(to.start)}-{clock(to.end)} {to.diary} {to.coach}"]
    for one in chain.steps:
        entry, offer = one.entry, one.offer
        lost = f"{_many(one.days_lost, 'day')} later" if one.days_lost else f"same day, shift {one.shift_minutes} min"
        where = f"{short_date(offer.day)} {clock(offer.start)} {offer.diary} {offer.coach}"
        what = f"{entry.type} {entry.client or ''} {short_date(entry.day)} {clock(entry.start)} {entry.diary}"
        lines.append(f"{'  ' * one.depth}displaces {what}, {entry.priority}, to {where}, {lost}, id {entry.id}")
    approval = f"supervisor ({', '.join(chain.approval)})" if chain.approval else "team leader or supervisor"
    told = told or _many(chain.told, "claimant")
    return [*lines, f"  told: {told}; diaries {', '.join(sorted(chain.diaries))}. approval: {approval}"]


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _done_object(done: Overridden) -> Object:
    entry = done.entry
    place = {"diary": entry.diary, "coach": done.coach, "day": entry.day.isoformat()}
    return {
        **{"id": entry.id, "type": entry.type, "client": entry.client, **place},
        **{"start": clock(entry.start), "end": clock(entry.end), "say": done.say, "reason_code": done.reason},
        **{"moves": [move_object(one) for one in done.moves], "told": done.told},
    }


def _done_lines(done: Overridden) -> list[str]:
    again, entry = " (already)" if done.repeated else "", done.entry
    when = f"{short_date(entry.day)} {clock(entry.start)}"
    first = f"overridden{again}: {entry.type} {when} {entry.diary} {done.coach}, id {entry.id}"
    return [first, *(move_line(one) for one in done.moves), *([done.say] if done.say else [])]


def _text(one: OverrideRequest) -> str:
    to, lower = one.chain.offer, len(one.chain.steps)
    who = f"{one.wanted.priority} {one.wanted.type} {one.wanted.client}"
    return f"{who} to {short_date(to.day)} {clock(to.start)} {to.diary}, displaces {lower}, {one.reason}"


def _item(one: OverrideRequest) -> Object:
    decided = None if one.decided_at is None else iso_instant(one.decided_at)
    return {
        **{"id": one.id, "kind": "override", "status": one.status, "at": iso_instant(one.prepared_at), "text": _text(one)},
        **_wanted_object(one.wanted),
        **{"reason_code": one.reason, "prepared_by": one.prepared_by, "decided_by": one.decided_by, "decided_at": decided},
        **{"entry": one.entry, "chain": _chain_object(one.chain)},
    }


def _refuse(session: Session, refused: Refused) -> None:
    instead = refused.instead if isinstance(refused, RefusedOverride) else ()
    shown = empty_override() | {"type": refused.type, "code": refused.code, "reason": refused.reason}
    shown |= {"instead": [_chain_object(one) for one in instead]}
    shown |= {"alternatives": [offer_object(one) for one in refused.alternatives]}
    lines = [refused.reason, *(line for chain in instead for line in _chain_lines(chain))]
    answer(session.as_json, shown, lines, code=REFUSED, sentence=refused.reason)


def _show_waits(session: Session, done: "Waits | Refused") -> None:
    if isinstance(done, Refused):
        _refuse(session, done)
        return
    shown = empty_override() | {"type": done.request.wanted.type, "client": done.request.wanted.client}
    shown |= {} if done.done is None else _done_object(done.done)
    shown |= {"reason_code": done.request.reason}
    shown |= {"status": done.status, "repeated": done.repeated, "override": _item(done.request)}
    lines = [f"{done.status}{' (already)' if done.repeated else ''}: {_text(done.request)}, id {done.request.id}"]
    answer(session.as_json, shown, lines + ([] if done.done is None else _done_lines(done.done)))


def register(app: typer.Typer) -> None:
    """Add the commands of overrides."""
    override.command("undo")(undo_override)
    app.add_typer(override, name="override")
