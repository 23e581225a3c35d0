"""What is asked about words that mean nothing at a site, and about numbers that can be a time, a day or a length."""

from collections.abc import Sequence
from typing import Final

from agent_tui.domain.asking.kinds import Said
from agent_tui.domain.asking.model import Option, Question
from agent_tui.domain.asking.notes import LEAVE_OUT, Notes
from agent_tui.domain.asking.site_words import SiteWords
from agent_tui.domain.asking.when import Trouble
from agent_tui.domain.request_text import FieldProblem, read_tick
from agent_tui.domain.ticks import clock
from agent_tui.domain.wall_time import MONTHS, spoken_day

_EARLIEST, _LATEST = 6 * 12, 22 * 12
"""Ticks between which a number by itself may be the hour of an appointment."""
_LONGEST_NAME: Final = 3
MOST_ASKED: Final = 5
"""Questions of one kind that a line raises at once; the others come when these are answered."""


def ask_about_unread(notes: Notes, keys: Sequence[str], words: SiteWords) -> None:
    """Ask what each run of words means that nothing here is called by: a word like it, or the claimant's name."""
    at, unread = 0, notes.unread
    while at < len(unread) and len(notes.questions) < MOST_ASKED:
        end = at + 1
        while end < len(unread) and unread[end] == unread[end - 1] + 1:
            end += 1
        _ask_unread(notes, keys, words, unread[at], unread[end - 1] + 1)
        at = end


def _ask_unread(notes: Notes, keys: Sequence[str], words: SiteWords, start: int, end: int) -> None:
    near: list[str] = []
    if end - start == 1:
        near = words.one_letter_off(keys[start]) or words.beginning(keys[start]) or words.close_to(keys[start])
    choices = [(word, word) for word in near]
    name = notes.words(start, end)
    if end - start <= _LONGEST_NAME and all(char.isalpha() or char in " '-." for char in name):
        choices.append((f"the claimant {name}", f'"{name}"'))
    notes.trouble("words", "{words} is not understood here; what is meant?", start, end, choices)


def ask_about_numbers(notes: Notes, keys: Sequence[str], words: SiteWords) -> None:
    """Ask what each number means that stands by itself, unless it can only be how long the type takes."""
    for at in notes.numbers[:MOST_ASKED]:
        number, types = int(keys[at]), notes.of("type")
        lasts = any(words.kinds.has_minutes(one.value, number) for one in types if one.value.phrases)
        tick, day = read_tick(keys[at]), words.when.day_of_month(number)
        starts = not isinstance(tick, FieldProblem) and _EARLIEST <= tick < _LATEST
        if lasts and not starts and isinstance(day, Trouble):
            notes.mark("type", Said((), number), at, at + 1)
            continue
        readings, options = list[str](), list[Option]()
        if not isinstance(tick, FieldProblem) and starts:
            readings.append("a time")
            options.append(Option(f"at {clock(tick)}", notes.line_with({(at, at + 1): f"at {clock(tick)}"})))
        if not isinstance(day, Trouble):
            # A weekday beside it that is another day's goes, or the two would stand against each other.
            beside = next((one for one in notes.of("days") if at in (one.end, one.start - 1) and one.value.by_name), None)
            gone = {} if beside is None else {(beside.start, beside.end): ""}
            readings.append("a day")
            said = f"{day.day} {MONTHS[day.month - 1].lower()}"
            options.append(Option(spoken_day(day), notes.line_with(gone | {(at, at + 1): said})))
        if lasts:
            readings.append("how long it takes")
            options.append(Option(f"{number} minutes", notes.line_with({(at, at + 1): f"{number} min"})))
        options.append(Option(LEAVE_OUT, notes.line_with({(at, at + 1): ""})))
        what = f"Is {number} {' or '.join(readings)}?" if readings else f"{number} is no time, no day and no length here."
        notes.questions.append(Question("time", what, tuple(options)))
