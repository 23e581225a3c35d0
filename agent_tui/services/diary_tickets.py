"""Tickets about diaries: a new one requested, approved or declined, and word that segmentation does not meet the need."""

from dataclasses import replace

from agent_tui.domain.cleaning import clean_lines
from agent_tui.domain.diary_requests import (
    DiaryRequest,
    code_problem,
    pattern_problems,
    patterns_from,
    request_problems,
    team_of,
    types_of,
)
from agent_tui.domain.incidents import CLAIMANT_NAMED, names_claimant
from agent_tui.domain.pattern_files import read_patterns
from agent_tui.domain.patterns import Pattern
from agent_tui.domain.requests import Refused
from agent_tui.domain.site import Catalogue, Diary
from agent_tui.domain.tickets import APPROVED, DECLINED, WAITING, Ticket
from agent_tui.services.acts import Act, request_id
from agent_tui.services.desk import Desk
from agent_tui.services.diaries import fields_of
from agent_tui.services.owing import owe_ticket
from agent_tui.services.pattern_text import write_patterns
from agent_tui.services.switching import Answer, Effect, Rejected, switched, written
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import tickets as ticket_queries

MAY_ASK = ("leader", "supervisor", "admin")
MAY_DECIDE = ("supervisor", "admin")
LEAST_WORDS, MOST_WORDS = 10, 2000
LONGEST_REASON = 500


def request(desk: Desk, wanted: DiaryRequest, unread: list[str] | None = None, *, id: str | None = None) -> Answer:
    """Ask for a new diary and return Effect ("requested"), Rejected with every problem at once, or Refused.

    `unread` is what could not be read of the request, to be told with the rest. Details of the work coach go into the
    ticket and nowhere else: not into the log, nor into a hash there.
    Source: seeds/spotlight-appointment-booking.txt, "Diaries required for new users".
    """

    def work(act: Act) -> Answer:
        if desk.staff.role not in MAY_ASK:
            return _role("A diary is requested by a team leader, a supervisor or an administrator.")
        problems = [*(unread or ()), *request_problems(act.catalogue, wanted, desk.now.date())]
        problems += _known_already(act, wanted)
        if problems:
            return Rejected(tuple(problems))
        ticket = Ticket(
            id=act.request.id,
            kind="new_diary",
            status=WAITING,
            resource=None,
            fields=_fields(act.catalogue, wanted),
            patterns=write_patterns(wanted.patterns) if wanted.patterns else "",
            made_by=desk.staff.login,
            made_at=act.at,
        )
        ticket_queries.insert(act.unit, act.site, ticket)
        owe_ticket(act, "ticket", ticket.id)
        return written(act, "diary_requested", Effect("requested", ticket.id))

    def same(act: Act) -> bool:
        return _is_same_request(act, wanted)

    return switched(desk, request_id(id, "diary_request"), work, same)


def _fields(catalogue: Catalogue, wanted: DiaryRequest) -> dict[str, str]:
    team = team_of(catalogue, wanted.team) or ""
    return {
        "coach": wanted.coach,
        "staff_number": wanted.staff_number,
        "email": wanted.email,
        "team": team,
        "team_name": catalogue.teams.get(team, ""),
        "types": ", ".join(sorted(types_of(catalogue, wanted))),
        "like": wanted.like or "",
    }


def _is_same_request(act: Act, wanted: DiaryRequest) -> bool:
    stored = ticket_queries.get(act.unit, act.site, act.request.id)
    if stored is None or request_problems(act.catalogue, replace(wanted, patterns=(), like=None), act.desk.now.date()):
        return False
    asked = _fields(act.catalogue, replace(wanted, like=None)) | {"like": wanted.like or ""}
    if wanted.like is not None:
        del asked["types"]  # those of the other diary may have changed since
    patterns = write_patterns(wanted.patterns) if wanted.patterns else ""
    return stored.patterns == patterns and all(stored.fields.get(name) == value for name, value in asked.items())


