"""Feedback, what becomes of it, and the yearly review of procedures."""

from dataclasses import replace
from datetime import date, datetime, time
from functools import cache

from agent_tui.domain.cleaning import clean, clean_lines
from agent_tui.domain.clients import holds_personal
from agent_tui.domain.import_text import unknown
from agent_tui.domain.requests import Refused
from agent_tui.domain.review import (
    FEEDBACK_ADDED,
    FEEDBACK_ERASED,
    IMPROVEMENT_ADDED,
    IMPROVEMENT_CLOSED,
    MOST_FEEDBACK,
    MOST_TITLE,
    PROCEDURE_ADDED,
    PROCEDURE_REVIEWED,
    SOURCES,
    Feedback,
    Improvement,
    Procedure,
    ToReview,
    procedure_problem,
    read_procedures,
    to_review,
)
from agent_tui.domain.roles import named as named_roles
from agent_tui.domain.roles import reaches
from agent_tui.domain.wall_time import instant_ms, short_date
from agent_tui.resources import data_file
from agent_tui.services.acts import Act, request_id
from agent_tui.services.desk import Desk
from agent_tui.services.one_line import write_line
from agent_tui.services.recorded import LEAST, Ending, Recorded, close, made_id, record, refuse_role
from agent_tui.services.switching import Rejected
from agent_tui.store.queries import catalogue as catalogue_queries
from agent_tui.store.queries import entries as entry_queries
from agent_tui.store.queries import review as review_queries
from agent_tui.store.unit_of_work import Unit

Answer = Recorded | Refused | Rejected


# Feedback.


def add_feedback(
    desk: Desk, source: str, words: str, *, entry: str | None = None, procedure: str | None = None, id: str | None = None
) -> Answer:
    """Write what a claimant or one of the staff said about an appointment or a procedure; returns Recorded ("added").

    A claimant is known only by the appointment. The words can be erased; the log has none of them.
    """
    said = clean_lines(words, limit=MOST_FEEDBACK + 1)
    problems = []
    if source not in SOURCES:
        problems.append(f"Feedback comes from {' or '.join(SOURCES)}.")
    if not 1 <= len(said) <= MOST_FEEDBACK:
        problems.append(f"Feedback has 1 to {MOST_FEEDBACK} characters; this has {len(said)}.")
    if holds_personal(said):
        problems.append("Feedback holds no phone number and no national reference; the appointment says whose it is.")
    if (entry is None) == (procedure is None):
        problems.append("Feedback is about an appointment or a procedure, one of them.")
    if problems:
        return Rejected(tuple(problems))

    def work(act: Act) -> Recorded | Refused:
        if entry is not None:
            found = entry_queries.get(act.unit, act.site, entry)
            if found is None or found.kind != "appointment":
                return Refused("unknown_entry", f"There is no appointment {entry[:40]}.", id=entry)
        elif procedure is not None and procedure not in (known := [one.code for one in procedures_in(act.unit, act.site)]):
            return _no_procedure(procedure, known)
        one = Feedback(made_id(act), source, entry, procedure, said, desk.staff.login, act.at)
        review_queries.insert_feedback(act.unit, act.site, one)
        write_line(act, FEEDBACK_ADDED, {"id": one.id, "source": source, "appointment": entry, "procedure": procedure})
        return _added(one)

    def again(act: Act, found: str) -> Recorded | None:
        one = review_queries.feedback_item(act.unit, act.site, found)
        return _added(one) if one is not None and one.words in (said, None) else None

    return record(desk, request_id(id, FEEDBACK_ADDED, source, entry, procedure), work, again)


def _added(one: Feedback) -> Recorded:
    about = "the appointment" if one.entry else f"the procedure {one.procedure}"
    return Recorded("added", one.id, f"Feedback of {one.source} about {about} is kept.", one)


def feedback(desk: Desk, *, entry: str | None = None, procedure: str | None = None) -> list[Feedback]:
    """Return the feedback of the site, the latest first; of one appointment or one procedure where that is said."""
    with desk.store.read() as unit:
        found = review_queries.feedback(unit, desk.site)
    return [one for one in found if entry in (None, one.entry) and procedure in (None, one.procedure)]


def feedback_item(desk: Desk, id: str) -> Feedback | Refused:
    """Return one item of feedback, or Refused."""
    with desk.store.read() as unit:
        return review_queries.feedback_item(unit, desk.site, id) or _no_feedback(id)


def _no_feedback(id: str) -> Refused:
    return Refused("unknown_feedback", f"There is no feedback {id[:40]}. See: agent-tui feedback list.", id=id)


