"""Incidents of the system and the tickets that come of them, or of questions that the lead cannot answer."""

from collections.abc import Sequence
from datetime import datetime

from agent_tui import __version__
from agent_tui.domain.cleaning import clean, clean_lines
from agent_tui.domain.incidents import (
    CLOSED,
    INCIDENT_CLOSED,
    INCIDENT_RAISED,
    MOST_WORDS,
    TICKET_CLOSED,
    TICKET_RAISED,
    ActTiming,
    Incident,
    SupportTicket,
    incident_problem,
    kept_acts,
    words_problem,
)
from agent_tui.domain.questions import ANSWERED
from agent_tui.domain.requests import Refused
from agent_tui.services.acts import Act, request_id
from agent_tui.services.desk import Desk
from agent_tui.services.doctor import examine
from agent_tui.services.one_line import write_line
from agent_tui.services.owing import owe_ticket
from agent_tui.services.questions import questions_in
from agent_tui.services.recorded import Ending, Recorded, close, made_id, record, refuse_role, to_lead
from agent_tui.services.switching import Rejected
from agent_tui.services.trouble import StoreTrouble
from agent_tui.store.queries import support as support_queries

NOT_EXAMINED = ("error", "unreadable")
"""What stands for the doctor's findings where it could not read the store."""


def raise_incident(
    desk: Desk,
    kind: str,
    words: str,
    acts: Sequence[ActTiming] = (),
    *,
    noticed: datetime | None = None,
    version: str = __version__,
    id: str | None = None,
) -> Recorded | Refused | Rejected:
    """Write an incident with what the doctor finds, and return Recorded ("raised").

    Of `acts` names and seconds are kept, of the doctor severity and check, never its sentences; nothing is about a claimant.
    `noticed` and `version` are site time and the app's version when it happened, for one that waited for the store.
    """
    said = clean(words, limit=MOST_WORDS + 1)
    problem = incident_problem(kind, said)
    if problem is not None:
        return Rejected((problem,))
    findings = _findings(desk)

    def work(act: Act) -> Recorded | Refused:
        one = Incident(
            id=made_id(act),
            kind=kind,
            words=said,
            acts=kept_acts(acts),
            findings=findings,
            version=clean(version, limit=40),
            engine=f"{desk.store.engine_name}",
            noticed=f"{noticed or desk.now:%Y-%m-%dT%H:%M}",
            made_by=desk.staff.login,
            made_at=act.at,
        )
        support_queries.insert_incident(act.unit, act.site, one)
        write_line(act, INCIDENT_RAISED, {"id": one.id, "kind": kind})
        return _raised(act, one)

    def again(act: Act, found: str) -> Recorded | None:
        one = support_queries.incident(act.unit, act.site, found)
        return _raised(act, one) if one is not None and one.words == said else None

    return record(desk, request_id(id, INCIDENT_RAISED, kind), work, again)


def _findings(desk: Desk) -> tuple[tuple[str, str], ...]:
    try:
        found = examine(desk, sweep=False).findings
    except StoreTrouble:
        return (NOT_EXAMINED,)
    return tuple(dict.fromkeys((one.severity, one.check) for one in found if one.severity != "info"))


def _raised(act: Act, one: Incident) -> Recorded:
    return Recorded("raised", one.id, f"Incident raised: it goes to {to_lead(act.unit, act.site)}.", one)


def incidents(desk: Desk) -> list[Incident]:
    """Return the incidents of the site, the latest first."""
    with desk.store.read() as unit:
        return support_queries.incidents(unit, desk.site)


def incident(desk: Desk, id: str) -> Incident | Refused:
    """Return one incident, or Refused."""
    with desk.store.read() as unit:
        return support_queries.incident(unit, desk.site, id) or _no_incident(id)


def _no_incident(id: str) -> Refused:
    return Refused("unknown_incident", f"There is no incident {id[:40]}. See: agent-tui incident list.", id=id)


_INCIDENT = Ending("incident", "incident", INCIDENT_CLOSED, support_queries.incident, _no_incident)