def _known_already(act: Act, wanted: DiaryRequest) -> list[str]:
    """Return whether somebody asked for this work coach's diary before, by the two details that name a person."""
    problems = []
    for ticket in ticket_queries.of_kind(act.unit, act.site, "new_diary"):
        diary = act.catalogue.diaries.get(ticket.resource or "")
        if ticket.status == WAITING:
            text = f"the request {ticket.id} for this work coach waits already."
        elif ticket.status == APPROVED and diary is not None and diary.retired is None:
            text = f"this work coach has the diary {diary.code} already."
        else:
            continue
        for name, said in (("staff_number", wanted.staff_number), ("email", wanted.email)):
            if said and ticket.fields.get(name, "").casefold() == said.casefold():
                problems.append(f"{name}: {text}")
    return problems


def approve(desk: Desk, ticket_id: str, code: str, *, enabled: bool = False, id: str | None = None) -> Answer:
    """Make the diary that a ticket asks for, under a free code, and return Effect ("approved"), Rejected or Refused.

    It is switched off unless `enabled`. Patterns whose first day has passed begin today.
    """

    def work(act: Act) -> Answer:
        ticket = _to_decide(act, ticket_id)
        if isinstance(ticket, Refused):
            return ticket
        today = desk.now.date()
        patterns = patterns_from(_patterns_of(ticket), code, today)
        types = frozenset(one for one in ticket.fields["types"].split(", ") if one)
        problem = code_problem(act.catalogue, code)
        problems = [] if problem is None else [problem]
        if problem is None:
            problems += pattern_problems(act.catalogue, code, patterns, today)
        if problems:
            return Rejected(tuple(problems))
        coach = ticket.fields["coach"]
        made = Diary(code, coach, coach, None, ticket.fields["team"], enabled, types)
        kept = [replace(one, id=f"{act.request.id}:{number}") for number, one in enumerate(patterns)]
        catalogue_queries.insert_diaries(act.unit, act.site, [made])
        catalogue_queries.insert_patterns(act.unit, act.site, kept)
        catalogue_queries.bump_version(act.unit, act.site)
        _settle(act, replace(ticket, status=APPROVED, resource=code))
        more = {"types": sorted(types), "team": made.team, "enabled": enabled, "patterns": [one.id for one in kept]}
        return written(act, "diary_approved", Effect("approved", ticket.id, code), **more)

    return switched(desk, request_id(id, "diary_approve", ticket_id, code, enabled), work)


def _patterns_of(ticket: Ticket) -> tuple[Pattern, ...]:
    return read_patterns(ticket.patterns).patterns if ticket.patterns else ()


def decline(desk: Desk, ticket_id: str, reason: str, *, id: str | None = None) -> Answer:
    """Decline a request for a diary, or a call for more than segmentation, and return Effect ("declined") or Refused.

    The reason is free text: it goes to the ticket's fields and not into the log.
    """
    words = clean_lines(reason, limit=LONGEST_REASON)

    def work(act: Act) -> Answer:
        ticket = _to_decide(act, ticket_id, ("new_diary", "segmentation"))
        if isinstance(ticket, Refused):
            return ticket
        if not words:
            return Rejected(("A request is declined with a reason.",))
        _settle(act, replace(ticket, status=DECLINED, fields=ticket.fields | {"reason": words}))
        return written(act, "diary_declined", Effect("declined", ticket.id, ticket.resource))

    def same(act: Act) -> bool:
        stored = ticket_queries.get(act.unit, act.site, ticket_id)
        return stored is not None and stored.fields.get("reason") == words

    return switched(desk, request_id(id, "diary_decline", ticket_id), work, same)


def _settle(act: Act, ticket: Ticket) -> None:
    ticket_queries.settle(act.unit, act.site, replace(ticket, settled_by=act.desk.staff.login, settled_at=act.at))


