"""The type that a line means: one that is sure, else none and a question with those that it can be."""

from collections.abc import Sequence
from typing import Final

from agent_tui.domain.asking.kinds import Kind, Said
from agent_tui.domain.asking.model import CHANNEL_WORDS, Option, Question
from agent_tui.domain.asking.notes import Mark, Notes, quoted
from agent_tui.domain.asking.site_words import SiteWords

MOST_OPTIONS: Final = 8


def chosen_type(notes: Notes, words: SiteWords) -> str | None:
    """Return the code of the type that a line means, None where it is not sure; then it is asked.

    A type is sure where no other fits, or where all words of its name but weak ones are said and of no other type.
    """
    marks, channels = notes.of("type"), {one.value for one in notes.of("channel")}
    if not marks:
        if not any(one.field == "words" for one in notes.questions):
            notes.questions.append(Question("type", "Which type of appointment is it?"))
        return None
    said = [one.value for one in marks]
    found = words.kinds.fitting(said)
    if len(channels) > 1:
        return None  # which channel it is comes first, and may settle the type
    if not found:
        _ask(notes, marks, _apart(said, words), "No type is all of {words}; which is meant?")
        return None
    if channels:
        found = _of_channel(found, said, next(iter(channels)))
    if not found:
        _ask_held_otherwise(notes, marks, [one for _left, one in words.kinds.fitting(said)], next(iter(channels)))
        return None
    sure = [one for left, one in found if left <= 0]
    chosen = found[0][1] if len(found) == 1 else sure[0] if len(sure) == 1 else None
    if chosen is None:
        _ask(notes, marks, [one for _left, one in found], "Which type is {words}?")
    return None if chosen is None else chosen.type.code


def _of_channel(found: Sequence[tuple[int, Kind]], said: Sequence[Said], channel: str) -> list[tuple[int, Kind]]:
    """Return the types that are held by a channel, or one that is meant by its code; the channel counts as said of its name."""
    fitting = [one for one in found if one[1].type.channel == channel]
    fitting = fitting or [one for one in found if any(one[1].code in here.phrases for here in said)]
    return [(left - (channel in one.name), one) for left, one in fitting]


def _apart(said: Sequence[Said], words: SiteWords) -> list[Kind]:
    """Return the types that each of several words means by itself, of each the most likely ones."""
    found: dict[str, Kind] = {}
    for one in said:
        if not one.weak or len(said) == 1:
            fitting = words.kinds.fitting([one])
            found |= {kind.code: kind for _left, kind in fitting[: max(1, MOST_OPTIONS // len(said))]}
    return list(found.values())


def _line_of(notes: Notes, marks: Sequence[Mark], kind: Kind, *, channel: str) -> str:
    """Return the line with a type's code for its words, and of the channels that are said only one that is wanted."""
    changes = {(one.start, one.end): "" for one in [*marks[1:], *(one for one in notes.of("channel") if one.value != channel)]}
    return notes.line_with(changes | {(marks[0].start, marks[0].end): kind.code})


def _words(notes: Notes, marks: Sequence[Mark]) -> str:
    return quoted(" ".join(notes.words(one.start, one.end) for one in marks))


def _shown(kind: Kind) -> str:
    return f"{kind.type.name}, {kind.minutes or '-'} min"


def _ask(notes: Notes, marks: Sequence[Mark], kinds: Sequence[Kind], text: str) -> None:
    options = [Option(_shown(one), _line_of(notes, marks, one, channel=one.type.channel)) for one in kinds[:MOST_OPTIONS]]
    notes.questions.append(Question("type", text.replace("{words}", _words(notes, marks)), tuple(options)))


def _ask_held_otherwise(notes: Notes, marks: Sequence[Mark], kinds: Sequence[Kind], channel: str) -> None:
    """Ask whether a type is held as it always is, or for once by the channel that is said."""
    options = [Option(_shown(one), _line_of(notes, marks, one, channel=one.type.channel)) for one in kinds[: MOST_OPTIONS - 1]]
    by = CHANNEL_WORDS[channel]
    options.append(Option(f"{kinds[0].type.name}, {by} for once", _line_of(notes, marks, kinds[0], channel=channel)))
    text = f"{_words(notes, marks)} is not held {'by ' if channel != 'f2f' else ''}{by}; which is meant?"
    notes.questions.append(Question("type", text, tuple(options)))
