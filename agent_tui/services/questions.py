"""Questions about how to book: searched first, raised where they are not there, answered by a team leader or above."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from agent_tui.domain.cleaning import clean, clean_lines
from agent_tui.domain.questions import (
    ANSWERED,
    MOST_ANSWER,
    MOST_WORDS,
    QUESTION_ANSWERED,
    QUESTION_RAISED,
    QUESTION_UNWATCHED,
    QUESTION_WATCHED,
    Question,
    answer_problem,
    near,
    normal_words,
    question_problem,
    read_faq,
)
from agent_tui.domain.questions import search as search_in
from agent_tui.domain.requests import Refused
from agent_tui.resources import data_file
from agent_tui.services.acts import Act, request_id
from agent_tui.services.desk import Desk
from agent_tui.services.one_line import write_line
from agent_tui.services.recorded import Recorded, made_id, record, refuse_role, to_lead
from agent_tui.services.switching import Rejected
from agent_tui.store.queries import support as support_queries
from agent_tui.store.unit_of_work import Unit


@dataclass(frozen=True, slots=True)
class Near:
    """Questions that are nearly the one that was to be raised, which was not: one of them may be it."""

    questions: tuple[Question, ...]
    problems: tuple[str, ...]


@cache
def _along() -> tuple[Question, ...]:
    return tuple(read_faq(data_file("faq.toml")))


def questions_in(unit: Unit, site: str) -> list[Question]:
    """Return a site's questions inside an open unit: its own, and those that come along."""
    own = support_queries.questions(unit, site)
    answers = {one.id: one.answer for one in _along()}
    known = {one.id for one in own} | {normal_words(one.words) for one in own}
    merged = [one if one.answer else replace(one, answer=answers.get(one.id, "")) for one in own]
    return [*merged, *(one for one in _along() if not {one.id, normal_words(one.words)} & known)]


def search(desk: Desk, text: str = "") -> list[Question]:
    """Return the site's questions that some words find, the best first; all without words, those that wait first."""
    with desk.store.read() as unit:
        return search_in(clean(text), questions_in(unit, desk.site))


def show(desk: Desk, id: str) -> Question | Refused:
    """Return one question, or Refused."""
    with desk.store.read() as unit:
        return _find(questions_in(unit, desk.site), id) or _unknown(id)


def _find(questions: Iterable[Question], id: str) -> Question | None:
    return next((one for one in questions if one.id == id), None)


def _unknown(id: str) -> Refused:
    return Refused("unknown_question", f"There is no question {id[:40]}. See: agent-tui faq list.", id=id)


def _take_over(act: Act) -> None:
    """Write the questions that come along, so that the key knows them too; their answers stay in the file until changed."""
    own = support_queries.questions(act.unit, act.site)
    known = {one.id for one in own} | {normal_words(one.words) for one in own}
    for one in _along():
        if not {one.id, normal_words(one.words)} & known:
            support_queries.insert_question(act.unit, act.site, replace(one, answer="", raised_at=act.at))


def _now(act: Act, id: str) -> Question:
    found = _find(questions_in(act.unit, act.site), id)
    assert found is not None
    return found


def raise_question(
    desk: Desk, words: str, *, anyway: bool = False, id: str | None = None
) -> Recorded | Refused | Rejected | Near:
    """Raise a question that is not there; who raises it is told of the answer. Returns Recorded ("raised") or why not.

    Words that fold to those of another question are refused by the key, always; Near questions are shown first, unless
    `anyway` says that they were seen.
    """
    wanted = clean(words, limit=MOST_WORDS + 1)
    problem = question_problem(wanted)
    if problem is not None:
        return Rejected((problem,))
    if not anyway:
        found = _near_first(desk, wanted, id)
        if found is not None:
            return found

    def work(act: Act) -> Recorded | Refused:
        _take_over(act)
        same = support_queries.question_of_words(act.unit, act.site, wanted)
        if same is not None:
            return _there_already(_now(act, same.id))
        one = Question(made_id(act), wanted, act.desk.staff.login, act.at)
        support_queries.insert_question(act.unit, act.site, one)
        support_queries.watch(act.unit, act.site, one.id, act.desk.staff.login)
        write_line(act, QUESTION_RAISED, {"id": one.id})
        return _raised(act, one.id)

    def again(act: Act, question: str) -> Recorded | None:
        return _raised(act, question) if _now(act, question).words == wanted else None

    return record(desk, request_id(id, QUESTION_RAISED), work, again)


def _near_first(desk: Desk, words: str, request: str | None) -> Near | None:
    with desk.store.read() as unit:
        listed = questions_in(unit, desk.site)
    alike = [one for one in near(words, listed) if normal_words(one.words) != normal_words(words)]
    if not alike or any(one.words == words for one in listed):  # the same words are refused by the key, or are a retry
        return None
    first = alike[0]
    text = f"Nearly the same is there, {first.state}: {first.words} Read it first; then raise yours all the same if it differs."
    return Near(tuple(alike), (text,))


def _there_already(one: Question) -> Refused:
    then = "read its answer" if one.state == ANSWERED else "watch it to be told of the answer"
    return Refused("known_question", f"This question is there already, {one.state}: {then}.", id=one.id)


def _raised(act: Act, id: str) -> Recorded:
    words = f"Raised: it goes to {to_lead(act.unit, act.site)}. You are told of the answer here."
    return Recorded("raised", id, words, _now(act, id))