def erase_feedback(desk: Desk, item: str, *, id: str | None = None) -> Answer:
    """Erase the words of an item of feedback and return Recorded ("erased"); who said it about what stays."""
    refused = refuse_role(desk, "Feedback is erased by a lead.")
    if refused is not None:
        return refused

    def work(act: Act) -> Recorded | Refused:
        if review_queries.feedback_item(act.unit, act.site, item) is None:
            return _no_feedback(item)
        review_queries.erase_feedback(act.unit, act.site, item)
        write_line(act, FEEDBACK_ERASED, {"id": item})
        return _erased(act, item)

    return record(desk, request_id(id, FEEDBACK_ERASED, item), work, _erased)


def _erased(act: Act, id: str) -> Recorded:
    return Recorded("erased", id, "The words are erased.", review_queries.feedback_item(act.unit, act.site, id))


# Improvements.


def add_improvement(
    desk: Desk, title: str, owner: str, due: date, *, feedback: str | None = None, id: str | None = None
) -> Answer:
    """Write an improvement with its owner (a login that is a team leader's or above) and day; returns Recorded ("added")."""
    refused = refuse_role(desk, "An improvement is made by a lead.")
    if refused is not None:
        return refused
    named = clean(title, limit=MOST_TITLE + 1)
    problems = []
    if not 1 <= len(named) <= MOST_TITLE:
        problems.append(f"An improvement has a title of 1 to {MOST_TITLE} characters.")
    if holds_personal(named):
        problems.append("An improvement's title holds no phone number and no national reference.")
    if due < desk.now.date():
        problems.append(f"It is due today or later, not on {short_date(due)}.")
    if problems:
        return Rejected(tuple(problems))

    def work(act: Act) -> Recorded | Refused:
        stopped = _refuse_owner(act, owner)
        if stopped is not None:
            return stopped
        if feedback is not None and review_queries.feedback_item(act.unit, act.site, feedback) is None:
            return _no_feedback(feedback)
        one = Improvement(made_id(act), named, owner, due, feedback, desk.staff.login, act.at)
        review_queries.insert_improvement(act.unit, act.site, one)
        write_line(act, IMPROVEMENT_ADDED, {"id": one.id, "owner": owner, "due": due.isoformat(), "feedback": feedback})
        return _planned(one)

    def again(act: Act, found: str) -> Recorded | None:
        one = review_queries.improvement(act.unit, act.site, found)
        return _planned(one) if one is not None and one.title == named else None

    return record(desk, request_id(id, IMPROVEMENT_ADDED, owner, due, feedback), work, again)


def _refuse_owner(act: Act, owner: str) -> Refused | None:
    person = catalogue_queries.staff(act.unit, act.site, owner)
    if person is None:
        return Refused("unknown_login", unknown("login", owner, sorted(catalogue_queries.staff_names(act.unit, act.site))))
    if not person.enabled:
        return Refused("not_possible", f"The login {owner} is switched off; name another owner.")
    if not reaches(person.role, LEAST):
        return Refused("role", f"{owner} cannot own an improvement; {named_roles(['leader', 'supervisor', 'admin'])} can.")
    return None


def _planned(one: Improvement) -> Recorded:
    return Recorded("added", one.id, f"Improvement of {one.owner}, due {short_date(one.due)}.", one)


def improvements(desk: Desk) -> list[Improvement]:
    """Return the improvements of the site: open ones first, by the day they are due."""
    with desk.store.read() as unit:
        return review_queries.improvements(unit, desk.site)


def _no_improvement(id: str) -> Refused:
    return Refused("unknown_improvement", f"There is no improvement {id[:40]}. See: agent-tui improve list.", id=id)


_IMPROVEMENT = Ending("improvement", "improvement", IMPROVEMENT_CLOSED, review_queries.improvement, _no_improvement)


def close_improvement(desk: Desk, improvement: str, outcome: str, *, id: str | None = None) -> Answer:
    """Say what came of an improvement and return Recorded ("closed"); its owner does, or any team leader or above."""
    return close(desk, _IMPROVEMENT, improvement, outcome, id)


# Procedures.


@cache
def _along() -> tuple[Procedure, ...]:
    return tuple(read_procedures(data_file("procedures.csv")))


def procedures_in(unit: Unit, site: str) -> list[Procedure]:
    """Return a site's procedures inside an open unit, by code: its own list, or the one that comes along."""
    return review_queries.procedures(unit, site) or sorted(_along(), key=lambda one: one.code)