def close_incident(desk: Desk, incident: str, outcome: str, *, id: str | None = None) -> Recorded | Refused | Rejected:
    """Say what came of an incident and return Recorded ("closed"); a team leader, a supervisor or an administrator does."""
    return close(desk, _INCIDENT, incident, outcome, id)


def raise_ticket(desk: Desk, subject: str, words: str, *, id: str | None = None) -> Recorded | Refused | Rejected:
    """Make a ticket of a question or an incident that the lead cannot answer, and return Recorded ("ticketed").

    One about each at most, refused by the key. It holds words of staff only. A team leader or above makes it.
    """
    refused = refuse_role(desk, "A ticket is raised by a lead.")
    if refused is not None:
        return refused
    said = clean_lines(words, limit=MOST_WORDS + 1)
    problem = words_problem(said, needed=True)
    if problem is not None:
        return Rejected((problem,))

    def work(act: Act) -> Recorded | Refused:
        about = _about(act, subject)
        if isinstance(about, Refused):
            return about
        one = SupportTicket(made_id(act), about, subject, said, desk.staff.login, act.at)
        support_queries.insert_ticket(act.unit, act.site, one)
        owe_ticket(act, "support_ticket", one.id)
        write_line(act, TICKET_RAISED, {"id": one.id, "of": about, "subject": subject})
        return _ticketed(one)

    def again(act: Act, found: str) -> Recorded | None:
        one = support_queries.ticket(act.unit, act.site, found)
        return _ticketed(one) if one is not None and one.words == said else None

    return record(desk, request_id(id, TICKET_RAISED, subject), work, again)


def _about(act: Act, subject: str) -> str | Refused:
    """Return what a subject is, or why no ticket can be about it."""
    incident = support_queries.incident(act.unit, act.site, subject, lock=True)
    question = next((one for one in questions_in(act.unit, act.site) if one.id == subject), None)
    if incident is None and question is None:
        return Refused("unknown_subject", f"There is no question and no incident {subject[:40]}.", id=subject)
    ticket = incident.ticket if incident is not None else question.ticket if question is not None else None
    if ticket is not None:
        return Refused("not_possible", f"There is a ticket about it already: {ticket}.", id=subject)
    if incident is not None and incident.status == CLOSED:
        return Refused("not_possible", f"This incident is closed already: {incident.outcome}", id=subject)
    if question is not None and question.state == ANSWERED:
        return Refused("not_possible", "This question is answered already.", id=subject)
    return "question" if incident is None else "incident"


def _ticketed(one: SupportTicket) -> Recorded:
    return Recorded("ticketed", one.id, f"Ticket {one.id[:8]} is raised about the {one.about}.", one)


def tickets(desk: Desk) -> list[SupportTicket] | Refused:
    """Return the tickets of questions and incidents, the latest first; who raises none is refused."""
    refused = refuse_role(desk, "Tickets are a lead's.")
    if refused is not None:
        return refused
    with desk.store.read() as unit:
        return support_queries.tickets(unit, desk.site)


def ticket(desk: Desk, id: str) -> SupportTicket | Refused:
    """Return one ticket, or Refused."""
    refused = refuse_role(desk, "Tickets are a lead's.")
    if refused is not None:
        return refused
    with desk.store.read() as unit:
        return support_queries.ticket(unit, desk.site, id) or _no_ticket(id)


def _no_ticket(id: str) -> Refused:
    return Refused("unknown_ticket", f"There is no ticket {id[:40]}. See: agent-tui ticket list.", id=id)


_TICKET = Ending("ticket", "support_ticket", TICKET_CLOSED, support_queries.ticket, _no_ticket)


def close_ticket(desk: Desk, ticket: str, outcome: str, *, id: str | None = None) -> Recorded | Refused | Rejected:
    """Say what came of a ticket and return Recorded ("closed"); its question or incident stays as it is."""
    return close(desk, _TICKET, ticket, outcome, id)