def _to_decide(act: Act, ticket_id: str, kinds: tuple[str, ...] = ("new_diary",)) -> Ticket | Refused:
    if act.desk.staff.role not in MAY_DECIDE:
        return _role("A request is decided by a supervisor or an administrator.")
    ticket = ticket_queries.get(act.unit, act.site, ticket_id, lock=True)
    if ticket is None:
        return _unknown(ticket_id)
    if ticket.kind not in kinds:
        return Refused("not_possible", "This ticket asks for no diary.", id=ticket_id, diary=ticket.resource)
    if ticket.status != WAITING:
        text = f"This ticket is {ticket.status} already{f' ({ticket.resource})' if ticket.resource else ''}."
        return Refused("not_possible", text, id=ticket_id, diary=ticket.resource)
    return ticket


def escalate(desk: Desk, words: str, diary: str | None = None, *, id: str | None = None) -> Answer:
    """Write down that segmentation does not meet the site's need, for a diary or all of them, with the patterns as they are.

    Returns Effect ("escalated"), Rejected where the words are not of 10 to 2000 characters, or Refused.
    Source: seeds/spotlight-appointment-booking.txt, "Segmentation of appointments within diaries".
    """
    said = clean_lines(words, limit=MOST_WORDS + 1)

    def work(act: Act) -> Answer:
        if desk.staff.role not in MAY_ASK:
            return _role("This is raised by a team leader, a supervisor or an administrator.")
        found = None if diary is None else act.catalogue.diaries.get(diary)
        if diary is not None and (found is None or found.retired is not None):
            return Refused("unknown_diary", f"There is no diary {diary[:30]}. See: agent-tui diaries.", diary=diary)
        if not LEAST_WORDS <= len(said) <= MOST_WORDS:
            text = f"Say in {LEAST_WORDS} to {MOST_WORDS} characters what need is not met; these are {len(said)}."
            return Rejected((text if len(said) <= MOST_WORDS else f"The words are longer than {MOST_WORDS} characters.",))
        if names_claimant(said):
            return Rejected((CLAIMANT_NAMED,))
        fields = {} if found is None else fields_of(act.unit, act.site, act.catalogue, found)
        own = [one for one in act.catalogue.patterns if diary is None or (one.level, one.owner) == ("diary", diary)]
        ticket = Ticket(
            id=act.request.id,
            kind="segmentation",
            status=WAITING,
            resource=diary,
            fields=fields | {"words": said},
            patterns=write_patterns(own) if own else "",
            made_by=desk.staff.login,
            made_at=act.at,
        )
        ticket_queries.insert(act.unit, act.site, ticket)
        owe_ticket(act, "ticket", ticket.id)
        return written(act, "segmentation_escalated", Effect("escalated", ticket.id, diary))

    def same(act: Act) -> bool:
        stored = ticket_queries.get(act.unit, act.site, act.request.id)
        return stored is not None and stored.fields.get("words") == said

    return switched(desk, request_id(id, "diary_escalate", diary), work, same)


def tickets(desk: Desk, status: str | None = None) -> list[Ticket] | Refused:
    """Return the tickets of a status (all with None), oldest first; who may not ask for diaries is refused."""
    if desk.staff.role not in MAY_ASK:
        return _role("Tickets are shown to team leaders, supervisors and administrators.")
    with desk.store.read() as unit:
        return ticket_queries.of_status(unit, desk.site, status)


def ticket(desk: Desk, ticket_id: str) -> Ticket | Refused:
    """Return one ticket with all its fields and patterns; it holds staff details, so who may not ask for diaries is refused."""
    if desk.staff.role not in MAY_ASK:
        return _role("Tickets are shown to team leaders, supervisors and administrators.")
    with desk.store.read() as unit:
        found = ticket_queries.get(unit, desk.site, ticket_id)
    return _unknown(ticket_id) if found is None else found


def _role(text: str) -> Refused:
    return Refused("role", text)


def _unknown(ticket_id: str) -> Refused:
    return Refused("unknown_ticket", f"There is no ticket {ticket_id[:40]}. See: agent-tui diary tickets.", id=ticket_id)
