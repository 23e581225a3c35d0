"""Templates of messages: Markdown with ((field)) names under a head of named values, read and checked by line, then filled.

A template is taken apart before anything is put into it, so that what a field holds is only ever text: it is no markup, no
field, no line of its own.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Final

from agent_tui.domain import messages
from agent_tui.domain.cleaning import clean_for_display
from agent_tui.domain.govuk_words import LANGUAGES
from agent_tui.domain.message_fields import FIELDS, KINDS, PAPER

LONGEST_TEMPLATE: Final = 20_000
"""Characters of a file."""
HEAD: Final = ("kind", "channel", "language", "from", "subject")
"""The named values of a template's head; `subject` is only for what has one."""
WITH_SUBJECT: Final = frozenset({messages.EMAIL, messages.LETTER, messages.SERVICE_DESK, messages.COACH, PAPER})
"""Channels whose messages have a subject, which is the heading of a letter."""
HEADING, ITEM, TEXT = "heading", "item", "text"

_FIELD = re.compile(r"\(\(([^()]*?)(?:\?\?([^()]*))?\)\)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
# What Markdown has beyond paragraphs, headings of the second level and lists would go out as it is written.
_BEGINNINGS = re.compile(r"#(?!# )|>|\||\* |\+ |[0-9]+\. |---|===")
_MARKS = re.compile(r"\*\*|__|\]\(|`|<[A-Za-z/!]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line: literal text, the value of a field, or text that stands there only if the field has a value."""

    text: str
    field: str = ""


Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, an item of a list or a paragraph; a line in which a field is empty is left out of it."""

    kind: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """What one kind of message says by one channel in one language, from a day on; `version` changes with every word."""

    kind: str
    channel: str
    language: str
    valid_from: date
    subject: Line
    blocks: tuple[Block, ...]
    file: str
    version: str

    @property
    def keeps_empty(self) -> bool:
        """Return whether empty fields stay, as lines to write on."""
        return self.channel == PAPER


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """What is wrong with a file of templates: its name, the line (0 for the file or folder as a whole), a sentence."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}{f', line {self.line}' if self.line else ''}: {self.text}"


def read_template(file: str, text: str) -> tuple[list[Template], list[TemplateProblem]]:
    """Return the templates of a file, one for each channel that its head names, or what is wrong with it by line."""
    if len(text) > LONGEST_TEMPLATE:
        return [], [TemplateProblem(file, 0, f"The file is longer than {LONGEST_TEMPLATE} characters.")]
    reader = _Reader(file, text)
    found = reader.templates()
    return ([], reader.problems) if reader.problems else (found, [])


class _Reader:
    """One file as it is read."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text.removeprefix("\ufeff").replace("\r\n", "\n")
        self.problems: list[TemplateProblem] = []
        self.head: dict[str, tuple[int, str]] = {}
        self.named: set[str] = set()

    def wrong(self, line: int, text: str) -> None:
        self.problems.append(TemplateProblem(self.file, line, text))

    def templates(self) -> list[Template]:
        lines = self.text.split("\n")
        for number, line in enumerate(lines, start=1):
            if clean_for_display(line) != line:
                self.wrong(number, "The line holds a character that steers a terminal or is invisible.")
        start = self._read_head(lines)
        if self.problems:
            return []
        kind, channels, language, valid_from = self._kind(), self._channels(), self._language(), self._from()
        if self.problems:
            return []
        subject = self._subject(channels)
        blocks = tuple(self._blocks(lines, start))
        self._check_fields(kind, blocks)
        version = f"{valid_from.isoformat()}-{hashlib.sha256(self.text.encode()).hexdigest()[:12]}"
        return [Template(kind, one, language, valid_from, subject, blocks, self.file, version) for one in channels]

    def _read_head(self, lines: Sequence[str]) -> int:
        """Read the head and return the number of its lines."""
        if not lines or lines[0].strip() != "---":
            self.wrong(1, "The file must begin with a line --- and the head: " + ", ".join(f"{name}:" for name in HEAD) + ".")
            return 0
        for number, line in enumerate(lines[1:], start=2):
            if line.strip() == "---":
                for name in HEAD[:-1]:
                    if name not in self.head:
                        self.wrong(number, f"The head does not say {name}:.")
                return number
            name, colon, value = line.partition(":")
            name = name.strip().lower()
            if not line.strip():
                continue
            if not colon or name not in HEAD:
                known = ", ".join(HEAD)
                self.wrong(number, f"{name[:30]!r} is no part of a head{_nearest(name, HEAD)}; it has {known}.")
            elif name in self.head:
                self.wrong(number, f"The head says {name}: twice.")
            elif not value.strip():
                self.wrong(number, f"The head says nothing after {name}:.")
            else:
                self.head[name] = (number, value.strip())
        self.wrong(len(lines), "The head has no end: a line --- comes after it.")
        return len(lines)

    def _word(self, name: str, allowed: Sequence[str], word: str) -> str:
        if word not in allowed:
            line = self.head[name][0]
            self.wrong(line, f"{word[:30]!r} is no {name}{_nearest(word, allowed)}; there are {', '.join(allowed)}.")
        return word

    def _kind(self) -> str:
        return self._word("kind", tuple(KINDS), self.head["kind"][1].lower())

    def _language(self) -> str:
        return self._word("language", tuple(LANGUAGES), self.head["language"][1].lower())

    def _channels(self) -> list[str]:
        line, said = self.head["channel"]
        kind = KINDS.get(self.head["kind"][1].lower())
        allowed = kind.channels if kind is not None else (*messages.CHANNELS, PAPER)
        words = [self._word("channel", allowed, one.strip().lower()) for one in said.split(",")]
        if len(set(words)) < len(words):
            self.wrong(line, "A channel is named twice.")
        if len({one in WITH_SUBJECT for one in words}) > 1:
            self.wrong(line, "Some of these channels have a subject and some have none; they need a file each.")
        return words

    def _from(self) -> date:
        line, said = self.head["from"]
        try:
            if _DAY.fullmatch(said):
                return date.fromisoformat(said)
        except ValueError:
            pass
        self.wrong(line, f"{said[:20]!r} is not a day of the form 2026-11-23.")
        return date.min

    def _subject(self, channels: Sequence[str]) -> Line:
        has = channels[0] in WITH_SUBJECT
        if has != ("subject" in self.head):
            self.wrong(
                self.head["channel"][0],
                f"A message by {channels[0]} needs a subject: in its head."
                if has
                else f"A message by {channels[0]} has no subject.",
            )
        line, said = self.head.get("subject", (0, ""))
        return self._line(line, said) if has and said else ()

    def _blocks(self, lines: Sequence[str], start: int) -> Iterator[Block]:
        kind = ""
        gathered: list[Line] = []
        for number, line in enumerate(lines[start:], start=start + 1):
            words = line.strip()
            begins = HEADING if words.startswith("## ") else ITEM if words.startswith("- ") else ""
            if gathered and (not words or begins or kind == HEADING):
                yield Block(kind, tuple(gathered))
                gathered = []
            if not words:
                continue
            if found := _BEGINNINGS.match(words):
                self._mark(number, found[0])
            kind = begins or (kind if gathered else TEXT)
            gathered.append(self._line(number, words[3:] if begins == HEADING else words[2:] if begins == ITEM else words))
        if gathered:
            yield Block(kind, tuple(gathered))

    def _line(self, number: int, words: str) -> Line:
        pieces: list[Piece] = []
        at = 0
        for found in _FIELD.finditer(words):
            self._literal(number, words[at : found.start()], pieces)
            name = " ".join(found[1].lower().replace("_", " ").split())
            self._name(number, name)
            if found[2] is None:
                pieces.append(Piece("", name))
            elif found[2].strip():
                self._marks(number, found[2])
                pieces.append(Piece(found[2], name))
            else:
                self.wrong(number, f"(({name}??)) has no words after the question marks.")
            at = found.end()
        self._literal(number, words[at:], pieces)
        return tuple(pieces)

    def _literal(self, number: int, text: str, pieces: list[Piece]) -> None:
        if "((" in text or "))" in text:
            self.wrong(number, "Two brackets do not make a ((field)): its name, or ((name??words)) without brackets inside.")
        self._marks(number, text)
        if text:
            pieces.append(Piece(text))

    def _marks(self, number: int, text: str) -> None:
        if found := _MARKS.search(text):
            self._mark(number, found[0])

    def _mark(self, number: int, mark: str) -> None:
        known = "only paragraphs, headings (##) and lists (-) are known"
        self.wrong(number, f"{mark.strip()} would be sent as it is written: {known}.")

    def _name(self, number: int, name: str) -> None:
        kind = KINDS[self.head["kind"][1].lower()]
        if name not in FIELDS:
            near = _nearest(name, sorted(kind.fields))
            self.wrong(number, f"There is no field (({name[:40]})){near}.")
        elif name not in kind.fields:
            self.wrong(number, f"A {self.head['kind'][1].lower()} has no field (({name})).")
        self.named.add(name)

    def _check_fields(self, kind: str, blocks: tuple[Block, ...]) -> None:
        last = self.text.rstrip().count("\n") + 1
        if not blocks:
            self.wrong(last, "The template says nothing under its head.")
        for group in KINDS[kind].must:
            if not self.named & set(group):
                either = " or ".join(f"(({name}))" for name in group)
                self.wrong(last, f"A {kind} must name {either}: {FIELDS[group[0]].partition(':')[0]}.")


def _nearest(word: str, known: Sequence[str]) -> str:
    close = get_close_matches(word[:60], known, n=1)
    return f", did you mean {close[0]}?" if close else ""
