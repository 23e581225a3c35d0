"""What was noted while a line was read: marks, words that mean nothing, and questions with the lines that would answer them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from agent_tui.domain.asking.model import Option, Question

_MOST_REPEATED: Final = 40
"""Characters of a line that a sentence repeats."""
_JOINS: Final = frozenset({"or", "and", "&", "neu"})
LEAVE_OUT: Final = "Leave it out"


@dataclass(frozen=True, slots=True)
class Mark:
    """Words of a line, from `start` up to `end`, that say a value of a field."""

    field: str
    value: Any
    start: int
    end: int


@dataclass
class Notes:
    """One line by its words as typed; `guessed` are those that were spelt otherwise than they were read."""

    texts: Sequence[str]
    marks: list[Mark] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    guessed: set[int] = field(default_factory=set)

    def mark(self, field: str, value: object, start: int, end: int) -> None:
        """Note what some words say."""
        self.marks.append(Mark(field, value, start, end))

    def of(self, *fields: str) -> list[Mark]:
        """Return the marks of some fields, in the order of the line."""
        return [one for one in self.marks if one.field in fields]

    def words(self, start: int, end: int) -> str:
        """Return some words as typed."""
        return " ".join(self.texts[start:end])

    def line_with(self, changes: Mapping[tuple[int, int], str]) -> str:
        """Return the line with other words in some places; those that become nothing are left out."""
        words: list[str] = []
        at = 0
        while at < len(self.texts):
            place = next((one for one in changes if one[0] == at), None)
            words.append(self.texts[at] if place is None else changes[place])
            at = at + 1 if place is None else max(place[1], at + 1)
        return " ".join(word for word in words if word)

    def trouble(self, field: str, text: str, start: int, end: int, choices: Sequence[tuple[str, str]] = ()) -> None:
        """Ask about some words: `choices` are answers with the words that would say them; leaving them out is one too.

        `{words}` in the text stands for the words, `{word}` for the last of them.
        """
        said = quoted(self.words(start, end))
        text = text.replace("{words}", said).replace("{word}", quoted(self.words(end - 1, end)))
        options = [Option(shown, self.line_with({(start, end): words})) for shown, words in choices]
        self.questions.append(Question(field, text, (*options, Option(LEAVE_OUT, self.line_with({(start, end): ""})))))

    def which(self, field: str, text: str, marks: Sequence[Mark], shown: Sequence[str]) -> None:
        """Ask which of several marks is meant, each of which would stand alone."""
        joins = {(at, at + 1): "" for at, text in enumerate(self.texts) if text.casefold() in _JOINS}
        options = [
            Option(name, self.line_with(joins | {(one.start, one.end): "" for one in marks if one is not kept}))
            for kept, name in zip(marks, shown, strict=True)
        ]
        self.questions.append(Question(field, text, tuple(options)))


def quoted(words: str) -> str:
    """Return words as a sentence repeats them."""
    return f"\u2018{words if len(words) <= _MOST_REPEATED else words[: _MOST_REPEATED - 1] + '…'}\u2019"