def watch(desk: Desk, question: str, *, id: str | None = None) -> Recorded | Refused:
    """Wait for the answer of a raised question and return Recorded ("watched"); an answered one is refused."""

    def work(act: Act) -> Recorded | Refused:
        one = _find(questions_in(act.unit, act.site), question)
        if one is None:
            return _unknown(question)
        if one.state == ANSWERED:
            return Refused("not_possible", "This question is answered; there is nothing to wait for.", id=question)
        support_queries.watch(act.unit, act.site, question, act.desk.staff.login)
        write_line(act, QUESTION_WATCHED, {"id": question})
        return _watched(act, question)

    return record(desk, request_id(id, QUESTION_WATCHED, question), work, _watched)


def unwatch(desk: Desk, question: str, *, id: str | None = None) -> Recorded | Refused:
    """Wait for the answer of a question no more and return Recorded ("unwatched"); refused to who does not wait for it."""

    def work(act: Act) -> Recorded | Refused:
        if _find(questions_in(act.unit, act.site), question) is None:
            return _unknown(question)
        if not support_queries.unwatch(act.unit, act.site, question, act.desk.staff.login):
            return Refused("not_possible", "You do not wait for the answer of this question.", id=question)
        write_line(act, QUESTION_UNWATCHED, {"id": question})
        return _unwatched(act, question)

    return record(desk, request_id(id, QUESTION_UNWATCHED, question), work, _unwatched)


def _unwatched(act: Act, id: str) -> Recorded:
    return Recorded("unwatched", id, "You are not told of the answer.", _now(act, id))


def _watched(act: Act, id: str) -> Recorded:
    return Recorded("watched", id, "You are told of the answer here, or when you start next.", _now(act, id))


def answer(desk: Desk, question: str, words: str, *, id: str | None = None) -> Recorded | Refused | Rejected:
    """Publish the answer of a question, or another in its place, and return Recorded ("answered").

    Whoever waits for it is told, of a changed answer again. A team leader, a supervisor or an administrator answers.
    """
    refused = refuse_role(desk, "An answer is published by a lead.")
    if refused is not None:
        return refused
    said = clean_lines(words, limit=MOST_ANSWER + 1)
    problem = answer_problem(said)
    if problem is not None:
        return Rejected((problem,))

    def work(act: Act) -> Recorded | Refused:
        _take_over(act)
        if support_queries.question(act.unit, act.site, question) is None:
            return _unknown(question)
        return _answered(act, question, said, "answered")

    def again(act: Act, found: str) -> Recorded | None:
        now = _now(act, found)
        return _told("answered", now) if now.answer == said else None

    return record(desk, request_id(id, QUESTION_ANSWERED, question), work, again)


def _answered(act: Act, question: str, words: str, status: str) -> Recorded:
    login = act.desk.staff.login
    over = support_queries.has_answer(act.unit, act.site, question)
    support_queries.set_answer(act.unit, act.site, question, words, login, act.at)
    support_queries.tell_again(act.unit, act.site, question)
    support_queries.mark_told(act.unit, act.site, login, [question], act.at)
    write_line(act, QUESTION_ANSWERED, {"id": question, "status": status, "over": over})
    return _told(status, _now(act, question))


def _told(status: str, one: Question) -> Recorded:
    count = len(one.watchers)
    who = "nobody waits for it" if not count else f"{count} {'person is' if count == 1 else 'people are'} told"
    return Recorded(status, one.id, f"{status.capitalize()}: {who}.", one)


def publish(desk: Desk, words: str, text: str, *, id: str | None = None) -> Recorded | Refused | Rejected:
    """Publish a question that nobody has raised, with its answer, and return Recorded ("published").

    Words that fold to those of another question are refused. A team leader, a supervisor or an administrator publishes.
    """
    refused = refuse_role(desk, "A question is published by a lead.")
    if refused is not None:
        return refused
    wanted, said = clean(words, limit=MOST_WORDS + 1), clean_lines(text, limit=MOST_ANSWER + 1)
    problems = [one for one in (question_problem(wanted), answer_problem(said)) if one is not None]
    if problems:
        return Rejected(tuple(problems))

    def work(act: Act) -> Recorded | Refused:
        _take_over(act)
        same = support_queries.question_of_words(act.unit, act.site, wanted)
        if same is not None:
            return Refused("known_question", "This question is there already: answer that one.", id=same.id)
        one = Question(made_id(act), wanted, act.desk.staff.login, act.at)
        support_queries.insert_question(act.unit, act.site, one)
        return _answered(act, one.id, said, "published")

    def again(act: Act, found: str) -> Recorded | None:
        now = _now(act, found)
        return _told("published", now) if (now.words, now.answer) == (wanted, said) else None

    return record(desk, request_id(id, "question_published"), work, again)


def answers_for_me(desk: Desk) -> list[Question]:
    """Return the questions that the person waited for and that have an answer of which they were not told yet."""
    with desk.store.read() as unit:
        return support_queries.untold(unit, desk.site, desk.staff.login)


def mark_told(desk: Desk, questions: Iterable[str]) -> None:
    """Write down that the person was told of some answers."""
    wanted = sorted(questions)

    def work(unit: Unit) -> None:
        at = desk.at(desk.catalogue(unit).site.zone)
        support_queries.mark_told(unit, desk.site, desk.staff.login, wanted, at)

    desk.store.write(work)
