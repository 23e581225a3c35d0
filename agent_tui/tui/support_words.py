"""Questions, incidents, tickets, feedback, improvements and procedures as lines of a list and as what is known of one."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from agent_tui.domain.contacts import Contact
from agent_tui.domain.incidents import KINDS, Incident, SupportTicket
from agent_tui.domain.plurals import counted
from agent_tui.domain.questions import RAISED, Question
from agent_tui.domain.review import Feedback, Improvement, ToReview, due_words
from agent_tui.domain.wall_time import dated_moment, short_date, short_date_of, wall_of
from agent_tui.tui.glyphs import Glyphs
from agent_tui.tui.widgets.lines import fill

Item = Question | Incident | SupportTicket | Feedback | Improvement | ToReview
VIEWS: Final[Mapping[str, str]] = {
    "questions": "Questions on booking",
    "incidents": "Incidents of the system",
    "tickets": "Tickets: what the lead could not answer",
    "feedback": "Feedback of claimants and staff",
    "improvements": "Improvements: owner, day, outcome",
    "procedures": "Procedures: reviewed each year",
}
"""The lists of the screen, each with its title."""

MOST_SHOWN: Final = 8
"""Items that the review of a procedure lists; the lists themselves have all."""


def key_of(item: Item) -> str:
    """Return the id of a line."""
    return item.procedure.code if isinstance(item, ToReview) else item.id


def item_line(item: Item, today: date, zone: str, glyphs: Glyphs) -> str:
    """Return an item as one line; what waits for somebody, or is late, has a sign."""
    if isinstance(item, Question):
        return f"{glyphs.flag if item.state == RAISED else ' '} {item.state:<10}{item.words}"
    if isinstance(item, Incident):
        sign = " " if item.closed_at is not None else glyphs.flag
        return f"{sign} {item.status:<12}{short_date_of(item.noticed[:10]):<15} {KINDS[item.kind]:<11}{item.words}"
    if isinstance(item, SupportTicket):
        return f"{' ' if item.closed_at is not None else glyphs.flag} {item.about:<9}{item.words}"
    if isinstance(item, Feedback):
        return f"  {short_date(wall_of(item.made_at, zone)):<15} {item.source:<9}{item.words or '(erased)'}"
    if isinstance(item, Improvement):
        sign = glyphs.flag if item.is_late(today) else " "
        status = "closed" if item.closed_at is not None else short_date(item.due)
        return f"{sign} {status:<15} {item.owner:<10.10} {item.title}"
    sign = glyphs.flag if item.procedure.is_due(today) else " "
    return f"{sign} {fill(item.procedure.title, 38, glyphs.ellipsis)} {due_words(item.procedure, today)}"


def known_of(item: Item, today: date, zone: str, names: Mapping[str, str]) -> list[str]:
    """Return what is known of an item as lines; `names` are those of staff by login."""
    if isinstance(item, Question):
        return _question(item, zone, names)
    if isinstance(item, Incident):
        return _incident(item, zone, names)
    if isinstance(item, SupportTicket):
        return _ticket(item, zone, names)
    if isinstance(item, Feedback):
        return _feedback(item, zone, names)
    return _improvement(item, zone, names) if isinstance(item, Improvement) else _procedure(item, today, zone)


def _when(instant: int, zone: str) -> str:
    return dated_moment(wall_of(instant, zone))


def _made(word: str, who: str, at: int, zone: str, names: Mapping[str, str]) -> str:
    return f"{word} by {names.get(who, who)}, {_when(at, zone)}"


def _ended(one: Incident | SupportTicket | Improvement, zone: str, names: Mapping[str, str]) -> list[str]:
    if one.closed_at is None or one.closed_by is None:
        return []
    return ["", _made("Closed", one.closed_by, one.closed_at, zone, names), *(one.outcome or "").splitlines()]


def _question(one: Question, zone: str, names: Mapping[str, str]) -> list[str]:
    lines = [one.words, ""]
    if one.answer:
        lines += one.answer.splitlines()
        if one.answered_by:
            lines += ["", _made("Answered", one.answered_by, one.answered_at, zone, names)]
    else:
        lines.append("Raised, and not answered yet.")
    if one.raised_by:
        lines.append(_made("Raised", one.raised_by, one.raised_at, zone, names))
    if one.watchers and not one.answer:
        lines.append(f"Told of the answer: {', '.join(names.get(login, login) for login in one.watchers)}")
    return [*lines, *([f"Ticket {one.ticket}"] if one.ticket else [])]


def _incident(one: Incident, zone: str, names: Mapping[str, str]) -> list[str]:
    lines = [f"{KINDS[one.kind].capitalize()}, {one.status}", *([one.words] if one.words else []), ""]
    lines += [f"Noticed {one.noticed.replace('T', ' ')}", _made("Raised", one.made_by, one.made_at, zone, names)]
    lines += [f"Version {one.version}, {one.engine}"]
    if one.acts:
        lines += ["", "Last acts of the terminal:"]
        lines += [f"   {act.name:<18.18}{act.seconds:>8.2f} s{'  failed' if act.failed else ''}" for act in one.acts]
    if one.findings:
        lines += ["", "The doctor:", *(f"   {severity} {check}" for severity, check in one.findings)]
    return [*lines, *([f"Ticket {one.ticket}"] if one.ticket else []), *_ended(one, zone, names)]


def _ticket(one: SupportTicket, zone: str, names: Mapping[str, str]) -> list[str]:
    about = [f"About the {one.about} {one.subject}", *one.words.splitlines()]
    return [*about, "", _made("Raised", one.made_by, one.made_at, zone, names), *_ended(one, zone, names)]


def _feedback(one: Feedback, zone: str, names: Mapping[str, str]) -> list[str]:
    about = f"About the appointment {one.entry}" if one.entry else f"About the procedure {one.procedure}"
    lines = [f"Of {one.source}", about, "", *(one.words or "The words are erased.").splitlines(), ""]
    lines.append(_made("Kept", one.made_by, one.made_at, zone, names))
    return [*lines, *([f"Improvement {one.improvement}"] if one.improvement else [])]


def _improvement(one: Improvement, zone: str, names: Mapping[str, str]) -> list[str]:
    lines = [one.title, "", f"Owner {names.get(one.owner, one.owner)}, due {short_date(one.due)}"]
    lines += [f"From feedback {one.feedback}"] if one.feedback else []
    return [*lines, _made("Made", one.made_by, one.made_at, zone, names), *_ended(one, zone, names)]


def _procedure(one: ToReview, today: date, zone: str) -> list[str]:
    known = one.procedure
    lines = [known.title, f"{known.code}  {known.source}", "", due_words(known, today).capitalize() + "."]
    if known.reviewed is not None:
        lines.append(f"Reviewed {short_date(known.reviewed)} by {known.reviewed_by or 'nobody named'}")
    lines += ["", "To look at in its review:"]
    lines.append(f"   {counted(len(one.feedback), 'item')} of feedback since the last one")
    for item in one.feedback[:MOST_SHOWN]:
        lines.append(f"      {short_date(wall_of(item.made_at, zone))} {item.source}: {item.words or '(erased)'}")
    lines.append(f"   {counted(len(one.improvements), 'improvement')} open")
    lines += [f"      {short_date(item.due)} {item.owner}: {item.title}" for item in one.improvements[:MOST_SHOWN]]
    return [*lines, *([f"   reports: {', '.join(known.reports)}"] if known.reports else [])]


def answered_words(found: Sequence[Question]) -> str:
    """Return that questions which somebody waited for are answered, in a sentence."""
    if len(found) == 1:
        return f"Answered: {found[0].words} S, then p shows the answer."
    return f"{len(found)} questions that you wait for are answered: S, then p shows them."


_NONE: Final[Mapping[str, str]] = {
    "questions": "No question is on the list yet: {new} raises one.",
    "incidents": "No incident is on record: {new} notes one.",
    "tickets": "No ticket is on record: {ticket} on a question or an incident makes one.",
    "feedback": "No feedback is on record: {new} keeps some.",
    "improvements": "No improvement is on record: {new} adds one.",
    "procedures": "No procedure is on the list: {new} adds one.",
}


def none_words(view: str, new: str, ticket: str, *, typed: bool) -> str:
    """Return why a list has no line: none has the words that were typed, or there is nothing yet, with the key that adds it."""
    return "None has these words." if typed else _NONE[view].format(new=new, ticket=ticket)


def not_there_words(lead: Contact | None) -> str:
    """Return what to do with a question that is not there."""
    to = "the service innovation lead" if lead is None else f"{lead.name}, {lead.reach}"
    return f"Not there: enter raises it, and it goes to {to}."
