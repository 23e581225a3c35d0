"""White space: free time, and the part of it that no combination of the allowed types can use."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from agent_tui.domain.patterns import Area
from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import MINUTES_PER_TICK, runs_in, span


@dataclass(frozen=True, slots=True)
class StrandedRun:
    """A free run, `start` to `end` in ticks, of which `stranded` ticks stay unused however it is filled."""

    start: int
    end: int
    stranded: int


@dataclass(frozen=True, slots=True)
class Fit:
    """What one length can still use: minutes, the types of that length by code, and how many fit side by side."""

    minutes: int
    types: tuple[str, ...]
    appointments: int


@lru_cache(maxsize=1024)
def longest_fill(run: int, lengths: tuple[int, ...]) -> int:
    """Return how many ticks of a free run appointments of some lengths can fill together, exactly.

    Reachable sums: bit n of `sums` says that lengths can add up to n (architecture.md, "white space").
    """
    sums = 1
    for _ in range(run):
        grown = sums
        for length in lengths:
            grown |= sums << length
        grown &= (1 << (run + 1)) - 1
        if grown == sums:
            break
        sums = grown
    return sums.bit_length() - 1


def lengths_allowed(catalogue: Catalogue, codes: Iterable[str], channel: str, day: date) -> tuple[int, ...]:
    """Return the lengths in ticks of the offered types that a segment allows on a day, ascending."""
    return tuple(sorted(set(catalogue.offered_lengths(codes, channel, day).values())))


def free_runs(catalogue: Catalogue, diary: str, day: date, busy: int) -> Iterator[tuple[Area, int, int, tuple[int, ...]]]:
    """Yield the free runs of a diary's day, each with its part of the day and the lengths in ticks that are allowed there.

    Free runs count by themselves in each part of the day in which other types are allowed; types must be assigned to the
    diary as well as allowed.
    """
    for area in catalogue.areas(diary, day):
        free = span(area.start, area.end) & ~busy
        if free:
            lengths = lengths_allowed(catalogue, area.codes, area.channel, day)
            for start, end in runs_in(free):
                yield area, start, end, lengths


def stranded_runs(catalogue: Catalogue, diary: str, day: date, busy: int) -> list[StrandedRun]:
    """Return the free runs of a diary's day some of whose ticks nothing can use, by start."""
    found = []
    for _area, start, end, lengths in free_runs(catalogue, diary, day, busy):
        lost = end - start - longest_fill(end - start, lengths)
        if lost:
            found.append(StrandedRun(start, end, lost))
    return found


def stranded(catalogue: Catalogue, diary: str, day: date, busy: int) -> tuple[int, int]:
    """Return the mask of free runs that nothing fits, and the stranded ticks in all, of a diary's day."""
    dead, total = 0, 0
    for run in stranded_runs(catalogue, diary, day, busy):
        total += run.stranded
        if run.stranded == run.end - run.start:
            dead |= span(run.start, run.end)
    return dead, total


def fits(catalogue: Catalogue, diary: str, day: date, busy: int) -> tuple[Fit, ...]:
    """Return for what the free time of a diary's day can be used, longest first; lengths that do not fit are left out."""
    count: dict[int, int] = {}
    codes: dict[int, set[str]] = {}
    for area, start, end, _lengths in free_runs(catalogue, diary, day, busy):
        for code, length in catalogue.offered_lengths(area.codes, area.channel, day).items():
            if end - start >= length:
                codes.setdefault(length, set()).add(code)
        for length in set(catalogue.offered_lengths(area.codes, area.channel, day).values()):
            count[length] = count.get(length, 0) + (end - start) // length
    return tuple(
        Fit(length * MINUTES_PER_TICK, tuple(sorted(codes[length])), count[length]) for length in sorted(codes, reverse=True)
    )
