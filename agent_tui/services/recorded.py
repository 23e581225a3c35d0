"""What the acts of support and review share: their answer, who may, and the id of what they make."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from agent_tui.domain.cleaning import clean_lines
from agent_tui.domain.contacts import Contact
from agent_tui.domain.incidents import MOST_WORDS, SUPPORT_UNDONE, outcome_problem
from agent_tui.domain.log import Event
from agent_tui.domain.requests import Refused
from agent_tui.domain.review import REVIEWED_BY
from agent_tui.domain.roles import reaches, who_can
from agent_tui.domain.site_settings import LEAD, LOWEST
from agent_tui.services.acts import Act, RequestId, id_reused, in_one_act, request_id
from agent_tui.services.desk import Desk
from agent_tui.services.escalating import contacts_in
from agent_tui.services.one_line import write_line
from agent_tui.services.switching import Rejected
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import offers as offer_queries
from agent_tui.store.queries import support as support_queries
from agent_tui.store.queries.support import Closes
from agent_tui.store.unit_of_work import Unit

LEAST = REVIEWED_BY
"""The least role that publishes answers, closes what was raised, owns improvements and reviews procedures."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was done: a word such as "raised", the id, a sentence for the status line, and the item as it is now."""

    status: str
    id: str
    sentence: str
    item: object
    repeated: bool = False


def made_id(act: Act) -> str:
    """Return the id of what an act makes: that of a retry is the same."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{act.site}:{act.request.id}:made"))


def refuse_role(desk: Desk, what: str) -> Refused | None:
    """Return the refusal of an act that is a team leader's or above, naming who could; or None."""
    return None if reaches(desk.staff.role, LEAST) else Refused("role", f"{what} {who_can(LEAST)}")


def record(
    desk: Desk,
    request: RequestId,
    work: Callable[[Act], Recorded | Refused],
    again: Callable[[Act, str], Recorded | None],
) -> Recorded | Refused:
    """Run an act in one transaction; `again` answers a retry from the id in its line, with None for other words than before."""

    def repeat(act: Act, event: Event) -> Recorded | Refused:
        undone = log_queries.with_verbs(act.unit, act.site, (SUPPORT_UNDONE,), event.seq)
        if any((one.after or {})["undoes"] == event.seq for one in undone):
            text = "This was done and taken back since; ask for it under another id."
            return Refused("not_possible", text, id=request.id)
        found = again(act, str((event.after or {})["id"]))
        if found is None:
            return id_reused(request)
        return replace(found, repeated=True)

    return in_one_act(desk, request, work, repeat)


@dataclass(frozen=True, slots=True)
class Ending:
    """What is closed with an outcome: what it is called, its table, the verb of the log, how it is found, what there is not."""

    noun: str
    table: Closes
    verb: str
    find: Callable[..., Any]
    unknown: Callable[[str], Refused]


def close(desk: Desk, kind: Ending, item: str, outcome: str, id: str | None) -> Recorded | Refused | Rejected:
    """Say what came of an incident, a ticket or an improvement and return Recorded ("closed"); one that is closed is refused."""
    refused = refuse_role(desk, f"{'A' if kind.noun == 'ticket' else 'An'} {kind.noun} is closed by a lead.")
    if refused is not None:
        return refused
    said = clean_lines(outcome, limit=MOST_WORDS + 1)
    problem = outcome_problem(said)
    if problem is not None:
        return Rejected((problem,))

    def closed(act: Act) -> Recorded:
        return Recorded("closed", item, f"The {kind.noun} is closed.", kind.find(act.unit, act.site, item))

    def work(act: Act) -> Recorded | Refused:
        one = kind.find(act.unit, act.site, item, lock=True)
        if one is None:
            return kind.unknown(item)
        if one.closed_at is not None:
            return Refused("not_possible", f"This {kind.noun} is closed already: {one.outcome}", id=item)
        support_queries.close(act.unit, act.site, kind.table, item, said, desk.staff.login, act.at)
        write_line(act, kind.verb, {"id": item})
        return closed(act)

    def again(act: Act, found: str) -> Recorded | None:
        one = kind.find(act.unit, act.site, found)
        return closed(act) if one is not None and one.outcome == said else None

    return record(desk, request_id(id, kind.verb, item), work, again)


def lead_in(unit: Unit, site: str) -> Contact:
    """Return the contact to whom questions and incidents go first: the one that the site names, else that of the lowest level."""
    known = contacts_in(unit, site)
    wanted = offer_queries.settings(unit, site).get(LEAD, LOWEST)
    return next((one for one in known if one.code == wanted), known[0])


def lead(desk: Desk) -> Contact:
    """Return the contact to whom questions and incidents go first."""
    with desk.store.read() as unit:
        return lead_in(unit, desk.site)


def to_lead(unit: Unit, site: str) -> str:
    """Return where something goes, in words: "Duty team leader, extension 100"."""
    one = lead_in(unit, site)
    return f"{one.name}, {one.reach}"


def staff_names(desk: Desk) -> dict[str, str]:
    """Return the names of the site's staff by login, to say who raised or closed something."""
    with desk.store.read() as unit:
        return catalogue_queries.staff_names(unit, desk.site)
