"""Commands on hand-offs, contacts, escalations and closed days."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer, item_object, show_list
from agent_tui.cli.empties import Object
from agent_tui.cli.empty_flags import empty_closure, empty_contact, empty_escalation, empty_handoff
from agent_tui.cli.reading import (
    read_choice,
    read_code,
    read_day,
    read_details,
    read_id,
    read_standard_input,
    read_whole,
    read_words,
)
from agent_tui.cli.session import Session
from agent_tui.domain.contacts import MOST_LEVELS, SUBJECTS, Contact
from agent_tui.domain.flags import ESCALATE, REASONS, side_words
from agent_tui.domain.handoffs import OUTCOMES, Handoff
from agent_tui.domain.requests import ListItem, Refused
from agent_tui.domain.wall_time import iso_instant, short_date, short_date_of

if TYPE_CHECKING:
    from agent_tui.services.closing import DayClosed
    from agent_tui.services.escalating import ContactChanged
    from agent_tui.services.handoffs import HandoffChanged

Id = Annotated[str | None, typer.Option("--id", help="UUID of this request: a retry with it changes nothing.")]
Limit = Annotated[int | None, typer.Option("--limit", help="Show at most so many.")]
HandoffId = Annotated[str, typer.Argument(metavar="HANDOFF", help="The hand-off's id.")]


def _handoffs(context: typer.Context, limit: int | None) -> None:
    session: Session = context.obj
    read_whole("--limit", limit, 1, 1_000_000)
    with session.desk() as desk:
        from agent_tui.services import lists as service

        found: list[ListItem] = service.handoffs(desk)
    today = session.now.date().isoformat()
    due = [(one, one.status != "closed" and (one.details["due"] or "") <= today) for one in found]
    items = [item_object(one) | {"is_due": is_due} for one, is_due in due]
    lines = [
        f"{'!' if is_due else ' '} {one.status:<7} due {short_date_of(one.details['due'] or '')}  {one.text} id {one.id}"
        for one, is_due in due
    ]
    show_list(session.as_json, len(items), items[:limit], lines[:limit], "No hand-off is on record.")


def handoffs(context: typer.Context, limit: Limit = None) -> None:
    """List hand-offs, key types first: agent-tui handoffs"""
    if context.invoked_subcommand is None:
        _handoffs(context, limit)


def list_handoffs(context: typer.Context, limit: Limit = None) -> None:
    """List hand-offs, key types first: agent-tui handoffs list"""
    _handoffs(context, limit)


def take_handoff(context: typer.Context, handoff: HandoffId, id: Id = None) -> None:
    """Take a hand-off: agent-tui handoffs take HANDOFF"""
    session: Session = context.obj
    request, wanted = read_id(id), read_id(handoff, "HANDOFF") or ""
    with session.desk() as desk:
        from agent_tui.services import handoffs as service

        done = service.take(desk, wanted, id=request)
    _show_handoff(session, done)


def close_handoff(
    context: typer.Context,
    handoff: HandoffId,
    how: Annotated[str, typer.Option("--as", help=f"One of {', '.join(OUTCOMES)}.")],
    id: Id = None,
) -> None:
    """Say how a hand-off ended: agent-tui handoffs close HANDOFF --as booked"""
    session: Session = context.obj
    request, wanted = read_id(id), read_id(handoff, "HANDOFF") or ""
    read_choice("--as", how, OUTCOMES)
    with session.desk() as desk:
        from agent_tui.services import handoffs as service

        done = service.close(desk, wanted, how, id=request)
    _show_handoff(session, done)


def _show_handoff(session: Session, done: "HandoffChanged | Refused") -> None:
    if isinstance(done, Refused):
        shown = empty_handoff() | {"code": done.code, "reason": done.reason}
        answer(session.as_json, shown, [done.reason], code=REFUSED, sentence=done.reason)
        return
    item = _handoff_object(done.handoff)
    shown = empty_handoff() | {"status": done.status, "repeated": done.repeated, "item": item}
    answer(session.as_json, shown, [f"{done.status}{' (already)' if done.repeated else ''}: {done.handoff.why}"])


def _handoff_object(one: Handoff) -> Object:
    return {
        **{"id": one.id, "kind": "handoff", "status": one.status, "at": iso_instant(one.made_at), "text": one.why},
        **{"type": one.type, "client": one.client, "key": one.key, "contact": one.contact, "due": one.due},
        **{"claim_date": one.claim_date, "taken_by": one.taken_by, "closed_by": one.closed_by, "outcome": one.outcome},
    }


def _contacts(context: typer.Context, limit: int | None) -> None:
    session: Session = context.obj
    read_whole("--limit", limit, 1, 1_000_000)
    with session.desk() as desk:
        from agent_tui.services import escalating as service

        found: list[Contact] = service.contacts(desk)
    items = [contact_object(one) for one in found]
    lines = [f"{one.level}  {one.code:<16} {one.name}, {one.reach}{f', {one.hours}' if one.hours else ''}" for one in found]
    show_list(
        session.as_json,
        len(items),
        items[:limit],
        lines[:limit],
        "No contact is kept: agent-tui contacts set duty-leader --level 1",
    )


def contact_object(one: Contact) -> Object:
    """Return a contact as an object."""
    return {"contact": one.code, "level": one.level, "name": one.name, "reach": one.reach, "hours": one.hours}


def contacts(context: typer.Context, limit: Limit = None) -> None:
    """List to whom work is escalated, by level: agent-tui contacts"""
    if context.invoked_subcommand is None:
        _contacts(context, limit)


def list_contacts(context: typer.Context, limit: Limit = None) -> None:
    """List to whom work is escalated, by level: agent-tui contacts list"""
    _contacts(context, limit)


def set_contact(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CONTACT", help="A code such as duty-leader.")],
    level: Annotated[int, typer.Option("--level", help=f"From 1, asked first, to {MOST_LEVELS}.")],
    source: Annotated[str, typer.Option("--details", help="Only -: `name:`, `reach:` and `hours:` lines from stdin.")] = "-",
    id: Id = None,
) -> None:
    """Write a contact, its name and number from stdin: agent-tui contacts set duty-leader --level 1 < lines"""
    session: Session = context.obj
    request = read_id(id)
    read_whole("--level", level, 1, MOST_LEVELS)
    if source != "-":
        raise Malformed("Names and numbers are read from standard input: --details takes - only.")
    details = read_details(read_standard_input(), ("name", "reach", "hours"))
    wanted = Contact(read_code(code) or "", level, details.get("name", ""), details.get("reach", ""), details.get("hours", ""))
    with session.desk() as desk:
        from agent_tui.services import escalating as service

        done = service.set_contact(desk, wanted, id=request)
    if isinstance(done, list):
        shown = empty_contact() | {"code": "malformed", "reason": done[0], "problems": done}
        answer(session.as_json, shown, done, code=2, sentence=done[0])
        return
    _show_contact(session, done)


def drop_contact(
    context: typer.Context, code: Annotated[str, typer.Argument(metavar="CONTACT", help="The contact's code.")], id: Id = None
) -> None:
    """Remove a contact: agent-tui contacts drop duty-leader"""
    session: Session = context.obj
    request = read_id(id)
    with session.desk() as desk:
        from agent_tui.services import escalating as service

        done = service.drop_contact(desk, read_code(code) or "", id=request)
    _show_contact(session, done)


def _show_contact(session: Session, done: "ContactChanged | Refused") -> None:
    if isinstance(done, Refused):
        shown = empty_contact() | {"code": done.code, "reason": done.reason}
        answer(session.as_json, shown, [done.reason], code=REFUSED, sentence=done.reason)
        return
    found = {"contact": done.code} if done.contact is None else contact_object(done.contact)
    shown = empty_contact() | {"status": done.status, "repeated": done.repeated, "contact": found}
    answer(session.as_json, shown, [f"{done.status}{' (already)' if done.repeated else ''}: {done.code}"])


def escalate(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="WHAT", help=f"One of {', '.join(SUBJECTS)}.")],
    subject: Annotated[str, typer.Argument(metavar="ID", help="Its id.")],
    reason: Annotated[str, typer.Option("--reason", help=f"One of {', '.join(REASONS[ESCALATE])}.")],
    to: Annotated[str | None, typer.Option("--to", help="A contact; without it the next level.")] = None,
    id: Id = None,
) -> None:
    """Escalate something with all its facts: agent-tui escalate appointment ID --reason no_time_found"""
    session: Session = context.obj
    request, wanted = read_id(id), read_id(subject, "ID") or ""
    read_choice("WHAT", kind, SUBJECTS)
    read_choice("--reason", reason, REASONS[ESCALATE])
    with session.desk() as desk:
        from agent_tui.services import escalating as service

        done = service.escalate(desk, kind, wanted, read_code(to), reason, id=request)
    if isinstance(done, Refused):
        shown = empty_escalation() | {"code": done.code, "reason": done.reason}
        answer(session.as_json, shown, [done.reason], code=REFUSED, sentence=done.reason)
        return
    made = done.escalation
    shown = empty_escalation() | {
        **{"status": "escalated", "repeated": done.repeated, "id": made.id, "of": made.subject_kind, "subject": made.subject},
        **{"contact": contact_object(done.contact), "who": made.made_by, "at": iso_instant(made.made_at)},
        "facts": list(done.facts),
    }
    lines = [f"To {done.contact.name}, {done.contact.reach}{f', {done.contact.hours}' if done.contact.hours else ''}:"]
    answer(session.as_json, shown, [*lines, *done.facts])


def _closures(context: typer.Context, limit: int | None) -> None:
    session: Session = context.obj
    read_whole("--limit", limit, 1, 1_000_000)
    with session.desk() as desk:
        from agent_tui.services import closing as service

        found = service.closures(desk)
    today = session.now.date()
    items: list[Object] = [{"day": day.isoformat(), "name": name} for day, name in found.items() if day >= today]
    show_list(
        session.as_json,
        len(items),
        items[:limit],
        [f"{short_date_of(one['day']):<15}  {one['name']}" for one in items][:limit],
        "No day to come is closed.",
    )


def closures(context: typer.Context, limit: Limit = None) -> None:
    """List the days to come on which the site is closed: agent-tui closures"""
    if context.invoked_subcommand is None:
        _closures(context, limit)


def list_closures(context: typer.Context, limit: Limit = None) -> None:
    """List the days to come on which the site is closed: agent-tui closures list"""
    _closures(context, limit)


def add_closure(
    context: typer.Context,
    day: Annotated[str, typer.Argument(metavar="DAY", help="The day, such as 2026-12-24.")],
    name: Annotated[str, typer.Option("--name", help="What the day is called.")],
    id: Id = None,
) -> None:
    """Close the site on a day, its appointments kept and flagged: agent-tui closures add 2026-12-24 --name "Staff training" """
    session: Session = context.obj
    request, wanted, called = read_id(id), read_day(day), read_words("--name", name, 60)
    with session.desk() as desk:
        from agent_tui.services import closing as service

        done = service.close_day(desk, wanted, called, id=request)
    _show_closure(session, done)


def drop_closure(
    context: typer.Context, day: Annotated[str, typer.Argument(metavar="DAY", help="The day.")], id: Id = None
) -> None:
    """Open the site again on a day: agent-tui closures drop 2026-12-24"""
    session: Session = context.obj
    request, wanted = read_id(id), read_day(day)
    with session.desk() as desk:
        from agent_tui.services import closing as service

        done = service.open_day(desk, wanted, id=request)
    _show_closure(session, done)


def _show_closure(session: Session, done: "DayClosed | Refused") -> None:
    if isinstance(done, Refused):
        shown = empty_closure() | {"code": done.code, "reason": done.reason}
        answer(session.as_json, shown, [done.reason], code=REFUSED, sentence=done.reason)
        return
    flagged = [{"id": one.id, "text": side_words(one)} for one in done.flagged]
    shown = empty_closure() | {"status": done.status, "repeated": done.repeated, "day": done.day.isoformat()}
    again = " (already)" if done.repeated else ""
    lines = [f"{done.status}{again}: {short_date(done.day)}", *(f"  kept and flagged: {one['text']}" for one in flagged)]
    answer(session.as_json, shown | {"name": done.name or None, "flagged": flagged}, lines)


def register(app: typer.Typer) -> None:
    """Add hand-offs, contacts, escalations and closed days."""
    group = typer.Typer(invoke_without_command=True, callback=handoffs, help=handoffs.__doc__)
    group.command("list")(list_handoffs)
    group.command("take")(take_handoff)
    group.command("close")(close_handoff)
    app.add_typer(group, name="handoffs")
    group = typer.Typer(invoke_without_command=True, callback=contacts, help=contacts.__doc__)
    group.command("list")(list_contacts)
    group.command("set")(set_contact)
    group.command("drop")(drop_contact)
    app.add_typer(group, name="contacts")
    app.command("escalate")(escalate)
    group = typer.Typer(invoke_without_command=True, callback=closures, help=closures.__doc__)
    group.command("list")(list_closures)
    group.command("add")(add_closure)
    group.command("drop")(drop_closure)
    app.add_typer(group, name="closures")
