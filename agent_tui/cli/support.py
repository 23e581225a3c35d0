"""faq, incident, ticket: what is asked, what does not work, and what the lead cannot answer."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from agent_tui.cli.answers import REFUSED, Malformed, answer, show_list
from agent_tui.cli.empties import Object
from agent_tui.cli.empty_support import empty_support
from agent_tui.cli.reading import read_choice, read_id, read_standard_input, read_whole, read_words
from agent_tui.cli.session import Session
from agent_tui.domain.incidents import KINDS, Incident, SupportTicket
from agent_tui.domain.incidents import MOST_WORDS as MOST_INCIDENT
from agent_tui.domain.questions import MOST_ANSWER, MOST_WORDS, NOT_THERE, STATES, Question
from agent_tui.domain.requests import Refused
from agent_tui.domain.wall_time import dated_moment, iso_instant

if TYPE_CHECKING:
    from agent_tui.services.questions import Near
    from agent_tui.services.recorded import Recorded
    from agent_tui.services.switching import Rejected

Id = Annotated[str | None, typer.Option("--id", help="UUID of this request: a retry with it changes nothing.")]
Limit = Annotated[int | None, typer.Option("--limit", help="Show at most so many.")]
QuestionId = Annotated[str, typer.Argument(metavar="QUESTION", help="The question's id.")]
IncidentId = Annotated[str, typer.Argument(metavar="INCIDENT", help="The incident's id.")]
TicketId = Annotated[str, typer.Argument(metavar="TICKET", help="The ticket's id.")]
Words = Annotated[str, typer.Argument(metavar="WORDS", help="The words, or - for standard input.")]


def said_words(name: str, text: str, limit: int) -> str:
    """Return words that were said as an argument, or by `-` on standard input; one character beyond the limit tells that."""
    return read_standard_input() if text == "-" else read_words(name, text, limit + 1)


def show_recorded(session: Session, done: "Recorded | Refused | Rejected | Near", item: Object | None) -> None:
    """Print the answer of an act of support or review; malformed words end with 2, a refusal with 3."""
    from agent_tui.services.questions import Near
    from agent_tui.services.recorded import Recorded

    shown = empty_support()
    if isinstance(done, Recorded):
        shown |= {"status": done.status, "repeated": done.repeated, "id": done.id, "item": item, "say": done.sentence}
        answer(session.as_json, shown, [f"{done.sentence}{' (already)' if done.repeated else ''}", f"id {done.id}"])
    elif isinstance(done, Refused):
        shown |= {"id": done.id, "code": done.code, "reason": done.reason}
        answer(session.as_json, shown, [done.reason], code=REFUSED, sentence=done.reason)
    elif isinstance(done, Near):
        said = done.problems[0]
        shown |= {"code": "near_question", "reason": said, "near": [question_object(one) for one in done.questions]}
        lines = [said, *(_question_line(one) for one in done.questions), "Raise it all the same: --anyway."]
        answer(session.as_json, shown, lines, code=REFUSED, sentence=said)
    else:
        shown |= {"code": "malformed", "reason": done.problems[0], "problems": list(done.problems)}
        answer(session.as_json, shown, done.problems, code=2, sentence=done.problems[0])


def show_found(session: Session, found: object, item: Object | None, lines: list[str]) -> None:
    """Print one item that was asked for, or the refusal."""
    if isinstance(found, Refused):
        show_recorded(session, found, None)
    shown = empty_support() | {"status": "shown", "id": (item or {}).get("id"), "item": item}
    answer(session.as_json, shown, lines)


# Questions.


def question_object(one: Question) -> Object:
    """Return a question as an object; one that comes along was raised and answered by nobody here."""
    return {
        **{"id": one.id, "state": one.state, "question": one.words, "answer": one.answer or None},
        **{"raised_by": one.raised_by or None, "raised_at": iso_instant(one.raised_at) if one.raised_at else None},
        **{"answered_by": one.answered_by or None, "answered_at": iso_instant(one.answered_at) if one.answered_at else None},
        **{"watchers": list(one.watchers), "ticket": one.ticket},
    }


def _question_line(one: Question) -> str:
    return f"{one.state:<9} {one.words} id {one.id}"


def _questions(context: typer.Context, words: str, state: str | None, limit: int | None) -> None:
    session: Session = context.obj
    read_whole("--limit", limit, 1, 1_000_000)
    if state is not None:
        read_choice("--state", state, STATES)
    with session.desk() as desk:
        from agent_tui.services import questions as service
        from agent_tui.services import recorded

        found = [one for one in service.search(desk, words) if state in (None, one.state)]
        lead = recorded.lead(desk) if words and not found else None
    lines = [_question_line(one) for one in found]
    if lead is not None:
        lines = [f"{NOT_THERE.capitalize()}: raise it, and it goes to {lead.name}, {lead.reach} (agent-tui faq raise WORDS)."]
    show_list(
        session.as_json,
        len(found),
        [question_object(one) for one in found][:limit],
        lines[: limit or None],
        "No question is on the list.",
    )


def faq(context: typer.Context, limit: Limit = None) -> None:
    """List questions on booking, those that wait for an answer first: agent-tui faq"""
    if context.invoked_subcommand is None:
        _questions(context, "", None, limit)


def list_questions(
    context: typer.Context,
    state: Annotated[str | None, typer.Option("--state", help=f"One of {', '.join(STATES)}.")] = None,
    limit: Limit = None,
) -> None:
    """List questions on booking: agent-tui faq list --state raised"""
    _questions(context, "", state, limit)


def search_questions(context: typer.Context, words: Words, limit: Limit = None) -> None:
    """Find questions by words, the best first: agent-tui faq search "five minute gaps" """
    _questions(context, said_words("WORDS", words, MOST_WORDS), None, limit)


def show_question(context: typer.Context, question: QuestionId) -> None:
    """Show a question with its answer: agent-tui faq show QUESTION"""
    session: Session = context.obj
    wanted = read_id(question, "QUESTION") or ""
    with session.desk() as desk:
        from agent_tui.services import questions as service

        found = service.show(desk, wanted)
    item = None if isinstance(found, Refused) else question_object(found)
    lines = [] if isinstance(found, Refused) else [_question_line(found), *found.answer.splitlines()]
    show_found(session, found, item, lines)


def raise_question(
    context: typer.Context,
    words: Words,
    anyway: Annotated[bool, typer.Option("--anyway", help="Raise it though one that is nearly the same is there.")] = False,
    id: Id = None,
) -> None:
    """Raise a question that is not there; you are told of the answer: agent-tui faq raise "May a diary have two rooms?" """
    session: Session = context.obj
    request, said = read_id(id), said_words("WORDS", words, MOST_WORDS)
    with session.desk() as desk:
        from agent_tui.services import questions as service

        done = service.raise_question(desk, said, anyway=anyway, id=request)
    _show_question(session, done)


def watch_question(context: typer.Context, question: QuestionId, id: Id = None) -> None:
    """Be told of the answer of a raised question: agent-tui faq watch QUESTION"""
    session: Session = context.obj
    request, wanted = read_id(id), read_id(question, "QUESTION") or ""
    with session.desk() as desk:
        from agent_tui.services import questions as service

        done = service.watch(desk, wanted, id=request)
    _show_question(session, done)


def unwatch_question(context: typer.Context, question: QuestionId, id: Id = None) -> None:
    """Be told of the answer of a question no more: agent-tui faq unwatch QUESTION"""
    session: Session = context.obj
    request, wanted = read_id(id), read_id(question, "QUESTION") or ""
    with session.desk() as desk:
        from agent_tui.services import questions as service

        done = service.unwatch(desk, wanted, id=request)
    _show_question(session, done)


def answer_question(context: typer.Context, question: QuestionId, words: Words = "-", id: Id = None) -> None:
    """Publish the answer of a question, from stdin: echo "Yes, both." | agent-tui faq answer QUESTION"""
    session: Session = context.obj
    request, wanted, said = read_id(id), read_id(question, "QUESTION") or "", said_words("WORDS", words, MOST_ANSWER)
    with session.desk() as desk:
        from agent_tui.services import questions as service

        done = service.answer(desk, wanted, said, id=request)
    _show_question(session, done)


def publish_question(
    context: typer.Context,
    words: Annotated[str, typer.Argument(metavar="WORDS", help="The question.")],
    id: Id = None,
) -> None:
    """Publish a question with its answer, from stdin: echo "Two." | agent-tui faq publish "How many rooms may a diary have?" """
    session: Session = context.obj
    request, asked, said = read_id(id), read_words("WORDS", words, MOST_WORDS + 1), read_standard_input()
    with session.desk() as desk:
        from agent_tui.services import questions as service

        done = service.publish(desk, asked, said, id=request)
    _show_question(session, done)


def _show_question(session: Session, done: "Recorded | Refused | Rejected | Near") -> None:
    item = getattr(done, "item", None)
    show_recorded(session, done, question_object(item) if isinstance(item, Question) else None)


# Incidents.


def incident_object(one: Incident) -> Object:
    """Return an incident as an object."""
    return {
        **{"id": one.id, "kind": one.kind, "status": one.status, "words": one.words, "noticed": one.noticed},
        **{"who": one.made_by, "at": iso_instant(one.made_at), "version": one.version, "engine": one.engine},
        "acts": [{"name": act.name, "seconds": act.seconds, "failed": act.failed} for act in one.acts],
        "findings": [{"severity": severity, "check": check} for severity, check in one.findings],
        **{"outcome": one.outcome, "closed_by": one.closed_by, "ticket": one.ticket},
        "closed_at": None if one.closed_at is None else iso_instant(one.closed_at),
    }


def _incident_line(one: Incident) -> str:
    noticed = dated_moment(datetime.fromisoformat(one.noticed))
    return f"{one.status:<11} {noticed:<21} {KINDS[one.kind]:<10} {one.made_by}  {one.words} id {one.id}"


def _incidents(context: typer.Context, limit: int | None) -> None:
    session: Session = context.obj
    read_whole("--limit", limit, 1, 1_000_000)
    with session.desk() as desk:
        from agent_tui.services import incidents as service

        found = service.incidents(desk)
    items = [incident_object(one) for one in found][:limit]
    show_list(session.as_json, len(found), items, [_incident_line(one) for one in found][:limit], "No incident is on record.")


def incidents(context: typer.Context, limit: Limit = None) -> None:
    """List incidents of the system, the latest first: agent-tui incident"""
    if context.invoked_subcommand is None:
        _incidents(context, limit)


def list_incidents(context: typer.Context, limit: Limit = None) -> None:
    """List incidents of the system, the latest first: agent-tui incident list"""
    _incidents(context, limit)


def raise_incident(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"One of {', '.join(KINDS)}.")],
    words: Annotated[str, typer.Argument(metavar="WORDS", help="Your own words, naming no claimant, or - for stdin.")] = "",
    id: Id = None,
) -> None:
    """Raise an incident, kept on this computer while the store is away: agent-tui incident raise slow "since nine" """
    from agent_tui.services.trouble import StoreTrouble

    session: Session = context.obj
    request, said = read_id(id) or str(uuid4()), said_words("WORDS", words, MOST_INCIDENT)
    read_choice("KIND", kind, list(KINDS))
    try:
        with session.desk() as desk:
            from agent_tui.services import incidents as service

            done = service.raise_incident(desk, kind, said, id=request)
    except StoreTrouble as trouble:
        raise StoreTrouble(f"{trouble} {_keep(session, request, kind, said)}") from None
    item = getattr(done, "item", None)
    show_recorded(session, done, incident_object(item) if isinstance(item, Incident) else None)


def _keep(session: Session, request: str, kind: str, words: str) -> str:
    from agent_tui.domain.cleaning import clean
    from agent_tui.domain.incidents import incident_problem
    from agent_tui.tui.kept_incidents import Kept, KeptIncidents

    said = clean(words, limit=MOST_INCIDENT + 1)
    problem = incident_problem(kind, said)
    if problem is not None:
        raise Malformed(problem)
    keeper = KeptIncidents(session.settings.login, session.settings.store)
    return keeper.keep(Kept(request, kind, said, (), session.now)) or "The incident is kept on this computer until then."


def send_incidents(context: typer.Context) -> None:
    """Write the incidents that were kept on this computer while the store was away: agent-tui incident send"""
    from agent_tui.tui.kept_incidents import KeptIncidents

    session: Session = context.obj
    keeper = KeptIncidents(session.settings.login, session.settings.store)
    with session.desk() as desk:
        written = keeper.send(desk)
    items = [incident_object(one) for one in written]
    show_list(session.as_json, len(items), items, [_incident_line(one) for one in written], "None was kept.")


def show_incident(context: typer.Context, incident: IncidentId) -> None:
    """Show an incident with what the terminal did last: agent-tui incident show INCIDENT"""
    session: Session = context.obj
    wanted = read_id(incident, "INCIDENT") or ""
    with session.desk() as desk:
        from agent_tui.services import incidents as service

        found = service.incident(desk, wanted)
    if isinstance(found, Refused):
        show_recorded(session, found, None)
        return
    lines = [_incident_line(found), f"Version {found.version}, {found.engine}."]
    lines += [f"  {act.name} {act.seconds:.2f} s{', failed' if act.failed else ''}" for act in found.acts]
    lines += [f"  doctor: {severity} {check}" for severity, check in found.findings]
    show_found(session, found, incident_object(found), [*lines, *([f"Closed: {found.outcome}"] if found.outcome else [])])


def close_incident(context: typer.Context, incident: IncidentId, outcome: Words, id: Id = None) -> None:
    """Say what came of an incident: agent-tui incident close INCIDENT "network repaired" """
    session: Session = context.obj
    request, wanted = read_id(id), read_id(incident, "INCIDENT") or ""
    said = said_words("WORDS", outcome, MOST_INCIDENT)
    with session.desk() as desk:
        from agent_tui.services import incidents as service

        done = service.close_incident(desk, wanted, said, id=request)
    item = getattr(done, "item", None)
    show_recorded(session, done, incident_object(item) if isinstance(item, Incident) else None)


# Tickets.


def ticket_object(one: SupportTicket) -> Object:
    """Return a ticket as an object."""
    return {
        **{"id": one.id, "about": one.about, "subject": one.subject, "words": one.words},
        **{"status": "open" if one.closed_at is None else "closed", "who": one.made_by, "at": iso_instant(one.made_at)},
        **{"outcome": one.outcome, "closed_by": one.closed_by},
        "closed_at": None if one.closed_at is None else iso_instant(one.closed_at),
    }


def _tickets(context: typer.Context, limit: int | None) -> None:
    session: Session = context.obj
    read_whole("--limit", limit, 1, 1_000_000)
    with session.desk() as desk:
        from agent_tui.services import incidents as service

        found = service.tickets(desk)
    if isinstance(found, Refused):
        shown = {"status": "refused", "total": 0, "items": [], "code": found.code, "reason": found.reason}
        answer(session.as_json, shown, [found.reason], code=REFUSED, sentence=found.reason)
        return
    items = [ticket_object(one) for one in found]
    lines = [
        f"{item['status']:<6} about the {item['about']} {item['subject']}: {item['words']} id {item['id']}" for item in items
    ]
    show_list(session.as_json, len(items), items[:limit], lines[:limit], "No ticket is on record.")


def tickets(context: typer.Context, limit: Limit = None) -> None:
    """List tickets of questions and incidents: agent-tui ticket"""
    if context.invoked_subcommand is None:
        _tickets(context, limit)


def list_tickets(context: typer.Context, limit: Limit = None) -> None:
    """List tickets of questions and incidents: agent-tui ticket list"""
    _tickets(context, limit)


def raise_ticket(
    context: typer.Context,
    subject: Annotated[str, typer.Argument(metavar="ID", help="The question's or the incident's id.")],
    words: Words,
    id: Id = None,
) -> None:
    """Raise a ticket about what the lead cannot answer: agent-tui ticket raise ID "needs the people who run the tool" """
    session: Session = context.obj
    request, wanted, said = read_id(id), read_id(subject, "ID") or "", said_words("WORDS", words, MOST_INCIDENT)
    with session.desk() as desk:
        from agent_tui.services import incidents as service

        done = service.raise_ticket(desk, wanted, said, id=request)
    _show_ticket(session, done)


def show_ticket(context: typer.Context, ticket: TicketId) -> None:
    """Show a ticket: agent-tui ticket show TICKET"""
    session: Session = context.obj
    wanted = read_id(ticket, "TICKET") or ""
    with session.desk() as desk:
        from agent_tui.services import incidents as service

        found = service.ticket(desk, wanted)
    item = None if isinstance(found, Refused) else ticket_object(found)
    lines = [] if item is None else [f"{item['status']}: about the {item['about']} {item['subject']}", item["words"]]
    show_found(session, found, item, lines)


def close_ticket(context: typer.Context, ticket: TicketId, outcome: Words, id: Id = None) -> None:
    """Say what came of a ticket: agent-tui ticket close TICKET "in the next version" """
    session: Session = context.obj
    request, wanted = read_id(id), read_id(ticket, "TICKET") or ""
    said = said_words("WORDS", outcome, MOST_INCIDENT)
    with session.desk() as desk:
        from agent_tui.services import incidents as service

        done = service.close_ticket(desk, wanted, said, id=request)
    _show_ticket(session, done)


def _show_ticket(session: Session, done: "Recorded | Refused | Rejected") -> None:
    item = getattr(done, "item", None)
    show_recorded(session, done, ticket_object(item) if isinstance(item, SupportTicket) else None)


support = typer.Typer(help="Support and review: agent-tui support undo", no_args_is_help=True)


@support.callback()
def _support() -> None:
    """Name the group, which has one command."""


@support.command("undo")
def undo(context: typer.Context, id: Id = None) -> None:
    """Take back your last act of support or review, within 60 seconds: agent-tui support undo"""
    session: Session = context.obj
    request = read_id(id)
    with session.desk() as desk:
        from agent_tui.services import support_undo as service

        done = service.undo(desk, id=request)
    show_recorded(session, done, None)


def register(app: typer.Typer) -> None:
    """Add questions, incidents and tickets."""
    app.add_typer(support, name="support")
    group = typer.Typer(invoke_without_command=True, callback=faq, help=faq.__doc__)
    group.command("list")(list_questions)
    group.command("search")(search_questions)
    group.command("show")(show_question)
    group.command("raise")(raise_question)
    group.command("watch")(watch_question)
    group.command("unwatch")(unwatch_question)
    group.command("answer")(answer_question)
    group.command("publish")(publish_question)
    app.add_typer(group, name="faq")
    group = typer.Typer(invoke_without_command=True, callback=incidents, help=incidents.__doc__)
    group.command("list")(list_incidents)
    group.command("raise")(raise_incident)
    group.command("show")(show_incident)
    group.command("close")(close_incident)
    group.command("send")(send_incidents)
    app.add_typer(group, name="incident")
    group = typer.Typer(invoke_without_command=True, callback=tickets, help=tickets.__doc__)
    group.command("list")(list_tickets)
    group.command("raise")(raise_ticket)
    group.command("show")(show_ticket)
    group.command("close")(close_ticket)
    app.add_typer(group, name="ticket")
