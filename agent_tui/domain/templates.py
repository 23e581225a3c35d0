"""Segments that are put into what a level says already: templates of them, and the patterns that come out."""

import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from agent_tui.domain.pattern_files import weekday_of
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.ticks import parse_clock, runs_in, span

TEMPLATES = ("saturday-overtime", "commitment-mornings")
"""The templates that come with the product, each a file of data/templates."""
_KEYS = {"name", "title", "weekdays", "start", "end", "types", "description", "source"}
_DAY = timedelta(days=1)

Added = Callable[[date], Sequence[Segment]]
"""The segments to be put over a weekday's plan from a day on, until the next day on which they change."""


@dataclass(frozen=True, slots=True)
class Template:
    """A segment for some weekdays (0 is Monday), `start` to `end` in ticks; without types those must be said."""

    name: str
    title: str
    weekdays: tuple[int, ...]
    start: int
    end: int
    types: frozenset[str]
    description: str
    source: str


def read_template(text: str) -> Template:
    """Return the template of a TOML text; ValueError says what is wrong with it."""
    table: dict[str, Any] = tomllib.loads(text)
    if set(table) != _KEYS:
        raise ValueError(f"a template has the keys {', '.join(sorted(_KEYS))}, not {', '.join(sorted(table))[:200]}.")
    start, end = parse_clock(table["start"]), parse_clock(table["end"], end=True)
    weekdays = tuple(sorted({weekday_of(one) for one in table["weekdays"]}))
    if end <= start or not weekdays:
        raise ValueError("a template ends after it starts, on at least one weekday.")
    words = (table["name"], table["title"])
    types = frozenset(str(one).upper() for one in table["types"])
    return Template(*words, weekdays, start, end, types, table["description"], table["source"])


def with_segment(segments: Iterable[Segment], part: Segment) -> tuple[Segment, ...]:
    """Return one level's segments with another put over them: what it overlaps is cut, what lies beside it stays as it is.

    A piece keeps its types, channel, limit and description; each piece of a limited segment has the limit for itself.
    """
    pieces = [
        replace(one, start=start, end=end)
        for one in segments
        for start, end in runs_in(span(one.start, one.end) & ~span(part.start, part.end))
    ]
    return tuple(sorted([*pieces, part], key=lambda one: one.start))


def with_segments(segments: Iterable[Segment], parts: Iterable[Segment]) -> tuple[Segment, ...]:
    """Return one level's segments with several others put over them in turn."""
    found = tuple(segments)
    for part in parts:
        found = with_segment(found, part)
    return found


def on_day(own: Sequence[Pattern], owner: str, day: date, parts: Iterable[Segment]) -> Pattern:
    """Return a diary's pattern of a single date: what its own level says of that day, with some segments put over it."""
    base = in_force(own, day)
    kept, off = ((), False) if base is None else (base.segments, base.day_off)
    return Pattern("", "diary", owner, None, day, day, None, with_segments(kept, parts), off)


def on_weekday(
    own: Sequence[Pattern], owner: str, weekday: int, first: date, last: date | None, added: Added, breaks: Iterable[date] = ()
) -> list[Pattern]:
    """Return a diary's patterns of a weekday with segments put over what its own level says from `first` until `last`.

    `added` gives the segments; they change on the days `breaks` alone. Before, after, and where nothing is added, each day
    keeps the plan that it had: a version that is replaced under its first day is written again from where it comes back.
    Exceptions for single dates stay and go before these.
    """
    weekly = [one for one in own if one.weekday == weekday]
    edges = {first, *breaks, *(one.effective_from for one in weekly)}
    edges |= {one.effective_until + _DAY for one in weekly if one.effective_until is not None and one.effective_until < date.max}
    if last is not None and last < date.max:
        edges.add(last + _DAY)
    ordered = sorted(edge for edge in edges if edge >= first)
    replaced: set[date] = set()
    made = []
    for number, begin in enumerate(ordered):
        until = ordered[number + 1] - _DAY if number + 1 < len(ordered) else None
        day = _next(weekday, begin)
        if day is None or (until is not None and day > until):
            continue
        base = in_force(weekly, day)
        parts = added(begin) if last is None or begin <= last else ()
        if not parts and (base is None or base.effective_from not in replaced):
            continue
        kept, off = ((), False) if base is None else (base.segments, base.day_off)
        made.append(Pattern("", "diary", owner, weekday, None, begin, until, with_segments(kept, parts), off))
        replaced.add(begin)
    return made


def in_force(own: Iterable[Pattern], day: date) -> Pattern | None:
    """Return which of one level's patterns speaks of a day, or None."""
    return max((one for one in own if one.in_force(day)), key=lambda one: one.precedence, default=None)


def _next(weekday: int, day: date) -> date | None:
    ahead = (weekday - day.weekday()) % 7
    return day + timedelta(days=ahead) if (date.max - day).days >= ahead else None
