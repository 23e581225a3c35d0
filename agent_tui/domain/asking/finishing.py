"""From what was noted of a line to the search: types chosen, phrases put together, and questions where that is not sure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from agent_tui.domain.asking.choosing import MOST_OPTIONS, chosen_type
from agent_tui.domain.asking.combining import combined_days, combined_times
from agent_tui.domain.asking.doubts import ask_about_numbers, ask_about_unread
from agent_tui.domain.asking.model import CHANNEL_WORDS, LABELS, Option, Parse, Question, chips_of
from agent_tui.domain.asking.notes import Notes, quoted
from agent_tui.domain.asking.site_words import SiteWords
from agent_tui.domain.clients import name_key
from agent_tui.domain.request_text import shown_times
from agent_tui.domain.site import Diary
from agent_tui.domain.sought import Sought

LONGEST_SEARCH: Final = timedelta(days=366)
_FIELD_OF: Final = {"client_words": "client"}


def finished(notes: Notes, keys: Sequence[str], words: SiteWords) -> Parse:
    """Return what a line asks for, from what was noted of it."""
    return _Finish(notes, keys, words).parse()


class _Finish:
    def __init__(self, notes: Notes, keys: Sequence[str], words: SiteWords) -> None:
        self.notes, self.keys, self.words = notes, keys, words
        self.asked = Sought()

    def parse(self) -> Parse:
        """Return the line with its chips and questions; words that mean nothing are asked about first."""
        ask_about_unread(self.notes, self.keys, self.words)
        ask_about_numbers(self.notes, self.keys, self.words)
        self.asked = replace(self.asked, type=chosen_type(self.notes, self.words))
        self._coach()
        for field in ("team", "channel", "priority", "contact", "language", "client", "client_words"):
            self._one_of(field)
        self._many()
        self._days()
        self._times()
        catalogue, today = self.words.catalogue, self.words.today
        said: dict[str, str] = {}
        guessed: set[str] = set()
        for mark in self.notes.marks:
            name = _FIELD_OF.get(mark.field, mark.field)
            said[name] = (
                f"{said[name]} {self.notes.words(mark.start, mark.end)}"
                if name in said
                else self.notes.words(mark.start, mark.end)
            )
            guessed |= {name} if self.notes.guessed.intersection(range(mark.start, mark.end)) else set()
        chips = chips_of(self.asked, catalogue, today, words=said, guessed=frozenset(guessed))
        unread = tuple(self.notes.texts[at] for at in self.notes.unread)
        return Parse(" ".join(self.notes.texts), self.asked, chips, tuple(self.notes.questions), unread)

    def _coach(self) -> None:
        marks = self.notes.of("coach")
        named = list(dict.fromkeys(one for mark in marks for one in mark.value))
        if len(marks) > 1 and len({mark.value for mark in marks}) > 1:
            common = [one for one in named if all(one in mark.value for mark in marks)]
            if len(common) != 1:
                self.notes.which(
                    "coach", "One coach or any can be asked for; which?", marks, [_names(mark.value) for mark in marks]
                )
                return
            named = common
        if len(named) > 1:
            place = (marks[0].start, marks[0].end)
            options = [
                Option(f"{one.coach}, {one.code}", self.notes.line_with({place: f"with {name_key(one.code)}"}))
                for one in named[:MOST_OPTIONS]
            ]
            text = f"Which coach is {quoted(self.notes.words(*place))}?"
            self.notes.questions.append(Question("coach", text, tuple(options)))
        elif named:
            self.asked = replace(self.asked, diary=named[0].code)

    def _one_of(self, field: str) -> None:
        marks = self.notes.of(field)
        values = list(dict.fromkeys(one.value for one in marks))
        if len(values) > 1:
            label = LABELS[_FIELD_OF.get(field, field)].lower()
            shown = [CHANNEL_WORDS.get(one.value, str(one.value)) for one in marks]
            self.notes.which(_FIELD_OF.get(field, field), f"Only one {label} can be asked for; which?", marks, shown)
        elif values:
            self.asked = replace(self.asked, **{field: values[0]})

    def _many(self) -> None:
        needs = tuple(dict.fromkeys(one.value for one in self.notes.of("needs")))
        access = ", ".join(dict.fromkeys(one.value for one in self.notes.of("access")))
        self.asked = replace(self.asked, needs=needs, access=access)

    def _days(self) -> None:
        marks = self.notes.of("days")
        days = combined_days([one.value for one in marks], self.words.today)
        if days is None:
            shown = [self.notes.words(one.start, one.end) for one in marks]
            self.notes.which("days", "Those days do not go together; which are meant?", marks, shown)
        elif days.last is not None and days.last - (days.first or self.words.today) > LONGEST_SEARCH:
            self.notes.trouble("days", "A search covers at most a year, not {words}.", marks[0].start, marks[-1].end)
        else:
            self.asked = replace(self.asked, first_day=days.first, last_day=days.last)

    def _times(self) -> None:
        marks = self.notes.of("time")
        times = combined_times([one.value for one in marks])
        if times is None:
            shown = [shown_times(one.value) for one in marks]
            self.notes.which("time", "Those times do not go together; which is meant?", marks, shown)
        else:
            self.asked = replace(self.asked, window=times.window, near=times.near)


def _names(diaries: Sequence[Diary]) -> str:
    return " or ".join(one.coach for one in diaries[:3])