def procedures(desk: Desk) -> list[ToReview]:
    """Return the site's procedures, the most pressing first, each with what to look at in its review."""
    with desk.store.read() as unit:
        known = procedures_in(unit, desk.site)
        items = review_queries.feedback(unit, desk.site)
        plans = review_queries.improvements(unit, desk.site)
        zone = desk.catalogue(unit).site.zone
    today = desk.now.date()
    ordered = sorted(known, key=lambda one: (one.due(today), one.code))
    return [to_review(one, items, plans, _since(one, zone)) for one in ordered]


def due_reviews(desk: Desk) -> int:
    """Return how many procedures are to be reviewed within domain.review.REMIND_DAYS, or should have been."""
    with desk.store.read() as unit:
        known = procedures_in(unit, desk.site)
    return sum(one.is_due(desk.now.date()) for one in known)


def _since(one: Procedure, zone: str) -> int:
    return 0 if one.reviewed is None else instant_ms(datetime.combine(one.reviewed, time.min), zone)


def _no_procedure(code: str, known: list[str]) -> Refused:
    return Refused("unknown_procedure", f"{unknown('procedure', code, known)} See: agent-tui procedures.")


def _take_over(act: Act) -> None:
    """Write the list that comes along where the site has none of its own yet."""
    if not review_queries.procedures(act.unit, act.site):
        for one in _along():
            review_queries.set_procedure(act.unit, act.site, one)


def add_procedure(
    desk: Desk, code: str, title: str, *, source: str = "", reviewed: date | None = None, id: str | None = None
) -> Answer:
    """Add a procedure that is reviewed each year and return Recorded ("added"); a code that exists is refused.

    The first change of a site takes over the list that comes along.
    """
    refused = refuse_role(desk, "A procedure is added by a lead.")
    if refused is not None:
        return refused
    one = Procedure(clean(code, limit=40).lower(), clean(title, limit=MOST_TITLE), clean(source), (), reviewed)
    problem = procedure_problem(one) or _late(desk, reviewed)
    if problem is not None:
        return Rejected((problem,))

    def work(act: Act) -> Recorded | Refused:
        catalogue_queries.lock_rules(act.unit, act.site)
        _take_over(act)
        if one.code in [other.code for other in review_queries.procedures(act.unit, act.site)]:
            return Refused("known_procedure", f"There is a procedure {one.code} already.", id=one.code)
        review_queries.set_procedure(act.unit, act.site, one)
        write_line(act, PROCEDURE_ADDED, {"id": one.code})
        return _listed(act, one.code, "added")

    def again(act: Act, found: str) -> Recorded | None:
        return _listed(act, found, "added")

    return record(desk, request_id(id, PROCEDURE_ADDED, one.code, reviewed), work, again)


def reviewed(desk: Desk, code: str, *, day: date | None = None, id: str | None = None) -> Answer:
    """Write down that a procedure was reviewed, today or on an earlier day, and return Recorded ("reviewed")."""
    refused = refuse_role(desk, "A procedure is reviewed by a lead.")
    if refused is not None:
        return refused
    on = day or desk.now.date()
    problem = _late(desk, on)
    if problem is not None:
        return Rejected((problem,))
    wanted = clean(code, limit=40).lower()

    def work(act: Act) -> Recorded | Refused:
        catalogue_queries.lock_rules(act.unit, act.site)
        _take_over(act)
        known = {one.code: one for one in review_queries.procedures(act.unit, act.site)}
        if wanted not in known:
            return _no_procedure(wanted, list(known))
        last = known[wanted].reviewed
        if last is not None and last > on:
            return Refused("not_possible", f"It was reviewed on {short_date(last)}, which is later.", id=wanted)
        review_queries.set_procedure(act.unit, act.site, replace(known[wanted], reviewed=on, reviewed_by=desk.staff.login))
        was = {"was": None if last is None else last.isoformat(), "was_by": known[wanted].reviewed_by}
        write_line(act, PROCEDURE_REVIEWED, {"id": wanted, "day": on.isoformat(), **was})
        return _listed(act, wanted, "reviewed")

    def again(act: Act, found: str) -> Recorded | None:
        return _listed(act, found, "reviewed")

    return record(desk, request_id(id, PROCEDURE_REVIEWED, wanted, on), work, again)


def _late(desk: Desk, day: date | None) -> str | None:
    later = day is not None and day > desk.now.date()
    return f"A review was on a day that has come, not on {short_date(day)}." if later and day is not None else None


def _listed(act: Act, code: str, status: str) -> Recorded:
    one = next(one for one in procedures_in(act.unit, act.site) if one.code == code)
    due = one.due(act.desk.now.date())
    return Recorded(status, code, f"{status.capitalize()}: {one.title}; next review {short_date(due)}.", one)
