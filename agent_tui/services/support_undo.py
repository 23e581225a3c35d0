"""The last act of support or review of somebody, taken back within a minute as a new line of the log."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from agent_tui.domain.incidents import INCIDENT_CLOSED, INCIDENT_RAISED, SUPPORT_UNDONE, TICKET_CLOSED, TICKET_RAISED
from agent_tui.domain.log import Event
from agent_tui.domain.questions import QUESTION_ANSWERED, QUESTION_RAISED, QUESTION_UNWATCHED, QUESTION_WATCHED
from agent_tui.domain.requests import Refused
from agent_tui.domain.review import (
    FEEDBACK_ADDED,
    FEEDBACK_ERASED,
    IMPROVEMENT_ADDED,
    IMPROVEMENT_CLOSED,
    PROCEDURE_ADDED,
    PROCEDURE_REVIEWED,
)
from agent_tui.services.acts import Act, request_id
from agent_tui.services.desk import Desk
from agent_tui.services.one_line import write_line
from agent_tui.services.recorded import Recorded, record
from agent_tui.store.queries import log as log_queries
from agent_tui.store.queries import messages as message_queries
from agent_tui.store.queries import review as review_queries
from agent_tui.store.queries import support as support_queries
from agent_tui.store.queries.support import Closes

_CHANGED = "Somebody has gone on with it since, so it cannot be undone."
_SAID: Mapping[str, str] = {
    QUESTION_RAISED: "the question is raised no more",
    QUESTION_WATCHED: "you are not told of the answer",
    QUESTION_UNWATCHED: "you are told of the answer again",
    QUESTION_ANSWERED: "the answer is taken back",
    "question_published": "the question and its answer are taken back",
    INCIDENT_RAISED: "the incident is raised no more",
    INCIDENT_CLOSED: "the incident is open again",
    TICKET_RAISED: "the ticket is raised no more",
    TICKET_CLOSED: "the ticket is open again",
    FEEDBACK_ADDED: "the feedback is kept no more",
    FEEDBACK_ERASED: "",
    IMPROVEMENT_ADDED: "the improvement is no more",
    IMPROVEMENT_CLOSED: "the improvement is open again",
    PROCEDURE_ADDED: "the procedure is on the list no more",
    PROCEDURE_REVIEWED: "the procedure was not reviewed",
}
"""What an undo says, by the verb of the line that it takes back."""


def undo(desk: Desk, former: Mapping[str, str] | None = None, *, id: str | None = None) -> Recorded | Refused:
    """Take back the person's last act of support or review within 60 seconds and return Recorded ("undone") or Refused.

    `former` are answers by question as they stood before they were changed, since the store keeps none. What somebody else
    has gone on with stays, and words that were erased are gone.
    """

    def work(act: Act) -> Recorded | Refused:
        last = log_queries.last_with(act.unit, act.site, (*_SAID, SUPPORT_UNDONE), desk.staff.login)
        if last is None:
            return Refused("not_possible", "There is no act of support or review of yours to undo.")
        if last.verb == SUPPORT_UNDONE:
            return Refused("not_possible", "Your last act of support was an undo; there is nothing more to take back.")
        kept: dict[str, Any] = last.after or {}
        refused = act.too_old(last, kept["id"]) or _back(act, last, kept, former or {})
        if refused is not None:
            return refused
        what = "question_published" if kept.get("status") == "published" else last.verb
        write_line(act, SUPPORT_UNDONE, {"id": kept["id"], "undoes": last.seq, "of": what})
        return _undone(kept["id"], what)

    def again(act: Act, found: str) -> Recorded:
        line = log_queries.by_request(act.unit, act.site, act.request.id)
        return _undone(found, (line.after or {})["of"] if line is not None else "")

    return record(desk, request_id(id, SUPPORT_UNDONE), work, again)


def _undone(id: str, verb: str) -> Recorded:
    return Recorded("undone", id, f"Undone: {_SAID[verb]}.", None)


def _back(act: Act, last: Event, kept: dict[str, Any], former: Mapping[str, str]) -> Refused | None:
    """Bring back what was before a line, or say why that cannot be."""
    item, login = str(kept["id"]), act.desk.staff.login
    if last.verb in _CLOSED:
        table, find = _CLOSED[last.verb]
        one = find(act.unit, act.site, item, lock=True)
        if one is None or (one.closed_by, one.closed_at) != (login, last.at):
            return Refused("stale_version", _CHANGED, id=item)
        support_queries.close(act.unit, act.site, table, item, None, None, None)
    elif last.verb == QUESTION_WATCHED:
        support_queries.unwatch(act.unit, act.site, item, login)
    elif last.verb == QUESTION_UNWATCHED:
        support_queries.watch(act.unit, act.site, item, login)
    elif last.verb == FEEDBACK_ERASED:
        return Refused("not_possible", "Words that were erased are gone for good.", id=item)
    else:
        return _MADE[last.verb](act, item, last, kept, former)
    return None


_CLOSED: Mapping[str, tuple[Closes, Callable[..., Any]]] = {
    INCIDENT_CLOSED: ("incident", support_queries.incident),
    TICKET_CLOSED: ("support_ticket", support_queries.ticket),
    IMPROVEMENT_CLOSED: ("improvement", review_queries.improvement),
}


def _question(act: Act, item: str, last: Event, kept: dict[str, Any], _former: Mapping[str, str]) -> Refused | None:
    one = support_queries.question(act.unit, act.site, item)
    others = () if one is None else set(one.watchers) - {act.desk.staff.login}
    answered = one is not None and bool(one.answer) and last.verb == QUESTION_RAISED
    if one is None or answered or one.ticket is not None or others:
        return Refused("stale_version", _CHANGED, id=item)
    support_queries.delete(act.unit, act.site, "question", item)
    return None


def _answer(act: Act, item: str, last: Event, kept: dict[str, Any], former: Mapping[str, str]) -> Refused | None:
    one = support_queries.question(act.unit, act.site, item)
    if one is None or (one.answered_by, one.answered_at) != (act.desk.staff.login, last.at):
        return Refused("stale_version", _CHANGED, id=item)
    if kept["status"] == "published":
        return _question(act, item, last, kept, former)
    if kept.get("over") and item not in former:
        return Refused("not_possible", "The answer that stood before is not kept; publish it again.", id=item)
    if kept.get("over"):
        support_queries.set_answer(act.unit, act.site, item, former[item], act.desk.staff.login, act.at)
    else:
        support_queries.delete_answer(act.unit, act.site, item)
    support_queries.tell_again(act.unit, act.site, item)
    return None


def _made(table: Any, find: Callable[..., Any], gone_on: Callable[[Any], bool]) -> Callable[..., Refused | None]:
    def back(act: Act, item: str, _last: Event, _kept: dict[str, Any], _former: Mapping[str, str]) -> Refused | None:
        one = find(act.unit, act.site, item)
        if one is None or gone_on(one):
            return Refused("stale_version", _CHANGED, id=item)
        support_queries.delete(act.unit, act.site, table, item)
        return None

    return back


def _ticket(act: Act, item: str, last: Event, kept: dict[str, Any], former: Mapping[str, str]) -> Refused | None:
    """Take back a ticket with what was to be sent of it; one that the service desk has is closed there."""
    if not message_queries.take_back_ticket(act.unit, act.site, item):
        return Refused("stale_version", "The ticket has gone to the service desk, so it cannot be undone; close it.", id=item)
    gone_on = _made("support_ticket", support_queries.ticket, lambda one: one.closed_at is not None)
    return gone_on(act, item, last, kept, former)


def _procedure(act: Act, item: str, last: Event, kept: dict[str, Any], _former: Mapping[str, str]) -> Refused | None:
    one = next((one for one in review_queries.procedures(act.unit, act.site) if one.code == item), None)
    by = act.desk.staff.login if last.verb == PROCEDURE_REVIEWED else None
    on = date.fromisoformat(kept["day"]) if "day" in kept else None
    if one is None or one.reviewed_by != by or (on is not None and one.reviewed != on):
        return Refused("stale_version", _CHANGED, id=item)
    if last.verb == PROCEDURE_ADDED:
        review_queries.delete_procedure(act.unit, act.site, item)
    else:
        was = None if kept["was"] is None else date.fromisoformat(kept["was"])
        review_queries.set_procedure(act.unit, act.site, replace(one, reviewed=was, reviewed_by=kept["was_by"]))
    return None


_MADE: Mapping[str, Callable[..., Refused | None]] = {
    QUESTION_RAISED: _question,
    QUESTION_ANSWERED: _answer,
    INCIDENT_RAISED: _made("incident", support_queries.incident, lambda one: one.closed_at is not None or one.ticket is not None),
    TICKET_RAISED: _ticket,
    FEEDBACK_ADDED: _made("feedback", review_queries.feedback_item, lambda one: one.improvement is not None),
    IMPROVEMENT_ADDED: _made("improvement", review_queries.improvement, lambda one: one.closed_at is not None),
    PROCEDURE_ADDED: _procedure,
    PROCEDURE_REVIEWED: _procedure,
}
