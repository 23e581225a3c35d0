"""White space: free time, and the part of it that no combination of the allowed types can use."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from agent_tui.domain.site import Catalogue
from agent_tui.domain.ticks import runs_in, span


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


def stranded(catalogue: Catalogue, diary: str, day: date, busy: int) -> tuple[int, int]:
    """Return the mask of free runs that nothing fits, and the stranded ticks in all, of a diary's day.

    Free runs count by themselves in each part of the day in which other types are allowed; types must be assigned to the
    diary as well as allowed.
    """
    dead, total = 0, 0
    for area in catalogue.areas(diary, day):
        free = span(area.start, area.end) & ~busy
        if not free:
            continue
        lengths = lengths_allowed(catalogue, area.codes, area.channel, day)
        for start, end in runs_in(free):
            filled = longest_fill(end - start, lengths)
            total += end - start - filled
            if not filled:
                dead |= span(start, end)
    return dead, total
