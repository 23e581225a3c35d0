"""An additional diary put into others as segments: what it opens, whose diary covers which weekday, and their patterns."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from agent_tui.domain.pattern_change import Assignment
from agent_tui.domain.patterns import Pattern, Segment
from agent_tui.domain.site import Catalogue
from agent_tui.domain.templates import in_force, on_day, on_weekday

Cover = dict[int, tuple[str, ...]]
"""The diaries that cover each weekday (0 is Monday)."""


def own_patterns(catalogue: Catalogue, diary: str) -> list[Pattern]:
    """Return the patterns of a diary's own level."""
    return [one for one in catalogue.patterns if (one.level, one.owner) == ("diary", diary)]


def opened(pattern: Pattern | None, types: frozenset[str]) -> tuple[Segment, ...]:
    """Return the segments that a pattern opens, each with those of its types that are among some; others open nothing."""
    parts = () if pattern is None else pattern.segments
    return tuple(replace(part, types=part.types & types) for part in parts if part.types & types)


def cover_of(catalogue: Catalogue, old: str, into: Sequence[str], first: date, *, rota: bool) -> Cover:
    """Return which diaries cover each weekday on which one's own level opens something from a day on.

    Each of them all, or in a rota one for each weekday in turn: those that it works every week, then others of single dates.
    Source: seeds/spotlight-appointment-booking.txt, "Diaries to support key appointments" ("covered by 5 work coaches").
    """
    theirs, types = own_patterns(catalogue, old), catalogue.diaries[old].types
    weekly = [weekday for weekday in range(7) if any(_weekly_openings(theirs, weekday, types, first))]
    single = {day.weekday() for day in _exceptions(theirs, first) if opened(in_force(theirs, day), types)}
    order = [*weekly, *sorted(single - set(weekly))]
    return {weekday: (into[number % len(into)],) if rota else tuple(into) for number, weekday in enumerate(order)}


def absorbing(catalogue: Catalogue, old: str, cover: Cover, first: date) -> tuple[list[Pattern], list[Assignment]]:
    """Return the patterns of the diaries that cover another's weekdays, from a day on, and the types that they get.

    What they say themselves beside its segments stays. A date for which it has an exception of its own becomes one of theirs.
    """
    theirs, types = own_patterns(catalogue, old), catalogue.diaries[old].types
    patterns: list[Pattern] = []
    given: set[Assignment] = set()
    for weekday, diaries in sorted(cover.items()):
        weekly = [one for one in theirs if one.weekday == weekday]
        added = _added(weekly, weekday, types)
        dates = {day: opened(in_force(theirs, day), types) for day in _exceptions(theirs, first) if day.weekday() == weekday}
        parts = [part for found in (*_weekly_openings(theirs, weekday, types, first), *dates.values()) for part in found]
        for diary in diaries:
            own = own_patterns(catalogue, diary)
            patterns += on_weekday(own, diary, weekday, first, None, added, _breaks(weekly))
            patterns += [on_day(own, diary, day, found) for day, found in sorted(dates.items())]
            given |= {(diary, code) for part in parts for code in part.types}
    return patterns, sorted((diary, code) for diary, code in given if code not in catalogue.diaries[diary].types)


def _exceptions(theirs: Sequence[Pattern], first: date) -> list[date]:
    return sorted({one.day for one in theirs if one.day is not None and one.day >= first})


def _weekly_openings(theirs: Sequence[Pattern], weekday: int, types: frozenset[str], first: date) -> list[tuple[Segment, ...]]:
    """Return what the versions of a weekday open, one after the other, from a day on."""
    weekly = [one for one in theirs if one.weekday == weekday]
    added = _added(weekly, weekday, types)
    return [found for day in sorted({first, *(one for one in _breaks(weekly) if one > first)}) if (found := tuple(added(day)))]


def _added(weekly: Sequence[Pattern], weekday: int, types: frozenset[str]) -> Callable[[date], Sequence[Segment]]:
    def added(day: date) -> Sequence[Segment]:
        return opened(in_force(weekly, day + timedelta(days=(weekday - day.weekday()) % 7)), types)

    return added


def _breaks(weekly: Sequence[Pattern]) -> list[date]:
    ends = [one.effective_until for one in weekly if one.effective_until is not None and one.effective_until < date.max]
    return [*(one.effective_from for one in weekly), *(end + timedelta(days=1) for end in ends)]
