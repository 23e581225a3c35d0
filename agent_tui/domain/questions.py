"""Questions about how to book: told apart by their words, found as somebody types, and what state each is in."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_OID, uuid5

from agent_tui.domain.cleaning import clean, clean_lines
from agent_tui.domain.clients import holds_personal

ANSWERED, RAISED, NOT_THERE = "answered", "raised", "not there"
STATES: Final = (ANSWERED, RAISED)
QUESTION_RAISED, QUESTION_WATCHED, QUESTION_ANSWERED = "question_raised", "question_watched", "question_answered"
QUESTION_UNWATCHED = "question_unwatched"
"""The verbs of the log."""
LEAST_WORDS, MOST_WORDS, MOST_ANSWER = 10, 200, 4000
NEAR: Final = 0.75
"""How alike two questions are, from 0 to 1, from which one of them is shown before the other can be raised."""
_NOISE: Final = frozenset(
    (
        *("a", "an", "and", "are", "as", "at", "be", "by", "can", "could", "do", "does", "for", "from"),
        *("has", "have", "how", "i", "if", "in", "is", "it", "may", "me", "my", "of", "on", "or"),
        *("our", "should", "that", "the", "there", "this", "to", "was", "we", "what", "when", "where", "which", "who"),
        *("why", "will", "with", "you", "your"),
    )
)
_PERSONAL = "A question holds no phone number and no national reference: everybody at the site reads it."


class BadFaq(ValueError):
    """A file of questions that cannot be used; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its words, who raised it and when (ms UTC), its answer where there is one, and who waits for that.

    `watchers` are the logins that are told of the answer. One that comes along has nobody's login and no time.
    """

    id: str
    words: str
    raised_by: str = ""
    raised_at: int = 0
    answer: str = ""
    answered_by: str = ""
    answered_at: int = 0
    watchers: tuple[str, ...] = ()
    ticket: str | None = None

    @property
    def state(self) -> str:
        """Return whether it is answered, or raised and not answered yet."""
        return ANSWERED if self.answer else RAISED


def normal_words(text: str) -> str:
    """Return a question's words folded, without accents and punctuation: two questions that agree in them are one.

    A question of signs alone keeps its signs, so that it is never empty.
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return " ".join(kept.split()) or text.strip()


def question_problem(text: str) -> str | None:
    """Return what is wrong with a question's words, which are clean already, as a sentence, or None."""
    if not LEAST_WORDS <= len(text) <= MOST_WORDS:
        return f"A question has {LEAST_WORDS} to {MOST_WORDS} characters; this one has {len(text)}."
    return _PERSONAL if holds_personal(text) else None


def answer_problem(text: str) -> str | None:
    """Return what is wrong with an answer, which is clean already, as a sentence, or None."""
    if not text or len(text) > MOST_ANSWER:
        return f"An answer has 1 to {MOST_ANSWER} characters."
    return _PERSONAL.replace("A question", "An answer") if holds_personal(text) else None


def _weighty(text: str) -> list[str]:
    words = normal_words(text).split()
    return [word for word in words if word not in _NOISE] or words


def likeness(one: str, other: str) -> float:
    """Return how alike two questions are, from 0 to 1: by their letters in order, or by the words that weigh, in any order."""
    first, second = normal_words(one), normal_words(other)
    in_order = SequenceMatcher(None, first, second, autojunk=False).ratio()
    some, others = sorted(set(_weighty(one))), sorted(set(_weighty(other)))
    return max(in_order, SequenceMatcher(None, " ".join(some), " ".join(others), autojunk=False).ratio())


def near(text: str, questions: Iterable[Question]) -> list[Question]:
    """Return the questions that are nearly a text, the nearest first."""
    scored = [(likeness(text, one.words), one) for one in questions]
    return [one for score, one in sorted(scored, key=lambda pair: (-pair[0], pair[1].id)) if score >= NEAR]


def search(text: str, questions: Sequence[Question]) -> list[Question]:
    """Return the questions that some typed words find: each word begins one of the question or the answer; the best first.

    A word in the question counts more than one in the answer; without words all come, those that wait for an answer first.
    """
    wanted = _weighty(text) if text.strip() else []
    if not wanted:
        return sorted(questions, key=lambda one: (one.state == ANSWERED, -one.raised_at, one.words.casefold()))
    found = []
    for one in questions:
        asked, answered = normal_words(one.words).split(), normal_words(one.answer).split() if one.answer else []
        points = [_points(word, asked, answered) for word in wanted]
        if all(points):
            found.append((-sum(points), -likeness(text, one.words), one.words.casefold(), one))
    return [one for *_order, one in sorted(found, key=lambda row: row[:3])]


def _points(word: str, asked: Sequence[str], answered: Sequence[str]) -> int:
    if any(one.startswith(word) for one in asked):
        return 3
    if any(one.startswith(word) for one in answered):
        return 1
    # A letter that was missed must not hide the question.
    long = len(word) > 3
    return 2 if long and any(SequenceMatcher(None, word, one, autojunk=False).ratio() >= 0.8 for one in asked) else 0


def read_faq(path: Path) -> list[Question]:
    """Return the questions of a TOML file, a `[[question]]` table each with `code`, `question` and `answer`; or BadFaq."""
    try:
        content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadFaq(f"{path.name} is no TOML file of questions: {error}.") from None
    found: dict[str, Question] = {}
    for number, row in enumerate(content.get("question", ()), start=1):
        code, words = str(row.get("code", "")), clean(str(row.get("question", "")), limit=MOST_WORDS + 1)
        answer = clean_lines(str(row.get("answer", "")), limit=MOST_ANSWER + 1)
        problem = question_problem(words) or answer_problem(answer)
        if problem is None and not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,39}", code):
            problem = "Its code has 2 to 40 small letters, digits and hyphens."
        if problem is None and normal_words(words) in found:
            problem = "It is in the file already."
        if problem is not None:
            raise BadFaq(f"Question {number} of {path.name}: {problem}")
        found[normal_words(words)] = Question(str(uuid5(NAMESPACE_OID, f"agent-tui faq {code}")), words, answer=answer)
    return list(found.values())
