"""Questions with their answers and watchers, incidents, and the tickets that come of either."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from agent_tui.domain.incidents import ActTiming, Incident, SupportTicket
from agent_tui.domain.questions import Question, normal_words
from agent_tui.store.unit_of_work import Unit

_QUESTIONS = (
    "SELECT q.id, q.words, q.raised_by, q.raised_at, a.words, a.answered_by, a.answered_at, t.id FROM question q"
    " LEFT JOIN question_answer a ON a.site = q.site AND a.question = q.id"
    " LEFT JOIN support_ticket t ON t.site = q.site AND t.subject = q.id WHERE q.site = ?"
)
_INCIDENT = "id, kind, words, acts, findings, version, engine, noticed, made_by, made_at, outcome, closed_by, closed_at"
_TICKET = "id, about, subject, words, made_by, made_at, outcome, closed_by, closed_at"


def questions(unit: Unit, site: str) -> list[Question]:
    """Return every question of a site, oldest first."""
    watchers: dict[str, list[str]] = {}
    for question, login in unit.rows("SELECT question, login FROM question_watch WHERE site = ? ORDER BY question, login", site):
        watchers.setdefault(question, []).append(login)
    rows = unit.rows(f"{_QUESTIONS} ORDER BY q.raised_at, q.id", site)
    return [_question(row, tuple(watchers.get(row[0], ()))) for row in rows]


def question(unit: Unit, site: str, id: str) -> Question | None:
    """Return one question, or None."""
    return _one(unit, site, unit.row(f"{_QUESTIONS} AND q.id = ?", site, id))


def question_of_words(unit: Unit, site: str, words: str) -> Question | None:
    """Return the question whose words fold to the same, or None."""
    return _one(unit, site, unit.row(f"{_QUESTIONS} AND q.word_key = ?", site, normal_words(words)))


def _one(unit: Unit, site: str, row: Sequence[Any] | None) -> Question | None:
    if row is None:
        return None
    rows = unit.rows("SELECT login FROM question_watch WHERE site = ? AND question = ? ORDER BY login", site, row[0])
    return _question(row, tuple(str(one[0]) for one in rows))


def _question(row: Sequence[Any], watchers: tuple[str, ...]) -> Question:
    id, words, raised_by, raised_at, answer, answered_by, answered_at, ticket = row
    return Question(id, words, raised_by, raised_at, answer or "", answered_by or "", answered_at or 0, watchers, ticket)


def insert_question(unit: Unit, site: str, one: Question) -> None:
    """Insert a question without its answer; words that fold to those of another raise KeyRefused."""
    unit.run(
        "INSERT INTO question (site, id, words, word_key, raised_by, raised_at) VALUES (?,?,?,?,?,?)",
        *(site, one.id, one.words, normal_words(one.words), one.raised_by, one.raised_at),
    )


def set_answer(unit: Unit, site: str, question: str, words: str, who: str, at: int) -> None:
    """Write the answer of a question, or another in its place."""
    unit.run(
        "INSERT INTO question_answer (site, question, words, answered_by, answered_at) VALUES (?,?,?,?,?)"
        " ON CONFLICT (site, question) DO UPDATE SET words = excluded.words, answered_by = excluded.answered_by,"
        " answered_at = excluded.answered_at",
        *(site, question, words, who, at),
    )


def has_answer(unit: Unit, site: str, question: str) -> bool:
    """Return whether somebody here has answered a question."""
    return unit.row("SELECT 1 FROM question_answer WHERE site = ? AND question = ?", site, question) is not None


def delete_answer(unit: Unit, site: str, question: str) -> None:
    """Take an answer back; one that comes along is there again."""
    unit.run("DELETE FROM question_answer WHERE site = ? AND question = ?", site, question)


def unwatch(unit: Unit, site: str, question: str, login: str) -> bool:
    """Let a login be told of the answer no more; False for one that does not wait for it."""
    return unit.run("DELETE FROM question_watch WHERE site = ? AND question = ? AND login = ?", site, question, login) > 0


def watch(unit: Unit, site: str, question: str, login: str) -> None:
    """Let a login be told of the answer of a question, of one to come where it was told of one before."""
    unit.run(
        "INSERT INTO question_watch (site, question, login, told_at) VALUES (?,?,?,NULL)"
        " ON CONFLICT (site, question, login) DO UPDATE SET told_at = NULL",
        *(site, question, login),
    )


def tell_again(unit: Unit, site: str, question: str) -> None:
    """Let everybody who waits for an answer be told of it, also who was told of an earlier one."""
    unit.run("UPDATE question_watch SET told_at = NULL WHERE site = ? AND question = ?", site, question)


def untold(unit: Unit, site: str, login: str) -> list[Question]:
    """Return the answered questions whose answer a login waits for and was not told of, the first answered first."""
    rows = unit.rows(
        f"{_QUESTIONS} AND a.question IS NOT NULL AND q.id IN"
        " (SELECT w.question FROM question_watch w WHERE w.site = ? AND w.login = ? AND w.told_at IS NULL)"
        " ORDER BY a.answered_at, q.id",
        *(site, site, login),
    )
    return [_question(row, (login,)) for row in rows]


def mark_told(unit: Unit, site: str, login: str, questions: Iterable[str], at: int) -> None:
    """Write down that a login was told of the answers of some questions."""
    statement = "UPDATE question_watch SET told_at = ? WHERE site = ? AND question = ? AND login = ? AND told_at IS NULL"
    unit.many(statement, [(at, site, question, login) for question in sorted(questions)])


def incidents(unit: Unit, site: str) -> list[Incident]:
    """Return every incident of a site, the latest first."""
    tickets = {subject: id for id, subject in unit.rows("SELECT id, subject FROM support_ticket WHERE site = ?", site)}
    rows = unit.rows(f"SELECT {_INCIDENT} FROM incident WHERE site = ? ORDER BY made_at DESC, id", site)
    return [_incident(row, tickets.get(row[0])) for row in rows]


def incident(unit: Unit, site: str, id: str, *, lock: bool = False) -> Incident | None:
    """Return one incident, with `lock` kept from changing until the transaction ends, or None."""
    row = unit.row(f"SELECT {_INCIDENT} FROM incident WHERE site = ? AND id = ?{unit.for_update if lock else ''}", site, id)
    if row is None:
        return None
    ticket = unit.row("SELECT id FROM support_ticket WHERE site = ? AND subject = ?", site, id)
    return _incident(row, None if ticket is None else str(ticket[0]))


def _incident(row: Sequence[Any], ticket: str | None) -> Incident:
    id, kind, words, acts, findings, version, engine, noticed, made_by, made_at, *closed = row
    timed = tuple(ActTiming(name, seconds, bool(failed)) for name, seconds, failed in json.loads(acts))
    found = tuple((severity, check) for severity, check in json.loads(findings))
    outcome, closed_by, closed_at = closed
    ended = {"outcome": outcome, "closed_by": closed_by, "closed_at": closed_at, "ticket": ticket}
    return Incident(id, kind, words, timed, found, version, engine, noticed, made_by, made_at, **ended)


def insert_incident(unit: Unit, site: str, one: Incident) -> None:
    """Insert an incident; an id that exists raises KeyRefused."""
    acts = json.dumps([[act.name, act.seconds, int(act.failed)] for act in one.acts])
    unit.run(
        f"INSERT INTO incident (site, {_INCIDENT}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        *(site, one.id, one.kind, one.words, acts, json.dumps(one.findings), one.version, one.engine, one.noticed),
        *(one.made_by, one.made_at, one.outcome, one.closed_by, one.closed_at),
    )


Closes = Literal["incident", "support_ticket", "improvement"]
"""The tables of what is closed with an outcome."""
Made = Literal[Closes, "question", "feedback"]


def close(unit: Unit, site: str, table: Closes, id: str, outcome: str | None, who: str | None, at: int | None) -> None:
    """Write what came of an incident, a ticket or an improvement; with three times None it is open again."""
    statement = f"UPDATE {table} SET outcome = ?, closed_by = ?, closed_at = ? WHERE site = ? AND id = ?"
    unit.run(statement, outcome, who, at, site, id)


def delete(unit: Unit, site: str, table: Made, id: str) -> None:
    """Delete what was made a moment ago; of a question with who waits for its answer."""
    if table == "question":
        unit.run("DELETE FROM question_watch WHERE site = ? AND question = ?", site, id)
        unit.run("DELETE FROM question_answer WHERE site = ? AND question = ?", site, id)
    unit.run(f"DELETE FROM {table} WHERE site = ? AND id = ?", site, id)


def tickets(unit: Unit, site: str) -> list[SupportTicket]:
    """Return every ticket of questions and incidents, the latest first."""
    rows = unit.rows(f"SELECT {_TICKET} FROM support_ticket WHERE site = ? ORDER BY made_at DESC, id", site)
    return [SupportTicket(*row) for row in rows]


def ticket(unit: Unit, site: str, id: str, *, lock: bool = False) -> SupportTicket | None:
    """Return one ticket, with `lock` kept from changing until the transaction ends, or None."""
    row = unit.row(f"SELECT {_TICKET} FROM support_ticket WHERE site = ? AND id = ?{unit.for_update if lock else ''}", site, id)
    return None if row is None else SupportTicket(*row)


def insert_ticket(unit: Unit, site: str, one: SupportTicket) -> None:
    """Insert a ticket; an id that exists, or a second one about the same subject, raises KeyRefused."""
    unit.run(
        f"INSERT INTO support_ticket (site, {_TICKET}) VALUES (?,?,?,?,?,?,?,?,?,?)",
        *(site, one.id, one.about, one.subject, one.words, one.made_by, one.made_at),
        *(one.outcome, one.closed_by, one.closed_at),
    )
